"""The world over a loopback connection, for a bot in another process: one JSON object a line.

bot to world   {"id", "call", "args"}
world to bot   {"id", "result"} | {"id", "refused": [status, what, retry_after, thread]} | {"event": {...}}
The world's first line is {"mode": ...}. Several processes of one bot may reach it and send. Who calls `connect` hears
what happens from then on, instead of the one before, whose connection is ended, or beside the others where the server
takes several; when that connection drops, who waits for an answer hears that there is none, and what is not
acknowledged comes again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from itertools import count
from typing import Any

from bot.platforms.local.formats import BotSide, File, Files, Json, Mode, Receive, Refused

_LONGEST = 16 * 1024 * 1024  # bytes of one line: an attachment of 200,000 characters in base64, several times over
_END = b"\n"  # a line without it is what a process could still write when it was killed
_GONE = (503, "the world is out of reach")

CALLER: ContextVar[int | None] = ContextVar("caller", default=None)
"""While the world does what a bot asked for over a connection: the port from which that bot calls."""


def _line(data: Json) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode() + _END


def _files_to_json(files: Files) -> Json:
    return {name: file.to_json() for name, file in files.items()}


class WorldServer:
    """Lets a bot in another process reach a world, or several processes at a time."""

    def __init__(self, world: BotSide, *, several: bool = False) -> None:
        self._world = world
        self._several = several
        self._server: asyncio.Server | None = None
        self._connections: dict[int, asyncio.StreamWriter] = {}
        self._hearing: asyncio.StreamWriter | None = None
        self._serving: set[asyncio.Task[Any]] = set()

    @property
    def port(self) -> int:
        """The port on which it listens."""
        if self._server is None:
            raise RuntimeError("the server was not opened")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def callers(self) -> frozenset[int]:
        """The ports from which bots are connected."""
        return frozenset(self._connections)

    async def open(self, host: str, port: int) -> None:
        """Begin to listen; port 0 takes any free one."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=_LONGEST)

    async def close(self) -> None:
        """End the connections that there are, and listen no more."""
        if self._server:
            self._server.close()
        for writer in self._connections.values():
            writer.close()
        if self._serving:
            await asyncio.wait(self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        port = int(writer.get_extra_info("peername")[1])
        self._connections[port] = writer
        CALLER.set(port)  # of this connection's own task
        session: int | None = None
        try:
            writer.write(_line({"mode": self._world.mode.value}))
            while (said := await reader.readline()).endswith(_END):
                call = json.loads(said)
                answer = await self._answer(call, writer)
                if call["call"] == "connect":
                    session = answer.get("result")
                    self._hear_instead(writer)
                writer.write(_line({"id": call["id"], **answer}))
                await writer.drain()
        except ConnectionError:
            pass  # the bot's process died: what follows is the same as when it hangs up
        finally:
            if session is not None:
                await self._world.disconnect(session)
            self._connections.pop(port, None)
            if self._hearing is writer:
                self._hearing = None
            writer.close()

    def _hear_instead(self, writer: asyncio.StreamWriter) -> None:
        if not self._several and self._hearing and self._hearing is not writer:
            self._hearing.close()
        self._hearing = writer

    async def _answer(self, call: Json, writer: asyncio.StreamWriter) -> Json:
        args = dict(call["args"])
        if "files" in args:
            args["files"] = {name: File.from_json(file) for name, file in args["files"].items()}
        if call["call"] == "connect":
            args["receive"] = lambda event: writer.write(_line({"event": event}))
        try:
            return {"result": await self._calls()[call["call"]](**args)}
        except Refused as refused:
            return {"refused": [refused.status, refused.what, refused.retry_after, refused.thread]}

    def _calls(self) -> Mapping[str, Callable[..., Awaitable[Any]]]:
        world = self._world
        return {
            "connect": world.connect,
            "disconnect": world.disconnect,
            "ack": world.ack,
            "answer": world.answer,
            "post": world.post,
            "open_thread": world.open_thread,
            "open_room": world.open_room,
            "let_out": world.let_out,
            "rooms": world.rooms,
            "edit": world.edit,
            "react": world.react,
            "history": world.history,
            "replies": world.replies,
            "in_private": world.in_private,
            "permissions": world.permissions,
            "is_here": world.is_here,
        }


async def serve_world(world: BotSide, host: str = "127.0.0.1", port: int = 0, *, several: bool = False) -> WorldServer:
    """Let bots in other processes reach this world; `port` of the server says where."""
    server = WorldServer(world, several=several)
    await server.open(host, port)
    return server


class RemoteWorld:
    """A world in another process; a call on a connection that is gone is refused with 503."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mode: Mode) -> None:
        self._reader = reader
        self._writer = writer
        self._mode = mode
        self._numbers = count(1)
        self._open: dict[int, asyncio.Future[Any]] = {}
        self._receive: Receive | None = None
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, host: str, port: int) -> "RemoteWorld":
        """Reach the world that is served there."""
        reader, writer = await asyncio.open_connection(host, port, limit=_LONGEST)
        try:
            greeting = json.loads(await reader.readline())
            return cls(reader, writer, Mode(greeting["mode"]))
        except BaseException:
            writer.close()
            raise

    @property
    def mode(self) -> Mode:
        """What the world knows about a message that is sent a second time."""
        return self._mode

    @property
    def port(self) -> int:
        """The port from which this bot calls."""
        return int(self._writer.get_extra_info("sockname")[1])

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self.lost()

    async def lost(self) -> None:
        """Wait until the connection is gone."""
        await asyncio.wait([self._reading])

    async def connect(self, receive: Receive) -> int:
        """Become the bot: what it has not acknowledged comes again, in order, then what is new."""
        self._receive = receive
        return int(await self._call("connect"))

    async def disconnect(self, session: int) -> None:
        """Be the bot no longer; who waits for an answer hears that there is none."""
        await self._call("disconnect", session=session)

    async def ack(self, seq: int) -> None:
        """Say that an event has had its effect and need not come again."""
        await self._call("ack", seq=seq)

    async def answer(self, event: str, reply: Json, files: Files) -> None:
        """Answer an interaction."""
        await self._call("answer", event=event, reply=reply, files=_files_to_json(files))

    async def post(
        self,
        channel: str | None,
        thread: str | None,
        blocks: Sequence[Json],
        files: Files,
        nonce: str | None = None,
        to_person: str | None = None,
    ) -> Json:
        """Post a message, to a place or to one person in private; give its id, channel and thread."""
        where = {"channel": channel, "thread": thread, "nonce": nonce, "to_person": to_person}
        return dict(await self._call("post", blocks=blocks, files=_files_to_json(files), **where))

    async def open_thread(self, channel: str, message: str, name: str) -> Json:
        """Open a thread on a message; refuse with the thread that stands there where there is one."""
        return dict(await self._call("open_thread", channel=channel, message=message, name=name))

    async def open_room(self, channel: str, people: Sequence[str], name: str) -> Json:
        """Open a room off a channel that only these people see; give its channel."""
        return dict(await self._call("open_room", channel=channel, people=list(people), name=name))

    async def let_out(self, room: str, user: str) -> None:
        """Take a person out of a room; who is out already stays out."""
        await self._call("let_out", room=room, user=user)

    async def rooms(self, channel: str) -> list[Json]:
        """Name the rooms that were opened off a channel, the oldest first."""
        return list(await self._call("rooms", channel=channel))

    async def edit(self, channel: str, message: str, blocks: Sequence[Json], files: Files) -> None:
        """Replace what a message of the bot says."""
        await self._call("edit", channel=channel, message=message, blocks=blocks, files=_files_to_json(files))

    async def react(self, channel: str, message: str, emoji: str) -> None:
        """Put a reaction on a message; a second time changes nothing."""
        await self._call("react", channel=channel, message=message, emoji=emoji)

    async def history(self, channel: str, thread: str | None, after: str | None = None) -> list[Json]:
        """Read what was said at or after a moment, with the keys of the bot's own messages in mode history."""
        return list(await self._call("history", channel=channel, thread=thread, after=after))

    async def replies(self, thread: str) -> list[Json]:
        """Read what members wrote in a thread, as events of type posted."""
        return list(await self._call("replies", thread=thread))

    async def in_private(self, user: str, after: str) -> list[Json]:
        """Read what somebody wrote to the bot alone at or after a moment, as events of type posted."""
        return list(await self._call("in_private", user=user, after=after))

    async def permissions(self, channel: str) -> list[str]:
        """Name what the bot may do in a channel."""
        return list(await self._call("permissions", channel=channel))

    async def is_here(self, user: str) -> bool:
        """Tell whether somebody is in the workspace."""
        return bool(await self._call("is_here", user=user))

    async def _call(self, call: str, **args: Any) -> Any:
        if self._reading.done():
            raise Refused(*_GONE)
        number = next(self._numbers)
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._open[number] = waiting
        try:
            self._writer.write(_line({"id": number, "call": call, "args": args}))
            await self._writer.drain()
            return await waiting
        except ConnectionError as error:
            raise Refused(*_GONE) from error
        finally:
            del self._open[number]

    async def _read(self) -> None:
        try:
            while (said := await self._reader.readline()).endswith(_END):
                self._take(json.loads(said))
        except ConnectionError:
            pass  # the same as when the world hangs up
        finally:
            for waiting in self._open.values():
                if not waiting.done():
                    waiting.set_exception(Refused(*_GONE))

    def _take(self, data: Json) -> None:
        if "event" in data:
            if self._receive:
                self._receive(data["event"])
            return
        waiting = self._open.get(data["id"])
        if waiting is None or waiting.done():
            return
        if "refused" in data:
            waiting.set_exception(Refused(*data["refused"]))
        else:
            waiting.set_result(data["result"])
