"""What members have set for mock interviews, turns that they are owed, sessions that they missed: tables and SQL.

A block, a turn and a missed session are used when people are paired, and shown to nobody.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    delete,
    func,
    or_,
    select,
    update,
)

from bot.core.refs import GroupId, MemberId
from bot.features.hours.rules import Hours
from bot.features.members.store import members
from bot.storage.columns import Instant, metadata

MISSED_WITHIN = timedelta(days=60)
MISSED_TO_WAIT = 2  # the first time may happen to anybody
MOST_BLOCKED = 50

preferences = Table(
    "mock_preferences",
    metadata,
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("wanted", JSON, nullable=False),
    Column("giving", JSON, nullable=False),
    Column("hours", JSON, nullable=False),
    Column("every_round", Boolean, nullable=False),
    Column("paused_until", Date),
    Column("changed_at", Instant, nullable=False),
)
blocks = Table(
    "mock_blocks",
    metadata,
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("blocked_id", ForeignKey("members.id"), primary_key=True, index=True),
)
turns = Table(
    "mock_turns",
    metadata,
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("owed", Integer, nullable=False),
)
missed = Table(
    "mock_missed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("session_id", Integer),
    Column("at", Instant, nullable=False),
    Column("waited", Boolean, nullable=False),
    Index("ix_mock_missed_member_id_at", "member_id", "at"),
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a member has set; no types wanted or given means any, and `paused_until` is the first date that counts."""

    member: MemberId
    wanted: frozenset[str] = frozenset()
    giving: frozenset[str] = frozenset()
    hours: Hours = ()
    every_round: bool = False
    paused_until: date | None = None


def find(tx: Connection, member: MemberId) -> Preferences | None:
    """Read what a member has set, if anything."""
    return of(tx, [member]).get(member)


def of(tx: Connection, some: Collection[MemberId]) -> dict[MemberId, Preferences]:
    """Read what these members have set."""
    rows = tx.execute(select(preferences).where(preferences.c.member_id.in_(some)))
    return {
        MemberId(row.member_id): Preferences(
            MemberId(row.member_id),
            frozenset(row.wanted),
            frozenset(row.giving),
            tuple((start, end) for start, end in row.hours),
            row.every_round,
            row.paused_until,
        )
        for row in rows
    }


def save(tx: Connection, member: MemberId, *, now: datetime, **values: Any) -> None:
    """Write some of what a member sets; the rest stays, or begins empty."""
    plain = {name: _plain(value) for name, value in values.items()}
    if find(tx, member):
        tx.execute(update(preferences).where(preferences.c.member_id == member).values(**plain, changed_at=now))
        return
    empty = {"wanted": [], "giving": [], "hours": [], "every_round": False}
    tx.execute(preferences.insert().values(**{"member_id": member, **empty, **plain, "changed_at": now}))


def _plain(value: Any) -> Any:
    match value:
        case frozenset():
            return sorted(value)
        case tuple():
            return [list(stretch) for stretch in value]
    return value


def regulars(tx: Connection, group: GroupId, on: date) -> list[MemberId]:
    """Read who takes part in every round and is not paused at this date."""
    query = (
        select(members.c.id)
        .join(preferences, preferences.c.member_id == members.c.id)
        .where(
            members.c.group_id == group,
            members.c.left_at.is_(None),
            preferences.c.every_round,
            or_(preferences.c.paused_until.is_(None), preferences.c.paused_until <= on),
        )
        .order_by(members.c.id)
    )
    return [MemberId(id) for id in tx.execute(query).scalars()]


# --- blocks -------------------------------------------------------------------------------------------------------


def block(tx: Connection, member: MemberId, other: MemberId) -> None:
    """Note that a member never wants to be put together with another one."""
    unblock(tx, member, other)
    tx.execute(blocks.insert().values(member_id=member, blocked_id=other))


def unblock(tx: Connection, member: MemberId, other: MemberId) -> None:
    """Take a block back."""
    tx.execute(delete(blocks).where(blocks.c.member_id == member, blocks.c.blocked_id == other))


def blocked_by(tx: Connection, member: MemberId) -> list[MemberId]:
    """Read whom a member has blocked: for that member alone."""
    query = select(blocks.c.blocked_id).where(blocks.c.member_id == member).order_by(blocks.c.blocked_id)
    return [MemberId(id) for id in tx.execute(query).scalars()]


def blocked_pairs(tx: Connection, group: GroupId) -> frozenset[tuple[MemberId, MemberId]]:
    """Read who of a group must not be put together, the smaller id first."""
    query = select(blocks).join(members, members.c.id == blocks.c.member_id).where(members.c.group_id == group)
    pairs = (sorted((MemberId(row.member_id), MemberId(row.blocked_id))) for row in tx.execute(query))
    return frozenset((one, other) for one, other in pairs)


# --- turns and missed sessions ------------------------------------------------------------------------------------


def owe(tx: Connection, some: Iterable[MemberId]) -> None:
    """Note that members were left out once more: they come first next time."""
    for member in some:
        known = update(turns).where(turns.c.member_id == member).values(owed=turns.c.owed + 1)
        if not tx.execute(known).rowcount:
            tx.execute(turns.insert().values(member_id=member, owed=1))


def served(tx: Connection, some: Collection[MemberId]) -> None:
    """Note that members have a partner, and are owed nothing more."""
    tx.execute(update(turns).where(turns.c.member_id.in_(some)).values(owed=0))


def owed(tx: Connection, some: Collection[MemberId]) -> dict[MemberId, int]:
    """Read how many turns these members are owed; those who are owed none are left out."""
    query = select(turns).where(turns.c.member_id.in_(some), turns.c.owed > 0)
    return {MemberId(row.member_id): row.owed for row in tx.execute(query)}


def note_missed(tx: Connection, member: MemberId, session: int | None, at: datetime) -> None:
    """Note that a member did not come to a session, once for each session."""
    same = select(missed.c.id).where(missed.c.member_id == member, missed.c.session_id == session)
    if session is None or tx.execute(same).first() is None:
        tx.execute(missed.insert().values(member_id=member, session_id=session, at=at, waited=False))


def take_back_missed(tx: Connection, member: MemberId, session: int) -> None:
    """Note that a member did come after all."""
    tx.execute(delete(missed).where(missed.c.member_id == member, missed.c.session_id == session))


def who_waits(tx: Connection, some: Collection[MemberId], now: datetime) -> set[MemberId]:
    """Read who missed so many sessions lately that they wait for a round, which they have not done yet."""
    query = (
        select(missed.c.member_id)
        .where(missed.c.member_id.in_(some), missed.c.at > now - MISSED_WITHIN, ~missed.c.waited)
        .group_by(missed.c.member_id)
        .having(func.count() >= MISSED_TO_WAIT)
    )
    return {MemberId(id) for id in tx.execute(query).scalars()}


def have_waited(tx: Connection, some: Collection[MemberId]) -> None:
    """Note that members have waited for what they missed."""
    tx.execute(update(missed).where(missed.c.member_id.in_(some)).values(waited=True))
