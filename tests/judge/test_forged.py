"""What a guest says under its marker may be anything at all: it is cut and cleaned before anybody is shown it."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.judge.judging import LONGEST_SAID, MOST_PRINTED, judge
from bot.judge.task import Outcome, Refused
from tests.judge.forger import Forger
from tests.judge.tasks import DOUBLE

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
