"""Values on their way into and out of a sandbox: the JSON that tells types apart, and the `$forms` of cases.

It is sent into the sandbox before `guest.py`, so it imports the standard library alone.

An output is JSON in which None, truths, numbers, texts and lists stand for themselves, and an object has one key that
names what it is: t tuple, s set, d pairs of a dict, i a long integer in hexadecimal, b bytes, g what an iterator gave,
n the values of a linked list, m the same with nodes that were not given, e an error, o anything else by its type.
"""

import hashlib
import itertools
import json
import marshal
import random
from collections.abc import Callable, Iterator
from typing import Any

MOST_VALUES = 300_000  # in one output; the longest that a case of the bank wants has 200,000
LONGEST_TEXT = 400_000  # characters of one text in an output
DEEPEST = 100
LONGEST_INT = 10**4000  # beyond it Python refuses to write decimal digits
PLAIN = {int, str, bool, float, type(None)}


class TooMuch(Exception):
    """An output that is too large or too deep to be looked at."""


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
