"""Each database that the bot runs on, with the tables of the storage room, empty."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.exc import OperationalError

from bot.storage.bucket import buckets
from bot.storage.columns import metadata
from bot.storage.database import Database
from bot.storage.inbox import inbox
from bot.storage.installations import installations
from bot.storage.outbox import outbox
from bot.storage.restored import restores
from bot.storage.unit_of_work import handled

DEFAULT_SERVER = "postgresql+psycopg://127.0.0.1:5432"


def sqlite_url(folder: Path) -> str:
    """A SQLite file of its own."""
    return f"sqlite:///{folder / 'house.sqlite3'}"


@contextmanager
def postgresql_url() -> Iterator[str]:
    """A schema of its own on the PostgreSQL server, dropped afterwards; skips where no server answers."""
    server = make_url(os.environ.get("BATCHMATES_TEST_POSTGRES", DEFAULT_SERVER))
    name = f"house_{uuid.uuid4().hex[:12]}"
    try:
        _run(server, f"CREATE SCHEMA {name}")
    except OperationalError:
        pytest.skip(f"no PostgreSQL server answers at {server.host}:{server.port}")
    try:
        yield server.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
    finally:
        _run(server, f"DROP SCHEMA {name} CASCADE")


def _run(server: URL, statement: str) -> None:
    engine = create_engine(server.set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 3})
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database with the tables of its own room; those of the features are tested with the features."""
    database = Database(url)
    await database.write(_tables)
    yield database
    await database.close()


def _tables(tx: Connection) -> None:
    metadata.create_all(tx, tables=[outbox, handled, inbox, restores, buckets, installations])
