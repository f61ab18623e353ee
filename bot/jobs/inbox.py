"""Takes in what nobody waits to have answered: it is written down first, and handled after.

A platform acknowledges an event as soon as `keep` has returned. What a process that died had kept is taken up by the
next beat of any process.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable

import structlog

from bot.core.clock import Clock
from bot.core.errors import DatabaseAway
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

    async def drain(self, *, within: float = math.inf) -> int:
        """Handle everything that waits, and what is under way; give how many events were taken up.

        What takes longer than `within`, in seconds, goes on by itself.
        """
        total = 0
        until = asyncio.get_running_loop().time() + within
        while True:
            items = await self._claim(AT_ONCE - len(self._under_way))
            total += len(items)
            for item in items:
                self._begin(item)
            left = until - asyncio.get_running_loop().time()
            if not self._under_way or left <= 0:
                return total
            # A slow one keeps its place, and no other.
            await asyncio.wait(
                self._under_way, timeout=None if left == math.inf else left, return_when=asyncio.FIRST_COMPLETED
            )

    async def _claim(self, at_most: int) -> list[Kept]:
        return await self._work.run(inbox.claim, self._clock.now(), at_most) if at_most > 0 else []

    async def rest(self) -> None:
        """Wait until what is under way is handled, and begin nothing."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _begin(self, item: Kept) -> asyncio.Task[None]:
        task = asyncio.create_task(self._one(item))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _one(self, item: Kept) -> None:
        try:
            while following := await self._then_next(item):
                item = following
        except DatabaseAway:
            # What became of it could not be noted: it is taken up again when its lease ends.
            log.warning("event_not_noted", kind=type(item.event).__name__)
        except Exception:
            self.errors += 1
            log.exception("event_not_noted", kind=type(item.event).__name__)

    async def _then_next(self, item: Kept) -> Kept | None:
        """Have an event handled; give what the same person did next, if it waited for this."""
        with self._work.consuming(item.event.id):
            handled = await self._take(item.event)
        if handled:
            return await self._work.run(inbox.finish, item, self._clock.now())
        await self._work.run(inbox.put_back, item, self._clock.now())
        return None
