"""Every back end accepts every reference solution, refuses every mutant and starter, and all judge alike."""

import os
import random

import pytest

from bot.bank.schema import Code
from bot.judge.backends import REAL, Backend, choose
from bot.trial import complaints
from tests.bank.programs import code_questions

SEED = int(os.environ.get("BATCHMATES_TEST_SEED", "11"))
SOME = {Backend.bwrap: 4, Backend.wasi: 2}  # questions, by seed; BATCHMATES_TEST_JUDGED=all takes every one
ALL = os.environ.get("BATCHMATES_TEST_JUDGED") == "all"


def questions(backend: Backend) -> list[Code]:
    found = list(code_questions().values())
    return found if ALL else random.Random(SEED).sample(found, SOME[backend])


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("backend", REAL)
async def test_every_back_end_judges_the_banks_programs_as_the_bank_does(backend: Backend) -> None:
    chosen = await choose(backend, warm=1)
    if not chosen.runs:
        pytest.skip(f"{backend} does not work here: {chosen.why_not}")
    found = {one.id: faults for one in questions(backend) if (faults := await complaints(chosen.runner, one))}
    await chosen.runner.stop()
    assert found == {}
