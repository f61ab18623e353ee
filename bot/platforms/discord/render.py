"""Core messages and forms to Discord's components.

A message is a layout of components, not content with embeds: its text may be 4,000 characters long, pictures and
buttons stand where the message has them, and a picture carries its alternative text.
"""

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

import discord
from discord import ui

from bot.core.forms import AnyField, Choice, Day, Form, Line, Number, Paragraph
from bot.core.messages import (
    Attachment,
    Button,
    Buttons,
    ChannelLink,
    Code,
    Divider,
    Facts,
    Heading,
    Mention,
    Message,
    Moment,
    Part,
    Picture,
    Quote,
    RoleMention,
    Select,
    Span,
    Style,
    Text,
    Typed,
    Verbatim,
)
from bot.core.pictures import PictureSpec
from bot.core.signs import isolated
from bot.core.splitting import split
from bot.platforms.discord import dialect
from bot.platforms.discord.commands import typed
from bot.platforms.discord.ids import DISCORD, custom_id

Draw = Callable[[PictureSpec], bytes]
TEXT_IN_ALL = 4_000  # characters of all text displays of a message
ALTERNATIVE = 1_024  # characters of a picture's description
PLACEHOLDER = 100  # characters of a placeholder and of a field's description
IN_A_ROW = 5
KEPT_OF_EACH = 100  # characters of a later text that an earlier one leaves room for
CUT = "…\n*All of it stands in the file.*"
EMPTY = "…"  # Discord takes no message without anything to see
_STYLES = {
    Style.plain: discord.ButtonStyle.secondary,
    Style.primary: discord.ButtonStyle.primary,
    Style.danger: discord.ButtonStyle.danger,
}
_FILE_NAME = "".maketrans(dict.fromkeys(" /\\:?*\"'<>|()[]", "_"))


@dataclass(frozen=True, slots=True)
class _Named:
    """Somebody who may be notified; Discord's description wants the id as a string, the library's own are numbers."""

    id: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as discord.py sends it."""

    view: ui.LayoutView
    files: list[discord.File]
    mentions: discord.AllowedMentions


@dataclass(slots=True)
class _Layout:
    """What a message is made of, before it is put together: texts, and everything that is no text."""

    blocks: list[str | ui.Item[Any]] = field(default_factory=list)
    files: list[tuple[str, bytes, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(_units(block) for block in self.blocks if isinstance(block, str))

    def say(self, text: str) -> None:
        """Add text; what follows on text is one component with it, a blank line between."""
        if not text.strip():
            return
        if self.blocks and isinstance(self.blocks[-1], str):
            self.blocks[-1] += f"\n\n{text}"
        else:
            self.blocks.append(text)

    def attach(self, name: str, data: bytes, description: str = "") -> str:
        """Add a file; give the address by which a component shows it."""
        name = f"{len(self.files) + 1}-{name.translate(_FILE_NAME)}"
        self.files.append((name, data, description))
        return f"attachment://{name}"


async def draw_all(message: Message, draw: Draw) -> list[bytes]:
    """Draw a message's pictures in their order; drawing takes a while and is done off the event loop."""
    specs = [part.spec for part in message.parts if isinstance(part, Picture)]
    return [await asyncio.to_thread(draw, spec) for spec in specs]


def render(message: Message, drawn: Sequence[bytes] = (), *, mark: int | None = None, at: str = "") -> Rendered:
    """Render a message into one native message.

    `drawn` are its pictures; `mark` becomes the id of its first component; `at` is the channel that its buttons mean.
    Text that does not fit is cut, and stands whole in a file beside it: nothing is lost.
    """
    layout = _layout(message, iter(drawn), at)
    if layout.size > TEXT_IN_ALL:
        layout = _shortened(layout)
    if not layout.blocks:
        layout.say(EMPTY)
    view = ui.LayoutView(timeout=None)
    for item in (ui.TextDisplay(block) if isinstance(block, str) else block for block in layout.blocks):
        view.add_item(item)
    if mark is not None and view.children:
        view.children[0].id = mark
    view.stop()  # the library keeps no track of it: what is pressed comes to us as it is
    return Rendered(view, [_file(*one) for one in layout.files], _mentions(message))


def pieces(message: Message) -> tuple[Message, ...]:
    """A message as several, each of which fits once it is rendered: signs that are escaped count twice."""
    ways = (split(message, most) for most in (3_800, 2_400, 1_200))
    parts = next((parts for parts in ways if all(map(fits, parts))), split(message, 1_200))
    # White space alone may have become a piece of its own, which is nothing to see.
    return tuple(part for part in parts if _layout(part, None, "").blocks) or (message,)


def fits(message: Message) -> bool:
    """Whether a message stands in one native message without being cut."""
    return _layout(message, None, "").size <= TEXT_IN_ALL


def first_line(message: Message) -> str:
    """The heading of a message, or its first words: what a post in a forum is called."""
    heading = next((part.text for part in message.parts if isinstance(part, Heading)), "")
    words = "".join(
        span for part in message.parts if isinstance(part, Text) for span in part.spans if type(span) is str
    )
    return heading or words.replace("*", "").strip().split("\n")[0] or "Study group"


def _units(text: str) -> int:
    # Counted as Discord's client does, in units of UTF-16: many emoji are two.
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- parts ----------------------------------------------------------------------------------------------------------


def _layout(message: Message, drawn: Iterator[bytes] | None, at: str) -> _Layout:
    layout = _Layout()
    for part in message.parts:
        _add(layout, part, drawn, at)
    return layout


def _add(layout: _Layout, part: Part, drawn: Iterator[bytes] | None, at: str) -> None:
    match part:
        case Text(spans):
            layout.say("".join(map(_span, spans)).strip("\n"))
        case Heading(text):
            layout.say(dialect.heading(text))
        case Quote(text):
            layout.say(dialect.quote(text))
        case Code(text, language):
            layout.say(dialect.code(text, language))
        case Facts(rows):
            layout.say("\n".join(f"**{dialect.theirs(label)}:** {dialect.theirs(value)}" for label, value in rows))
        case Picture(_, alt):
            _add_picture(layout, alt, next(drawn) if drawn else b"")
        case Attachment(name, text, _):
            layout.blocks.append(ui.File(layout.attach(name, text.encode())))
        case Divider():
            layout.blocks.append(ui.Separator())
        case Buttons(buttons):
            layout.blocks.extend(_rows(buttons, at))
        case Select():
            layout.blocks.append(ui.ActionRow(_select(part, at)))
        case _:
            assert_never(part)


def _add_picture(layout: _Layout, alt: str, data: bytes) -> None:
    said = alt if len(alt) <= ALTERNATIVE else alt[: ALTERNATIVE - 1] + "…"
    shown = discord.MediaGalleryItem(layout.attach("picture.png", data, said), description=said)
    layout.blocks.append(ui.MediaGallery(shown))


def _span(span: Span) -> str:
    match span:
        case str(words):
            return dialect.ours(words)
        case Verbatim(words):
            return isolated(dialect.theirs(words))
        case Mention(person):
            # Somebody of another platform cannot be notified here; their id still says who is meant.
            return f"<@{person.id}>" if person.platform == DISCORD else dialect.theirs(f"@{person.id}")
        case RoleMention(role):
            return f"<@&{role}>" if role.isdecimal() else dialect.theirs(f"@{role}")
        case ChannelLink(place):
            return f"<#{place.channel}>" if place.platform == DISCORD else dialect.theirs(f"#{place.channel}")
        case Moment(at, _):
            return f"<t:{int(at.timestamp())}:f>"
        case Typed(command, options):
            return f"`{typed(command)}{f' {options}' if options else ''}`"
        case _:
            assert_never(span)


def _mentions(message: Message) -> discord.AllowedMentions:
    """Who is notified: only whom we name ourselves; never what stands in a member's words."""
    spans = [span for part in message.parts if isinstance(part, Text) for span in part.spans]
    people = [_Named(s.person.id) for s in spans if isinstance(s, Mention) and s.person.platform == DISCORD]
    roles = [_Named(span.role) for span in spans if isinstance(span, RoleMention) and span.role.isdecimal()]
    named: dict[str, Any] = {"users": people, "roles": roles}
    return discord.AllowedMentions(everyone=False, replied_user=False, **named)


def _rows(buttons: Sequence[Button], at: str) -> Iterator[ui.Item[Any]]:
    for start in range(0, len(buttons), IN_A_ROW):
        yield ui.ActionRow(*(_button(button, at) for button in buttons[start : start + IN_A_ROW]))


def _button(button: Button, at: str) -> ui.Button[Any]:
    id = custom_id(button.action, button.args, at)
    return ui.Button(label=button.label, style=_STYLES[button.style], custom_id=id)


def _select(select: Select, at: str) -> ui.Select[Any]:
    return ui.Select(
        custom_id=custom_id(select.action, select.args, at),
        placeholder=select.placeholder[:PLACEHOLDER] or None,
        min_values=select.at_least,
        max_values=select.at_most,
        options=[discord.SelectOption(label=one.label, value=one.value) for one in select.options],
    )


def _file(name: str, data: bytes, description: str) -> discord.File:
    return discord.File(io.BytesIO(data), filename=name, description=description or None)


def _shortened(layout: _Layout) -> _Layout:
    """The same with texts cut until they fit, and all of them whole in a file."""
    texts = [block for block in layout.blocks if isinstance(block, str)]
    short = _Layout(files=list(layout.files))
    left = TEXT_IN_ALL - (_units(CUT) + 4) * len(texts)
    for number, block in enumerate(layout.blocks):
        if not isinstance(block, str):
            short.blocks.append(block)
            continue
        following = (text for text in layout.blocks[number + 1 :] if isinstance(text, str))
        room = max(left - sum(min(_units(text), KEPT_OF_EACH) for text in following), 1)
        short.blocks.append(_cut(block, room))
        left -= min(_units(block), room)
    short.blocks.append(ui.File(short.attach("message.txt", "\n\n".join(texts).encode())))
    return short


def _cut(block: str, room: int) -> str:
    if _units(block) <= room:
        return block
    kept = block.encode("utf-16-le", "surrogatepass")[: 2 * room].decode("utf-16-le", "ignore").rstrip("\\")
    # A fence that is open would swallow the note.
    return kept + ("\n```" if kept.count("```") % 2 else "") + CUT


# --- forms ------------------------------------------------------------------------------------------------------------

_MOST_COMPONENTS = 5


def render_form(form: Form, at: str = "") -> ui.Modal:
    """Render a form as a modal; each field is labelled, and says below its label what is wanted."""
    modal = ui.Modal(title=form.title, custom_id=custom_id(form.action, form.args, at))
    if form.intro and len(form.fields) < _MOST_COMPONENTS:
        modal.add_item(ui.TextDisplay(dialect.ours(form.intro)))
    for one in form.fields:
        hint = one.hint[:PLACEHOLDER] or None
        modal.add_item(ui.Label(text=one.label, description=hint, component=_field(one)))
    modal.stop()
    return modal


def _field(one: AnyField) -> ui.Item[Any]:
    match one:
        case Line(max_length=most):
            return _input(one, discord.TextStyle.short, most)
        case Paragraph(max_length=most):
            return _input(one, discord.TextStyle.paragraph, most)
        case Number():
            return _input(one, discord.TextStyle.short, PLACEHOLDER)
        case Day():
            return _input(one, discord.TextStyle.short, PLACEHOLDER, "YYYY-MM-DD")
        case Choice():
            return _choice(one)
        case _:
            assert_never(one)


def _input(one: AnyField, style: discord.TextStyle, most: int, placeholder: str = "") -> ui.TextInput[Any]:
    return ui.TextInput(
        custom_id=one.name,
        style=style,
        default=one.value[:most] or None,
        required=one.required,
        max_length=min(most, TEXT_IN_ALL),
        placeholder=placeholder or None,
    )


def _choice(one: Choice) -> ui.Select[Any]:
    chosen = set(one.value.split()) if one.many else {one.value}
    options = [discord.SelectOption(label=label, value=value, default=value in chosen) for value, label in one.options]
    most = len(options) if one.many else 1
    return ui.Select(
        custom_id=one.name, options=options, min_values=int(one.required), max_values=most, required=one.required
    )


def filled(form: Form, values: dict[str, str]) -> Form:
    """The same form, with what was typed into it."""
    return replace(form, fields=tuple(replace(one, value=values.get(one.name, one.value)) for one in form.fields))
