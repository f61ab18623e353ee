"""Events are written down before they are acknowledged, and handled after, each person's in order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import structlog

from bot.core.ask import Ask
from bot.core.clock import SetClock
from bot.core.commands import Catalogue, Feature, on
from bot.core.dispatch import Dispatcher
from bot.core.errors import DatabaseAway
from bot.core.events import Event, Posted
from bot.core.refs import MessageRef, Person, Place
from bot.jobs.inbox import Inbox
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork
from tests.storage.databases import opened, sqlite_url

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PLACE = Place("local", "local", "c1", "t1")


def said(id: str, user: str = "u1") -> Posted:
    person = Person("local", "local", user)
    return Posted(id=id, who=person, name="", place=PLACE, at=NOW, message=MessageRef(PLACE, id), text=id)


@dataclass
class Ear:
    """Hears events; it can be slow, and it can fail."""

    heard: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, event: Event) -> bool:
        await self.gate.wait()
        self.heard.append(event.id)
        return event.id not in self.failing


@dataclass
class Process:
    """One process on the database."""

    database: Database
    clock: SetClock
    ear: Ear = field(default_factory=Ear)

    def __post_init__(self) -> None:
        self.inbox = Inbox(work=DatabaseWork(self.database, self.clock), clock=self.clock, take=self.ear.take)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(sqlite_url(tmp_path)) as database:
        yield database


@pytest.fixture
def process(database: Database) -> Process:
    return Process(database, SetClock(NOW))


async def test_keeping_returns_before_the_event_is_handled(process: Process) -> None:
    handled = await process.inbox.keep(said("a"))
    assert process.ear.heard == []
    process.ear.gate.set()
    await handled
    assert process.ear.heard == ["a"]
    assert (await process.database.read(inbox.counts))["kept"] == 0


async def test_one_person_is_heard_in_order_and_nobody_waits_for_somebody_else(process: Process) -> None:
    for event in (said("a1"), said("a2"), said("b1", "u2"), said("a3")):
        await process.inbox.keep(event)
    process.ear.gate.set()
    await process.inbox.drain()
    assert [id for id in process.ear.heard if id.startswith("a")] == ["a1", "a2", "a3"]
    assert process.ear.heard.index("b1") < 2


async def test_a_second_delivery_is_not_heard(process: Process) -> None:
    process.ear.gate.set()
    for _ in range(3):
        await (await process.inbox.keep(said("a")))
    await process.inbox.drain()
    assert process.ear.heard == ["a"]


async def test_what_a_process_kept_and_did_not_handle_the_next_one_hears(process: Process) -> None:
    await process.inbox.keep(said("a"))
    other = Process(process.database, process.clock)
    other.ear.gate.set()
    assert await other.inbox.drain() == 0
    process.clock.set(NOW + inbox.LEASE)
    assert await other.inbox.drain() == 1
    assert other.ear.heard == ["a"]
    process.ear.gate.set()
    await process.inbox.drain()


async def test_a_bug_is_tried_again_later_and_the_persons_next_act_waits_for_it(process: Process) -> None:
    process.ear.gate.set()
    process.ear.failing.add("a")
    await (await process.inbox.keep(said("a")))
    await process.inbox.keep(said("b"))
    await process.inbox.drain()
    assert process.ear.heard == ["a"]
    process.ear.failing.clear()
    process.clock.set(NOW + inbox.AFTER_A_BUG)
    await process.inbox.drain()
    assert process.ear.heard == ["a", "a", "b"]


async def test_an_outage_is_no_try_however_often_it_comes(database: Database) -> None:
    """The database is away for the handler, and there again for the note of what became of the event."""
    clock, away = SetClock(NOW), [True]

    async def hears(ask: Ask, event: Posted) -> None:
        if away[0]:
            raise DatabaseAway("it hangs up")
        await ask.run(lambda tx: None)

    room = ModuleType(__name__)
    room.hears = on(Posted)(hears)  # type: ignore[attr-defined]
    work = DatabaseWork(database, clock)
    dispatcher = Dispatcher(
        Catalogue([Feature.of("room", room)]), services=(), work=work, clock=clock, log=structlog.get_logger()
    )
    kept = Inbox(work=work, clock=clock, take=dispatcher.take)
    await (await kept.keep(said("m1")))
    for _ in range(2 * inbox.TRIES):
        clock.set(clock.now() + timedelta(hours=1))
        await kept.drain()
    assert await database.read(inbox.counts) == {"kept": 1, "failed": 0, "handled": 0}, "it was given up"
    away[0] = False
    clock.set(clock.now() + timedelta(hours=1))
    await kept.drain()
    assert (await database.read(inbox.counts))["kept"] == 0
    assert kept.errors == dispatcher.errors == 0


async def test_what_takes_long_goes_on_beside_what_comes_next(process: Process) -> None:
    await process.inbox.keep(said("slow"))
    assert await process.inbox.drain(within=0.01) == 0
    assert process.ear.heard == []
    process.ear.gate.set()
    await process.inbox.drain()
    assert process.ear.heard == ["slow"]


async def test_no_more_are_handled_at_once_than_may_be(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.inbox.AT_ONCE", 2)
    for number in range(3):
        await process.database.write(inbox.keep, said(f"{number}", f"u{number}"), NOW - inbox.LEASE)  # nobody has it
    assert await process.inbox.drain(within=0.01) == 2
    assert await process.inbox.drain(within=0.01) == 0, "both places are taken"
    process.ear.gate.set()
    assert await process.inbox.drain() == 1


async def test_a_slow_one_keeps_its_place_alone(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.inbox.AT_ONCE", 2)
    process.ear.gate.set()
    slow = asyncio.Event()
    heard = process.ear.take

    async def take(event: Event) -> bool:
        if event.id == "slow":
            await slow.wait()
        return await heard(event)

    process.inbox = Inbox(work=DatabaseWork(process.database, process.clock), clock=process.clock, take=take)
    for number, id in enumerate(("slow", "a", "b", "c")):
        await process.database.write(inbox.keep, said(id, f"u{number}"), NOW - inbox.LEASE)
    await process.inbox.drain(within=1.0)
    assert process.ear.heard == ["a", "b", "c"]
    slow.set()
    await process.inbox.drain()
    assert process.ear.heard[-1] == "slow"
