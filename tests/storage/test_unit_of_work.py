import asyncio
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Dialect, Integer, MetaData, Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from bot.core.clock import SetClock
from bot.core.errors import Duplicate
from bot.storage.columns import Instant
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork, forget_old_events, handled

from .conftest import NOW

moments = Table("moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant, nullable=True))


def note(tx: Connection, at: datetime | None = NOW) -> None:
    tx.execute(insert(moments).values(at=at))


def noted(tx: Connection) -> list[datetime | None]:
    return list(tx.scalars(select(moments.c.at).order_by(moments.c.at)))


@pytest.fixture
async def work(database: Database, clock: SetClock) -> DatabaseWork:
    await database.write(moments.metadata.create_all)
    return DatabaseWork(database, clock)


# --- an event has one effect ----------------------------------------------------------------------------------------


async def test_a_second_delivery_of_an_event_has_no_effect(work: DatabaseWork) -> None:
    await work.run_once("e1", note)
    with pytest.raises(Duplicate):
        await work.run_once("e1", note)
    assert await work.read(noted) == [NOW]


async def test_of_many_deliveries_at_once_one_has_an_effect(work: DatabaseWork) -> None:
    results = await asyncio.gather(*(work.run_once("e1", note) for _ in range(10)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Duplicate"] * 9 + ["NoneType"]
    assert await work.read(noted) == [NOW]


async def test_an_event_whose_story_failed_may_be_delivered_again(work: DatabaseWork) -> None:
    def fails(tx: Connection) -> None:
        note(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work.run_once("e1", fails)
    await work.run_once("e1", note)
    assert await work.read(noted) == [NOW]


@pytest.mark.parametrize("later", [timedelta(0), timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=23)])
async def test_an_event_is_known_for_a_day(work: DatabaseWork, clock: SetClock, later: timedelta) -> None:
    await work.run_once("e1", note)
    clock.set(NOW + later)
    await work.run(forget_old_events, clock.now())
    with pytest.raises(Duplicate):
        await work.run_once("e1", note)


async def test_an_event_is_forgotten_after_a_day(work: DatabaseWork, clock: SetClock) -> None:
    await work.run_once("old", note)
    clock.set(NOW + timedelta(hours=12))
    await work.run_once("young", note)
    await work.run(forget_old_events, NOW + timedelta(days=1, seconds=1))
    assert await work.read(lambda tx: list(tx.scalars(select(handled.c.id)))) == ["young"]


async def test_who_waits_for_effects_hears_of_each_once(work: DatabaseWork) -> None:
    heard: list[str] = []
    work.on_effect.append(lambda: heard.append("effect"))
    await work.run_once("e1", note)
    with pytest.raises(Duplicate):
        await work.run_once("e1", note)
    await work.run(note)
    assert heard == ["effect"]


# --- instants -------------------------------------------------------------------------------------------------------


async def test_an_instant_without_a_zone_is_refused(work: DatabaseWork) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        await work.run(note, datetime(2026, 11, 23, 9))  # noqa: DTZ001  # the point of the test
    assert await work.read(noted) == []


async def test_instants_of_different_zones_sort_and_compare_as_moments(work: DatabaseWork) -> None:
    zones = [UTC, timezone(timedelta(hours=-11)), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Kiritimati")]
    made = [(NOW + timedelta(minutes=n)).astimezone(zone) for n, zone in enumerate(zones)]
    for at in reversed(made):
        await work.run(note, at)
    assert await work.read(noted) == made
    later = select(func.count()).select_from(moments).where(moments.c.at > made[1].astimezone(ZoneInfo("Asia/Tokyo")))
    assert await work.read(lambda tx: tx.scalar(later)) == 2
    assert await work.read(lambda tx: tx.scalar(select(func.max(moments.c.at)))) == made[-1]


async def test_what_is_read_is_in_utc_and_no_instant_stays_none(work: DatabaseWork) -> None:
    await work.run(note, NOW.astimezone(ZoneInfo("Europe/Berlin")))
    await work.run(note, None)
    found = await work.read(noted)
    assert sorted(str(at and at.tzinfo) for at in found) == ["None", "UTC"]


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1980, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_an_instant_survives_both_ways(at: datetime) -> None:
    column = Instant()
    dialects: tuple[Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]
    for dialect in dialects:
        assert column.process_result_value(column.process_bind_param(at, dialect), dialect) == at.astimezone(UTC)
