"""Every back end accepts every reference solution, refuses every mutant and starter, and all judge alike."""

import asyncio
import os
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.agree import Compared, compared
from bot.bank.schema import Code
from bot.cli import app
from bot.judge.backends import REAL, Backend, choose
from bot.judge.task import Fate, Outcome, Refused, Verdict
from bot.trial import complaints
from tests.bank.programs import CONTENT, code_questions
from tests.sandbox import bubblewrap

SEED = int(os.environ.get("BATCHMATES_TEST_SEED", "11"))
SOME = {Backend.bwrap: 4, Backend.wasi: 2}  # questions, by seed; BATCHMATES_TEST_JUDGED=all takes every one
TRULY_DIFFERENT = {  # docs/judge.md says why: time that runs out at a third of the speed, and the parser's stack
    ("longest-piece-first", "mutant 1"),
    ("longest-rise-in-a-series", "mutant 4"),
    ("value-of-a-metric-formula", "mutant 10"),
}
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


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_the_back_ends_give_every_program_the_same_verdict() -> None:
    chosen = [await choose(backend, warm=1) for backend in REAL]
    if not all(one.runs for one in chosen):
        pytest.skip(f"one back end alone works here: {[one.why_not for one in chosen]}")
    asked = questions(Backend.wasi) if ALL else questions(Backend.wasi)[:1]
    runners = [one.runner for one in chosen]
    found = [one async for one in compared(runners, asked)]
    for runner in runners:
        await runner.stop()
    differing = {(one.question, one.program): one.differences for one in found if one.differences}
    assert {one: lines for one, lines in differing.items() if one not in TRULY_DIFFERENT} == {}
    assert {len(one.verdicts) for one in found} == {len(REAL)}


def verdict(backend: str, fate: Fate, *, error: str = "", passed: int = 1, got: str = "3") -> Verdict:
    good = [Outcome("a case that passes", True, Fate.passed)] * passed
    return Verdict(backend, outcomes=(*good, Outcome("the last case", True, fate, error=error, got=got)))


def test_every_difference_of_two_verdicts_is_named() -> None:
    bwrap = verdict("bwrap", Fate.raised, error="RecursionError")
    by_error = Compared("q", "mutant 1", (bwrap, verdict("wasi", Fate.raised, error="MemoryError")))
    assert by_error.differences == ["bwrap and wasi: the last case: raised (RecursionError); raised (MemoryError)"]
    by_count = Compared("q", "starter", (bwrap, verdict("wasi", Fate.raised, error="RecursionError", passed=3)))
    assert by_count.differences == [
        "bwrap and wasi: 1 of 2 tests passed. (50%); 3 of 4 tests passed. (75%)",
        "bwrap and wasi: the last case: raised (RecursionError); passed",
    ]
    refused = Compared("q", "starter", (bwrap, Verdict("wasi", Refused.syntax)))
    assert refused.differences == ["bwrap and wasi: 1 of 2 tests passed. (50%); Python cannot read it. (0%)"]
    otherwise = Compared("q", "solution", (bwrap, verdict("wasi", Fate.raised, error="RecursionError", got="4")))
    assert (otherwise.differences, otherwise.shown_otherwise) == ([], 1)


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
