"""A limit that several processes keep together: each takes the next free moment out of one row.

A platform counts all requests of a bot, whichever process makes them, while a client library knows its own only.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Float, String, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.columns import metadata
from bot.storage.database import Database

PER_SECOND = 45.0  # Discord allows 50; some room is left for clocks that differ and for what a network holds back
CATCHING_UP = 46.0  # a second, of what one process sends late because it was held up
AT_ONCE = 1  # few, since what a busy machine sends late comes together with what follows
KEPT_FOR = timedelta(days=1)  # longer than any platform holds a call

buckets = Table(
    "buckets",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("next_at", Float(53), nullable=False),
)
_INSERT = {
    dialect: insert(buckets).on_conflict_do_nothing(index_elements=["name"])
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def take(tx: Connection, name: str, now: float, per_second: float = PER_SECOND, at_once: int = AT_ONCE) -> float:
    """Take one request out of the bucket; give the seconds until it may be made.

    `now` is seconds since 1970; on PostgreSQL the database's own clock counts, since machines differ.
    """
    return max(turn(tx, name, now, 1 / per_second, at_once / per_second), 0.0)


def turn(tx: Connection, name: str, now: float, interval: float, ahead: float, patience: float = float("inf")) -> float:
    """Take the next turn of a bucket, and none where it comes later than in `patience` seconds.

    Gives the seconds until the turn; less than zero, down to `-ahead`, where some that were not taken before are left.
    """
    now = _moment(tx, now)
    free = _locked(tx, name)
    mine = max(free, now - ahead)
    if mine - now <= patience:
        tx.execute(update(buckets).where(buckets.c.name == name).values(next_at=mine + interval))
    return mine - now


def hold(tx: Connection, name: str, now: float, seconds: float) -> None:
    """Give out no turn of a bucket for a while."""
    until = max(_locked(tx, name), _moment(tx, now) + seconds)
    tx.execute(update(buckets).where(buckets.c.name == name).values(next_at=until))


def sweep(tx: Connection, now: datetime) -> None:
    """Forget buckets that are full again for long: one that is not there is full."""
    tx.execute(delete(buckets).where(buckets.c.next_at < (now - KEPT_FOR).timestamp()))


def _moment(tx: Connection, now: float) -> float:
    # Machines differ; the database is one.
    if tx.dialect.name != "postgresql":
        return now
    return float(tx.scalar(select(func.extract("epoch", func.clock_timestamp()))) or now)


def _locked(tx: Connection, name: str) -> float:
    tx.execute(_INSERT[tx.dialect.name], {"name": name, "next_at": 0.0})
    # The row stays locked until the end of the transaction, so two processes never take the same moment.
    return tx.scalar(select(buckets.c.next_at).where(buckets.c.name == name).with_for_update()) or 0.0


class SharedBucket:
    """Waits for one's turn among all processes that use this database."""

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        per_second: float = PER_SECOND,
        at_once: int = AT_ONCE,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._name = name
        self._per_second = per_second
        self._at_once = at_once
        self._now = now
        self._door = asyncio.Lock()
        self._last = 0.0

    async def turn(self) -> None:
        """Wait until one more request may be made."""
        wait = await self._database.write(take, self._name, self._now(), self._per_second, self._at_once)
        if wait > 0:
            await asyncio.sleep(wait)
        # Where this process was held up, all whose moment has passed would go at once: they go one after the other.
        async with self._door:
            early = self._last + 1 / CATCHING_UP - time.monotonic()
            if early > 0:
                await asyncio.sleep(early)
            self._last = time.monotonic()


class SharedTurns:
    """The turns of many buckets at once, among all processes that use this database."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    async def turn(self, name: str, interval: float, ahead: float, patience: float) -> float:
        """Take the next turn; give the seconds until it comes, and take none where that is longer than `patience`."""
        return await self._database.write(turn, name, self._now(), interval, ahead, patience)

    async def hold(self, name: str, seconds: float) -> None:
        """Give out no turn for a while."""
        await self._database.write(hold, name, self._now(), seconds)
