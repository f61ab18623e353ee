"""A child of WebAssembly serves one member after another, and none of them meets the one before."""

from collections.abc import AsyncIterator

import pytest

from bot.judge.attack import attacks, run_attacks
from bot.judge.backends import Backend, choose
from bot.judge.judging import judge
from bot.judge.runner import Runner
from tests.judge.tasks import DOUBLE

RIGHT = "def f(x):\n    return 2 * x"


@pytest.fixture
async def wasi() -> AsyncIterator[Runner]:
    """WebAssembly, in one child; skipped where it does not work."""
    chosen = await choose(Backend.wasi, warm=1)
    if not chosen.runs:
        pytest.skip(f"wasi does not work here: {chosen.why_not}")
    yield chosen.runner
    await chosen.runner.stop()


async def test_a_program_that_stays_after_its_run_is_not_there_for_the_next_member(wasi: Runner) -> None:
    [stays] = [one for one in attacks() if one.name == "stays to be handed the next member's program"]
    [result] = await run_attacks(wasi, [stays])
    assert result.how == ""


async def test_one_child_serves_several_programs(wasi: Runner) -> None:
    for _ in range(2):
        assert (await judge(wasi, DOUBLE, RIGHT)).right
    guest = await wasi.guest("marker")
    assert guest.served == 4  # type: ignore[attr-defined]
    await guest.close()
