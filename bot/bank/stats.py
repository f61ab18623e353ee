"""What the bank holds, counted: by category, kind, level, topic, type and status, and what of an inventory it serves.

May touch: the standard library and the models of this room.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.bank.load import Bank, serves
from bot.bank.pages import Page
from bot.bank.reading import read_document
from bot.bank.schema import Item, Kit, MultipleChoice
from bot.bank.shelf import Shelf
from bot.core.errors import ContentError

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ids of an inventory: served today, left out with a reason, or neither; `drafted` are those of the last that
    a draft would serve."""

    served: tuple[str, ...]
    excused: tuple[str, ...]
    unserved: tuple[str, ...]
    drafted: tuple[str, ...]


def read_inventory(path: Path) -> frozenset[str]:
    """The ids of an inventory file, a mapping with `items: [{id: ...}, ...]`."""
    try:
        items = read_document(path.read_bytes()).value.get("items")
    except OSError as error:
        raise ContentError(f"{path.name} cannot be read: {error.strerror}") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) and "id" in item for item in items):
        raise ContentError(f"{path.name} has no `items`, each with an `id`")
    return frozenset(str(item["id"]) for item in items)


def by_axis(bank: Bank) -> dict[str, Counts]:
    """The served questions by category, kind, level and topic, the kits by type, the pages by shelf."""
    questions = bank.questions.values()
    return {
        "category": _counted(question.category for question in questions),
        "kind": _counted(question.kind for question in questions),
        "level": _counted(question.level for question in questions),
        "topic": _counted(topic for question in questions for topic in question.topics),
        "type": _counted(kit.type for kit in bank.kits.values()),
        "page": _counted(page.shelf for page in bank.pages.values()),
    }


def cards(bank: Bank) -> Counts:
    """How many cards each served page has."""
    return {key: len(page.cards) for key, page in sorted(bank.pages.items())}


def by_status(shelf: Shelf) -> dict[str, Counts]:
    """Everything that was read, served or not, by what it is and by status."""
    found: dict[str, Counter[str]] = {"questions": Counter(), "kits": Counter(), "pages": Counter()}
    for entry in shelf.entries:
        match entry.item:
            case Kit() as kit:
                found["kits"][kit.status] += 1
            case Item() as question:
                found["questions"][question.status] += 1
            case _ if isinstance(entry.item, Page):
                found["pages"][entry.item.status] += 1
    return {what: dict(sorted(counts.items())) for what, counts in found.items()}


def key_positions(bank: Bank) -> dict[str, Counts]:
    """For each category, at which place of the file the right option of its shuffled questions stands, from 1."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for question in bank.questions.values():
        if isinstance(question, MultipleChoice) and question.shuffled:
            place = [option.correct for option in question.options].index(True) + 1
            found[question.category][str(place)] += 1
    return {category: dict(sorted(counts.items())) for category, counts in sorted(found.items())}


def coverage(shelf: Shelf, inventory: Collection[str], today: date) -> Coverage:
    """Which ids of the inventory are served, which are left out with a reason, and which are neither."""
    served: set[str] = set()
    drafted: set[str] = set()
    for entry in shelf.entries:
        item = entry.item
        # A plan has no status: it is served as soon as it is there.
        there = not isinstance(item, Item | Page) or serves(item, today)
        (served if there else drafted).update(item.covers)
    excused = set(shelf.coverage) - served
    left = set(inventory) - served - excused
    return Coverage(*(tuple(sorted(ids & set(inventory))) for ids in (served, excused, left, drafted & left)))


def _counted(words: Iterable[str]) -> Counts:
    return dict(sorted(Counter(map(str, words)).items()))
