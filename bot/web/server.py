"""Health, readiness and metrics over HTTP.

/healthz  200 while the event loop turns: restart the process where this fails
/readyz   200 while the database answers and the clock of the house goes, else 503 with what does not; 503 as well
          while it starts and from the signal to stop on
/metrics  figures for Prometheus
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import DatabaseAway
from bot.web.metrics import exposition
from bot.web.pulse import Pulse

DATABASE_ANSWERS_WITHIN = 2.0  # seconds


class LateRoutes:
    """What platforms serve: known only once they are open, while the server answers from the start."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, str], Callable[[web.Request], Awaitable[web.StreamResponse]]] = {}

    def add(self, routes: Iterable[web.RouteDef]) -> None:
        """Serve these too from now on."""
        self._handlers |= {(route.method, route.path): cast(Any, route.handler) for route in routes}

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Answer for a platform; 404 where nobody serves this, or not yet."""
        handler = self._handlers.get((request.method, request.path))
        if handler is None:
            raise web.HTTPNotFound
        return await handler(request)


def make_app(pulse: Pulse, routes: LateRoutes | None = None) -> web.Application:
    """The web application of a running house; `routes` are those of its platforms."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        lacking = await not_ready(pulse)
        return web.Response(text="".join(f"{line}\n" for line in lacking or ["ready"]), status=503 if lacking else 200)

    async def metrics(_: web.Request) -> web.Response:
        with suppress(DatabaseAway, SQLAlchemyError, TimeoutError, OSError):  # then the figures of the last time stand
            async with asyncio.timeout(DATABASE_ANSWERS_WITHIN):
                await pulse.count_rows()
        return web.Response(body=exposition(pulse), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    if routes is not None:
        application.router.add_route("*", "/{path:.*}", routes.__call__)
    return application


async def not_ready(pulse: Pulse) -> list[str]:
    """What keeps this process from working; nothing where it works."""
    if pulse.state != "running":
        return [pulse.state, *(pulse.away.values() if pulse.state == "starting" else ())]
    lacking = [] if pulse.beating() else [f"no beat for {pulse.since_beat():.0f} seconds"]
    try:
        async with asyncio.timeout(DATABASE_ANSWERS_WITHIN):
            await pulse.ask_the_database()
    except DatabaseAway as away:
        lacking.append(f"the database does not answer: {away}")
    except (SQLAlchemyError, TimeoutError, OSError) as error:
        lacking.append(f"the database does not answer: {type(error).__name__}")
    return lacking


@asynccontextmanager
async def served(pulse: Pulse, host: str, port: int, routes: LateRoutes | None = None) -> AsyncIterator[int]:
    """Serve on this address; give the port, since 0 takes a free one."""
    runner = web.AppRunner(make_app(pulse, routes), access_log=None)
    await runner.setup()
    watching = asyncio.create_task(pulse.watch_the_loop())
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await runner.cleanup()
