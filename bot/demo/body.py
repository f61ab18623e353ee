"""One process of the bot: begun, given orders, killed."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.local.formats import Json

PATIENCE = 120.0  # seconds of real time: a bot that does not come to rest by then never will


@dataclass(slots=True)
class Body:
    """A process from its begin to its end."""

    bug: Callable[[str], None]
    dies_at: str = ""
    """The point at which it ends by itself."""
    process: int = 0
    port: int | None = None
    """The port from which it calls the world, once it has said so."""
    _writer: asyncio.StreamWriter | None = None
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    _dead: asyncio.Event = field(default_factory=asyncio.Event)
    _done: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    @property
    def up(self) -> bool:
        """Whether it lives."""
        return not self._dead.is_set()

    def kill(self) -> None:
        """Kill it and wait until it is gone: from here on it does nothing more."""
        if not self.up:
            return
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
            while True:
                os.kill(self.process, 0)
                time.sleep(0.0005)
        self._dead.set()

    async def stop(self) -> None:
        """Let it finish what it has begun and end."""
        self._say(stop=True)
        self._dead.set()
        with suppress(ProcessLookupError):
            while True:
                os.kill(self.process, 0)
                await asyncio.sleep(0.002)

    async def connected(self) -> None:
        """Wait until it takes orders, or is gone."""
        await self.unless_dead(self._connected.wait())

    async def order(self, **what: str) -> None:
        """Give an order and wait until it is done, or the process is gone."""
        if self.up:
            self._say(**what)
            await self.unless_dead(self._done.get())

    def _say(self, **what: object) -> None:
        if self._writer:
            self._writer.write(json.dumps(what).encode() + b"\n")

    async def unless_dead(self, awaited: Awaitable[object]) -> None:
        """Wait for this, or for the end of the process."""
        wanted: asyncio.Future[Any] = asyncio.ensure_future(awaited)
        dead = asyncio.ensure_future(self._dead.wait())
        done, left = await asyncio.wait({wanted, dead}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for waiting in left:
            waiting.cancel()
        if not done:
            raise TimeoutError("the bot does not come to rest")
        if wanted in done:
            wanted.result()

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear what it says, until it hangs up."""
        self._writer = writer
        self._connected.set()
        with suppress(ConnectionError):
            while line := await reader.readline():
                self._hear(json.loads(line))
        writer.close()
        if self.up and not self.dies_at:
            self.bug("the bot ended by itself")
        if self.up:
            self._dead.set()

    def _hear(self, said: Json) -> None:
        if "bug" in said:
            self.bug(str(said["bug"]))
        elif "port" in said:
            self.port = int(said["port"])
        else:
            self._done.put_nowait(None)
