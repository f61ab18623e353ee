"""A group whose code is judged."""

import pytest

from tests.sandbox import bubblewrap
from tests.stage import Stage

QUESTION = "most-frequent-values"


@pytest.fixture
async def judged(group: Stage) -> Stage:
    """A group with a code question that is open, and a judge."""
    group.judged_by(await bubblewrap())
    await group.plans(QUESTION)
    await group.at("Mon 09:00")
    return group
