"""The composition root: the one place that names every feature and every platform, and puts the house together."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec

import structlog
from sqlalchemy import Connection, MetaData

import bot.storage.bucket
import bot.storage.installations  # noqa: F401  (their tables are those of the house)
from bot.bank.load import Bank
from bot.core.clock import Clock, SetClock
from bot.core.commands import Catalogue, Feature
from bot.core.dispatch import Dispatcher
from bot.core.errors import DatabaseAway, PlatformAway
from bot.core.ports import Judging, Meetings, Platform, Platforms, Timekeeping
from bot.features.code import store as code
from bot.features.streaks import jobs as presence
from bot.features.streaks import store as streaks
from bot.jobs.clock import Beat
from bot.jobs.delivery import LONGEST_CALL, Delivery
from bot.jobs.files import Files
from bot.jobs.inbox import Inbox
from bot.jobs.judging import Judges
from bot.jobs.leavers import Leavers
from bot.jobs.readback import ReadBack
from bot.jobs.tick import Tick, next_delivery
from bot.judge.runner import Runner
from bot.roles import Role
from bot.storage import inbox, locks, outbox, restored
from bot.storage.columns import metadata
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork

log = structlog.get_logger()
FEATURES = (
    "groups",
    "tracks",
    "homes",
    "members",
    "days",
    "daily",
    "answers",
    "code",
    "reveals",
    "boards",
    "seasons",
    "crowns",
    "streaks",
    "me",
    "recaps",
    "guides",
    "preferences",
    "rounds",
    "queue",
    "sessions",
    "appointments",
    "interviews",
    "feedback",
    "flags",
    "help",
)
SERVICES = (Bank, Catalogue, Judging, Meetings, Platforms, Timekeeping)
HANDLED_WITHIN = 2.0  # seconds that a beat waits for what is being handled; the rest goes on beside the next beats
LONGEST_HANDLING = 45.0  # seconds that a reveal waits for it: longer than reading the files of a message may take
DELIVERED_WITHIN = 2.0  # seconds that a beat waits for what it sends; the rest goes on beside the next beats

HEARD_AGAIN_AFTER, HEARD_AGAIN_WITHIN = 5.0, 300.0  # seconds between two tries to hear a platform; doubled each time
SEEK_EVERY = 5.0  # seconds between looks for members who left


def features() -> list[Feature]:
    """Every feature, with what its `commands` and `jobs` declare; its `store` has its tables."""
    return [_feature(name) for name in FEATURES]


def _feature(name: str) -> Feature:
    rooms = (f"bot.features.{name}.{room}" for room in ("store", "commands", "jobs"))
    return Feature.of(name, *(import_module(room) for room in rooms if find_spec(room)))


@cache
def catalogue() -> Catalogue:
    """Everything that the features declare, read once in a process."""
    return Catalogue(features(), SERVICES)


def declared_schema() -> MetaData:
    """The tables of the house, every feature's included."""
    features()
    return metadata


class App:
    """A running house: platforms in front, the database behind, the clock beside."""

    def __init__(
        self,
        *,
        database: Database,
        bank: Bank,
        platforms: MutableMapping[str, Platform],
        clock: Clock,
        role: Role = Role.all,
        deliver_at_once: int = 20,
        meetings: Meetings | None = None,
        judging: Judging | None = None,
        runner: Runner | None = None,
    ) -> None:
        self.catalogue = catalogue()
        self.database = database
        self.work = DatabaseWork(database, clock)
        self.platforms, self.clock, self.role = platforms, clock, role
        self.judging = judging or Judging()
        self._timekeeping = Timekeeping(skips=isinstance(clock, SetClock), works=role.ticks, hears=role.hears)
        services = (bank, self.catalogue, self.judging, meetings or Meetings(), Platforms(platforms), self._timekeeping)
        self.dispatcher = Dispatcher(
            self.catalogue, services=services, work=self.work, clock=clock, log=structlog.get_logger()
        )
        self.tick = Tick(self.catalogue, services=services, work=self.work)
        self._looking = restored.Looking(clock)
        self.delivery = Delivery(
            self.catalogue,
            platforms=platforms,
            work=self.work,
            clock=clock,
            at_once=deliver_at_once,
            before_claim=self._looking.before_claim,
        )
        self._delivering: asyncio.Task[None] | None = None
        self.leavers = Leavers(platforms=platforms, work=self.work, clock=clock)
        self._seeking: asyncio.Task[int] | None = None
        self._started = asyncio.Event()
        self._deaf: list[asyncio.Task[None]] = []  # they let platforms be heard that could not be reached at the start
        self._seek_at, self._noted_at = 0.0, datetime.min.replace(tzinfo=UTC)
        self.files = Files(platforms=platforms, take=self.dispatcher.take)
        self.inbox = Inbox(work=self.work, clock=clock, take=self.files.take)
        self.judges: Judges | None = None
        if runner is not None:
            self.judged_by(runner)
        files, handle, judging = self.files, self.dispatcher.handle, self.judging
        self.read_back = ReadBack(
            platforms=platforms, work=self.work, clock=clock, judging=judging, files=files, handle=handle
        )

    def judged_by(self, runner: Runner, at_once: int = 1) -> None:
        """Run members' code in this back end, so many programs at once; to be said before the start."""
        self.judges = Judges(work=self.work, clock=self.clock, runner=runner, workers=at_once)
        self.work.on_effect.append(self.judges.wake)
        self.judging.runs = True

    @property
    def errors(self) -> int:
        """How many bugs were met since the start."""
        counted = (self.dispatcher, self.tick, self.delivery, self.read_back, self.inbox, self.leavers)
        return sum(part.errors for part in counted) + (self.judges.errors if self.judges else 0)

    async def start(self) -> None:
        """Take up what was left, begin to listen, and read what was written meanwhile."""
        if self.database.sqlite:
            await self.work.run(_release_leases, self.clock.now())
        if parts := streaks.parts(works=self.role.ticks, hears=self.role.hears):
            await self.work.run(streaks.came_back, self.clock.now(), parts)
        if self.role.hears:
            for name in self.platforms:
                if not await self._hears(name):
                    self._deaf.append(asyncio.create_task(self._hear_at_last(name)))
            await self.inbox.drain()
            await self.read_back.all_open()
        self._looking.restore = await self.work.read(restored.awaiting)
        if self._looking.restore and self.role.sends:
            await self._first_round()
        self._started.set()

    async def join(self, name: str, platform: Platform) -> None:
        """Speak through one more platform from now on, which was away at the start; read what was written there."""
        await self._started.wait()
        self.platforms[name] = platform
        if self.role.hears:
            await (self.read_back.all_open() if await self._hears(name) else self._hear_at_last(name))

    async def _hears(self, name: str) -> bool:
        """Let a platform hand over what it hears; give whether it could be reached."""
        try:
            await self.platforms[name].start(self.dispatcher.handle, self.inbox.keep, missed=self.read_back.all_open)
        except PlatformAway as away:
            log.warning("platform_away", platform=name, why=str(away))
            return False
        return True

    async def _hear_at_last(self, name: str) -> None:
        # It can be spoken through meanwhile, and the other platforms go on: no reason to end the process.
        wait = HEARD_AGAIN_AFTER
        await asyncio.sleep(wait)
        while not await self._hears(name):
            wait = min(2 * wait, HEARD_AGAIN_WITHIN)
            await asyncio.sleep(wait)
        await self.read_back.all_open()

    async def listens(self) -> None:
        """Go on for ever; raise where a platform that was away at the start turns out to be set up wrongly."""
        await self._started.wait()
        await asyncio.gather(*self._deaf)
        await asyncio.Event().wait()

    async def beat(self) -> datetime | None:
        """Do what is due and send what is waiting; give the moment when something is due next."""
        now = self.clock.now()
        if self.role.sends:
            await self.inbox.drain(within=HANDLED_WITHIN)  # also what a process that died had kept
        due = await self._do_what_is_due(now) if self.role.ticks else None
        await self._note_that_members_are_heard(now)
        await self._deliver_meanwhile()
        self._look_for_members_meanwhile()
        await self._close_the_restore()
        waiting = await self.work.read(next_delivery, now)
        return min((at for at in (due, waiting) if at), default=None)

    async def _do_what_is_due(self, now: datetime) -> datetime | None:
        # What was sent in time counts, also where its files take long.
        await self.read_back.before_reveals(now, first=partial(self.inbox.drain, within=LONGEST_HANDLING))
        return await self.tick.run(now)

    async def _note_that_members_are_heard(self, now: datetime) -> None:
        # Who does what is due notes this as a part of it. Another process cannot tell that members are heard.
        if self.role.hears and not self.role.ticks and not timedelta(0) <= now - self._noted_at < presence.EVERY:
            await self.work.run(presence.note, now, self._timekeeping)
            self._noted_at = now

    async def _first_round(self) -> None:
        """Catch up with a restore: what is due is written, looked for, and sent where it never was.

        One process after another, so that none sends without looking while another one still writes.
        """
        url = self.database.url.render_as_string(hide_password=False)
        async with locks.one_after_another(url, locks.CATCHING_UP):
            self._looking.restore = await self.work.read(restored.awaiting)
            if self._looking.restore is None or self._looking.restore.due_until:
                return
            await self.settle()
            await self.work.run(restored.first_round_made, self.clock.now())
            self._looking.restore = await self.work.read(restored.awaiting)
        # Threads of questions that were posted after the backup are known only now.
        await self.read_back.all_open()

    async def _close_the_restore(self) -> None:
        if self._looking.restore:
            await self.work.run(restored.close_when_settled, self.clock.now())
            self._looking.restore = await self.work.read(restored.awaiting)

    async def _deliver_meanwhile(self) -> None:
        # A platform that does not answer must not hold the clock: what is due at nine is written at nine.
        if self._delivering is None or self._delivering.done():
            self._delivering = asyncio.create_task(self._drain())
        else:
            self.delivery.look_again()
        await asyncio.wait({self._delivering}, timeout=DELIVERED_WITHIN)

    def _look_for_members_meanwhile(self) -> None:
        # Beats come as often as somebody acts; looking keeps a pace of its own, since posts need the same calls.
        now = asyncio.get_running_loop().time()
        busy = self._seeking is not None and not self._seeking.done()
        if self.role.ticks and not self.delivery.closing and not busy and now >= self._seek_at:
            self._seek_at = now + SEEK_EVERY
            self._seeking = asyncio.create_task(self.leavers.look())

    async def _drain(self) -> None:
        # Nobody may be there any more to hear how this ends.
        try:
            await self.delivery.drain()
        except DatabaseAway as away:
            log.warning("database_away", story="delivery", why=str(away))
        except Exception:
            self.delivery.errors += 1
            log.exception("delivery_round_failed")

    async def settle(self) -> None:
        """Beat until there is nothing left to do at this moment: for a clock that is set by hand."""
        while True:
            await self.inbox.drain()
            await self.read_back.before_reveals(self.clock.now(), first=self.inbox.drain)
            if self.judges:
                await self.judges.drain()
            due = await self.tick.run(self.clock.now())
            sent = await self.delivery.drain()
            while await self.leavers.look():
                pass  # a few at a time
            if not sent and (due is None or due > self.clock.now()):
                return

    async def run(self, timed: Callable[[], Awaitable[datetime | None]] | None = None) -> Beat:
        """Start, and let the clock of this machine call the beat, or what stands around it to time it."""
        beat = Beat(timed or self.beat)
        self.work.on_effect.append(beat.wake)
        await self.start()
        if self.judges:
            self.judges.told = beat.wake
            self.judges.start()
        beat.start()
        return beat

    def judge(self) -> None:
        """Begin to run members' code, in a process that does nothing else."""
        if self.judges:
            self.judges.start()

    def close(self) -> None:
        """Begin nothing more by itself: no further batch of what is due, no further claim of rows."""
        self.tick.closing = self.delivery.closing = True
        self.delivery.look_again()
        if self.judges:
            self.judges.closing = True

    async def stop(self) -> None:
        """Finish what has begun: the sends under way, then the events under way; no lease is left behind."""
        self.close()
        for task in self._deaf:
            task.cancel()
        if self.judges:
            await self.judges.stop()
        if under_way := {task for task in (self._delivering, self._seeking) if task is not None}:
            await asyncio.wait(under_way, timeout=LONGEST_CALL)
        for name, platform in self.platforms.items():
            try:
                await platform.stop()
            except Exception:
                log.exception("platform_not_stopped", platform=name)  # the others and the database end all the same
        await self.inbox.rest()
        await self.database.close()


def _release_leases(tx: Connection, now: datetime) -> None:
    outbox.release_leases(tx, now)
    inbox.release_leases(tx, now)
    code.release_leases(tx, now)
