"""Bubblewrap for tests: what works here is found out once, since that takes longer than most programs run."""

import pytest

from bot.judge.backends import Backend, choose
from bot.judge.bwrap import Bwrap

_proven: list[Bwrap] = []


async def bubblewrap(*, warm: int = 0) -> Bwrap:
    """Bubblewrap for one test, in the test's own event loop; skips the test where it does not work."""
    if not _proven:
        chosen = await choose(Backend.bwrap)
        if not isinstance(chosen.runner, Bwrap):
            pytest.skip(f"bubblewrap does not work here: {chosen.why_not}")
        _proven.append(chosen.runner)
    return _proven[0].another(warm=warm)
