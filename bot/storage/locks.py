"""Locks between processes: one at a time brings the schema up to date, one alone lives on a SQLite file.

A lock ends with the process that holds it, however that ends.
"""

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.errors import BatchmatesError

# Keys of PostgreSQL's advisory locks are numbers that all programs of a database share; these are the first 32 bits
# of the SHA-256 of "batchmates schema" and "batchmates catching up".
SCHEMA = 0x1A310708
CATCHING_UP = 0xC8EAA349
LOOKED_AT_WITHIN = 1.0  # seconds: `doctor` holds the lock for a moment, to see whether somebody else does
RUNNING = "batchmates run"
"""How the connections of a running bot are named in `pg_stat_activity`."""


class InUse(BatchmatesError):
    """Another process runs on this database; the text says which one is meant."""


def alone_in_this_transaction(connection: Connection) -> None:
    """Wait until no other process changes the schema, and keep them waiting until this transaction ends.

    SQLite's BEGIN IMMEDIATE does the same by itself.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA})


def one_by_one(tx: Connection, what: str) -> None:
    """Wait for other transactions that do this to the same thing, and keep them waiting until this one ends.

    For what no row stands yet that could be held; SQLite's BEGIN IMMEDIATE does the same by itself.
    """
    if tx.dialect.name == "postgresql":
        digest = hashlib.sha256(f"batchmates {what}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@asynccontextmanager
async def one_after_another(url: str, key: int) -> AsyncIterator[None]:
    """Wait for the other processes on this PostgreSQL database that hold this lock; a SQLite file has one process."""
    target = make_url(url)
    if target.get_backend_name() != "postgresql":
        yield
        return
    engine = create_async_engine(target.set(drivername="postgresql+psycopg"), hide_parameters=True)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
            yield
    finally:
        await engine.dispose()  # and with the connection, the lock


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Be the only process that lives on this SQLite file; raise `InUse` where there is one already.

    The lock is SQLite's own, on an empty file beside the database, so that it works wherever SQLite does.
    """
    target = make_url(url)
    if target.get_backend_name() != "sqlite" or not target.database:
        yield
        return
    beside = f"{target.database}-running"
    try:
        lock = sqlite3.connect(beside, timeout=LOOKED_AT_WITHIN, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise BatchmatesError(f"{beside}: cannot be written ({error})") from error
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise BatchmatesError(f"{beside}: cannot be locked ({error})") from error
            raise InUse(
                f"another process runs on {target.database} (it holds {beside}); stop it first: a SQLite file takes "
                "one process, several need PostgreSQL"
            ) from error
        yield


def others_running(connection: Connection) -> int:
    """How many connections of running bots there are on this PostgreSQL database."""
    named = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
    return int(connection.scalar(text(named), {"name": RUNNING}) or 0)


def named(url: str) -> str:
    """The URL by which a running bot connects, so that others see it."""
    target = make_url(url)
    if target.get_backend_name() == "postgresql":
        target = target.update_query_dict({"application_name": RUNNING})
    return target.render_as_string(hide_password=False)
