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

QUARTER = 4  # brief, rule 20: the solution takes at most this part of what a case may take


@contextmanager
def runner(wanted: Backend) -> Iterator[Callable[[Code], list[str]]]:
    """Run programs for somebody who is not async, such as the linter; raises a SettingsError where nothing runs."""
    with asyncio.Runner() as loop:
        chosen = loop.run(choose(wanted, warm=2))
        if not chosen.runs:
            raise SettingsError(chosen.nothing_runs())
        try:
            yield lambda question: loop.run(complaints(chosen.runner, question))
        finally:
            loop.run(chosen.runner.stop())


async def complaints(runner: Runner, question: Code) -> list[str]:
    """What is wrong with a question's programs: the solution passes in a quarter of the time, everything else fails.

    A mutant passes the public cases or not, but hidden ones must catch it: they are what it is held against.
    """
    answer, task = question.answer, task_of(question.answer)
    found = _of_solution(await judge(runner, task, answer.solution), task)
    if (await judge(runner, task, answer.starter, to_the_end=False)).right:
        found.append("the starter passes every test")
    hidden = Task(task.entry_point, task.shape, task.part(public=False), task.rule, task.seconds, task.memory_mb)
    for number, mutant in enumerate(answer.mutants, start=1):
        if (await judge(runner, hidden, mutant.solution, to_the_end=False)).right:
            found.append(f"mutant {number} ({mutant.why}) passes every hidden test")
    return found


def _of_solution(verdict: Verdict, task: Task) -> list[str]:
    if not verdict.right:
        failed = [f"{one.why}: {words.became(one)}" for one in verdict.outcomes if one.fate is not Fate.passed]
        said = [words.summary(verdict), verdict.said, "; ".join(failed[:3])]
        return [f"the solution is refused: {' '.join(filter(None, said))}"]
    if verdict.seconds > task.seconds / QUARTER:
        return [f"the solution takes {verdict.seconds:.2f} s of the {task.seconds:g} s of a case, more than a quarter"]
    return []
