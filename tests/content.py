"""Content folders to edit: copies of the real one, or of some of its questions."""

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.bank.load import Bank, load_bank
from bot.bank.schema import Question
from bot.bank.shelf import read_shelf
from bot.bank.taxonomy import Plan
from bot.core.messages import Message
from bot.preview import preview
from bot.resources import folder

TODAY = date(2026, 11, 23)


class Content:
    """A content folder that tests may edit."""

    def __init__(self, at: Path, questions: Iterable[str] | None = None) -> None:
        self.at = at
        kept = {f"{id}.yaml" for id in questions} if questions is not None else None
        shutil.copytree(folder("content"), at, ignore=lambda where, names: _left_out(where, names, kept))

    def load(self, *private: "Content") -> Bank:
        """The bank as it stands now, behind these private folders."""
        return load_bank([*(one.at for one in private), self.at], today=TODAY)

    def file(self, id: str) -> Path:
        """The file of a question."""
        return next((self.at / "questions").rglob(f"{id}.yaml"))

    def edit(self, id: str, old: str, new: str) -> None:
        """Change words of a question."""
        text = self.file(id).read_text()
        assert old in text
        self.file(id).write_text(text.replace(old, new))

    def retire(self, id: str) -> None:
        """Serve a question no more."""
        self.edit(id, "status: live", "status: retired")

    def add(self, id: str, like: str) -> None:
        """Add a question that is like another one in all but its id."""
        source = self.file(like)
        source.with_name(f"{id}.yaml").write_text(source.read_text().replace(f"id: {like}", f"id: {id}"))


def _left_out(where: str, names: list[str], kept: set[str] | None) -> set[str]:
    if kept is None or "questions" not in Path(where).parts:
        return set()
    return {name for name in names if name.endswith(".yaml") and name not in kept}


def kits_and_pages() -> list[tuple[str, Message]]:
    """Both parts of every kit and every card of every page, each with the id of its item."""
    shelf = read_shelf([folder("content")])
    ids = [entry.item.id for entry in shelf.entries if not isinstance(entry.item, Question | Plan)]
    return [(id, said) for id in ids for _, messages in preview(shelf, id).parts for said in messages]
