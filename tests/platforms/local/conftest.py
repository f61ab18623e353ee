"""A world with a study group in it, reached by the bot from the same process and over a connection."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.core.clock import SetClock
from bot.core.events import Event
from bot.core.pictures import PictureSpec
from bot.core.ports import Answer
from bot.core.refs import Place
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import BotSide
from bot.platforms.local.remote import RemoteWorld, serve_world
from bot.platforms.local.world import World


def draw(spec: PictureSpec) -> bytes:
    """Stand where the drawing room stands: any bytes will do for a world that shows none."""
    return f"PNG {spec.title}".encode()


@dataclass(slots=True)
class Group:
    """The world, the people in it and its one channel."""

    world: World
    clock: SetClock
    ada: str
    ben: str
    channel: str

    @property
    def place(self) -> Place:
        return Place("local", "local", self.channel)


def make_group(mode: str = "nonce") -> Group:
    clock = SetClock(datetime(2026, 11, 23, 9, tzinfo=UTC))
    world = World(clock, mode)
    channel = world.add_channel("ml-study")["id"]
    ada = world.join_person("Ada", zone="Europe/Berlin", manager=True)["id"]
    ben = world.join_person("Ben")["id"]
    return Group(world, clock, ada, ben, channel)


@pytest.fixture
def group() -> Group:
    return make_group()


@dataclass(slots=True)
class Handler:
    """Notes every event and answers with what `say` gives."""

    say: Callable[[Event], Answer] = lambda _: Answer(None)
    events: list[Event] = field(default_factory=list)

    async def __call__(self, event: Event) -> Answer:
        self.events.append(event)
        return self.say(event)


@asynccontextmanager
async def near(world: World) -> AsyncIterator[BotSide]:
    yield world


@asynccontextmanager
async def far(world: World) -> AsyncIterator[BotSide]:
    server = await serve_world(world)
    remote = await RemoteWorld.open("127.0.0.1", server.port)
    yield remote
    await remote.close()
    await server.close()


Reach = Callable[[World], AbstractAsyncContextManager[BotSide]]


@pytest.fixture(params=[near, far], ids=["in-process", "remote"])
def reach(request: pytest.FixtureRequest) -> Reach:
    way: Reach = request.param
    return way


@pytest.fixture
async def platform(group: Group, reach: Reach) -> AsyncIterator[LocalPlatform]:
    async with reach(group.world) as side:
        yield LocalPlatform(side, draw)
