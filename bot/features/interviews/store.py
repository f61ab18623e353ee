"""Turns of a session, each with its kit, and which kits members have seen: tables and SQL."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NewType

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
    update,
)

from bot.bank.load import Bank
from bot.bank.schema import Kit, parse_kit
from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import MemberId
from bot.features.groups import store as groups
from bot.features.interviews import rules
from bot.features.interviews.rules import Fit, Seats, Stage
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.sessions.rules import MOVES
from bot.features.sessions.store import Session, SessionId, session_people, sessions
from bot.features.timers import store as timers
from bot.storage.columns import Instant, metadata

TurnId = NewType("TurnId", int)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("fit", String(10), nullable=False),
    Column("kit_id", String(80), nullable=False, index=True),
    Column("kit", JSON, nullable=False),
    Column("minutes", JSON, nullable=False),
    Column("interviewer_id", ForeignKey("members.id"), index=True),
    Column("candidate_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("briefed_at", Instant),
    Column("started_at", Instant),
    Column("running_since", Instant),
    Column("banked", Integer, nullable=False),
    Column("ended_at", Instant),
    UniqueConstraint("session_id", "number"),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One interview of a session; `minutes` are its phases as they stand, `banked` the seconds before the last pause.

    The kit is a copy: an edit of the bank never changes an interview that is planned.
    """

    id: TurnId
    session: SessionId
    number: int
    kind: str
    fit: Fit
    kit: Kit
    minutes: tuple[int, ...]
    interviewer: MemberId | None
    candidate: MemberId
    briefed_at: datetime | None
    started_at: datetime | None
    running_since: datetime | None
    banked: int
    ended_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether it has begun and is not over; it may be paused."""
        return self.started_at is not None and self.ended_at is None

    def elapsed(self, now: datetime) -> timedelta:
        """How long it has run."""
        return rules.elapsed(self.banked, self.running_since, now)

    def left(self, now: datetime) -> timedelta:
        """How much of its planned time is left."""
        return max(timedelta(minutes=sum(self.minutes)) - self.elapsed(now), rules.NOTHING)

    def stage(self, now: datetime) -> Stage:
        """Where it stands."""
        return rules.stage(self.minutes, self.elapsed(now))


# --- planning -------------------------------------------------------------------------------------------------------


def plan(tx: Connection, session: Session, bank: Bank, kinds: Sequence[str] = ()) -> list[Turn]:
    """Choose a kit for every turn of a session, which is done once; a turn for which there is none is left out.

    `kinds` are the types of somebody who practises alone, one after the other.
    """
    if standing := of_session(tx, session.id):
        return standing
    if session.alone:
        wanted = [(kind, Seats(None, session.people[0])) for kind in kinds or (session.kind,)]
    elif session.loop:
        wanted = [*rules.loop(session.people)]
    else:
        types = (session.kind, session.second_kind or session.kind, session.kind)
        wanted = list(zip(types, rules.seats(session.people), strict=False))
    for kind, seats in wanted:
        _add(tx, session, bank, kind, seats)
    return of_session(tx, session.id)


def _add(tx: Connection, session: Session, bank: Bank, kind: str, seats: Seats) -> None:
    before = of_session(tx, session.id)
    sitting = [one for one in (seats.interviewer, seats.candidate) if one is not None]
    chosen = rules.choose(
        bank.kits.values(),
        kind,
        candidate_saw=seen(tx, seats.candidate),
        interviewer_saw=seen(tx, seats.interviewer) if seats.interviewer is not None else (),
        without=ahead(tx, sitting),
        level=members.member(tx, seats.candidate).level,
        seed=f"{groups.group(tx, session.group).seed}/{session.id}/{len(before)}",
    )
    if chosen is None:
        return
    kit = chosen.kit
    values = {
        "kind": kind,
        "fit": chosen.fit.value,
        "kit_id": kit.id,
        "kit": kit.model_dump(mode="json", by_alias=True),
    }
    people = {"interviewer_id": seats.interviewer, "candidate_id": seats.candidate}
    row = turns.insert().values(session_id=session.id, number=len(before) + 1, banked=0, **values, **people)
    tx.execute(row.values(minutes=[phase.minutes for phase in kit.phases]))


def seen(tx: Connection, who: MemberId) -> set[str]:
    """The kits that somebody has seen any part of, in any group, or will see in a session that is ahead."""
    them = members.everywhere(tx, [who])
    part = or_(turns.c.candidate_id.in_(them), turns.c.interviewer_id.in_(them), session_people.c.member_id.in_(them))
    ahead = sessions.c.state.in_([state.value for state in MOVES])
    saw = or_(turns.c.started_at.is_not(None), and_(turns.c.interviewer_id.in_(them), turns.c.briefed_at.is_not(None)))
    query = (
        select(turns.c.kit_id)
        .join(sessions, sessions.c.id == turns.c.session_id)
        .join(session_people, session_people.c.session_id == sessions.c.id)
        .where(part, or_(ahead, saw))
        .distinct()
    )
    return set(tx.execute(query).scalars())


def ahead(tx: Connection, people: Sequence[MemberId]) -> set[str]:
    """The kits of the sessions that these people are in: nobody interviews with what they are asked themselves."""
    query = (
        select(turns.c.kit_id)
        .join(sessions, sessions.c.id == turns.c.session_id)
        .join(session_people, session_people.c.session_id == sessions.c.id)
        .where(
            session_people.c.member_id.in_(members.everywhere(tx, people)),
            sessions.c.state.in_([state.value for state in MOVES]),
        )
    )
    return set(tx.execute(query).scalars())


def busy(tx: Connection, people: Collection[MemberId]) -> set[MemberId]:
    """Who of these people holds an interview now, in this group or another one: nobody is in two at once."""
    here, there = members.identities.alias("here"), members.identities.alias("there")
    query = (
        select(here.c.member_id)
        .join(there, members.same_person(here, there))
        .join(session_people, session_people.c.member_id == there.c.member_id)
        .join(sessions, sessions.c.id == session_people.c.session_id)
        .where(
            here.c.member_id.in_(people),
            session_people.c.gone_at.is_(None),
            sessions.c.state.in_([state.value for state in MOVES if state.running]),
        )
        .distinct()
    )
    return {MemberId(id) for id in tx.scalars(query)}


def loops_asked_for(tx: Connection, who: MemberId, since: datetime) -> int:
    """How often somebody has asked others for a whole loop since a moment, whatever became of it."""
    theirs = (session_people.c.member_id == who, session_people.c.seat == 0)
    asked = (sessions.c.source == "partners", sessions.c.made_at > since)
    query = select(func.count()).select_from(sessions).join(session_people).where(*theirs, *asked)
    return tx.scalar(query) or 0


def without_the_gone(tx: Connection, session: Session) -> None:
    """Take out the turns that are ahead and cannot be held, since one of their two has gone."""
    left = []
    for turn in of_session(tx, session.id):
        sitting = {turn.candidate, *([turn.interviewer] if turn.interviewer is not None else [])}
        if turn.started_at is None and not sitting <= set(session.people):
            tx.execute(turns.delete().where(turns.c.id == turn.id))
        else:
            left.append(turn)
    for number, turn in enumerate(left, start=1):
        _change(tx, turn, number=number)


def fill_seats(tx: Connection, session: Session, bank: Bank) -> None:
    """Plan what is left out where one of three has gone: a turn for whoever is a candidate in none, or a loop's kit."""
    turns_of_it = of_session(tx, session.id)
    cut_short = empty_seat(turns_of_it, session.people)
    standing = [turn for turn in turns_of_it if turn is not cut_short]
    candidates, kinds = {turn.candidate for turn in standing}, {turn.kind for turn in standing}
    wanted: list[tuple[str, Seats]]
    if session.loop:
        wanted = [(kind, seats) for kind, seats in rules.loop(session.people) if kind not in kinds]
    else:
        other = session.second_kind or session.kind
        wanted = [(other, seats) for seats in rules.seats(session.people) if seats.candidate not in candidates]
    for kind, seats in wanted:
        _add(tx, session, bank, kind, seats)


# --- reading --------------------------------------------------------------------------------------------------------


def of_session(tx: Connection, session: SessionId) -> list[Turn]:
    """Read the turns of a session, the first one first."""
    query = select(turns).where(turns.c.session_id == session).order_by(turns.c.number)
    return [_turn(row) for row in tx.execute(query)]


def find(tx: Connection, id: TurnId) -> Turn | None:
    """Read a turn."""
    row = tx.execute(select(turns).where(turns.c.id == id)).first()
    return _turn(row) if row else None


def now_running(found: Iterable[Turn]) -> Turn | None:
    """The turn that has begun and is not over."""
    return next((turn for turn in found if turn.running), None)


def empty_seat(found: Iterable[Turn], people: Collection[MemberId]) -> Turn | None:
    """The turn that runs, where one of its two is not among these people any more."""
    running = now_running(found)
    return running if running and not {running.candidate, running.interviewer} <= set(people) else None


def next_turn(found: Iterable[Turn]) -> Turn | None:
    """The turn that comes next."""
    return next((turn for turn in found if turn.started_at is None), None)


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        TurnId(row.id),
        SessionId(row.session_id),
        row.number,
        row.kind,
        Fit(row.fit),
        parse_kit(row.kit),
        tuple(row.minutes),
        None if row.interviewer_id is None else MemberId(row.interviewer_id),
        MemberId(row.candidate_id),
        row.briefed_at,
        row.started_at,
        row.running_since,
        row.banked,
        row.ended_at,
    )


# --- guards ---------------------------------------------------------------------------------------------------------


def seat(tx: Connection, ask: Ask, id: int) -> tuple[Turn, Session, Member]:
    """The turn that a button names, its session and the asker; whoever is not in the session hears of nothing."""
    turn = find(tx, TurnId(id))
    if turn is None:
        raise UserError("This is not an interview of yours. Run mock status to see yours.")
    session, member = timers.mine(tx, ask, turn.session)
    return turn, session, member


# --- writing --------------------------------------------------------------------------------------------------------


def set_briefed(tx: Connection, turn: Turn, now: datetime) -> None:
    """Note that the interviewer has the kit."""
    _change(tx, turn, briefed_at=turn.briefed_at or now)


def start(tx: Connection, turn: Turn, now: datetime) -> Turn:
    """Let a turn begin."""
    _change(tx, turn, started_at=now, running_since=now, briefed_at=turn.briefed_at or now)
    return replace(turn, started_at=now, running_since=now)


def pause(tx: Connection, turn: Turn, now: datetime) -> None:
    """Let the time of a turn stand still."""
    _change(tx, turn, running_since=None, banked=int(turn.elapsed(now).total_seconds()))


def resume(tx: Connection, turn: Turn, now: datetime) -> Turn:
    """Let the time of a turn go on."""
    _change(tx, turn, running_since=now)
    return replace(turn, running_since=now)


def extend(tx: Connection, turn: Turn, minutes: Sequence[int]) -> Turn:
    """Give the phases of a turn other lengths."""
    _change(tx, turn, minutes=list(minutes))
    return replace(turn, minutes=tuple(minutes))


def end(tx: Connection, turn: Turn, now: datetime) -> None:
    """Let a turn be over."""
    _change(tx, turn, ended_at=now, running_since=None, banked=int(turn.elapsed(now).total_seconds()))


def _change(tx: Connection, turn: Turn, **values: Any) -> None:
    tx.execute(update(turns).where(turns.c.id == turn.id).values(**values))
