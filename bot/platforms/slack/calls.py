"""The Web API in the house's words: each call in its turn, each refusal as a delivery error."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import DeliveryError, PlatformAway, Refusal, SettingsError
from bot.platforms.slack.pace import LONGEST_WAIT, Pace

Json = dict[str, Any]
API = "https://slack.com/api/"
TIMEOUT = 30  # seconds; shorter than the longest call of the house
WHEN_UNAUTHORISED = 900.0  # seconds until a token that is not accepted is tried again
WHEN_LIMITED = 30.0  # seconds where Slack names none
PAGE = 100
AWAY = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
}
BUSY = {"message_limit_exceeded", "rate_limited", "ratelimited", "team_added_to_org"}
UNCLEAR = {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_not_found"}
GONE = {
    "channel_not_found",
    "message_not_found",
    "no_item_specified",
    "thread_not_found",
    "user_not_found",
    "users_not_found",
}
FORBIDDEN = {
    "access_denied",
    "cannot_dm_bot",
    "cannot_reply_to_message",
    "cant_update_message",
    "channel_is_archived",
    "edit_window_closed",
    "ekm_access_denied",
    "is_archived",
    "messages_tab_disabled",
    "method_not_supported_for_channel_type",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_in_channel",
    "not_reactable",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "thread_locked",
    "too_many_reactions",
    "user_disabled",
    "user_is_restricted",
    "user_not_in_channel",
}


class Refused(DeliveryError):
    """A refusal with Slack's own word for it."""

    def __init__(self, refusal: Refusal, method: str, code: str, retry_after: float | None = None) -> None:
        super().__init__(refusal, f"{method}: {code}", retry_after=retry_after)
        self.code = code


@dataclass(slots=True)
class Workspace:
    """One workspace: its token's client, who the bot is in it, and what its token may do."""

    team: str
    client: AsyncWebClient
    pace: Pace
    bot_user: str = ""
    bot_id: str = ""
    scopes: frozenset[str] = frozenset()
    direct: dict[str, str] = field(default_factory=dict)
    """The private conversations, by person."""

    async def call(self, method: str, channel: str = "", *, patience: float = LONGEST_WAIT, **args: Any) -> Json:
        """Make a call in its turn; `channel` is sent along, and names whose turn it is."""
        await self.pace.turn(self.team, method, channel, patience)
        given = {"channel": channel, **args} if channel else args
        try:
            async with in_the_houses_words(method):
                answer = await getattr(self.client, method.replace(".", "_"))(**given)
        except Refused as refused:
            if refused.code in BUSY:
                await self.pace.hold(self.team, method, channel, refused.retry_after or WHEN_LIMITED)
            raise
        if method == "auth.test":
            granted = str(answer.headers.get("x-oauth-scopes", ""))
            self.scopes = frozenset(part.strip() for part in granted.split(",") if part.strip())
        return dict(answer.data)

    def ready(self, method: str, channel: str = "") -> None:
        """Raise `NotYet` where such a call has no turn soon."""
        self.pace.ready(self.team, method, channel)

    async def pages(self, method: str, inside: str, channel: str, **args: Any) -> AsyncIterator[Json]:
        """Everything that a method lists, page by page."""
        cursor = ""
        while True:
            more: Json = {"cursor": cursor} if cursor else {}
            answer = await self.call(method, channel, limit=PAGE, **args, **more)
            found: Sequence[Json] = answer.get(inside) or ()
            for item in found:
                yield item
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def direct_channel(self, user: str, *, patience: float = LONGEST_WAIT) -> str:
        """The private conversation with somebody."""
        if user not in self.direct:
            opened = await self.call("conversations.open", patience=patience, users=user)
            self.direct[user] = str(opened["channel"]["id"])
        return self.direct[user]

    async def upload(self, name: str, data: bytes, alt: str = "", *, channel: str = "", thread: str = "") -> str:
        """Upload a file; it is shown in a channel where one is named, else only where a block names its id."""
        described: Json = {"alt_txt": alt[:1000]} if alt else {}
        place = await self.call("files.getUploadURLExternal", filename=name, length=len(data), **described)
        async with (
            in_the_houses_words("upload"),
            # A session of its own: the address is another one, and has no business with the token.
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT)) as session,
            session.post(place["upload_url"], data=data) as done,
        ):
            if done.status != 200:
                raise Refused(Refusal.unclear, "upload", str(done.status))
        shared: Json = {"channel_id": channel} if channel else {}
        if channel and thread:
            shared["thread_ts"] = thread
        await self.call("files.completeUploadExternal", files=[{"id": place["file_id"], "title": name}], **shared)
        return str(place["file_id"])


class Workspaces(Protocol):
    """The workspaces in which the bot is installed."""

    async def open(self) -> None:
        """Make ready to call."""
        ...

    async def close(self) -> None:
        """Call no more."""
        ...

    async def of(self, team: str) -> Workspace:
        """The workspace of this id; raise `DeliveryError` where the bot is not installed in it."""
        ...

    async def left(self, installation: str) -> None:
        """Forget the token of a workspace, or of an organisation, that has uninstalled the bot."""
        ...

    async def granted(self, team: str, enterprise: str) -> None:
        """Note that the installation of an organisation counts in a workspace of it."""
        ...

    async def revoked(self, team: str) -> None:
        """Note that the installation of its organisation counts no more in a workspace."""
        ...


class OneWorkspace:
    """The one workspace that a token of the settings belongs to."""

    def __init__(self, token: str, *, pace: Pace | None = None, base_url: str = API) -> None:
        self._token = token
        self._base_url = base_url
        self._pace = pace or Pace()
        self._session: aiohttp.ClientSession | None = None
        self._one: Workspace | None = None
        self._teams: dict[str, Workspace] | None = None
        """The workspaces of the organisation that the token belongs to; None where it belongs to one workspace."""

    async def open(self) -> None:
        """Ask Slack which workspace this is."""
        if self._one is not None:
            return
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT))
        one = Workspace("", client_of(self._token, self._session, self._base_url), self._pace)
        who = await one.call("auth.test")
        one.team, one.bot_user, one.bot_id = str(who["team_id"]), str(who["user_id"]), str(who["bot_id"])
        self._teams = {} if who.get("is_enterprise_install") else None
        self._one = one

    async def close(self) -> None:
        """Close the connections."""
        session, self._session, self._one = self._session, None, None
        if session:
            await session.close()

    async def of(self, team: str) -> Workspace:
        """The workspace, where it is this one, or one of this organisation."""
        if self._one is None:
            raise DeliveryError(Refusal.busy, "not started yet")
        if self._teams is not None and team not in ("", self._one.team):
            # Each has limits and conversations of its own; the token is the same.
            return self._teams.setdefault(team, replace(self._one, team=team, direct={}))
        if team not in ("", self._one.team):
            raise Refused(Refusal.forbidden, "token", "another_workspace")
        return self._one

    async def left(self, installation: str) -> None:
        """The token stands in the settings; the next call tells that it is not accepted any more."""

    async def granted(self, team: str, enterprise: str) -> None:
        """The token tells by itself."""

    async def revoked(self, team: str) -> None:
        """The next call tells."""


def client_of(token: str | None, session: aiohttp.ClientSession | None, base_url: str = API) -> AsyncWebClient:
    """A client that repeats nothing by itself: a message whose answer was lost would be sent twice."""
    return AsyncWebClient(token=token, base_url=base_url, timeout=TIMEOUT, session=session, retry_handlers=[])


class in_the_houses_words:  # noqa: N801  # read as words: async with in_the_houses_words(method)
    """Says Slack's refusals in the house's words."""

    def __init__(self, method: str) -> None:
        self._method = method

    async def __aenter__(self) -> None:
        """Nothing to do before."""

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Turn what the libraries raise into a delivery error."""
        match error:
            case SlackApiError():
                raise refused(self._method, error) from error
            case aiohttp.ClientConnectorError():
                raise Refused(Refusal.busy, self._method, "no connection") from error
            case aiohttp.ClientError() | OSError() | TimeoutError():
                raise Refused(Refusal.unclear, self._method, type(error).__name__) from error


def not_opened(setting: str, refused: Refused) -> SettingsError | PlatformAway:
    """What to raise where there is no connection: the token is wrong, or Slack is not there."""
    if refused.refusal is Refusal.unclear or (refused.refusal is Refusal.busy and refused.code not in AWAY):
        return PlatformAway(f"Slack cannot be reached: {refused.code}")
    return SettingsError(f"{setting}: Slack does not accept this token ({refused.code})")


def refused(method: str, error: SlackApiError) -> Refused:
    """Sort a refusal: try later, settle first, or never again."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in BUSY:
        return Refused(Refusal.busy, method, code or "ratelimited", _retry_after(response))
    if status >= 500 or code in UNCLEAR:
        return Refused(Refusal.unclear, method, code or str(status))
    if code in AWAY:
        return Refused(Refusal.busy, method, code, WHEN_UNAUTHORISED)
    if code in GONE:
        return Refused(Refusal.gone, method, code)
    if code in FORBIDDEN:
        return Refused(Refusal.forbidden, method, code)
    return Refused(Refusal.malformed, method, code or str(status))


def _retry_after(response: Any) -> float:
    try:
        return float(response.headers.get("Retry-After", ""))
    except (AttributeError, TypeError, ValueError):
        return WHEN_LIMITED
