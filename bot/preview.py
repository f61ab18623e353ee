"""An item of the bank as each platform shows it, in plain text, for its author to read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot import proof
from bot.bank.pages import Page
from bot.bank.schema import Item, Kit
from bot.bank.shelf import Shelf
from bot.bank.taxonomy import Plan
from bot.bank.terms import Status
from bot.core.errors import UserError
from bot.core.messages import Message, Picture
from bot.core.splitting import split
from bot.pictures.draw import draw
from bot.platforms.discord import render as discord
from bot.platforms.local import render as local
from bot.platforms.local.formats import Json, plain
from bot.platforms.slack import render as slack

BETWEEN_MESSAGES = "─" * 80
BETWEEN_READERS = "═" * 80
_NOT_SERVED = {
    Status.draft: "draft: not served before somebody else has reviewed it",
    Status.retired: "retired: not served any more",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of an item; each part is for other readers, under the name of its own."""

    note: str
    parts: tuple[tuple[str, tuple[Message, ...]], ...]


def preview(shelf: Shelf, id: str) -> Preview:
    """The messages of a question, a kit or a page, whatever its status; the first of the id that the folders hold."""
    item = next((entry.item for entry in shelf.entries if entry.item.id == id), None)
    if item is None or isinstance(item, Plan):
        raise UserError(f"Wanted the id of a question, a kit or a page; there is none called “{id[:80]}”.")
    return Preview(_NOT_SERVED.get(item.status, ""), _parts(item, shelf))


def _parts(item: Item | Page, shelf: Shelf) -> tuple[tuple[str, tuple[Message, ...]], ...]:
    if isinstance(item, Kit):
        return (
            ("Candidate's part", (proof.candidate_part(item),)),
            ("Interviewer's part: the candidate must not see it", (proof.interviewer_part(item),)),
        )
    if isinstance(item, Item):
        question = next(question for _, question in shelf.questions() if question is item)
        return (("", (proof.post(question, shelf.taxonomy), proof.reveal(question))),)
    return (("", tuple(message for sides in proof.cards(item) for message in sides)),)


def lines(shown: Preview, platform: str) -> Iterator[str]:
    """What the platform makes of it, message by message."""
    if shown.note:
        yield f"{shown.note}\n"
    for number, (title, messages) in enumerate(shown.parts):
        if number:
            yield BETWEEN_READERS
        if title:
            yield f"{title.upper()}\n"
        for said in messages:
            for piece in PLATFORMS[platform](said):
                yield piece
                yield f"\n{BETWEEN_MESSAGES}\n"


def platforms(wanted: str) -> list[str]:
    """The platforms that a word means: one of them, or all."""
    if wanted not in (*PLATFORMS, "all"):
        raise UserError(f"Wanted {', '.join(PLATFORMS)} or all; got {wanted!r:.40}.")
    return list(PLATFORMS) if wanted == "all" else [wanted]


# --- platforms --------------------------------------------------------------------------------------------------------


def _local(said: Message) -> Iterator[str]:
    for piece in split(said):
        yield plain(local.render(piece, draw).blocks)


def _discord(said: Message) -> Iterator[str]:
    for piece in discord.pieces(said):
        pictures = [b"" for part in piece.parts if isinstance(part, Picture)]
        components: list[Json] = discord.render(piece, pictures).view.to_components()  # type: ignore[no-untyped-call]
        yield "\n\n".join(map(_component, components))


def _component(one: Json) -> str:
    """A component of Discord in plain text, its Markdown as it is sent."""
    match one:
        case {"content": str(words)}:
            return words
        case {"components": list(inside)}:
            return " ".join(map(_component, inside))
        case {"options": list(options), **rest}:
            said = [f"{rest.get('placeholder') or 'Choose'}:", *(option["label"] for option in options)]
            return f"[{' | '.join(said)}]"
        case {"label": str(label)}:
            return f"[{label}]"
        case {"items": list(pictures)}:
            return "\n".join(f"[picture: {picture['description']}]" for picture in pictures)
        case {"file": {"url": str(address)}}:
            return f"[file: {address.removeprefix('attachment://')}]"
    return BETWEEN_MESSAGES[:20]


def _slack(said: Message) -> Iterator[str]:
    for piece in slack.pieces(said):
        pictures = ["drawn" for part in piece.parts if isinstance(part, Picture)]  # else each is its words alone
        yield "\n\n".join(map(_block, slack.render(piece, pictures).blocks))


def _block(one: Json) -> str:
    """A block of Slack, or an element of one, in plain text; a style, which is no character there, is left out."""
    match one:
        case {"type": "rich_text", "elements": list(inside)}:
            return "\n".join(map(_block, inside))
        case {"type": "rich_text_section" | "rich_text_quote", "elements": list(inside)}:
            return "".join(map(_block, inside))
        case {"type": "rich_text_preformatted", "elements": list(inside)}:
            return f"```\n{''.join(map(_block, inside))}\n```"
        case {"type": "rich_text_list", "elements": list(items)}:
            return "\n".join(f"• {_block(item)}" for item in items)
        case {"type": "actions", "elements": list(inside)}:
            return " ".join(map(_block, inside))
        case {"type": "button", "text": {"text": str(label)}}:
            return f"[{label}]"
        case {"type": "header", "text": {"text": str(words)}} | {"type": "text", "text": str(words)}:
            return words
        case {"type": "link", "url": str(words)} | {"type": "date", "fallback": str(words)}:
            return words
        case {"type": "image", "alt_text": str(words)}:
            return f"[picture: {words}]"
        case {"type": "section", "accessory": dict(chooser)}:
            return _block(chooser)
        case {"options": list(options), "placeholder": {"text": str(prompt)}}:
            return f"[{' | '.join([f'{prompt}:', *(option['text']['text'] for option in options)])}]"
        case {"type": "divider"}:
            return BETWEEN_MESSAGES[:20]
    return f"[{one['type']}]"


# A platform that comes is one function and one line here.
PLATFORMS: dict[str, Callable[[Message], Iterator[str]]] = {"local": _local, "discord": _discord, "slack": _slack}
