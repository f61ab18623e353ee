"""A new file of the bank, with everything in it that its kind has, and a mark where something is to be written.

May touch: the standard library, `bot.core.errors` and the models of this room.
"""

import re
from pathlib import Path
from string import Template
from typing import get_args

from bot.bank.pages import FOLDERS
from bot.bank.schema import KitType
from bot.bank.shelf import Shelf
from bot.bank.terms import SLUG
from bot.core.errors import ContentError

BLANKS = Path(__file__).with_name("blanks")
LONGEST_ID = 80  # as in `terms.Slug`

# The category of a question, the type of a kit: where a kind stands in several, its author has to say which.
_USUAL = {
    "multiple-choice": "",
    "multi-select": "",
    "numeric": "",
    "short": "",
    "code": "",
    "open": "",
    "design-drill": "design",
    "behavioural": "behavioural",
    "kit": "",
}
_PAGES = {model.__name__.lower(): name for name, model in FOLDERS.items()}


def kinds() -> list[str]:
    """Everything that can be begun."""
    return [*_USUAL, *_PAGES]


def begin(kind: str, id: str, *, category: str | None, folder: Path, shelf: Shelf) -> Path:
    """Write the blank of a kind under this id; gives the file, or says in a ContentError why it cannot be written."""
    if kind not in kinds():
        raise ContentError(f"Wanted one of the kinds {', '.join(kinds())}; got “{kind[:40]}”.")
    if not re.fullmatch(SLUG, id) or len(id) > LONGEST_ID:
        raise ContentError("Wanted an id of small letters, digits and single hyphens, such as why-l1-gives-zeros.")
    if id in shelf.retired or id in {entry.item.id for entry in shelf.entries}:
        raise ContentError(f"The id `{id}` is taken, or was; ids are never used twice.")
    if kind in _USUAL and not (category or _USUAL[kind]):
        words = get_args(KitType) if kind == "kit" else shelf.taxonomy.categories
        raise ContentError(f"--category: wanted one of {', '.join(words)}")
    path = folder / _place(kind, category or _USUAL.get(kind, "")) / f"{id}.yaml"
    if path.exists():
        raise ContentError(f"{path.name} is there already.")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (BLANKS / f"{kind}.yaml").read_text(encoding="utf-8")
    path.write_text(Template(text).substitute(id=id, category=category or _USUAL.get(kind, "")), encoding="utf-8")
    return path


def _place(kind: str, category: str) -> Path:
    if kind in _PAGES:
        return Path(_PAGES[kind])
    if not re.fullmatch(SLUG, category):
        raise ContentError("Wanted a category, or the type of a kit, as one of the words in taxonomy.yaml.")
    return Path("kits" if kind == "kit" else "questions") / category
