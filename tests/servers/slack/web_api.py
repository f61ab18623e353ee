"""The Web API: query, form and JSON arguments merged, each call held to the contract, its token and its scopes."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.core.clock import Clock
from tests.servers.slack import rules
from tests.servers.slack.calls import Call, Calls, Fault, limited, moment
from tests.servers.slack.contract import SlackContract
from tests.servers.slack.limits import Limits
from tests.servers.slack.state import (
    APP,
    IM,
    MPIM,
    PRIVATE,
    PUBLIC,
    ApiError,
    Channel,
    Message,
    Org,
    Standing,
    Team,
    Upload,
)

Json = dict[str, Any]
APP_TOKEN = "xapp-test-token-of-the-test-slack"
CLIENT_ID, CLIENT_SECRET = "123456.789", "test-client-secret-of-the-test-slack"
PAGE = 100
_NESTED = {"blocks", "view", "files", "metadata", "attachments"}
_HISTORY = {PUBLIC: "channels:history", PRIVATE: "groups:history", IM: "im:history", MPIM: "mpim:history"}
_READ = {PUBLIC: "channels:read", PRIVATE: "groups:read", IM: "im:read", MPIM: "mpim:read"}
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "reactions.add": "reactions:write",
    "users.info": "users:read",
}
Handler = Callable[[Team, Json], Json]


class WebApi(Standing):
    """Answers calls."""

    def __init__(self, clock: Clock, contract: SlackContract) -> None:
        super().__init__(clock)
        self.contract = contract
        self.calls = Calls()
        self.violations: list[str] = []
        self.limits: Limits | None = None
        """Kept where they are set, in real seconds."""
        self.host = ""
        self.codes: dict[str, Team | Org] = {}
        self.needed: set[str] = set()
        """Every scope that a call has needed."""
        self.on_call: Callable[[str, str], Awaitable[None]] | None = None
        """Called with "before" or "after" and the method, around every write that is done."""
        self.watchers: list[Callable[[str, Message, str], None]] = []
        self._methods: dict[str, Handler] = {
            "auth.test": self._auth_test,
            "apps.connections.open": self._connections_open,
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "conversations.open": self._open,
            "conversations.info": self._channel_told,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "reactions.add": self._react,
            "users.conversations": self._channels_of,
            "users.info": self._user_told,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._complete_upload,
            "oauth.v2.access": self._access,
        }

    async def serve_api(self, request: web.Request) -> web.Response:
        """Serve one call."""
        method = request.match_info["method"]
        call = Call(method, moment(), await merged(request))
        self.calls.made.append(call)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        team = self._asking(token, call.args)
        call.team = team.id if team else ""
        await self.calls.delay_of(method)
        if method not in self._methods:
            self.violations.append(f"no such method here: {method}")
            return self._given(call, ApiError("unknown_method"))
        self.violations += self.contract.arguments(method, call.args)
        if self.limits and (wait := self.limits.wait(method, call.team, str(call.args.get("channel", "")))):
            return self._failed(call, limited(wait))
        fault = self.calls.fault_of(method, call.team)
        if fault and not fault.after:
            return self._failed(call, fault)
        return await self._answered(call, team, token, fault)

    async def _answered(self, call: Call, team: Team | None, token: str, fault: Fault | None) -> web.Response:
        try:
            asking = self._authorized(call.method, call.args, team, token)
            if self.on_call:
                await self.on_call("before", call.method)
            body = self._methods[call.method](asking, call.args)
        except ApiError as refused:
            return self._given(call, refused)
        if self.on_call:
            await self.on_call("after", call.method)
        if fault:
            return self._failed(call, fault)
        self.violations += self.contract.answer(call.method, body)
        scopes = ",".join(sorted(asking.scopes))
        return web.json_response({"ok": True, **body}, headers={"x-oauth-scopes": scopes})

    def _authorized(self, method: str, args: Json, team: Team | None, token: str) -> Team:
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                raise ApiError("invalid_auth")
            return next(iter(self.teams.values()))
        if method == "oauth.v2.access":
            if (args.get("client_id"), args.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
                raise ApiError("invalid_client_id")
            return next(iter(self.teams.values()))
        if team is None:
            raise ApiError("invalid_auth")
        if team.org_wide:
            self._check_org(self.orgs[team.org], team)
        elif not team.installed:
            raise ApiError("account_inactive")
        if method in SCOPES:
            self.need(team, SCOPES[method])
        return team

    def _asking(self, token: str, args: Json) -> Team | None:
        """Whose token it is; that of an organisation counts for the workspace of what is asked for."""
        if org := next((org for org in self.orgs.values() if org.token == token), None):
            team = self.teams.get(self._team_meant(args))
            return replace(team, org_wide=True) if team and team.org == org.id else org.itself()
        return next((team for team in self.teams.values() if token and team.token == token), None)

    def _team_meant(self, args: Json) -> str:
        """The workspace of the channel, the person, the act or the view that a call names."""
        if channel := self.channels.get(args.get("channel") or args.get("channel_id") or ""):
            return channel.team
        named = (args.get("user") or args.get("user_id") or args.get("users") or "").split(",")[0]
        return self.users[named].team if named in self.users else self.team_of_view(args)

    def _check_org(self, org: Org, team: Team) -> None:
        if not org.installed:
            raise ApiError("account_inactive")
        if team.id != org.id and team.id not in org.teams:
            raise ApiError("team_access_not_granted")

    def need(self, team: Team, scope: str) -> None:
        """Refuse where the token lacks a scope."""
        self.needed.add(scope)
        if scope not in team.scopes:
            raise ApiError("missing_scope", scope)

    def _given(self, call: Call, refused: ApiError) -> web.Response:
        call.error = refused.error
        if refused.error in {"invalid_blocks", "invalid_arguments", "msg_blocks_too_long", "msg_too_long", "no_text"}:
            self.violations.append(f"{call.method} {refused.error}: {'; '.join(refused.details)}")
        told = {"response_metadata": {"messages": refused.details}} if refused.details else {}
        return web.json_response({"ok": False, "error": refused.error, **told})

    def _failed(self, call: Call, fault: Fault) -> web.Response:
        call.status, call.error = fault.status, fault.error or str(fault.status)
        if fault.status >= 500:
            return web.Response(status=fault.status, text="upstream", headers=fault.headers)
        return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=fault.headers)

    # --- who and where --------------------------------------------------------------------------------------------

    def _auth_test(self, team: Team, _: Json) -> Json:
        named = {"url": f"http://{self.host}/", "team": team.name, "user": "batchmates"}
        who = {"team_id": team.id, "user_id": team.bot, "bot_id": team.bot_id, "is_enterprise_install": team.org_wide}
        return {**named, **who, **({"enterprise_id": team.org} if team.org else {})}

    def _connections_open(self, _: Team, __: Json) -> Json:
        return {"url": f"ws://{self.host}/link?ticket={self.id('K')}"}

    def _user_told(self, team: Team, args: Json) -> Json:
        user = self.users.get(args["user"])
        if user is None or user.team != team.id:
            raise ApiError("user_not_found")
        return {"user": user.to_json()}

    def _channels_of(self, team: Team, args: Json) -> Json:
        kinds = {"public_channel": PUBLIC, "private_channel": PRIVATE}
        wanted = [kinds[kind] for kind in args["types"].split(",")]
        for kind in wanted:
            self.need(team, _READ[kind])
        user = self.users.get(args["user"])
        if user is None or user.team != team.id:
            raise ApiError("user_not_found")
        found = [
            {"id": one.id, "name": one.name}
            for one in self.channels.values()
            if one.kind in wanted and user.id in one.people and (one.kind == PUBLIC or team.bot in one.people)
        ]
        start, size = int(args.get("cursor") or 0), int(args.get("limit") or PAGE)
        more = {"next_cursor": str(start + size) if start + size < len(found) else ""}
        return {"channels": found[start : start + size], "response_metadata": more}

    def _channel_told(self, team: Team, args: Json) -> Json:
        channel = self._seen(team, args["channel"])
        self.need(team, _READ[channel.kind])
        return {"channel": channel.to_json(team.bot)}

    def _open(self, team: Team, args: Json) -> Json:
        people = args["users"].split(",")
        self.need(team, "im:write" if len(people) == 1 else "mpim:write")
        for id in people:
            user = self.users.get(id)
            if user is None or user.team != team.id:
                raise ApiError("users_not_found")
            if user.disabled_messages or user.deleted:
                raise ApiError("user_disabled")
        return {"channel": {"id": self.conversation(team, people).id}}

    def _seen(self, team: Team, id: str) -> Channel:
        channel = self.channels.get(id)
        hidden = channel and channel.kind != PUBLIC and team.bot not in channel.people
        if channel is None or channel.team != team.id or hidden:
            raise ApiError("channel_not_found")
        return channel

    def _writable(self, team: Team, id: str) -> Channel:
        channel = self._seen(team, id)
        if channel.archived:
            raise ApiError("is_archived")
        if team.bot not in channel.people:
            raise ApiError("not_in_channel")
        return channel

    # --- messages -------------------------------------------------------------------------------------------------

    def _post_message(self, team: Team, args: Json) -> Json:
        channel = self._writable(team, args["channel"])
        rules.check_message(args, self.files)
        thread = args.get("thread_ts")
        if thread and (channel.id, thread) not in self.messages:
            raise ApiError("thread_not_found")
        said = self.put(self._of_bot(team, channel.id, args, thread, metadata=args.get("metadata")))
        self.note("says", said)
        self.message_posted(said)
        return {"channel": channel.id, "ts": said.ts, "message": self.message_json(said)}

    def _post_ephemeral(self, team: Team, args: Json) -> Json:
        channel = self._writable(team, args["channel"])
        if args["user"] not in channel.people:
            raise ApiError("user_not_in_channel")
        rules.check_message(args, self.files)
        said = self.put(self._of_bot(team, channel.id, args, args.get("thread_ts"), only_for=args["user"]))
        self.note("says", said)
        return {"message_ts": said.ts}

    def _of_bot(self, team: Team, channel: str, args: Json, thread: str | None, **more: Any) -> Message:
        blocks = [dict(block) for block in args.get("blocks") or ()]
        return Message(self.ts(), channel, team.bot, args.get("text") or "", blocks, thread, bot=True, **more)

    def _update(self, team: Team, args: Json) -> Json:
        channel = self._writable(team, args["channel"])
        found = self._message(channel.id, args["ts"])
        if found.user != team.bot:
            raise ApiError("cant_update_message")
        rules.check_message(args, self.files)
        before = self.message_json(found)
        found.text, found.blocks = args.get("text") or "", [dict(block) for block in args.get("blocks") or ()]
        found.edited = self.ts()
        self.put(found)
        self.note("changes", found)
        self.message_changed(found, before)
        return {"channel": channel.id, "ts": found.ts, "text": found.text, "message": self.message_json(found)}

    def _message(self, channel: str, ts: str) -> Message:
        found = self.messages.get((channel, ts))
        if found is None or found.only_for:
            raise ApiError("message_not_found")
        return found

    def _history(self, team: Team, args: Json) -> Json:
        channel = self._seen(team, args["channel"])
        self.need(team, _HISTORY[channel.kind])
        if team.bot not in channel.people:
            raise ApiError("not_in_channel")
        return self._page(list(self.said_in(channel.id))[::-1], args)

    def _replies(self, team: Team, args: Json) -> Json:
        channel = self._seen(team, args["channel"])
        self.need(team, _HISTORY[channel.kind])
        if (channel.id, args["ts"]) not in self.messages:
            raise ApiError("thread_not_found")
        return self._page(list(self.said_in(channel.id, args["ts"])), args)

    def _page(self, found: list[Message], args: Json) -> Json:
        since = [one for one in found if float(one.ts) >= float(args.get("oldest") or 0)]
        start, size = int(args.get("cursor") or 0), int(args.get("limit") or PAGE)
        more = start + size < len(since)
        with_metadata = args.get("include_all_metadata") in (True, "1", "true")
        told = [self.message_json(one, metadata=with_metadata) for one in since[start : start + size]]
        following = {"response_metadata": {"next_cursor": str(start + size)}} if more else {}
        return {"messages": told, "has_more": more, **following}

    def _react(self, team: Team, args: Json) -> Json:
        channel = self._writable(team, args["channel"])
        found = self._message(channel.id, args["timestamp"])
        who = found.reactions.setdefault(args["name"], set())
        if team.bot in who:
            raise ApiError("already_reacted")
        who.add(team.bot)
        self.note("reacts", found, args["name"])
        return {}

    # --- installing -----------------------------------------------------------------------------------------------

    def allow(self, team: Team | Org) -> str:
        """Agree that the bot is installed; give the code that Slack hands over."""
        code = self.id("code")
        self.codes[code] = team
        return code

    def _access(self, _: Team, args: Json) -> Json:
        if args.get("grant_type") == "refresh_token":
            holders: list[Team | Org] = [*self.teams.values(), *self.orgs.values()]
            team = next((one for one in holders if one.refresh and one.refresh == args["refresh_token"]), None)
            if team is None:
                raise ApiError("invalid_refresh_token")
        elif args.get("code") in self.codes:
            team = self.codes.pop(args["code"])
        else:
            raise ApiError("invalid_code")
        team.installed = True
        rotated: Json = {}
        if team.rotates:
            team.token, team.refresh = f"xoxe.xoxb-test-{self.id('t')}", f"xoxe-test-{self.id('r')}"
            rotated = {"expires_in": 43_200, "refresh_token": team.refresh}
        named, wide = {"id": team.id, "name": team.name}, isinstance(team, Org)
        about = {"team": None if wide else named, "enterprise": named if wide else None, "is_enterprise_install": wide}
        granted = {"scope": ",".join(sorted(team.scopes)), "token_type": "bot", "app_id": APP}
        return {"access_token": team.token, "bot_user_id": team.bot, **about, **granted, **rotated}

    # --- files ----------------------------------------------------------------------------------------------------

    def _upload_url(self, _: Team, args: Json) -> Json:
        upload = Upload(self.id("F"), args["filename"], int(args["length"]))
        self.files[upload.id] = upload
        return {"upload_url": f"http://{self.host}/upload/{upload.id}", "file_id": upload.id}

    async def serve_file(self, request: web.Request) -> web.Response:
        """Give a file of a workspace to whoever has its token and the scope; others are led to the sign-in."""
        team_id, data = self.brought[request.match_info["id"]]
        team = self.teams[team_id]
        if request.headers.get("Authorization") != f"Bearer {team.token}":
            self.violations.append("a file was asked for without the token of its workspace")
        self.needed.add("files:read")
        await self.calls.delay_of("a file")
        if fault := self.calls.fault_of("a file", team.id):
            return web.Response(status=fault.status)
        if "files:read" not in team.scopes:
            return web.Response(status=302, headers={"Location": f"http://{self.host}/signin"})
        return web.Response(body=data)

    async def serve_upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file."""
        upload = self.files[request.match_info["id"]]
        upload.data = await request.read()
        if len(upload.data) != upload.length:
            self.violations.append(f"upload of {upload.name}: {len(upload.data)} bytes, {upload.length} were said")
        if "Authorization" in request.headers:
            self.violations.append("the token was sent to the address of an upload")
        return web.Response(text=f"OK - {len(upload.data)}")

    def _complete_upload(self, team: Team, args: Json) -> Json:
        done: list[Json] = []
        for one in args["files"]:
            upload = self.files.get(one["id"])
            if upload is None or upload.data is None:
                raise ApiError("file_not_found")
            upload.complete = True
            done.append({"id": upload.id, "title": one.get("title") or upload.name})
        if args.get("channel_id"):
            channel = self._writable(team, args["channel_id"])
            shared = Message(self.ts(), channel.id, team.bot, "", [], args.get("thread_ts"), bot=True)
            shared.files = [one["id"] for one in done]
            self.put(shared)
        return {"files": done}

    # --- what the other rooms of the server do ----------------------------------------------------------------------

    def team_of_view(self, args: Json) -> str:
        """The workspace of the act or the view that a call names; nothing where it names none."""
        raise NotImplementedError

    def note(self, deed: str, message: Message, more: str = "") -> None:
        """Tell who watches what the bot did."""
        for watcher in self.watchers:
            watcher(deed, message, more)

    def message_posted(self, message: Message) -> None:
        """Tell the bot that a message stands."""
        raise NotImplementedError

    def message_changed(self, message: Message, before: Json) -> None:
        """Tell the bot that a message says something else."""
        raise NotImplementedError


async def merged(request: web.Request) -> Json:
    """The arguments of a call, wherever they stand; what is nested may come as text."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    elif request.can_read_body:
        args |= {key: str(value) for key, value in (await request.post()).items()}
    args.pop("token", None)
    for name in _NESTED & set(args):
        if isinstance(args[name], str):
            args[name] = json.loads(args[name])
    return args
