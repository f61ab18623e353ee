"""Reads the programs, cases and queries that interviewers find in kits, so that a test can run what they promise.

The interviewer's part has them in a fixed wording: programs in fences of three backticks, cases as
`call` gives `value` or `call` raises `Error`, repairs as `old` becomes `new`, and queries in fences
that are followed by Returns `rows`.
"""

import ast
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from bot.bank.schema import Kit

_FENCE = re.compile(r"```(python|sql)\n(.*?)```", re.DOTALL)
_CASE = re.compile(r"^`([^`]+)` (gives|raises) `([^`]+)`")
_REPAIR = re.compile(r"^`([^`]+)` becomes `([^`]+)`")
_QUERY = re.compile(r"```sql\n(.*?)```\s*Returns `([^`]+)`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """A call, and the value or the name of the error that the kit promises for it."""

    text: str
    wanted: str
    raises: bool


def briefs(kit: Kit, name: str) -> str:
    """The passages of the interviewer's part whose names begin with `name`, one after the other."""
    parts = (part for key, part in kit.brief_interviewer.items() if key.startswith(name))
    return "\n".join(part if isinstance(part, str) else "\n".join(part) for part in parts)


def fenced(text: str, language: str) -> str:
    """The fenced programs of one language, joined."""
    return "\n".join(program for found, program in _FENCE.findall(text) if found == language)


def calls(kit: Kit, name: str) -> list[Call]:
    """The cases listed under a name of the interviewer's part."""
    found = []
    for text in kit.brief_interviewer.get(name, ()):
        case = _CASE.match(text)
        assert case, f"{kit.id}: a case is not written as `call` gives `value`: {text:.60}"
        found.append(Call(case[1], case[3], case[2] == "raises"))
    return found


def repaired(kit: Kit, program: str) -> str:
    """A faulty program after every repair that the interviewer's part lists; each old line stands in it once."""
    for text in kit.brief_interviewer.get("repairs", ()):
        repair = _REPAIR.match(text)
        assert repair, f"{kit.id}: a repair is not written as `old` becomes `new`: {text:.60}"
        assert program.count(repair[1]) == 1, f"{kit.id}: `{repair[1]}` stands {program.count(repair[1])} times"
        program = program.replace(repair[1], repair[2])
    return program


def outcome(program: str, call: str) -> tuple[object, str | None]:
    """What a call returns after the program has run, or the name of what it raises."""
    names: dict[str, object] = {}
    exec(compile(program, "kit", "exec"), names)
    try:
        return eval(call, names), None
    except Exception as error:  # the kit promises the error's name, whichever it is
        return None, type(error).__name__


def alike(got: object, wanted: object) -> bool:
    """Whether two values are the same, numbers within 1e-5, a list and a tuple of the same entries included."""
    if isinstance(got, bool) or isinstance(wanted, bool) or got is None or wanted is None or isinstance(got, str):
        return type(got) is type(wanted) and got == wanted
    if isinstance(got, int | float) and isinstance(wanted, int | float):
        return abs(got - wanted) <= 1e-5 * max(1.0, abs(wanted))
    if isinstance(got, list | tuple) and isinstance(wanted, list | tuple):
        return len(got) == len(wanted) and all(alike(a, b) for a, b in zip(got, wanted, strict=True))
    if isinstance(got, dict) and isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(alike(got[key], wanted[key]) for key in wanted)
    return got == wanted


def queries(kit: Kit) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Every query of the interviewer's part with the rows that it promises."""
    for name in kit.brief_interviewer:
        for query, rows in _QUERY.findall(briefs(kit, name)):
            yield query, ast.literal_eval(rows)


def rows_of(kit: Kit, query: str) -> list[tuple[object, ...]]:
    """What SQLite returns for a query on the tables of the candidate's brief."""
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(fenced(kit.brief_candidate, "sql"))
        return database.execute(query).fetchall()
    finally:
        database.close()
