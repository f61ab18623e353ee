"""Help, in words: made from the catalogue, so that it is never out of date."""

from collections.abc import Iterable, Iterator

from bot.core.commands import Catalogue, Declared
from bot.core.messages import Button, Buttons, Message, Span, Typed, message, text

ANSWERING = (
    "**Answering:** press a letter or *Answer* on the day's question, or reply in its thread where it is an open one. "
    "You may change your answer until the reveal; deleting your reply takes it back. "
    "In threads I react with ✅ (recorded), ❓ (cannot be read) or 👉 (use its button, so that nobody sees it early)."
)


def overview(catalogue: Catalogue, *, organiser: bool) -> Message:
    """What the asker can do here."""
    mine = _lines(item for item in catalogue.commands.values() if not item.admin)
    parts = [text("**What you can do here**\n", *mine), text(ANSWERING)]
    if organiser:
        parts.append(text("**For organisers**\n", *_lines(item for item in catalogue.commands.values() if item.admin)))
    buttons = Buttons(
        (Button("Today's question", "question"), Button("Board", "board"), Button("Settings", "settings"))
    )
    return message(*parts, buttons)


def about(first: str, items: Iterable[Declared]) -> Message:
    """What there is under the first word of some commands."""
    return message(text(f"**What there is under {first}**\n", *_lines(items)))


def _lines(items: Iterable[Declared]) -> Iterator[Span]:
    for item in items:
        yield "- "
        yield Typed(item.name, _options(item))
        yield f" {item.help}\n"


def _options(item: Declared) -> str:
    return " ".join(p.name if p.required else f"[{p.name}]" for p in item.parameters)
