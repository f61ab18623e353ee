"""One short run for all tests that only look at it."""

import asyncio
import io
from dataclasses import dataclass

import pytest

from bot.demo.headless import play_through
from bot.demo.oracle import Evidence
from bot.demo.run import Run


@dataclass(frozen=True, slots=True)
class Played:
    """A run that is over."""

    run: Run
    points: dict[int, int]

    def evidence(self) -> Evidence:
        """What the oracle judges it by."""
        return self.run.evidence(dict(self.points))


@pytest.fixture(scope="session")
def played() -> Played:
    """Nine days of seven members, who do nearly everything that can be done."""
    play = play_through(days=9, members=7, seed=3, out=io.StringIO(), progress=io.StringIO())
    run, points, ending = asyncio.run(play)
    assert ending.errors == 0
    return Played(run, points)
