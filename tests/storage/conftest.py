"""Every test of this folder runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.clock import SetClock
from bot.storage.database import Database
from tests.storage.databases import opened, postgresql_url, sqlite_url

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def postgresql() -> Iterator[str]:
    with postgresql_url() as url:
        yield url


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return sqlite_url(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """Where an empty database is."""
    chosen: str = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with opened(url) as database:
        yield database


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)
