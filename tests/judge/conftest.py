"""A sandbox for tests."""

from collections.abc import AsyncIterator

import pytest

from bot.judge.runner import Runner
from tests.sandbox import bubblewrap


@pytest.fixture
async def bwrap() -> AsyncIterator[Runner]:
    """Bubblewrap; skipped where it does not work."""
    runner = await bubblewrap(warm=1)
    yield runner
    await runner.stop()
