"""What happened on a platform and is not handled yet: written down, committed, and only then acknowledged.

kept ──the transaction of its effect──▶ handled (what was said is erased)
 │ └── a bug ──▶ kept, later
 └── a bug again and again ──▶ failed

What one person did is handled in the order in which it was kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.events import Event
from bot.storage.columns import Instant, Unreadable, Wire, metadata
from bot.storage.locks import one_by_one

LEASE = timedelta(seconds=60)  # longer than any handler takes
AFTER_A_BUG = timedelta(seconds=30)
TRIES = 5
REMEMBERED = timedelta(days=1)  # the platforms deliver again for minutes, at most an hour

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event", String(200), nullable=False, unique=True),
    Column("lane", String(200), nullable=False),
    Column("payload", Wire),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("at", Instant, nullable=False, index=True),
    Index("ix_inbox_state_lane", "state", "lane"),
)
_INSERT = {
    dialect: insert(inbox).on_conflict_do_nothing(index_elements=["event"]).returning(inbox.c.id)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_WAITING = inbox.c.state == "kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that this process handles."""

    id: int
    event: Event
    attempts: int


def keep(tx: Connection, event: Event, now: datetime) -> Kept | None:
    """Write an event down; give it where it is to be handled at once.

    None where it was kept before, or where something that the same person did earlier still waits.
    """
    lane = str(event.who)
    one_by_one(tx, f"inbox {lane}")
    waits = tx.execute(select(inbox.c.id).where(_WAITING, inbox.c.lane == lane).limit(1)).first()
    row = {
        "event": event.id,
        "lane": lane,
        "payload": event,
        "state": "kept",
        "attempts": 0,
        "lease_until": None if waits else now + LEASE,
        "at": now,
    }
    id = tx.execute(_INSERT[tx.dialect.name], row).scalar()
    return Kept(id, event, 1) if id and not waits else None


def claim(tx: Connection, now: datetime, at_most: int) -> list[Kept]:
    """Take up what waits and nobody handles, the oldest of each person, for the length of a lease."""
    rows = tx.execute(_free(now).limit(at_most).with_for_update(skip_locked=True, of=inbox)).all()
    return [item for row in rows if (item := _taken(tx, row, now))]


def _taken(tx: Connection, row: Row[Any], now: datetime) -> Kept | None:
    if isinstance(row.payload, Unreadable):
        # Left to a process that can read it, as while a new version is rolled out; what is behind it waits as long.
        later = {"lease_until": now + LEASE} if now - row.at < REMEMBERED else {"state": "failed", "lease_until": None}
        _change(tx, row.id, **later)
        return None
    _change(tx, row.id, lease_until=now + LEASE, attempts=row.attempts + 1)
    return Kept(row.id, row.payload, row.attempts + 1)


def _free(now: datetime) -> Select[Any]:
    earlier = inbox.alias("earlier")
    behind = exists().where(earlier.c.state == "kept", earlier.c.lane == inbox.c.lane, earlier.c.id < inbox.c.id)
    free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)
    return select(inbox).where(_WAITING, free, ~behind).order_by(inbox.c.id)


def consume(tx: Connection, event: str) -> None:
    """Note that an event had its effect, and erase what was said."""
    consumed = and_(inbox.c.event == event, _WAITING)
    tx.execute(update(inbox).where(consumed).values(state="handled", payload=None, lease_until=None))


def finish(tx: Connection, item: Kept, now: datetime) -> Kept | None:
    """Note that an event is handled, whether or not it had an effect; take up what waited for it."""
    consume(tx, item.event.id)
    following = _free(now).where(inbox.c.lane == str(item.event.who)).limit(1)
    row = tx.execute(following.with_for_update(skip_locked=True, of=inbox)).first()
    return _taken(tx, row, now) if row else None


def put_back(tx: Connection, item: Kept, now: datetime) -> None:
    """Leave an event on which a handler failed for another try, later each time; after five it has failed."""
    if item.attempts < TRIES:
        _change(tx, item.id, lease_until=now + AFTER_A_BUG * 2 ** (item.attempts - 1), attempts=item.attempts)
    else:
        _change(tx, item.id, state="failed", lease_until=None)


def _change(tx: Connection, id: int, **values: object) -> None:
    tx.execute(update(inbox).where(inbox.c.id == id, _WAITING).values(**values))


def release_leases(tx: Connection, now: datetime) -> None:
    """Take back what a process that is gone was handling: for SQLite, where there is only one process."""
    tx.execute(update(inbox).where(_WAITING, inbox.c.lease_until > now).values(lease_until=now))


def next_due(tx: Connection, now: datetime) -> datetime | None:
    """When an event that waits may be taken up that could not at this moment."""
    soonest = select(func.min(inbox.c.lease_until)).where(_WAITING, inbox.c.lease_until > now)
    at: datetime | None = tx.scalar(soonest)
    return at


def counts(tx: Connection) -> dict[str, int]:
    """How many events wait, how many could not be handled, and how many were handled in the last day."""
    rows = tx.execute(select(inbox.c.state, func.count().label("rows")).group_by(inbox.c.state))
    by_state = {row.state: row.rows for row in rows}
    return {"kept": 0, "failed": 0, "handled": 0, **by_state}


def sweep(tx: Connection, now: datetime) -> None:
    """Forget what was finished a day ago."""
    tx.execute(delete(inbox).where(inbox.c.at < now - REMEMBERED, ~_WAITING))
