"""The database of a demo that lives on a file of one's own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.page import living
from bot.resources import folder
from bot.settings import sqlite_url
from bot.storage.backup import make, restore
from bot.storage.locks import InUse

NOW, MIGRATIONS = datetime(2026, 11, 23, 9, tzinfo=UTC), folder("migrations")


async def test_a_restore_under_a_living_demo_is_refused(tmp_path: Path) -> None:
    url, kept = sqlite_url(tmp_path / "demo.db"), tmp_path / "kept"
    async with living(members=3, seed=1, fresh=True, database_url=url):
        make(url, kept, migrations=MIGRATIONS, now=NOW)
        with pytest.raises(InUse, match="another process runs on"):
            restore(url, kept, migrations=MIGRATIONS, replace=True, now=NOW)
    restore(url, kept, migrations=MIGRATIONS, replace=True, now=NOW)
