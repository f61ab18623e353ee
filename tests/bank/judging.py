"""Runs programs of code questions against their cases, in one child process for many, and decides as the judge does."""

import itertools
import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bank.answers import Case, CodeAnswer
from bot.features.code.rules import task_of
from bot.judge import guest, values
from bot.judge.judging import decide, prepare
from bot.judge.runner import Reply, read_reply
from bot.judge.task import Fate, Shape

ROOT = Path(__file__).parents[2]
WHOLE_RUN = 300  # seconds, for everything that one child is given
chain = values.chain


@dataclass(frozen=True, slots=True)
class Trial:
    """One program of a question and the cases to hold it against."""

    name: str
    answer: CodeAnswer
    program: str
    cases: tuple[Case, ...]
    seconds: float  # for one case
    to_the_end: bool = True  # False: stop at the first case that fails


def verdicts(trials: Iterable[Trial]) -> dict[str, list[str]]:
    """For every trial the cases that failed and how; an empty list where the program is right."""
    asked = "\n".join(_written(trial) for trial in trials)
    child = [sys.executable, "-m", "tests.bank.judging"]
    ran = subprocess.run(child, input=asked, capture_output=True, text=True, cwd=ROOT, timeout=WHOLE_RUN, check=True)
    return dict(json.loads(line) for line in ran.stdout.splitlines())


def _written(trial: Trial) -> str:
    tests = {"public": [case.model_dump(mode="json", exclude_unset=True) for case in trial.cases]}
    answer = trial.answer.model_dump(mode="json") | {"tests": {**tests, "hidden": tests["public"][:1]}, "mutants": []}
    how = {"name": trial.name, "program": trial.program, "seconds": trial.seconds, "end": trial.to_the_end}
    return json.dumps(how | {"answer": answer})


def main() -> None:
    """The child: reads a trial a line, writes its name and failures a line."""
    signal.signal(signal.SIGALRM, _ring)
    out = sys.stdout
    sys.stdout = guest._Printed()  # what programs print is not for us
    for line in sys.stdin:
        trial = json.loads(line)
        failed = _failures(trial)
        found = list(failed if trial["end"] else itertools.islice(failed, 1))
        out.write(json.dumps((trial["name"], found)) + "\n")


def _failures(trial: dict[str, Any]) -> Iterator[str]:
    task = task_of(CodeAnswer.model_validate(trial["answer"]))
    space = {} if task.shape is Shape.sql else namespace(trial["program"])
    for case in task.part(public=True):
        one = prepare(case, task.shape)
        order = {"args": one.args, "shape": task.shape.value}
        with _time_limit(trial["seconds"]):
            program = trial["program"] if task.shape is Shape.sql else space[task.entry_point]
            told = guest._run(order, program, space.get("ListNode"))
        if told.get("error", [""])[0] == "_TimeIsUp":
            yield f"{case.why}: took too long"
            continue
        said = read_reply(guest._written(told).encode(), "")
        outcome = decide(one, Reply(said or {}, 0.0), task)
        if outcome.fate is not Fate.passed:
            yield f"{case.why}: {outcome.fate}: gave {outcome.got}, wanted {outcome.wanted}"


def namespace(program: str) -> dict[str, Any]:
    """The names that a program defines."""
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(program, "answer", "exec", dont_inherit=True), space)
    return space


class _TimeIsUp(BaseException):
    pass


def _ring(*_signal: object) -> None:
    raise _TimeIsUp


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main()
