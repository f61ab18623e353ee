"""Many workspaces: each with the token that it gave us when it installed the bot, renewed where tokens expire."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp

from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.platforms.slack.calls import (
    API,
    TIMEOUT,
    WHEN_UNAUTHORISED,
    Refused,
    Workspace,
    client_of,
    in_the_houses_words,
)
from bot.platforms.slack.pace import Pace

READ_AGAIN = timedelta(minutes=5)  # another process may have heard of an uninstall, or have renewed a token
RENEW_BEFORE = timedelta(minutes=30)  # a rotated token lives twelve hours
_log = logging.getLogger(__name__)


class Installed(Protocol):
    """What a workspace gave us."""

    @property
    def workspace(self) -> str:
        """Its id; that of its organisation where that one has installed the bot for it."""
        ...

    @property
    def bot_user(self) -> str:
        """Who the bot is there."""
        ...

    @property
    def bot_id(self) -> str:
        """The id of the bot itself."""
        ...

    @property
    def scopes(self) -> str:
        """What its token may do, with commas between."""
        ...

    @property
    def token(self) -> str:
        """The token."""
        ...

    @property
    def refresh_token(self) -> str:
        """What renews the token; empty where it never expires."""
        ...

    @property
    def expires_at(self) -> datetime | None:
        """When the token expires."""
        ...


class Installations(Protocol):
    """Where installations are kept."""

    async def find(self, team: str) -> Installed | None:
        """The installation of a workspace."""
        ...

    async def put(
        self,
        *,
        team: str,
        bot_user: str,
        bot_id: str,
        scopes: str,
        token: str,
        refresh_token: str,
        expires_at: datetime | None,
    ) -> None:
        """Note an installation."""
        ...

    async def forget(self, team: str) -> None:
        """Erase the tokens of a workspace, or of an organisation."""
        ...

    async def within(self, team: str, enterprise: str | None) -> None:
        """Note the organisation whose installation counts in a workspace; None for none."""
        ...


@dataclass(frozen=True, slots=True)
class Client:
    """Who our app is to Slack."""

    id: str
    secret: str


@dataclass(slots=True)
class _Known:
    workspace: Workspace
    installation: str
    until: datetime


class ManyWorkspaces:
    """The workspaces of an installation store.

    An organisation of Enterprise Grid installs the bot once: its one token counts in those of its workspaces to which
    it gives access, and stands in the store under the organisation's own id.
    """

    def __init__(
        self, store: Installations, app: Client, clock: Clock, *, pace: Pace | None = None, base_url: str = API
    ) -> None:
        self._store = store
        self._app = app
        self._clock = clock
        self._pace = pace or Pace()
        self._base_url = base_url
        self._session: aiohttp.ClientSession | None = None
        self._known: dict[str, _Known] = {}
        self._reading: dict[str, asyncio.Lock] = {}
        self._renewing: dict[str, asyncio.Lock] = {}
        self._within: dict[str, str] = {}

    async def open(self) -> None:
        """Make ready to call."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT))

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        self._known.clear()
        self._within.clear()
        if session:
            await session.close()

    async def of(self, team: str) -> Workspace:
        """The workspace of this id; one that has uninstalled the bot is asked again after a quarter of an hour."""
        async with self._reading.setdefault(team, asyncio.Lock()):
            known = self._known.get(team)
            if known is None or known.until <= self._clock.now():
                known = self._known[team] = await self._read(team)
        return known.workspace

    async def left(self, installation: str) -> None:
        """Forget the token of a workspace, or of an organisation, that has uninstalled the bot."""
        await self._store.forget(installation)
        self._forget(installation)

    async def granted(self, team: str, enterprise: str) -> None:
        """Note that the installation of an organisation counts in a workspace of it."""
        if self._within.get(team) != enterprise:
            await self._store.within(team, enterprise)
            self._within[team] = enterprise
            self._known.pop(team, None)

    async def revoked(self, team: str) -> None:
        """Note that the installation of its organisation counts no more in a workspace."""
        await self._store.within(team, None)
        self._within.pop(team, None)
        self._known.pop(team, None)

    def _forget(self, installation: str) -> None:
        for team in [team for team, known in self._known.items() if installation in (team, known.installation)]:
            del self._known[team]

    async def install(self, code: str, redirect: str) -> tuple[str, bool]:
        """Exchange what Slack gave for a token, and keep it; give whose it is, and whether that is an organisation."""
        answer = await self._exchange(code=code, redirect_uri=redirect)
        wide = bool(answer.get("is_enterprise_install"))
        given = answer.get("enterprise" if wide else "team") or {}
        if not given.get("id"):
            raise Refused(Refusal.malformed, "oauth.v2.access", "installed nowhere")
        await self._keep(str(given["id"]), answer)
        return str(given.get("name") or given["id"]), wide

    async def _read(self, team: str) -> _Known:
        found = await self._store.find(team)
        now = self._clock.now()
        if found and self._expires(found):
            await self._renew(team, found.workspace)
            found = await self._store.find(team)
        if found is None:
            raise Refused(Refusal.busy, "token", "not installed in this workspace", WHEN_UNAUTHORISED)
        client = client_of(found.token, self._session, self._base_url)
        scopes = frozenset(filter(None, found.scopes.split(",")))
        workspace = Workspace(team, client, self._pace, found.bot_user, found.bot_id, scopes)
        return _Known(workspace, found.workspace, now + READ_AGAIN)

    def _expires(self, found: Installed) -> bool:
        at = found.expires_at
        return bool(found.refresh_token) and at is not None and at - self._clock.now() < RENEW_BEFORE

    async def _renew(self, team: str, installation: str) -> None:
        # A refresh token serves once, and the workspaces of an organisation have one between them.
        async with self._renewing.setdefault(installation, asyncio.Lock()):
            found = await self._store.find(team)
            if found and self._expires(found):
                answer = await self._exchange(grant_type="refresh_token", refresh_token=found.refresh_token)
                await self._keep(installation, answer)
                _log.info("token_renewed team=%s", installation)

    async def _exchange(self, **given: str) -> Mapping[str, Any]:
        client = client_of(None, self._session, self._base_url)
        async with in_the_houses_words("oauth.v2.access"):
            # Not by the library's own method, which uses what aiohttp has deprecated.
            data = {"client_id": self._app.id, "client_secret": self._app.secret, **given}
            answer = await client.api_call("oauth.v2.access", data=data)
        told: Mapping[str, Any] = answer.data  # type: ignore[assignment]
        return told

    async def _keep(self, installation: str, answer: Mapping[str, Any]) -> None:
        lives = answer.get("expires_in")
        client = client_of(str(answer["access_token"]), self._session, self._base_url)
        async with in_the_houses_words("auth.test"):
            who = await client.auth_test()
        self._forget(installation)
        await self._store.put(
            team=installation,
            bot_user=str(answer["bot_user_id"]),
            bot_id=str(who["bot_id"]),
            scopes=str(answer.get("scope") or ""),
            token=str(answer["access_token"]),
            refresh_token=str(answer.get("refresh_token") or ""),
            expires_at=self._clock.now() + timedelta(seconds=int(lives)) if lives else None,
        )
