"""A program is judged case by case, and nothing of a hidden case comes out."""

import builtins
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.judge.judging import decide, judge, prepare
from bot.judge.runner import Reply, Runner
from bot.judge.task import Fate, Growth, Outcome, Refused, Rule, Shape, Task, Verdict
from tests.judge.forger import Forger
from tests.judge.tasks import DOUBLE, case, task


async def test_a_right_program_passes_with_time_and_memory(bwrap: Runner) -> None:
    verdict = await judge(bwrap, DOUBLE, "def f(x):\n    return 2 * x")
    assert (verdict.right, verdict.passed, verdict.share) == (True, 4, 1.0)
    assert verdict.seconds > 0
    assert 5 < verdict.memory_mb < 128
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


async def test_the_first_public_failure_has_input_wanted_and_got(bwrap: Runner) -> None:
    verdict = await judge(bwrap, DOUBLE, "def f(x):\n    print('looking')\n    return x + 2")
    failure = verdict.first_failure(public=True)
    assert failure is not None
    assert (failure.called, failure.wanted, failure.got, failure.printed) == ("f(3)", "6", "5", "looking\n")
    assert verdict.passed == 1


async def test_hidden_failures_say_why_and_the_type_of_error_alone(bwrap: Runner) -> None:
    program = "def f(x):\n    if x > 4:\n        print(x)\n        raise KeyError(f'seen {x}')\n    return 2 * x"
    verdict = await judge(bwrap, DOUBLE, program)
    failure = verdict.first_failure(public=False)
    assert failure is not None
    assert (failure.fate, failure.error, failure.why) == (Fate.raised, "KeyError", "a case")
    assert (failure.called, failure.wanted, failure.got, failure.printed) == ("", "", "", "")
    assert "seen" not in json.dumps(verdict.to_json())


@pytest.mark.parametrize("error", ["type(f'E{x}', (Exception,), {})()", "[LookupError, BufferError][x % 2]"])
async def test_an_error_that_could_be_chosen_by_its_input_has_no_name_in_a_hidden_case(
    bwrap: Runner, error: str
) -> None:
    program = f"def f(x):\n    if x > 4:\n        raise {error}\n    return 2 * x"
    failure = (await judge(bwrap, DOUBLE, program)).first_failure(public=False)
    assert failure is not None
    assert failure.error == "another kind of error"


def test_a_hidden_case_can_end_in_no_more_ways_than_docs_judge_md_counts() -> None:
    """Each way is something that a program may choose by what it has seen: 21 are 4.4 bits for a case."""
    hidden = prepare(case(5, gives=10, public=False), Shape.function)
    names = [name for name, kind in vars(builtins).items() if isinstance(kind, type)] + ["Own", "not a name"]
    said: list[dict[str, Any]] = [{"error": [name], "message": name} for name in names]
    said += [{"got": n, "args": mark} for n in (10, 11) for mark in (hidden.digest, "other")]
    ways = [decide(hidden, Reply(one, 0.1), DOUBLE) for one in [*said, {}, {"large": True}]]
    ways += [Outcome(hidden.case.why, False, fate) for fate in Fate]  # those in which the guest is killed, or not asked
    assert len({(one.fate, one.error) for one in ways} - {(Fate.raised, "")}) == 21
    assert {(one.called, one.wanted, one.got, one.printed, one.differs) for one in ways} == {("",) * 5}


class Slow(Forger):
    """Takes longer, and holds more, from the moment on in which it sees a 5."""

    seen = False

    async def ask(self, order: Mapping[str, Any], *, seconds: float) -> Reply:
        self.seen = self.seen or order.get("args") == [5]
        return replace(await super().ask(order, seconds=seconds), seconds=0.3437 if self.seen else 0.0123)

    async def close(self) -> float:
        return 57.3 if self.seen else 12.1


async def test_what_a_program_takes_for_hidden_cases_is_told_in_large_steps_until_all_are_right() -> None:
    def public_and(hidden: int, gives: int) -> Task:
        return task(case([2], gives=7, public=True), case(hidden, gives=gives, public=False), shape=Shape.sql)

    told = {}
    for hidden, gives in ((5, 8), (6, 8), (5, 7)):
        verdict = await judge(Slow({"got": 7}), public_and(hidden, gives), "…")
        told[hidden, gives] = (verdict.right, verdict.seconds, verdict.memory_mb)
    assert told == {(5, 8): (False, 0.3, 60), (6, 8): (False, 0.0123, 12.1), (5, 7): (True, 0.3437, 57.3)}


async def test_what_public_cases_have_seen_is_gone_in_the_hidden_ones(bwrap: Runner) -> None:
    program = "seen = []\ndef f(x):\n    seen.append(x)\n    return 2 * x if len(seen) <= 2 else None"
    assert (await judge(bwrap, DOUBLE, program)).right


@pytest.mark.parametrize(
    ("program", "refused", "said"),
    [
        ("  \n", Refused.empty, ""),
        ("def f(x)\n    return 1", Refused.syntax, "line 1"),
        ("def f(x):\n\treturn 1\0", Refused.syntax, "null"),
        ("def g(x):\n    return 1", Refused.entry, "g"),
        ("1 / 0", Refused.raised, "ZeroDivisionError"),
        ("import sys\nsys.exit()", Refused.raised, "SystemExit"),
        ("import os\nos._exit(0)", Refused.ended, ""),
        ("x" * 30_000, Refused.too_long, "30,000"),
    ],
)
async def test_what_cannot_be_called_is_refused_with_the_reason(
    bwrap: Runner, program: str, refused: Refused, said: str
) -> None:
    verdict = await judge(bwrap, DOUBLE, program)
    assert verdict.refused is refused
    assert said in verdict.said
    assert not verdict.right
    assert verdict.share == 0


async def test_after_a_case_that_kills_the_guest_the_others_run_all_the_same(bwrap: Runner) -> None:
    quick = task(*(case(n, gives=n) for n in range(4)), seconds=0.3)
    program = "import os\ndef f(x):\n    if x == 1:\n        os._exit(3)\n    while x == 2:\n        pass\n    return x"
    verdict = await judge(bwrap, quick, program)
    assert [one.fate for one in verdict.outcomes] == [Fate.passed, Fate.ended, Fate.too_slow, Fate.passed]


async def test_memory_is_bounded(bwrap: Runner) -> None:
    verdict = await judge(bwrap, DOUBLE, "def f(x):\n    return len(bytearray(10**9)) and 2 * x")
    assert {one.fate for one in verdict.outcomes} == {Fate.too_large}


async def test_changed_arguments_are_a_failure(bwrap: Runner) -> None:
    verdict = await judge(bwrap, task(case([3, 1], gives=[1, 3])), "def f(x):\n    x.sort()\n    return x")
    assert [one.fate for one in verdict.outcomes] == [Fate.changed]


async def test_weights_make_the_share(bwrap: Runner) -> None:
    weighed = task(case(1, gives=1, weight=3), case(2, gives=9, public=False))
    verdict = await judge(bwrap, weighed, "def f(x):\n    return x")
    assert (verdict.right, verdict.share) == (False, 0.75)


# --- kinds of problem ---------------------------------------------------------------------------------------------


async def test_a_change_in_place_is_looked_at_instead_of_the_result(bwrap: Runner) -> None:
    sort = task(case([3, 1, 2], gives=[1, 2, 3]), shape=Shape.in_place)
    assert (await judge(bwrap, sort, "def f(x):\n    x.sort()")).right
    assert not (await judge(bwrap, sort, "def f(x):\n    return sorted(x)")).right


CACHE = """
from collections import OrderedDict

class Cache:
    def __init__(self, size):
        self.size, self.kept = size, OrderedDict()
    def get(self, key):
        self.kept.move_to_end(key)
        return self.kept[key]
    def put(self, key, value):
        self.kept[key] = value
        self.kept.move_to_end(key)
        if len(self.kept) > self.size:
            self.kept.popitem(last=False)
    def keys(self):
        yield from self.kept
"""


async def test_a_class_has_its_methods_called_in_sequence(bwrap: Runner) -> None:
    calls = [["put", "a", 1], ["put", "b", 2], ["get", "a"], ["put", "c", 3], ["get", "b"], ["keys"]]
    wanted = [None, None, 1, None, {"$error": "KeyError"}, ["a", "c"]]
    cache = task(case([2], *calls, gives=wanted), entry_point="Cache", shape=Shape.of_class)
    assert (await judge(bwrap, cache, CACHE)).right
    failure = (await judge(bwrap, cache, CACHE.replace("last=False", "last=True"))).first_failure(public=True)
    assert failure is not None
    assert failure.fate is Fate.wrong


async def test_a_generator_is_read_out(bwrap: Runner) -> None:
    assert (await judge(bwrap, task(case(3, gives=[0, 1, 2])), "def f(n):\n    yield from range(n)")).right


async def test_a_generator_of_random_numbers_is_handed_in(bwrap: Runner) -> None:
    import random

    drawn = random.Random(7).random()
    drawing = task(case({"$rng": 7}, gives=drawn), rule=Rule("approx", rel=1e-12))
    assert (await judge(bwrap, drawing, "def f(rng):\n    return rng.random()")).right


TABLES = {
    "orders": {"columns": "id integer, who text, paid real", "rows": [[1, "a", 2.5], [2, "b", 1.0], [3, "a", 4.0]]}
}


@pytest.mark.parametrize(
    ("mode", "query", "right"),
    [
        ("exact", "select who, sum(paid) from orders group by who order by who", True),
        ("exact", "select who, sum(paid) from orders group by who order by who desc", False),
        ("unordered", "select who, sum(paid) from orders group by who order by who desc", True),
        ("unordered", "select who, max(paid) from orders group by who", False),
        ("exact", "select nothing from nowhere", False),
    ],
)
async def test_a_query_is_run_on_tables_in_memory(bwrap: Runner, mode: str, query: str, right: bool) -> None:
    asked = task(case(TABLES, gives=[["a", 6.5], ["b", 1.0]]), shape=Shape.sql, rule=Rule(mode))
    assert (await judge(bwrap, asked, query)).right is right


async def test_rows_are_dicts_where_there_is_no_pandas(bwrap: Runner) -> None:
    frame = {"$frame": {"columns": ["a", "b"], "rows": [[1, 2], [3, 4]]}}
    program = "def f(rows):\n    return [row['b'] for row in rows]"
    assert (await judge(bwrap, task(case(frame, gives=[2, 4])), program)).right


# --- growth -------------------------------------------------------------------------------------------------------

PAIRS = Growth("n", (1_000, 2_000, 4_000), ({"$range": [0, {"$n": 1}]},))


@pytest.mark.slow
async def test_a_slow_way_is_told_in_words_and_stays_right(bwrap: Runner) -> None:
    growing = task(case([1, 2], gives=False), growth=PAIRS, seconds=4)
    slow = "def f(x):\n    return any(x[a] == x[b] for a in range(len(x)) for b in range(a))"
    verdict = await judge(bwrap, growing, slow)
    assert verdict.right
    assert "O(n^2)" in verdict.grows
    assert "a better way exists" in verdict.grows


async def test_nothing_is_said_of_growth_where_a_case_fails(bwrap: Runner) -> None:
    verdict = await judge(bwrap, task(case([1, 2], gives=False), growth=PAIRS), "def f(x):\n    return True")
    assert verdict.grows == ""
