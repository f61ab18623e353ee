"""The clock of the house: APScheduler calls the beat, and nothing is persisted in it.

Due times are rows of ours; the scheduler only wakes us: when something is due, when a transaction has written
something to send, and every few seconds in any case.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.core.errors import DatabaseAway

log = structlog.get_logger()
AT_LEAST_EVERY = timedelta(seconds=5)
JOB = "beat"


class Beat:
    """Calls `beat` again and again, never twice at once; `beat` gives the moment when it should be called next."""

    def __init__(self, beat: Callable[[], Awaitable[datetime | None]]) -> None:
        self._beat = beat
        self._woken = self._beating = False
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin; the first beat comes at once."""
        trigger = IntervalTrigger(seconds=int(AT_LEAST_EVERY.total_seconds()), timezone=UTC)
        # coalesce and the missing grace time mean: however late, once. A beat that ends still counts as an instance
        # while the next one is asked for, which would be skipped if there were one only.
        options = {"max_instances": 2, "coalesce": True, "misfire_grace_time": None}
        self._scheduler.add_job(self._run, trigger, id=JOB, next_run_time=datetime.now(UTC), **options)
        self._scheduler.start()

    def wake(self) -> None:
        """Call the beat soon: something was written."""
        self._woken = True
        if self._scheduler.running and not self._beating:
            self._again(datetime.now(UTC))

    def stop(self) -> None:
        """Call it no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _run(self) -> None:
        if self._beating:
            return
        self._woken, self._beating = False, True
        due = None
        try:
            due = await self._beat()
        except DatabaseAway as away:
            log.warning("database_away", why=str(away))
        except Exception:
            # The clock of the house never stops: the next beat comes all the same.
            log.exception("beat_failed")
        finally:
            self._beating = False
        now = datetime.now(UTC)
        soon = now if self._woken else min(due or now + AT_LEAST_EVERY, now + AT_LEAST_EVERY)
        self._again(max(soon, now))

    def _again(self, at: datetime) -> None:
        if self._scheduler.get_job(JOB):
            self._scheduler.modify_job(JOB, next_run_time=at)
