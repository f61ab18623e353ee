"""Engines and transactions.

SQLite: one writer connection behind a lock with BEGIN IMMEDIATE (a deferred one fails or loses writes under
concurrency: ARCHITECTURE.md, "Two facts about SQLite"), readers on their own connections that cannot write.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

P = ParamSpec("P")
T = TypeVar("T")
BUSY_MILLISECONDS = 10_000


class Database:
    """A database that stories are run on."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = _engine(self.url, begin="BEGIN IMMEDIATE", size=1 if self.sqlite else 5)
        self._reader = _engine(self.url, begin="BEGIN", size=3, read_only=True) if self.sqlite else self._writer
        self._one_writer = asyncio.Lock() if self.sqlite else nullcontext()

    async def write(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a story as one transaction and commit it; nothing of it stays where it raises."""
        async with self._one_writer, self._writer.begin() as connection:
            return await connection.run_sync(story, *args, **kwargs)

    async def read(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a story that reads; what it saw is one moment's state."""
        async with self._reading() as connection:
            return await connection.run_sync(story, *args, **kwargs)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._reader.connect() as connection:
            if not self.sqlite:
                await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()


def _engine(url: URL, *, begin: str, size: int, read_only: bool = False) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url.set(drivername="postgresql+psycopg"), pool_size=size, pool_pre_ping=True)
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"), pool_size=size, max_overflow=0, pool_timeout=BUSY_MILLISECONDS / 1000
    )
    event.listen(engine.sync_engine, "connect", lambda connection, _: prepare_sqlite(connection, read_only=read_only))
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
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
