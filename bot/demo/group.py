"""The stage: a world with a channel and people in it, a database, and the bot that lives there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import App
from bot.bank.load import Bank, load_bank
from bot.core.clock import SetClock
from bot.core.errors import SettingsError
from bot.core.ports import Platform
from bot.core.refs import Person
from bot.demo.calendar import POST_AT, ZONE
from bot.demo.cast import Part, cast, latecomer
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.pictures.cache import pictures
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import BotSide, Json, Mode
from bot.platforms.local.world import World
from bot.resources import folder
from bot.settings import sqlite_url
from bot.storage import migrate
from bot.storage.database import Database

START = date(2026, 11, 23)
CHANNEL = "ml-study"
SET_UP_AT = timedelta(hours=8)


def midnight(on: date) -> datetime:
    """When a date begins for the group."""
    return datetime.combine(on, time(0), tzinfo=ZONE).astimezone(UTC)


def public_bank() -> Bank:
    """The questions that everybody has, as they are served at the start."""
    return load_bank([folder("content")], today=START)


@contextmanager
def database(url: str | None = None) -> Iterator[str]:
    """A database at the newest schema; a file that goes away again where none is named."""
    with TemporaryDirectory(prefix="batchmates-demo-") as somewhere:
        chosen = url or sqlite_url(Path(somewhere) / "demo.db")
        migrate.upgrade(chosen, folder("migrations"))
        if migrate.holds_rows(chosen, "groups"):
            raise SettingsError("--database-url: wanted an empty database; this one has a group in it")
        yield chosen


def the_app(url: str, bank: Bank, world: BotSide, clock: SetClock, *, deliver_at_once: int = 1) -> App:
    """The bot on a database, in a world; one call after another, so that a run is the same each time."""
    platforms: dict[str, Platform] = {"local": LocalPlatform(world, pictures().draw)}
    return App(database=Database(url), bank=bank, platforms=platforms, clock=clock, deliver_at_once=deliver_at_once)


async def set_seed(app: App, organiser: str, seed: str) -> None:
    """Let the questions be chosen the same way each time."""
    mine = await app.work.read(members.groups_of, Person("local", "local", organiser))
    for group in mine:
        await app.work.run(groups.set_seed, group, seed)


@dataclass(slots=True)
class Stage:
    """A world, its one channel, and who plays there."""

    members: int
    mode: Mode | str = Mode.nonce
    start: date = START
    several: bool = False
    clock: SetClock = field(init=False)
    world: World = field(init=False)
    channel: str = ""
    users: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = SetClock(midnight(self.start))
        self.world = World(self.clock, self.mode, several=self.several)

    @property
    def parts(self) -> list[Part]:
        """Everybody who ever plays."""
        return cast(self.members)

    def furnish(self, *, late: bool = False) -> None:
        """Make the channel and let people in; `late` lets in also who comes only after some days."""
        self.channel = str(self.world.add_channel(CHANNEL)["id"])
        for part in self.parts:
            if late or part.number != latecomer(self.members):
                self.enter(part)

    def enter(self, part: Part) -> None:
        """Let somebody in."""
        joined = self.world.join_person(part.name, zone=part.zone, manager=part.manager)
        self.users[part.number] = str(joined["id"])

    async def set_up(self) -> Json:
        """Let the organiser set the group up, by the form."""
        reply = await self.world.run(self.users[0], self.channel, "setup")
        form = reply["form"]
        values = {item["name"]: item["value"] for item in form["fields"]}
        wanted = {"zone": ZONE.key, "at": f"{POST_AT:%H:%M}", "weekdays": "Mon-Fri"}
        return await self.world.submit(self.users[0], form["id"], values | wanted, self.channel)
