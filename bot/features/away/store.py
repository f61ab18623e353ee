"""The times for which members were away, and those for which they had left: tables and SQL."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, Table, select, update

from bot.core.refs import MemberId
from bot.storage.columns import Instant, metadata

aways = Table(
    "aways",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
)
departures = Table(
    "departures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("left_at", Instant, nullable=False),
    Column("back_at", Instant, nullable=False),
)


def set_away(tx: Connection, of: MemberId, today: date, until: date | None) -> None:
    """Note that a member is away from today until a date, or is back: what they were away before stays."""
    last = until if until is not None else today - timedelta(days=1)
    now = (aways.c.member_id == of, aways.c.first_on <= today, aways.c.last_on >= today)
    if not tx.execute(update(aways).where(*now).values(last_on=last)).rowcount and last >= today:
        tx.execute(aways.insert().values(member_id=of, first_on=today, last_on=last))


def times_away(tx: Connection, of: MemberId) -> list[tuple[date, date]]:
    """Read the first and the last date of each time for which a member said that they are away."""
    return [(row.first_on, row.last_on) for row in tx.execute(select(aways).where(aways.c.member_id == of))]


def came_back(tx: Connection, of: MemberId, left_at: datetime, now: datetime) -> None:
    """Note that a member who had left is in the group again."""
    tx.execute(departures.insert().values(member_id=of, left_at=left_at, back_at=now))


def times_gone(tx: Connection, of: MemberId, left_at: datetime | None) -> list[tuple[datetime, datetime]]:
    """Read from when to when a member had left; `left_at` is of one who has not come back, and goes on for ever."""
    rows = tx.execute(select(departures).where(departures.c.member_id == of))
    gone = [(row.left_at, row.back_at) for row in rows]
    return gone if left_at is None else [*gone, (left_at, datetime.max.replace(tzinfo=UTC))]
