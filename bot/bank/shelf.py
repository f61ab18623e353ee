"""Every file of the content folders, read and validated; `load` and `lint` both stand on it.

May touch: the standard library, pydantic and the models of this room.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.bank.pages import FOLDERS, Page
from bot.bank.problem import Problem, Severity, faults, problems
from bot.bank.reading import MAX_BYTES, Document, ReadingError, read_document
from bot.bank.schema import Kit, Question, question_model
from bot.bank.taxonomy import Plan, Retired, Taxonomy
from bot.core.errors import ContentError

Steps = tuple[str | int, ...]
Readable = Question | Kit | Plan | Page
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Entry:
    """One valid file: where it lies, what it says, and in which of the folders it was found."""

    file: str
    folder: int
    document: Document
    item: Readable

    def problem(self, rule: str, path: Steps, what: str, mend: str) -> Problem:
        """A fault of this file, with the line of the key."""
        return Problem(self.file, self.document.line(*path), what, mend, rule)

    def warning(self, rule: str, path: Steps, what: str, mend: str) -> Problem:
        """Something of this file to look at, with the line of the key."""
        return replace(self.problem(rule, path, what, mend), severity=Severity.warning)


@dataclass(slots=True)
class Shelf:
    """What was found, in the order of the folders; filled by `read_shelf` and only read afterwards."""

    entries: list[Entry] = field(default_factory=list)
    taxonomy: Taxonomy = field(default_factory=lambda: Taxonomy(schema=1))
    retired: dict[str, Retired] = field(default_factory=dict)
    coverage: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)

    def questions(self) -> Iterator[tuple[Entry, Question]]:
        """The questions with their entries."""
        for entry in self.entries:
            if isinstance(entry.item, Question):
                yield entry, entry.item

    def kits(self) -> Iterator[tuple[Entry, Kit]]:
        """The kits with their entries."""
        for entry in self.entries:
            if isinstance(entry.item, Kit):
                yield entry, entry.item

    def plans(self) -> Iterator[tuple[Entry, Plan]]:
        """The plans with their entries."""
        for entry in self.entries:
            if isinstance(entry.item, Plan):
                yield entry, entry.item

    def pages(self) -> Iterator[tuple[Entry, Page]]:
        """The pages with their entries."""
        for entry in self.entries:
            if isinstance(entry.item, Page):
                yield entry, entry.item


def read_shelf(folders: Sequence[Path]) -> Shelf:
    """Reads every folder; what is broken becomes a problem and stops nothing else."""
    shelf = Shelf()
    for number, folder in enumerate(folders):
        if not folder.is_dir():
            shelf.problems.append(Problem(str(folder), 1, "the folder does not exist", "mend the path or make it"))
            continue
        _read_lists(shelf, folder)
        for shelf_folder in ("questions", "kits", "plans", *FOLDERS):
            for path in _files(shelf, folder, shelf_folder):
                _read_item(shelf, path, file=_relative(path, folder), folder=number)
    return shelf


def read_taxonomy(folder: Path) -> Taxonomy:
    """The closed lists of one folder alone."""
    shelf = Shelf()
    _read_lists(shelf, folder)
    return shelf.taxonomy


def _files(shelf: Shelf, folder: Path, name: str) -> Iterator[Path]:
    for path in sorted((folder / name).rglob("[!.]*")):
        if path.suffix == ".yaml" and not path.is_file() and not path.is_dir():
            # A pipe would keep whoever reads it waiting for ever.
            shelf.problems.append(Problem(_relative(path, folder), 1, "this is not a file", "put a file there"))
        elif path.suffix == ".yaml":
            yield path
        elif path.suffix == ".yml":
            shelf.problems.append(Problem(_relative(path, folder), 1, "the name ends in .yml", "end it in .yaml"))


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _read_item(shelf: Shelf, path: Path, *, file: str, folder: int) -> None:
    document = _document(shelf, path, file)
    if document is None:
        return
    try:
        model = _model(file, document.value)
    except ContentError as error:
        shelf.problems.append(Problem(file, document.line("kind"), str(error), "mend `kind`"))
        return
    item = _validated(shelf, model, document, file)
    if item is not None:
        shelf.entries.append(Entry(file, folder, document, item))


def _model(file: str, value: Mapping[str, object]) -> type[Readable]:
    top = file.partition("/")[0]
    if top in FOLDERS:
        return FOLDERS[top]
    if top == "plans":
        return Plan
    return Kit if top == "kits" else question_model(value)


def _read_lists(shelf: Shelf, folder: Path) -> None:
    """Reads the three files that are lists and not items."""
    if document := _optional(shelf, folder, "taxonomy.yaml"):
        taxonomy = _validated(shelf, Taxonomy, document, "taxonomy.yaml")
        shelf.taxonomy = shelf.taxonomy.joined(taxonomy) if taxonomy else shelf.taxonomy
    if document := _optional(shelf, folder, "retired.yaml"):
        for key in document.value:
            retired = _validated(shelf, Retired, document, "retired.yaml", key) if key != "schema" else None
            if retired is not None:
                shelf.retired[key] = retired
    if document := _optional(shelf, folder, "coverage.yaml"):
        shelf.coverage |= {str(key): str(reason) for key, reason in document.value.items() if key != "schema"}


def _optional(shelf: Shelf, folder: Path, name: str) -> Document | None:
    path = folder / name
    return _document(shelf, path, name) if path.is_file() else None


def _document(shelf: Shelf, path: Path, file: str) -> Document | None:
    try:
        document = read_document(_start(path))
    except ReadingError as error:
        shelf.problems.append(Problem(file, error.line, error.what, error.mend))
        return None
    except OSError as error:
        shelf.problems.append(Problem(file, 1, f"cannot be read: {error.strerror}", "mend its permissions"))
        return None
    shelf.documents[file] = document
    return document


def _start(path: Path) -> bytes:
    """As much of the file as the reader takes, and one byte more for it to refuse."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _validated(shelf: Shelf, model: type[M], document: Document, file: str, key: str | None = None) -> M | None:
    """The document, or the value of one of its keys, as a model; its faults go to the shelf."""
    value = document.value if key is None else document.value[key]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = faults(error, model)
    if key is not None:
        found = [replace(fault, path=(key, *fault.path)) for fault in found]
    shelf.problems.extend(problems(found, file=file, document=document))
    return None
