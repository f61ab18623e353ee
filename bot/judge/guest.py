"""What runs inside the sandbox beside a member's program: it hands inputs in and outputs out, and decides nothing.

The program shares this interpreter, so it can read and change everything here. Therefore nothing secret comes in: no
wanted value, no hidden case before its turn, no verdict. The text of this module is what is sent into a sandbox, so it
imports the standard library alone. It also runs outside, where wanted values are written in the same way.

An output is JSON in which None, truths, numbers, texts and lists stand for themselves, and an object has one key that
names what it is: t tuple, s set, d pairs of a dict, i a long integer in hexadecimal, b bytes, g what an iterator gave,
n the values of a linked list, m the same with nodes that were not given, e an error, o anything else by its type.
"""

import contextlib
import gc
import hashlib
import io
import itertools
import json
import marshal
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

MOST_VALUES = 300_000  # in one output; the longest that a case of the bank wants has 200,000
LONGEST_TEXT = 400_000  # characters of one text in an output
DEEPEST = 100
LONGEST_INT = 10**4000  # beyond it Python refuses to write decimal digits
SHOWN = 2_000  # characters of what a case printed
PLAIN = {int, str, bool, float, type(None)}

Talk = Callable[[str | None], str]
"""Sends a line, if any, and gives the next one that comes in; empty at the end."""


class TooMuch(Exception):
    """An output that is too large or too deep to be looked at."""


# --- values -------------------------------------------------------------------------------------------------------


def encode(value: Any, deep: int = 0, left: list[int] | None = None) -> Any:
    """The value as JSON that tells types apart; raises `TooMuch`."""
    left = [MOST_VALUES] if left is None else left
    left[0] -= 1
    if deep > DEEPEST or left[0] < 0:
        raise TooMuch
    kind = type(value)
    if kind is int and not -LONGEST_INT < value < LONGEST_INT:
        return {"i": f"{value:x}"}
    if kind is str and len(value) > LONGEST_TEXT:
        raise TooMuch
    if kind in PLAIN:
        return value
    if isinstance(value, list):
        return _list(value, deep, left)
    if isinstance(value, tuple):
        return {"t": _list(tuple.__iter__(value), deep, left)}
    if isinstance(value, dict):
        return {"d": [[encode(k, deep + 1, left), encode(v, deep + 1, left)] for k, v in dict.items(value)]}
    if isinstance(value, (set, frozenset)):
        return {"s": _list(iter(list(value)), deep, left)}
    return _strange(value, deep, left)


def _list(items: Any, deep: int, left: list[int]) -> list[Any]:
    if type(items) is list and len(items) > 8 and _stands_for_itself(items):
        left[0] -= len(items)
        if left[0] < 0:
            raise TooMuch
        return items
    return [encode(item, deep + 1, left) for item in items]


def _stands_for_itself(items: list[Any]) -> bool:
    kinds: set[type] = set(map(type, items))
    if kinds <= {int, bool}:
        return bool(min(items) > -LONGEST_INT and max(items) < LONGEST_INT)
    return kinds <= {float, bool, type(None)}


# By the builtin types' own methods, since a subclass may say anything of itself.
_PLAINLY: dict[type, Callable[[Any], Any]] = {
    float: lambda value: float.__add__(value, 0.0),
    int: lambda value: int.__add__(value, 0),
    str: lambda value: str.__add__(value, ""),
}


def _strange(value: Any, deep: int, left: list[int]) -> Any:
    if isinstance(value, (bytes, bytearray)):
        if len(value) > LONGEST_TEXT:
            raise TooMuch
        return {"b": bytes(value).hex()}
    if isinstance(value, (float, int, str)):  # a subclass, such as numpy's float64 or an enumeration
        plain = float if isinstance(value, float) else int if isinstance(value, int) else str
        inner = encode(_PLAINLY[plain](value), deep + 1, left)
        return {"o": type(value).__name__[:80], "is": inner}
    if isinstance(value, Iterator):
        return {"g": _list(itertools.islice(value, left[0] + 1), deep, left)}
    if type(value).__module__.split(".")[0] in {"numpy", "pandas"}:
        return _of_science(value, deep, left)
    return {"o": type(value).__name__[:80]}


def _of_science(value: Any, deep: int, left: list[int]) -> Any:
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return encode(value.to_dict("records"), deep + 1, left)
    if hasattr(value, "tolist"):
        return encode(value.tolist(), deep + 1, left)
    return {"o": type(value).__name__[:80]}


def decode(value: Any) -> Any:
    """The value of a case that `encode` was given: plain values, lists and dicts."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        if "i" in value:
            return int(value["i"], 16)
        return {decode(k): decode(v) for k, v in value["d"]}
    return value


def spread(value: Any, node: Callable[..., object] | None = None) -> Any:
    """A value of a case with its `$forms` written out."""
    if isinstance(value, (list, tuple)):
        return [spread(item, node) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, inner)] = value.items()
        form = _FORMS.get(name) if isinstance(name, str) else None
        if form is not None:
            return form(inner, node)
    return {key: spread(item, node) for key, item in value.items()}


def _repeat(inner: Any, node: Any) -> Any:
    part = spread(inner[0], node)
    return part * inner[1] if isinstance(part, str) else [copied(v) for _ in range(inner[1]) for v in part]


def _concat(inner: Any, node: Any) -> Any:
    whole = spread(inner[0], node)
    for part in inner[1:]:
        whole = whole + spread(part, node)
    return whole


def _linked(inner: Any, node: Any) -> Any:
    head = None
    for item in reversed(spread(inner, node)):
        if node is None:
            raise NameError("the program defines no ListNode")
        head = node(item, head)
    return head


def _frame(inner: Any, node: Any) -> Any:
    columns, rows = inner["columns"], spread(inner["rows"], node)
    try:
        import pandas  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return [dict(zip(columns, row, strict=True)) for row in rows]
    return pandas.DataFrame(rows, columns=columns)


_FORMS: dict[str, Callable[[Any, Any], Any]] = {
    "$range": lambda inner, node: list(range(*inner)),
    "$repeat": _repeat,
    "$concat": _concat,
    "$iter": lambda inner, node: iter(spread(inner, node)),
    "$list": _linked,
    "$rng": lambda inner, node: random.Random(inner),
    "$frame": _frame,
}


def copied(value: Any) -> Any:
    """The value with lists and dicts of its own."""
    if isinstance(value, list):
        return [copied(item) for item in value]
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def consumed(value: Any) -> bool:
    """Whether an argument is there to be changed: an iterator, a linked list, a generator of random numbers."""
    if isinstance(value, list):
        return any(consumed(item) for item in value[:3])  # what stands in one list is of one kind
    return isinstance(value, (Iterator, random.Random)) or hasattr(value, "next")


def chain(head: Any) -> Iterator[Any]:
    """The nodes of a linked list; none where the value is no such list."""
    seen: set[int] = set()
    while hasattr(head, "val") and hasattr(head, "next"):
        if id(head) in seen or len(seen) > MOST_VALUES:
            raise TooMuch
        seen.add(id(head))
        yield head
        head = head.next


def digest(args: list[Any]) -> str:
    """A short mark of arguments as they are now; the same again where nothing in them has changed."""
    kept = [None if consumed(arg) else arg for arg in args]
    try:
        written = marshal.dumps(kept, 2)  # plain values alone, told apart by type, the same in every Python
    except ValueError:
        written = json.dumps(encode(kept, 0, [50 * MOST_VALUES])).encode()
    return hashlib.blake2b(written, digest_size=12).hexdigest()


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


def _call_sql(program: Any, args: list[Any]) -> tuple[Any, float]:
    import sqlite3

    database = sqlite3.connect(":memory:")
    for table, has in args[0].items():
        database.execute(f'create table "{table}" ({has["columns"]})')
        for row in has["rows"]:
            database.execute(f'insert into "{table}" values ({",".join("?" * len(row))})', row)
    start = time.process_time()
    rows = database.execute(program).fetchmany(MOST_VALUES)
    return encode([list(row) for row in rows]), time.process_time() - start


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
    if not callable(space.get(order["entry_point"])):
        return {"failed": "entry", "defined": _defined(space)}, None, None
    return {"loaded": True}, space[order["entry_point"]], space.get("ListNode")


def _defined(space: dict[str, Any]) -> list[str]:
    return [str(name)[:60] for name, value in space.items() if callable(value) and str(name)[:1] != "_"][:5]


def _told(error: BaseException) -> dict[str, Any]:
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
    """The text of this module, to be run in a sandbox."""
    with open(__file__, encoding="utf-8") as file:
        return file.read()


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
