"""The tables as they were at any revision of the schema, and their values as JSON that both databases understand.

A backup holds the tables of its own revision, which need not be those that this version declares. The migrations know
them all: they are run on an empty file that is thrown away, and the tables are read off it.
"""

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.storage import migrate
from bot.storage.columns import Instant

VERSIONS = "alembic_version"
Values = list[Any]


def tables_at(revision: str, migrations: Path, dialect: str) -> list[Table]:
    """The tables of a revision, those that others refer to first; JSON is the text that stands in the database."""
    with TemporaryDirectory(prefix="batchmates-schema-") as somewhere:
        url = f"sqlite:///{Path(somewhere) / 'schema.db'}"
        migrate.upgrade(url, migrations, revision)
        read = MetaData()
        with migrate.connected(url) as connection:
            read.reflect(connection)
    made = MetaData()
    return [_plain(table, made, dialect) for table in read.sorted_tables if table.name != VERSIONS]


def _plain(table: Table, made: MetaData, dialect: str) -> Table:
    columns = [Column(c.name, _type(c.type, dialect), primary_key=c.primary_key) for c in table.columns]
    return Table(table.name, made, *columns)


def _type(read: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    match read:
        case JSON():
            return _JsonText() if dialect == "postgresql" else Text()
        case DateTime():
            return Instant()
        case Boolean() | Date() | Float() | Integer() | LargeBinary() | String():
            return read.as_generic() if dialect == "postgresql" else read
    raise TypeError(f"a backup does not know how to keep a column of type {read!r}: teach it in bot.storage.layout")


class _JsonText(TypeDecorator[str]):
    """PostgreSQL's JSON as the text that it is, so that it comes back to the letter."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindparam: Any) -> Any:
        return cast(cast(bindparam, Text), JSON)

    def column_expression(self, column: Any) -> Any:
        return cast(column, Text)


def writers(table: Table) -> Sequence[Callable[[Any], Any]]:
    """For each column, how a value of it becomes JSON."""
    return [_WRITE.get(_kind(column), _same) for column in table.columns]


def readers(table: Table) -> Sequence[Callable[[Any], Any]]:
    """For each column, how JSON becomes a value of it."""
    return [_READ.get(_kind(column), _same) for column in table.columns]


def _kind(column: Column[Any]) -> type:
    kinds = (Instant, Date, LargeBinary)
    return next((kind for kind in kinds if isinstance(column.type, kind)), object)


def _same(value: Any) -> Any:
    return value


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


_WRITE: dict[type, Callable[[Any], Any]] = {
    Instant: datetime.isoformat,
    Date: date.isoformat,
    LargeBinary: _to_base64,
}
_READ: dict[type, Callable[[Any], Any]] = {
    Instant: datetime.fromisoformat,
    Date: date.fromisoformat,
    LargeBinary: base64.b64decode,
}
