"""The composition root: the one place that names every feature and every platform, and puts the house together."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

import structlog
from sqlalchemy import MetaData

from bot.bank.load import Bank
from bot.core.clock import Clock
from bot.core.commands import Catalogue, Feature
from bot.core.dispatch import Dispatcher
from bot.core.ports import Platform, Platforms
from bot.jobs.clock import Beat
from bot.jobs.delivery import LONGEST_CALL, Delivery
from bot.jobs.readback import ReadBack
from bot.jobs.tick import Tick, next_delivery
from bot.storage.columns import metadata
from bot.storage.database import Database
from bot.storage.outbox import release_leases
from bot.storage.unit_of_work import DatabaseWork

FEATURES = (
    "groups",
    "members",
    "days",
    "daily",
    "answers",
    "reveals",
    "boards",
    "guides",
    "flags",
    "help",
)
SERVICES = (Bank, Catalogue, Platforms)
DELIVERED_WITHIN = 2.0  # seconds that a beat waits for what it sends; the rest goes on beside the next beats


def features() -> list[Feature]:
    """Every feature, with what its `commands` and `jobs` declare."""
    return [_feature(name) for name in FEATURES]


def _feature(name: str) -> Feature:
    rooms = (f"bot.features.{name}.{room}" for room in ("commands", "jobs"))
    return Feature.of(name, *(import_module(room) for room in rooms if find_spec(room)))


def catalogue() -> Catalogue:
    """Everything that the features declare."""
    return Catalogue(features(), SERVICES)


def declared_schema() -> MetaData:
    """The tables of the house, every feature's included."""
    features()
    return metadata


class App:
    """A running house: platforms in front, the database behind, the clock beside."""

    def __init__(
        self,
        *,
        database: Database,
        bank: Bank,
        platforms: Mapping[str, Platform],
        clock: Clock,
        deliver_at_once: int = 20,
    ) -> None:
        self.catalogue = catalogue()
        self.database = database
        self.work = DatabaseWork(database, clock)
        self.platforms = platforms
        self.clock = clock
        services = (bank, self.catalogue, Platforms(platforms))
        self.dispatcher = Dispatcher(
            self.catalogue, services=services, work=self.work, clock=clock, log=structlog.get_logger()
        )
        self.tick = Tick(self.catalogue, services=services, work=self.work)
        self.delivery = Delivery(
            self.catalogue, platforms=platforms, work=self.work, clock=clock, at_once=deliver_at_once
        )
        self._delivering: asyncio.Task[int] | None = None
        self.read_back = ReadBack(platforms=platforms, work=self.work, handle=self.dispatcher.handle)

    @property
    def errors(self) -> int:
        """How many bugs were met since the start."""
        return self.dispatcher.errors + self.tick.errors + self.delivery.errors + self.read_back.errors

    async def start(self) -> None:
        """Take up what was left, begin to listen, and read what was written meanwhile."""
        if self.database.sqlite:
            await self.work.run(release_leases, self.clock.now())
        for platform in self.platforms.values():
            await platform.start(self.dispatcher.handle)
        await self.read_back.all_open()

    async def beat(self) -> datetime | None:
        """Do what is due and send what is waiting; give the moment when something is due next."""
        now = self.clock.now()
        await self.read_back.before_reveals(now)
        due = await self.tick.run(now)
        await self._deliver_meanwhile()
        waiting = await self.work.read(next_delivery, now)
        return min((at for at in (due, waiting) if at), default=None)

    async def _deliver_meanwhile(self) -> None:
        # A platform that does not answer must not hold the clock: what is due at nine is written at nine.
        if self._delivering is None or self._delivering.done():
            self._delivering = asyncio.create_task(self.delivery.drain())
        await asyncio.wait({self._delivering}, timeout=DELIVERED_WITHIN)
        if self._delivering.done():
            self._delivering.result()

    async def settle(self) -> None:
        """Beat until there is nothing left to do at this moment: for a clock that is set by hand."""
        while True:
            await self.read_back.before_reveals(self.clock.now())
            due = await self.tick.run(self.clock.now())
            sent = await self.delivery.drain()
            if not sent and (due is None or due > self.clock.now()):
                return

    async def run(self) -> Beat:
        """Start, and let the clock of this machine call the beat."""
        beat = Beat(self.beat)
        self.work.on_effect.append(beat.wake)
        await self.start()
        beat.start()
        return beat

    async def stop(self) -> None:
        """Finish what has begun."""
        if self._delivering is not None:
            await asyncio.wait({self._delivering}, timeout=LONGEST_CALL)
        for platform in self.platforms.values():
            await platform.stop()
        await self.database.close()
