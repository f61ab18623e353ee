"""Events over HTTP: signed requests, and the pages by which a workspace installs the bot."""

import logging
import secrets
from html import escape
from typing import Protocol
from urllib.parse import urlencode

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.core.errors import BatchmatesError, DeliveryError
from bot.platforms.slack import access
from bot.platforms.slack.calls import API
from bot.platforms.slack.commands import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.platforms.slack.installed import Client, ManyWorkspaces
from bot.platforms.slack.transport import Ears, bolt

AUTHORIZE = "https://slack.com/oauth/v2/authorize"
COOKIE = "batchmates-install"
STATE_LIVES = 600  # seconds between the two pages
_log = logging.getLogger(__name__)


class Seal(Protocol):
    """Makes what only we can have made."""

    def seal(self, text: str) -> str:
        """Seal."""
        ...

    def open(self, sealed: str, *, within: int | None = None) -> str:
        """Open, unless it is older than so many seconds."""
        ...


class OverHttp:
    """Hears over HTTP, at routes of the web server that the process has anyway."""

    def __init__(
        self,
        workspaces: ManyWorkspaces,
        app: Client,
        seal: Seal,
        *,
        signing_secret: str,
        address: str = "",
        base_url: str = API,
    ) -> None:
        self._workspaces = workspaces
        self._client = app
        self._seal = seal
        self._signing_secret = signing_secret
        self._address = address
        self._base_url = base_url
        self._bolt: AsyncApp | None = None

    async def open(self, ears: Ears) -> None:
        """Begin to take requests."""
        self._bolt = bolt(self._workspaces, ears, base_url=self._base_url, signing_secret=self._signing_secret)

    async def close(self) -> None:
        """Refuse requests, so that they come again."""
        self._bolt = None

    def routes(self) -> list[web.RouteDef]:
        """What the web server has to serve."""
        return [
            web.post(EVENTS_PATH, self._event),
            web.get(INSTALL_PATH, self._install),
            web.get(REDIRECT_PATH, self._redirected),
        ]

    async def _event(self, request: web.Request) -> web.Response:
        if self._bolt is None:
            return web.Response(status=503, text="not running")
        answer = await self._bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    # --- installing ---------------------------------------------------------------------------------------------------

    async def _install(self, request: web.Request) -> web.Response:
        """Send whoever wants to install the bot to Slack, with a state that only their browser and we know."""
        state = self._seal.seal(secrets.token_urlsafe(16))
        asked = {
            "client_id": self._client.id,
            "scope": ",".join(access.names()),
            "state": state,
            "redirect_uri": self._here(request),
        }
        response = web.Response(status=302, headers={"Location": f"{AUTHORIZE}?{urlencode(asked)}"})
        response.set_cookie(COOKIE, state, max_age=STATE_LIVES, httponly=True, secure=True, samesite="Lax")
        return response

    async def _redirected(self, request: web.Request) -> web.Response:
        """Take what Slack gave for the token."""
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if request.query.get("error"):
            return _page("Nothing was installed.", "Slack says that it was not allowed.", 400)
        if not self._is_ours(state, request.cookies.get(COOKIE, "")) or not code:
            return _page("Nothing was installed.", "This page was opened too late, or from elsewhere.", 400)
        try:
            name, wide = await self._workspaces.install(code, self._here(request))
        except DeliveryError as error:
            _log.warning("not_installed refusal=%s", error.refusal.value)
            return _page("Nothing was installed.", f"Slack did not give a token: {error}.", 400)
        first = "add it to workspaces in the organisation's settings, " if wide else ""
        said = f"In {name}: {first}invite it to a channel, and type /study setup."
        done = _page("Batchmates is installed.", said, 200)
        done.del_cookie(COOKIE)
        return done

    def _is_ours(self, state: str, kept: str) -> bool:
        if not state or not secrets.compare_digest(state.encode(), kept.encode()):
            return False
        try:
            self._seal.open(state, within=STATE_LIVES)
        except BatchmatesError:
            return False
        return True

    def _here(self, request: web.Request) -> str:
        # Behind a proxy the request's own address is not the public one.
        return (self._address or f"{request.scheme}://{request.host}") + REDIRECT_PATH


def _page(title: str, said: str, status: int) -> web.Response:
    again = f'<p><a href="{INSTALL_PATH}">Try again</a></p>' if status != 200 else ""
    body = f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(said)}</p>{again}"
    return web.Response(text=body, status=status, content_type="text/html")
