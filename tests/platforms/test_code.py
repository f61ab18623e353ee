"""Code is judged on every platform: sent by form, told in private, shown to the group by whoever agrees."""

from collections.abc import AsyncIterator

import pytest

from bot.judge.backends import Backend, choose
from tests.bank.programs import code_questions
from tests.platforms.conftest import AnyStage

QUESTION = "most-frequent-values"
ANSWER = code_questions()[QUESTION].answer


@pytest.fixture
async def judged(group: AnyStage) -> AsyncIterator[AnyStage]:
    """A group with a code question that is open, and a judge."""
    chosen = await choose(Backend.bwrap)
    if not chosen.runs:
        pytest.skip(f"bubblewrap does not work here: {chosen.why_not}")
    await group.judged_by(chosen.runner)
    await group.plans(QUESTION)
    await group.at("Mon 09:00")
    yield group
    await chosen.runner.stop()


async def test_a_program_by_form_has_its_verdict_in_private(judged: AnyStage) -> None:
    jonas, tom = judged.person("Jonas"), judged.person("Tom")
    assert "Received. The verdict comes to you in private" in await jonas.answers(ANSWER.mutants[0].solution)
    assert jonas.sees("Hidden tests that fail")
    await jonas.answers(ANSWER.solution)
    total = len((*ANSWER.tests.public, *ANSWER.tests.hidden))
    assert jonas.sees(f"All {total} tests passed.")
    assert not tom.sees("tests passed")
    assert "After the reveal" in await jonas.presses("Show it after the reveal")
    await judged.at("Tue 08:00")
    assert "The reference, slowest test" in await jonas.types("/solutions")


async def test_a_file_in_private_is_judged_for_the_open_question(judged: AnyStage) -> None:
    jonas = judged.person("Jonas")
    await jonas.answers(ANSWER.mutants[0].solution)
    await jonas.sends("answer.py", ANSWER.solution)
    total = len((*ANSWER.tests.public, *ANSWER.tests.hidden))
    assert jonas.sees(f"All {total} tests passed.")


async def test_a_picture_in_private_is_left_where_it_is(judged: AnyStage) -> None:
    jonas = judged.person("Jonas")
    await jonas.answers(ANSWER.mutants[0].solution)
    before = len([text for text in jonas.reads() if "tests passed" in text])
    await jonas.sends("me.png", "not a program")
    assert len([text for text in jonas.reads() if "tests passed" in text]) == before
