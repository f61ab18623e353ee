"""Pairing takes its time: what happens meanwhile counts, and a bug about one group holds no other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.features.matching.rules import solve
from bot.features.members import store as members
from bot.features.rounds import jobs
from bot.features.rounds.rules import State
from bot.features.sessions.store import sessions
from bot.features.wishes.rules import Problem
from tests.features.rounds.round import id_of, newest, pairs, round_to_pair, state
from tests.stage import Stage, rows


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What is logged, instead of a screen full of tracebacks."""
    with capture_logs() as entries:
        yield entries


async def test_somebody_who_leaves_while_the_pairs_are_made_is_in_none_of_them(group: Stage) -> None:
    round, now = await round_to_pair(group, "Mira", "Jonas", "Aiko")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)
    await group.app.work.run(members.set_left, await id_of(group, "Aiko"), now)
    await group.app.work.run(jobs._take, round, problem, outcome, now)
    assert (await state(group), await pairs(group)) == (State.closed, [])
    await group.app.beat()
    assert [set(pair) for pair in await pairs(group)] == [{"Mira", "Jonas"}]


@pytest.mark.parametrize("act", ["/mock block Jonas", "/mock leave", "/mock pause 2026-12-24"])
async def test_whatever_is_changed_while_the_pairs_are_made_counts(group: Stage, act: str) -> None:
    round, now = await round_to_pair(group, "Jonas", "Aiko")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)
    await group.aiko.types(act)
    await group.app.work.run(jobs._take, round, problem, outcome, now)
    assert await pairs(group) == []
    await group.app.beat()
    assert await pairs(group) == []
    assert await state(group) is State.announced


async def test_a_bug_about_one_group_is_tried_again_and_holds_no_other(
    group: Stage, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    _, now = await round_to_pair(group, "Jonas", "Aiko")

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


async def test_an_outcome_is_kept_and_read_back_the_same(group: Stage) -> None:
    await group.mira.types("/admin rounds approve=yes")
    round, now = await round_to_pair(group, "Mira", "Jonas", "Aiko")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)
    await group.app.work.run(jobs._take, round, problem, outcome, now)
    assert (await newest(group)).outcome == replace(outcome)
    assert await group.read(rows, sessions) == 0
