"""A sandbox for tests, started once for a test."""

from collections.abc import AsyncIterator

import pytest

from bot.judge.backends import Backend, choose
from bot.judge.runner import Runner


@pytest.fixture
async def bwrap() -> AsyncIterator[Runner]:
    """Bubblewrap; skipped where it does not work."""
    chosen = await choose(Backend.bwrap, warm=2)
    if not chosen.runs:
        pytest.skip(f"bubblewrap does not work here: {chosen.why_not}")
    yield chosen.runner
    await chosen.runner.stop()
