"""The demo as a browser page: a living study group on this machine, whose clock anybody may move."""

import asyncio
import io
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from bot.app import App
from bot.bank.load import Bank
from bot.core.refs import Place
from bot.demo.calendar import DAY, ZONE, postings
from bot.demo.group import SET_UP_AT, Stage, database, midnight, public_bank, set_seed, the_app
from bot.demo.play import Play
from bot.demo.script import Script
from bot.demo.transcript import Transcript
from bot.features.groups import store as groups
from bot.features.homes import store as homes
from bot.judge.backends import Backend, choose
from bot.judge.runner import Runner
from bot.platforms.local.commands import command_list
from bot.platforms.local.page.server import make_app
from bot.storage import locks

LIVED = timedelta(days=3, hours=12)  # how much of the group's life has passed when the page opens
AHEAD = 60  # days for which the members have a script
SECOND = timedelta(seconds=1)
EMPTY = "start-here"  # a second channel without a group, to set one up in


@dataclass(slots=True)
class Living:
    """A stage whose clock is moved by whoever looks at the page; members act by their script meanwhile."""

    stage: Stage
    app: App
    play: Play | None = None
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _next: datetime | None = None

    @property
    def up(self) -> bool:
        """The bot of the page is never gone."""
        return True

    async def move(self, to: datetime) -> None:
        """Let time pass until then, with everything that happens on the way at its own moment."""
        async with self._one_at_a_time:
            while (at := await self.next_event()) and at <= to:
                if self.play and self.play.upcoming == at:
                    await self.play.next()
                else:
                    self.stage.clock.set(at)
                await self._settle()
            self.stage.clock.set(to)
            await self._settle()

    async def next_event(self) -> datetime | None:
        """When something is due next: by the bot itself, or by a member's script."""
        upcoming = self.play.upcoming if self.play else None
        return min((at for at in (self._next, upcoming) if at), default=None)

    async def zone(self) -> str | None:
        """The zone of the group in the first channel, once there is one."""
        place = Place("local", "local", self.stage.channel)
        home = await self.app.work.read(homes.home_at, place)
        return (await self.app.work.read(groups.group, home.group)).zone.key if home else None

    def take_over(self, user: str) -> None:
        """Somebody acts as this member on the page: from now on the script leaves the member to them."""
        if self.play:
            self.play.take_over(user)

    def wake(self) -> None:
        """Somebody did something: there may be something to send."""
        self._woken.set()

    async def live(self, until: datetime) -> None:
        """Let the first days pass at once; then go as fast as the clock on the wall, and settle what members do."""
        await self.move(until)
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), timeout=1)
                self._woken.clear()
                async with self._one_at_a_time:
                    await self._settle()
                continue
            await self.move(self.stage.clock.now() + SECOND)

    async def _settle(self) -> None:
        await self.app.settle()
        due = await self.app.beat()
        self._next = due if due and due > self.stage.clock.now() else None

    async def judged_by(self, runner: Runner) -> None:
        """Let the bot run members' code from now on."""
        async with self._one_at_a_time:
            self.app.judged_by(runner)

    async def rest(self) -> None:
        """Settle: what the script's members wait for after each act."""
        await self.app.settle()
        await self.stage.world.settled()


@asynccontextmanager
async def living(*, members: int, seed: int, fresh: bool, database_url: str | None) -> AsyncIterator[Living]:
    """A living group; `fresh` is one that nobody has set up yet and in which nobody acts by a script."""
    # As any bot does on its file: a restore under it is refused.
    with database(database_url) as url, locks.alone(url):
        bank = public_bank()
        stage = Stage(members)
        stage.furnish(late=fresh)
        stage.world.add_channel(EMPTY)
        app = the_app(url, bank, stage.world, stage.clock)
        scene = Living(stage, app)
        app.work.on_effect.append(scene.wake)
        await app.start()
        try:
            begins = await _begin(scene, bank, seed, fresh=fresh)
            # The page opens at once; whoever is quick sees the first days go by.
            ticking = asyncio.create_task(scene.live(begins))
            yield scene
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
        finally:
            await app.stop()


async def _begin(scene: Living, bank: Bank, seed: int, *, fresh: bool) -> datetime:
    """Set the scene, and give the moment up to which its first days are played."""
    stage = scene.stage
    begins = midnight(stage.start)
    await scene.move(begins + SET_UP_AT)
    if fresh:
        return stage.clock.now()
    ends = begins + AHEAD * DAY
    script = Script(seed, stage.members, begins, ends, list(postings(stage.start, AHEAD)))
    scene.play = Play(stage, script, bank, scene, Transcript(io.StringIO(), stage.clock, ZONE))
    stage.world.watch(scene.play.watch)
    await stage.set_up()
    await scene.rest()
    await set_seed(scene.app, stage.users[0], str(seed))
    scene.play.begin()
    return begins + LIVED


async def show(
    *,
    members: int,
    seed: int,
    port: int,
    fresh: bool = False,
    database_url: str | None = None,
    judge: Backend = Backend.auto,
) -> int:
    """Open the page and say where it is; end at Ctrl+C."""
    scene = living(members=members, seed=seed, fresh=fresh, database_url=database_url)
    async with scene as group, served(group, port) as address:
        _say(f"A study group lives at {address} (Ctrl+C ends it)")
        async with judged(group, judge, _say):
            await _until_told_to_stop()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@asynccontextmanager
async def judged(scene: Living, wanted: Backend, say: Callable[[str], None]) -> AsyncIterator[None]:
    """Find what can run members' code here while the page is open already, and say what was found."""
    choosing = asyncio.create_task(_judge(scene, wanted, say))
    yield
    # It is seldom under way still, and ends by itself: what it started ends with the app.
    await choosing


async def _judge(scene: Living, wanted: Backend, say: Callable[[str], None]) -> None:
    chosen = await choose(wanted, warm=1)
    if chosen.runs:
        await scene.judged_by(chosen.runner)
        say(f"Answers to code questions are run and judged here, in the sandbox {chosen.runner.name}.")
    else:
        say("Answers to code questions are not run here; batchmates doctor says why.")


@asynccontextmanager
async def served(scene: Living, port: int) -> AsyncIterator[str]:
    """The page of a scene on this machine; a port that is taken becomes a free one."""
    application = make_app(
        scene.stage.world,
        commands=lambda: command_list(scene.app.catalogue),
        move=scene.move,
        next_event=scene.next_event,
        zone=scene.zone,
        acted=scene.take_over,
    )
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    await told.wait()
