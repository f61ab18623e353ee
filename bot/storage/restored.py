"""After a restore: what the backup had still to send may have been sent since, and so may what came due after it.

A restore leaves a row here. Until it is closed, the delivery (`Looking`) treats each message that was due before the
bot's first round as one that may have arrived already, so that it is settled, as after a crash, before it is sent.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, Table, and_, exists, or_, select, update

from bot.core.clock import Clock
from bot.core.ports import Send
from bot.storage import outbox as sending
from bot.storage.columns import Instant, metadata
from bot.storage.outbox import outbox

restores = Table(
    "restores",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("backup_made_at", Instant, nullable=False),
    Column("restored_at", Instant, nullable=False),
    Column("due_until", Instant),
    Column("closed_at", Instant),
)
_OPEN = restores.c.closed_at.is_(None)


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore that has not been caught up with; `due_until` is None until the first round has been made."""

    backup_made_at: datetime
    due_until: datetime | None


def note(tx: Connection, backup_made_at: datetime, now: datetime) -> None:
    """Note that this database was restored, and unsettle what the backup had still to send."""
    tx.execute(restores.insert(), {"backup_made_at": backup_made_at, "restored_at": now})
    sending.release_leases(tx, now)
    unsettle(tx, Restore(backup_made_at, None), now)


def awaiting(tx: Connection) -> Restore | None:
    """The restore that has not been caught up with, of the oldest backup where there are several."""
    row = tx.execute(select(restores).where(_OPEN).order_by(restores.c.backup_made_at).limit(1)).first()
    return Restore(row.backup_made_at, row.due_until) if row else None


def first_round_made(tx: Connection, now: datetime) -> None:
    """Note that rows stand in the outbox for everything that was due until now."""
    tx.execute(update(restores).where(_OPEN, restores.c.due_until.is_(None)).values(due_until=now))


def close_when_settled(tx: Connection, now: datetime) -> None:
    """Close the restore where it is known of each suspect what became of it."""
    restore = awaiting(tx)
    if restore is None or restore.due_until is None:
        return
    unfinished = and_(outbox.c.state.in_(("pending", "sending")), outbox.c.due_at <= restore.due_until)
    if tx.execute(select(outbox.c.id).where(unfinished).limit(1)).first() is None:
        tx.execute(update(restores).where(_OPEN).values(closed_at=now))


def unsettle(tx: Connection, restore: Restore, now: datetime) -> None:
    """Make each suspect that could leave now a message of which it is not known whether it arrived.

    Threads, changes and reactions do the same thing when done twice, so they stay as they are. What waits for another
    row waits here too: it dies with that one, or is unsettled once that one is sent.
    """
    parent = outbox.alias("parent")
    sent = exists().where(parent.c.key == outbox.c.after, parent.c.state == "sent")
    suspect = and_(outbox.c.state == "pending", outbox.c.not_before <= now, or_(outbox.c.after.is_(None), sent))
    rows = tx.execute(select(outbox.c.id, outbox.c.call).where(suspect, outbox.c.due_at <= (restore.due_until or now)))
    for id in [row.id for row in rows if isinstance(row.call, Send)]:
        tx.execute(
            update(outbox)
            .where(outbox.c.id == id)
            .values(state="sending", since=restore.backup_made_at, lease_until=now, changed_at=now)
        )


class Looking:
    """While a restore is open, every claim of the delivery finds the suspects unsettled."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.restore: Restore | None = None

    def before_claim(self, tx: Connection) -> None:
        """Unsettle what may have been sent already."""
        if self.restore:
            unsettle(tx, self.restore, self._clock.now())
