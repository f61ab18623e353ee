"""What is decided about code without running it: the task of a question, the program in a message, whose turn it is."""

from bot.bank.answers import Case, CodeAnswer
from bot.judge import task
from bot.judge.task import Growth, Rule, Shape, Task


def task_of(answer: CodeAnswer) -> Task:
    """The question as the judge sees it."""
    compare, limits, growth = answer.compare, answer.limits, answer.growth
    return Task(
        entry_point=answer.entry_point,
        shape=Shape(answer.shape),
        cases=(
            *(_case(case, public=True) for case in answer.tests.public),
            *(_case(case, public=False) for case in answer.tests.hidden),
        ),
        rule=Rule(compare.mode, compare.rel, compare.abs, compare.nan == "equal"),
        seconds=limits.seconds,
        memory_mb=limits.memory_mb,
        growth=Growth(growth.wanted, growth.sizes, growth.args) if growth else None,
    )


def _case(case: Case, *, public: bool) -> task.Case:
    return task.Case(case.why, case.args, case.expected, case.error, case.weight, public)
