import asyncio
import time

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, insert, select, update
from sqlalchemy.exc import DatabaseError, DBAPIError

from bot.core.errors import DatabaseAway
from bot.storage.database import Database

counter = Table(
    "counter", MetaData(), Column("name", String(20), primary_key=True), Column("value", Integer, nullable=False)
)


def start(tx: Connection) -> None:
    counter.metadata.create_all(tx)
    tx.execute(insert(counter).values(name="one", value=0))


def add_one(tx: Connection) -> int:
    """Read, think, write: what loses an increment wherever two of these interleave."""
    value: int = tx.scalars(select(counter.c.value).with_for_update()).one()
    time.sleep(0.001)
    tx.execute(update(counter).values(value=value + 1))
    return value + 1


def value_of(tx: Connection) -> int:
    value: int = tx.scalars(select(counter.c.value)).one()
    return value


async def test_forty_concurrent_increments_make_forty(database: Database) -> None:
    await database.write(start)
    await asyncio.gather(*(database.write(add_one) for _ in range(40)))
    assert await database.read(value_of) == 40


async def test_a_reader_cannot_write(database: Database) -> None:
    await database.write(start)
    with pytest.raises(DatabaseError, match=r"readonly|read-only"):
        await database.read(add_one_without_lock)
    assert await database.read(value_of) == 0


def add_one_without_lock(tx: Connection) -> None:
    tx.execute(update(counter).values(value=counter.c.value + 1))


async def test_a_story_that_fails_leaves_nothing(database: Database) -> None:
    await database.write(start)

    def half(tx: Connection) -> None:
        add_one(tx)
        tx.execute(insert(counter).values(name="two", value=2))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(half)
    assert await database.read(lambda tx: tx.scalar(select(func.count()).select_from(counter))) == 1
    assert await database.read(value_of) == 0
    assert await database.write(add_one) == 1


async def test_a_write_that_is_cancelled_is_whole_or_nothing_and_the_next_one_works(database: Database) -> None:
    await database.write(start)

    def two_steps(tx: Connection) -> None:
        add_one(tx)
        time.sleep(0.05)
        add_one(tx)

    task = asyncio.create_task(database.write(two_steps))
    await asyncio.sleep(0.03)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await database.write(add_one) in {1, 3}


async def test_a_reader_sees_one_moment_and_does_not_wait_for_the_writer(database: Database) -> None:
    await database.write(start)

    def slow(tx: Connection) -> None:
        tx.execute(update(counter).values(value=7))
        slow_query(tx, database.sqlite)

    writing = asyncio.create_task(database.write(slow))
    await asyncio.wait([writing], timeout=0.05)
    assert await database.read(value_of) == 0
    assert not writing.done()
    await writing
    assert await database.read(value_of) == 7


async def test_the_loop_goes_on_while_the_database_works(database: Database) -> None:
    await database.write(start)
    lags: list[float] = []

    async def heart() -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(0.005)
            lags.append(time.monotonic() - asked - 0.005)

    beating = asyncio.create_task(heart())
    await database.write(lambda tx: slow_query(tx, database.sqlite))
    beating.cancel()
    assert len(lags) > 5
    assert max(lags) < 0.2


def slow_query(tx: Connection, sqlite: bool) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500000) SELECT max(i) FROM n"
    tx.exec_driver_sql({True: numbers, False: "SELECT pg_sleep(0.4)"}[sqlite])


async def test_a_read_gives_what_it_found_after_many_at_once(database: Database) -> None:
    await database.write(start)
    found = await asyncio.gather(*(database.read(value_of) for _ in range(30)))
    assert set(found) == {0}


@pytest.mark.postgres
async def test_a_statement_that_is_read_often_stays_prepared(postgresql: str) -> None:
    database = Database(postgresql)
    await database.write(start)
    for _ in range(12):
        await database.read(value_of)
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%counter%'"
    assert await database.read(lambda tx: tx.exec_driver_sql(prepared.replace("%", "%%")).scalar()) == 1
    await database.close()


@pytest.mark.postgres
async def test_a_server_that_hangs_up_is_away_and_is_there_again_for_the_next_story(postgresql: str) -> None:
    database = Database(postgresql)
    await database.write(start)
    with pytest.raises(DatabaseAway):
        await database.write(add_one_and_lose_the_connection)
    assert await database.write(add_one) == 1, "what the lost connection had written is not there"
    await database.close()


def add_one_and_lose_the_connection(tx: Connection) -> None:
    add_one(tx)
    tx.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_a_database_that_cannot_be_opened_is_away() -> None:
    database = Database("sqlite:////nowhere/at/all/house.sqlite3")
    with pytest.raises(DatabaseAway):
        await database.write(start)
    with pytest.raises(DatabaseAway):
        await database.read(value_of)
    await database.close()


async def test_a_table_that_is_missing_is_a_bug_and_no_outage(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.read(value_of)
