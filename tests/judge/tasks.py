"""Small tasks for tests of the judge."""

from typing import Any

from bot.judge.task import Case, Growth, Rule, Shape, Task


def task(
    *cases: Case,
    entry_point: str = "f",
    shape: Shape = Shape.function,
    rule: Rule | None = None,
    seconds: float = 1.0,
    growth: Growth | None = None,
) -> Task:
    """A task of these cases."""
    return Task(entry_point, shape, cases, rule or Rule(), seconds, 128, growth)


def case(*args: Any, gives: Any = None, error: str | None = None, public: bool = True, weight: float = 1.0) -> Case:
    """A call and what it must give."""
    return Case("a case", args, gives, error, weight, public, f"f({', '.join(map(repr, args))})")


DOUBLE = task(case(2, gives=4), case(3, gives=6), case(5, gives=10, public=False), case(7, gives=14, public=False))
