"""The ledger and the boards that are kept with it, on every database."""

import asyncio
from datetime import date

import pytest
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from bot.core.refs import GroupId, MemberId
from bot.features.boards import store
from bot.features.boards.rules import Period
from bot.features.boards.store import Board
from bot.features.members import store as members
from bot.features.reconciliation import store as reconciliation
from bot.storage.database import Database

from .conftest import NOW, found, join

ON = date(2026, 11, 27)


def book(tx: Connection, group: GroupId, member: MemberId, points: int, key: str, *topics: str, on: date = ON) -> bool:
    """Book points for a right answer."""
    return store.book(
        tx, group=group, member=member, key=key, what="right", points=points, on=on, topics=topics, now=NOW, day=7
    )


def everybody(tx: Connection, *points: int) -> tuple[GroupId, list[MemberId]]:
    """Found a group with a member for each number of points."""
    group = found(tx).id
    ids = [join(tx, group, f"member {number}") for number in range(len(points))]
    for id, booked in zip(ids, points, strict=True):
        book(tx, group, id, booked, f"{group}:{id}")
    return group, ids


def week(group: GroupId, seen_by: frozenset[str] = store.GROUP) -> Board:
    """The board of this week."""
    return Board(group, Period.week, "2026-W48", seen_by=seen_by)


async def test_points_stand_on_the_board_of_every_period_and_topic(database: Database) -> None:
    def story(tx: Connection) -> dict[store.Key, int]:
        group, (ana,) = everybody(tx, 10)
        book(tx, group, ana, 2, "first", "sql", "joins", "sql", on=date(2026, 12, 31))
        return reconciliation.kept(tx, group)

    kept = await database.write(story)
    member = next(iter(kept))[-1]
    assert kept[Period.all, "", "", member] == 12
    assert kept[Period.season, "2026-Q4", "", member] == 12
    assert kept[Period.month, "2026-11", "", member] == 10
    assert kept[Period.week, "2026-W53", "sql", member] == 2
    assert kept[Period.day, "2026-12-31", "joins", member] == 2
    assert len(kept) == 5 + 5 * 3 - 2  # season and all time hold both bookings


async def test_a_key_is_booked_once(database: Database) -> None:
    def story(tx: Connection) -> tuple[list[bool], int]:
        group, (ana, ben) = everybody(tx, 10, 10)
        booked = [book(tx, group, ana, 5, "day:1:ana"), book(tx, group, ben, 7, "day:1:ana")]
        return booked, sum(standing.points for standing in store.top(tx, week(group)))

    assert await database.write(story) == ([True, False], 25)


async def test_bookings_at_the_same_time_lose_nothing_and_double_nothing(database: Database) -> None:
    group, (ana,) = await database.write(everybody, 1)
    keys = [f"answer:{number // 2}" for number in range(24)]
    booked = await asyncio.gather(*(database.write(book, group, ana, 10, key, "sql") for key in keys))
    assert sum(booked) == 12
    assert [standing.points for standing in await database.read(store.top, week(group))] == [121]
    assert await database.read(reconciliation.differences) == []


async def test_a_booking_is_undone_with_the_transaction_that_made_it(database: Database) -> None:
    group, (ana,) = await database.write(everybody, 10)

    def story(tx: Connection) -> None:
        book(tx, group, ana, 5, "lost")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(story)
    assert [standing.points for standing in await database.read(store.top, week(group))] == [10]
    assert await database.read(reconciliation.differences) == []


async def test_what_a_day_was_worth_is_the_sum_of_its_bookings(database: Database) -> None:
    def story(tx: Connection) -> list[int]:
        group, (ana, ben) = everybody(tx, 10, 0)
        book(tx, group, ana, -2, "hint")
        return [store.points_of(tx, ana, 7), store.points_of(tx, ben, 7), store.points_of(tx, ana, 8)]

    assert await database.write(story) == [8, 0, 0]


async def test_equal_points_share_a_rank(database: Database) -> None:
    group, ids = await database.write(everybody, 10, 20, 10, 5)
    top = await database.read(store.top, week(group))
    assert [(ids.index(standing.member), standing.rank) for standing in top] == [(1, 1), (0, 2), (2, 2), (3, 4)]


async def test_a_board_is_cut_at_the_number_of_rows_that_were_asked_for(database: Database) -> None:
    group, ids = await database.write(everybody, *range(20, 0, -1))
    assert len(await database.read(store.top, week(group))) == 10
    found = await database.read(store.read, week(group), ids[14])
    assert [standing.rank for standing in found.around] == [14, 15, 16]


async def test_members_without_points_are_on_no_board(database: Database) -> None:
    group, ids = await database.write(everybody, 10, 0, -2)
    assert [standing.member for standing in await database.read(store.top, week(group))] == ids[:1]
    assert (await database.read(store.read, week(group), ids[1])).own is None


async def test_hidden_members_count_for_nobody_but_see_themselves(database: Database) -> None:
    group, (ana, ben) = await database.write(everybody, 20, 10)
    await database.write(lambda tx: members.change(tx, ana, seen_by="nobody"))
    assert [(s.member, s.rank) for s in await database.read(store.top, week(group))] == [(ben, 1)]
    own = (await database.read(store.read, week(group), ana)).own
    assert own is not None
    assert (own.points, own.rank) == (20, 1)


async def test_members_whom_only_the_group_may_see_are_not_shown_to_others(database: Database) -> None:
    group, (ana, ben) = await database.write(everybody, 20, 10)
    await database.write(lambda tx: members.change(tx, ana, seen_by="group"))
    everyone = week(group, seen_by=store.ANYBODY)
    assert [s.member for s in await database.read(store.top, week(group))] == [ana, ben]
    assert [(s.member, s.rank) for s in await database.read(store.top, everyone)] == [(ben, 1)]


@pytest.mark.parametrize("audience", [store.ANYBODY, store.GROUP, store.EVERYBODY], ids=["anybody", "group", "all"])
def test_the_text_of_a_board_is_no_longer_than_psycopg_keeps(audience: frozenset[str]) -> None:
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    text = str(store.SEEN[audience].query.compile(dialect=dialect))
    assert 2_000 < len(text) <= MAX_CACHED_STATEMENT_LENGTH


async def test_members_who_return_find_their_points(database: Database) -> None:
    group, (ana, ben) = await database.write(everybody, 20, 10)
    await database.write(lambda tx: members.change(tx, ana, left_at=NOW))
    assert [s.member for s in await database.read(store.top, week(group))] == [ben]
    await database.write(lambda tx: members.change(tx, ana, left_at=None))
    assert [s.member for s in await database.read(store.top, week(group))] == [ana, ben]


async def test_groups_know_nothing_of_each_other(database: Database) -> None:
    first, _ = await database.write(everybody, 20, 10)
    second, ids = await database.write(everybody, 3)
    assert [(s.member, s.rank) for s in await database.read(store.top, week(second))] == [(ids[0], 1)]
    assert len(await database.read(store.top, week(first))) == 2


async def test_erasing_a_member_changes_nobody_elses_points(database: Database) -> None:
    group, (ana, ben) = await database.write(everybody, 20, 10)
    before = await database.read(reconciliation.kept, group)
    await database.write(store.forget, ana)
    assert await database.read(reconciliation.kept, group) == {
        key: points for key, points in before.items() if key[-1] == ben
    }
    assert await database.read(reconciliation.differences) == []
    assert await database.read(lambda tx: tx.scalars(select(store.ledger.c.member_id)).all()) == [ben]


async def test_a_score_that_is_not_what_the_ledger_says_is_found_and_repaired(database: Database) -> None:
    group, (ana, ben) = await database.write(everybody, 20, 10)
    wrong = update(store.scores).where(store.scores.c.member_id == ana, store.scores.c.period == "week")
    lost = store.scores.delete().where(store.scores.c.member_id == ben, store.scores.c.period == "all")
    await database.write(lambda tx: (tx.execute(wrong.values(points=99)), tx.execute(lost)))
    assert await database.read(reconciliation.differences, group) == [
        reconciliation.Difference(group, (Period.all, "", "", ben), 0, 10),
        reconciliation.Difference(group, (Period.week, "2026-W48", "", ana), 99, 20),
    ]
    await database.write(reconciliation.repair, group)
    assert await database.read(reconciliation.differences) == []
