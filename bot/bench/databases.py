"""Databases to measure on: empty ones, and twins of full ones."""

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.app import declared_schema
from bot.bench.progress import say
from bot.storage.database import Database

POSTGRES = "BATCHMATES_TEST_POSTGRES"


class Server(Protocol):
    """Makes databases; all of them are gone when it is left."""

    name: str

    async def empty(self) -> Database:
        """A database with the tables and nothing in them."""
        ...

    async def twin(self, of: Database) -> Database:
        """A copy of a database that has been closed."""
        ...


@dataclass(slots=True)
class Sqlite:
    """Files in a folder."""

    folder: Path
    name: str = "sqlite"

    async def empty(self) -> Database:
        """A new file with the tables in it."""
        return await _with_tables(Database(f"sqlite:///{self.folder / uuid.uuid4().hex}.sqlite3"))

    async def twin(self, of: Database) -> Database:
        """A copy of the file."""
        assert of.url.database is not None
        copy = self.folder / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copyfile(of.url.database, copy)
        return Database(f"sqlite:///{copy}")


@dataclass(slots=True)
class Postgres:
    """Databases on a server that is there already."""

    url: URL
    admin: AsyncEngine
    name: str = "postgresql"
    made: list[str] = field(default_factory=list)

    async def empty(self) -> Database:
        """A new database with the tables in it."""
        return await _with_tables(await self._create("template1"))

    async def twin(self, of: Database) -> Database:
        """A copy that the server makes."""
        return await self._create(str(of.url.database))

    async def _create(self, template: str) -> Database:
        name = f"bench_{uuid.uuid4().hex}"
        async with self.admin.connect() as connection:
            await connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.made.append(name)
        return Database(self.url.set(database=name).render_as_string(hide_password=False))

    async def drop(self) -> None:
        """Drop what was made here."""
        async with self.admin.connect() as connection:
            for name in self.made:
                await connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        await self.admin.dispose()


async def _with_tables(database: Database) -> Database:
    await database.write(declared_schema().create_all)
    return database


@asynccontextmanager
async def servers(environment: Mapping[str, str] | None = None) -> AsyncIterator[list[Server]]:
    """SQLite, and PostgreSQL where a server answers at the address that the environment names."""
    with tempfile.TemporaryDirectory(prefix="batchmates-bench-") as folder:
        postgres = await _postgres((os.environ if environment is None else environment).get(POSTGRES))
        try:
            yield [Sqlite(Path(folder)), *([postgres] if postgres else [])]
        finally:
            if postgres:
                await postgres.drop()


async def _postgres(address: str | None) -> Postgres | None:
    if not address:
        say(f"PostgreSQL is left out: {POSTGRES} names no server")
        return None
    url = make_url(address).set(drivername="postgresql+psycopg")
    admin = create_async_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        async with admin.connect():
            return Postgres(url, admin)
    except OperationalError:
        await admin.dispose()
        say(f"PostgreSQL is left out: no server answers at {url.host}:{url.port}")
        return None
