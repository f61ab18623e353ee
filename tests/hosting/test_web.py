"""Health, readiness and metrics, over HTTP, of a house in this process."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from sqlalchemy import make_url

from bot.roles import Role
from bot.web import pulse as pulses
from bot.web.pulse import Pulse
from bot.web.server import served
from tests.stage import Stage


@dataclass
class Site:
    """A house and its web server."""

    pulse: Pulse
    port: int

    async def get(self, path: str) -> tuple[int, str]:
        return await asyncio.to_thread(self._get, path)

    def _get(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture
async def site(stage: Stage) -> AsyncIterator[Site]:
    pulse = Pulse(stage.app)
    async with served(pulse, "127.0.0.1", 0) as port:
        yield Site(pulse, port)


async def test_alive_from_the_first_moment_but_ready_only_once_it_runs(site: Site) -> None:
    assert await site.get("/healthz") == (200, "alive\n")
    assert await site.get("/readyz") == (503, "starting\n")
    site.pulse.state = "running"
    assert await site.get("/readyz") == (200, "ready\n")
    site.pulse.state = "stopping"
    assert await site.get("/healthz") == (200, "alive\n")
    assert await site.get("/readyz") == (503, "stopping\n")


async def test_not_ready_where_the_clock_of_the_house_stands_still(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pulse.state = "running"
    monkeypatch.setattr(pulses, "STALE", 0.0)
    status, said = await site.get("/readyz")
    assert (status, said.startswith("no beat for ")) == (503, True)
    site.pulse.app.role = Role.web
    assert await site.get("/readyz") == (200, "ready\n")


@pytest.mark.parametrize("whole_ground", ["sqlite"], indirect=True)
async def test_not_ready_where_the_database_does_not_answer(site: Site, stage: Stage) -> None:
    site.pulse.state = "running"
    file = Path(str(make_url(stage.database_url).database))
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).rename(file.with_name("kept" + ending))
    file.mkdir()  # no new connection can be made
    await stage.app.database._engine.dispose()
    status, said = await site.get("/readyz")
    assert (status, said) == (503, "the database does not answer: OperationalError\n")
    status, figures = await site.get("/metrics")
    assert (status, "batchmates_errors_total 0.0" in figures) == (200, True)


async def test_a_beat_is_counted_and_timed(site: Site) -> None:
    await site.pulse.beat()
    _, figures = await site.get("/metrics")
    assert "batchmates_beats_total 1.0" in figures
    assert site.pulse.since_beat() < 10


async def test_nothing_else_is_served(site: Site) -> None:
    assert (await site.get("/"))[0] == 404
