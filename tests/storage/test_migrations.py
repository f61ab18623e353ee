"""The migrations and the declared schema are the same; /migrations is what every host's database went through."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from bot.app import declared_schema
from bot.resources import folder
from bot.storage import migrate
from bot.storage.database import Database
from bot.storage.outbox import counts

MIGRATIONS = folder("migrations")


def test_the_migrated_schema_is_the_declared_one(url: str) -> None:
    migrate.upgrade(url, MIGRATIONS)
    assert migrate.differences(url, declared_schema()) == []


def test_a_new_database_is_pending_and_a_migrated_one_is_not(url: str) -> None:
    assert migrate.pending(url, MIGRATIONS)
    migrate.upgrade(url, MIGRATIONS)
    assert not migrate.pending(url, MIGRATIONS)


async def test_upgrading_twice_is_harmless(url: str) -> None:
    migrate.upgrade(url, MIGRATIONS)
    migrate.upgrade(url, MIGRATIONS)
    assert migrate.differences(url, declared_schema()) == []
    database = Database(url)
    assert (await database.read(counts))["pending"] == 0
    await database.close()


def test_a_table_that_no_migration_makes_is_told(url: str) -> None:
    migrate.upgrade(url, MIGRATIONS)
    wanted = MetaData()
    for table in declared_schema().tables.values():
        table.to_metadata(wanted)
    Table("forgotten", wanted, Column("id", Integer, primary_key=True))
    (difference,) = migrate.differences(url, wanted)
    assert "add_table" in repr(difference)
    assert "forgotten" in repr(difference)


def test_a_missing_folder_of_migrations_is_an_error(sqlite: str) -> None:
    with pytest.raises(Exception, match=r"doesn't exist|no such|not found"):
        migrate.upgrade(sqlite, MIGRATIONS / "nowhere")
