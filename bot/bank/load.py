"""The bank that groups are served from: loaded once, frozen, identified by a revision.

May touch: the standard library, `bot.core.errors` and `shelf.py`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from bot.bank.lint_item import nothing_is_left_to_write
from bot.bank.pages import Page
from bot.bank.problem import Problem
from bot.bank.schema import Item, Kit, Question
from bot.bank.shelf import Entry, Shelf, read_shelf
from bot.bank.taxonomy import Plan, Taxonomy
from bot.bank.terms import KitId, QuestionId
from bot.core.errors import UserError

MARKED_WORD = "write-"  # how the blanks of `content new` mark a word of a closed list
REVISION_LENGTH = 12  # hexadecimal characters: 48 bits are enough to tell two banks apart


@dataclass(frozen=True, slots=True, repr=False)
class Bank:
    """What may be served today, in the order of the folders, and what was broken on the way."""

    questions: Mapping[QuestionId, Question]
    kits: Mapping[KitId, Kit]
    plans: Mapping[str, Plan]
    taxonomy: Taxonomy
    revision: str
    problems: tuple[Problem, ...] = ()
    private_ids: frozenset[QuestionId] = frozenset()
    clashes: Mapping[QuestionId, frozenset[QuestionId]] = field(init=False)
    """By question: those that give it away, and those that it gives away."""
    by_category: Mapping[str, tuple[tuple[QuestionId, Question], ...]] = field(init=False)
    pages: Mapping[str, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clashes: dict[QuestionId, set[QuestionId]] = {}
        by_category: dict[str, list[tuple[QuestionId, Question]]] = {}
        for key, item in self.questions.items():
            by_category.setdefault(item.category, []).append((key, item))
            for other in map(QuestionId, item.excludes):
                clashes.setdefault(key, set()).add(other)
                clashes.setdefault(other, set()).add(key)
        # Both are looked into for every date of every group.
        object.__setattr__(self, "clashes", {key: frozenset(ids) for key, ids in clashes.items()})
        object.__setattr__(self, "by_category", {name: tuple(items) for name, items in by_category.items()})

    def __repr__(self) -> str:
        # Not the contents: they are megabytes, and whoever logs or debugs what holds a bank would wait for them.
        return f"<Bank {self.revision}: {len(self.questions)} questions, {len(self.kits)} kits>"

    def question(self, key: str) -> Question:
        """The served question with this id, or a UserError that says what was wanted."""
        found = self.questions.get(QuestionId(key))
        if found is None:
            raise UserError(f"Wanted the id of a question in the bank; there is none called “{key[:80]}”.")
        return found

    def page(self, key: str) -> Page:
        """The served page with this id, or a UserError that says what was wanted."""
        found = self.pages.get(key)
        if found is None:
            raise UserError("This page is not there any more. Run guide to see what there is.")
        return found


def load_bank(folders: Sequence[Path], *, today: date) -> Bank:
    """Loads the folders, first served first; all but the last are a host's private ones.

    Served is what is reviewed or live and has not expired before today. A broken file becomes a problem.
    """
    shelf = read_shelf(folders)
    entries = [entry for entry in _first_of_each_id(shelf, folders) if _is_written(shelf, entry, today)]
    served = [entry for entry in entries if isinstance(entry.item, Item) and serves(entry.item, today)]
    questions = {entry.item.key: entry.item for entry in served if isinstance(entry.item, Question)}
    kits = {entry.item.key: entry.item for entry in served if isinstance(entry.item, Kit)}
    plans = {entry.item.id: entry.item for entry in entries if isinstance(entry.item, Plan)}
    pages = {
        entry.item.id: entry.item for entry in entries if isinstance(entry.item, Page) and serves(entry.item, today)
    }
    private = {QuestionId(entry.item.id) for entry in served if entry.folder < len(folders) - 1}
    return Bank(
        questions=MappingProxyType(questions),
        kits=MappingProxyType(kits),
        plans=MappingProxyType(plans),
        taxonomy=shelf.taxonomy,
        revision=revision_of([*questions.values(), *kits.values(), *plans.values(), *pages.values(), shelf.taxonomy]),
        problems=tuple(shelf.problems),
        private_ids=frozenset(private & questions.keys()),
        pages=MappingProxyType(pages),
    )


def serves(item: Item | Page, today: date) -> bool:
    """Whether the item may be shown on this day; the day it expires on is its last."""
    return item.status.served and (item.expires_on is None or item.expires_on >= today)


def revision_of(contents: Iterable[Item | Page | Plan | Taxonomy]) -> str:
    """The same twelve characters for the same contents, whatever their order, layout and comments."""
    texts = (json.dumps(content.model_dump(mode="json"), sort_keys=True) for content in contents)
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()[:REVISION_LENGTH]


def _is_written(shelf: Shelf, entry: Entry, today: date) -> bool:
    """Whether nothing that would be served is still marked as to be written; says so where it is."""
    if isinstance(entry.item, Plan) or not serves(entry.item, today):
        return True
    left = list(nothing_is_left_to_write(entry))
    if isinstance(entry.item, Item):
        marked = (topic for topic in entry.item.topics if topic.startswith(MARKED_WORD))
        left += [
            entry.problem("6", ("topics",), f"`{topic}` is still to be written", "name a topic") for topic in marked
        ]
    shelf.problems.extend(left[:1])
    return not left


def _first_of_each_id(shelf: Shelf, folders: Sequence[Path]) -> Iterable[Entry]:
    """Leaves out what repeats an id, and says so."""
    seen: dict[str, Entry] = {}
    for entry in shelf.entries:
        first = seen.setdefault(entry.item.id, entry)
        if first is entry:
            yield entry
        else:
            what = f"the id `{entry.item.id}` is taken by {folders[first.folder] / first.file}"
            shelf.problems.append(entry.problem("2", ("id",), what, "give it its own id"))
