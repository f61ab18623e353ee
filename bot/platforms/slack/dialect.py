"""Our small Markdown to rich text, and what Slack hands over of a member's message to what they wrote.

Rich text is a tree: what a member wrote is the text of a leaf, in which Slack reads nothing. So no word of theirs can
mention, link or format, and nothing has to be escaped; only the line for notifications is text that Slack reads.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bot.core.messages import Span

Json = dict[str, Any]
Piece = str | Json
Line = list[Piece]
_FENCE = re.compile(r"\s{0,3}```\s*([\w+-]*)\s*$")
_ITEM = re.compile(r"\s*- +")
_TOKENS = re.compile(r"(`[^`]+`|\*\*|\*|https?://[^\s<>*`]*[^\s<>*`.,;:!?)])")
_SHOWN = re.compile(r"<([^<>]+)>")


def fallback(text: str) -> str:
    """Text for a notification, in which Slack would read links and mentions."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- our words to rich text -------------------------------------------------------------------------------------------


def plain_run(text: str, **style: bool) -> Json:
    """A leaf with these words, in which nothing is read."""
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def section(*runs: Json) -> Json:
    """A paragraph of leaves."""
    return {"type": "rich_text_section", "elements": [run for run in runs if run.get("text") != ""]}


def preformatted(text: str) -> Json:
    """A block of code or of figures."""
    return {"type": "rich_text_preformatted", "elements": [plain_run(text or " ")]}


def quote(text: str) -> Json:
    """A member's text as a block."""
    return {"type": "rich_text_quote", "elements": [plain_run(text or " ")]}


def rich(spans: Sequence[Span], run_of: Callable[[Span], Json]) -> list[Json]:
    """Read spans into sections, lists and code; `run_of` makes the leaf of everything that is not `str`."""
    found: list[Json] = []
    group: list[Line] = []
    lines = iter(_lines(spans, run_of))
    for line in lines:
        fence = _FENCE.match(line[0]) if len(line) == 1 and isinstance(line[0], str) else None
        if fence:
            _close(group, found)
            found.append(preformatted(_fenced(lines)))
        elif all(isinstance(piece, str) and not piece.strip() for piece in line):
            _close(group, found)
        else:
            if group and _is_item(line) != _is_item(group[0]) and not _continues(line, group[0]):
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


def _is_item(line: Line) -> bool:
    return isinstance(line[0], str) and bool(_ITEM.match(line[0]))


def _continues(line: Line, first: Line) -> bool:
    return _is_item(first) and isinstance(line[0], str) and line[0].startswith("  ")


def _fenced(lines: Iterator[Line]) -> str:
    body: list[str] = []
    for line in lines:
        if len(line) == 1 and isinstance(line[0], str) and line[0].strip() == "```":
            break
        body.append("".join(piece if isinstance(piece, str) else str(piece.get("text", "")) for piece in line))
    return "\n".join(body)


def _close(group: list[Line], found: list[Json]) -> None:
    if group and _is_item(group[0]):
        items = [section(*runs(item)) for item in _items(group)]
        found.append({"type": "rich_text_list", "style": "bullet", "elements": items})
    elif group:
        found.append(section(*runs(_joined(group, "\n"))))
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


# --- bold, italic, code, links ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Token:
    """A stretch of text, a mark, or a leaf that stands as it is."""

    text: str = ""
    leaf: Json | None = None
    mark: bool = False
    opens: bool = False
    closes: bool = False


@dataclass(slots=True)
class _Waiting:
    """The marks that have opened and have no partner yet."""

    marks: list[_Token] = field(default_factory=list)

    def partner(self, mark: _Token) -> _Token | None:
        """The newest mark of the same sort."""
        return next((one for one in reversed(self.marks) if one.text == mark.text), None)


def runs(line: Line) -> list[Json]:
    """Read one paragraph's pieces into leaves; a mark without its partner stays a character."""
    tokens = list(_tokens(line))
    _flank(tokens)
    _pair(tokens)
    return _styled(tokens)


def _tokens(line: Line) -> Iterator[_Token]:
    for piece in line:
        if not isinstance(piece, str):
            yield _Token(leaf=piece)
            continue
        # A split by a pattern with one group gives what lies between and what was found in turn.
        for number, part in enumerate(_TOKENS.split(piece)):
            if number % 2 and part.startswith("`"):
                yield _Token(leaf=plain_run(part[1:-1], code=True))
            elif number % 2 and part.startswith("http"):
                yield _Token(leaf={"type": "link", "url": part})
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
    waiting = _Waiting()
    for token in tokens:
        if not token.mark:
            continue
        partner = waiting.partner(token)
        if token.closes and partner:
            at = waiting.marks.index(partner)
            for lone in waiting.marks[at + 1 :]:
                lone.mark = False
            del waiting.marks[at:]
            token.opens = False
        elif token.opens:
            waiting.marks.append(token)
            token.closes = False
        else:
            token.mark = False
    for lone in waiting.marks:
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
        elif token.leaf is not None:
            styled = token.leaf["type"] in {"text", "link"} and styles
            found.append({**token.leaf, "style": {**token.leaf.get("style", {}), **styles}} if styled else token.leaf)
            grows = False
        elif grows:
            found[-1]["text"] += token.text
        else:
            found.append(plain_run(token.text, **styles))
            grows = True
    return found


# --- their words ------------------------------------------------------------------------------------------------------


def written(text: str) -> str:
    """What a member wrote, of what Slack made of it: links and names as they were shown, signs as they were typed."""
    return unescape_once(_SHOWN.sub(lambda hit: _shown(hit[1]), text))


def unescape_once(text: str) -> str:
    """The three signs that Slack escapes, as they were typed."""
    return unescape(re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text))


def _shown(inside: str) -> str:
    target, bar, label = inside.partition("|")
    if target.startswith("!date"):
        return label
    if target[:1] in "@#!":
        name = label.lstrip("@#") if bar else target[1:].removeprefix("subteam^")
        return f"{'#' if target[0] == '#' else '@'}{name}"
    return label if bar else target.removeprefix("mailto:")
