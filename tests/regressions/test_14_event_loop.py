"""A slow query stops nobody, and many who write at once find no locked database."""

import asyncio
import time

from sqlalchemy import Connection, text

from bot.features.answers.store import answers
from tests.stage import Stage, rows

SLOW = text("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1500000) SELECT count(*) FROM n")


def slow(tx: Connection) -> int:
    counted: int = tx.execute(SLOW).scalar_one()
    return counted


async def test_the_heart_beats_while_a_slow_query_runs(group: Stage) -> None:
    gaps: list[float] = []
    query = asyncio.create_task(group.read(slow))
    began = last = time.perf_counter()
    while not query.done():
        await asyncio.sleep(0.005)
        gaps.append(time.perf_counter() - last)
        last += gaps[-1]
    taken = time.perf_counter() - began
    assert await query == 1_500_000
    assert len(gaps) > 5
    assert max(gaps) < taken / 2


async def test_thirty_members_who_press_at_once_are_all_recorded(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    people = [group.comes(f"P{number}") for number in range(30)]
    entry = group.questions[-1]
    buttons = [item for block in entry.blocks or () if block["type"] == "buttons" for item in block["buttons"]]
    pick = next(item["id"] for item in buttons if item["label"] == "C")
    presses = [group.world.press(person.id, entry.id, pick) for person in people]
    beats = [asyncio.create_task(group.app.settle()) for _ in range(2)]
    replies = await asyncio.gather(*presses)
    await asyncio.gather(*beats)
    assert {reply["type"] for reply in replies} == {"message"}
    assert await group.read(rows, answers) == 30
    await group.settles()
    await group.at("Mon 09:01")
    assert group.tom.sees("30 answered")
