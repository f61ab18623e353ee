"""What falls due for sessions: tables and SQL."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
)

from bot.core.ask import Ask
from bot.features.members.store import Member
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions import words
from bot.features.sessions.rules import State
from bot.features.sessions.store import Session, SessionId
from bot.features.timers.rules import Timer, forgotten
from bot.storage.columns import Instant, metadata
from bot.storage.unit_of_work import work_off

BATCH = 50

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


def fall_due(
    tx: Connection, name: str, what: Sequence[str], becomes: Callable[[Session, Timer], None], now: datetime
) -> datetime | None:
    """Let what of these kinds is due fall due, the oldest first and each apart; give when to look again.

    What `becomes` of it is told with the session held, so that nobody else changes it meanwhile.
    """

    def of_timers(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        rows = tx.execute(_DUE, {"what": what, "now": now, "without": list(without), "most": BATCH}).all()
        return {row.id: partial(_falls, tx, row, becomes) for row in rows}

    worked_off = work_off(tx, name, of_timers)
    return worked_off.again(tx.scalar(_NEXT, {"what": what}), now)


def _falls(tx: Connection, row: Row[Any], becomes: Callable[[Session, Timer], None]) -> None:
    tx.execute(delete(timers).where(timers.c.id == row.id))
    session = sessions.hold(tx, SessionId(row.session_id))
    if session is not None:
        becomes(session, Timer(row.what, row.at, row.number))


def put_once(tx: Connection, id: SessionId, timer: Timer) -> bool:
    """Write what falls due unless it stands already; give whether it was written."""
    standing = (timers.c.session_id == id, timers.c.what == timer.what, timers.c.number == timer.number)
    if tx.scalar(select(timers.c.id).where(*standing)) is not None:
        return False
    put(tx, id, [timer])
    return True


# --- whoever acts is there ------------------------------------------------------------------------------------------


def mine(tx: Connection, ask: Ask, id: int) -> tuple[Session, Member]:
    """The session that a button names, held, and the asker, who is in it and by this act not silent any more."""
    session, member = sessions.mine(tx, ask, id)
    answered(tx, session, member, ask)
    acted(tx, session, ask.now)
    return session, member


def acted(tx: Connection, session: Session, now: datetime) -> None:
    """Something was done in an interview that runs, so nobody has forgotten it: it does not end by itself so soon."""
    if not session.state.running:
        return
    again = forgotten(now, paused=session.state is State.paused)
    drop(tx, session.id, again.what, number=1)  # the word was said, and somebody has heard it
    standing = (timers.c.session_id == session.id, timers.c.what == again.what)
    at = tx.scalar(select(timers.c.at).where(*standing))
    if at is None or at < again.at:
        put(tx, session.id, [again])


def answered(tx: Connection, session: Session, member: Member, ask: Ask) -> bool:
    """Note that whoever was asked whether they are still there is, and tell the others; False where nobody asked."""
    if not session.state.running or not drop(tx, session.id, "silent", number=member.id):
        return False
    rooms.say(tx, session, f"still:{member.id}:{ask.id}", words.is_there(member.name), ask.now)
    return True
