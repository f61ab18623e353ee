"""A small stage: the whole bot over a real database file, in a world of people, with a clock that is set by hand.

await group.plans("reading-a-p-value")
await group.at("Mon 09:00")
await group.jonas.presses("A")
assert group.jonas.sees("Recorded: A")
"""

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bot.app import App
from bot.bank.load import Bank
from bot.core.clock import SetClock
from bot.core.pictures import PictureSpec
from bot.core.ports import Platform
from bot.core.refs import Place
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.standing import Entry
from bot.platforms.local.world import World
from tests.actor import Actor
from tests.ground import Ground, OnSqlite
from tests.scene import Scene
from tests.transcript import Line, Transcript, words

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
class Stage(Scene):
    """A channel with people in it and the bot; there is no group until somebody runs setup."""

    ground: Ground
    folder: Path
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
    words_are_typed: bool = True
    fields_take_any_word: bool = True
    dates_take_any_word: bool = True
    replies_have_replies: bool = True
    errors: int = 0
    """The bugs that apps which are gone have met."""
    stands: str = ""
    """The name of the state that was reached last."""
    since: tuple[str, ...] = ()
    """What tells whether anything has happened since."""

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
        awake: bool = True,
    ) -> "Stage":
        """Open a stage in an empty folder, with a database of its own."""
        clock = SetClock(start)
        world = World(clock, mode)
        channel = str(world.add_channel("ml-study")["id"])
        stage = cls(
            ground, folder, ground.copy(folder), bank, world, clock, ZoneInfo(zone), channel, Transcript(world), draw
        )
        for name in CAST:
            stage.comes(name, manager=name == "Mira")
        stage.transcript.watch()
        stage.stands, stage.since = f"{start} {zone} {mode} {id(bank)}", stage._happened()
        if awake:
            await stage.starts()
        return stage

    # --- beginning where others have been -------------------------------------------------------------------------

    async def reaches(self, state: str, play: Callable[[], Awaitable[object]]) -> None:
        """Come to a state in which many tests begin: it is played once, kept, and copied from then on.

        What is played must depend on nothing but its name and the state that was reached before. Where something has
        happened since that one it is played all the same, and not kept; so it is on PostgreSQL, where making a database
        and dropping it takes as long.
        """
        key, reached = f"{self.stands} > {state}", KEPT.setdefault(self.ground, {})
        fresh = self.since == self._happened()
        if fresh and key in reached and isinstance(self.ground, OnSqlite):
            await self._takes_over(reached[key], self.ground)
        else:
            if not self.awake:
                await self.starts()
            await play()
            if not fresh or not isinstance(self.ground, OnSqlite):
                return
            await self.stops()
            self.transcript.unwatch()
            reached[key] = Kept.of(self, self.ground.keep(self.database_url))
            self.transcript.watch()
        await self.starts()
        self.stands, self.since = key, self._happened()

    async def _takes_over(self, kept: "Kept", ground: OnSqlite) -> None:
        if self.awake:
            await self.stops()
        self.database_url = ground.copy(self.folder, kept.database)
        self.world = kept.another_world()
        self.clock = self.world.clock  # type: ignore[assignment]  # it was set by hand there too
        self.people = {
            name: Actor(self, one.id, name, one.home, dict(one.form), one.written, dict(one.answer))
            for name, one in kept.people.items()
        }
        self.transcript = Transcript(self.world, list(kept.lines))
        self.transcript.watch()

    def _happened(self) -> tuple[str, ...]:
        line, faults = self.world.line, self.world.faults
        return (str(self.clock.now()), repr(line._seq), repr(sorted(self.world.people)), repr(faults))

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

    # --- what the scene asks for ------------------------------------------------------------------------------------

    def platforms(self) -> dict[str, Platform]:
        """The platform that a new bot speaks to."""
        return {"local": LocalPlatform(self.world, self.draw)}

    async def heard(self) -> None:
        """Wait until the bot has heard of everything that happened, and has answered it."""
        await self.world.settled()

    def person(self, name: str) -> Actor:
        """Somebody of the cast."""
        return self.people[name]

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

    def in_channel(self) -> str:
        """Everything that the bot says in the channel for all to see."""
        here = (e for e in self.world.messages.values() if (e.channel, e.thread) == (self.channel, None))
        return " ".join(self.words_of(entry) for entry in here if not entry.only_for and entry.blocks)

    def said_since(self, mark: int) -> list[str]:
        """What the bot did since a number of lines."""
        return [str(line) for line in self.transcript.lines[mark:]]


@dataclass(frozen=True)
class Kept:
    """A stage as it stood when its bot was at rest and stopped."""

    database: str
    world: World
    people: dict[str, Actor]
    lines: list[Line]

    @classmethod
    def of(cls, stage: Stage, database: str) -> "Kept":
        """Keep it; it may go on afterwards."""
        people = {name: replace(one) for name, one in stage.people.items()}
        return cls(database, _copied(stage.world), people, list(stage.transcript.lines))

    def another_world(self) -> World:
        """The same world once more."""
        return _copied(self.world)


def _copied(world: World) -> World:
    """Copy a world that is at rest and in which there is no bot."""
    line = world.line
    line._quiet, line._present = asyncio.Event(), asyncio.Event()  # those before belong to an event loop
    line._quiet.set()
    return deepcopy(world)


KEPT: WeakKeyDictionary[Ground, dict[str, Kept]] = WeakKeyDictionary()
"""What was reached on each ground; it goes when the ground does."""


def rows(tx: Connection, table: object) -> int:
    """How many rows a table has."""
    return tx.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]
