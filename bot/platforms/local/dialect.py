"""Our small Markdown dialect to the blocks of the page."""

import re
from collections.abc import Callable, Sequence

from bot.core import dialect
from bot.core.dialect import Bullets, Fenced, Line, Paragraph, Run
from bot.core.messages import Span
from bot.platforms.local.formats import Json, run_text

_TOKENS = re.compile(f"({dialect.CODE_OR_MARK})")


def blocks(spans: Sequence[Span], run_of: Callable[[Span], Json]) -> list[Json]:
    """Read spans into paragraph, list and code blocks; `run_of` makes the run of everything that is not `str`."""
    return [_block(block) for block in dialect.blocks(spans, run_of, run_text)]


def _block(block: dialect.Block) -> Json:
    match block:
        case Fenced(text, language):
            return {"type": "code", "text": text, "language": language}
        case Bullets(items):
            return {"type": "list", "items": [runs(item) for item in items]}
        case Paragraph(line):
            return {"type": "paragraph", "runs": runs(line)}


def runs(line: Line) -> list[Json]:
    """Read one paragraph's pieces into runs; a mark without its partner stays a character."""
    return [_run(one) for one in dialect.runs(line, _TOKENS, lambda code: {"text": code[1:-1], "code": True})]


def _run(one: Run) -> Json:
    if one.leaf is None:
        return {"text": one.text, **one.styles}
    return {**one.leaf, **one.styles} if "text" in one.leaf else dict(one.leaf)
