"""The stage for story tests."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot.bank.load import Bank, load_bank
from bot.resources import folder
from bot.settings import sqlite_url
from bot.storage import migrate
from tests.bank.items import FILES, NAMES, Content
from tests.stage import Stage


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The real content, and three pages more, about which conversations go on whatever becomes of the real ones."""
    pages = Content(tmp_path_factory.mktemp("pages"))
    for name in ("framework", "deck", "guide"):
        pages.write(NAMES[name], FILES[NAMES[name]])
    return load_bank([pages.folder, folder("content")], today=date(2026, 11, 23))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    migrate.upgrade(sqlite_url(path), folder("migrations"))
    return path


@pytest.fixture
async def stage(tmp_path: Path, bank: Bank, migrated: Path) -> AsyncIterator[Stage]:
    """A channel with Mira, Jonas, Aiko and Tom in it, and the bot; nobody has run setup."""
    stage = await Stage.open(tmp_path, bank, migrated)
    yield stage
    await stage.stops()
    assert stage.errors == 0, "the bot met a bug; look at what it logged"


@pytest.fixture
async def group(stage: Stage) -> Stage:
    """The same with a group: a question at nine in Berlin, Monday to Friday."""
    await stage.sets_up()
    return stage
