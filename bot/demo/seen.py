"""What a member reads off the messages of the world, as plain JSON: questions, reveals, buttons, boards."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.bank.load import Bank
from bot.bank.schema import Question
from bot.platforms.local.formats import BOT, Json, plain

_WAYS = ("pick", "choose", "answer")
_REVEALED = re.compile(r"(\d+) answered(?:, (\d+) right)?")
_STATUS = re.compile(r"(\d+) answered(?:, (\d+) of them right)?")
_ROW = re.compile(r"(\d+) (.*): (-?\d+) points?\b(.*)")
_REVEAL = "Reveal: "


def pressables(message: Mapping[str, Any]) -> Iterator[Json]:
    """The buttons and selects of a message."""
    for block in message.get("blocks") or ():
        if block["type"] == "buttons":
            yield from block["buttons"]
        elif block["type"] == "select":
            yield block


def pressable(message: Mapping[str, Any], action: str, last: str | None = None) -> str | None:
    """The id of the button or select that does this; `last` is the last of its args where there are several."""
    for item in pressables(message):
        name, *args = item["id"].split(":")
        if name == action and (last is None or args[-1:] == [last]):
            return str(item["id"])
    return None


def heading(message: Mapping[str, Any]) -> str:
    """The first heading of a message; empty where there is none."""
    return next((str(block["text"]) for block in message.get("blocks") or () if block["type"] == "heading"), "")


def words(message: Mapping[str, Any]) -> str:
    """What a message says, in plain text."""
    return plain(message["blocks"]) if message.get("blocks") is not None else str(message.get("text", ""))


def is_question(message: Mapping[str, Any], channel: str) -> bool:
    """Whether this is the post of a question: in the channel, for everybody, with a way to answer."""
    stands = (message["author"], message["channel"], message["thread"], message["only_for"])
    return stands == (BOT, channel, None, None) and any(pressable(message, way) for way in _WAYS)


def question_of(message: Mapping[str, Any], bank: Bank) -> Question:
    """The question of the bank that this post asks, by its title."""
    found = next((question for question in bank.questions.values() if question.title == heading(message)), None)
    if found is None:
        raise LookupError(f"no question of the bank is called {heading(message)!r}")
    return found


def is_reveal(message: Mapping[str, Any]) -> bool:
    """Whether this is the first part of a reveal."""
    return message["author"] == BOT and heading(message).startswith(_REVEAL)


def ends_reveal(message: Mapping[str, Any]) -> bool:
    """Whether this is the last part of a reveal."""
    return message["author"] == BOT and message["only_for"] is None and pressable(message, "my-result") is not None


@dataclass(frozen=True, slots=True)
class Count:
    """How many answered, and how many of them were right where that is told."""

    answered: int
    right: int | None = None


def revealed(text: str) -> Count | None:
    """The count in a reveal."""
    if "Nobody has answered" in text:
        return Count(0)
    return _count(_REVEALED, text)


def status(text: str) -> Count | None:
    """The count in the status line of a question's post."""
    if "Nobody answered in time" in text:
        return Count(0)
    return _count(_STATUS, text)


def _count(pattern: re.Pattern[str], text: str) -> Count | None:
    found = pattern.search(text)
    return Count(int(found[1]), int(found[2]) if found[2] else None) if found else None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a board."""

    rank: int
    name: str
    points: int
    mine: bool


def board(message: Mapping[str, Any]) -> list[Row]:
    """The rows of a board."""
    items = [plain([{"type": "paragraph", "runs": item}]) for item in _items(message)]
    rows = [_ROW.fullmatch(item) for item in items]
    return [Row(int(row[1]), row[2], int(row[3]), row[4].endswith("you")) for row in rows if row]


def _items(message: Mapping[str, Any]) -> Iterator[list[Json]]:
    for block in message["blocks"]:
        if block["type"] == "list":
            yield from block["items"]


def own_points(message: Mapping[str, Any]) -> int:
    """The points in one's own row of a board; none where there is no such row."""
    return next((row.points for row in board(message) if row.mine), 0)
