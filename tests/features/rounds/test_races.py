"""Pairing takes its time: what happens meanwhile counts, and two processes that pair announce once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.core.points import Point, watch
from bot.features.matching.rules import solve
from bot.features.members import store as members
from bot.features.rounds import jobs, store
from bot.features.rounds.rules import State
from bot.features.rounds.store import Round, RoundId
from bot.features.sessions.store import sessions
from bot.features.wishes.rules import Problem
from bot.storage.outbox import outbox
from tests.features.rounds.round import CLOSES, id_of, newest, pairs, round_is_open, state
from tests.stage import Stage, rows
from tests.storage.together import together


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What is logged, instead of a screen full of tracebacks."""
    with capture_logs() as entries:
        yield entries


async def closed(group: Stage, *names: str) -> tuple[Round, datetime]:
    """A round that has closed and is not paired yet."""
    await round_is_open(group, *names)
    await group.until(group.moment(CLOSES) - timedelta(seconds=1))
    group.clock.set(group.moment(CLOSES))
    now = group.clock.now()
    await group.app.work.run(jobs.go_on, now)
    return await newest(group), now


async def test_somebody_who_leaves_while_the_pairs_are_made_is_in_none_of_them(group: Stage) -> None:
    round, now = await closed(group, "Mira", "Jonas", "Aiko")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)
    await group.app.work.run(members.set_left, await id_of(group, "Aiko"), now)
    await group.app.work.run(jobs._take, round, problem, outcome, now)
    assert (await state(group), await pairs(group)) == (State.closed, [])
    await group.app.beat()
    assert [set(pair) for pair in await pairs(group)] == [{"Mira", "Jonas"}]


@pytest.mark.parametrize("act", ["/mock block Jonas", "/mock leave", "/mock pause 2026-12-24"])
async def test_whatever_is_changed_while_the_pairs_are_made_counts(group: Stage, act: str) -> None:
    round, now = await closed(group, "Jonas", "Aiko")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)
    await group.aiko.types(act)
    await group.app.work.run(jobs._take, round, problem, outcome, now)
    assert await pairs(group) == []
    await group.app.beat()
    assert await pairs(group) == []
    assert await state(group) is State.announced


async def test_two_processes_that_pair_the_same_round_announce_it_once(group: Stage) -> None:
    round, now = await closed(group, "Mira", "Jonas", "Aiko", "Tom")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)

    def takes(tx: Connection) -> None:
        jobs._take(tx, round, problem, outcome, now)

    await together(group.database_url, takes, takes)
    assert len(await pairs(group)) == 2
    assert await state(group) is State.announced


async def test_two_processes_that_open_the_same_round_post_it_once(group: Stage) -> None:
    await group.jonas.types("/join")
    opens = group.moment("Thu 18:00")
    await group.until(opens - timedelta(seconds=1))
    group.clock.set(opens)
    before = await group.read(rows, outbox)

    def open_it(tx: Connection) -> None:
        jobs.open_due(tx, opens)

    await together(group.database_url, open_it, open_it)
    assert await group.read(rows, store.rounds) == 1
    assert await group.read(rows, outbox) == before + 1


async def test_a_bug_about_one_group_is_tried_again_and_holds_no_other(
    group: Stage, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    _, now = await closed(group, "Jonas", "Aiko")

    def broken(problem: Problem) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "solve", broken)
        after = await jobs.pair_due(group.app.work, now)
    assert [entry["part"] for entry in logged if entry["event"] == "part_failed"] == ["round-pair"]
    assert after == now + timedelta(seconds=30)
    assert await pairs(group) == []
    await group.until(now + timedelta(seconds=31))
    assert len(await pairs(group)) == 1


class Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("point", [Point.tick_begins, Point.tick_written, Point.tick_committed])
async def test_a_process_that_dies_while_it_pairs_loses_nothing_and_announces_once(group: Stage, point: Point) -> None:
    await round_is_open(group, "Jonas", "Aiko")
    await group.until(group.moment(CLOSES) - timedelta(seconds=1))
    group.clock.set(group.moment(CLOSES))
    deaths = await _beat_with_deaths(group, point)
    assert deaths > 1
    await group.restarts()
    await group.until(group.clock.now() + timedelta(minutes=2))
    assert len(await pairs(group)) == 1
    assert group.in_channel().count("Mock interviews: the pairs until") == 1
    assert (await newest(group)).id == RoundId(1)


async def _beat_with_deaths(group: Stage, point: Point) -> int:
    """Beat again and again, each time dying at the next occurrence of this point, until one beat gets through."""
    for survived in range(60):
        watch(_dies_at(point, survived))
        try:
            await group.app.beat()
        except Died:
            continue
        finally:
            watch(None)
        return survived
    raise AssertionError("no beat got through")


def _dies_at(point: Point, nth: int) -> Callable[[Point], None]:
    left = [nth]

    def hook(reached: Point) -> None:
        if reached is point:
            if not left[0]:
                raise Died
            left[0] -= 1

    return hook


async def test_an_outcome_is_kept_and_read_back_the_same(group: Stage) -> None:
    await group.mira.types("/admin rounds approve=yes")
    round, now = await closed(group, "Mira", "Jonas", "Aiko")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)
    await group.app.work.run(jobs._take, round, problem, outcome, now)
    assert (await newest(group)).outcome == replace(outcome)
    assert await group.read(rows, sessions) == 0
