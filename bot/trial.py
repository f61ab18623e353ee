"""Runs the programs of a code question in a sandbox, and says which of them does not do what it should."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.bank.schema import Code
from bot.core.errors import SettingsError
from bot.features.code import words
from bot.features.code.rules import task_of
from bot.judge.backends import Backend, choose
from bot.judge.judging import judge
from bot.judge.runner import Runner
from bot.judge.task import Fate, Task, Verdict

NATIVE = {Backend.bwrap}  # WebAssembly takes about three times as long, which says nothing about a solution
QUARTER = 4  # brief, rule 20: the solution takes at most this part of what a case may take


@contextmanager
def runner(wanted: Backend) -> Iterator[Callable[[Code], list[str]]]:
    """Run programs for somebody who is not async, such as the linter; raises a SettingsError where nothing runs."""
    with asyncio.Runner() as loop:
        chosen = loop.run(choose(wanted, warm=2))
        if not chosen.runs:
            raise SettingsError(chosen.nothing_runs())
        try:
            yield lambda question: loop.run(complaints(chosen.runner, question, timed=chosen.runner.name in NATIVE))
        finally:
            loop.run(chosen.runner.stop())


async def complaints(runner: Runner, question: Code, *, timed: bool = False) -> list[str]:
    """What is wrong with a question's programs: the solution passes, and everything else fails.

    `timed`, the solution also takes at most a quarter of the time. A mutant passes the public cases or not, but hidden
    ones must catch it: they are what it is held against.
    """
    answer, task = question.answer, task_of(question.answer)
    verdict = await judge(runner, task, answer.solution)
    found = [*_of_solution(verdict), *(_slow(verdict, task) if timed else [])]
    if (await judge(runner, task, answer.starter, to_the_end=False)).right:
        found.append("the starter passes every test")
    hidden = Task(task.entry_point, task.shape, task.part(public=False), task.rule, task.seconds, task.memory_mb)
    for number, mutant in enumerate(answer.mutants, start=1):
        if (await judge(runner, hidden, mutant.solution, to_the_end=False)).right:
            found.append(f"mutant {number} ({mutant.why}) passes every hidden test")
    return found


def _of_solution(verdict: Verdict) -> list[str]:
    if verdict.right:
        return []
    failed = [f"{one.why}: {words.became(one)}" for one in verdict.outcomes if one.fate is not Fate.passed]
    said = [words.summary(verdict), verdict.said, "; ".join(failed[:3])]
    return [f"the solution is refused: {' '.join(filter(None, said))}"]


def _slow(verdict: Verdict, task: Task) -> list[str]:
    if verdict.seconds <= task.seconds / QUARTER:
        return []
    return [f"the solution takes {verdict.seconds:.2f} s of the {task.seconds:g} s of a case, more than a quarter"]
