"""The test Slack on a port of loopback."""

from aiohttp import web

from bot.core.clock import Clock
from tests.servers.slack.contract import SlackContract
from tests.servers.slack.hands import Hands


class SlackServer(Hands):
    """The Web API, Socket Mode, uploads and addresses to answer at, on one port."""

    def __init__(self, clock: Clock, contract: SlackContract) -> None:
        super().__init__(clock, contract)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Begin to listen; port 0 takes a free one."""
        app = web.Application(client_max_size=32 << 20)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self.serve_api),
                web.get("/link", self.serve_link),
                web.post("/respond/{id}", self.serve_respond),
                web.post("/upload/{id}", self.serve_upload),
                web.get("/files/{id}/{name}", self.serve_file),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.host = "{}:{}".format(*self._runner.addresses[0][:2])

    @property
    def base_url(self) -> str:
        """Where the Web API is."""
        return f"http://{self.host}/api/"

    async def stop(self) -> None:
        """Listen no more."""
        await self.quiet()
        await self.drop_sockets()
        if self._runner:
            await self._runner.cleanup()
