"""The process dies at every named point of its life, one after the other, and is started again each time."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest

from bot.core.points import OF_INTERVIEWS, Point
from bot.demo.kill import run_killed

OF_THE_JUDGE = {"program", "verdict"}  # test_judge.py dies at those, since nobody writes code in a demo
OF_A_DAY = tuple(point for point in Point if point not in OF_INTERVIEWS and point.value.split()[0] not in OF_THE_JUDGE)
VITAL = {"daily", "reveal"}
"""The kinds that are sent again where no platform can tell whether they arrived: ARCHITECTURE.md, section 4."""


async def verdict(world: str, database_url: str | None, points: Sequence[Point]) -> dict[str, Any]:
    """Play four days, dying at each point once; give what became of it, with the number of deaths."""
    out, progress = io.StringIO(), io.StringIO()
    await run_killed(
        days=4,
        members=4,
        seed=2,
        kills=0,
        points=points,
        world_mode=world,
        database_url=database_url,
        out=out,
        progress=progress,
    )
    told = out.getvalue()
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found | {"deaths": told.count("-- the bot is started again") - 1, "told": progress.getvalue()}


@pytest.mark.slow
@pytest.mark.parametrize("world", ["nonce", "history"])
async def test_death_at_every_point_neither_loses_nor_doubles(world: str, database_url: str | None) -> None:
    found = await verdict(world, database_url, OF_A_DAY)
    assert (found["lost"], found["doubled"], found["errors"]) == (0, 0, 0), found["told"]
    assert (found["maybe_doubled"], found["posts"], found["reveals"]) == (0, 4, 3)
    assert found["deaths"] == len(OF_A_DAY)


@pytest.mark.slow
async def test_where_no_platform_can_tell_nothing_is_lost_and_what_is_sent_again_is_counted(
    database_url: str | None,
) -> None:
    # The call whose answer is never heard is the question's own: it is the first that a new life makes at its moment.
    found = await verdict("bare", database_url, (Point.post_written, Point.call_made, *OF_A_DAY))
    assert (found["lost"], found["errors"]) == (0, 0), found["told"]
    assert 1 <= found["doubled"] <= found["maybe_doubled"], found["told"]
    assert set(found["sent_again"]) <= VITAL


def test_there_are_at_least_fourteen_points_in_every_room_that_can_lose_something() -> None:
    rooms = {point.value.split()[0] for point in Point}
    assert len(Point) >= 14
    assert {"tick", "reveal", "claim", "call", "receipt", "event", "effect"} <= rooms
