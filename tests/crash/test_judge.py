"""A process that judges is killed at each of its points: every program has exactly one verdict, told once."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.core.points import Point
from bot.features.answers import store as answers
from bot.features.code import store
from bot.features.code.rules import Program
from bot.features.days import store as days
from bot.features.members import store as members
from bot.storage.outbox import outbox
from tests.bank.programs import code_questions
from tests.sandbox import bubblewrap
from tests.stage import Stage

ROOT = Path(__file__).parents[2]
QUESTION = "first-letter-without-a-twin"
ANSWER = code_questions()[QUESTION].answer
POINTS = [Point.program_claimed, Point.program_judged, Point.verdict_written, Point.verdict_committed]
SENT = 3  # programs of members; the reference solution comes to them


async def judges(stage: Stage, dies_at: str = "", skips: int = 0) -> int:
    """A process that judges, some minutes after the one before, so that the leases of that one have ended."""
    stage.clock.set(stage.clock.now() + timedelta(minutes=3))
    at = stage.clock.now().isoformat()
    command = (sys.executable, "-m", "tests.crash.judge_child", stage.database_url, at, dies_at, str(skips))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    return await asyncio.wait_for(process.wait(), 60)


@pytest.fixture
async def waiting(group: Stage) -> Stage:
    """Three members have sent a program each; the bot on the stage judges nothing."""
    await bubblewrap()
    await group.plans(QUESTION)
    await group.at("Mon 09:00")

    def send(tx: Connection) -> None:
        [day] = days.open_days(tx)
        for actor in (group.jonas, group.aiko, group.tom):
            member, _ = members.join(tx, day.group, actor.person, actor.name, now=group.clock.now())
            store.take(tx, day, member.id, Program(ANSWER.solution), at=group.clock.now(), practice=False)

    await group.app.work.run(send)
    return group


def seen(tx: Connection) -> tuple[list[str], list[str], list[bool | None]]:
    """The states of all programs, the verdicts that are told, and whether each member's answer is right."""
    states = [row.state for row in tx.execute(select(store.submissions.c.state))]
    told = [key for key in tx.execute(select(outbox.c.key)).scalars() if key.startswith("verdict:")]
    right = list(tx.execute(select(answers.answers.c.right)).scalars())
    return states, told, right


# At which point each process dies, and how many times it passes there before: the first three with the first program,
# which the next one then judges, the others on their way through the rest.
DEATHS = [
    (Point.program_claimed, 0),
    (Point.program_judged, 0),
    (Point.verdict_committed, 0),
    (Point.verdict_written, 1),
    (Point.program_judged, 0),
    (Point.verdict_committed, 1),
]


@pytest.mark.slow
async def test_each_program_has_one_verdict_whenever_the_judge_is_killed(waiting: Stage) -> None:
    assert {point for point, _ in DEATHS} == set(POINTS)
    for point, skips in DEATHS:
        assert await judges(waiting, point, skips) == -signal.SIGKILL
    assert await judges(waiting) == 0
    states, told, right = await waiting.app.work.read(seen)
    assert states == ["judged"] * (SENT + 1)
    assert len(told) == len(set(told)) == SENT
    assert right == [True] * SENT


@pytest.mark.slow
async def test_a_program_with_which_the_judge_dies_again_and_again_is_given_up_and_said(waiting: Stage) -> None:
    for _ in range(store.MOST_TRIES):
        assert await judges(waiting, Point.program_claimed) == -signal.SIGKILL
    assert await judges(waiting) == 0
    states, told, _ = await waiting.app.work.read(seen)
    assert states == ["judged"] * (SENT + 1)
    assert len(told) == SENT
