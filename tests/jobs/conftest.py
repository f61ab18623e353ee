"""A local world with several channels, an outbox, and the delivery between them."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.core.clock import SetClock
from bot.core.commands import Catalogue, Feature
from bot.core.messages import message
from bot.core.pictures import PictureSpec
from bot.core.ports import Platform, Send
from bot.core.refs import Person, Place
from bot.jobs.delivery import Delivery
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import plain
from bot.platforms.local.world import World
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork
from tests.storage.databases import opened, sqlite_url

from . import hearing

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def draw(spec: PictureSpec) -> bytes:
    """Stand where the drawing room stands."""
    return f"PNG {spec.title}".encode()


@dataclass
class House:
    """What a process is made of, between one world and one database that outlive it."""

    database: Database
    world: World
    clock: SetClock
    channels: Sequence[str]
    at_once: int = 20
    platforms: dict[str, Platform] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.platforms["local"] = LocalPlatform(self.world, draw)
        self.restart()

    def restart(self) -> None:
        """Let a new process take the place of this one."""
        self.work = DatabaseWork(self.database, self.clock)
        self.delivery = Delivery(
            Catalogue([Feature.of("hearing", hearing)]),
            platforms=self.platforms,
            work=self.work,
            clock=self.clock,
            at_once=self.at_once,
        )

    async def release(self) -> None:
        """Do what a process does at its start."""
        await self.work.run(outbox.release_leases, self.clock.now())

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))

    def place(self, number: int = 0) -> Place:
        """One of the channels."""
        return Place("local", "local", self.channels[number])

    def person(self, id: str = "u1") -> Person:
        """Somebody of the world."""
        return Person("local", "local", id)

    async def put(self, key: str, target: Place | Person | None = None, call: Any = None, **more: Any) -> None:
        """Write a row that says its own key."""
        wanted = call or Send(message(key))
        await self.work.run(
            lambda tx: outbox.enqueue(tx, key, target or self.place(), wanted, now=self.clock.now(), **more)
        )

    async def drain(self, seconds: float = 0) -> int:
        """Let time pass, and send what may leave."""
        self.pass_time(seconds)
        return await self.delivery.drain()

    async def states(self) -> Mapping[str, str]:
        """The state of every row."""
        rows = await self.work.read(lambda tx: tx.execute(select(outbox.outbox.c.key, outbox.outbox.c.state)).all())
        return {row.key: row.state for row in rows}

    async def counts(self) -> Mapping[str, int]:
        """How many rows are in each state."""
        return await self.work.read(outbox.counts)

    def said(self) -> list[str]:
        """What stands in the world, in the order in which it was said."""
        return [plain(entry.blocks or ()) for entry in self.world.messages.values()]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What is logged, instead of a screen full of tracebacks."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(sqlite_url(tmp_path)) as database:
        yield database


@pytest.fixture(params=["nonce", "history", "bare"])
def mode(request: pytest.FixtureRequest) -> str:
    """What the world knows about a message that is sent a second time."""
    return str(request.param)


@pytest.fixture
def house(database: Database, mode: str) -> House:
    hearing.heard.clear()
    clock = SetClock(NOW)
    world = World(clock, mode)
    channels = [world.add_channel(f"channel {n}")["id"] for n in range(6)]
    world.join_person("Ada")
    world.join_person("Ben")
    return House(database, world, clock, channels)
