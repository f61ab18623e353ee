"""What a guest says under its marker may be anything at all: it is cut and cleaned before anybody is shown it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.judge.judging import LONGEST_SAID, MOST_PRINTED, judge
from bot.judge.runner import LONGEST_LINE, Runner, is_crowded
from bot.judge.task import Fate, Outcome, Refused, Shape
from bot.judge.values import MOST_VALUES, encode
from tests.judge.forger import Forger
from tests.judge.tasks import DOUBLE, case, task

FLOOD = "x" * 300_000
DEEP: list[Any] = []
for _ in range(5_000):
    DEEP = [DEEP]


async def failure(said: Mapping[str, Any]) -> Outcome:
    """The first public failure of a program whose guest says this to every case."""
    found = (await judge(Forger(said), DOUBLE, "…")).first_failure(public=True)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("loaded", "refused"),
    [
        ({"failed": "syntax", "line": 1, "message": FLOOD}, Refused.syntax),
        ({"failed": "syntax", "line": 10**4000, "message": DEEP}, Refused.syntax),
        ({"failed": "entry", "defined": [FLOOD, DEEP, *["f"] * 100_000]}, Refused.entry),
        ({"failed": "raised", "error": [FLOOD], "message": FLOOD}, Refused.raised),
        ({"failed": "raised", "error": ["E"], "message": DEEP}, Refused.raised),
    ],
)
async def test_a_forged_reason_is_as_short_as_an_honest_one(loaded: Mapping[str, Any], refused: Refused) -> None:
    verdict = await judge(Forger(loaded=loaded), DOUBLE, "…")
    assert verdict.refused is refused
    assert len(verdict.said) <= LONGEST_SAID


@pytest.mark.parametrize(
    "said",
    [
        {"error": [FLOOD], "message": FLOOD, "printed": FLOOD},
        {"error": ["E"], "message": DEEP, "printed": DEEP},
        {"got": FLOOD, "args": DEEP, "printed": {"a": DEEP}},
    ],
)
async def test_a_forged_failure_is_as_short_as_an_honest_one(said: Mapping[str, Any]) -> None:
    found = await failure(said)
    assert len(found.error) <= 80
    assert max(len(found.got), len(found.printed)) <= MOST_PRINTED


ODD = "a\0b\ud800c\u202ed\x1be\r\n\tf\u2067g"
SHOWN = "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd\n\tf\ufffdg"


async def test_what_steers_or_cannot_be_kept_is_shown_as_a_mark() -> None:
    assert (await failure({"got": 0, "printed": ODD})).printed == SHOWN
    assert (await failure({"error": ["E"], "message": ODD})).got == f"raises E: {SHOWN}"
    assert (await failure({"got": {"o": ODD}})).got == f"an object of type {SHOWN}"
    told = {"failed": "syntax", "line": None, "message": ODD}
    assert (await judge(Forger(loaded=told), DOUBLE, "…")).said == SHOWN
    named = await judge(Forger(loaded={"failed": "entry", "defined": [ODD, "F", 3], "is": ODD}), DOUBLE, "…")
    assert SHOWN in named.said
    raised = await judge(Forger(loaded={"failed": "raised", "error": ["E"], "message": ODD}), DOUBLE, "…")
    assert raised.said == f"E: {SHOWN}"


@pytest.mark.parametrize("part", [b"[],", b"{},", b"1,", b"[[[["])
def test_a_line_of_more_values_than_a_guest_writes_is_not_read(part: bytes) -> None:
    assert is_crowded(part * (LONGEST_LINE // len(part)))


def test_the_fullest_output_of_a_guest_is_read() -> None:
    fullest = [encode(())] * (MOST_VALUES - 1)
    assert not is_crowded(json.dumps({"got": fullest, "printed": "," * 2_000}).encode())


CROWD = """
import os, sys

def f(x):
    marker, frame = "", sys._getframe()
    while frame:
        marker, frame = frame.f_locals.get("marker", marker), frame.f_back
    line = (marker + '{"got": [' + "[]," * 1_350_000 + "[]]}\\n").encode()
    for number in range(3, 32):
        try:
            os.write(number, line)
        except OSError:
            pass
"""


async def test_a_forged_crowd_of_values_is_too_large(bwrap: Runner) -> None:
    verdict = await judge(bwrap, task(case(1, gives=1), seconds=5), CROWD)
    assert [one.fate for one in verdict.outcomes] == [Fate.too_large]


@pytest.mark.parametrize("at", [DEEP, [ODD, ODD], [True, 1], {"a": 1}, None])
async def test_a_forged_place_of_a_query_is_left_out(at: object) -> None:
    forger = Forger({"error": ["OperationalError"], "message": 'near "a": syntax error', "at": at})
    query = task(case({"t": {"columns": "a", "rows": []}}, gives=[]), shape=Shape.sql)
    assert (await judge(forger, query, "…")).said == "It cannot be read at “a”."


@pytest.mark.parametrize("methods", [DEEP, [DEEP, 3, ODD], 7, None])
async def test_forged_methods_are_none(methods: object) -> None:
    of_class = task(case([], ["m"], gives=[1]), shape=Shape.of_class)
    verdict = await judge(Forger({"got": [2]}, loaded={"loaded": True, "methods": methods}), of_class, "…")
    assert verdict.said == "The class “f” has no method called “m”."
