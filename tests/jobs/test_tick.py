from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from inspect import iscoroutinefunction
from typing import Any, cast

from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from bot.core.clock import SetClock
from bot.core.commands import Catalogue, Declared, Feature, Handler
from bot.core.ports import UnitOfWork
from bot.jobs.tick import Tick
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
Story = Callable[..., Any]


def tick_of(database: Database, **stories: Story) -> Tick:
    """A tick of these stories; those that are coroutines are slow ones."""
    sorts = {name: "slow" if iscoroutinefunction(story) else "due" for name, story in stories.items()}
    made = Feature("made", tuple(Declared(sorts[name], name, cast(Handler, story)) for name, story in stories.items()))
    catalogue = Catalogue([made], services=(Service,))
    return Tick(catalogue, services=(Service(),), work=DatabaseWork(database, SetClock(NOW)))


class Service:
    """Something that the house hands to stories."""

    minutes = 7


def in_minutes(*minutes: int) -> tuple[Story, list[datetime]]:
    """A story that says these moments, one after the other, as what is due next."""
    calls: list[datetime] = []
    left = list(minutes)

    def story(tx: Connection, now: datetime) -> datetime | None:
        calls.append(now)
        return now + timedelta(minutes=left.pop(0))

    return story, calls


def nothing(tx: Connection, now: datetime) -> None:
    """Have nothing to do."""


def broken(tx: Connection, now: datetime) -> None:
    """Have a bug."""
    raise ZeroDivisionError


async def test_the_soonest_of_all_is_due_next(database: Database) -> None:
    tick = tick_of(database, a=in_minutes(9)[0], b=in_minutes(3)[0], c=nothing)
    assert await tick.run(NOW) == NOW + timedelta(minutes=3)


async def test_where_nothing_is_due_ever_there_is_no_moment(database: Database) -> None:
    assert await tick_of(database, a=nothing).run(NOW) is None


async def test_a_story_runs_until_nothing_of_it_is_due_any_more(database: Database) -> None:
    story, calls = in_minutes(-5, 0, 4)
    assert await tick_of(database, a=story).run(NOW) == NOW + timedelta(minutes=4)
    assert calls == [NOW, NOW, NOW]


async def test_a_story_that_fails_is_counted_and_the_others_run(database: Database) -> None:
    story, calls = in_minutes(9)
    tick = tick_of(database, a=broken, b=story)
    assert await tick.run(NOW) == NOW + timedelta(seconds=30)
    assert (calls, tick.errors) == ([NOW], 1)


async def test_a_story_that_failed_runs_again_at_the_next_tick(database: Database) -> None:
    fails = [True, True, False]  # once together with the others, once alone

    def moody(tx: Connection, now: datetime) -> None:
        assert not fails.pop(0)

    tick = tick_of(database, a=moody)
    await tick.run(NOW)
    assert await tick.run(NOW + timedelta(seconds=30)) is None
    assert tick.errors == 1


async def test_what_a_failing_story_wrote_is_gone_and_its_earlier_batches_stay(database: Database) -> None:
    await database.write(lambda tx: tx.execute(text("CREATE TABLE noted (n INTEGER)")))
    batches = iter([1, 2])

    def story(tx: Connection, now: datetime) -> datetime:
        number = next(batches)
        tx.execute(text("INSERT INTO noted VALUES (:n)"), {"n": number})
        assert number == 1
        return now

    await tick_of(database, a=story).run(NOW)
    assert await database.read(lambda tx: list(tx.scalars(text("SELECT n FROM noted")))) == [1]


async def test_stories_that_have_nothing_to_do_share_one_transaction(database: Database) -> None:
    transactions: list[Connection] = []

    def look(tx: Connection, now: datetime) -> datetime:
        transactions.append(tx)
        return now + timedelta(minutes=1)

    await tick_of(database, a=look, b=look, c=look).run(NOW)
    assert len(transactions) == 3
    assert len({id(tx) for tx in transactions}) == 1


async def test_what_others_wrote_beside_a_failing_story_stays(database: Database) -> None:
    await database.write(lambda tx: tx.execute(text("CREATE TABLE noted (n INTEGER)")))

    def writes(tx: Connection, now: datetime) -> None:
        tx.execute(text("INSERT INTO noted VALUES (1)"))

    assert await tick_of(database, a=writes, b=broken, c=writes).run(NOW) == NOW + timedelta(seconds=30)
    assert await database.read(lambda tx: list(tx.scalars(text("SELECT n FROM noted")))) == [1, 1]


async def test_a_story_that_tidies_up_is_left_alone_for_its_time(database: Database) -> None:
    calls = []

    def tidy(tx: Connection, now: datetime) -> None:
        calls.append(now)

    made = Feature("made", (Declared("due", "a", cast(Handler, tidy), every=timedelta(minutes=10)),))
    tick = Tick(Catalogue([made]), services=(), work=DatabaseWork(database, SetClock(NOW)))
    for minutes in (0, 9, 10, 3):  # the clock may go back
        await tick.run(NOW + timedelta(minutes=minutes))
    assert [at - NOW for at in calls] == [timedelta(minutes=m) for m in (0, 10, 3)]


async def test_a_story_gets_the_services_that_it_names(database: Database) -> None:
    def story(tx: Connection, now: datetime, of: Service) -> datetime:
        return now + timedelta(minutes=of.minutes)

    assert await tick_of(database, a=story).run(NOW) == NOW + timedelta(minutes=7)


async def test_a_failing_story_is_logged_by_its_name(database: Database, logged: list[Any]) -> None:
    await tick_of(database, a=broken).run(NOW)
    said = [(entry["event"], entry.get("story")) for entry in logged]
    assert said == [("due_together_failed", None), ("due_failed", "a")]


async def test_a_tick_that_closes_ends_after_the_batch_that_has_begun(database: Database) -> None:
    story, calls = in_minutes(-5, -5, -5, -5)

    def closing(tx: Connection, now: datetime) -> datetime | None:
        tick.closing = len(calls) == 1
        after: datetime | None = story(tx, now)
        return after

    other, asked = in_minutes(1)
    tick = tick_of(database, a=closing, b=other)
    await tick.run(NOW)
    assert (len(calls), len(asked)) == (2, 1), "all are asked in the first batch"


async def test_what_is_slow_comes_last_and_is_handed_the_way_to_the_database(database: Database) -> None:
    order = []

    async def slowly(work: UnitOfWork, now: datetime, service: Service) -> datetime | None:
        order.append("slow")
        await work.run(lambda tx: tx.execute(text("CREATE TABLE made (id INTEGER)")))
        return now + timedelta(minutes=service.minutes)

    def at_once(tx: Connection, now: datetime) -> None:
        order.append("due")

    tick = tick_of(database, a=slowly, b=at_once)
    assert await tick.run(NOW) == NOW + timedelta(minutes=7)
    assert order == ["due", "slow"]
    await database.read(lambda tx: tx.execute(text("SELECT * FROM made")).all())


async def test_what_is_slow_and_fails_is_counted_and_tried_again(database: Database) -> None:
    async def breaks(work: UnitOfWork, now: datetime) -> datetime | None:
        raise ZeroDivisionError

    tick = tick_of(database, a=breaks, b=nothing)
    with capture_logs() as logged:
        assert await tick.run(NOW) == NOW + timedelta(seconds=30)
    assert (tick.errors, [entry["event"] for entry in logged]) == (1, ["due_failed"])
