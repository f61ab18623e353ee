"""A group whose members sign up, and what became of its rounds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from bot.core.ask import Ask
from bot.core.refs import GroupId, MemberId
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.preferences.store import turns
from bot.features.rounds import jobs, store
from bot.features.rounds.rules import State, closing_date
from bot.features.rounds.store import Round, rounds
from bot.features.sessions.store import session_people, sessions
from tests.actor import Actor
from tests.stage import Stage

GROUP = GroupId(1)
EVER = "any time"
OPENS, CLOSES = "Fri 20:00", "Mon 20:00"
"""Of the rounds in these stories; the very first one is opened on the Monday on which its group is set up."""
WEEKLY = ("Thu 18:00", "Sun 18:00")
"""Of a round in a group whose organisers have set nothing."""


async def signs_up(who: Actor, hours: str = EVER, **values: str) -> str:
    """Sign up for the first time, with these hours."""
    await who.types("/mock join")
    return await who.fills(hours=hours, **values)


async def round_is_open(group: Stage, *names: str, hours: str = EVER) -> None:
    """Let a round open for everybody of the cast, and some sign up."""
    await group.reaches(f"a round with {names} at {hours}", lambda: _open(group, names, hours))


async def _open(group: Stage, names: Sequence[str], hours: str) -> None:
    for name in ("Jonas", "Aiko", "Tom"):
        await group.people[name].types("/join")
    await group.mira.types("/admin rounds weekday=Mon closes=20:00")
    await group.app.work.run(opens_now, group.clock.now())
    await group.until(group.clock.now() + timedelta(seconds=5))
    for name in names:
        await signs_up(group.people[name], hours)


def opens_now(tx: Connection, now: datetime) -> None:
    """Let the round be due that closes next, as if its group had had this schedule for long."""
    on = closing_date(now, store.schedule(tx, GROUP), groups.group(tx, GROUP).zone)
    tx.execute(update(store.schedules).values(next_on=on, next_at=now))


async def round_is_closed(group: Stage, *names: str) -> None:
    """Let a round open, some sign up, and the closing time come."""

    async def close() -> None:
        await round_is_open(group, *names)
        await group.at(CLOSES)

    await group.reaches(f"a closed round with {names}", close)


async def round_to_pair(group: Stage, *names: str) -> tuple[Round, datetime]:
    """A round that has closed and is not paired yet."""

    async def come() -> None:
        await round_is_open(group, *names)
        await group.until(group.moment(CLOSES) - timedelta(seconds=1))

    await group.reaches(f"a second before {names} are paired", come)
    group.clock.set(group.moment(CLOSES))
    await group.app.work.run(jobs.go_on, group.clock.now())
    return await newest(group), group.clock.now()


async def newest(group: Stage) -> Round:
    """The newest round, whatever became of it."""
    return await group.read(_newest)


def _newest(tx: Connection) -> Round:
    id = tx.execute(select(rounds.c.id).order_by(rounds.c.id.desc()).limit(1)).scalar_one()
    return store.get(tx, store.RoundId(id))


async def state(group: Stage) -> State:
    """Where the newest round stands."""
    return (await newest(group)).state


async def id_of(group: Stage, name: str) -> MemberId:
    """The member of this name."""
    return next(one.id for one in await group.read(members.active, GROUP) if one.name == name)


async def pairs(group: Stage) -> list[list[str]]:
    """Who stands in each session, by name, in the order of their seats; the oldest session first."""
    return await group.read(_pairs)


def _pairs(tx: Connection) -> list[list[str]]:
    ids = tx.execute(select(sessions.c.id).order_by(sessions.c.id)).scalars().all()
    return [[members.member(tx, MemberId(one)).name for one in _seats(tx, id)] for id in ids]


def _seats(tx: Connection, session: int) -> list[int]:
    here = session_people.c.session_id == session
    return list(tx.execute(select(session_people.c.member_id).where(here).order_by(session_people.c.seat)).scalars())


async def opened(group: Stage) -> list[Any]:
    """The rows of all sessions, the oldest first."""
    return await group.read(lambda tx: tx.execute(select(sessions).order_by(sessions.c.id)).all())


async def owed(group: Stage, name: str) -> int:
    """How many turns somebody is owed."""
    member = await id_of(group, name)
    return await group.read(lambda tx: tx.scalar(select(turns.c.owed).where(turns.c.member_id == member)) or 0)


async def did_not_come(group: Stage, name: str) -> None:
    """Note that somebody missed the newest session they are in."""
    member, now = await id_of(group, name), group.clock.now()

    def note(tx: Connection) -> None:
        mine = session_people.c.member_id == member
        last = tx.execute(select(session_people.c.session_id).where(mine).order_by(session_people.c.session_id.desc()))
        seat = (mine, session_people.c.session_id == last.scalars().first())
        assert tx.execute(update(session_people).where(*seat).values(absent_at=now)).rowcount == 1

    await group.app.work.run(note)


def asks(group: Stage, who: Actor, id: str = "e1") -> Ask:
    """An ask of somebody, to tell a story by hand."""
    now = group.clock.now()
    return Ask(id=id, who=who.person, name=who.name, place=group.place, now=now, at=now, work=group.app.work)
