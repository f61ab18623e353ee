"""Every back end accepts every reference solution, refuses every mutant and starter, and all judge alike."""

import os
import random

import pytest

from bot.bank.schema import Code
from bot.features.code.rules import task_of
from bot.judge.backends import REAL, Backend, choose
from bot.judge.judging import judge
from tests.bank.programs import code_questions

SEED = int(os.environ.get("BATCHMATES_TEST_SEED", "11"))
SOME = 4  # questions, by seed; BATCHMATES_TEST_JUDGED=all takes every one
ALL = os.environ.get("BATCHMATES_TEST_JUDGED") == "all"


def questions() -> list[Code]:
    found = list(code_questions().values())
    return found if ALL else random.Random(SEED).sample(found, SOME)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("backend", REAL)
async def test_every_back_end_judges_the_banks_programs_as_the_bank_does(backend: Backend) -> None:
    chosen = await choose(backend, warm=2)
    if not chosen.runs:
        pytest.skip(f"{backend} does not work here: {chosen.why_not}")
    wrong = []
    for question in questions():
        task = task_of(question.answer)
        programs = {"solution": question.answer.solution, "starter": question.answer.starter}
        programs |= {f"mutant {n}": mutant.solution for n, mutant in enumerate(question.answer.mutants)}
        for name, program in programs.items():
            verdict = await judge(chosen.runner, task, program)
            if verdict.right is not (name == "solution"):
                wrong.append((question.id, name, verdict.refused, verdict.first_failure(public=True)))
    await chosen.runner.stop()
    assert wrong == []
