"""Our small Markdown to rich text, and what Slack hands over of a member's message to what they wrote.

Rich text is a tree: what a member wrote is the text of a leaf, in which Slack reads nothing. So no word of theirs can
mention, link or format, and nothing has to be escaped; only the line for notifications is text that Slack reads.
"""

import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

from bot.core import dialect
from bot.core.dialect import Bullets, Fenced, Line, Paragraph, Run
from bot.core.messages import Span

Json = dict[str, Any]
_TOKENS = re.compile(rf"({dialect.CODE_OR_MARK}|https?://[^\s<>*`]*[^\s<>*`.,;:!?)])")
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
    return [_block(block) for block in dialect.blocks(spans, run_of, lambda leaf: str(leaf.get("text", "")))]


def _block(block: dialect.Block) -> Json:
    match block:
        case Fenced(text):
            return preformatted(text)
        case Bullets(items):
            listed = [section(*runs(item)) for item in items]
            return {"type": "rich_text_list", "style": "bullet", "elements": listed}
        case Paragraph(line):
            return section(*runs(line))


def runs(line: Line) -> list[Json]:
    """Read one paragraph's pieces into leaves; a mark without its partner stays a character."""
    return [_leaf(one) for one in dialect.runs(line, _TOKENS, _code_or_link)]


def _code_or_link(found: str) -> Json:
    return plain_run(found[1:-1], code=True) if found.startswith("`") else {"type": "link", "url": found}


def _leaf(one: Run) -> Json:
    if one.leaf is None:
        return plain_run(one.text, **one.styles)
    if not one.styles or one.leaf["type"] not in {"text", "link"}:
        return one.leaf
    return {**one.leaf, "style": {**one.leaf.get("style", {}), **one.styles}}


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
