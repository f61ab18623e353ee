"""A group whose code is judged."""

from collections.abc import AsyncIterator

import pytest

from bot.judge.backends import Backend, choose
from tests.stage import Stage

QUESTION = "most-frequent-values"


@pytest.fixture
async def judged(group: Stage) -> AsyncIterator[Stage]:
    """A group with a code question that is open, and a judge."""
    chosen = await choose(Backend.bwrap)
    if not chosen.runs:
        pytest.skip(f"bubblewrap does not work here: {chosen.why_not}")
    await group.judged_by(chosen.runner)
    await group.plans(QUESTION)
    await group.at("Mon 09:00")
    yield group
    await chosen.runner.stop()
