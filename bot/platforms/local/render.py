"""Core messages and forms to the world's blocks; pure, apart from the drawing that is handed in."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import assert_never

from bot.core import limits
from bot.core.forms import AnyField, Choice, Day, Form, FormProblems, Line, Number, Paragraph
from bot.core.messages import (
    Attachment,
    Button,
    Buttons,
    ChannelLink,
    Code,
    Divider,
    Edit,
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
    Text,
    Typed,
    Verbatim,
)
from bot.core.pictures import PictureSpec
from bot.core.ports import Answer
from bot.core.signs import isolated
from bot.core.splitting import split
from bot.platforms.local import dialect
from bot.platforms.local.formats import File, Json

Draw = Callable[[PictureSpec], bytes]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Blocks, and the files that they name."""

    blocks: list[Json]
    files: dict[str, File]


def render(message: Message, draw: Draw) -> Rendered:
    """Render one message; `draw` makes a PNG of a picture's specification."""
    blocks: list[Json] = []
    files: dict[str, File] = {}
    for number, part in enumerate(message.parts):
        blocks.extend(_blocks(part, str(number)))
        if isinstance(part, Picture):
            files[str(number)] = File("picture.png", "image/png", draw(part.spec))
        elif isinstance(part, Attachment):
            files[str(number)] = File(part.name, part.media_type, part.text.encode())
    return Rendered(blocks, files)


async def render_later(message: Message, draw: Draw) -> Rendered:
    """Render a message; drawing takes a while and is done off the event loop."""
    if any(isinstance(part, Picture) for part in message.parts):
        return await asyncio.to_thread(render, message, draw)
    return render(message, draw)


def _blocks(part: Part, file: str) -> list[Json]:
    match part:
        case Text(spans):
            return dialect.blocks(spans, _run)
        case Heading(text):
            return [{"type": "heading", "text": text}]
        case Quote(text):
            return [{"type": "quote", "text": text}]
        case Code(text, language):
            return [{"type": "code", "text": text, "language": language}]
        case Facts(rows):
            return [{"type": "facts", "rows": [[label, value] for label, value in rows]}]
        case Picture(_, alt):
            return [{"type": "picture", "file": file, "alt": alt}]
        case Attachment(name, _, media_type):
            return [{"type": "file", "file": file, "name": name, "media_type": media_type}]
        case Divider():
            return [{"type": "divider"}]
        case Buttons(buttons):
            return [{"type": "buttons", "buttons": [_button(button) for button in buttons]}]
        case Select():
            return [_select(part)]
        case _:
            assert_never(part)


def _run(span: Span) -> Json:
    match span:
        case str(words):
            return {"text": words}
        case Verbatim(words):
            return {"text": isolated(words)}
        case Mention(person):
            # Somebody of another platform cannot be notified here; their id still says who is meant.
            return {"mention": person.id} if person.platform == "local" else {"text": f"@{person.id}"}
        case RoleMention(role):
            return {"role": role}
        case ChannelLink(place):
            return {"channel": place.channel} if place.platform == "local" else {"text": f"#{place.channel}"}
        case Moment(at, zone):
            return {"at": at.astimezone(UTC).isoformat(), "zone": zone}
        case Typed(command, options):
            return {"text": f"{command} {options}".strip(), "code": True}
        case _:
            assert_never(span)


def _id(action: str, args: tuple[str, ...]) -> str:
    return ":".join((action, *args))


def _button(button: Button) -> Json:
    return {"label": button.label, "id": _id(button.action, button.args), "style": button.style.value}


def _select(select: Select) -> Json:
    return {
        "type": "select",
        "id": _id(select.action, select.args),
        "placeholder": select.placeholder,
        "options": [{"value": option.value, "label": option.label} for option in select.options],
        "at_least": select.at_least,
        "at_most": select.at_most,
    }


# --- forms and replies ----------------------------------------------------------------------------------------------


def render_form(form: Form) -> Json:
    """Render a form; every field has every key, so that the page never asks whether one is there."""
    return {
        "title": form.title,
        "id": _id(form.action, form.args),
        "intro": form.intro,
        "fields": [_field(field) for field in form.fields],
    }


def _field(field: AnyField) -> Json:
    every = {
        "name": field.name,
        "label": field.label,
        "hint": field.hint,
        "value": field.value,
        "required": field.required,
        "max_length": limits.LINE,
        "code": False,
        "options": [],
        "many": False,
        "suggestions": [],
    }
    match field:
        case Line():
            return {**every, "type": "line", "max_length": field.max_length, "suggestions": list(field.suggestions)}
        case Paragraph():
            return {**every, "type": "paragraph", "max_length": field.max_length, "code": field.code}
        case Number():
            return {**every, "type": "number"}
        case Choice():
            return {**every, "type": "choice", "options": [list(one) for one in field.options], "many": field.many}
        case Day():
            return {**every, "type": "day"}
        case _:
            assert_never(field)


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """A reply as the world takes it, and the files that its blocks name."""

    reply: Json
    files: dict[str, File]


def render_reply(answer: Answer, draw: Draw) -> RenderedReply:
    """Render what a handler gives back to the asker."""
    match answer.reply:
        case None:
            return RenderedReply({"type": "none"}, {})
        case Form() as form:
            return RenderedReply({"type": "form", "form": render_form(form)}, {})
        case FormProblems(errors):
            return RenderedReply({"type": "problems", "errors": dict(errors)}, {})
        case Edit(message):
            rendered = render(message, draw)
            return RenderedReply({"type": "edit", "blocks": rendered.blocks}, rendered.files)
        case Message() as message:
            return _message_reply(message, answer.private, draw)
        case _:
            assert_never(answer.reply)


async def render_reply_later(answer: Answer, draw: Draw) -> RenderedReply:
    """Render a reply; drawing takes a while and is done off the event loop."""
    message = answer.reply.message if isinstance(answer.reply, Edit) else answer.reply
    if isinstance(message, Message) and any(isinstance(part, Picture) for part in message.parts):
        return await asyncio.to_thread(render_reply, answer, draw)
    return render_reply(answer, draw)


def _message_reply(message: Message, private: bool, draw: Draw) -> RenderedReply:
    blocks: list[list[Json]] = []
    files: dict[str, File] = {}
    for number, one in enumerate(split(message)):
        rendered = render(one, draw)
        names = {name: f"{number}.{name}" for name in rendered.files}
        files |= {names[name]: file for name, file in rendered.files.items()}
        blocks.append([{**b, "file": names[b["file"]]} if "file" in b else b for b in rendered.blocks])
    more = {"more": blocks[1:]} if blocks[1:] else {}
    return RenderedReply({"type": "message", "private": private, "blocks": blocks[0], **more}, files)
