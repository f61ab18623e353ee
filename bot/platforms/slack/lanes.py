"""Work in its order: what one person does, and what happens in one channel, one after the other; nothing else waits."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from bot.core.errors import DeliveryError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Lanes:
    """Begins work, each piece behind the one before it in its lane, and tells when all is done."""

    def __init__(self) -> None:
        self.errors = 0
        """The bugs that were met in work that nobody waits for."""
        self._lanes: dict[object, asyncio.Task[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def in_line(self, lane: object, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Begin work once what is before it in its lane is done."""
        task = asyncio.create_task(_after(self._lanes.get(lane), work))
        self._lanes[lane] = task
        task.add_done_callback(lambda done: self._lanes.pop(lane) if self._lanes.get(lane) is done else None)
        return task

    def begin(self, work: Awaitable[None]) -> None:
        """Begin work beside everything else."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until everything that has begun is done."""
        while running := {*self._lanes.values(), *self._tasks}:
            await asyncio.wait(running)

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except DeliveryError as error:
            _log.warning("not_answered refusal=%s", error.refusal.value)
        except Exception as error:
            self.errors += 1
            # A bug of ours: the class says which, the text of an event is nobody's business.
            _log.error("event_not_taken error=%s", type(error).__name__)


async def _after(before: "asyncio.Task[Any] | None", work: Awaitable[T]) -> T:
    if before:
        await asyncio.wait([before])
    return await work
