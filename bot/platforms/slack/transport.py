"""How events come in: slack-bolt over Socket Mode; the platform hears them, whichever way they come."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.errors import PlatformAway
from bot.platforms.slack import inbound
from bot.platforms.slack.calls import API, Refused, Workspaces, client_of, in_the_houses_words, not_opened
from bot.platforms.slack.commands import COMMAND

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]
PING_EVERY = 10.0  # seconds between signs of life on the socket
LINK_PAUSES = (1.0, 5.0, 15.0)  # seconds before each further try to get the link of the socket
READY_WITHIN = 60.0  # seconds that a start waits; a connection that takes longer comes later by itself
LIMITED = "app_rate_limited"  # stands where other payloads say event_callback, and has no event inside
GOING = {"app_uninstalled", "tokens_revoked", "team_access_revoked"}
_EVERY = re.compile("")
_log = logging.getLogger(__name__)


class Ears(Protocol):
    """Who hears; every method acknowledges in time."""

    async def command(self, ack: Ack, body: Json) -> None:
        """Somebody ran the slash command."""
        ...

    async def action(self, ack: Ack, body: Json) -> None:
        """Somebody pressed a button or chose from a list."""
        ...

    async def shortcut(self, ack: Ack, body: Json) -> None:
        """Somebody used a shortcut."""
        ...

    async def submission(self, ack: Ack, body: Json) -> None:
        """Somebody sent a form."""
        ...

    async def event(self, ack: Ack, body: Json) -> None:
        """Something happened."""
        ...

    def limited(self, body: Json) -> None:
        """Slack holds a workspace's events back."""
        ...

    def missed(self) -> None:
        """Events may have been lost."""
        ...


class Transport(Protocol):
    """A way on which events come."""

    async def open(self, ears: Ears) -> None:
        """Begin to listen."""
        ...

    async def close(self) -> None:
        """Listen no more."""
        ...


def bolt(workspaces: Workspaces, ears: Ears, *, base_url: str = API, signing_secret: str | None = None) -> AsyncApp:
    """The bolt app that hands everything on; what is acknowledged has been committed."""

    async def authorize(
        context: AsyncBoltContext, team_id: str | None = None, enterprise_id: str | None = None
    ) -> AuthorizeResult | None:
        try:
            # What comes through an organisation's installation may name no workspace, and need not name one we know.
            workspace = await workspaces.of(
                (context.is_enterprise_install and enterprise_id) or team_id or enterprise_id or ""
            )
        except Refused as refused:
            _log.warning("not_ours team=%s why=%s", team_id, refused.code)
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=workspace.bot_user,
            bot_id=workspace.bot_id,
            bot_token=workspace.client.token,
        )

    app = AsyncApp(
        name="batchmates",
        client=client_of(None, None, base_url),
        authorize=authorize,  # type: ignore[arg-type]  # None says that the bot is not installed there
        signing_secret=signing_secret,
        request_verification_enabled=signing_secret is not None,
        process_before_response=True,
    )

    async def note(body: Json, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:  # bolt's names
        if body.get("type") == LIMITED:
            ears.limited(body)
            return BoltResponse(status=200)
        source = inbound.source(body)
        if source.enterprise and source.team and (body.get("event") or {}).get("type") not in GOING:
            await workspaces.granted(source.team, source.enterprise)
        await next()
        return None

    app.use(note)
    app.command(COMMAND)(ears.command)
    app.action(_EVERY)(ears.action)
    app.shortcut(_EVERY)(ears.shortcut)
    app.view(_EVERY)(ears.submission)
    app.event(_EVERY)(ears.event)
    app.error(_note)
    return app


async def _note(error: Exception) -> None:
    # The class alone: the text of an error may hold a member's words. It is not acknowledged, so that it comes again.
    _log.error("event_not_taken error=%s", type(error).__name__)


class SocketMode:
    """Hears over a socket that this process opens, so that it needs no public address."""

    def __init__(
        self, app_token: str, workspaces: Workspaces, *, base_url: str = API, ping: float = PING_EVERY
    ) -> None:
        self._app_token = app_token
        self._workspaces = workspaces
        self._base_url = base_url
        self._ping = ping
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._greeted = 0

    async def open(self, ears: Ears) -> None:
        """Connect; a later connection means that events may have been lost in between."""
        app = bolt(self._workspaces, ears, base_url=self._base_url)
        link = await self._link(app)
        handler = AsyncSocketModeHandler(app, self._app_token, ping_interval=self._ping)

        async def hear(_: Any, frame: dict[str, Any], __: str | None) -> None:
            if frame.get("type") == "hello":
                self._greeted += 1
                if self._greeted > 1:
                    ears.missed()

        handler.client.message_listeners.append(hear)
        self._handler = handler
        # Slack gives out one link a minute: the one that has shown that the token is good is used.
        handler.client.wss_uri = link["url"]
        self._connecting = asyncio.create_task(handler.client.connect())  # type: ignore[no-untyped-call]
        await asyncio.wait({self._connecting}, timeout=READY_WITHIN)
        if not self._connecting.done():
            _log.warning("slack_not_ready_yet")

    async def _link(self, app: AsyncApp) -> AsyncSlackResponse:
        # Slack has just told who we are: a moment's outage is no reason to end the process with all its platforms.
        for pause in LINK_PAUSES:
            try:
                return await self._ask_for_link(app)
            except PlatformAway:
                await asyncio.sleep(pause)
        return await self._ask_for_link(app)

    async def _ask_for_link(self, app: AsyncApp) -> AsyncSlackResponse:
        try:
            async with in_the_houses_words("apps.connections.open"):
                return await app.client.apps_connections_open(app_token=self._app_token)
        except Refused as refused:
            raise not_opened("SLACK_APP_TOKEN", refused) from None

    async def close(self) -> None:
        """Disconnect; what was not acknowledged comes again at the next start."""
        handler, self._handler = self._handler, None
        if self._connecting:
            self._connecting.cancel()
        if handler:
            await handler.client.close()  # type: ignore[no-untyped-call]
