"""Runs programs of code questions against their cases, in one child process for many."""

import itertools
import json
import math
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from bot.bank.answers import Case, CodeAnswer, Compare
from bot.bank.literals import from_json

ROOT = Path(__file__).parents[2]
WHOLE_RUN = 300  # seconds, for everything that one child is given


@dataclass(frozen=True, slots=True)
class Trial:
    """One program of a question and the cases to hold it against."""

    name: str
    answer: CodeAnswer
    program: str
    cases: tuple[Case, ...]
    seconds: float  # for one case
    to_the_end: bool = True  # False: stop at the first case that fails


def verdicts(trials: Iterable[Trial]) -> dict[str, list[str]]:
    """For every trial the cases that failed and how; an empty list where the program is right."""
    asked = "\n".join(_written(trial) for trial in trials)
    child = [sys.executable, "-m", "tests.bank.judging"]
    ran = subprocess.run(child, input=asked, capture_output=True, text=True, cwd=ROOT, timeout=WHOLE_RUN, check=True)
    return dict(json.loads(line) for line in ran.stdout.splitlines())


def _written(trial: Trial) -> str:
    own = trial.answer.model_dump(mode="json", include={"entry_point", "compare"})
    cases = [case.model_dump(mode="json") for case in trial.cases]
    how = {"name": trial.name, "program": trial.program, "seconds": trial.seconds, "end": trial.to_the_end}
    return json.dumps(own | how | {"cases": cases})


def main() -> None:
    """The child: reads a trial a line, writes its name and failures a line."""
    signal.signal(signal.SIGALRM, _ring)
    out = sys.stdout
    with redirect_stdout(StringIO()):  # what programs print is not for us
        for line in sys.stdin:
            trial = json.loads(line)
            failed = _failures(trial)
            found = list(failed if trial["end"] else itertools.islice(failed, 1))
            out.write(json.dumps((trial["name"], found)) + "\n")


def _failures(trial: Mapping[str, Any]) -> Iterator[str]:
    space = namespace(trial["program"])
    for case in trial["cases"]:
        try:
            with _time_limit(trial["seconds"]):
                fault = _fault(space, trial, case)
        except _TimeIsUp:
            fault = "took too long"
        if fault:
            yield f"{case['why']}: {fault}"


def _fault(space: dict[str, Any], trial: Mapping[str, Any], case: Mapping[str, Any]) -> str:
    args = [spread(from_json(value), space.get("ListNode")) for value in case["args"]]
    nodes = [node for head in args for node in chain(head)]  # held here, so that no new node gets the id of an old one
    before = [None if consumed(value) else copied(value) for value in args]
    wanted = read_back(spread(from_json(case["expected"]), _Node))
    try:
        got = read_back(space[trial["entry_point"]](*args), of=nodes)
        right = same(got, wanted, Compare.model_validate(trial["compare"]))
    except Exception as error:  # whatever the program raises is its answer
        return "" if type(error).__name__ == case["error"] else f"raised {error!r:.200}"
    if case["error"]:
        return f"returned {got!r:.100} instead of {case['error']}"
    if not right:
        return f"gave {got!r:.200}, wanted {wanted!r:.200}"
    changed = any(was is not None and was != now for was, now in zip(before, args, strict=True))
    return "changed its arguments" if changed else ""


def namespace(program: str) -> dict[str, Any]:
    """The names that a program defines."""
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(program, "answer", "exec", dont_inherit=True), space)
    return space


class _Node:
    def __init__(self, val: object = None, next: object = None) -> None:
        self.val, self.next = val, next


def spread(value: Any, node: Callable[..., object] | None = None) -> Any:
    """A value of a case with its `$forms` written out."""
    match value:
        case {"$range": [int(a), int(b), *step]}:
            return list(range(a, b, *step))
        case {"$repeat": [part, int(count)]}:
            part = spread(part, node)
            return part * count if isinstance(part, str) else [copied(v) for _ in range(count) for v in part]
        case {"$concat": [first, *parts]}:
            whole = spread(first, node)
            for part in parts:
                whole = whole + spread(part, node)
            return whole
        case {"$iter": inner}:
            return iter(spread(inner, node))
        case {"$list": inner}:
            head = None
            for item in reversed(spread(inner, node)):
                assert node is not None, "the program defines no ListNode"
                head = node(item, head)
            return head
        case dict():
            return {key: spread(item, node) for key, item in value.items()}
        case list() | tuple():
            return [spread(item, node) for item in value]
    return value


def copied(value: Any) -> Any:
    """The value with lists and dicts of its own."""
    match value:
        case list():
            return [copied(item) for item in value]
        case dict():
            return {key: copied(item) for key, item in value.items()}
    return value


def consumed(value: Any) -> bool:
    """Whether an argument is there to be changed: an iterator that is read, a linked list that is re-linked."""
    match value:
        case list():
            return any(consumed(item) for item in value[:3])  # what stands in one list is of one kind
        case Iterator():
            return True
    return hasattr(value, "next")


def chain(head: object) -> Iterator[Any]:
    """The nodes of a linked list; none where the value is no such list."""
    seen: set[int] = set()
    while hasattr(head, "val") and hasattr(head, "next"):
        if id(head) in seen:
            raise ValueError("the list runs in a circle")
        seen.add(id(head))
        yield head
        head = head.next


def read_back(got: Any, *, of: list[Any] | None = None) -> Any:
    """A returned linked list or iterator as a list; `of` are the nodes that a linked list may consist of."""
    if hasattr(got, "val") and hasattr(got, "next"):
        found = list(chain(got))
        if of is not None and not set(map(id, found)) <= set(map(id, of)):
            raise ValueError("the list has nodes that were not given")
        return [node.val for node in found]
    return list(got) if isinstance(got, Iterator) else got


def same(got: Any, wanted: Any, compare: Compare) -> bool:
    """Whether a value is the wanted one: types count, floats have a tolerance in mode `approx`."""
    match wanted:
        case None | bool() | str():
            return type(got) is type(wanted) and got == wanted
        case int() | float() if compare.mode == "approx":
            return _is_number(got) and _near(float(got), float(wanted), compare)
        case int() | float():
            return type(got) is type(wanted) and (got == wanted or (got != got and wanted != wanted))
        case list() if compare.mode == "unordered":
            exact = Compare(nan=compare.nan)
            return isinstance(got, list | tuple | set) and _same_bag(list(got), wanted, exact)
        case list():
            is_list = isinstance(got, list | tuple) and len(got) == len(wanted)
            return is_list and all(same(a, b, compare) for a, b in zip(got, wanted, strict=True))
        case dict():
            is_dict = isinstance(got, dict) and got.keys() == wanted.keys()
            return is_dict and all(same(got[key], item, compare) for key, item in wanted.items())
    return bool(got == wanted)


def _same_bag(got: list[Any], wanted: list[Any], compare: Compare) -> bool:
    for item in wanted:
        at = next((n for n, one in enumerate(got) if same(one, item, compare)), None)
        if at is None:
            return False
        del got[at]
    return not got


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _near(got: float, wanted: float, compare: Compare) -> bool:
    if math.isnan(wanted) or math.isnan(got):
        return math.isnan(wanted) and math.isnan(got) and compare.nan == "equal"
    return math.isclose(got, wanted, rel_tol=compare.rel, abs_tol=compare.abs)


class _TimeIsUp(BaseException):
    pass


def _ring(*_signal: object) -> None:
    raise _TimeIsUp


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main()
