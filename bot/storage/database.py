"""Engines and transactions. Errors never show the values of a statement: those are what members wrote.

SQLite: one writer, a thread of its own in which a whole transaction runs with BEGIN IMMEDIATE (a deferred one fails or
loses writes under concurrency: ARCHITECTURE.md, "Facts about SQLite"); readers are connections that cannot write.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.core.errors import DatabaseAway

P = ParamSpec("P")
T = TypeVar("T")
BUSY_MILLISECONDS = 10_000
IDLE_MILLISECONDS = 30_000  # a story never pauses: whose transaction does is stopped, and holds rows of everybody
TOLD_AT_MOST = 3


class Database:
    """A database that stories are run on."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = _Thread(self.url) if self.sqlite else None
        self._engine = _readers(self.url) if self.sqlite else _postgresql(self.url)

    async def write(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a story as one transaction and commit it; nothing of it stays where it raises.

        Where another process was in the middle of the same thing it is run again, and finds what that one wrote.
        """
        with _outages_named():
            if self._writer:
                return await self._writer.run(lambda tx: story(tx, *args, **kwargs))
            for _ in range(TOLD_AT_MOST - 1):
                try:
                    return await self._transaction(story, *args, **kwargs)
                except DBAPIError as error:
                    if getattr(error.orig, "sqlstate", None) not in _MET_ANOTHER:
                        raise
            return await self._transaction(story, *args, **kwargs)

    async def _transaction(
        self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(story, *args, **kwargs)

    async def read(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a story that reads; what it saw is one moment's state."""
        with _outages_named():
            async with self._reading() as connection:
                return await connection.run_sync(story, *args, **kwargs)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            if not self.sqlite:
                await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection
            if not self.sqlite:
                await connection.commit()  # a rollback would make psycopg forget the statements that it has prepared

    async def close(self) -> None:
        """Finish what is being written, and close every connection."""
        if self._writer:
            await self._writer.close()
        await self._engine.dispose()


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if is_away(error):
            raise DatabaseAway(type(error.orig).__name__) from error
        raise
    except PoolTimeout as error:
        raise DatabaseAway("no connection is free") from error


def is_away(error: DBAPIError) -> bool:
    """Whether the database is not there for anybody, or not now; False where the statement itself is wrong."""
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return isinstance(error, OperationalError) and any(sign in str(error.orig) for sign in _SQLITE_AWAY)
    return isinstance(error, OperationalError | InterfaceError)


# unique_violation, serialization_failure and deadlock_detected: the transaction is rolled back, for sure
_MET_ANOTHER = frozenset({"23505", "40001", "40P01"})
_SQLITE_AWAY = ("locked", "disk", "unable to open")


class _Thread:
    """The one writer of a SQLite file: stories wait for each other, never for a thread switch in between."""

    def __init__(self, url: URL) -> None:
        self._engine = _writer(url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-writer")

    async def run(self, story: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, story)

    def _transaction(self, story: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return story(connection)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()


def _postgresql(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername="postgresql+psycopg"), pool_size=5, pool_pre_ping=True, hide_parameters=True
    )
    event.listen(engine.sync_engine, "connect", lambda connection, _: _prepare_postgresql(connection))
    return engine


def _prepare_postgresql(connection: Any) -> None:
    # Without these, one process that hangs in a transaction would hang all others with it.
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = {BUSY_MILLISECONDS}")
    cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_MILLISECONDS}")
    cursor.close()
    connection.commit()


def _writer(url: URL) -> Engine:
    engine = create_engine(url.set(drivername="sqlite"), hide_parameters=True)
    event.listen(engine, "connect", lambda connection, _: prepare_sqlite(connection))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _readers(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=3,
        max_overflow=0,
        pool_timeout=BUSY_MILLISECONDS / 1000,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", lambda connection, _: prepare_sqlite(connection, read_only=True))
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def prepare_sqlite(connection: Any, *, read_only: bool = False) -> None:
    """Set up a raw SQLite connection: we begin transactions ourselves, and readers never wait for the writer."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"query_only={'ON' if read_only else 'OFF'}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
