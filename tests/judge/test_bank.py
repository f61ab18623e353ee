"""Every back end accepts every reference solution, refuses every mutant and starter, and all judge alike."""

import asyncio
import os
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.bank.schema import Code
from bot.cli import app
from bot.judge.backends import REAL, Backend, choose
from bot.trial import complaints
from tests.bank.programs import CONTENT, code_questions
from tests.sandbox import bubblewrap

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


def test_the_linter_runs_the_programs_where_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(bubblewrap())
    [path] = CONTENT.glob("*/longest-row-of-failed-runs.yaml")
    broken = path.read_text("utf-8").replace(
        "ORDER BY length DESC, first_run\n", "ORDER BY length DESC, first_run DESC\n", 1
    )
    (tmp_path / "questions" / "sql").mkdir(parents=True)
    (tmp_path / "questions" / "sql" / path.name).write_text(broken, "utf-8")
    monkeypatch.setenv("BATCHMATES_JUDGE", "bwrap")
    ran = CliRunner().invoke(app, ["content", "lint", "--run", str(tmp_path)])
    assert ran.exit_code == 1
    assert "the solution is refused: 12 of 15 tests passed. equally long rows: the earliest" in ran.output
    monkeypatch.setenv("BATCHMATES_JUDGE", "off")
    assert "BATCHMATES_JUDGE is off" in str(CliRunner().invoke(app, ["content", "lint", "--run"]).exception)
