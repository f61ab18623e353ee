"""Runs every program of code questions on two back ends, and says where their verdicts differ.

Time and memory differ between them, and so may what a message of Python says; everything that a member's points and the
next step depend on must not: whether a program can be called, which cases pass, what became of the others and the type
of their errors.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.bank.schema import Code
from bot.features.code import words
from bot.features.code.rules import task_of
from bot.judge.judging import judge
from bot.judge.runner import Runner
from bot.judge.task import Verdict


@dataclass(frozen=True, slots=True)
class Compared:
    """One program and its verdict on each back end."""

    question: str
    program: str
    verdicts: tuple[Verdict, ...]

    @property
    def differences(self) -> list[str]:
        """In what the verdicts differ from the first one; empty where they are the same."""
        first, *others = self.verdicts
        return [line for other in others for line in _differences(first, other)]

    @property
    def shown_otherwise(self) -> int:
        """How many public cases have one verdict, and show another output or message."""
        first, *others = ([one.got for one in verdict.outcomes if one.public] for verdict in self.verdicts)
        return sum(a != b for other in others for a, b in zip(first, other, strict=False))


def programs_of(question: Code) -> Iterator[tuple[str, str]]:
    """Every program of a question by a name: the solution, the starter, each mutant."""
    yield "solution", question.answer.solution
    yield "starter", question.answer.starter
    for number, mutant in enumerate(question.answer.mutants, start=1):
        yield f"mutant {number}", mutant.solution


async def compared(runners: Sequence[Runner], questions: Iterable[Code]) -> AsyncIterator[Compared]:
    """Judge every program on every back end, one after another."""
    for question in questions:
        task = task_of(question.answer)
        for name, program in programs_of(question):
            verdicts = [await judge(runner, task, program) for runner in runners]
            yield Compared(question.id, name, tuple(verdicts))


def _differences(one: Verdict, other: Verdict) -> Iterator[str]:
    backends = f"{one.backend} and {other.backend}"
    if (one.outcome, one.passed, one.share) != (other.outcome, other.passed, other.share):
        yield f"{backends}: {_came_to(one)}; {_came_to(other)}"
    for a, b in zip(one.outcomes, other.outcomes, strict=False):
        if (a.fate, a.error, a.weight) != (b.fate, b.error, b.weight):
            yield f"{backends}: {a.why}: {_became(a.fate, a.error)}; {_became(b.fate, b.error)}"


def _came_to(verdict: Verdict) -> str:
    return f"{words.summary(verdict)} ({verdict.share:.0%})"


def _became(fate: str, error: str) -> str:
    return f"{fate} ({error})" if error else str(fate)
