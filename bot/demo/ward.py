"""The bot as processes that may be killed at any moment and are started again."""

import asyncio
import json
from collections import deque
from collections.abc import Callable

from bot.core.points import Point
from bot.demo.body import Body
from bot.demo.child import HOST, Life
from bot.demo.group import Stage
from bot.demo.nursery import Nursery
from bot.platforms.local.remote import WorldServer, serve_world


class Ward:
    """Starts the bot, one process or several on one database, gives it orders, and kills it."""

    def __init__(self, stage: Stage, database: str, nursery: Nursery, bugs: list[str], *, processes: int = 1) -> None:
        self._stage = stage
        self._database = database
        self._nursery = nursery
        self._bugs = bugs
        self._processes = processes
        self._bodies: dict[int, Body] = {}
        """By the place that a process fills."""
        self._world: WorldServer | None = None
        self._orders: asyncio.Server | None = None
        self.points: deque[Point] = deque()
        """Where the next lives end by themselves, one after the other."""
        self.before_rest: Callable[[], None] = lambda: None
        self.after_rest: Callable[[], None] = lambda: None
        """Called around every order to come to rest; the bot may be dead afterwards."""

    @property
    def alive(self) -> list[Body]:
        """The processes that live."""
        return [body for _, body in sorted(self._bodies.items()) if body.up]

    @property
    def up(self) -> bool:
        """Whether any of it runs."""
        return bool(self.alive)

    @property
    def whole(self) -> bool:
        """Whether all of it runs."""
        return len(self.alive) == self._processes

    @property
    def unreached(self) -> list[str]:
        """The points at which nobody has died yet."""
        return [*(body.dies_at for body in self.alive if body.dies_at), *self.points]

    async def open(self) -> None:
        """Let bots reach the world and take orders."""
        self._world = await serve_world(self._stage.world, HOST, several=self._processes > 1)
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
        """Begin a new life for every process that is dead; it may be over before this returns."""
        await self._hung_up()
        for place in range(self._processes):
            if place not in self._bodies or not self._bodies[place].up:
                await self._bear(place)

    async def _bear(self, place: int) -> None:
        assert self._world
        assert self._orders
        dies_at = self.points.popleft() if self.points else ""
        body = self._bodies[place] = Body(self._bugs.append, dies_at=dies_at)
        life = Life(
            self._world.port,
            self._orders.sockets[0].getsockname()[1],
            self._database,
            self._stage.clock.now().isoformat(),
            place=place,
            alone=self._processes == 1,
            dies_at=dies_at,
        )
        body.process = await self._nursery.bear(life)
        await body.connected()

    async def _hung_up(self) -> None:
        """Wait until the world has done what the dead had asked of it before they died."""
        assert self._world
        while len(self._world.callers) > len(self.alive):  # noqa: ASYNC110  # the world tells nobody that a bot has gone
            await asyncio.sleep(0.001)

    def kill(self, body: Body | None = None) -> None:
        """Kill one process, or all of them."""
        for one in [body] if body else self.alive:
            one.kill()

    def calling_from(self, port: int | None) -> Body | None:
        """The process that calls the world from this port."""
        return next((body for body in self.alive if body.port == port), None)

    async def stop(self) -> None:
        """Let it finish what it has begun and end."""
        for body in self.alive:
            await body.stop()

    # --- orders ---------------------------------------------------------------------------------------------------

    async def rest(self) -> None:
        """Tell it the time and wait until it has nothing left to do, or is gone."""
        self.before_rest()
        await self._settled()
        now = self._stage.clock.now().isoformat()
        await asyncio.gather(*(body.order(now=now) for body in self.alive))
        self.after_rest()

    async def _settled(self) -> None:
        """Wait until it has taken everything that happened; whoever dies meanwhile leaves it to the others."""
        settled = asyncio.ensure_future(self._stage.world.settled())
        while self.up and not settled.done():
            await self.alive[0].unless_dead(asyncio.shield(settled))
        settled.cancel()

    async def order(self, **what: str) -> None:
        """Give one process an order and wait until it is done, or the process is gone."""
        if self.up:
            await self.alive[0].order(**what)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if line:
            await self._bodies[int(json.loads(line)["place"])].listen(reader, writer)
