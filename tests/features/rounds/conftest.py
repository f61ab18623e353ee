"""The stage for stories about rounds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bank.load import Bank
from tests.ground import Ground
from tests.stage import Stage


@pytest.fixture
async def group(tmp_path: Path, bank: Bank, ground: Ground) -> AsyncIterator[Stage]:
    """A group as elsewhere, but with a question on Saturdays alone: these stories go on for weeks."""
    stage = await Stage.open(tmp_path, bank, ground, awake=False)
    await stage.reaches("group of Saturdays", lambda: stage.sets_up(weekdays="Sat"))
    yield stage
    await stage.stops()
    assert stage.errors == 0, "the bot met a bug; look at what it logged"
