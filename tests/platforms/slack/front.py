"""The bot's side of HTTP in tests: its web server on loopback, and workspaces that install it there."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlparse

import aiohttp
from aiohttp import web

from bot import on_slack
from bot.core.clock import SetClock
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.commands import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.platforms.slack.over_http import COOKIE
from bot.platforms.slack.pace import Pace
from bot.settings import Settings, read
from tests.servers.slack.delivery import SIGNING_SECRET
from tests.servers.slack.server import SlackServer
from tests.servers.slack.state import Org, Team
from tests.servers.slack.web_api import CLIENT_ID, CLIENT_SECRET
from tests.stage import Draw

KEY = "a key of tests that is long enough to be one: 0123456789"
PUBLIC_URL = "https://study.example.org"


@dataclass
class Front:
    """A web server with the routes of the platform."""

    server: SlackServer
    clock: SetClock
    database_url: str
    draw: Draw
    key: str = KEY
    host: str = ""
    platform: SlackPlatform = field(init=False)
    installed: set[str] = field(default_factory=set)
    doors: AsyncExitStack = field(default_factory=AsyncExitStack)

    def settings(self) -> Settings:
        """What a host has set."""
        return read(
            {
                "BATCHMATES_DATABASE_URL": self.database_url,
                "BATCHMATES_SECRET_KEY": self.key,
                "BATCHMATES_PUBLIC_URL": PUBLIC_URL,
                "SLACK_SIGNING_SECRET": SIGNING_SECRET,
                "SLACK_CLIENT_ID": CLIENT_ID,
                "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            }
        )

    async def listens(self, *teams: Team) -> SlackPlatform:
        """Open the platform and serve its routes; workspaces that have not done so yet install the bot."""
        pace = Pace(between_messages=0, tiers=False)
        how = {"base_url": self.server.base_url, "clock": self.clock, "pace": pace, "draw": self.draw}
        self.platform, transport = await on_slack.open_over_http(self.settings(), self.doors, **how)  # type: ignore[arg-type]
        app = web.Application()
        app.add_routes(transport.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self.doors.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.host = "http://{}:{}".format(*runner.addresses[0][:2])
        self.server.address_of_bot = self.host + EVENTS_PATH
        for team in teams:
            if team.id not in self.installed:
                assert (await self.installs(team))[0] == 200
                self.installed.add(team.id)
        return self.platform

    async def is_gone(self) -> None:
        """Serve no more."""
        self.server.address_of_bot = ""
        await self.doors.aclose()
        self.doors = AsyncExitStack()

    async def installs(self, team: Team | Org, *, state: str = "", cookie: str = "", code: str = "") -> tuple[int, str]:
        """Walk through the pages as somebody's browser does; what is given is sent in place of what was got."""
        async with aiohttp.ClientSession() as session:
            async with session.get(self.host + INSTALL_PATH, allow_redirects=False) as first:
                assert first.status == 302
                asked = {
                    name: values[0] for name, values in parse_qs(urlparse(first.headers["Location"]).query).items()
                }
                kept = first.cookies[COOKIE].value
            assert asked["redirect_uri"] == PUBLIC_URL + REDIRECT_PATH
            assert set(asked["scope"].split(",")) >= team.scopes
            back = {"code": code or self.server.allow(team), "state": state or asked["state"]}
            cookies = {"Cookie": f"{COOKIE}={cookie or kept}"}
            async with session.get(self.host + REDIRECT_PATH, params=back, headers=cookies) as last:
                return last.status, await last.text()
