"""Code that a member sends is judged, told in private, and counts."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.bank.schema import Code
from bot.features.answers import store as answers
from bot.features.boards.store import ledger
from bot.features.code import store
from bot.features.code.rules import Program
from bot.features.days import store as days
from bot.jobs.judging import Judges
from bot.judge.runner import Reply
from bot.web.metrics import exposition
from bot.web.pulse import Pulse
from tests.bank.programs import code_questions
from tests.features.code.conftest import QUESTION
from tests.judge.forger import Forger
from tests.stage import Stage

ANSWER = code_questions()[QUESTION].answer
WRONG = ANSWER.mutants[0].solution


def submissions(tx: Connection) -> list[Any]:
    """Every program of a member, the oldest first."""
    mine = store.submissions.c.member_id.is_not(None)
    return list(tx.execute(select(store.submissions).where(mine).order_by(store.submissions.c.id)))


def booked(tx: Connection) -> dict[str, int]:
    return {row.what: row.points for row in tx.execute(select(ledger.c.what, ledger.c.points))}


def standing(tx: Connection) -> answers.Answer:
    [day] = days.open_days(tx)
    [answer] = answers.in_time(tx, day.id)
    return answer


async def figures(judged: Stage) -> list[str]:
    pulse = Pulse(judged.app)
    await pulse.count_rows()
    return exposition(pulse).decode().splitlines()


async def test_a_right_program_is_told_in_private_and_to_nobody_else(judged: Stage) -> None:
    said = await judged.jonas.answers(ANSWER.solution)
    assert "Received. The verdict comes to you in private" in said
    total = len((*ANSWER.tests.public, *ANSWER.tests.hidden))
    assert judged.jonas.sees(f"All {total} tests passed.")
    assert judged.jonas.sees("MB of memory")
    assert not judged.tom.sees("tests passed")
    assert "All" in await judged.jonas.presses("My result")
    [sent] = await judged.app.work.read(submissions)
    assert sent.shared is False
    entry, _ = judged.jonas._find("Show it after the reveal", "")
    assert entry.only_for or entry.channel.startswith("dm-")


async def test_a_wrong_program_hears_what_failed_and_has_a_part_of_the_points(judged: Stage) -> None:
    await judged.jonas.answers("def top_k_frequent(nums, k):\n    return nums[:k]")
    verdict = next(text for text in judged.jonas.reads() if "The first public test that fails" in text)
    assert "call top_k_frequent([5, 5, 5, 2, 2, 9], 2)" in verdict
    assert "wanted [5, 2]" in verdict
    assert "got [5, 5]" in verdict
    assert "The first item" not in verdict  # two items are short enough to be seen
    assert "Hidden tests that fail" in verdict
    hidden = json.dumps([case.model_dump(mode="json")["expected"] for case in ANSWER.tests.hidden[:1]])
    assert hidden not in verdict
    share = (await judged.app.work.read(standing)).grade.share
    await judged.at("Tue 08:00")
    assert await judged.app.work.read(booked) == {"part": int(10 * share)}


async def test_the_best_program_counts_whatever_comes_after_it(judged: Stage) -> None:
    await judged.jonas.answers(WRONG)
    first = await judged.app.work.read(standing)
    assert first.grade.right is False
    assert 0 < first.grade.share < 1
    await judged.at("Mon 10:00")
    await judged.jonas.answers(ANSWER.solution)
    best = await judged.app.work.read(standing)
    assert (best.grade.right, best.grade.share, best.response.text) == (True, 1.0, ANSWER.solution)
    assert best.given_at > first.given_at
    await judged.jonas.answers("def top_k_frequent(nums, k):\n    return []")
    assert await judged.app.work.read(standing) == best
    await judged.at("Tue 08:00")
    assert await judged.app.work.read(booked) == {"right": 10, "first": 2}
    assert "1 right" in judged.in_thread()


CANNOT_BE_CALLED = {
    "def top_k_frequent(nums, k)\n    return": "Python cannot read it.",
    "def topKFrequent(nums, k):\n    return []": "Wanted a function called “top_k_frequent”; found “topKFrequent”.",
    "import os\nos._exit(0)": "It ends as soon as it is loaded.",
    "raise ValueError('**loud** <@everyone>')": "It fails as soon as it is loaded.",
}


async def test_what_cannot_be_called_is_kept_and_told_why(judged: Stage) -> None:
    for program, said in CANNOT_BE_CALLED.items():
        await judged.jonas.answers(program)
        assert judged.jonas.sees(said)
    kept = await judged.app.work.read(submissions)
    assert [(one.program, one.state, one.right) for one in kept] == [(p, "judged", False) for p in CANNOT_BE_CALLED]
    said = await judged.jonas.answers("def top_k_frequent(nums, k):\n    return [“a”]")
    assert "Curly quotes were replaced by straight ones." in said


async def test_a_program_after_the_reveal_is_practice(judged: Stage) -> None:
    await judged.at("Tue 08:00")
    assert "no points after the reveal" in await judged.tom.answers(ANSWER.solution)
    assert judged.tom.sees("tests passed")
    assert await judged.app.work.read(booked) == {}


async def test_too_many_programs_at_once_are_refused(judged: Stage) -> None:
    def crowded(tx: Connection) -> None:
        [day] = days.open_days(tx)
        [answer] = answers.in_time(tx, day.id)
        for _ in range(store.AT_ONCE):
            store.take(tx, day, answer.member, Program("x = 1"), at=judged.clock.now(), practice=False)

    await judged.jonas.answers(WRONG)
    judged.app.judges = None
    await judged.app.work.run(crowded)
    assert "3 programs of yours are being judged" in await judged.jonas.answers(WRONG)


async def test_a_member_sends_so_many_programs_for_a_question_and_no_more(judged: Stage) -> None:
    """Each verdict tells a little of the hidden cases: docs/judge.md counts with this limit."""

    def sent(tx: Connection) -> None:
        [day] = days.open_days(tx)
        [answer] = answers.in_time(tx, day.id)
        for _ in range(store.PER_QUESTION - 1):
            store.take(tx, day, answer.member, Program("x = 1"), at=judged.clock.now(), practice=False)
            tx.execute(update(store.submissions).values(state="judged"))

    await judged.jonas.answers(WRONG)
    judged.app.judges = None
    await judged.app.work.run(sent)
    assert "You have sent 30 programs for this question" in await judged.jonas.answers(ANSWER.solution)
    assert "Received" in await judged.aiko.answers(WRONG)


async def test_a_program_is_held_for_as_long_as_it_is_judged(judged: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_too: list[int | None] = []

    class Slow(Forger):
        """Takes nearly two leases until a program is loaded, after which somebody else looks for work."""

        async def ask(self, order: Mapping[str, Any], *, seconds: float) -> Reply:
            for _ in range(2 if not taken_too else 0):
                judged.clock.set(judged.clock.now() + store.LEASE - timedelta(seconds=1))
                await asyncio.sleep(0.1)
            other = await judged.app.work.run(store.claim, judged.clock.now())
            taken_too.append(other.member if other else None)
            return await super().ask(order, seconds=seconds)

    monkeypatch.setattr("bot.jobs.judging.HOLD_EVERY", 0.01)
    judged.app.judges = None
    await judged.jonas.answers(ANSWER.solution)
    judges = Judges(work=judged.app.work, clock=judged.clock, runner=Slow({"got": 0}), workers=1)
    await judges.judge_one()
    assert set(taken_too) == {None}  # the reference solution, which is nobody's, and then nothing
    assert judges.verdicts == {"wrong": 1}


# --- solutions ----------------------------------------------------------------------------------------------------


async def test_a_solution_is_shown_after_the_reveal_to_the_group_where_its_member_agrees(judged: Stage) -> None:
    await judged.jonas.answers(ANSWER.solution + "\n# by Jonas")
    await judged.aiko.answers(ANSWER.solution + "\n# by Aiko")
    assert "After the reveal" in await judged.jonas.presses("Show it after the reveal")
    assert "Wanted a revealed code question" in await judged.aiko.types("/solutions")
    await judged.at("Tue 08:00")
    shown = await judged.aiko.types("/solutions")
    assert "The reference, slowest test" in shown
    assert "# by Jonas" in shown
    assert "# by Aiko" not in shown
    assert "Your accepted program is not shown." in shown
    assert "After the reveal" in await judged.aiko.presses("Show mine")
    both = await judged.jonas.types("/solutions")
    assert "# by Aiko" in both
    assert "Yours is among what is shown." in both
    await judged.tom.types("/join")
    assert "can show it here by the button under its verdict" in await judged.tom.types("/solutions")
    assert "stay with you" in await judged.jonas.presses("Hide mine")
    assert "# by Jonas" not in await judged.aiko.types("/solutions")


# --- the reveal waits ---------------------------------------------------------------------------------------------


async def test_the_reveal_waits_for_what_was_sent_in_time_and_not_for_ever(judged: Stage) -> None:
    judges, judged.app.judges = judged.app.judges, None
    await judged.at("Tue 07:59")
    await judged.jonas.answers(ANSWER.solution)
    await judged.at("Tue 08:01")
    assert [day.state for day in await judged.app.work.read(days.open_days)] == ["open"]
    waiting = await figures(judged)
    assert 'batchmates_judge_queue{state="queued"} 1.0' in waiting
    assert "batchmates_judge_oldest_seconds 120.0" in waiting
    assert "Practice: no points after the reveal." in await judged.aiko.answers(WRONG)
    judged.app.judges = judges
    await judged.at("Tue 08:02")
    assert await judged.app.work.read(days.open_days) == []
    told = await figures(judged)
    assert {"batchmates_judge_oldest_seconds 0.0", 'batchmates_verdicts_total{outcome="accepted"} 1.0'} <= set(told)
    assert await judged.app.work.read(booked) == {"right": 10, "first": 2}


async def test_the_reveal_waits_for_what_waited_long_before_it_and_for_what_the_bot_finds_when_it_is_back(
    open_thread: Stage,
) -> None:
    judges, open_thread.app.judges = open_thread.app.judges, None
    await open_thread.at("Tue 07:00")
    await open_thread.jonas.answers(ANSWER.solution)
    await open_thread.at("Tue 08:01")  # the judge is an hour behind
    assert len(await open_thread.app.work.read(days.open_days)) == 1
    open_thread.app.judges = judges
    await open_thread.at("Tue 08:02")
    assert await open_thread.app.work.read(booked) == {"right": 10, "first": 2}

    await open_thread.plans(QUESTION)
    await open_thread.at("Tue 09:00")
    await open_thread.stops()
    await open_thread.aiko.says(f"```\n{ANSWER.solution}\n```", in_thread=True)
    open_thread.clock.set(open_thread.moment("Wed 11:00"))
    open_thread.app = open_thread.new_app()
    judges, open_thread.app.judges = open_thread.app.judges, None  # it begins a little later
    await open_thread.app.start()
    open_thread.awake = True
    await open_thread.settles()
    waits, *_ = await open_thread.app.work.read(days.open_days)
    open_thread.app.judges = judges
    await open_thread.at("Wed 11:01")
    assert waits.id not in [day.id for day in await open_thread.app.work.read(days.open_days)]
    assert "1. Aiko, 12 points" in await open_thread.aiko.types("/board all")


async def test_without_a_verdict_the_reveal_comes_after_five_minutes(judged: Stage) -> None:
    judged.app.judges = None
    await judged.at("Tue 07:59")
    await judged.jonas.answers(ANSWER.solution)
    await judged.at("Tue 08:10")
    assert await judged.app.work.read(days.open_days) == []
    assert await judged.app.work.read(booked) == {"open": 5}


# --- without a judge ----------------------------------------------------------------------------------------------


async def test_where_nothing_is_judged_an_answer_is_recorded_as_ever(group: Stage) -> None:
    await group.plans(QUESTION)
    await group.at("Mon 09:00")
    assert "Recorded" in await group.jonas.answers(ANSWER.solution)
    assert await group.app.work.read(submissions) == []
    await group.at("Tue 08:00")
    assert await group.app.work.read(booked) == {"open": 5}


def test_the_question_is_one_of_code() -> None:
    assert isinstance(code_questions()[QUESTION], Code)


# --- in the thread, and in private --------------------------------------------------------------------------------


@pytest.fixture
async def open_thread(judged: Stage) -> Stage:
    """A group that answers code questions in the thread."""

    assert "Changed." in await judged.mira.types("/admin numbers code_in_thread yes")
    return judged


async def test_a_code_block_in_the_thread_is_judged_where_the_group_lets_it(open_thread: Stage) -> None:
    await open_thread.jonas.says("I would count and sort.", in_thread=True)
    assert not open_thread.jonas.sees("Wanted code")
    await open_thread.jonas.says("```rust\nfn main() {}\n```", in_thread=True)
    assert open_thread.jonas.sees("Wanted a code block in Python; got rust.")
    assert await open_thread.app.work.read(submissions) == []
    await open_thread.jonas.says(f"Mine:\n```python\n{WRONG}\n```", in_thread=True)
    await open_thread.jonas.edits(f"```\n{ANSWER.solution}\n```")
    assert (await open_thread.app.work.read(standing)).grade.right is True
    await open_thread.jonas.edits(f"Counting is enough:\n```\n{ANSWER.solution}\n```")  # the program is the same
    assert open_thread.jonas.sees("tests passed")
    assert not open_thread.tom.sees("tests passed")
    await open_thread.jonas.edits("I have taken it out: it is in my repository.")
    await open_thread.jonas.says(f"```\n{WRONG}\n```", in_thread=True)
    marks = [line.text for line in open_thread.transcript.lines if line.deed == "reacts"]
    assert marks == ["❓", "✅", "✅"]  # each message with code, and none of the talk
    assert len(await open_thread.app.work.read(submissions)) == 3


async def test_a_code_block_in_private_is_for_the_open_question(judged: Stage) -> None:
    await judged.jonas.says(f"```\n{ANSWER.solution}\n```", in_thread=True)
    assert await judged.app.work.read(submissions) == []  # a blind question takes none in its thread
    await judged.jonas.says("So I need the button.", in_thread=True)
    await judged.jonas.says("```\nor.this()\n```", in_thread=True)
    marks = [line.text for line in judged.transcript.lines if line.deed == "reacts"]
    assert marks == ["👉", "👉", "👉"]  # each code, and talk once
    await judged.jonas.answers(WRONG)
    await judged.world.say(judged.jonas.id, f"dm-{judged.jonas.id}", f"```\n{ANSWER.solution}\n```", None, None)
    await judged.settles()
    assert (await judged.app.work.read(standing)).grade.right is True
    await judged.world.say(judged.tom.id, f"dm-{judged.tom.id}", "```\nx = 1\n```", None, None)
    await judged.settles()
    assert judged.tom.sees("Wanted a code question that is open")  # he is in no group


async def test_a_deleted_message_takes_back_the_programs_that_stood_in_it_and_no_other(open_thread: Stage) -> None:
    jonas = open_thread.jonas
    wrong = await jonas.says(f"```\n{WRONG}\n```", in_thread=True)
    await jonas.answers(ANSWER.solution)
    await jonas.deletes(wrong)
    assert (await open_thread.app.work.read(standing)).response.text == ANSWER.solution  # it came by button
    assert "passed" in await jonas.presses("My result")

    aiko = open_thread.aiko
    await aiko.answers(WRONG)
    right = await aiko.says(f"```\n{ANSWER.solution}\n```", in_thread=True)
    await aiko.presses("Show it after the reveal")
    await open_thread.stops()
    await aiko.deletes(right)
    await open_thread.starts()  # which reads the thread back
    assert "All" not in await aiko.presses("My result")  # the wrong one counts again
    assert "You have deleted the message with this program" in await aiko.presses("Show it after the reveal")

    tom = open_thread.tom
    await tom.says(f"```\n{WRONG}\n```", in_thread=True)
    await tom.edits(f"```\n{ANSWER.solution}\n```")
    await tom.deletes()  # with both that it held
    assert "You have not answered this one." in await tom.presses("My result")
    await open_thread.at("Tue 08:00")
    assert set(await open_thread.app.work.read(booked)) == {"right", "first", "part"}
    assert "3 answered" not in open_thread.in_thread()
