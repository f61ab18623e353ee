"""A row that this version cannot read, as one of a newer version: it stops nobody else's."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, text

from bot.storage import inbox, outbox
from bot.storage.database import Database

from .conftest import NOW
from .rows import THERE, Outbox
from .test_inbox import claimed, keep, said

NEWER = '{"_": "OfAnotherVersion", "text": "hello"}'


def spoil(table: Table, column: str, where: str) -> Any:
    def story(tx: Connection) -> None:
        tx.execute(text(f"UPDATE {table.name} SET {column} = :newer WHERE {where}"), {"newer": NEWER})

    return story


async def test_a_row_to_be_sent_of_another_version_holds_only_its_own_lane(database: Database) -> None:
    box = Outbox(database)
    await box.put("newer")
    await box.put("other", THERE)
    await database.write(spoil(outbox.outbox, "call", "key = 'newer'"))
    assert "other" in [item.sending.key for item in await box.claim()]


async def test_an_event_of_another_version_holds_only_its_own_person(database: Database) -> None:
    await keep(database, said(1), said(2, "u2"))
    await database.write(inbox.release_leases, NOW)
    await database.write(spoil(inbox.inbox, "payload", "event = 'm1'"))
    assert await claimed(database) == ["m2"]


async def test_an_event_of_another_version_is_left_to_whoever_can_read_it(database: Database) -> None:
    await keep(database, said(1), said(2))
    await database.write(inbox.release_leases, NOW)
    await database.write(spoil(inbox.inbox, "payload", "event = 'm1'"))
    for _ in range(20):
        assert await claimed(database, NOW + timedelta(minutes=1)) == []
    assert (await database.read(inbox.counts))["kept"] == 2


async def test_an_event_behind_one_that_ended_is_not_given_where_it_cannot_be_read(database: Database) -> None:
    (first, _) = await keep(database, said(1), said(2))
    assert first
    await database.write(spoil(inbox.inbox, "payload", "event = 'm2'"))
    assert await database.write(inbox.finish, first, NOW) is None
    assert (await database.read(inbox.counts))["handled"] == 1


async def test_an_event_that_nobody_could_read_for_a_day_has_failed(database: Database) -> None:
    await keep(database, said(1), said(2))
    await database.write(spoil(inbox.inbox, "payload", "event = 'm1'"))
    later = NOW + inbox.REMEMBERED
    assert await claimed(database, later) == []
    assert (await database.read(inbox.counts))["failed"] == 1
    assert await claimed(database, later) == ["m2"]
