"""Databases on SQLite and on PostgreSQL, each a copy: of an empty one, migrated once, or of one that was kept."""

import os
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.app import declared_schema
from bot.resources import folder
from bot.settings import sqlite_url
from bot.storage import migrate
from tests.storage.databases import DEFAULT_SERVER


class OnSqlite:
    """Copies of a file."""

    def __init__(self, at: Path) -> None:
        self._at = at
        self._empty = at / "empty.sqlite3"
        migrate.upgrade(sqlite_url(self._empty), folder("migrations"))

    def copy(self, into: Path, of: str = "") -> str:
        """Make a database of its own in this folder, empty or like one that was kept; give its URL."""
        return sqlite_url(Path(shutil.copy(of or self._empty, into / f"{uuid.uuid4().hex[:12]}.sqlite3")))

    def keep(self, url: str) -> str:
        """Keep a database that nobody is connected to, as it stands; give what `copy` takes."""
        file = make_url(url).database
        assert file is not None
        return str(shutil.copy(file, self._at / f"{uuid.uuid4().hex[:12]}.sqlite3"))

    def take_back(self) -> None:
        """A file is never used again."""

    def close(self) -> None:
        """The folder goes away by itself."""


@dataclass(eq=False)
class OnPostgresql:
    """Copies of a database, made from a template, emptied and lent again, since making and dropping one takes long."""

    server: URL
    template: str = field(default_factory=lambda: f"empty_{uuid.uuid4().hex[:12]}")
    made: list[str] = field(default_factory=list)
    lent: list[str] = field(default_factory=list)
    free: list[str] = field(default_factory=list)

    @classmethod
    def open(cls) -> "OnPostgresql":
        """Make the template; skips where no server answers."""
        ground = cls(make_url(os.environ.get("BATCHMATES_TEST_POSTGRES", DEFAULT_SERVER)))
        try:
            ground._run(f"CREATE DATABASE {ground.template}")
        except OperationalError:
            pytest.skip(f"no PostgreSQL server answers at {ground.server.host}:{ground.server.port}")
        ground.made.append(ground.template)
        migrate.upgrade(ground._url(ground.template), folder("migrations"))
        return ground

    def copy(self, into: Path) -> str:
        """Make a database of its own; give its URL. The folder is not needed here."""
        name = self._emptied() or self._new()
        self.lent.append(name)
        return self._url(name)

    def take_back(self) -> None:
        """Nobody uses what was lent any more."""
        self.free += self.lent
        self.lent.clear()

    def _new(self) -> str:
        name = f"stage_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        self.made.append(name)
        return name

    def _emptied(self) -> str | None:
        if not self.free:
            return None
        name = self.free.pop()
        try:
            self._run(_EMPTY, database=name)
        except (
            DBAPIError
        ):  # somebody was left in it, who holds rows; a table was dropped; we may not leave keys unguarded
            return None
        return name

    def close(self) -> None:
        """Drop everything that was made."""
        for name in reversed(self.made):
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, database: str) -> str:
        return self.server.set(database=database).render_as_string(hide_password=False)

    def _run(self, statement: str, database: str | None = None) -> None:
        target = self.server.set(drivername="postgresql+psycopg", database=database or self.server.database)
        engine = create_engine(target, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement.replace("%", "%%"))
        finally:
            engine.dispose()


# Every row goes, in any order, and every number begins at one again. A test may drop a table, to see what the bot makes
# of it: such a database is lent to nobody else.
_EMPTY = f"""
SET lock_timeout = 1000;
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
    IF (SELECT count(*) FROM pg_tables WHERE schemaname = 'public') <> {len(declared_schema().tables) + 1} THEN
        RAISE EXCEPTION 'not all tables are here, beside that of the migrations';
    END IF;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""

Ground = OnSqlite | OnPostgresql
