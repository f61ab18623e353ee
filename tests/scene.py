"""What every stage has, whatever platform it stands on: the bot over a real database file, and a clock set by hand."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.app import App
from bot.bank.load import Bank
from bot.core.clock import SetClock
from bot.core.ports import Platform
from bot.core.refs import GroupId
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.groups.store import Group, Track
from bot.judge.runner import Runner
from bot.storage.database import Database

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BEAT = timedelta(seconds=5)
T = TypeVar("T")


class Somebody(Protocol):
    """A person on a stage: what they do, and what they see; every act waits until the bot has answered."""

    name: str

    async def types(self, line: str, *, private: bool = False) -> str:
        """Run a command in the channel, or in the private conversation with the bot."""
        ...

    async def presses(self, label: str, *, under: str = "") -> str:
        """Press the newest button of this label, or the newest one under a text."""
        ...

    async def chooses(self, *letters: str, under: str = "") -> str:
        """Choose options by how their labels begin."""
        ...

    async def fills(self, values: Mapping[str, str] | str = "", /, **by_name: str) -> str:
        """Send the form that was shown last."""
        ...

    async def answers(self, text: str) -> str:
        """Press Answer and send the form."""
        ...

    async def says(self, text: str, *, in_thread: bool = False, reply_to: str | None = None) -> str:
        """Write a message; give its id."""
        ...

    async def sends(self, name: str, text: str, *, in_thread: bool = False) -> None:
        """Send a file to the bot in private, or into the thread of the question."""
        ...

    async def edits(self, text: str, *, message: str = "") -> None:
        """Change one's last message."""
        ...

    async def deletes(self, message: str = "") -> None:
        """Delete one's last message."""
        ...

    async def counts(self, message: str = "") -> str:
        """Use *Count as my answer* on one's last message."""
        ...

    async def leaves(self) -> None:
        """Leave the workspace."""
        ...

    async def returns(self) -> None:
        """Come back to the workspace."""
        ...

    def sees(self, text: str) -> bool:
        """Whether anything that stands where this person looks holds this text."""
        ...

    def reads(self) -> list[str]:
        """Everything that the bot says where this person looks, the oldest first."""
        ...


class Scene(ABC):
    """The bot, the clock and the group; a stage adds the platform and the people on it."""

    database_url: str
    bank: Bank
    clock: SetClock
    zone: ZoneInfo
    app: App
    awake: bool
    errors: int
    runner: Runner | None = None
    """What runs members' code; nothing does by default."""
    words_are_typed: bool
    """Whether commands are typed as text; else they are picked from what is offered."""
    fields_take_any_word: bool
    """Whether the fields of a form take any word; else choices and dates are picked from what is offered."""
    dates_take_any_word: bool
    """Whether a date is typed; else it is picked from a calendar."""
    replies_have_replies: bool
    """Whether a single reply of a thread can be answered; else a thread is flat."""

    @abstractmethod
    def platforms(self) -> Mapping[str, Platform]:
        """The platform that a new bot speaks to."""

    @abstractmethod
    async def heard(self) -> None:
        """Wait until the bot has heard of everything that happened, and has answered it."""

    @abstractmethod
    def person(self, name: str) -> Somebody:
        """Somebody of the cast."""

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
        await self.heard()
        due = await self.app.beat()
        return max(due, self.clock.now() + BEAT) if due else None

    async def settles(self) -> None:
        """Let the bot hear everything and send what it has to send at this moment; one that is away does neither."""
        if not self.awake:
            return
        await self.heard()
        await self.app.settle()
        await self.heard()

    # --- the bot --------------------------------------------------------------------------------------------------

    def new_app(self) -> App:
        """Another bot over the same database and the same platform."""
        return App(
            database=Database(self.database_url),
            bank=self.bank,
            platforms=dict(self.platforms()),
            clock=self.clock,
            runner=self.runner,
        )

    def judged_by(self, runner: Runner) -> None:
        """Let the bot run members' code in this back end from now on."""
        self.runner = runner
        self.app.judged_by(runner)

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
        await self.person("Mira").types("/setup")
        said = await self.person("Mira").fills(**{"zone": self.zone.key, **values})
        await self.app.work.run(groups.set_seed, GroupId(1), "stage")
        await self.settles()
        return said

    async def plans(self, *questions: str) -> None:
        """Let Mira give the next dates these questions."""
        await self.person("Mira").types("/admin preview")
        planned = await self.read(days.planned, (await self.track()).id)
        for question, day in zip(questions, planned, strict=False):
            await self.person("Mira").types(f"/admin swap {day.on} {question}")

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


def _all_days(tx: Connection) -> list[Day]:
    ids = tx.execute(select(days.days.c.id).where(days.days.c.state != "planned").order_by(days.days.c.on)).scalars()
    return [day for id in ids.all() if (day := days.find(tx, id))]
