"""A long message as several: cut at paragraph ends where there are some, so that each part fits a platform's limit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.core.limits import MESSAGE
from bot.core.messages import (
    Attachment,
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
    Text,
    Typed,
    Verbatim,
)

_NAME = 40  # what a mention or a moment takes up at most, about
_TYPED = 16  # what a platform writes around a command
_ROW = 3  # the colon, the space and the line end of a fact
_BETWEEN = 2  # the blank line between two parts
_ENDS = ("\n\n", "\n", " ")


def split(message: Message, most: int = MESSAGE) -> tuple[Message, ...]:
    """Split a message into messages of at most `most` characters of text; one that fits is given back as it is.

    Buttons and selects stay with what stands before them; a fence that is cut is closed and opened again.
    """
    done: list[list[Part]] = [[]]
    size = 0
    for part in (piece for whole in message.parts for piece in _pieces(whole, most)):
        length = _length(part) + _BETWEEN
        if done[-1] and size + length > most and _length(part):
            done.append([])
            size = 0
        done[-1].append(part)
        size += length
    return (message,) if len(done) == 1 else tuple(Message(tuple(parts)) for parts in done)


def _length(part: Part) -> int:
    match part:
        case Text(spans):
            return sum(map(_span_length, spans))
        case Heading(text) | Quote(text) | Code(text):
            return len(text)
        case Facts(rows):
            return sum(len(label) + len(value) + _ROW for label, value in rows)
        case Picture() | Attachment() | Divider() | Buttons() | Select():
            return 0


def _span_length(span: Span) -> int:
    match span:
        case str(words) | Verbatim(words):
            return len(words)
        case Mention() | RoleMention() | Moment() | ChannelLink():
            return _NAME
        case Typed(command, options):
            return len(command) + len(options) + _TYPED


def _pieces(part: Part, most: int) -> Iterator[Part]:
    room = most - _BETWEEN
    if _length(part) <= room:
        yield part
        return
    match part:
        case Text(spans):
            yield from (Text(group) for group in _grouped(spans, room))
        case Quote(text):
            yield from map(Quote, cut(text, room))
        case Code(text):
            yield from (replace(part, text=piece) for piece in cut(text, room, _ENDS[1:]))
        case Facts(rows):
            yield from _short_rows(rows, room)
        case _:
            yield part


def _short_rows(rows: Sequence[tuple[str, str]], room: int) -> Iterator[Facts]:
    group: list[tuple[str, str]] = []
    for label, value in rows:
        for piece in cut(value, max(room - len(label) - _ROW, 1)) or [""]:
            if group and _length(Facts((*group, (label, piece)))) > room:
                yield Facts(tuple(group))
                group = []
            group.append((label, piece))
    if group:
        yield Facts(tuple(group))


def _grouped(spans: Sequence[Span], room: int) -> Iterator[tuple[Span, ...]]:
    group: list[Span] = []
    size = 0
    for span in (piece for whole in spans for piece in _span_pieces(whole, room)):
        if group and size + _span_length(span) > room:
            yield tuple(group)
            group, size = [], 0
        group.append(span)
        size += _span_length(span)
    if group:
        yield tuple(group)


def _span_pieces(span: Span, room: int) -> Iterator[Span]:
    match span:
        case str():
            yield from (piece for paragraph in _paragraphs(span) for piece in _own_words(paragraph, room))
        case Verbatim(text) if len(text) > room:
            yield from map(Verbatim, cut(text, room, keep=True))
        case _:
            yield span


def _paragraphs(text: str) -> list[str]:
    """Each paragraph with the blank lines after it; a fenced block is one, whatever stands in it."""
    found = [""]
    fenced = ended = False
    for line in text.splitlines(keepends=True):
        fence = line.lstrip().startswith("```")
        if not fenced and line.strip() and (fence or ended):
            found.append("")
        found[-1] += line
        fenced = fenced != fence
        ended = not fenced and (fence or not line.strip())
    return [paragraph for paragraph in found if paragraph]


def _own_words(paragraph: str, room: int) -> list[str]:
    fence = re.match(r"\s*(```[^\n]*\n)(.*?)(\n?```\s*)?$", paragraph, re.DOTALL)
    if len(paragraph) <= room or fence is None:
        return cut(paragraph, room, keep=True)
    opening = fence[1]
    return [f"{opening}{piece}\n```\n" for piece in cut(fence[2], room - len(opening) - 5, _ENDS[1:])]


def cut(text: str, room: int, ends: Sequence[str] = _ENDS, keep: bool = False) -> list[str]:
    """Cut text into pieces of at most `room` characters: after the last paragraph end that fits, else a line, a word.

    Line ends at a cut are dropped, unless `keep`.
    """
    found: list[str] = []
    while len(text) > room:
        # An end in the first half would leave a piece that is hardly there.
        ended = ((text.rfind(end, room // 2, room), len(end)) for end in ends)
        at = next((place + length for place, length in ended if place >= 0), room)
        found.append(text[:at])
        text = text[at:]
    pieces = [*found, text]
    return [piece for piece in (pieces if keep else [piece.strip("\n") for piece in pieces]) if piece]
