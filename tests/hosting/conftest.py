"""A world that real processes of the bot can reach."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.hosting.running import Host, host
from tests.storage.databases import postgresql_url, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Host]:
    """A world, and an empty SQLite file for the bot."""
    async with host(sqlite_url(tmp_path)) as hosting:
        yield hosting


@pytest.fixture
def postgresql() -> Iterator[str]:
    with postgresql_url() as url:
        yield url


@pytest.fixture
async def big_house(postgresql: str) -> AsyncIterator[Host]:
    """A world, and an empty PostgreSQL database for several processes."""
    async with host(postgresql) as hosting:
        yield hosting
