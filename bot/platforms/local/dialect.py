"""Our small Markdown dialect to blocks: **bold**, *italic*, `code`, "- " lists, fenced code, paragraphs.

Only `str` spans are read. Everything else becomes one run as it is, which takes on the bold or italic around it but
never begins or ends anything.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.messages import Span
from bot.platforms.local.formats import Json, run_text

Piece = str | Json
Line = list[Piece]
_FENCE = re.compile(r"\s{0,3}```\s*([\w+-]*)\s*$")
_ITEM = re.compile(r"\s*- +")
_TOKENS = re.compile(r"(`[^`]+`|\*\*|\*)")


def blocks(spans: Sequence[Span], run_of: Callable[[Span], Json]) -> list[Json]:
    """Read spans into paragraph, list and code blocks; `run_of` makes the run of everything that is not `str`."""
    found: list[Json] = []
    group: list[Line] = []
    lines = iter(_lines(spans, run_of))
    for line in lines:
        fence = _FENCE.match(line[0]) if len(line) == 1 and isinstance(line[0], str) else None
        if fence:
            _close(group, found)
            found.append({"type": "code", "text": _fenced(lines), "language": fence[1]})
        elif _is_blank(line):
            _close(group, found)
        else:
            if group and _starts_item(line) != _starts_item(group[0]) and not _continues_item(line, group[0]):
                _close(group, found)
            group.append(line)
    _close(group, found)
    return found


def _lines(spans: Sequence[Span], run_of: Callable[[Span], Json]) -> list[Line]:
    lines: list[Line] = [[]]
    for span in spans:
        if not isinstance(span, str):
            lines[-1].append(run_of(span))
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


def _is_blank(line: Line) -> bool:
    return all(isinstance(piece, str) and not piece.strip() for piece in line)


def _starts_item(line: Line) -> bool:
    return isinstance(line[0], str) and bool(_ITEM.match(line[0]))


def _continues_item(line: Line, first: Line) -> bool:
    return _starts_item(first) and isinstance(line[0], str) and line[0].startswith("  ")


def _fenced(lines: Iterator[Line]) -> str:
    body: list[str] = []
    for line in lines:
        if len(line) == 1 and isinstance(line[0], str) and line[0].strip() == "```":
            break
        body.append("".join(piece if isinstance(piece, str) else run_text(piece) for piece in line))
    return "\n".join(body)


def _close(group: list[Line], found: list[Json]) -> None:
    if group and _starts_item(group[0]):
        found.append({"type": "list", "items": [runs(item) for item in _items(group)]})
    elif group:
        found.append({"type": "paragraph", "runs": runs(_joined(group, "\n"))})
    group.clear()


def _items(group: Sequence[Line]) -> list[Line]:
    items: list[list[Line]] = []
    for line in group:
        first = line[0] if isinstance(line[0], str) else ""
        if _starts_item(line):
            items.append([[_ITEM.sub("", first, count=1), *line[1:]]])
        else:
            items[-1].append([first.strip(), *line[1:]])
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


# --- bold, italic, code ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Token:
    """A stretch of text, a mark, or a run that stands as it is."""

    text: str = ""
    run: Json | None = None
    mark: bool = False
    opens: bool = False
    closes: bool = False


def runs(line: Line) -> list[Json]:
    """Read one paragraph's pieces into runs; a mark without its partner stays a character."""
    tokens = list(_tokens(line))
    _flank(tokens)
    _pair(tokens)
    return _styled(tokens)


def _tokens(line: Line) -> Iterator[_Token]:
    for piece in line:
        if not isinstance(piece, str):
            yield _Token(run=piece)
            continue
        # A split by a pattern with one group gives what lies between and what was found in turn.
        for number, part in enumerate(_TOKENS.split(piece)):
            if number % 2 and part.startswith("`"):
                yield _Token(run={"text": part[1:-1], "code": True})
            elif part:
                yield _Token(text=part, mark=bool(number % 2))


def _flank(tokens: list[_Token]) -> None:
    """A mark opens where something follows it at once, and closes where something stands right before it."""
    for number, token in enumerate(tokens):
        if token.mark:
            before = tokens[number - 1] if number else _Token(text=" ")
            after = tokens[number + 1] if number + 1 < len(tokens) else _Token(text=" ")
            token.opens = after.run is not None or not after.text[:1].isspace()
            token.closes = before.run is not None or not before.text[-1:].isspace()


def _pair(tokens: list[_Token]) -> None:
    """Keep the marks that have a partner; the others become text."""
    waiting: list[_Token] = []
    for token in tokens:
        if not token.mark:
            continue
        partner = next((mark for mark in reversed(waiting) if mark.text == token.text), None)
        if token.closes and partner:
            for lone in waiting[waiting.index(partner) + 1 :]:
                lone.mark = False
            del waiting[waiting.index(partner) :]
            token.opens = False
        elif token.opens:
            waiting.append(token)
            token.closes = False
        else:
            token.mark = False
    for lone in waiting:
        lone.mark = False


def _styled(tokens: Sequence[_Token]) -> list[Json]:
    found: list[Json] = []
    styles: dict[str, bool] = {}
    grows = False
    for token in tokens:
        if token.mark:
            name = "bold" if token.text == "**" else "italic"
            styles = {**styles, name: True} if token.opens else {key: True for key in styles if key != name}
            grows = False
        elif token.run is not None:
            found.append({**token.run, **styles} if "text" in token.run else dict(token.run))
            grows = False
        elif grows:
            found[-1]["text"] += token.text
        else:
            found.append({"text": token.text, **styles})
            grows = True
    return found
