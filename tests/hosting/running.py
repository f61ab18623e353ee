"""Real `batchmates run` processes against a world in this process; the clock of both is this machine's."""

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core.clock import SystemClock
from bot.demo import seen
from bot.platforms.local.formats import Json
from bot.platforms.local.remote import WorldServer, serve_world
from bot.platforms.local.world import World

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0  # seconds of real time


@dataclass
class Process:
    """A process of the bot, and what it has logged."""

    process: asyncio.subprocess.Process
    lines: list[Json] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Task[None] | None = None

    def listen(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                self.other.append(line.decode().rstrip())
            self._heard.set()

    async def logs(self, event: str) -> Json:
        """Wait until it has logged this."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [line for line in self.lines if line["event"] == event]):
                self._heard.clear()
                if self.process.returncode is not None:
                    raise AssertionError(f"it ended with {self.process.returncode}: {self.lines} {self.other}")
                await self._heard.wait()
        return found[0]

    async def get(self, path: str) -> tuple[int, str]:
        """Ask its web server."""
        address = (await self.logs("starting"))["web"]
        return await asyncio.to_thread(_get, f"http://{address}{path}")

    def tell(self, what: signal.Signals) -> None:
        self.process.send_signal(what)

    async def ended(self) -> int:
        """Wait for its end; give its status."""
        async with asyncio.timeout(PATIENCE):
            status = await self.process.wait()
            assert self._reading
            await self._reading
        return status


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@dataclass
class Host:
    """A world with a channel and Mira in it, and the processes that were started."""

    world: World
    server: WorldServer
    database: str
    processes: list[Process] = field(default_factory=list)
    channel: str = ""
    mira: str = ""

    async def start(self, *args: str, **environment: str) -> Process:
        """Start a process of the bot."""
        settings = {
            "BATCHMATES_DATABASE_URL": self.database,
            "BATCHMATES_LOCAL_WORLD": f"127.0.0.1:{self.server.port}",
            "BATCHMATES_WEB": "127.0.0.1:0",
            "BATCHMATES_JUDGE": "off",  # a sandbox takes a while to start; where it matters it is asked for
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BATCHMATES_")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            *args,
            cwd=ROOT,
            env={**inherited, **settings, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**20,
        )
        started = Process(process)
        started.listen()
        self.processes.append(started)
        return started

    async def set_up(self) -> None:
        """Let Mira set a group up."""
        await asyncio.wait_for(self.world.has_bot(), PATIENCE)
        form = (await self.world.run(self.mira, self.channel, "setup"))["form"]
        values = {item["name"]: item["value"] for item in form["fields"]} | {"zone": "Europe/Berlin"}
        await self.world.submit(self.mira, form["id"], values, self.channel)

    async def until(self, stands: Callable[[list[Json]], Any]) -> Any:
        """Wait until something stands in the world; give what was found."""
        async with asyncio.timeout(PATIENCE):
            while not (found := stands([entry.to_json() for entry in self.world.messages.values()])):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return found

    def questions(self, messages: list[Json]) -> list[Json]:
        """The questions that stand in the channel, with their threads."""
        return [m for m in messages if seen.is_question(m, self.channel) and m["thread_id"]]


@asynccontextmanager
async def host(database: str, mode: str = "history", *, several: bool = False) -> AsyncIterator[Host]:
    """A world that is served; every process that was started ends with it."""
    world = World(SystemClock(), mode, several=several)
    server = await serve_world(world, several=several)
    hosting = Host(world, server, database)
    hosting.channel = str(world.add_channel("ml-study")["id"])
    hosting.mira = str(world.join_person("Mira", zone="Europe/Berlin", manager=True)["id"])
    try:
        yield hosting
    finally:
        for started in hosting.processes:
            if started.process.returncode is None:
                started.process.kill()
            await started.ended()
        await server.close()
