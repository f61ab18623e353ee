"""The limit that processes keep together: no moment is given twice, and no second gets more than is allowed."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.storage import bucket
from bot.storage.bucket import AT_ONCE, PER_SECOND, SharedBucket, SharedTurns, take
from bot.storage.database import Database


async def test_a_few_go_at_once_and_the_others_one_after_the_other(database: Database) -> None:
    now = time.time() + 1000  # ahead of every clock, so that PostgreSQL's own would show
    waits = [await database.write(take, "a", now, 10.0, 2) for _ in range(5)]
    steps = [round(later - earlier, 1) for earlier, later in pairwise(waits)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert all(0 <= step <= 0.1 for step in steps)
    assert 0.1 <= waits[-1] <= 0.2


async def test_buckets_of_two_names_know_nothing_of_each_other(database: Database) -> None:
    for _ in range(20):
        await database.write(take, "full", time.time(), 1.0, 0)
    assert await database.write(take, "empty", time.time(), 1.0, 0) == 0.0


async def test_several_that_share_a_bucket_stay_below_the_limit_together(database: Database) -> None:
    turns: list[float] = []

    async def process() -> None:
        bucket = SharedBucket(database, "shared")
        for _ in range(20):
            await bucket.turn()
            turns.append(time.monotonic())

    began = time.monotonic()
    await asyncio.gather(*(process() for _ in range(4)))
    turns.sort()
    assert turns[-1] - began >= (len(turns) - 1 - AT_ONCE) / PER_SECOND - 0.05
    assert max(sum(1 for other in turns if first <= other < first + 1) for first in turns) <= 50


# --- many buckets -----------------------------------------------------------------------------------------------------


async def test_turns_of_two_processes_come_one_after_the_other(database: Database) -> None:
    one, other = (SharedTurns(database) for _ in range(2))
    waits = [await process.turn("c", 100.0, 0.0, 1000.0) for process in (one, other, other, one)]
    assert [round(wait, -2) for wait in waits] == [0, 100, 200, 300]


async def test_a_turn_that_is_too_far_away_is_not_taken(database: Database) -> None:
    turns = SharedTurns(database)
    await turns.hold("c", 500.0)
    assert [round(await turns.turn("c", 100.0, 0.0, 20.0), -2) for _ in range(3)] == [500] * 3
    assert round(await turns.turn("c", 100.0, 0.0, 1000.0), -2) == 500


async def test_what_was_not_taken_is_left_as_far_as_it_may_come_at_once(database: Database) -> None:
    turns = SharedTurns(database)
    assert [round(await turns.turn("c", 100.0, 300.0, 20.0), -2) for _ in range(5)] == [-300, -200, -100, 0, 100]


async def test_a_bucket_that_is_full_again_for_a_day_is_forgotten(database: Database) -> None:
    turns = SharedTurns(database)
    await turns.turn("c", 1.0, 0.0, 20.0)
    await turns.hold("held", 10.0 * 24 * 3600)
    await database.write(bucket.sweep, datetime.now(UTC) + timedelta(days=2))
    names = await database.read(lambda tx: [row.name for row in tx.execute(bucket.buckets.select())])
    assert names == ["held"]
