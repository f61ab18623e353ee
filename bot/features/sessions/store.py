"""Sessions of mock interviews and who is in them: tables and SQL."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    false,
    select,
    update,
)

from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import GroupId, MemberId, Person, Place
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.rooms import store as rooms
from bot.features.sessions import rules
from bot.features.sessions.rules import Act, State
from bot.storage.columns import Instant, Wire, metadata

SessionId = NewType("SessionId", int)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("second_kind", String(40)),
    Column("why", Wire, nullable=False),
    Column("source", String(10), nullable=False),
    Column("source_id", Integer),
    Column("state", String(20), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("uid", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("offer", Integer, nullable=False),
    Column("starts_at", Instant),
    Column("link", String(500)),
    Column("room", Wire),
    Column("room_state", String(10), nullable=False),
    Column("room_at", String(200), index=True),
    Column("greeted", Integer, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("changed", Boolean, nullable=False, server_default=false(), index=True),
)
session_people = Table(
    "session_people",
    metadata,
    Column("session_id", ForeignKey("sessions.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True, index=True),
    Column("seat", Integer, nullable=False),
    Column("here_at", Instant),
    Column("gone_at", Instant),
    Column("absent_at", Instant),
    Column("let_down_at", Instant),
    UniqueConstraint("session_id", "seat"),
)


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who is in a session, and the zone in which their times are shown."""

    id: MemberId
    name: str
    person: Person
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it stands; `people` are those who are in it still, in the order of their seats."""

    id: SessionId
    group: GroupId
    kind: str
    second_kind: str | None
    why: tuple[str, ...]
    source: str
    state: State
    made_at: datetime
    uid: str
    sequence: int
    offer: int
    starts_at: datetime | None
    link: str | None
    room: Place | None
    room_state: str
    people: tuple[MemberId, ...]
    here: frozenset[MemberId]
    ended_at: datetime | None

    @property
    def alone(self) -> bool:
        """Whether somebody practises alone."""
        return self.source in {"solo", "loop"}

    @property
    def loop(self) -> bool:
        """Whether the first of them is the candidate of several kits in a row, and the others interview by turns."""
        return self.source == "partners"

    @property
    def at_once(self) -> bool:
        """Whether it comes of the live queue and its time is the moment at which the two were put together."""
        return self.source == "now" and self.starts_at == self.made_at

    def others(self, than: MemberId) -> tuple[MemberId, ...]:
        """Everybody else who is in it."""
        return tuple(one for one in self.people if one != than)


# --- opening --------------------------------------------------------------------------------------------------------


def open_session(
    tx: Connection,
    *,
    group: GroupId,
    kind: str,
    people: Sequence[MemberId],
    why: Sequence[str],
    second_kind: str | None,
    source: str,
    source_id: int | None,
    at: datetime,
) -> SessionId:
    """Write a session for people who were paired, and open their room.

    The first interviews first; a third one observes, and the three change seats. A session of the live queue has its
    time already, which is now.
    """
    if not 2 <= len(set(people)) == len(people) <= 3:
        raise ValueError(f"a session has two or three people; got {list(people)}")
    now = source == "now"
    state = State.agreed if now else State.proposed
    values = {"kind": kind, "second_kind": second_kind, "why": tuple(why), "source": source, "source_id": source_id}
    id = _add(tx, group, people, at, state=state, starts_at=at if now else None, room_state="opening", **values)
    if not rooms.open_room(tx, id, group, people, at):
        close_room(tx, id)
    return id


def open_alone(tx: Connection, group: GroupId, who: MemberId, kind: str, source: str, at: datetime) -> SessionId:
    """Write a session in which somebody practises alone, in private messages."""
    values = {"kind": kind, "second_kind": None, "why": (), "source": source, "source_id": None}
    return _add(tx, group, [who], at, state=State.agreed, starts_at=at, room_state="direct", **values)


def _add(tx: Connection, group: GroupId, people: Sequence[MemberId], at: datetime, **values: Any) -> SessionId:
    fixed = {"group_id": group, "made_at": at, "uid": secrets.token_hex(16), "sequence": 0, "offer": 0, "greeted": 0}
    id = SessionId(tx.execute(sessions.insert().values(**fixed, **values).returning(sessions.c.id)).scalar_one())
    tx.execute(
        session_people.insert(),
        [{"session_id": id, "member_id": member, "seat": seat} for seat, member in enumerate(people)],
    )
    return id


# --- reading --------------------------------------------------------------------------------------------------------


def find(tx: Connection, id: SessionId) -> Session | None:
    """Read a session."""
    row = tx.execute(select(sessions).where(sessions.c.id == id)).first()
    return _session(tx, row) if row else None


def get(tx: Connection, id: SessionId) -> Session:
    """Read a session that there is."""
    found = find(tx, id)
    assert found is not None  # ids come from rows that refer to sessions
    return found


def hold(tx: Connection, id: SessionId) -> Session | None:
    """Read a session and keep others from changing it until the story ends."""
    tx.execute(select(sessions.c.id).where(sessions.c.id == id).with_for_update())
    return find(tx, id)


def _session(tx: Connection, row: Row[Any]) -> Session:
    inside = (session_people.c.session_id == row.id, session_people.c.gone_at.is_(None))
    people = tx.execute(select(session_people).where(*inside).order_by(session_people.c.seat)).all()
    return Session(
        SessionId(row.id),
        GroupId(row.group_id),
        row.kind,
        row.second_kind,
        tuple(row.why),
        row.source,
        State(row.state),
        row.made_at,
        row.uid,
        row.sequence,
        row.offer,
        row.starts_at,
        row.link,
        row.room,
        row.room_state,
        tuple(MemberId(one.member_id) for one in people),
        frozenset(MemberId(one.member_id) for one in people if one.here_at),
        row.ended_at,
    )


def sessions_of(tx: Connection, who: MemberId, *, open_only: bool = False, most: int = 50) -> list[Session]:
    """Read the sessions that somebody is or was in, the newest first."""
    query = select(sessions).join(session_people, session_people.c.session_id == sessions.c.id)
    query = query.where(session_people.c.member_id == who)
    if open_only:
        query = query.where(sessions.c.state.in_([state.value for state in rules.MOVES]))
        query = query.where(session_people.c.gone_at.is_(None))
    return [_session(tx, row) for row in tx.execute(query.order_by(sessions.c.id.desc()).limit(most))]


def met(tx: Connection, group: GroupId) -> list[tuple[MemberId, MemberId, datetime]]:
    """Read which two members were put together when, the smaller id first, the oldest first."""
    one, other = session_people.alias("one"), session_people.alias("other")
    query = (
        select(one.c.member_id, other.c.member_id, sessions.c.made_at)
        .join(one, one.c.session_id == sessions.c.id)
        .join(other, (other.c.session_id == sessions.c.id) & (other.c.member_id > one.c.member_id))
        .where(sessions.c.group_id == group)
        .order_by(sessions.c.made_at, sessions.c.id)
    )
    return [(MemberId(a), MemberId(b), at) for a, b, at in tx.execute(query)]


def absences(tx: Connection, group: GroupId, since: datetime) -> dict[MemberId, int]:
    """How often members did not come to an interview since a moment; those who always came are left out."""
    return _counted(tx, group, since, session_people.c.absent_at)


def let_down(tx: Connection, group: GroupId, since: datetime) -> set[MemberId]:
    """Whose interview did not come about since a moment through no fault of theirs: they are put first."""
    return set(_counted(tx, group, since, session_people.c.let_down_at))


def _counted(tx: Connection, group: GroupId, since: datetime, when: Column[Any]) -> dict[MemberId, int]:
    query = select(session_people.c.member_id).join(sessions, sessions.c.id == session_people.c.session_id)
    found: dict[MemberId, int] = {}
    for id in tx.execute(query.where(sessions.c.group_id == group, when > since)).scalars():
        found[MemberId(id)] = found.get(MemberId(id), 0) + 1
    return found


def zone_of(tx: Connection, member: Member) -> ZoneInfo:
    """A member's own zone, else the group's."""
    return ZoneInfo(member.zone) if member.zone else groups.group(tx, member.group).zone


def participants(tx: Connection, session: Session) -> tuple[Participant, ...]:
    """Read who is in a session, in the order of their seats."""
    found = (members.member(tx, id) for id in session.people)
    return tuple(Participant(one.id, one.name, one.person, zone_of(tx, one)) for one in found)


# --- guards ---------------------------------------------------------------------------------------------------------


def mine(tx: Connection, ask: Ask, id: int, *, held: bool = True) -> tuple[Session, Member]:
    """The session that a button names, and the asker as one who is in it; whoever is not hears of nothing.

    It is held, so that nobody else changes it meanwhile, unless the story only reads.
    """
    session = hold(tx, SessionId(id)) if held else find(tx, SessionId(id))
    member = members.find(tx, session.group, ask.who) if session else None
    if session is None or member is None or member.left_at is not None or member.id not in session.people:
        raise UserError("This is not an interview of yours. Run mock status to see yours.")
    return session, member


def here(tx: Connection, ask: Ask, *, held: bool = True) -> tuple[Session, Member]:
    """The session whose room this is, else the one of the asker's that comes first."""
    # The same people share one room on Slack: the newest of their sessions is meant.
    of_room = select(sessions.c.id).where(sessions.c.room_at == str(ask.place)).order_by(sessions.c.id.desc())
    if row := tx.execute(of_room.limit(1)).first():
        return mine(tx, ask, row.id, held=held)
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    found = sorted(sessions_of(tx, member.id, open_only=True), key=_nearest)
    if not found:
        raise UserError("You have no interview ahead of you. Run mock join for the next round, or mock solo.")
    return mine(tx, ask, found[0].id, held=held)


_ORDER = (State.live, State.paused, State.agreed, State.proposed, State.debrief)


def _nearest(session: Session) -> tuple[int, datetime]:
    return _ORDER.index(session.state), session.starts_at or session.made_at


# --- what becomes of it ---------------------------------------------------------------------------------------------


def move(tx: Connection, session: Session, act: Act, **values: Any) -> Session:
    """Let something happen to a session; raise `UserError` where it cannot. What was due of its state before is not."""
    to = rules.after(session.state, act)
    changed = update(sessions).where(sessions.c.id == session.id).values(state=to.value, changed=True, **values)
    tx.execute(changed)
    return get(tx, session.id)


def check(session: Session, act: Act) -> None:
    """Raise `UserError` that says how a session stands, where this cannot happen to it."""
    rules.after(session.state, act)


def note(tx: Connection, session: Session, **values: Any) -> Session:
    """Write something about a session that changes nothing of its state."""
    tx.execute(update(sessions).where(sessions.c.id == session.id).values(**values))
    return get(tx, session.id)


def note_of(tx: Connection, session: SessionId, member: MemberId, **values: Any) -> None:
    """Write something about one who is in a session: here_at, gone_at, absent_at, let_down_at."""
    whose = (session_people.c.session_id == session, session_people.c.member_id == member)
    tx.execute(update(session_people).where(*whose).values(**values))


def who_failed(
    tx: Connection,
    session: Session,
    now: datetime,
    *,
    absent: Collection[MemberId] = (),
    let_down: Collection[MemberId],
) -> None:
    """Note who did not come, and whose interview did not come about by that or otherwise."""
    for member in absent:
        note_of(tx, session.id, member, absent_at=now)
    for member in let_down:
        note_of(tx, session.id, member, let_down_at=now)


def set_room(tx: Connection, id: SessionId, room: Place) -> None:
    """Note which room a session has."""
    values = {"room": room, "room_at": str(room), "room_state": "open"}
    tx.execute(update(sessions).where(sessions.c.id == id).values(**values))


def close_room(tx: Connection, id: SessionId) -> None:
    """Note that everything of a session goes by private messages from now on."""
    tx.execute(update(sessions).where(sessions.c.id == id).values(room_state="direct", room_at=None))


def not_greeted(tx: Connection, most: int, without: Collection[int]) -> list[SessionId]:
    """Read the sessions whose room stands, or which have none, and whose people know nothing yet."""
    waiting = (sessions.c.greeted == 0, sessions.c.room_state != "opening", sessions.c.id.not_in(without))
    query = select(sessions.c.id).where(*waiting).order_by(sessions.c.id).limit(most).with_for_update(skip_locked=True)
    return [SessionId(id) for id in tx.execute(query).scalars()]


def is_greeted(tx: Connection, id: SessionId) -> bool:
    """Whether the people of a session know of it."""
    return bool(tx.scalar(select(sessions.c.greeted).where(sessions.c.id == id)))


_CHANGED = (
    select(sessions.c.id)
    .where(sessions.c.changed, sessions.c.id.not_in(bindparam("without", expanding=True)))
    .order_by(sessions.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def changed(tx: Connection, most: int, without: Collection[int] = ()) -> list[SessionId]:
    """Read the sessions that were moved, or for which other times were offered, since their messages were tidied."""
    return [SessionId(id) for id in tx.execute(_CHANGED, {"without": list(without), "most": most}).scalars()]


def everybody(tx: Connection, id: SessionId) -> list[MemberId]:
    """Read who was put together, those who are gone too, in the order of their seats."""
    theirs = select(session_people.c.member_id).where(session_people.c.session_id == id).order_by(session_people.c.seat)
    return [MemberId(one) for one in tx.execute(theirs).scalars()]


def forget_who_came(tx: Connection, id: SessionId) -> None:
    """Note that nobody has come yet, since there is another time now."""
    tx.execute(update(session_people).where(session_people.c.session_id == id).values(here_at=None))
