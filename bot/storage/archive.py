"""The file of a backup: compressed lines of JSON.

{"format": "batchmates backup", "version": 1, "revision", "created_at", "tables": {name: rows}}
{"table": name, "columns": [...]} and then each of its rows as a list, table after table
{"sha256": of all bytes before this line}
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from bot.core.errors import BackupError

FORMAT, VERSION = "batchmates backup", 1


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself: the schema's revision, when it was made, and the rows of each table."""

    revision: str
    created_at: datetime
    tables: Mapping[str, int]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.tables.values())


class Writer:
    """Writes the lines, and keeps their checksum."""

    def __init__(self, to: gzip.GzipFile) -> None:
        self._to = to
        self._digest = hashlib.sha256()

    def header(self, header: Header) -> None:
        """Begin."""
        about = {"format": FORMAT, "version": VERSION, "revision": header.revision}
        self._line({**about, "created_at": header.created_at.isoformat(), "tables": dict(header.tables)})

    def table(self, name: str, columns: Sequence[str]) -> None:
        """Begin a table."""
        self._line({"table": name, "columns": list(columns)})

    def row(self, values: Sequence[Any]) -> None:
        """Write a row of the table that was begun."""
        self._line(list(values))

    def end(self) -> None:
        """Write the checksum."""
        self._line({"sha256": self._digest.hexdigest()})

    def _line(self, what: Any) -> None:
        line = json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        self._digest.update(line)
        self._to.write(line)


@contextmanager
def written(file: Path) -> Iterator[Writer]:
    """Write a backup; the file has its name only once it is whole and on the disk, and only its owner reads it."""
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
                yield Writer(packed)
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


Row = tuple[str, Sequence[str], list[Any]]
"""A table, its columns, and the values of one row."""


def verified(file: Path) -> Header:
    """Read a whole backup and give its header; raise `BackupError` where anything is missing or otherwise."""
    with _lines(file) as lines:
        header = _header(file, next(lines, None))
        found: dict[str, int] = dict.fromkeys(header.tables, 0)
        for table, _, _ in _rows(file, lines):
            found[table] = found.get(table, 0) + 1
    if found != header.tables:
        raise BackupError(f"{file}: the rows are not those that its first line counts")
    return header


def rows(file: Path) -> Iterator[Row]:
    """Every row, in the order in which it was written."""
    with _lines(file) as lines:
        next(lines)
        yield from _rows(file, lines)


def _rows(file: Path, lines: Iterator[Any]) -> Iterator[Row]:
    table = ""
    columns: list[str] = []
    for line in lines:
        match line:
            case {"table": str(table), "columns": list(columns)}:
                continue
            case list() if len(line) == len(columns):
                yield table, columns, line
            case _:
                raise BackupError(f"{file}: a line is neither a table nor a row")


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[Any]]:
    try:
        with gzip.open(file, "rb") as packed:
            yield _checked(file, packed)
    except OSError as error:  # gzip's own error is one too
        raise BackupError(
            f"{file}: cannot be read as a backup ({error.strerror or 'not a compressed file'})"
        ) from error
    except (EOFError, zlib.error, ValueError) as error:
        raise BackupError(f"{file}: is not whole: copy it here once more, or take another backup") from error


def _checked(file: Path, packed: "BinaryIO | gzip.GzipFile") -> Iterator[Any]:
    """Every line but the last, which must be the checksum of the others."""
    digest = hashlib.sha256()
    for line in packed:
        said = json.loads(line.decode("utf-8", "surrogatepass"))
        if isinstance(said, dict) and "sha256" in said:
            if said["sha256"] != digest.hexdigest() or packed.read(1):
                raise BackupError(f"{file}: is not what was written (its checksum differs)")
            return
        digest.update(line)
        yield said
    raise BackupError(
        f"{file}: is not whole (its last line is missing): copy it here once more, or take another backup"
    )


def _header(file: Path, said: Any) -> Header:
    match said:
        case {"format": "batchmates backup", "version": 1, "revision": str(), "created_at": str(), "tables": dict()}:
            return Header(said["revision"], datetime.fromisoformat(said["created_at"]), said["tables"])
        case {"format": "batchmates backup", "version": int(version)}:
            raise BackupError(f"{file}: was written by a newer version (format {version}); restore it with that one")
    raise BackupError(f"{file}: is no backup of batchmates")


Change = Callable[[Any], Any]


def changed(values: Sequence[Any], changes: Sequence[Change]) -> list[Any]:
    """Each value by its change; what is not there stays so."""
    return [None if value is None else change(value) for value, change in zip(values, changes, strict=True)]
