"""Holds an output against the wanted one; both are JSON as `values.encode` writes it, and neither is ever run.

May touch: the standard library, `values.py` and `task.py`.
"""

import json
import math
from collections import Counter
from typing import Any

from bot.judge.task import Rule
from bot.judge.values import encode, spread

MOST_PAIRED = 2_000  # rows of which each is looked for among all others
FEW_NODES = 10  # of a linked list that is written out
SHOWN = 300  # characters of a value that a member is shown


class Node:
    """A node of a linked list, as wanted values are made of."""

    def __init__(self, val: object = None, next: object = None) -> None:
        self.val, self.next = val, next


def wanted(expected: Any) -> Any:
    """The wanted value in the form in which outputs come: its `$forms` written out."""
    if isinstance(expected, list) and any(isinstance(one, dict) and "$error" in one for one in expected):
        return [{"e": one["$error"]} if isinstance(one, dict) and "$error" in one else wanted(one) for one in expected]
    if isinstance(expected, dict) and set(expected) == {"$list"}:
        return encode(spread(expected["$list"])) or None  # an empty linked list is None
    return encode(spread(expected, Node))


def same(got: Any, want: Any, rule: Rule) -> bool:
    """Whether an output is the wanted one: an iterator or a linked list counts as the list of what it gave."""
    got = _read_out(got)
    if rule.mode == "unordered" and isinstance(want, list):
        items = _items(got) if not (isinstance(got, dict) and "s" in got) else got["s"]
        return isinstance(items, list) and _same_bag(items, want, rule)
    return _same(got, want, rule)


def _read_out(got: Any) -> Any:
    for tag in ("g", "n"):
        if isinstance(got, dict) and isinstance(got.get(tag), list):
            return got[tag]
    return got


def parts_of(got: Any) -> Any:
    """The items of an output that is a list, or counts as one; anything else as it is."""
    return _items(_read_out(got))


def _items(got: Any) -> Any:
    return got["t"] if isinstance(got, dict) and "t" in got else got


def _same(got: Any, want: Any, rule: Rule) -> bool:
    if want is None or isinstance(want, bool | str):
        return type(got) is type(want) and bool(got == want)
    if isinstance(want, int | float):
        return _same_number(got, want, rule)
    if isinstance(want, list):
        items = _items(got)
        is_list = isinstance(items, list) and len(items) == len(want)
        return is_list and all(_same(a, b, rule) for a, b in zip(items, want, strict=True))
    if "d" in want:
        return isinstance(got, dict) and "d" in got and _same_pairs(got["d"], want["d"], rule)
    return _canonical(got) == _canonical(want)


def _same_number(got: Any, want: float, rule: Rule) -> bool:
    if rule.mode != "approx" and not (rule.mode == "unordered" and (rule.rel or rule.abs)):
        return type(got) is type(want) and (got == want or (got != got and want != want and rule.nan_equal))
    if isinstance(got, dict) and "is" in got:
        got = got["is"]  # numpy's float64 is a float
    if isinstance(got, bool) or not isinstance(got, int | float):
        return False
    try:
        a, b = float(got), float(want)
    except OverflowError:
        return bool(got == want)
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b) and rule.nan_equal
    return math.isclose(a, b, rel_tol=rule.rel, abs_tol=rule.abs)


def _same_pairs(got: Any, want: list[Any], rule: Rule) -> bool:
    if not isinstance(got, list) or len(got) != len(want):
        return False
    # By text, since a program may choose numbers that all fall on one place of a hash table.
    found = {_canonical(pair[0]): pair[1] for pair in got}
    return all(_canonical(key) in found and _same(found[_canonical(key)], value, rule) for key, value in want)


def _same_bag(got: list[Any], want: list[Any], rule: Rule) -> bool:
    if len(got) != len(want):
        return False
    left = list(got)
    if not (rule.rel or rule.abs):
        return Counter(map(_canonical, left)) == Counter(map(_canonical, want)) and (
            rule.nan_equal or "NaN" not in _canonical(want)
        )
    if len(want) > MOST_PAIRED:
        pairs = zip(sorted(left, key=_rough), sorted(want, key=_rough), strict=True)
        return all(_same(a, b, rule) for a, b in pairs)
    for item in want:
        at = next((n for n, one in enumerate(left) if _same(one, item, rule)), None)
        if at is None:
            return False
        del left[at]
    return True


def _canonical(value: Any) -> str:
    """The value as one text: the same for values that are equal and of one type; a tuple counts as a list."""
    if isinstance(value, dict) and "t" in value:
        value = value["t"]
    if isinstance(value, list):
        return f"[{','.join(map(_canonical, value))}]"
    if isinstance(value, dict) and "s" in value:
        return f"s[{','.join(sorted(map(_canonical, value['s'])))}]"
    if isinstance(value, dict) and "d" in value:
        pairs = sorted(f"{_canonical(k)}:{_canonical(v)}" for k, v in value["d"])
        return f"d[{','.join(pairs)}]"
    if isinstance(value, float) and value == 0:
        return "0.0"  # minus nothing is nothing
    return json.dumps(value)


def _rough(value: Any) -> tuple[str, ...]:
    """What to sort rows by so that nearly equal ones stand at the same place."""
    items = _items(value)
    row = items if isinstance(items, list) else [items]
    return tuple(f"{one:.6e}" if isinstance(one, float) else _canonical(one) for one in row)


# --- for people ---------------------------------------------------------------------------------------------------


def shown(value: Any, most: int = SHOWN) -> str:
    """An output as its member would write it in Python, or as much of it as fits."""
    parts: list[str] = []
    _write(value, parts, [most])
    text = "".join(parts)
    return text if len(text) <= most else text[: most - 1] + "…"


def shown_wanted(expected: Any) -> str:
    """What a case wants, as its member would write it in Python."""
    value = wanted(expected)
    linked = isinstance(expected, dict) and set(expected) == {"$list"}
    return shown({"n": value or []} if linked else value)


def _write(value: Any, parts: list[str], left: list[int]) -> None:
    if left[0] <= 0:
        return
    if isinstance(value, list):
        _write_row("[", value, "]", parts, left)
    elif isinstance(value, dict):
        _write_tagged(value, parts, left)
    else:
        piece = repr(value[: left[0] + 1] if isinstance(value, str) else value)
        parts.append(piece)
        left[0] -= len(piece)


def _write_row(start: str, items: list[Any], end: str, parts: list[str], left: list[int]) -> None:
    parts.append(start)
    for n, item in enumerate(items):
        if left[0] <= 0:
            break
        if n:
            parts.append(", ")
            left[0] -= 2
        _write(item, parts, left)
    parts.append(end)
    left[0] -= 2


def _write_tagged(value: dict[str, Any], parts: list[str], left: list[int]) -> None:
    match value:
        case {"t": list(items)}:
            _write_row("(", items, ",)" if len(items) == 1 else ")", parts, left)
        case {"s": list(items)}:
            # In one order, whatever the hashes of the run were.
            _write_row("{" if items else "set(", sorted(items, key=_canonical), "}" if items else ")", parts, left)
        case {"g": list(items)}:
            parts.append("an iterator that gave " if items else "an iterator that gave nothing")
            if items:
                _write_row("[", items, "]", parts, left)
        case {"n": list(items)}:
            _write_nodes(items, parts, left)
        case {"m": list(items)}:
            parts.append("nodes of its own, not those that were given: ")
            _write_nodes(items, parts, left)
        case {"d": list(pairs)}:
            _write_pairs(pairs, parts, left)
        case {"i": str(digits)}:
            parts.append(f"an integer of about {len(digits) * 5 // 4:,} digits")
        case {"b": str(digits)}:
            parts.append(repr(bytes.fromhex(digits[: 2 * max(left[0], 0)])))
        case {"e": name}:
            parts.append(f"raises {name}")
        case {"o": name, "is": inner}:
            parts.append(f"{name}(")
            _write(inner, parts, left)
            parts.append(")")
        case {"o": name}:
            parts.append(f"an object of type {name}")
        case _:
            parts.append("?")
    left[0] -= 8


def _write_nodes(items: list[Any], parts: list[str], left: list[int]) -> None:
    if len(items) > FEW_NODES:
        parts.append("a linked list of ")
        _write_row("[", items, "]", parts, left)
        return
    for n, item in enumerate(items):
        parts.append("ListNode(" if n == 0 else ", ListNode(")
        _write(item, parts, left)
    parts.append(")" * len(items) or "None")


def _write_pairs(pairs: list[Any], parts: list[str], left: list[int]) -> None:
    parts.append("{")
    for n, (key, item) in enumerate(pairs):
        if left[0] <= 0:
            break
        parts.append(", " if n else "")
        _write(key, parts, left)
        parts.append(": ")
        _write(item, parts, left)
    parts.append("}")
