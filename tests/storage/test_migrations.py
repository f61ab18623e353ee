"""The migrations and the declared schema are the same; /migrations is what every host's database went through."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select, text

from bot.app import declared_schema
from bot.features.timers.store import timers
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


GROUP = "INSERT INTO groups (id, name, zone, post_at, weekdays, level, seed, state, settings, created_at) VALUES "
SESSION = (
    "INSERT INTO sessions (id, group_id, kind, why, source, state, made_at, uid, sequence, offer, room_state, greeted) "
    "VALUES "
)


def test_an_interview_that_runs_while_the_host_upgrades_is_not_forgotten(url: str) -> None:
    migrate.upgrade(url, MIGRATIONS, "0014")
    with migrate.connected(url) as tx:
        tx.execute(text(GROUP + "(1, 'a', 'UTC', '09:00', '1', 'mid', 's', 'active', '{}', '2026-11-23')"))
        for id, state in enumerate(("live", "paused", "agreed", "closed"), start=1):
            values = f"({id}, 1, 'sql-data', '[]', 'round', '{state}', '2026-11-23', 'u{id}', 0, 0, 'direct', 1)"
            tx.execute(text(SESSION + values))
    migrate.upgrade(url, MIGRATIONS)
    with migrate.connected(url) as tx:
        of = tx.execute(select(timers.c.session_id, timers.c.what, timers.c.number, timers.c.at)).all()
    assert {row[:3] for row in of} == {(1, "forgotten", 0), (2, "forgotten", 0)}
    assert all(row.at > datetime.now(UTC) for row in of)


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
