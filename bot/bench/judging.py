"""How long a verdict takes: beside a bare interpreter for the same code, and with many programs at once."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from bot.bank.load import load_bank
from bot.bank.schema import Code
from bot.bench.lag import Lag
from bot.bench.paired import Measured, Pair, measured
from bot.bench.progress import say
from bot.bench.sizes import Sizes
from bot.features.code.rules import task_of
from bot.judge.backends import Backend, choose
from bot.judge.judging import judge
from bot.judge.runner import Runner
from bot.judge.task import Task
from bot.judge.values import spread
from bot.resources import folder as content

WORKERS = 2  # programs that run at once, as on a machine of two cores
WARM = 2 * WORKERS
SETTLES = 0.4  # seconds in which guests get warm again, as they do between two members
SHORT = 0.5  # seconds; questions whose solution takes longer measure the solution

Numbers = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class _Sample:
    """A question's reference solution: for the judge, and as a script that makes the same calls by itself."""

    task: Task
    program: str
    script: Path


async def verdicts(sizes: Sizes, repetitions: int) -> tuple[Numbers, Numbers, str]:
    """The ratio and the medians, on the best back end here, and why there is none where there is none."""
    chosen = await choose(Backend.auto, warm=WARM)
    if not chosen.runs:
        return {"verdict_vs_bare_python": None}, {}, "; ".join(f"{k}: {v}" for k, v in chosen.why_not.items())
    with TemporaryDirectory() as folder:
        samples = (await asyncio.to_thread(_samples, Path(folder)))[: sizes.programs]
        try:
            beside = await _beside_bare_python(chosen.runner, samples, repetitions)
            medians = await _many_at_once(chosen.runner, samples, sizes.at_once)
        finally:
            await chosen.runner.stop()
    medians |= {"verdict_ms": beside.ours_ms, "bare_python_ms": beside.bare_ms}
    return {"verdict_vs_bare_python": beside.ratio}, medians, f"on {chosen.runner.name}"


def _samples(folder: Path) -> list[_Sample]:
    found = []
    bank = load_bank([content("content")], today=datetime.now(UTC).date())
    for question in sorted((q for q in bank.questions.values() if isinstance(q, Code)), key=lambda q: q.id):
        answer = question.answer
        cases = (*answer.tests.public, *answer.tests.hidden)
        if answer.shape != "function" or any("$list" in repr(case.args) for case in cases):
            continue
        script = folder / f"{question.id}.py"
        calls = [repr([spread(arg) for arg in case.args]) for case in cases if "$iter" not in repr(case.args)]
        tries = "".join(f"try: {answer.entry_point}(*{args})\nexcept Exception: pass\n" for args in calls)
        script.write_text(f"{answer.solution}\ninf, nan = float('inf'), float('nan')\n{tries}")
        began = perf_counter()
        ran = subprocess.run([sys.executable, str(script)], capture_output=True, check=False)
        if ran.returncode == 0 and perf_counter() - began < SHORT and len(calls) == len(cases):
            found.append(_Sample(task_of(answer), answer.solution, script))
    return found


async def _beside_bare_python(runner: Runner, samples: Sequence[_Sample], repetitions: int) -> Measured:
    pairs = []
    for number in range(repetitions):
        say(f"judge: repetition {number + 1} of {repetitions}")
        for sample in samples[number % 4 :: 4]:
            await asyncio.sleep(SETTLES)
            began = perf_counter()
            process = await asyncio.create_subprocess_exec(sys.executable, str(sample.script))
            await process.wait()
            bare = perf_counter() - began
            began = perf_counter()
            verdict = await judge(runner, sample.task, sample.program)
            pairs.append(Pair(ours=perf_counter() - began, bare=bare))
            if not verdict.right:
                raise AssertionError(f"{sample.script.stem} is refused: {verdict.to_json()}")
    return measured(pairs, repetitions)


async def _many_at_once(runner: Runner, samples: Sequence[_Sample], counts: Sequence[int]) -> Numbers:
    found: Numbers = {}
    for count in counts:
        say(f"judge: {count} at once")
        waiting = asyncio.Semaphore(WORKERS)
        latencies: list[float] = []

        async def one(sample: _Sample, waiting: asyncio.Semaphore = waiting, into: list[float] = latencies) -> None:
            began = perf_counter()
            async with waiting:
                await judge(runner, sample.task, sample.program)
            into.append(perf_counter() - began)

        async with Lag() as lag:
            began = perf_counter()
            await asyncio.gather(*(one(samples[n % len(samples)]) for n in range(count)))
            taken = perf_counter() - began
        found[f"verdicts_per_s_at_{count}"] = round(count / taken, 2)
        found[f"latency_ms_at_{count}"] = round(median(latencies) * 1e3, 1)
        found[f"latency_p95_ms_at_{count}"] = round(_p95(latencies) * 1e3, 1)
        found[f"event_loop_lag_p99_ms_at_{count}"] = lag.p99_ms
    return found


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
