"""The limit that processes keep together: no moment is given twice, and no second gets more than is allowed."""

import asyncio
import time
from itertools import pairwise

from bot.storage.bucket import AT_ONCE, PER_SECOND, SharedBucket, take
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
