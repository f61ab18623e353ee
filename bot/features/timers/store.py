"""What falls due for sessions: tables and SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
)

from bot.features.sessions.store import SessionId
from bot.features.timers.rules import Timer
from bot.storage.columns import Instant, metadata

timers = Table(
    "session_timers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.id"), nullable=False, index=True),
    Column("what", String(20), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("session_id", "what", "number"),
    Index("ix_session_timers_what_at", "what", "at"),
)

# Asked at every beat, so they are not built anew each time.
_OF_KINDS = timers.c.what.in_(bindparam("what", expanding=True))
_DUE = (
    select(timers)
    .where(_OF_KINDS, timers.c.at <= bindparam("now"), timers.c.id.not_in(bindparam("without", expanding=True)))
    .order_by(timers.c.at, timers.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(timers.c.at)).where(_OF_KINDS)


def put(tx: Connection, id: SessionId, what: Sequence[Timer]) -> None:
    """Write what falls due for a session; one of the same kind and number takes the place of the one before."""
    for timer in what:
        drop(tx, id, timer.what, number=timer.number)
        tx.execute(timers.insert().values(session_id=id, what=timer.what, number=timer.number, at=timer.at))


def drop(tx: Connection, id: SessionId, *what: str, number: int | None = None) -> bool:
    """Let what was to fall due for a session not fall due: of these kinds, or of all where none is named.

    Gives whether there was any.
    """
    gone = delete(timers).where(timers.c.session_id == id)
    if what:
        gone = gone.where(timers.c.what.in_(what))
    if number is not None:
        gone = gone.where(timers.c.number == number)
    return tx.execute(gone).rowcount > 0


def due(
    tx: Connection, what: Sequence[str], now: datetime, most: int, without: Collection[int]
) -> list[tuple[int, SessionId, Timer]]:
    """Read what of these kinds is due, the oldest first, and keep others from taking it up."""
    rows = tx.execute(_DUE, {"what": what, "now": now, "without": list(without), "most": most})
    return [(row.id, SessionId(row.session_id), Timer(row.what, row.at, row.number)) for row in rows]


def done(tx: Connection, timer: int) -> None:
    """Strike out what has fallen due."""
    tx.execute(delete(timers).where(timers.c.id == timer))


def next_due(tx: Connection, what: Sequence[str]) -> datetime | None:
    """When something of these kinds falls due next."""
    at: datetime | None = tx.scalar(_NEXT, {"what": what})
    return at


def put_once(tx: Connection, id: SessionId, timer: Timer) -> bool:
    """Write what falls due unless it stands already; give whether it was written."""
    standing = (timers.c.session_id == id, timers.c.what == timer.what, timers.c.number == timer.number)
    if tx.scalar(select(timers.c.id).where(*standing)) is not None:
        return False
    put(tx, id, [timer])
    return True
