"""A small stage: the whole bot over a real database file, in a world of people, with a clock that is set by hand.

await group.plans("reading-a-p-value")
await group.at("Mon 09:00")
await group.jonas.presses("A")
assert group.jonas.sees("Recorded: A")
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bot.app import App
from bot.bank.load import Bank
from bot.core.clock import SetClock
from bot.core.pictures import PictureSpec
from bot.core.refs import GroupId, Place
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.groups.store import Group, Track
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.standing import Entry
from bot.platforms.local.world import World
from bot.storage.database import Database
from tests.actor import Actor
from tests.ground import Ground
from tests.transcript import Transcript, words

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""Seven o'clock on a Monday in Berlin."""
CAST = ("Mira", "Jonas", "Aiko", "Tom")
"""Mira manages the workspace."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BEAT = timedelta(seconds=5)
T = TypeVar("T")
Draw = Callable[[PictureSpec], bytes]


def stand_in(spec: PictureSpec) -> bytes:
    """A picture that nobody looks at: what it shows stands in its alternative text."""
    return f"PNG {spec.title}".encode()


@dataclass
class Stage:
    """A channel with people in it and the bot; there is no group until somebody runs setup."""

    database_url: str
    bank: Bank
    world: World
    clock: SetClock
    zone: ZoneInfo
    channel: str
    transcript: Transcript
    draw: Draw = stand_in
    people: dict[str, Actor] = field(default_factory=dict)
    app: App = field(init=False)
    awake: bool = False
    errors: int = 0
    """The bugs that apps which are gone have met."""

    @classmethod
    async def open(
        cls,
        folder: Path,
        bank: Bank,
        ground: Ground,
        *,
        start: datetime = MONDAY,
        zone: str = "Europe/Berlin",
        mode: str = "nonce",
        draw: Draw = stand_in,
    ) -> "Stage":
        """Open a stage in an empty folder, with a database of its own."""
        clock = SetClock(start)
        world = World(clock, mode)
        channel = str(world.add_channel("ml-study")["id"])
        stage = cls(ground.copy(folder), bank, world, clock, ZoneInfo(zone), channel, Transcript(world), draw)
        for name in CAST:
            stage.comes(name, manager=name == "Mira")
        stage.transcript.watch()
        await stage.starts()
        return stage

    # --- people ---------------------------------------------------------------------------------------------------

    def comes(self, name: str, *, manager: bool = False, channels: list[str] | None = None) -> Actor:
        """Let somebody into the workspace."""
        joined = self.world.join_person(name, zone=self.zone.key, manager=manager, channels=channels)
        self.people[name] = Actor(self, str(joined["id"]), name, channels[0] if channels else "")
        return self.people[name]

    @property
    def mira(self) -> Actor:
        return self.people["Mira"]

    @property
    def jonas(self) -> Actor:
        return self.people["Jonas"]

    @property
    def aiko(self) -> Actor:
        return self.people["Aiko"]

    @property
    def tom(self) -> Actor:
        return self.people["Tom"]

    # --- time -----------------------------------------------------------------------------------------------------

    def moment(self, when: str) -> datetime:
        """A moment of the group's wall clock: "Mon 09:00" is the next one from now on, "2026-12-07 09:00" is exact."""
        day, clock = when.split(" ")
        now = self.clock.now().astimezone(self.zone)
        if day not in DAYS:
            return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=self.zone).astimezone(UTC)
        hour, minute = map(int, clock.split(":"))
        ahead = (DAYS.index(day) - now.weekday()) % 7
        at = (now + timedelta(days=ahead)).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return (at if at.astimezone(UTC) >= self.clock.now() else at + timedelta(days=7)).astimezone(UTC)

    async def at(self, when: str) -> None:
        """Let time go by, with the bot awake at every moment when something is due."""
        await self.until(self.moment(when))

    async def until(self, target: datetime) -> None:
        """Let time go by until this moment."""
        while (due := await self._next_due()) is not None and due < target:
            self.clock.set(due)
        self.clock.set(target)
        await self.settles()

    async def _next_due(self) -> datetime | None:
        await self.world.settled()
        due = await self.app.beat()
        return max(due, self.clock.now() + BEAT) if due else None

    async def settles(self) -> None:
        """Let the bot hear everything and send what it has to send at this moment; one that is away does neither."""
        if not self.awake:
            return
        await self.world.settled()
        await self.app.settle()
        await self.world.settled()

    # --- the bot --------------------------------------------------------------------------------------------------

    def new_app(self) -> App:
        """Another bot over the same database and the same world."""
        return App(
            database=Database(self.database_url),
            bank=self.bank,
            platforms={"local": LocalPlatform(self.world, self.draw)},
            clock=self.clock,
        )

    async def starts(self) -> None:
        """Start the bot."""
        self.app = self.new_app()
        await self.app.start()
        self.awake = True
        await self.settles()

    async def stops(self) -> None:
        """Stop the bot."""
        self.awake = False
        self.errors += self.app.errors
        await self.app.stop()

    async def restarts(self, bank: Bank | None = None) -> None:
        """Stop the bot and start it again, maybe with another bank."""
        await self.stops()
        self.bank = bank or self.bank
        await self.starts()

    async def away(self, until: str) -> None:
        """Stop the bot, and start it again at a later moment."""
        await self.stops()
        self.clock.set(self.moment(until))
        await self.starts()

    # --- the group ------------------------------------------------------------------------------------------------

    async def sets_up(self, **values: str) -> str:
        """Let Mira set the group up, with what works and these values."""
        await self.mira.types("/setup")
        said = await self.mira.fills(**{"zone": self.zone.key, **values})
        await self.app.work.run(groups.set_seed, GroupId(1), "stage")
        await self.settles()
        return said

    async def plans(self, *questions: str) -> None:
        """Let Mira give the next dates these questions."""
        await self.mira.types("/admin preview")
        planned = await self.read(days.planned, (await self.track()).id)
        for question, day in zip(questions, planned, strict=False):
            await self.mira.types(f"/admin swap {day.on} {question}")

    async def read(self, story: Callable[..., T], *args: object) -> T:
        """Read from the database."""
        return await self.app.work.read(story, *args)

    async def group(self) -> Group:
        """The group as it stands."""
        return await self.read(groups.group, GroupId(1))

    async def track(self) -> Track:
        """The group's track as it stands."""
        tracks: list[Track] = await self.read(groups.tracks_of, GroupId(1))
        return tracks[0]

    async def all_days(self) -> list[Day]:
        """Every day of the group that is not planned any more, the oldest first."""
        return await self.read(_all_days)

    # --- looking --------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """The channel as the bot knows it."""
        return Place("local", "local", self.channel)

    @property
    def thread(self) -> str:
        """The newest thread of the channel."""
        return [thread.id for thread in self.world.threads.values() if thread.channel == self.channel][-1]

    @property
    def questions(self) -> list[Entry]:
        """The questions that stand in the channel, the oldest first."""
        here = (thread for thread in self.world.threads.values() if thread.channel == self.channel)
        return [self.world.messages[thread.message] for thread in here]

    def words_of(self, entry: Entry) -> str:
        """What a message says."""
        return words(entry.blocks) if entry.blocks is not None else entry.text or ""

    def in_thread(self) -> str:
        """Everything that the bot says in the newest thread."""
        said = (e for e in self.world.messages.values() if e.thread == self.thread and not e.only_for and e.blocks)
        return " ".join(self.words_of(entry) for entry in said)

    def said_since(self, mark: int) -> list[str]:
        """What the bot did since a number of lines."""
        return [str(line) for line in self.transcript.lines[mark:]]


def _all_days(tx: Connection) -> list[Day]:
    ids = tx.execute(select(days.days.c.id).where(days.days.c.state != "planned").order_by(days.days.c.on)).scalars()
    return [day for id in ids.all() if (day := days.find(tx, id))]


def rows(tx: Connection, table: object) -> int:
    """How many rows a table has."""
    return tx.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]
