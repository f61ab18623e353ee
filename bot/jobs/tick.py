"""Asks every feature what is due; what is slow has transactions of its own.

Mostly nothing is due, so all are asked in one transaction, which costs half of what one for each does. Where one of
them fails there, nothing of it stays, and each gets its own transaction, so that it fails alone. What has more to do
than one batch goes on with a transaction a batch.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.core.commands import Catalogue, Declared
from bot.core.errors import DatabaseAway
from bot.core.points import Point, reached
from bot.core.ports import UnitOfWork
from bot.storage import inbox, outbox

log = structlog.get_logger()
WHILE_AWAY = timedelta(seconds=5)
HELD_MILLISECONDS = 250


class Tick:
    """Runs the due stories; one that fails is logged, and the others run all the same."""

    def __init__(self, catalogue: Catalogue, *, services: Sequence[object], work: UnitOfWork) -> None:
        self._catalogue = catalogue
        self._services = {type(service): service for service in services}
        self._work = work
        self._asked: dict[str, datetime] = {}
        self.errors = 0
        self.closing = False
        """Set where the process is to end: the batch that has begun is the last one."""

    async def run(self, now: datetime) -> datetime | None:
        """Do everything that is due until now; give the moment when something is due next."""
        if self.closing:
            return None
        stories = [item for item in self._catalogue.due.values() if self._is_asked(item, now)]
        asked = await self._all_at_once(stories, now)
        # What takes long comes last: a question that is due at nine does not wait for it.
        slow = [item for item in self._catalogue.slow.values() if self._is_asked(item, now)]
        due = [await self._one(item, now, asked) for item in (*stories, *slow)]
        return min((at for at in due if at), default=None)

    def _is_asked(self, item: Declared, now: datetime) -> bool:
        before = self._asked.get(item.name)
        if before and before <= now < before + item.every:
            return False
        self._asked[item.name] = now
        return True

    async def _all_at_once(self, stories: Sequence[Declared], now: datetime) -> Mapping[str, datetime | None]:
        """When each story is due next, after a first batch of it; empty where one of them failed."""

        def every_story(tx: Connection) -> Mapping[str, datetime | None]:
            if tx.dialect.name == "postgresql":
                # Rows that another process holds are waited for shortly here: what has nothing to do with them goes on.
                tx.exec_driver_sql(f"SET LOCAL lock_timeout = {HELD_MILLISECONDS}")
            asked: dict[str, Any] = {}
            for item in stories:
                asked[item.name] = item.handler(tx, now, **self._services_of(item))
                reached(Point.tick_written)
            return asked

        reached(Point.tick_begins)
        try:
            asked = await self._work.run(every_story)
        except Exception as error:
            log.warning("due_together_failed", why=type(error).__name__)  # who fails says it alone, with its trace
            return {}
        reached(Point.tick_committed)
        return asked

    def _services_of(self, item: Declared) -> dict[str, Any]:
        return {name: self._services[wanted] for name, wanted in item.services.items()}

    async def _one(self, item: Declared, now: datetime, asked: Mapping[str, datetime | None]) -> datetime | None:
        services = self._services_of(item)
        try:
            after = asked.get(item.name, now)
            while after is not None and after <= now and not self.closing:
                after = await self._batch(item, now, services)
        except DatabaseAway:
            log.warning("database_away", story=item.name)
            return now + WHILE_AWAY
        except Exception:
            # A story that is broken for one group must not stop the clock of all others.
            self.errors += 1
            log.exception("due_failed", story=item.name)
            return now + timedelta(seconds=30)
        return after

    async def _batch(self, item: Declared, now: datetime, services: Mapping[str, Any]) -> datetime | None:
        if item.sort == "slow":
            return await self._slowly(item, now, services)

        def story(tx: Connection) -> datetime | None:
            after: datetime | None = item.handler(tx, now, **services)  # type: ignore[assignment]
            reached(Point.tick_written)
            return after

        reached(Point.tick_begins)
        after = await self._work.run(story)
        reached(Point.tick_committed)
        return after

    async def _slowly(self, item: Declared, now: datetime, services: Mapping[str, Any]) -> datetime | None:
        reached(Point.tick_begins)
        after: datetime | None = await item.handler(self._work, now, **services)
        reached(Point.tick_committed)
        return after


def next_delivery(tx: Connection, now: datetime) -> datetime | None:
    """When something may be sent or taken in that could not at this moment."""
    return min((at for at in (outbox.next_due(tx, now), inbox.next_due(tx, now)) if at), default=None)
