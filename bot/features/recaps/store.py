"""The weeks of a group that are still to be told: the table and its SQL."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Column, Connection, Date, ForeignKey, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.refs import GroupId
from bot.features.days import store as days_store
from bot.features.days.store import Day, days
from bot.features.groups.rules import moment
from bot.features.groups.store import Group
from bot.features.sessions.rules import State
from bot.features.sessions.store import sessions
from bot.storage.columns import Instant, metadata

recaps = Table(
    "recaps",
    metadata,
    Column("group_id", ForeignKey("groups.id"), primary_key=True),
    Column("monday", Date, primary_key=True),
    Column("look_at", Instant, index=True),
)

_BEGIN = {
    dialect: insert(recaps).on_conflict_do_nothing(index_elements=["group_id", "monday"])
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_DUE = (
    select(recaps)
    .where(recaps.c.look_at <= bindparam("now"))
    .order_by(recaps.c.look_at, recaps.c.group_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a group, by its Monday."""

    group: GroupId
    monday: date


def begin(tx: Connection, of: Group, on: date) -> None:
    """Note that there is something to tell of the week of this date; it is looked at when the week is over."""
    monday = on - timedelta(days=on.weekday())
    row = {"group_id": of.id, "monday": monday, "look_at": moment(monday + WEEK, time.min, of.zone)}
    tx.execute(_BEGIN[tx.dialect.name], row)


def due(tx: Connection, now: datetime, most: int) -> list[Week]:
    """Read the weeks that may be over; each is held until the transaction ends."""
    return [Week(GroupId(row.group_id), row.monday) for row in tx.execute(_DUE, {"now": now, "most": most})]


def look_again(tx: Connection, week: Week, at: datetime | None) -> None:
    """Note when a week is looked at again; never where it was told."""
    mine = (recaps.c.group_id == week.group, recaps.c.monday == week.monday)
    tx.execute(update(recaps).where(*mine).values(look_at=at))


def is_untold(tx: Connection, of: GroupId, monday: date) -> bool:
    """Whether there is something to tell of this week, and it was not told yet."""
    mine = (recaps.c.group_id == of, recaps.c.monday == monday, recaps.c.look_at.is_not(None))
    return tx.scalar(select(recaps.c.monday).where(*mine)) is not None


def days_of(tx: Connection, week: Week) -> list[Day]:
    """Read the days of a week that are revealed, the earliest first."""
    mine = (days.c.group_id == week.group, days.c.on >= week.monday, days.c.on < week.monday + WEEK)
    ids = tx.scalars(select(days.c.id).where(*mine, days.c.state == "revealed")).all()
    return sorted(days_store.of_ids(tx, [days_store.DayId(id) for id in ids]), key=lambda day: (day.on, day.id))


def mocks_held(tx: Connection, of: Group, week: Week) -> int:
    """How many mock interviews of a week were held to the end."""
    first, last = (moment(on, time.min, of.zone) for on in (week.monday, week.monday + WEEK))
    held = (sessions.c.group_id == of.id, sessions.c.state == State.closed.value)
    in_it = (sessions.c.starts_at >= first, sessions.c.starts_at < last)
    return tx.scalar(select(func.count()).select_from(sessions).where(*held, *in_it)) or 0
