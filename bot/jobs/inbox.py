"""Takes in what nobody waits to have answered: it is written down first, and handled after.

A platform acknowledges an event as soon as `keep` has returned. What a process that died had kept is taken up by the
next beat of any process.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.core.clock import Clock
from bot.core.events import Event
from bot.core.points import Point, reached
from bot.storage import inbox
from bot.storage.inbox import Kept
from bot.storage.unit_of_work import DatabaseWork

log = structlog.get_logger()
AT_ONCE = 20


class Inbox:
    """Keeps events and has them handled, each person's in order."""

    def __init__(self, *, work: DatabaseWork, clock: Clock, take: Callable[[Event], Awaitable[bool]]) -> None:
        self._work = work
        self._clock = clock
        self._take = take
        self._under_way: set[asyncio.Task[None]] = set()
        self.errors = 0

    async def keep(self, event: Event) -> Awaitable[object]:
        """Write an event down; when this returns it may be acknowledged. Give what waits until it is handled."""
        item = await self._work.run(inbox.keep, event, self._clock.now())
        reached(Point.event_kept)
        if item:
            return asyncio.shield(self._begin(item))
        nothing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        nothing.set_result(None)
        return nothing

    async def drain(self) -> int:
        """Handle everything that waits, and what is under way; give how many events were taken up."""
        total = 0
        while items := await self._work.run(inbox.claim, self._clock.now(), AT_ONCE):
            total += len(items)
            await asyncio.wait([self._begin(item) for item in items])
        while self._under_way:
            await asyncio.wait(self._under_way)
        return total

    def _begin(self, item: Kept) -> asyncio.Task[None]:
        task = asyncio.create_task(self._one(item))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _one(self, item: Kept) -> None:
        try:
            handled = await self._handled(item.event)
            await self._work.run(inbox.consume, item.event.id) if handled else await self._put_back(item)
        except Exception:
            # What became of it could not be noted: it is taken up again when its lease ends.
            self.errors += 1
            log.exception("event_not_noted", kind=type(item.event).__name__)

    async def _handled(self, event: Event) -> bool:
        with self._work.consuming(event.id):
            return await self._take(event)

    async def _put_back(self, item: Kept) -> None:
        await self._work.run(inbox.put_back, item, self._clock.now())
