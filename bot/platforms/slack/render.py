"""Core messages to Slack's blocks: rich text, headers, pictures, buttons and selects, with a line for notifications."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from bot.core import dates
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
from bot.platforms.slack import dialect, ids

Json = dict[str, Any]
Draw = Callable[[PictureSpec], bytes]
BLOCKS = 50  # of a message
BLOCKS_IN_VIEW = 100  # of a modal or a home
HEADER = 150
ALTERNATIVE = 2_000  # characters of a picture's description
PLACEHOLDER = 150
IN_AN_ACTIONS_BLOCK = 5  # Slack takes 25; five stand in one line on every screen
NOTIFICATION = 3_000  # characters of the line for notifications; what is seen are the blocks
WRITTEN_IN_ALL = 12_000  # characters of all blocks as they are written; about 13,200 fail with msg_blocks_too_long
EMPTY = "…"  # Slack takes no message without anything to see
ROOM_IN_VIEW = 10  # blocks that are kept for what stands around a message in a view


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as Slack takes it; `files` are to be shared beside it, since no block holds a file."""

    blocks: list[Json]
    text: str
    files: tuple[Attachment, ...] = ()


@dataclass(slots=True)
class _Layout:
    """What a message is made of; what follows on rich text is one block with it."""

    blocks: list[Json] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)

    def say(self, elements: Sequence[Json]) -> None:
        """Add rich text; between two sections stands an empty line, as between paragraphs."""
        kept = [element for element in elements if element["elements"]]
        if not kept:
            return
        if not (self.blocks and self.blocks[-1]["type"] == "rich_text"):
            self.blocks.append({"type": "rich_text", "elements": []})
        into = self.blocks[-1]["elements"]
        for element in kept:
            if into and into[-1]["type"] == element["type"] == "rich_text_section":
                into[-1] = dialect.section(*into[-1]["elements"], dialect.plain_run("\n\n"), *element["elements"])
            else:
                into.append(element)

    def note(self, words: str) -> None:
        """Add words to the line for notifications."""
        if words.strip():
            self.words.append(" ".join(words.split()))


async def draw_all(message: Message, draw: Draw) -> list[bytes]:
    """Draw a message's pictures in their order; drawing takes a while and is done off the event loop."""
    specs = [part.spec for part in message.parts if isinstance(part, Picture)]
    return [await asyncio.to_thread(draw, spec) for spec in specs]


def render(message: Message, pictures: Sequence[str] = (), *, mark: str | None = None) -> Rendered:
    """Render a message into one native message.

    `pictures` are the ids of its uploaded pictures in their order; one that is missing stands as its description.
    `mark` becomes the id of the first block.
    """
    layout = _layout(message, iter(pictures))
    if not layout.blocks:
        layout.say([dialect.section(dialect.plain_run(EMPTY))])
    blocks = layout.blocks[:BLOCKS]
    if _written(blocks) > WRITTEN_IN_ALL:
        # Every change of style is a leaf of its own: the words matter more than how they look.
        blocks = [_unstyled(block) for block in blocks]
    if mark is not None:
        blocks[0] = {**blocks[0], "block_id": mark}
    text = "\n".join(layout.words)[:NOTIFICATION] or EMPTY
    return Rendered(blocks, dialect.fallback(text), tuple(layout.files))


def pieces(message: Message, most_blocks: int = BLOCKS) -> tuple[Message, ...]:
    """A message as several, each of which Slack takes."""
    parts: tuple[Message, ...] = (message,)
    for most in (3_800, 2_400, 1_200):
        parts = split(message, most)
        if all(_fits(part, most_blocks) for part in parts):
            break
    return parts


def _fits(message: Message, most_blocks: int) -> bool:
    blocks = _layout(message, iter(())).blocks
    return len(blocks) <= most_blocks and _written(blocks) <= WRITTEN_IN_ALL


def _written(blocks: Sequence[Json]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False))


def _unstyled(node: Json) -> Json:
    """The same rich text with neighbouring words in one leaf."""
    if "elements" not in node or node["type"] == "actions":
        return node
    elements: list[Json] = []
    for element in node["elements"]:
        if "elements" in element:
            elements.append(_unstyled(element))
        elif element["type"] == "text" and elements and elements[-1]["type"] == "text":
            elements[-1] = dialect.plain_run(elements[-1]["text"] + element["text"])
        else:
            elements.append({key: value for key, value in element.items() if key != "style"})
    return {**node, "elements": elements}


# --- parts ------------------------------------------------------------------------------------------------------------


def _layout(message: Message, pictures: Iterator[str]) -> _Layout:
    layout = _Layout()
    for part in message.parts:
        _add(layout, part, pictures)
    return layout


def _add(layout: _Layout, part: Part, pictures: Iterator[str]) -> None:
    match part:
        case Text(spans):
            layout.say(dialect.rich(spans, _run))
            layout.note("".join(map(_words, spans)))
        case Heading(text):
            # A header without words, or a longer one, is refused.
            layout.blocks.append({"type": "header", "text": plain(text[:HEADER] or EMPTY)})
            layout.note(text)
        case Quote(text):
            layout.say([dialect.quote(text)])
            layout.note(text)
        case Code(text, _):
            layout.say([dialect.preformatted(text)])
            layout.note(text)
        case Facts(rows):
            layout.say([_facts(rows)])
            layout.note(", ".join(f"{label}: {value}" for label, value in rows))
        case Picture(_, alt):
            _add_picture(layout, alt, next(pictures, None))
        case Attachment(name):
            layout.files.append(part)
            layout.say([dialect.section(dialect.plain_run(f"[file: {name}]", italic=True))])
        case Divider():
            layout.blocks.append({"type": "divider"})
        case Buttons(buttons):
            layout.blocks.extend(_rows(buttons))
        case Select():
            layout.blocks.append(_select(part))
        case _:
            assert_never(part)


def _facts(rows: Sequence[tuple[str, str]]) -> Json:
    runs: list[Json] = []
    for number, (label, value) in enumerate(rows):
        runs += [dialect.plain_run("\n")] if number else []
        runs += [dialect.plain_run(f"{label}:", bold=True), dialect.plain_run(f" {value}")]
    return dialect.section(*runs)


def _add_picture(layout: _Layout, alt: str, file: str | None) -> None:
    layout.note(alt)
    if file is None:
        layout.say([dialect.section(dialect.plain_run(f"[picture: {alt}]", italic=True))])
        return
    said = alt if len(alt) <= ALTERNATIVE else alt[: ALTERNATIVE - 1] + "…"
    layout.blocks.append({"type": "image", "slack_file": {"id": file}, "alt_text": said})


def plain(text: str) -> Json:
    """Plain text, in which Slack reads nothing, not even the names of emoji."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _run(span: Span) -> Json:
    match span:
        case Mention(person) if person.platform == ids.SLACK:
            return {"type": "user", "user_id": person.id}
        case RoleMention(role):
            return {"type": "usergroup", "usergroup_id": role}
        case ChannelLink(place) if place.platform == ids.SLACK:
            return {"type": "channel", "channel_id": place.channel}
        case Moment(at, _):
            shown = "{date_short_pretty} {time}"
            return {"type": "date", "timestamp": int(at.timestamp()), "format": shown, "fallback": _words(span)}
        case Typed():
            return dialect.plain_run(_words(span), code=True)
        case str() | Verbatim() | Mention() | ChannelLink():
            # Somebody of another platform cannot be notified here; their id still says who is meant.
            return dialect.plain_run(_words(span))
        case _:
            assert_never(span)


def _words(span: Span) -> str:
    match span:
        case str(words):
            return words.replace("**", "").replace("`", "")
        case Verbatim(words):
            return isolated(words)
        case Mention(person):
            return f"@{person.id}"
        case RoleMention(role):
            return f"@{role}"
        case ChannelLink(place):
            return f"#{place.channel}"
        case Moment(at, zone):
            return in_zone(at, zone)
        case Typed(command, options):
            return f"/study {command} {options}".strip()
        case _:
            assert_never(span)


def in_zone(at: Any, zone: str) -> str:
    """A moment in a zone, for where no reader's own is known."""
    from zoneinfo import ZoneInfo

    local = at.astimezone(ZoneInfo(zone))
    return f"{dates.day(local)} {local:%H:%M}"


def _rows(buttons: Sequence[Button]) -> Iterator[Json]:
    for start in range(0, len(buttons), IN_AN_ACTIONS_BLOCK):
        row = buttons[start : start + IN_AN_ACTIONS_BLOCK]
        yield {"type": "actions", "elements": [_button(button) for button in row]}


def _button(button: Button) -> Json:
    style = {} if button.style is Style.plain else {"style": button.style.value}
    id = ids.custom_id(button.action, button.args)
    return {"type": "button", "text": plain(button.label), "action_id": id, "value": id, **style}


def _select(select: Select) -> Json:
    prompt = select.placeholder[:PLACEHOLDER] or "Choose"
    element: Json = {
        "action_id": ids.custom_id(select.action, select.args),
        "placeholder": plain(prompt),
        "options": [option(one.value, one.label) for one in select.options],
    }
    if select.at_most == 1:
        return {"type": "actions", "elements": [{"type": "static_select", **element}]}
    # Several can be chosen only beside a text.
    several = {"type": "multi_static_select", **element, "max_selected_items": select.at_most}
    return {"type": "section", "text": plain(prompt), "accessory": several}


def option(value: str, label: str) -> Json:
    """One line of a list."""
    return {"text": plain(label), "value": value}
