"""Backups of a running bot, and restores into either database.

A backup is one moment's state. SQLite: its online backup writes a copy, from which the file is made, so that the bot's
write-ahead log is not held back meanwhile. PostgreSQL: one transaction, which sees one snapshot. Both give the same
file (archive.py), which restores into both.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, inspect, literal, make_url, select, text

from bot.core.errors import BackupError
from bot.storage import archive, locks, migrate, restored
from bot.storage.archive import Header
from bot.storage.layout import readers, tables_at, writers
from bot.storage.locks import alone_in_this_transaction

AT_ONCE = 500  # rows: few enough to be held in memory, whatever they say


# --- making one ---------------------------------------------------------------------------------------------------


def make(url: str, file: Path, *, migrations: Path, now: datetime) -> Header:
    """Write a backup of a database, which may be in use; the file appears only once it is whole."""
    if not file.absolute().parent.is_dir():
        raise BackupError(f"{file}: there is no such folder")
    with archive.written(file) as to, _snapshot(url, file) as connection:
        revision = migrate.current_on(connection)
        if revision not in migrate.revisions(migrations):
            raise BackupError("the database has no schema that this version knows: run batchmates db check")
        tables = tables_at(revision, migrations, connection.dialect.name)
        counts = {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        header = Header(revision, now, counts)
        to.header(header)
        for table in tables:
            to.table(table.name, table.columns.keys())
            for row in _all_rows(connection, table):
                to.row(row)
        to.end()
    return header


def _all_rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    how = writers(table)
    found = connection.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key))
    return (archive.changed(row, how) for row in found)


@contextmanager
def _snapshot(url: str, file: Path) -> Iterator[Connection]:
    target = make_url(url)
    if target.get_backend_name() == "postgresql":
        engine = create_engine(target.set(drivername="postgresql+psycopg"), hide_parameters=True)
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            with engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
        finally:
            engine.dispose()
        return
    with _copy(Path(target.database or ""), file) as copy, migrate.connected(copy) as connection:
        yield connection


@contextmanager
def _copy(database: Path, beside: Path) -> Iterator[str]:
    """A copy of a SQLite file at one moment; written in one step, so that no writer makes it begin anew."""
    if not database.is_file():
        raise BackupError(f"{database}: there is no such database")
    copy = beside.with_name(f".{beside.name}.copy")
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(database, timeout=30)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        yield f"sqlite:///{copy}"
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)


# --- restoring one ------------------------------------------------------------------------------------------------


def restore(url: str, file: Path, *, migrations: Path, replace: bool, now: datetime) -> Header:
    """Put a backup into a database, all of it or nothing, and bring it to this version's schema.

    Raises `BackupError` where the file is not whole, where it is of a newer version, where the database holds rows and
    `replace` is not wanted, or where a bot runs on it.
    """
    header = archive.verified(file)
    if header.revision not in migrate.revisions(migrations):
        raise BackupError(f"{file}: its schema {header.revision} is newer than this version: restore with a newer one")
    with locks.alone(url), migrate.connected(url) as connection:
        alone_in_this_transaction(connection)
        if connection.dialect.name == "postgresql" and (others := locks.others_running(connection)):
            raise BackupError(f"a bot runs on this database ({others} connections): stop it first")
        _make_room(connection, migrations, replace=replace)
        migrate.upgrade_on(connection, migrations, header.revision)
        _fill(connection, file, tables_at(header.revision, migrations, connection.dialect.name))
        migrate.upgrade_on(connection, migrations)
        restored.note(connection, header.created_at, now)
    return header


def _make_room(connection: Connection, migrations: Path, *, replace: bool) -> None:
    revision = migrate.current_on(connection)
    if revision is None:
        return
    if revision not in migrate.revisions(migrations):
        raise BackupError("the database has a schema that this version does not know: restore into an empty one")
    tables = tables_at(revision, migrations, connection.dialect.name)
    if not replace and any(connection.execute(select(literal(1)).select_from(t).limit(1)).first() for t in tables):
        raise BackupError("the database is not empty: --replace takes the backup in place of all that is in it")
    for table in reversed(tables):
        table.drop(connection)
    connection.execute(text("DELETE FROM alembic_version"))


def _fill(connection: Connection, file: Path, tables: Sequence[Table]) -> None:
    by_name = {table.name: table for table in tables}
    for name, group in groupby(archive.rows(file), key=lambda row: row[0]):
        if name not in by_name:
            raise BackupError(f"{file}: its schema has no table {name!r}")
        how, table = readers(by_name[name]), by_name[name]
        while some := list(islice(group, AT_ONCE)):
            values = [dict(zip(columns, archive.changed(row, how), strict=True)) for _, columns, row in some]
            connection.execute(table.insert(), values)
    if connection.dialect.name == "postgresql":
        for table in tables:
            _set_sequence(connection, table)


def _set_sequence(connection: Connection, table: Table) -> None:
    """Let new rows have numbers behind those that were restored."""
    serial = inspect(connection).get_columns(table.name)
    for column in (c["name"] for c in serial if str(c.get("default") or "").startswith("nextval(")):
        highest = connection.scalar(select(func.max(table.c[column])))
        if highest is not None:
            set_it = text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)")
            connection.execute(set_it, {"table": table.name, "column": column, "highest": highest})
