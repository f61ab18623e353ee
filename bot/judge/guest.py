"""What runs inside the sandbox beside a member's program: it hands inputs in and outputs out, and decides nothing.

The program shares this interpreter, so it can read and change everything here. Therefore nothing secret comes in: no
wanted value, no hidden case before its turn, no verdict. What is sent into a sandbox is the text of `values.py` and of
this module, so they import the standard library alone.
"""

import contextlib
import gc
import io
import itertools
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bot.judge import values
from bot.judge.values import MOST_VALUES, TooMuch, chain, decode, digest, encode, spread

SHOWN = 2_000  # characters of what a case printed

Talk = Callable[[str | None], str]
"""Sends a line, if any, and gives the next one that comes in; empty at the end."""


# --- calls, timed by the processor, since growth is told from it on machines that do other things as well -------------


def _returned(got: Any, nodes: list[Any]) -> Any:
    if hasattr(got, "val") and hasattr(got, "next"):
        found = list(chain(got))
        given = set(map(id, nodes))
        return {"n" if all(id(node) in given for node in found) else "m": [encode(node.val) for node in found]}
    return encode(got)


def _call_function(program: Any, args: list[Any]) -> tuple[Any, float]:
    nodes = [node for head in args for node in chain(head)]  # held, so that no new node gets the id of an old one
    start = time.process_time()
    got = program(*args)
    if isinstance(got, Iterator):  # a generator has done nothing yet
        given = encode(got)
        return given, time.process_time() - start
    seconds = time.process_time() - start
    return _returned(got, nodes), seconds


def _call_in_place(program: Any, args: list[Any]) -> tuple[Any, float]:
    start = time.process_time()
    program(*args)
    seconds = time.process_time() - start
    return encode(args[0]), seconds


def _call_class(program: Any, args: list[Any]) -> tuple[Any, float]:
    start = time.process_time()
    made, results = program(*args[0]), []
    for name, *given in args[1:]:
        try:
            got = getattr(made, name)(*given)
            results.append({"o": type(made).__name__[:80]} if got is made else _read_out(got))
        except Exception as error:
            results.append({"e": type(error).__name__[:80]})
    return results, time.process_time() - start


def _read_out(got: Any) -> Any:
    return encode(list(itertools.islice(got, MOST_VALUES)) if isinstance(got, Iterator) else got)


class NoQuery(Exception):
    """A text that the database does not take as a query on its tables; `at` is the line and the character, if known."""

    def __init__(self, message: str, at: list[int]) -> None:
        super().__init__(message)
        self.at = at


def _call_sql(program: Any, args: list[Any]) -> tuple[Any, float]:
    import sqlite3

    database = sqlite3.connect(":memory:")
    for table, has in args[0].items():
        database.execute(f'create table "{table}" ({has["columns"]})')
        for row in has["rows"]:
            database.execute(f'insert into "{table}" values ({",".join("?" * len(row))})', row)
    try:
        database.execute(f"explain {program}")  # which reads it, and runs nothing of it
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise NoQuery(str(error), _where(database, program, str(error))) from None
    start = time.process_time()
    rows = database.execute(program).fetchmany(MOST_VALUES)
    return encode([list(row) for row in rows]), time.process_time() - start


def _where(database: Any, query: str, message: str) -> list[int]:
    """Where a query stops being one: behind the first place up to which the database says the same of it."""
    named = re.match(r'near "(.+)": syntax error$|unrecognized token: "(.+)"$', message, re.DOTALL)
    if named is None:
        return []
    for hit in itertools.islice(re.finditer(re.escape(named[1] or named[2]), query), 200):
        try:
            database.execute(f"explain {query[: hit.end()]}")
        except Exception as error:
            if str(error) == message:
                before = query[: hit.start()]
                return [before.count("\n") + 1, len(before) - before.rfind("\n")]
    return []


_SHAPES = {"function": _call_function, "in-place": _call_in_place, "class": _call_class, "sql": _call_sql}


class _Printed(io.TextIOBase):
    """Keeps the beginning of what is printed, and forgets the rest."""

    def __init__(self) -> None:
        self.kept = ""

    def write(self, text: str) -> int:
        if len(self.kept) < SHOWN:
            self.kept += text[: SHOWN - len(self.kept)]
        return len(text)


def _load(order: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """Run the program's text; gives what to say, the entry point, and the program's list node."""
    if order["shape"] == "sql":
        return {"loaded": True}, order["program"], None
    space: dict[str, Any] = {"__name__": "answer"}
    try:
        code = compile(order["program"], "answer", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        told = {"line": getattr(error, "lineno", None), "message": str(getattr(error, "msg", error))[:200]}
        return {"failed": "syntax", **told}, None, None
    try:
        exec(code, space)
    except BaseException as error:
        return {"failed": "raised", **_told(error)}, None, None
    entry = space.get(order["entry_point"])
    if not callable(entry):
        there = type(entry).__name__[:80] if order["entry_point"] in space else ""
        return {"failed": "entry", "defined": _defined(space), "is": there}, None, None
    told = {"loaded": True, "methods": _methods(entry)} if order["shape"] == "class" else {"loaded": True}
    return told, entry, space.get("ListNode")


def _defined(space: dict[str, Any]) -> list[str]:
    """The functions and classes of the program's own, and the methods of those classes."""
    own = [(str(name)[:60], value) for name, value in list(space.items()) if _is_own(value)]
    inside = [f"{name}.{method}" for name, value in own if isinstance(value, type) for method in _methods(value)]
    return [*(name for name, _ in own if name[:1] != "_"), *inside][:20]


def _is_own(value: Any) -> bool:
    try:
        return callable(value) and value.__module__ == "answer"
    except BaseException:
        return False


def _methods(of: Any) -> list[str]:
    try:
        return [str(name)[:60] for name in dir(of) if str(name)[:1] != "_"][:50]
    except BaseException:
        return []


def _told(error: BaseException) -> dict[str, Any]:
    if type(error) is NoQuery:
        return {"error": ["OperationalError"], "message": str(error)[:300], "at": error.at}
    try:
        message = str(error)[:300]
    except BaseException:
        message = ""
    return {"error": [kind.__name__[:80] for kind in type(error).__mro__[:8]], "message": message}


def _run(order: dict[str, Any], program: Any, node: Any) -> dict[str, Any]:
    printed = _Printed()
    told: dict[str, Any] = {}
    try:
        args = [spread(decode(arg), node) for arg in order["args"]]
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                got, seconds = _SHAPES[order["shape"]](program, args)
                told = {"got": got, "seconds": seconds}
            except TooMuch:
                told = {"large": True}
            except BaseException as error:
                told = _told(error)
            if order["shape"] == "function":
                told["args"] = digest(args)
    except BaseException as error:
        told = _told(error)
    told["printed"] = printed.kept
    return told


def serve(talk: Talk, limit: Callable[[dict[str, Any]], None]) -> None:
    """Take one program and its inputs, one after another, and give each output under the marker of this run."""
    order = json.loads(talk(None) or "null")
    if order is None:
        return
    limit(order)
    marker = order["marker"]
    with contextlib.redirect_stdout(_Printed()), contextlib.redirect_stderr(_Printed()):
        told, program, node = _load(order)
    while line := talk(marker + _written(told)):
        told = _run({**json.loads(line), "shape": order["shape"]}, program, node)
        gc.collect(0)


def _written(told: dict[str, Any]) -> str:
    try:
        return json.dumps(told)
    except BaseException:
        return json.dumps({"large": True})


def text() -> str:
    """The text of `values.py` and of this module as one, to be run in a sandbox where there are no modules."""
    from pathlib import Path

    own = Path(__file__).read_text("utf-8")
    return f"{Path(values.__file__).read_text('utf-8')}\n\n{_OF_THE_HOUSE.sub('', own)}"


_OF_THE_HOUSE = re.compile(r"^from bot\..*\n", re.MULTILINE)


# --- as a process in a sandbox ------------------------------------------------------------------------------------


def _limit(order: dict[str, Any]) -> None:
    import resource

    for name, most in order["limits"].items():
        resource.setrlimit(getattr(resource, name), (most, most))


def main() -> None:
    """Speak through standard input and output; whatever the program writes there goes to standard error instead."""
    import os

    lines, out = os.fdopen(os.dup(0), "rb"), os.dup(1)
    os.dup2(2, 1)
    os.close(0)

    def talk(said: str | None) -> str:
        if said is not None:
            whole = memoryview(said.encode() + b"\n")
            while whole:
                whole = whole[os.write(out, whole) :]
        return lines.readline().decode()

    sys.setswitchinterval(0.005)
    serve(talk, _limit)


if __name__ == "__main__":
    main()
