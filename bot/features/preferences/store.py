"""What members have set for mock interviews, and turns that they are owed: tables and SQL.

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
    Integer,
    Table,
    delete,
    or_,
    select,
    update,
)

from bot.core.refs import GroupId, MemberId
from bot.features.hours.rules import Hours
from bot.features.members import store as members_store
from bot.features.members.store import Member, members
from bot.features.sessions import store as sessions
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
    Column("waited_at", Instant),
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


def known_to(tx: Connection, group: GroupId, who: MemberId, *, without: Collection[MemberId]) -> list[Member]:
    """Read whom somebody may know of: who does not hide, and whom they have met; those whom they have met first."""
    together = {id for a, b, _ in sessions.met(tx, group) if who in (a, b) for id in (a, b)}
    everybody = [one for one in members_store.active(tx, group) if one.id != who and one.id not in without]
    known = [one for one in everybody if one.seen_by != "nobody" or one.id in together]
    return sorted(known, key=lambda one: (one.id not in together, one.name.casefold()))


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


# --- turns --------------------------------------------------------------------------------------------------------


def owe(tx: Connection, some: Iterable[MemberId]) -> None:
    """Note that members were left out once more: they come first next time."""
    for member in some:
        _set_turn(tx, member, owed=turns.c.owed + 1, first={"owed": 1})


def served(tx: Connection, some: Collection[MemberId]) -> None:
    """Note that members have a partner, and are owed nothing more."""
    tx.execute(update(turns).where(turns.c.member_id.in_(some)).values(owed=0))


def owed(tx: Connection, group: GroupId, some: Collection[MemberId], since: datetime) -> dict[MemberId, int]:
    """Read how many turns these members are owed; those who are owed none are left out.

    One whose session did not come about since a moment, through no fault of theirs, is owed one as well.
    """
    query = select(turns).where(turns.c.member_id.in_(some), turns.c.owed > 0)
    found = {MemberId(row.member_id): row.owed for row in tx.execute(query)}
    for member in sessions.let_down(tx, group, since) & set(some):
        found[member] = found.get(member, 0) + 1
    return found


def who_waits(tx: Connection, group: GroupId, some: Collection[MemberId], now: datetime) -> set[MemberId]:
    """Read who missed so many sessions lately that they wait for a round, which they have not done yet."""
    missed = sessions.absences(tx, group, now - MISSED_WITHIN)
    often = [member for member in some if missed.get(member, 0) >= MISSED_TO_WAIT]
    rows = tx.execute(select(turns).where(turns.c.member_id.in_(often), turns.c.waited_at.is_not(None)))
    for row in rows.all():
        since = max(row.waited_at, now - MISSED_WITHIN)
        missed[MemberId(row.member_id)] = sessions.absences(tx, group, since).get(MemberId(row.member_id), 0)
    return {member for member in often if missed[member] >= MISSED_TO_WAIT}


def have_waited(tx: Connection, some: Iterable[MemberId], at: datetime) -> None:
    """Note that members have waited for what they had missed until then."""
    for member in some:
        _set_turn(tx, member, waited_at=at, first={"owed": 0, "waited_at": at})


def _set_turn(tx: Connection, member: MemberId, *, first: dict[str, Any], **values: Any) -> None:
    if not tx.execute(update(turns).where(turns.c.member_id == member).values(**values)).rowcount:
        tx.execute(turns.insert().values(member_id=member, **first))
