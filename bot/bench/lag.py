"""How long the event loop hangs: how much later than asked for a short sleep ends."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from time import perf_counter
from types import TracebackType

EVERY = 0.005  # seconds; a member notices a delay from about 0.1 on


class Lag:
    """Sleeps again and again in the running loop, from `async with` to its end, and notes how late it wakes."""

    def __init__(self) -> None:
        self._late: list[float] = []
        self._pauses = 0
        self._paused = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Lag":
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Note nothing that overlaps with what is done in here."""
        self._pauses += 1
        self._paused = True
        yield
        self._paused = False

    @property
    def p99_ms(self) -> float:
        """The lateness that one sleep in a hundred exceeds."""
        late = sorted(self._late) or [0.0]
        return round(late[ceil(len(late) * 0.99) - 1] * 1e3, 3)

    async def _watch(self) -> None:
        while True:
            pauses, began, clear = self._pauses, perf_counter(), not self._paused
            await asyncio.sleep(EVERY)
            if clear and pauses == self._pauses:
                self._late.append(perf_counter() - began - EVERY)
