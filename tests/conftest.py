"""The stage for story tests."""

import socket
from collections.abc import AsyncIterator, Iterator
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings

from bot.bank.load import Bank, load_bank
from bot.resources import folder
from tests.bank.items import FILES, NAMES, Content
from tests.ground import Ground, OnPostgresql, OnSqlite
from tests.share import shared_out
from tests.stage import Stage
from tests.statements import compiled_once

HERE = {None, "", "localhost", "0.0.0.0", "::"}
settings.register_profile("shared", deadline=None)  # machines that run tests are shared: no test is a clock's to judge
settings.load_profile("shared")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run a share of what is told twice."""
    if config.args_source is config.ArgsSource.TESTPATHS:  # whoever names tests wants those
        items[:], left_out = shared_out(items)
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command that sets up the logs of its process sets up none of the next test."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(autouse=True, scope="session")
def _statements_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """No test of ours ever speaks to another machine, whatever it was told to connect to."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not ip_address(address[0]).is_loopback:
            raise ConnectionRefusedError(f"a test wanted to connect to {address[0]}")
        connect(self, address)

    def resolve_here(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in HERE and not ip_address(host).is_loopback:
            raise socket.gaierror(socket.EAI_NONAME, f"a test wanted to connect to {host}")
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        patch.setattr(socket, "getaddrinfo", resolve_here)
        yield


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The real content, and three pages more, about which conversations go on whatever becomes of the real ones."""
    pages = Content(tmp_path_factory.mktemp("pages"))
    for name in ("framework", "deck", "guide"):
        pages.write(NAMES[name], FILES[NAMES[name]])
    return load_bank([pages.folder, folder("content")], today=date(2026, 11, 23))


@pytest.fixture(scope="session")
def grounds() -> Iterator[dict[str, Ground]]:
    """What databases were made of so far; pytest ends a fixture with parameters whenever it turns to the next one."""
    made: dict[str, Ground] = {}
    yield made
    for ground in made.values():
        ground.close()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def whole_ground(
    request: pytest.FixtureRequest, grounds: dict[str, Ground], tmp_path_factory: pytest.TempPathFactory
) -> Ground:
    """Where the tests of a whole run get their databases from."""
    if request.param not in grounds:
        sqlite = request.param == "sqlite"
        grounds[request.param] = OnSqlite(tmp_path_factory.mktemp("migrated")) if sqlite else OnPostgresql.open()
    return grounds[request.param]


@pytest.fixture
def ground(whole_ground: Ground) -> Iterator[Ground]:
    """Where stages get their databases from; every story is told on SQLite and on PostgreSQL."""
    yield whole_ground
    whole_ground.take_back()


@pytest.fixture
async def stage(tmp_path: Path, bank: Bank, ground: Ground) -> AsyncIterator[Stage]:
    """A channel with Mira, Jonas, Aiko and Tom in it, and the bot; nobody has run setup."""
    stage = await Stage.open(tmp_path, bank, ground)
    yield stage
    await stage.stops()
    assert stage.errors == 0, "the bot met a bug; look at what it logged"


@pytest.fixture
async def group(tmp_path: Path, bank: Bank, ground: Ground) -> AsyncIterator[Stage]:
    """The same with a group: a question at nine in Berlin, Monday to Friday."""
    stage = await Stage.open(tmp_path, bank, ground, awake=False)
    await stage.reaches("group", stage.sets_up)
    yield stage
    await stage.stops()
    assert stage.errors == 0, "the bot met a bug; look at what it logged"
