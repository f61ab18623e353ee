"""The test Discord on a port of loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.core.clock import Clock
from tests.servers.discord.contract import Contract
from tests.servers.discord.hands import Hands
from tests.servers.discord.rest import PREFIX

TOKEN = "MTAwMQ.of-the-test-discord.which-is-nowhere-else-accepted"  # of the form of a real one


class DiscordServer(Hands):
    """REST v10 and gateway v10 on one port."""

    def __init__(self, clock: Clock, contract: Contract, *, shards: int = 1) -> None:
        super().__init__(clock, contract=contract, token=TOKEN, shards=shards)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Begin to listen; port 0 takes a free one."""
        app = web.Application(client_max_size=32 << 20)
        app.router.add_get("/gateway", self.serve_gateway)
        app.router.add_get("/attachments/{id}/{name}", self.serve_attachment)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.serve_rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.host = "{}:{}".format(*self._runner.addresses[0][:2])

    async def serve_attachment(self, request: web.Request) -> web.Response:
        """Give a file to whoever has its address."""
        return web.Response(body=self.files[request.match_info["id"]])

    async def stop(self) -> None:
        """Listen no more."""
        await self.close_gateway()
        if self._runner:
            await self._runner.cleanup()

    @contextmanager
    def in_place_of_discord(self) -> Iterator[None]:
        """Let discord.py speak to this server: the two addresses are attributes of its classes, read at each call."""
        before: tuple[Any, Any] = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
        Route.BASE = f"http://{self.host}{PREFIX}"
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{self.host}/gateway")
        try:
            yield
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
