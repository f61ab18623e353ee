"""The beat, in real but short times."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.jobs.clock import Beat

SOON = 0.5  # seconds within which something that should come at once has come, on a busy machine


class Heart:
    """What is called at each beat, and when it was."""

    def __init__(self, *acts: Callable[[], Awaitable[datetime | None]]) -> None:
        self.times: list[float] = []
        self.at_once = self.most_at_once = 0
        self._acts = list(acts)

    async def __call__(self) -> datetime | None:
        self.times.append(time.monotonic())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await (self._acts.pop(0) if self._acts else rest)()
        finally:
            self.at_once -= 1

    async def beats(self, count: int) -> None:
        async with asyncio.timeout(SOON):
            while len(self.times) < count:  # noqa: ASYNC110  # what is waited for is a count
                await asyncio.sleep(0.005)


async def rest() -> None:
    """Have nothing due."""


async def fail() -> None:
    """Have a bug."""
    raise ZeroDivisionError


def due_in(seconds: float) -> Callable[[], Awaitable[datetime]]:
    async def act() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)

    return act


def lasts(seconds: float) -> Callable[[], Awaitable[None]]:
    async def act() -> None:
        await asyncio.sleep(seconds)

    return act


@asynccontextmanager
async def beating(heart: Heart) -> AsyncIterator[Beat]:
    beat = Beat(heart)
    beat.start()
    yield beat
    beat.stop()
    await asyncio.sleep(0)


async def test_the_first_beat_comes_at_once() -> None:
    heart = Heart()
    async with beating(heart):
        await heart.beats(1)


async def test_the_next_beat_comes_when_something_is_due() -> None:
    heart = Heart(due_in(0.2))
    async with beating(heart):
        await heart.beats(2)
    assert heart.times[1] - heart.times[0] >= 0.19


async def test_what_is_overdue_beats_again_at_once() -> None:
    heart = Heart(due_in(-60), due_in(0))
    async with beating(heart):
        await heart.beats(3)


async def test_a_beat_is_never_further_away_than_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.clock.AT_LEAST_EVERY", timedelta(seconds=0.2))
    heart = Heart(due_in(3600))
    async with beating(heart):
        await heart.beats(2)


async def test_an_effect_wakes_it() -> None:
    heart = Heart()
    async with beating(heart) as beat:
        await heart.beats(1)
        await asyncio.sleep(0.05)
        beat.wake()
        await heart.beats(2)


async def test_beats_never_overlap_however_often_it_is_woken() -> None:
    heart = Heart(lasts(0.1), lasts(0.1))
    async with beating(heart) as beat:
        await heart.beats(1)
        for _ in range(20):
            beat.wake()
            await asyncio.sleep(0.005)
        await heart.beats(3)
        await asyncio.sleep(0.1)
    assert heart.most_at_once == 1
    assert len(heart.times) <= 4


async def test_what_woke_it_during_a_beat_is_looked_at_right_after() -> None:
    heart = Heart(lasts(0.1))
    async with beating(heart) as beat:
        await heart.beats(1)
        beat.wake()
        await heart.beats(2)


async def test_it_goes_on_after_a_beat_that_failed(logged: list[Any]) -> None:
    heart = Heart(fail, fail)
    async with beating(heart) as beat:
        for count in (1, 2, 3):
            await heart.beats(count)
            await asyncio.sleep(0.02)
            beat.wake()
    assert [entry["event"] for entry in logged] == ["beat_failed", "beat_failed"]


async def test_a_beat_that_failed_comes_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.clock.AT_LEAST_EVERY", timedelta(seconds=0.2))
    heart = Heart(fail)
    async with beating(heart):
        await heart.beats(2)


async def test_a_wake_during_a_beat_that_fails_is_not_forgotten() -> None:
    async def fails_later() -> None:
        await asyncio.sleep(0.05)
        await fail()

    heart = Heart(fails_later)
    async with beating(heart) as beat:
        await heart.beats(1)
        beat.wake()
        await heart.beats(2)


async def test_after_the_stop_it_beats_no_more_and_waking_is_harmless() -> None:
    heart = Heart(due_in(0.05))
    async with beating(heart) as beat:
        await heart.beats(1)
    beat.wake()
    beat.stop()
    await asyncio.sleep(0.1)
    assert len(heart.times) == 1
