"""Rounds, their schedules and who signed up: tables and SQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NewType

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)

from bot.core.ask import Ask
from bot.core.refs import GroupId, MemberId
from bot.features.groups.store import Group, groups, note
from bot.features.matching.rules import Outcome
from bot.features.members.store import members
from bot.features.rounds.rules import (
    BEFORE_PAIRS,
    Schedule,
    State,
    check_move,
    closing,
    closing_date,
    moved,
    next_date,
    opening,
    read_outcome,
    week,
)
from bot.storage.columns import Instant, metadata

RoundId = NewType("RoundId", int)

schedules = Table(
    "round_schedules",
    metadata,
    Column("group_id", ForeignKey("groups.id"), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("closes", String(5), nullable=False),
    Column("approve", Boolean, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("next_on", Date),
    Column("next_at", Instant, index=True),
)
rounds = Table(
    "rounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("state", String(10), nullable=False),
    Column("seed", String(60), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("approve", Boolean, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("next_at", Instant, index=True),
    Column("outcome", JSON),
    Column("changed", Boolean, nullable=False, index=True),
    UniqueConstraint("group_id", "closes_on"),
)
sign_ups = Table(
    "round_sign_ups",
    metadata,
    Column("round_id", ForeignKey("rounds.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True, index=True),
    Column("at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Round:
    """A round; `attempt` counts how often it was paired, and `outcome` is what came of the last time."""

    id: RoundId
    group: GroupId
    closes_on: date
    state: State
    seed: str
    attempt: int
    minutes: int
    approve: bool
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    outcome: Outcome

    @property
    def lot(self) -> str:
        """What the pairs are drawn from: each attempt draws anew."""
        return f"{self.seed}:{self.closes_on}:{self.attempt}"


@dataclass(frozen=True, slots=True)
class Coming:
    """The round that a group's schedule opens next; no date before the first one was counted."""

    group: GroupId
    on: date | None
    at: datetime


def _round(row: Row[Any]) -> Round:
    return Round(
        RoundId(row.id),
        GroupId(row.group_id),
        row.closes_on,
        State(row.state),
        row.seed,
        row.attempt,
        row.minutes,
        row.approve,
        row.closes_at,
        row.starts_at,
        row.ends_at,
        read_outcome(row.outcome),
    )


def note_for_organisers(tx: Connection, group: GroupId, what: str, ask: Ask) -> None:
    """Write what an organiser did about rounds into the group's log."""
    note(tx, group, "round", what, now=ask.now, actor=str(ask.who))


# --- schedules ----------------------------------------------------------------------------------------------------


def schedule(tx: Connection, group: GroupId) -> Schedule:
    """Read a group's schedule; a group that was founded without one has no rounds."""
    row = tx.execute(select(schedules).where(schedules.c.group_id == group)).first()
    if row is None:
        return Schedule(on=False)
    return Schedule(row.is_on, row.weekday, time.fromisoformat(row.closes), row.approve, row.minutes)


def set_schedule(tx: Connection, group: Group, to: Schedule, now: datetime) -> None:
    """Write a group's schedule; the round that comes next is the first that opens from now on."""
    opened = tx.scalar(select(func.max(rounds.c.closes_on)).where(rounds.c.group_id == group.id))
    on = next_date(now, to, group.zone, after=opened)
    values = {
        "is_on": to.on,
        "weekday": to.weekday,
        "closes": f"{to.closes:%H:%M}",
        "approve": to.approve,
        "minutes": to.minutes,
        "next_on": on if to.on else None,
        "next_at": opening(on, to, group.zone) if to.on else None,
    }
    if not tx.execute(update(schedules).where(schedules.c.group_id == group.id).values(**values)).rowcount:
        tx.execute(schedules.insert().values(group_id=group.id, **values))


def set_next(tx: Connection, group: Group, of: Schedule, after: datetime) -> None:
    """Move a schedule to the round that follows the one which closes at this moment."""
    on = closing_date(after, of, group.zone)
    values = {"next_on": on, "next_at": opening(on, of, group.zone)}
    tx.execute(update(schedules).where(schedules.c.group_id == group.id).values(**values))


def due_schedules(tx: Connection, now: datetime, most: int, without: Collection[int] = ()) -> list[Coming]:
    """Read the schedules of active groups whose round opens now; each is held until the transaction ends."""
    query = (
        select(schedules)
        .join(groups, groups.c.id == schedules.c.group_id)
        .where(schedules.c.next_at <= now, groups.c.state == "active", schedules.c.group_id.not_in(without))
        .order_by(schedules.c.next_at, schedules.c.group_id)
        .limit(most)
        .with_for_update(skip_locked=True, of=schedules)
    )
    return [Coming(GroupId(row.group_id), row.next_on, row.next_at) for row in tx.execute(query)]


def next_opening(tx: Connection, group: GroupId | None = None) -> datetime | None:
    """When the next round opens, of any active group or of this one."""
    query = select(schedules.c.next_at).join(groups, groups.c.id == schedules.c.group_id)
    query = query.where(schedules.c.next_at.is_not(None), groups.c.state == "active")
    if group is not None:
        query = query.where(schedules.c.group_id == group)
    return tx.scalar(query.order_by(schedules.c.next_at).limit(1))


# --- rounds -------------------------------------------------------------------------------------------------------


def open_round(tx: Connection, group: Group, of: Schedule, closes_on: date) -> Round | None:
    """Write a new round; None where there is one for this date already."""
    there = select(rounds.c.id).where(rounds.c.group_id == group.id, rounds.c.closes_on == closes_on)
    if tx.execute(there).first():
        return None
    starts_at, ends_at = week(closes_on, group.zone)
    closes_at = closing(closes_on, of, group.zone)
    values = {
        "group_id": group.id,
        "closes_on": closes_on,
        "state": State.open,
        "seed": group.seed,
        "attempt": 0,
        "minutes": of.minutes,
        "approve": of.approve,
        "closes_at": closes_at,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "next_at": closes_at,
        "changed": False,
    }
    id = tx.execute(rounds.insert().values(**values).returning(rounds.c.id)).scalar_one()
    return get(tx, RoundId(id))


def follow(tx: Connection, round: Round, group: Group, of: Schedule, now: datetime) -> Round:
    """Let an open round close as a schedule says that was changed, so that there are never two to sign up for."""
    on = moved(round.closes_on, now, of, group.zone)
    others = (rounds.c.group_id == group.id, rounds.c.id != round.id, rounds.c.closes_on == on)
    while tx.scalar(select(rounds.c.id).where(*others)) is not None:
        on = closing_date(closing(on, of, group.zone), of, group.zone)
        others = (*others[:2], rounds.c.closes_on == on)
    starts_at, ends_at = week(on, group.zone)
    closes_at = closing(on, of, group.zone)
    when = {"closes_on": on, "closes_at": closes_at, "starts_at": starts_at, "ends_at": ends_at, "next_at": closes_at}
    return keep(tx, round, **when, minutes=of.minutes, approve=of.approve, changed=True)


def get(tx: Connection, id: RoundId) -> Round:
    """Read a round."""
    return _round(tx.execute(select(rounds).where(rounds.c.id == id)).one())


def hold(tx: Connection, id: RoundId) -> Round:
    """Read a round that is to be changed: until the transaction ends nobody else changes it."""
    return _round(tx.execute(select(rounds).where(rounds.c.id == id).with_for_update()).one())


def hold_current(tx: Connection, group: GroupId) -> Round | None:
    """Read and hold the round of a group that has no announced pairs yet."""
    query = select(rounds).where(rounds.c.group_id == group, rounds.c.state.in_(BEFORE_PAIRS))
    row = tx.execute(query.order_by(rounds.c.id.desc()).limit(1).with_for_update()).first()
    return _round(row) if row else None


def newest(tx: Connection, group: GroupId) -> Round | None:
    """Read the newest round of a group that was not cancelled."""
    query = select(rounds).where(rounds.c.group_id == group, rounds.c.state != State.cancelled)
    row = tx.execute(query.order_by(rounds.c.id.desc()).limit(1)).first()
    return _round(row) if row else None


def move(tx: Connection, round: Round, to: State, *, next_at: datetime | None, **values: Any) -> Round:
    """Bring a round that is held into another state; raise `IllegalMove` where it never comes there."""
    check_move(round.state, to)
    tx.execute(update(rounds).where(rounds.c.id == round.id).values(state=to, next_at=next_at, **values))
    return get(tx, round.id)


def keep(tx: Connection, round: Round, **values: Any) -> Round:
    """Write something about a round that is held, which stays in its state."""
    tx.execute(update(rounds).where(rounds.c.id == round.id).values(**values))
    return get(tx, round.id)


def again_at(tx: Connection, id: RoundId, at: datetime) -> None:
    """Set when a round is looked at next."""
    tx.execute(update(rounds).where(rounds.c.id == id).values(next_at=at))


def _due(states: Collection[State]) -> Select[Any]:
    return (
        select(rounds)
        .join(groups, groups.c.id == rounds.c.group_id)
        .where(rounds.c.state.in_(states), groups.c.state == "active", rounds.c.next_at.is_not(None))
        .order_by(rounds.c.next_at, rounds.c.id)
    )


def due_rounds(
    tx: Connection, now: datetime, states: Collection[State], most: int, without: Collection[int] = ()
) -> list[Round]:
    """Read the rounds of active groups in these states of which something is due; each is held."""
    query = _due(states).where(rounds.c.next_at <= now, rounds.c.id.not_in(without)).limit(most)
    return [_round(row) for row in tx.execute(query.with_for_update(skip_locked=True, of=rounds))]


def to_pair(tx: Connection, now: datetime, most: int) -> list[Round]:
    """Read the closed rounds that are to be paired now; nobody is held, since pairing takes its time."""
    return [_round(row) for row in tx.execute(_due([State.closed]).where(rounds.c.next_at <= now).limit(most))]


def next_due(tx: Connection, states: Collection[State]) -> datetime | None:
    """When something is due next of a round in one of these states."""
    return tx.scalar(_due(states).with_only_columns(rounds.c.next_at).limit(1))


def note_change(tx: Connection, group: GroupId) -> None:
    """Note that somebody came, left, paused or blocked: posts are to be changed, and pairs to be looked at again."""
    mine = (rounds.c.group_id == group, rounds.c.state.in_(BEFORE_PAIRS))
    tx.execute(update(rounds).where(*mine).values(changed=True))


def changed(tx: Connection, most: int, without: Collection[int] = ()) -> list[Round]:
    """Read the rounds about which something changed, and hold them."""
    query = select(rounds).where(rounds.c.changed, rounds.c.id.not_in(without)).order_by(rounds.c.id).limit(most)
    return [_round(row) for row in tx.execute(query.with_for_update(skip_locked=True))]


# --- sign-ups -----------------------------------------------------------------------------------------------------


def sign_up(tx: Connection, round: RoundId, some: Sequence[MemberId], at: datetime) -> int:
    """Write sign-ups; give how many are new."""
    known = set(signed_up(tx, round, everybody=True))
    new = [{"round_id": round, "member_id": member, "at": at} for member in some if member not in known]
    if new:
        tx.execute(sign_ups.insert(), new)
    return len(new)


def take_back(tx: Connection, round: RoundId, member: MemberId) -> bool:
    """Take a sign-up back; give whether there was one."""
    mine = (sign_ups.c.round_id == round, sign_ups.c.member_id == member)
    return tx.execute(delete(sign_ups).where(*mine)).rowcount > 0


def signed_up(tx: Connection, round: RoundId, *, everybody: bool = False) -> list[MemberId]:
    """Read who signed up and has not left the group; or everybody who did."""
    query = select(sign_ups.c.member_id).join(members, members.c.id == sign_ups.c.member_id)
    query = query.where(sign_ups.c.round_id == round)
    if not everybody:
        query = query.where(members.c.left_at.is_(None))
    return [MemberId(id) for id in tx.execute(query.order_by(sign_ups.c.member_id)).scalars()]
