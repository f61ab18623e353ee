"""Asks every feature what is due, one transaction a batch."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.core.commands import Catalogue, Declared
from bot.core.ports import UnitOfWork
from bot.storage import outbox

log = structlog.get_logger()


class Tick:
    """Runs the due stories; one that fails is logged, and the others run all the same."""

    def __init__(self, catalogue: Catalogue, *, services: Sequence[object], work: UnitOfWork) -> None:
        self._catalogue = catalogue
        self._services = {type(service): service for service in services}
        self._work = work
        self.errors = 0
        self.closing = False
        """Set where the process is to end: the batch that has begun is the last one."""

    async def run(self, now: datetime) -> datetime | None:
        """Do everything that is due until now; give the moment when something is due next."""
        due = [await self._one(item, now) for item in self._catalogue.due.values() if not self.closing]
        return min((at for at in due if at), default=None)

    async def _one(self, item: Declared, now: datetime) -> datetime | None:
        services: dict[str, Any] = {name: self._services[wanted] for name, wanted in item.services.items()}
        try:
            after: datetime | None = await self._work.run(item.handler, now, **services)  # type: ignore[arg-type]
            while after is not None and after <= now and not self.closing:
                after = await self._work.run(item.handler, now, **services)  # type: ignore[arg-type]
        except Exception:
            # A story that is broken for one group must not stop the clock of all others.
            self.errors += 1
            log.exception("due_failed", story=item.name)
            return now + timedelta(seconds=30)
        return after


def next_delivery(tx: Connection, now: datetime) -> datetime | None:
    """When a row of the outbox may leave that could not at this moment."""
    return outbox.next_due(tx, now)
