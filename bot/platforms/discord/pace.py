"""How fast requests are made: in turn among all processes, and never more than Discord takes in any one second."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

MOST = 49  # of the fifty requests a second that Discord takes from a bot
EXEMPT = ("/interactions/", "/webhooks/")  # answers to whoever acted, which the limit does not count
Turn = Callable[[], Awaitable[None]]
"""Waits until one more request may be made, over all processes of this bot."""


async def at_once() -> None:
    """Make every request at once: for a single process that sends little."""


class Pace:
    """Holds requests back; `trace` is how aiohttp asks before each of them, those that a library repeats included.

    A request keeps its place until a second after its answer has come. However late one arrives, those that Discord
    counts in the same second have each held a place at the same time, so there are never more of them than places.
    """

    def __init__(self, turn: Turn, most: int = MOST) -> None:
        self._turn = turn
        self._places = asyncio.Semaphore(most)

    def trace(self) -> aiohttp.TraceConfig:
        """Give what a client session is made with."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._before)
        config.on_request_end.append(self._after)
        config.on_request_exception.append(self._after)
        return config

    async def _before(self, _: Any, context: Any, params: aiohttp.TraceRequestStartParams) -> None:
        context.counted = not any(part in params.url.path for part in EXEMPT)
        if context.counted:
            await self._turn()
            await self._places.acquire()

    async def _after(self, _: Any, context: Any, __: Any) -> None:
        if context.counted:
            context.counted = False
            asyncio.get_running_loop().call_later(1.0, self._places.release)
