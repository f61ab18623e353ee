"""The routes: which method of the world answers which request, held to the contract in both directions."""

import json
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from tests.servers.discord.calls import Call, Calls, Fault, exempt, moment
from tests.servers.discord.contract import Operation
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.permissions import May
from tests.servers.discord.state import ApiError, member_json, unknown

Json = Any
PREFIX = "/api/v10"
Given = tuple[str, ...]
Handler = Callable[[Given, Json, Mapping[str, bytes], Mapping[str, str]], tuple[int, Json]]


class Rest(Gateway):
    """Answers requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calls = Calls()
        self.on_call: Callable[[str, str], Awaitable[None]] | None = None
        """Called with "before" or "after" and the route, around every write that is done."""
        self.allowed: int | None = None
        """How many requests a second are taken; None for any number, since tests make in a moment what takes a day."""
        self._routes = self._table()

    async def serve_rest(self, request: web.Request) -> web.Response:
        """Serve one request."""
        path, method = request.path.removeprefix(PREFIX), request.method
        operation = self.contract.operation(method, path)
        call = Call(f"{method} {operation.template if operation else path}", path, moment())
        self.calls.made.append(call)
        body, files = await _read(request)
        call.body = body
        await self.calls.delay_of(f"{method} {path}")
        handler = self._routes.get((method, operation.template)) if operation else None
        if operation is None or handler is None:
            self.violations.append(f"no such route here: {method} {path}")
            return self._given(call, 404, {"code": 0, "message": "404: Not Found"})
        if body is not None:
            self.violations += self.contract.request(operation, body)
        return await self._answer(call, operation, handler, (body, files, dict(request.query)), request)

    async def _answer(
        self, call: Call, operation: Operation, handler: Handler, given: tuple[Any, ...], request: web.Request
    ) -> web.Response:
        if self.allowed is not None and not exempt(call.path) and self.calls.within(1.0) > self.allowed:
            self.calls.rate_limit(f"^{request.method} {call.path}$", 1.0, scope="global")
        fault = self.calls.fault_of(f"{request.method} {call.path}")
        if fault and not fault.after:
            return self._failed(call, fault)
        if self.on_call and request.method != "GET":
            await self.on_call("before", call.route)
        self.needed = May(0)
        try:
            self._check_token(request, call.path)
            status, body = handler(operation.found, *given)
        except ApiError as refused:
            call.needs = self.needed
            return self._given(call, refused.status, refused.body)
        call.needs = self.needed
        if self.on_call and request.method != "GET":
            await self.on_call("after", call.route)
        if fault:
            return self._failed(call, fault)
        self.violations += self.contract.response(operation, status, body)
        return self._given(call, status, body)

    def _check_token(self, request: web.Request, path: str) -> None:
        if not exempt(path) and request.headers.get("Authorization") != f"Bot {self.token}":
            raise ApiError(401, 0, "401: Unauthorized")

    def _failed(self, call: Call, fault: Fault) -> web.Response:
        return self._given(call, fault.status, fault.body, fault.headers)

    def _given(self, call: Call, status: int, body: Json, headers: Mapping[str, str] | None = None) -> web.Response:
        call.status = status
        call.code = body.get("code", 0) if isinstance(body, dict) and status >= 400 else 0
        bucket = str(zlib.crc32(call.route.encode()))
        limits = {"Limit": "1000", "Remaining": "999", "Reset": "0", "Reset-After": "1.0", "Bucket": bucket}
        # discord.py waits after a 429 only where the answer came through a proxy, which `Via` tells.
        every = {"Via": "1.1 test", **{f"X-RateLimit-{name}": value for name, value in limits.items()}}
        every |= headers or {}
        if body is None:
            return web.Response(status=status, headers=every)
        data = json.dumps(body).encode()
        return web.Response(body=data, status=status, content_type="application/json", headers=every)

    # --- the table ------------------------------------------------------------------------------------------------

    def _table(self) -> dict[tuple[str, str], Handler]:
        channel, message = "/channels/{channel_id}", "/channels/{channel_id}/messages/{message_id}"
        commands, hook = "/applications/{application_id}/commands", "/webhooks/{webhook_id}/{webhook_token}"
        callback = "/interactions/{interaction_id}/{interaction_token}/callback"
        role = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
        say, whole = self.message_json, self.channel_json
        return {
            ("GET", "/users/@me"): lambda a, b, f, q: (200, self._me()),
            ("GET", "/oauth2/applications/@me"): lambda a, b, f, q: (200, self._application()),
            ("GET", "/gateway/bot"): lambda a, b, f, q: (200, self._gateway()),
            ("GET", commands): lambda a, b, f, q: (200, self.commands),
            ("PUT", commands): lambda a, b, f, q: (200, self.put_commands(b)),
            ("GET", channel): lambda a, b, f, q: (200, whole(self._seen(a[0]))),
            ("PATCH", channel): lambda a, b, f, q: (200, whole(self.change_channel(a[0], b))),
            ("GET", f"{channel}/messages"): lambda a, b, f, q: (
                200,
                [say(one, hide=self._hides()) for one in self.read_history(a[0], dict(q))],
            ),
            ("POST", f"{channel}/messages"): lambda a, b, f, q: (200, say(self.create_message(a[0], b, dict(f)))),
            ("GET", message): lambda a, b, f, q: (200, say(self.read_message(a[0], a[1]), hide=self._hides())),
            ("PATCH", message): lambda a, b, f, q: (200, say(self.edit_message(a[0], a[1], b, dict(f)))),
            ("POST", f"{message}/threads"): lambda a, b, f, q: (201, whole(self.open_thread(a[0], a[1], b))),
            ("POST", f"{channel}/threads"): lambda a, b, f, q: (201, self._opened(a[0], b, dict(f))),
            ("PUT", f"{channel}/thread-members/{{user_id}}"): lambda a, b, f, q: self._let_in(a),
            ("DELETE", f"{channel}/thread-members/{{user_id}}"): lambda a, b, f, q: self._let_out(a),
            ("PUT", f"{message}/reactions/{{emoji_name}}/@me"): lambda a, b, f, q: self._reacted(a),
            ("GET", "/guilds/{guild_id}/threads/active"): lambda a, b, f, q: (200, self._active(a[0])),
            ("GET", f"{channel}/threads/archived/public"): lambda a, b, f, q: (200, self._archived(a[0])),
            ("GET", "/guilds/{guild_id}/members/{user_id}"): lambda a, b, f, q: (200, self._member(a[0], a[1])),
            ("GET", "/guilds/{guild_id}/scheduled-events"): lambda a, b, f, q: (200, self._events(a[0])),
            ("POST", "/guilds/{guild_id}/scheduled-events"): lambda a, b, f, q: (200, self.make_event(a[0], b)),
            ("DELETE", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}"): lambda a, b, f, q: (
                self._event_dropped(a)
            ),
            ("PUT", role): lambda a, b, f, q: self._role_changed(a, given=True),
            ("DELETE", role): lambda a, b, f, q: self._role_changed(a, given=False),
            ("POST", "/users/@me/channels"): lambda a, b, f, q: (200, whole(self.open_direct(b))),
            ("POST", callback): lambda a, b, f, q: self._called_back(a, b, dict(f), q),
            ("POST", hook): lambda a, b, f, q: (200, say(self.follow_up(a[1], b, dict(f)))),
            ("PATCH", f"{hook}/messages/@original"): lambda a, b, f, q: (
                200,
                say(self.edit_original(a[1], b, dict(f))),
            ),
            ("DELETE", f"{hook}/messages/@original"): lambda a, b, f, q: self._deleted(a[1]),
        }

    def _hides(self) -> bool:
        return not any(session.intents & (1 << 15) for session in self.sessions.values())

    def _seen(self, channel: str) -> Any:
        found = self.channel(channel)
        self.need(found, May.VIEW_CHANNEL)
        return found

    def _called_back(self, a: Given, body: Json, files: dict[str, bytes], query: Mapping[str, str]) -> tuple[int, Json]:
        answer = self.answer(a[0], a[1], body, files)
        return (200, answer) if query.get("with_response") in ("true", "1") else (204, None)

    def _reacted(self, a: Given) -> tuple[int, Json]:
        self.react(a[0], a[1], unquote(a[2]))
        return 204, None

    def _deleted(self, token: str) -> tuple[int, Json]:
        self.delete_original(token)
        return 204, None

    def _role_changed(self, a: Given, *, given: bool) -> tuple[int, Json]:
        guild = self.guilds.get(a[0])
        if guild is None or a[1] not in guild.people:
            raise ApiError(404, 10007, "Unknown Member")
        if a[2] not in guild.roles:
            raise ApiError(404, 10011, "Unknown Role")
        if not guild.bot_may & May.MANAGE_ROLES:
            raise ApiError(403, 50013, "Missing Permissions")
        self.needed |= May.MANAGE_ROLES
        theirs = guild.given.setdefault(a[1], set())
        (theirs.add if given else theirs.discard)(a[2])
        return 204, None

    def _opened(self, channel: str, body: Json, files: dict[str, bytes]) -> Json:
        is_post = "message" in body
        return self._post(channel, body, files) if is_post else self.channel_json(self.open_room(channel, body))

    def _let_in(self, a: Given) -> tuple[int, Json]:
        self.let_in(a[0], a[1])
        return 204, None

    def _let_out(self, a: Given) -> tuple[int, Json]:
        self.let_out(a[0], a[1])
        return 204, None

    def _post(self, channel: str, body: Json, files: dict[str, bytes]) -> Json:
        thread, message = self.open_post(channel, body, files)
        return {**self.channel_json(thread), "message": self.message_json(message)}

    def _active(self, guild: str) -> Json:
        if guild not in self.guilds:
            raise unknown("guild")
        return {"threads": [self.channel_json(c) for c in self.threads(guild)], "members": [], "has_more": False}

    def _events(self, guild: str) -> Json:
        if guild not in self.guilds or not self.guilds[guild].has_bot:
            raise unknown("guild")
        return list(self.guilds[guild].events.values())

    def _event_dropped(self, a: Given) -> tuple[int, Json]:
        self.drop_event(a[0], a[1])
        return 204, None

    def _archived(self, channel: str) -> Json:
        self.need(self.channel(channel), May.READ_MESSAGE_HISTORY)
        gone = [c for c in self.channels.values() if c.parent == channel and c.archived]
        return {"threads": [self.channel_json(c) for c in gone], "members": [], "has_more": False}

    def _member(self, guild: str, user: str) -> Json:
        if guild not in self.guilds or not self.guilds[guild].has_bot:
            raise unknown("guild")
        if user not in self.users:
            raise unknown("user")
        if user not in self.guilds[guild].people:
            raise unknown("member")
        none = ("avatar", "banner", "communication_disabled_until", "nick", "premium_since")
        return {**member_json(self.users[user]), **dict.fromkeys(none), "pending": False}

    def _gateway(self) -> Json:
        start = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": self.identify_at_once}
        return {"url": f"ws://{self.host}/gateway", "shards": self.shards, "session_start_limit": start}

    def _me(self) -> Json:
        more = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}
        return {**self.bot.to_json(), **more}

    def _application(self) -> Json:
        owner = next((user for user in self.users.values() if not user.bot), self.bot)
        none = ("icon", "interactions_endpoint_url", "role_connections_verification_url", "team")
        counts = ("approximate_guild_count", "approximate_user_install_count", "approximate_user_authorization_count")
        texts = {"name": self.bot.name, "description": "", "summary": "", "verify_key": "0" * 64}
        switches = {"bot_public": True, "bot_require_code_grant": False, "flags": self.flags}
        lists: Json = {"redirect_uris": [], "eligible_oauth2_scopes": [], "tags": []}
        fixed = {"event_webhooks_status": 1, "explicit_content_filter": 0, "flags_new": str(self.flags)}
        whole = {
            **dict.fromkeys((*none, "type", "max_participants")),
            **dict.fromkeys(counts, 1),
            **texts,
            **switches,
            **lists,
            **fixed,
        }
        return {**whole, "id": self.bot.id, "owner": owner.to_json(), "bot": self.bot.to_json()}


async def _read(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    files: dict[str, bytes] = {}
    body: Json = None
    if request.content_type.startswith("multipart"):
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            data = bytes(await part.read())
            if part.name == "payload_json":
                body = json.loads(data)
            else:
                files[part.filename or "file"] = data
    elif request.can_read_body and request.content_type == "application/json":
        body = await request.json()
    return body, files
