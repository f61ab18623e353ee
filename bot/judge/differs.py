"""In what a wrong output differs from the wanted one, in words: for public tests alone.

May touch: the standard library, `compare.py` and `task.py`.
"""

from dataclasses import replace
from typing import Any

from bot.judge.compare import Node, parts_of, same, shown
from bot.judge.task import Rule, Shape, Task
from bot.judge.values import encode, spread

MOST_SHOWN = 80  # characters of a value within a sentence
MOST_LOOKED_AT = 500  # rows or items among which a difference is looked for


def words(got: Any, want: Any, task: Task, calls: tuple[Any, ...] = ()) -> str:
    """What to look at first; empty where the two values say it themselves."""
    if got is None and want is not None and task.shape is Shape.function:
        return "It gives None: is there a return on every way through it?"
    items = parts_of(got)
    if not isinstance(items, list) or not isinstance(want, list) or len(items) + len(want) > MOST_LOOKED_AT:
        return _type(got, want, task.rule)
    if task.shape is Shape.sql:
        rows = [parts_of(row) for row in items]
        even = all(isinstance(row, list) and len(row) == _width(rows) for row in rows)
        return _rows(rows, want, task.rule) if even else ""
    if task.shape is Shape.of_class:
        return _call(items, want, task.rule, calls)
    return _items(items, want, task.rule)


def _type(got: Any, want: Any, rule: Rule) -> str:
    numbers = (int, float)
    alike = type(got) in numbers and type(want) in numbers and type(got) is not type(want)
    if alike and rule.mode == "exact" and got == want:
        return f"The number is right, but it is of type {type(got).__name__}; wanted {type(want).__name__}."
    return ""


def _items(got: list[Any], want: list[Any], rule: Rule) -> str:
    if len(got) != len(want):
        return f"It has {_count(len(got), 'item')}; wanted {len(want)}."
    if _same_in_any_order(got, want, rule):
        return "The items are right, but in another order."
    at = next((n for n, pair in enumerate(zip(got, want, strict=True)) if not same(*pair, rule)), None)
    if at is None or len(want) < 4:
        return ""  # short enough to be seen
    values = f"{shown(got[at], MOST_SHOWN)}; wanted {shown(want[at], MOST_SHOWN)}"
    return f"The first item that differs stands at index {at}: {values}."


def _call(got: list[Any], want: list[Any], rule: Rule, calls: tuple[Any, ...]) -> str:
    """Which of the calls of a class's methods is the first that gives something else."""
    for number, (one, wanted) in enumerate(zip(got, want, strict=False)):
        if not same(one, wanted, rule) and number < len(calls):
            name, *given = calls[number]
            call = f"{name}({', '.join(shown(encode(spread(value, Node)), MOST_SHOWN) for value in given)})"
            gave = shown(one, MOST_SHOWN)
            said = gave if gave.startswith("raises ") else f"gives {gave}"
            return f"Call {number + 1}, {call}, {said}; wanted {shown(wanted, MOST_SHOWN)}."
    return ""


# --- the result of a query ----------------------------------------------------------------------------------------


def _rows(got: list[Any], want: list[Any], rule: Rule) -> str:
    if not got:
        return f"It gives no row; wanted {len(want)}."
    wide, wanted = _width(got), _width(want)
    if want and wide != wanted:
        return f"It gives {_count(wide, 'column')}; wanted {wanted}."
    if _same_in_any_order(got, want, rule):
        return "The rows are right, but in another order."
    if want and _columns_moved(got, want, rule):
        return "The columns are right, but in another order."
    if len(got) != len(want):
        return f"It gives {_count(len(got), 'row')}; wanted {len(want)}."
    wrong = [n for n, pair in enumerate(zip(got, want, strict=True), start=1) if not same(*pair, rule)]
    return f"{len(wrong)} of {_count(len(want), 'row')} differ, the first is row {wrong[0]}." if wrong else ""


def _width(rows: list[Any]) -> int:
    return len(rows[0]) if rows and isinstance(rows[0], list) else 1


def _columns_moved(got: list[Any], want: list[Any], rule: Rule) -> bool:
    """Whether each wanted column is there, each once, though not at its place."""
    left = [list(column) for column in zip(*got, strict=False)]
    for column in zip(*want, strict=False):
        at = next((n for n, one in enumerate(left) if _same_in_any_order(one, list(column), rule)), None)
        if at is None:
            return False
        del left[at]
    return not left


def _same_in_any_order(got: list[Any], want: list[Any], rule: Rule) -> bool:
    return same(got, want, replace(rule, mode="unordered"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
