"""Who hears of changes: one event stream for every open page, each change as a small ping with a version."""

import asyncio
from itertools import count

from aiohttp import web

from bot.platforms.local.formats import Json

ALIVE = 15.0  # seconds between signs of life, so that a dead connection is noticed


class Streams:
    """The open pages. Pings that come together become one."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Event, str] = {}
        self._versions = count(1)
        self._closing = False

    def changed(self, change: Json) -> None:
        """Ping the pages of those who see this change of the world."""
        for event, user in self._open.items():
            if user in change["seen_by"]:
                event.set()

    def ping_all(self) -> None:
        """Ping every page, as when the clock moved."""
        for event in self._open:
            event.set()

    def close(self) -> None:
        """End every stream."""
        self._closing = True
        self.ping_all()

    async def serve(self, request: web.Request, user: str) -> web.StreamResponse:
        """Keep a page's stream until either side goes away."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        event = asyncio.Event()
        self._open[event] = user
        try:
            await self._feed(response, event)
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            del self._open[event]
        return response

    async def _feed(self, response: web.StreamResponse, event: asyncio.Event) -> None:
        event.set()  # what changed while the page was not connected
        while not self._closing:
            try:
                await asyncio.wait_for(event.wait(), ALIVE)
            except TimeoutError:
                await response.write(b": alive\n\n")
                continue
            event.clear()
            if not self._closing:
                await response.write(b'event: changed\ndata: {"version": %d}\n\n' % next(self._versions))
