"""How what happened reaches the bot: over a socket that it has opened, or signed to its address over HTTP."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.servers.slack.interactions import ANSWER_SECONDS, Act, Interactions
from tests.servers.slack.state import APP, Message, Org, Team

Json = dict[str, Any]
SIGNING_SECRET = "test-signing-secret-of-the-test-slack"


@dataclass
class Told:
    """Something that was sent to the bot, each time that it was; `acks` are the answers that came in time."""

    kind: str
    payload: Json
    act: Act | None = None
    sent: int = 0
    acks: list[float] = field(default_factory=list)
    """Seconds until each acknowledgement."""
    statuses: list[int] = field(default_factory=list)


class Delivery(Interactions):
    """Tells the bot what happened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sockets: list[web.WebSocketResponse] = []
        self.linked = asyncio.Event()
        """Set while there is a socket."""
        self.told: list[Told] = []
        self.lost: list[Told] = []
        """What happened while nobody listened."""
        self.address_of_bot = ""
        """Where the bot listens over HTTP; empty for Socket Mode."""
        self.patience = ANSWER_SECONDS
        """How long an acknowledgement is waited for; shorter where a test means that none comes."""
        self._waiting: dict[str, tuple[Told, float, asyncio.Event]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    # --- sending ------------------------------------------------------------------------------------------------------

    def tell(self, kind: str, payload: Json, act: Act | None = None) -> Told:
        """Send something to the bot once."""
        self.violations += self.contract.payload(kind, payload)
        told = Told(kind, payload, act)
        self.told.append(told)
        self.send(told)
        return told

    def send(self, told: Told, *, retry: int = 0, reason: str = "timeout") -> None:
        """Send it, once more where it was sent before."""
        if not self.address_of_bot and not self.sockets:
            self.lost.append(told)
            return
        told.sent += 1
        sending = self._over_http if self.address_of_bot else self._over_socket
        task = asyncio.create_task(sending(told, retry, reason))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def quiet(self) -> None:
        """Wait until everything that was sent is acknowledged, or was waited for in vain."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    # --- Socket Mode --------------------------------------------------------------------------------------------------

    async def serve_link(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one socket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        debug = {"host": "test", "build_number": 1, "approximate_connection_time": 18060}
        greeting = {"num_connections": len(self.sockets) + 1, "connection_info": {"app_id": APP}, "debug_info": debug}
        await socket.send_json({"type": "hello", **greeting})
        self.sockets.append(socket)
        self.linked.set()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._heard(json.loads(frame.data))
        finally:
            self.sockets.remove(socket)
            if not self.sockets:
                self.linked.clear()
        return socket

    def _heard(self, frame: Json) -> None:
        if unknown := set(frame) - {"envelope_id", "payload"}:
            self.violations.append(f"an acknowledgement has {sorted(unknown)}")
        told, began, done = self._waiting.pop(frame["envelope_id"])
        self._acked(told, began, frame.get("payload") or {})
        done.set()

    async def _over_socket(self, told: Told, retry: int, reason: str) -> None:
        envelope = self.id("e")
        takes_answer = _frame_type(told.kind) != "events_api"
        frame: Json = {"envelope_id": envelope, "type": _frame_type(told.kind), "payload": told.payload}
        frame["accepts_response_payload"] = takes_answer
        if not takes_answer:
            frame |= {"retry_attempt": retry, "retry_reason": reason if retry else ""}
        done = asyncio.Event()
        self._waiting[envelope] = (told, time.monotonic(), done)
        # Any one of the sockets gets it, and only that one.
        await self.sockets[-1].send_json(frame)
        try:
            async with asyncio.timeout(self.patience):
                await done.wait()
        except TimeoutError:
            told.statuses.append(0)

    def _acked(self, told: Told, began: float, response: Json) -> None:
        told.acks.append(time.monotonic() - began)
        told.statuses.append(200)
        if told.act:
            self.acknowledged(told.act, response, told.acks[-1])

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to connect anew, and close what it has."""
        for socket in list(self.sockets):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "test"}})
            await socket.close()

    async def drop_sockets(self) -> None:
        """Close every socket without a word."""
        for socket in list(self.sockets):
            await socket.close()

    # --- HTTP ---------------------------------------------------------------------------------------------------------

    async def _over_http(self, told: Told, retry: int, reason: str) -> None:
        body, content_type = _written(told)
        headers = {**signed(body), "Content-Type": content_type}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        began = time.monotonic()
        limit = aiohttp.ClientTimeout(self.patience)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(self.address_of_bot, data=body.encode(), headers=headers) as answer,
            ):
                said = await answer.text()
                if answer.status == 200:
                    self._acked(told, began, json.loads(said) if said.startswith("{") else {})
                else:
                    told.statuses.append(answer.status)
        except (aiohttp.ClientError, TimeoutError):
            told.statuses.append(0)

    # --- events -------------------------------------------------------------------------------------------------------

    def happened(self, team: Team, event: Json) -> Told:
        """Tell the bot of an event, if it hears such events there."""
        org = self.org_of(team)
        # What an organisation has installed is authorized for no workspace in particular.
        authorized = {"enterprise_id": org.id if org else None, "team_id": None if org else team.id}
        more = {**authorized, "user_id": team.bot, "is_bot": True, "is_enterprise_install": org is not None}
        where = {"team_id": team.id, **({"enterprise_id": org.id} if org else {})}
        return self._told(event, {**where, "authorizations": [more], "is_ext_shared_channel": False})

    def happened_in_org(self, org: Org, event: Json) -> Told:
        """Tell the bot of an event that concerns a whole organisation."""
        return self._told(event, {"enterprise_id": org.id})

    def _told(self, event: Json, where: Json) -> Told:
        fixed = {"token": "verification", "api_app_id": APP, "type": "event_callback"}
        timed = {"event_id": self.id("Ev"), "event_time": int(self.clock.now().timestamp())}
        return self.tell("events_api", {**fixed, **where, "event": event, **timed})

    def holds_events_back(self, team: Team) -> Told:
        """Tell the bot that it is told no more of what happens in a workspace, for the time being."""
        minute = int(self.clock.now().timestamp()) // 60 * 60
        fixed = {"token": "verification", "type": "app_rate_limited", "team_id": team.id, "api_app_id": APP}
        return self.tell("app_rate_limited", {**fixed, "minute_rate_limited": minute})

    def message_posted(self, message: Message) -> None:
        """Tell that a message stands; also of the bot's own."""
        channel = self.channels[message.channel]
        team = self.teams[channel.team]
        if team.bot not in channel.people:
            return
        self.happened(team, {**self.message_json(message), **self._where(message)})
        if f"<@{team.bot}>" in message.text and channel.kind != "im" and not message.bot:
            told = {key: value for key, value in self.message_json(message).items() if key != "subtype"}
            self.happened(team, {**told, "type": "app_mention", "channel": channel.id, "event_ts": message.ts})

    def message_changed(self, message: Message, before: Json) -> None:
        """Tell that a message says something else."""
        self._hidden(message, {"subtype": "message_changed", "message": self.message_json(message)}, before)

    def message_deleted(self, message: Message) -> None:
        """Tell that a message is gone."""
        self._hidden(message, {"subtype": "message_deleted", "deleted_ts": message.ts}, self.message_json(message))

    def _hidden(self, message: Message, what: Json, before: Json) -> None:
        channel = self.channels[message.channel]
        team = self.teams[channel.team]
        ts = self.ts()
        where = {**self._where(message), "ts": ts, "event_ts": ts}
        if team.bot in channel.people:
            self.happened(team, {"type": "message", **what, "previous_message": before, "hidden": True, **where})

    def _where(self, message: Message) -> Json:
        channel = self.channels[message.channel]
        return {"channel": channel.id, "channel_type": channel.kind, "event_ts": message.ts}


def _frame_type(kind: str) -> str:
    return {"slash_commands": kind, "events_api": kind, "app_rate_limited": "events_api"}.get(kind, "interactive")


def _written(told: Told) -> tuple[str, str]:
    if _frame_type(told.kind) == "events_api":
        return json.dumps(told.payload), "application/json"
    form = told.payload if told.kind == "slash_commands" else {"payload": json.dumps(told.payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


def signed(body: str, *, at: float | None = None, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """The headers by which the bot knows that a request is Slack's."""
    moment = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}
