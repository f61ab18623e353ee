"""What is said of a program that cannot be called, or lacks something, in words.

May touch: the standard library, `task.py` and `values.py`. Every name in here came out of a sandbox and may say
anything, so whoever shows such a sentence shows it as something that a member wrote.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from bot.judge.task import Shape, Task
from bot.judge.values import spread

MOST_NAMED = 5  # names in one sentence
NEAR = 0.6  # of 1, from which on a name may be the one that was meant; what difflib takes by itself

# --- names --------------------------------------------------------------------------------------------------------


def entry(task: Task, names: Sequence[str], there: str) -> str:
    """Which name is wanted, which ones there are, and which of those may be meant; `there` is what it has now."""
    kind = "class" if task.shape is Shape.of_class else "function"
    wanted = f"Wanted a {kind} called “{task.entry_point}”"
    if there:
        return f"{wanted}; the name is there, but it stands for a value of type {there}."
    method = next((name for name in names if name.endswith(f".{task.entry_point}")), None)
    if method is not None:
        return f"{wanted}, outside of any class; found “{method}” inside of one."
    plain = [name for name in names if "." not in name]
    if not plain:
        return f"{wanted}; found no function and no class."
    guess = nearest(task.entry_point, plain)
    renamed = f" If you mean “{guess}”, rename it." if guess else ""
    return f"{wanted}; found {_listed(plain)}.{renamed}"


def methods(task: Task, names: Sequence[str]) -> str:
    """Which of the methods that public tests call a class lacks, and which may be meant; empty where it has all."""
    lacks = [name for name in called(task) if name not in names]
    if not lacks:
        return ""
    free = [name for name in names if name not in called(task)]
    guesses = {name: guess for name in lacks if (guess := nearest(name, free))}
    renamed = "".join(f" If you mean “{guess}” by “{name}”, rename it." for name, guess in guesses.items())
    return f"The class “{task.entry_point}” has no method called {_listed(lacks, 'or')}.{renamed}"


def called(task: Task) -> list[str]:
    """The methods that public tests of a class call, in the order of their first calls."""
    if task.shape is not Shape.of_class:
        return []
    return list(dict.fromkeys(call[0] for case in task.part(public=True) for call in case.args[1:]))


def nearest(name: str, names: Sequence[str]) -> str:
    """That of the names which is most like this one, whatever its case and underlines; empty where none is."""
    alike = {_plain(other): other for other in names}
    [*found] = get_close_matches(_plain(name), alike, n=1, cutoff=NEAR)
    return alike[found[0]] if found else ""


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _listed(names: Sequence[str], last: str = "and") -> str:
    shown = [f"“{name}”" for name in names[:MOST_NAMED]]
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    *before, end = [*shown, *more]
    return f"{', '.join(before)} {last} {end}" if before else end


# --- queries ------------------------------------------------------------------------------------------------------

_PLAINLY = (
    (r'near "(?P<what>.+)": syntax error', "It cannot be read at “{what}”"),
    (r'unrecognized token: "(?P<what>.+)"', "Is a quote left open? It cannot be read at “{what}”"),
    (r"incomplete input", "It ends too early: something is missing at its end, or a bracket is left open."),
    (r"You can only execute one statement at a time\.", "Wanted one statement; it has several."),
    (r"no such table: (?P<table>\S+)", "There is no table called “{table}”."),
    (r"no such column: (?P<column>\S+?)(?: - .*)?", "There is no column called “{column}”."),
    (r"no such function: (?P<what>\S+)", "SQLite has no function called “{what}”."),
    (r"ambiguous column name: (?P<what>\S+)", "Several tables have a column called “{what}”: say which one you mean."),
    (
        r"misuse of (?:aggregate|aggregate function) (?P<what>.+)|misuse of aggregate: (?P<other>.+)",
        "An aggregate such as sum cannot stand there: in where, or inside of another one.",
    ),
    (r"misuse of window function (?P<what>.+)", "The window function {what} cannot stand there."),
    (r"wrong number of arguments to function (?P<what>.+)", "The function {what} takes another number of arguments."),
    (
        r"SELECTs to the left and right of (?P<what>.+) do not have the same number of result columns",
        "What stands on the two sides of {what} differs in the number of columns.",
    ),
)  # fmt: skip


def query(message: str, at: object, tables: Mapping[str, Any]) -> str:
    """What a database says of a query that it does not take, in plain words, with the place and the nearest name."""
    for pattern, plainly in _PLAINLY:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            said = plainly.format_map({name: _short(part or "") for name, part in found.groupdict().items()})
            return f"{_placed(said, at)}{_meant(found.groupdict(), tables)}"
    return f"The database says: {message}"


def _short(part: str) -> str:
    return part if len(part) <= 40 else f"{part[:39]}…"


def _placed(said: str, at: object) -> str:
    if not isinstance(at, list) or len(at) != 2 or not all(type(number) is int for number in at):
        return said if said.endswith(".") else f"{said}."
    return f"{said} (line {at[0]}, character {at[1]})."


def _meant(found: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    """The table or the column that may be meant, or else all that there are."""
    if table := found.get("table"):
        there = list(tables)
        name = table
    elif column := found.get("column"):
        there = list(dict.fromkeys(name for has in tables.values() for name in _columns(str(has["columns"]))))
        name = column.rpartition(".")[2]
    else:
        return ""
    guess = nearest(name, there)
    return f" Do you mean “{guess}”?" if guess else f" There {'are' if len(there) > 1 else 'is'} {_listed(there)}."


def _columns(declared: str) -> list[str]:
    return [part.split()[0].strip('"') for part in declared.split(",") if part.strip()]


def tables_of(task: Task) -> Mapping[str, Any]:
    """The tables of the first public test of a query."""
    tables = spread(task.part(public=True)[0].args[0])
    return tables if isinstance(tables, dict) else {}
