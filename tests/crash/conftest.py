"""Runs that are killed, on each database."""

from collections.abc import Iterator

import pytest

from tests.storage.databases import postgresql_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where an empty database is; None stands for a SQLite file that the run makes itself."""
    if request.param == "sqlite":
        yield None
        return
    with postgresql_url() as url:
        yield url
