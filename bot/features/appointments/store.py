"""Times that were offered for sessions, and who can then: tables and SQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, UniqueConstraint, bindparam, select

from bot.core.ports import Meetings
from bot.core.refs import MemberId
from bot.features.appointments import rules
from bot.features.appointments.rules import Interval
from bot.features.groups import store as groups
from bot.features.hours import rules as hours
from bot.features.members.store import members
from bot.features.preferences import store as preferences
from bot.features.preferences.store import Preferences
from bot.features.sessions import store as sessions_store
from bot.features.sessions.rules import MOVES, State
from bot.features.sessions.store import Participant, Session, SessionId, session_people, sessions
from bot.storage.columns import Instant, metadata

session_times = Table(
    "session_times",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.id"), nullable=False),
    Column("offer", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", ForeignKey("members.id")),
    UniqueConstraint("session_id", "offer", "number"),
)
session_yes = Table(
    "session_yes",
    metadata,
    Column("time_id", ForeignKey("session_times.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A time that was offered, by the bot or by somebody, and who can then."""

    id: int
    number: int
    at: datetime
    by: MemberId | None
    yes: frozenset[MemberId]


def offer(tx: Connection, session: Session, times: Sequence[datetime], by: MemberId | None) -> list[Offered]:
    """Offer times instead of those before; whoever offers can then."""
    number = session.offer + 1
    sessions_store.note(tx, session, offer=number, changed=True)
    for place, at in enumerate(times, start=1):
        row = session_times.insert().values(session_id=session.id, offer=number, number=place, at=at, by=by)
        id = tx.execute(row.returning(session_times.c.id)).scalar_one()
        if by is not None:
            say_yes(tx, id, by)
    return offered(tx, sessions_store.get(tx, session.id))


def offered(tx: Connection, session: Session) -> list[Offered]:
    """Read the times that stand, the first one first."""
    mine = (session_times.c.session_id == session.id, session_times.c.offer == session.offer)
    rows = tx.execute(select(session_times).where(*mine).order_by(session_times.c.number)).all()
    return [Offered(row.id, row.number, row.at, row.by and MemberId(row.by), _yes(tx, row.id)) for row in rows]


def instead(tx: Connection, session: Session) -> list[Offered]:
    """Read the times that are proposed instead of the one that is agreed and stands; mostly there is none."""
    if session.state is not State.agreed:
        return []
    stands = offered(tx, session)
    return [] if any(one.at == session.starts_at for one in stands) else stands


def keep_agreed(tx: Connection, session: Session) -> Session:
    """Let whatever is proposed instead of the agreed time be off: that one is what is offered again, and taken."""
    if instead(tx, session) and session.starts_at is not None:
        for one in offer(tx, session, [session.starts_at], None):
            for member in session.people:
                say_yes(tx, one.id, member)
    return sessions_store.get(tx, session.id)


def in_a_row(tx: Connection, session: Session, by: MemberId) -> int:
    """How many of the newest offers somebody made one after the other, to none of which another one has said yes."""
    mine = select(session_times).where(session_times.c.session_id == session.id)
    number = 0
    for row in tx.execute(mine.order_by(session_times.c.offer.desc(), session_times.c.number)):
        if row.by != by or not _yes(tx, row.id) <= {by}:
            break
        number += 1
    return number


def _yes(tx: Connection, time: int) -> frozenset[MemberId]:
    query = select(session_yes.c.member_id).where(session_yes.c.time_id == time)
    return frozenset(MemberId(id) for id in tx.execute(query).scalars())


def say_yes(tx: Connection, time: int, member: MemberId) -> None:
    """Note that somebody can at an offered time; saying it twice changes nothing."""
    if member not in _yes(tx, time):
        tx.execute(session_yes.insert().values(time_id=time, member_id=member))


def shared_time(tx: Connection, session: Session, now: datetime) -> list[Interval]:
    """When everybody in a session has time."""
    set_by = preferences.of(tx, session.people)
    of_each = [_open_of(set_by.get(one.id), one, now) for one in sessions_store.participants(tx, session)]
    return reduce(hours.shared, of_each)


def _open_of(has: Preferences | None, who: Participant, now: datetime) -> list[Interval]:
    """When somebody has time; whoever has set no hours, as in a session of the live queue, is asked in usual ones."""
    open_hours = has.hours if has and has.hours else rules.USUAL_HOURS
    return hours.windows(open_hours, who.zone.key, now, now + rules.WITHIN)


_ONE, _OTHER, _BLOCKS = session_people.alias("one"), session_people.alias("other"), preferences.blocks
_AT_ODDS = (
    select(sessions.c.id, _BLOCKS.c.member_id)
    .join(_ONE, _ONE.c.session_id == sessions.c.id)
    .join(_OTHER, _OTHER.c.session_id == sessions.c.id)
    .join(_BLOCKS, (_BLOCKS.c.member_id == _ONE.c.member_id) & (_BLOCKS.c.blocked_id == _OTHER.c.member_id))
    .where(
        sessions.c.state.in_([state.value for state in MOVES if state is not State.debrief]),
        _ONE.c.gone_at.is_(None),
        _OTHER.c.gone_at.is_(None),
    )
    .limit(bindparam("most"))
)


def at_odds(tx: Connection, most: int) -> list[tuple[SessionId, MemberId]]:
    """Read the open sessions in which somebody sits with one whom they have blocked since, and who has blocked."""
    return [(SessionId(id), MemberId(member)) for id, member in tx.execute(_AT_ODDS, {"most": most})]


_LEFT_BEHIND = (
    select(sessions.c.id)
    .join(session_people, session_people.c.session_id == sessions.c.id)
    .join(members, members.c.id == session_people.c.member_id)
    .where(
        sessions.c.state.in_([state.value for state in MOVES]),
        session_people.c.gone_at.is_(None),
        members.c.left_at.is_not(None),
        sessions.c.id.not_in(bindparam("without", expanding=True)),
    )
    .distinct()
    .limit(bindparam("most"))
)


def left_behind(tx: Connection, most: int, without: Collection[int]) -> list[SessionId]:
    """Read the open sessions from which somebody has gone who is no member any more."""
    return [SessionId(id) for id in tx.execute(_LEFT_BEHIND, {"without": list(without), "most": most}).scalars()]


def meeting_place(tx: Connection, session: Session, meetings: Meetings) -> str | None:
    """Where a session is proposed to be held: where its group meets, else in a room of the host's meeting server."""
    return groups.group(tx, session.group).meeting or meetings.link(f"batchmates-{session.uid}")


def taken_of(tx: Connection, people: Sequence[MemberId], but: SessionId) -> list[Interval]:
    """When these people have other sessions."""
    theirs = (one for member in people for one in sessions_store.sessions_of(tx, member, open_only=True))
    agreed = [one for one in theirs if one.id != but and one.state is State.agreed]
    lengths = {one.id: rules.length(len(one.people), loop=one.loop) for one in agreed}
    return [(one.starts_at, one.starts_at + lengths[one.id]) for one in agreed if one.starts_at is not None]


def find(tx: Connection, session: Session, id: int) -> Offered | None:
    """Read a time that stands; None where it was offered before others, or for another session."""
    return next((one for one in offered(tx, session) if one.id == id), None)
