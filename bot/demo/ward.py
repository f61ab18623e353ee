"""The bot as a process that may be killed at any moment and is started again."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from bot.demo.child import HOST, Life
from bot.demo.group import Stage
from bot.demo.nursery import Nursery
from bot.platforms.local.formats import Json
from bot.platforms.local.remote import WorldServer, serve_world

T = TypeVar("T")
PATIENCE = 120.0  # seconds of real time: a bot that does not come to rest by then never will


class Ward:
    """Starts the bot, gives it orders, and kills it."""

    def __init__(self, stage: Stage, database: str, nursery: Nursery, bugs: list[str]) -> None:
        self._stage = stage
        self._database = database
        self._nursery = nursery
        self._bugs = bugs
        self._world: WorldServer | None = None
        self._orders: asyncio.Server | None = None
        self._process = 0
        self._writer: asyncio.StreamWriter | None = None
        self._connected = asyncio.Event()
        self._dead = asyncio.Event()
        self._done: asyncio.Queue[None] = asyncio.Queue()
        self._dead.set()
        self.before_rest: Callable[[], None] = lambda: None
        self.after_rest: Callable[[], None] = lambda: None
        """Called around every order to come to rest; the bot may be dead afterwards."""

    @property
    def up(self) -> bool:
        """Whether it runs."""
        return not self._dead.is_set()

    async def open(self) -> None:
        """Let bots reach the world and take orders."""
        self._world = await serve_world(self._stage.world, HOST)
        self._orders = await asyncio.start_server(self._listen, HOST, 0)

    async def close(self) -> None:
        """End the bot, if it still runs, and let no other one in."""
        self.kill()
        if self._orders:
            self._orders.close()
        if self._world:
            await self._world.close()

    # --- life and death -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin a new life; it may be over before this returns."""
        assert self._world
        assert self._orders
        await self._hung_up()
        self._connected, self._dead, self._done = asyncio.Event(), asyncio.Event(), asyncio.Queue()
        port = self._orders.sockets[0].getsockname()[1]
        life = Life(self._world.port, port, self._database, self._stage.clock.now().isoformat())
        self._process = await self._nursery.bear(life)
        await self._unless_dead(self._connected.wait())

    async def _hung_up(self) -> None:
        """Wait until the world has done what the bot before had asked of it before it died."""
        while self._stage.world.line.connected:  # noqa: ASYNC110  # the world tells nobody that a bot has gone
            await asyncio.sleep(0.001)

    def kill(self) -> None:
        """Kill it and wait until it is gone: from here on it does nothing more."""
        if self._dead.is_set():
            return
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
            while True:
                os.kill(self._process, 0)
                time.sleep(0.0005)
        self._dead.set()

    async def stop(self) -> None:
        """Let it finish what it has begun and end."""
        process = self._process
        self._say(stop=True)
        self._dead.set()
        with suppress(ProcessLookupError):
            while True:
                os.kill(process, 0)
                await asyncio.sleep(0.002)

    # --- orders ---------------------------------------------------------------------------------------------------

    async def rest(self) -> None:
        """Tell it the time and wait until it has nothing left to do, or is gone."""
        self.before_rest()
        await self._unless_dead(self._stage.world.settled())
        await self.order(now=self._stage.clock.now().isoformat())
        self.after_rest()

    async def order(self, **what: str) -> None:
        """Give an order and wait until it is done, or the bot is gone."""
        if self.up:
            self._say(**what)
            await self._unless_dead(self._done.get())

    def _say(self, **what: object) -> None:
        if self._writer:
            self._writer.write(json.dumps(what).encode() + b"\n")

    async def _unless_dead(self, awaited: Awaitable[T]) -> None:
        wanted: asyncio.Future[Any] = asyncio.ensure_future(awaited)
        dead = asyncio.ensure_future(self._dead.wait())
        done, left = await asyncio.wait({wanted, dead}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for waiting in left:
            waiting.cancel()
        if not done:
            raise TimeoutError("the bot does not come to rest")
        if wanted in done:
            wanted.result()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        dead, done = self._dead, self._done
        self._connected.set()
        with suppress(ConnectionError):
            while line := await reader.readline():
                self._hear(json.loads(line), done)
        writer.close()
        if not dead.is_set():
            self._bugs.append("the bot ended by itself")
            dead.set()

    def _hear(self, said: Json, done: asyncio.Queue[None]) -> None:
        if "bug" in said:
            self._bugs.append(str(said["bug"]))
        else:
            done.put_nowait(None)
