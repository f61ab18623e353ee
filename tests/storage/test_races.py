"""Two processes that do the same thing at the same moment."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select

from bot.core.errors import DatabaseAway
from bot.storage import database as storage
from bot.storage import inbox, outbox
from bot.storage.database import Database

from .conftest import NOW
from .rows import HERE, Outbox, says
from .test_inbox import claimed, said
from .together import in_a_process, together

things = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("times", Integer, nullable=False))


async def test_of_two_changes_at_once_neither_is_lost(database: Database, url: str) -> None:
    box = Outbox(database)

    def change(text: str) -> Callable[[Connection], Any]:
        return lambda tx: outbox.change(tx, "show", HERE, says(text), now=NOW)

    await together(url, change("first"), change("second"))
    assert [item.sending.call for item in await box.claim()] == [says("second")]


async def test_a_change_after_older_ones_were_forgotten_is_not_lost(database: Database) -> None:
    box = Outbox(database)
    for text in ("one", "two"):
        await box.change("show", says(text))
        box.pass_time(10)
        await box.send()
        box.pass_time(20 * 86400)
    await database.write(outbox.sweep, box.now)
    await box.change("show", says("three"))
    assert [item.sending.call for item in await box.claim()] == [says("three")]


async def test_what_one_person_did_at_once_in_two_processes_is_handled_one_after_the_other(
    database: Database, url: str
) -> None:
    def keep(number: int) -> Callable[[Connection], Any]:
        return lambda tx: inbox.keep(tx, said(number), NOW)

    first, second = await together(url, keep(1), keep(2))
    assert first is not None
    assert second is None
    assert await claimed(database, NOW + timedelta(minutes=2)) == ["m1"]


async def test_a_story_that_another_process_was_faster_with_is_told_again(database: Database, url: str) -> None:
    await database.write(things.create)

    def put(tx: Connection) -> str:
        there = tx.execute(select(things.c.times).where(things.c.id == 1)).first()
        if there:
            return "found it"
        tx.execute(insert(things), {"id": 1, "times": 1})
        return "wrote it"

    try:
        assert await together(url, put, put) == ("wrote it", "found it")
    finally:
        await database.write(things.drop)


@pytest.mark.postgres
async def test_two_stories_that_wait_for_each_other_are_no_outage(postgresql: str) -> None:
    """The server ends one of them, and it is told again."""
    database = Database(postgresql)
    await database.write(things.create)
    await database.write(lambda tx: tx.execute(insert(things), [{"id": 1, "times": 0}, {"id": 2, "times": 0}]))
    both = threading.Barrier(2)
    met: set[int] = set()

    def count(first: int, second: int) -> Callable[[Connection], None]:
        def story(tx: Connection) -> None:
            _more(tx, first)
            if first not in met:
                met.add(first)
                both.wait(30)
            _more(tx, second)

        return story

    await asyncio.gather(
        asyncio.to_thread(in_a_process, postgresql, count(1, 2)),
        asyncio.to_thread(in_a_process, postgresql, count(2, 1)),
    )
    assert await database.read(lambda tx: list(tx.execute(select(things.c.times)).scalars())) == [2, 2]
    await database.close()


def _more(tx: Connection, id: int) -> None:
    tx.execute(things.update().where(things.c.id == id).values(times=things.c.times + 1))


@pytest.mark.postgres
async def test_a_process_that_stops_in_a_transaction_does_not_hold_the_others(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "IDLE_MILLISECONDS", 300)
    database = Database(postgresql)
    await database.write(things.create)
    await database.write(lambda tx: tx.execute(insert(things), {"id": 1, "times": 0}))
    holds = threading.Event()

    def stops(tx: Connection) -> None:
        _more(tx, 1)
        holds.set()
        time.sleep(3)

    stopped = asyncio.create_task(asyncio.to_thread(in_a_process, postgresql, stops))
    await asyncio.to_thread(holds.wait, 30)
    async with asyncio.timeout(2.5):
        await database.write(_more, 1)
    with pytest.raises(DatabaseAway):
        await stopped
    assert await database.read(lambda tx: tx.scalar(select(things.c.times))) == 1
    await database.close()
