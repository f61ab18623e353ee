"""Two who were paired, on a stage: what the tests of mock interviews begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.core.events import ActionPressed
from bot.core.refs import GroupId, MemberId
from bot.features.interviews import store as interviews
from bot.features.interviews.store import Turn
from bot.features.members import store as members
from bot.features.sessions import store as sessions
from bot.features.sessions.store import Session, SessionId
from bot.platforms.local.botside import pressables
from bot.platforms.local.standing import Entry
from tests.actor import Actor
from tests.features.sessions.attempts import as_text
from tests.stage import Stage

KIND, SECOND = "ml-system-design", "behavioural"


def _member(tx: Connection, name: str) -> MemberId:
    return next(one.id for one in members.active(tx, GroupId(1)) if one.name == name)


def _newest(tx: Connection) -> SessionId:
    return SessionId(tx.execute(select(func.max(sessions.sessions.c.id))).scalar_one())


def _open(tx: Connection, names: Sequence[str], kind: str, second: str | None, source: str, at: datetime) -> SessionId:
    people = [_member(tx, name) for name in names]
    why = ["You have not met before."]
    return sessions.open_session(
        tx,
        group=GroupId(1),
        kind=kind,
        people=people,
        why=why,
        second_kind=second,
        source=source,
        source_id=None,
        at=at,
    )


@dataclass
class Pair:
    """A session on a stage."""

    stage: Stage
    id: SessionId

    @classmethod
    async def meet(
        cls,
        stage: Stage,
        *names: str,
        kind: str = KIND,
        second: str | None = SECOND,
        source: str = "round",
        settle: bool = True,
    ) -> "Pair":
        """Put these people together, as a round does."""
        names = names or ("Jonas", "Aiko")

        async def meet() -> None:
            for name in names:
                await stage.people[name].types("/join")
            await stage.app.work.run(_open, names, kind, second, source, stage.clock.now())
            if settle:
                await stage.settles()

        await stage.reaches(f"{names} meet: {kind} {second} {source} {settle}", meet)
        return cls(stage, await stage.read(_newest))

    async def now(self) -> Session:
        """The session as it stands."""
        return await self.stage.read(sessions.get, self.id)

    async def turns(self) -> list[Turn]:
        """Its turns."""
        return await self.stage.read(interviews.of_session, self.id)

    def room(self) -> str:
        """Everything that the bot says in the room."""
        return "\n".join(self.stage.words_of(entry) for entry in self.in_room())

    def in_room(self) -> list[Entry]:
        """The bot's messages in the room, the oldest first."""
        world = self.stage.world
        rooms = {channel.id for channel in world.channels.values() if channel.kind == "room"}
        said = (entry for entry in world.messages.values() if entry.channel in rooms and not entry.only_for)
        return [entry for entry in said if entry.blocks is not None]

    def direct(self, who: Actor) -> str:
        """Everything that the bot has told somebody in private messages."""
        world = self.stage.world
        said = (entry for entry in world.messages.values() if entry.channel == f"dm-{who.id}" and entry.blocks)
        return "\n".join(self.stage.words_of(entry) for entry in said)

    async def too_late(self, who: Actor, action: str, *args: int) -> str:
        """Somebody presses a button of this session that was there a moment ago; give the answer."""
        now = self.stage.clock.now()
        event = ActionPressed(
            id=f"late {action} {args} {now}",
            who=who.person,
            name=who.name,
            place=self.stage.place,
            at=now,
            action=action,
            args=(str(self.id), *map(str, args)),
        )
        answer = await self.stage.app.dispatcher.handle(event)
        await self.stage.settles()
        return as_text(answer.reply)

    def offers(self) -> list[list[str]]:
        """The labels of the buttons of each message in the room that has any, the oldest first."""
        items = ([item for block in entry.blocks or () for item in pressables(block)] for entry in self.in_room())
        return [[str(item["label"]) for item in some] for some in items if some]

    async def agrees(self, label: str = "1 works") -> None:
        """Both can at the first time, or at another one."""

        async def agree() -> None:
            await self.stage.jonas.presses(label)
            await self.stage.aiko.presses(label)

        await self.stage.reaches(f"agreed: {label}", agree)

    async def begins(self) -> None:
        """They agree, wait, and both come."""

        async def begin() -> None:
            await self.agrees()
            starts_at = (await self.now()).starts_at
            assert starts_at is not None
            await self.stage.until(starts_at)
            await self.stage.jonas.presses("Start")
            await self.stage.aiko.presses("Start")

        await self.stage.reaches("begun", begin)

    async def passes(self, minutes: float) -> None:
        """Time goes by, with the bot awake."""
        await self.stage.until(self.stage.clock.now() + timedelta(minutes=minutes))
