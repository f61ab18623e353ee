"""What came in is written down once, handled in order, and erased once it had its effect."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.core.clock import SetClock
from bot.core.events import Posted
from bot.core.refs import MessageRef, Person, Place
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PLACE = Place("local", "local", "c1", "t1")


def said(number: int, user: str = "u1") -> Posted:
    return Posted(
        id=f"m{number}",
        who=Person("local", "local", user),
        name="Jonas",
        place=PLACE,
        at=NOW,
        message=MessageRef(PLACE, f"m{number}"),
        text=f"thought number {number}",
    )


async def keep(database: Database, *events: Posted, now: datetime = NOW) -> list[inbox.Kept | None]:
    return [await database.write(inbox.keep, event, now) for event in events]


async def claimed(database: Database, now: datetime = NOW) -> list[str]:
    return [item.event.id for item in await database.write(inbox.claim, now, 20)]


def payloads(tx: Connection) -> list[object]:
    return list(tx.execute(select(inbox.inbox.c.payload).order_by(inbox.inbox.c.id)).scalars())


async def test_a_new_event_is_handled_at_once_by_whoever_kept_it(database: Database) -> None:
    (item,) = await keep(database, said(1))
    assert item is not None
    assert item.event == said(1)
    assert await claimed(database) == []


async def test_an_event_that_is_delivered_again_is_not_kept_again(database: Database) -> None:
    first, second = await keep(database, said(1), said(1))
    assert (first is None, second is None) == (False, True)
    assert len(await database.read(payloads)) == 1


async def test_what_one_person_did_waits_for_what_they_did_before(database: Database) -> None:
    items = await keep(database, said(1), said(2), said(3, "u2"))
    assert [item and item.event.id for item in items] == ["m1", None, "m3"]
    assert await claimed(database) == []
    await database.write(inbox.consume, "m1")
    assert await claimed(database) == ["m2"]


async def test_what_a_dead_process_had_kept_is_taken_up_when_its_lease_ends(database: Database) -> None:
    await keep(database, said(1), said(2))
    assert await database.read(inbox.next_due, NOW) == NOW + inbox.LEASE
    assert await claimed(database, NOW + inbox.LEASE) == ["m1"]


async def test_a_restart_of_the_only_process_takes_it_up_at_once(database: Database) -> None:
    await keep(database, said(1))
    await database.write(inbox.release_leases, NOW)
    assert await claimed(database) == ["m1"]


async def test_after_its_effect_nothing_of_what_was_said_is_left(database: Database, clock: SetClock) -> None:
    await keep(database, said(1))
    work = DatabaseWork(database, clock)

    def nothing(tx: Connection) -> None:
        """An effect that is none."""

    with work.consuming("m1"):
        await work.run_once("m1", nothing)
    assert await database.read(payloads) == [None]
    assert await database.read(inbox.counts) == {"kept": 0, "failed": 0, "handled": 1}


async def test_an_effect_that_fails_leaves_the_event_as_it_was(database: Database, clock: SetClock) -> None:
    await keep(database, said(1))
    work = DatabaseWork(database, clock)

    def breaks(tx: Connection) -> None:
        raise ZeroDivisionError

    with work.consuming("m1"), pytest.raises(ZeroDivisionError):
        await work.run_once("m1", breaks)
    assert await database.read(payloads) == [said(1)]


async def test_a_bug_is_tried_five_times_later_each_time_and_then_it_has_failed(database: Database) -> None:
    await keep(database, said(1))
    now, waits = NOW + inbox.LEASE, []
    for _ in range(inbox.TRIES):
        (item,) = await database.write(inbox.claim, now, 20)
        await database.write(inbox.put_back, item, now)
        due = await database.read(inbox.next_due, now)
        waits.append(int((due - now).total_seconds()) if due else None)
        now = due or now
    assert waits == [30, 60, 120, 240, None]
    assert (await database.read(inbox.counts))["failed"] == 1


async def test_one_persons_failure_holds_nobody_else_and_not_for_ever(database: Database) -> None:
    await keep(database, said(1), said(2), said(3, "u2"))
    item = inbox.Kept(1, said(1), inbox.TRIES)
    await database.write(inbox.put_back, item, NOW)
    assert await claimed(database) == ["m2"]


async def test_what_is_finished_is_forgotten_after_a_day_and_what_waits_is_kept(database: Database) -> None:
    await keep(database, said(1), said(2))
    await database.write(inbox.consume, "m1")
    await database.write(inbox.sweep, NOW + timedelta(days=2))
    assert await database.read(payloads) == [said(2)]
