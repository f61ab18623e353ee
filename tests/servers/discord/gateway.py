"""The gateway: who is connected, what each connection was told, and how one that was cut takes up again."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.servers.discord.contract import Contract
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.state import JOINED, Channel, Guild, Message, member_json

Json = dict[str, Any]
DISPATCH, INVALID, HELLO, ACK = 0, 9, 10, 11
MEMBERS, GUILD_MESSAGES, DIRECT_MESSAGES, CONTENT = 1 << 1, 1 << 9, 1 << 12, 1 << 15
NEEDS = {"MESSAGE_CREATE": GUILD_MESSAGES, "MESSAGE_UPDATE": GUILD_MESSAGES, "MESSAGE_DELETE": GUILD_MESSAGES}
BEAT_MILLISECONDS = 30_000
MAY_CONTENT, MAY_MEMBERS = 1 << 19, 1 << 15  # the flags of an application in fewer than a hundred servers


@dataclass
class Session:
    """A shard's session; what it was told is kept, so that it can be told again."""

    id: str
    shard: int
    intents: int
    seq: int = 0
    told: list[tuple[int, str, Json]] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    heard: int = 0
    beaten: asyncio.Event = field(default_factory=asyncio.Event)
    out: asyncio.Queue[str | int] = field(default_factory=asyncio.Queue)
    """Frames, and the numbers that come back as pongs once everything before them was read."""


class Gateway(Interactions):
    """Tells the bot what happens."""

    def __init__(self, *args: Any, contract: Contract, token: str = "", shards: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract
        self.token = token
        self.shards = shards
        self.identify_at_once = 16
        self.flags = MAY_CONTENT | MAY_MEMBERS
        self.violations: list[str] = []
        self.sessions: dict[str, Session] = {}
        self.identified: list[int] = []
        self.identified_at: list[float] = []
        self.resumed = 0
        self._begun = asyncio.Condition()
        self.watchers: list[Callable[[str, Message, str], None]] = []
        """Called with "says", "changes" or "reacts", the message, and the reaction."""
        self._refuse_resume = False
        self._writers: set[asyncio.Task[None]] = set()

    # --- telling --------------------------------------------------------------------------------------------------

    def dispatch(self, name: str, data: Json, guild: str | None) -> None:
        """Tell the shard of this server, or the first one where it is private."""
        shard = (int(guild) >> 22) % self.shards if guild else 0
        for session in self.sessions.values():
            if session.shard == shard:
                self._tell(session, name, data)

    def _tell(self, session: Session, name: str, data: Json) -> None:
        needed = NEEDS.get(name, 0)
        if needed and "guild_id" not in data:
            needed = DIRECT_MESSAGES
        if name == "GUILD_MEMBER_REMOVE":
            needed = MEMBERS
        if needed & ~session.intents:
            return
        self.violations += self.contract.event(name, data)
        session.seq += 1
        session.told.append((session.seq, name, data))
        if session.socket is not None:
            session.out.put_nowait(json.dumps({"op": DISPATCH, "s": session.seq, "t": name, "d": data}))

    def send_raw(self, frame: Json, *, guild: str | None = None) -> None:
        """Put a frame on the wire as it is, unchecked: for what Discord should never send."""
        for session in self.sessions.values():
            if session.socket is not None:
                if frame["op"] == DISPATCH:
                    session.seq += 1
                session.out.put_nowait(json.dumps({**frame, "s": session.seq}))

    async def quiet(self) -> None:
        """Wait until every connected shard has read everything that it was told."""
        for session in list(self.sessions.values()):
            while session.socket is not None and not session.socket.closed and session.heard < session.seq:
                session.beaten.clear()
                # A ping and not a heartbeat: the library answers it in order, and limits how many heartbeats it sends.
                session.out.put_nowait(session.seq)
                try:
                    async with asyncio.timeout(2):
                        await session.beaten.wait()
                except TimeoutError:
                    break

    # --- what happens to what stands ------------------------------------------------------------------------------

    def message_posted(self, message: Message) -> None:
        """A message stands: everybody who may see it is told, ephemeral ones are told to nobody."""
        self._noticed("says", message)
        if not message.only_for:
            self._tell_message("MESSAGE_CREATE", message)

    def message_changed(self, message: Message) -> None:
        """A message says something else."""
        self._noticed("changes", message)
        if not message.only_for:
            self._tell_message("MESSAGE_UPDATE", message)

    def message_reacted(self, message: Message, emoji: str) -> None:
        """The bot has put a reaction on a message."""
        self._noticed("reacts", message, emoji)

    def _noticed(self, deed: str, message: Message, more: str = "") -> None:
        for watcher in self.watchers:
            watcher(deed, message, more)

    def _tell_message(self, name: str, message: Message) -> None:
        channel = self.channel(message.channel)
        for session in self.sessions.values():
            hide = bool(channel.guild) and not session.intents & CONTENT
            where = {"guild_id": channel.guild, "member": member_json()} if channel.guild else {}
            shard = (int(channel.guild) >> 22) % self.shards if channel.guild else 0
            if session.shard == shard:
                self._tell(session, name, {**self.message_json(message, hide=hide), **where})

    def thread_opened(self, thread: Channel) -> None:
        """A thread was opened."""
        self.dispatch("THREAD_CREATE", {**self.channel_json(thread), "newly_created": True}, thread.guild)

    def thread_changed(self, thread: Channel) -> None:
        """A thread was archived, opened again, locked or renamed."""
        self.dispatch("THREAD_UPDATE", self.channel_json(thread), thread.guild)

    def guild_json(self, guild: Guild) -> Json:
        """Write a server as it is told after READY."""
        people = [member_json(self.users[id]) for id in (self.bot.id, *guild.people[:50])]
        people[0]["roles"] = [f"{int(guild.id) + 1}"]
        channels = [c for c in self.channels.values() if c.guild == guild.id and c.kind in (0, 15)]
        empty = ("emojis", "stickers", "features", "voice_states", "presences", "stage_instances")
        none: tuple[str, ...] = (
            "icon",
            "splash",
            "banner",
            "description",
            "discovery_splash",
            "hub_type",
            "incidents_data",
        )
        none += ("afk_channel_id", "system_channel_id", "rules_channel_id", "public_updates_channel_id")
        none += ("safety_alerts_channel_id", "vanity_url_code", "application_id")
        zero: tuple[str, ...] = (
            "verification_level",
            "default_message_notifications",
            "explicit_content_filter",
            "mfa_level",
        )
        zero += ("system_channel_flags", "premium_tier", "nsfw_level")
        everybody = guild.role_json(guild.id, "@everyone", 0)
        ours = guild.role_json(f"{int(guild.id) + 1}", "Batchmates", guild.bot_may)
        others = [
            guild.role_json(id, name, guild.powers.get(id, 0), mentionable=may)
            for id, (name, may) in guild.roles.items()
        ]
        return {
            **{key: [] for key in empty},
            **dict.fromkeys(none),
            **dict.fromkeys(zero, 0),
            "id": guild.id,
            "name": guild.name,
            "owner_id": guild.owner,
            "roles": [everybody, ours, *others],
            "channels": [_without_guild(self.channel_json(channel)) for channel in channels],
            "threads": [self.channel_json(thread) for thread in self.threads(guild.id)],
            "members": people,
            "member_count": len(guild.people) + 1,
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "large": False,
            "unavailable": False,
            "joined_at": JOINED,
            "preferred_locale": "en-US",
            "afk_timeout": 300,
            "premium_progress_bar_enabled": False,
        }

    # --- connections ----------------------------------------------------------------------------------------------

    async def serve_gateway(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse(max_msg_size=0, autoping=False)
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": BEAT_MILLISECONDS}, "s": None, "t": None})
        session: Session | None = None
        async for frame in socket:
            if frame.type is WSMsgType.PONG and session:
                session.heard = int(frame.data)
                session.beaten.set()
            if frame.type is not WSMsgType.TEXT:
                continue
            data = json.loads(frame.data)
            match data["op"]:
                case 1:
                    await socket.send_json({"op": ACK, "d": None, "s": None, "t": None})
                case 2:
                    session = await self._identify(socket, data["d"])
                    await self._note_session()
                case 6:
                    session = await self._resume(socket, data["d"])
                    await self._note_session()
            if socket.closed:
                break
        if session and session.socket is socket:
            session.socket = None
        return socket

    async def _identify(self, socket: web.WebSocketResponse, asked: Json) -> Session | None:
        if asked["token"] != self.token:
            await socket.close(code=4004)
            return None
        if (asked["intents"] & CONTENT and not self.flags & MAY_CONTENT) or (
            asked["intents"] & MEMBERS and not self.flags & MAY_MEMBERS
        ):
            await socket.close(code=4014)
            return None
        shard = asked.get("shard", [0, 1])[0]
        # Whoever identifies for a shard takes the place of the session before.
        self.sessions = {id: one for id, one in self.sessions.items() if one.shard != shard}
        session = Session(self.snowflake(), shard, asked["intents"])
        self.sessions[session.id] = session
        self.identified.append(shard)
        self.identified_at.append(asyncio.get_running_loop().time())
        mine = [g for g in self.guilds.values() if g.has_bot and (int(g.id) >> 22) % self.shards == shard]
        ready = {"v": 10, "user": self.bot.to_json(), "session_id": session.id, "shard": [shard, self.shards]}
        ready["guilds"] = [{"id": guild.id, "unavailable": True} for guild in mine]
        ready["resume_gateway_url"] = f"ws://{self.host}/gateway"
        ready["application"] = {"id": self.bot.id, "flags": self.flags, "flags_new": str(self.flags)}
        self._attach(session, socket)
        self._tell(session, "READY", ready)
        for guild in mine:
            self._tell(session, "GUILD_CREATE", self.guild_json(guild))
        return session

    async def _resume(self, socket: web.WebSocketResponse, asked: Json) -> Session | None:
        session = self.sessions.get(asked["session_id"])
        if session is None or self._refuse_resume:
            self._refuse_resume = False
            self.sessions.pop(asked["session_id"], None)
            await socket.send_json({"op": INVALID, "d": False, "s": None, "t": None})
            return None
        self.resumed += 1
        self._attach(session, socket)
        for seq, name, data in session.told:
            if seq > asked["seq"]:
                session.out.put_nowait(json.dumps({"op": DISPATCH, "s": seq, "t": name, "d": data}))
        self._tell(session, "RESUMED", {})
        return session

    def _attach(self, session: Session, socket: web.WebSocketResponse) -> None:
        session.socket = socket
        session.out = asyncio.Queue()
        writer = asyncio.create_task(_write(session.out, socket))
        self._writers.add(writer)
        writer.add_done_callback(self._writers.discard)

    async def sessions_begun(self, wanted: int) -> None:
        """Wait until so many sessions have begun or were taken up again."""
        async with self._begun:
            await self._begun.wait_for(lambda: len(self.identified) + self.resumed >= wanted)

    async def _note_session(self) -> None:
        async with self._begun:
            self._begun.notify_all()

    async def drop_socket(self, code: int = 4000) -> None:
        """Cut every connection; the bot is told what it missed when it resumes."""
        for session in self.sessions.values():
            if session.socket is not None:
                socket, session.socket = session.socket, None
                await socket.close(code=code)

    async def invalidate_session(self) -> None:
        """Cut every connection and let none be taken up again: what happens meanwhile is not told."""
        self._refuse_resume = True
        await self.drop_socket()

    async def close_gateway(self) -> None:
        """End every connection."""
        for session in self.sessions.values():
            if session.socket is not None:
                await session.socket.close(code=WSCloseCode.GOING_AWAY)
        for writer in list(self._writers):
            writer.cancel()


async def _write(out: asyncio.Queue[str | int], socket: web.WebSocketResponse) -> None:
    while True:
        frame = await out.get()
        if socket.closed:
            return
        try:
            await (socket.ping(str(frame).encode()) if isinstance(frame, int) else socket.send_str(frame))
        except ConnectionError:
            return


def _without_guild(channel: Json) -> Json:
    return {key: value for key, value in channel.items() if key != "guild_id"}
