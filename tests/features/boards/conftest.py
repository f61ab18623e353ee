"""A group with a home, in a real database, for the tests of boards."""

import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.refs import GroupId, MemberId, Person, Place
from bot.features.boards import store as _boards  # noqa: F401  # its tables belong to the metadata
from bot.features.groups import store as groups
from bot.features.groups.rules import WEEKDAYS
from bot.features.members import store as members
from bot.storage.columns import metadata
from bot.storage.database import Database

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
"""A Friday, in week 48 and the fourth quarter."""


def found(tx: Connection, name: str = "Night owls", zone: str = "Europe/Berlin") -> groups.Group:
    """Found a group."""
    return groups.found_group(
        tx, name=name, zone=ZoneInfo(zone), post_at=time(9), weekdays=WEEKDAYS, level="mid", now=NOW
    )


def home(channel: str = "study") -> Place:
    """A channel of the local platform."""
    return Place("local", "page", channel)


def person(name: str) -> Person:
    """A person of the local platform."""
    return Person("local", "page", name.lower())


def join(tx: Connection, group: GroupId, name: str) -> MemberId:
    """Let somebody join a group."""
    return members.add(tx, group, person(name), name, now=NOW).id


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    database = Database(f"sqlite:///{tmp_path / 'boards.sqlite'}")
    await database.write(metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def postgresql() -> AsyncIterator[Database]:
    """An empty PostgreSQL database, dropped afterwards."""
    url = make_url(os.environ.get("BATCHMATES_TEST_POSTGRES", "postgresql+psycopg://127.0.0.1:5432/postgres"))
    server = create_async_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    name = f"boards_{uuid.uuid4().hex[:12]}"
    try:
        async with server.connect() as connection:
            await connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except OperationalError:
        await server.dispose()
        pytest.skip(f"no PostgreSQL server answers at {url.host}:{url.port}")
    database = Database(url.set(database=name).render_as_string(hide_password=False))
    await database.write(metadata.create_all)
    yield database
    await database.close()
    async with server.connect() as connection:
        await connection.exec_driver_sql(f"DROP DATABASE {name}")
    await server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """Each database that the bot runs on."""
    chosen: Database = request.getfixturevalue(request.param)
    return chosen
