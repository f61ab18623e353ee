"""Our small Markdown dialect, as every platform reads it that has no Markdown of its own.

Paragraphs, "- " lists, fenced code, **bold**, *italic*, `code`.

Only `str` spans are read. Everything else becomes one leaf as it is, which takes on the bold or italic around it but
never begins or ends anything.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.messages import Span

Leaf = dict[str, Any]
"""What a platform makes of a span that is not `str`, or of a piece of code."""
Piece = str | Leaf
Line = list[Piece]
CODE_OR_MARK = r"`[^`]+`|\*\*|\*"
_FENCE = re.compile(r"\s{0,3}```\s*([\w+-]*)\s*$")
_ITEM = re.compile(r"\s*- +")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, as one."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, an item each."""

    items: list[Line]


@dataclass(frozen=True, slots=True)
class Fenced:
    """Code between fences, in which nothing is read."""

    text: str
    language: str


Block = Paragraph | Bullets | Fenced


def blocks(spans: Sequence[Span], leaf_of: Callable[[Span], Leaf], text_of: Callable[[Leaf], str]) -> Iterator[Block]:
    """Read spans into blocks; `leaf_of` makes the leaf of what is not `str`, `text_of` gives its words inside code."""
    group: list[Line] = []
    lines = iter(_lines(spans, leaf_of))
    for line in lines:
        fence = _FENCE.match(line[0]) if len(line) == 1 and isinstance(line[0], str) else None
        if fence:
            yield from _closed(group)
            yield Fenced(_fenced(lines, text_of), fence[1])
        elif all(isinstance(piece, str) and not piece.strip() for piece in line):
            yield from _closed(group)
        else:
            if group and _is_item(line) != _is_item(group[0]) and not _continues(line, group[0]):
                yield from _closed(group)
            group.append(line)
    yield from _closed(group)


def _lines(spans: Sequence[Span], leaf_of: Callable[[Span], Leaf]) -> list[Line]:
    lines: list[Line] = [[]]
    for span in spans:
        if not isinstance(span, str):
            lines[-1].append(leaf_of(span))
            continue
        first, *rest = span.split("\n")
        _add(lines[-1], first)
        lines.extend([part] if part else [] for part in rest)
    return lines


def _add(line: Line, part: str) -> None:
    if line and isinstance(line[-1], str):
        line[-1] += part
    elif part:
        line.append(part)


def _is_item(line: Line) -> bool:
    return isinstance(line[0], str) and bool(_ITEM.match(line[0]))


def _continues(line: Line, first: Line) -> bool:
    return _is_item(first) and isinstance(line[0], str) and line[0].startswith("  ")


def _fenced(lines: Iterator[Line], text_of: Callable[[Leaf], str]) -> str:
    body: list[str] = []
    for line in lines:
        if len(line) == 1 and isinstance(line[0], str) and line[0].strip() == "```":
            break
        body.append("".join(piece if isinstance(piece, str) else text_of(piece) for piece in line))
    return "\n".join(body)


def _closed(group: list[Line]) -> Iterator[Block]:
    if group:
        yield Bullets(_items(group)) if _is_item(group[0]) else Paragraph(_joined(group, "\n"))
    group.clear()


def _items(group: Sequence[Line]) -> list[Line]:
    items: list[list[Line]] = []
    for line in group:
        first = line[0] if isinstance(line[0], str) else ""
        if _is_item(line):
            items.append([[_ITEM.sub("", first, count=1), *line[1:]]])
        else:
            items[-1].append([first.strip(), *line[1:]] if isinstance(line[0], str) else line)
    return [_joined(item, " ") for item in items]


def _joined(lines: Sequence[Line], between: str) -> Line:
    whole: Line = []
    for number, line in enumerate(lines):
        if number:
            _add(whole, between)
        for piece in line:
            if isinstance(piece, str):
                _add(whole, piece)
            else:
                whole.append(piece)
    return whole


# --- bold, italic, code -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """A stretch of text, or a leaf that stands as it is, with the styles around it."""

    text: str = ""
    leaf: Leaf | None = None
    styles: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class _Token:
    """A stretch of text, a mark, or a leaf."""

    text: str = ""
    leaf: Leaf | None = None
    mark: bool = False
    opens: bool = False
    closes: bool = False


def runs(line: Line, found: "re.Pattern[str]", leaf_of: Callable[[str], Leaf]) -> list[Run]:
    """Read one paragraph's pieces into runs; a mark without its partner stays a character.

    `found` is a pattern with one group around all of it, which finds the marks and whatever `leaf_of` makes a leaf of.
    """
    tokens = list(_tokens(line, found, leaf_of))
    _flank(tokens)
    _pair(tokens)
    return _styled(tokens)


def _tokens(line: Line, found: "re.Pattern[str]", leaf_of: Callable[[str], Leaf]) -> Iterator[_Token]:
    for piece in line:
        if not isinstance(piece, str):
            yield _Token(leaf=piece)
            continue
        # A split by a pattern with one group gives what lies between and what was found in turn.
        for number, part in enumerate(found.split(piece)):
            if number % 2 and part not in {"*", "**"}:
                yield _Token(leaf=leaf_of(part))
            elif part:
                yield _Token(text=part, mark=bool(number % 2))


def _flank(tokens: list[_Token]) -> None:
    """A mark opens where something follows it at once, and closes where something stands right before it."""
    for number, token in enumerate(tokens):
        if token.mark:
            before = tokens[number - 1] if number else _Token(text=" ")
            after = tokens[number + 1] if number + 1 < len(tokens) else _Token(text=" ")
            token.opens = after.leaf is not None or not after.text[:1].isspace()
            token.closes = before.leaf is not None or not before.text[-1:].isspace()


def _pair(tokens: list[_Token]) -> None:
    """Keep the marks that have a partner; the others become text."""
    waiting: list[_Token] = []
    for token in tokens:
        if not token.mark:
            continue
        partner = next((number for number in reversed(range(len(waiting))) if waiting[number].text == token.text), None)
        if token.closes and partner is not None:
            for lone in waiting[partner + 1 :]:
                lone.mark = False
            del waiting[partner:]
            token.opens = False
        elif token.opens:
            waiting.append(token)
            token.closes = False
        else:
            token.mark = False
    for lone in waiting:
        lone.mark = False


def _styled(tokens: Sequence[_Token]) -> list[Run]:
    found: list[Run] = []
    styles: dict[str, bool] = {}
    grows = False
    for token in tokens:
        if token.mark:
            name = "bold" if token.text == "**" else "italic"
            styles = {**styles, name: True} if token.opens else {key: True for key in styles if key != name}
            grows = False
        elif grows and token.leaf is None:
            found[-1].text += token.text
        else:
            found.append(Run(token.text, token.leaf, styles))
            grows = token.leaf is None
    return found
