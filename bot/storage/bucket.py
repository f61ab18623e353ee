"""A limit that several processes keep together: each takes the next free moment out of one row.

A platform counts all requests of a bot, whichever process makes them, while a client library knows its own only.
"""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import Column, Connection, Float, String, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.columns import metadata
from bot.storage.database import Database

PER_SECOND = 45.0  # Discord allows 50; some room is left for clocks that differ and for what a network holds back
CATCHING_UP = 46.0  # a second, of what one process sends late because it was held up
AT_ONCE = 1  # few, since what a busy machine sends late comes together with what follows

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
    if tx.dialect.name == "postgresql":
        now = float(tx.scalar(select(func.extract("epoch", func.clock_timestamp()))) or now)
    tx.execute(_INSERT[tx.dialect.name], {"name": name, "next_at": 0.0})
    # The row stays locked until the end of the transaction, so two processes never take the same moment.
    free = tx.scalar(select(buckets.c.next_at).where(buckets.c.name == name).with_for_update()) or 0.0
    mine = max(free, now - at_once / per_second)
    tx.execute(update(buckets).where(buckets.c.name == name).values(next_at=mine + 1 / per_second))
    return max(mine - now, 0.0)


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
