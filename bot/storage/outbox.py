"""What is to be sent: one row is exactly one native call.

pending ──claim──▶ sending (lease) ──receipt──▶ sent
   ▲                  │  ├── refused for now ──▶ pending, later
   └──────────────────┘  └── refused for good ─▶ dead, and with it the rows that depend on it

Rows of one lane leave in the order in which they were written; a lane is a target, or one message that is changed.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.errors import DeliveryError, Refusal
from bot.core.messages import Message
from bot.core.ports import Call, Change, MakeEvent, OpenRoom, Receipt, Send, Sending
from bot.core.refs import Target
from bot.storage.columns import Instant, Unreadable, Wire, metadata
from bot.storage.lanes import lane_of

LEASE = timedelta(seconds=60)  # longer than any one native call may take
EDIT_EVERY = timedelta(seconds=5)  # one message is changed at most that often
FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=15)
CHANGED_AT_ONCE = 5  # processes that change one message in the same moment
VITAL_FOR = timedelta(hours=24)  # a platform that is down for a day has more to mend than our questions
OTHERS_FOR = timedelta(hours=1)  # a reminder that is late by more is of no use
KEPT_FOR = timedelta(days=30)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("platform", String(20), nullable=False),
    Column("lane", String(300), nullable=False),
    Column("target", Wire, nullable=False),
    Column("call", Wire, nullable=False),
    Column("after", String(200), index=True),
    Column("vital", Boolean, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("since", Instant),
    Column("receipt", Wire),
    Column("last_error", Text),
    Column("maybe_doubled", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False, index=True),
    Column("due_at", Instant, nullable=False),
    Column("wait", Float, nullable=False),
    Index("ix_outbox_state_not_before", "state", "not_before"),
    Index("ix_outbox_lane_state", "lane", "state"),
)
_INSERT = {
    dialect: insert(outbox).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process delivers; `unsure` means that an earlier try may have arrived."""

    id: int
    platform: str
    sending: Sending
    attempts: int
    unsure: bool
    vital: bool
    wait: timedelta
    due_at: datetime
    unreadable: bool
    lane: str

    def given_up(self, now: datetime) -> bool:
        """Whether it has been refused for so long that what waits behind it should not wait any more."""
        return now - self.due_at > (VITAL_FOR if self.vital else OTHERS_FOR)

    def stale(self, now: datetime) -> bool:
        """Whether it should not even be tried: its platform was switched off, and came back days later."""
        return not self.unsure and now - self.due_at > VITAL_FOR


def enqueue(
    tx: Connection,
    key: str,
    target: Target,
    call: Call,
    *,
    now: datetime,
    after: str | None = None,
    vital: bool = False,
    not_before: datetime | None = None,
) -> bool:
    """Write a row; a key that stands already is left as it is, so that doing it twice sends once.

    `after` is the key of the row whose receipt this one needs. `vital` rows are sent again rather than lost where the
    platform cannot tell whether they arrived. Gives whether it was written.
    """
    written = tx.execute(
        _INSERT[tx.dialect.name],
        {
            "key": key,
            "platform": target.platform,
            "lane": lane_of(target, call, after),
            "target": target,
            "call": call,
            "after": after,
            "vital": vital,
            "not_before": not_before or now,
            "state": "pending",
            "attempts": 0,
            "maybe_doubled": 0,
            "changed_at": now,
            "due_at": not_before or now,
            "wait": 0.0,
        },
    )
    return written.first() is not None


def change(tx: Connection, key: str, target: Target, call: Change, *, now: datetime, after: str | None = None) -> None:
    """Change a message once more: the newest pending change wins, and changes of one message stay apart in time."""
    same = and_(outbox.c.lane == lane_of(target, call, after), outbox.c.key.startswith(f"{key}~", autoescape=True))
    waiting = and_(same, outbox.c.state == "pending", outbox.c.attempts == 0)
    for _ in range(CHANGED_AT_ONCE):
        if tx.execute(update(outbox).where(waiting).values(call=call)).rowcount:
            return
        # Numbered by the row before, since their count falls when old ones are forgotten.
        newest = tx.execute(select(func.max(outbox.c.id), func.max(outbox.c.changed_at)).where(same)).one()
        earliest = max(now, newest[1] + EDIT_EVERY) if newest[1] else now
        if enqueue(tx, f"{key}~{newest[0] or 0}", target, call, now=now, after=after, not_before=earliest):
            return
        # Another process has written a change with this number meanwhile: it is seen now.
    raise LookupError(f"{key} changes two messages")


def said(tx: Connection, beginning: str, targets: Collection[Target]) -> list[tuple[str, Target, Message]]:
    """Read what was said to these targets under keys that begin so, each as it was changed last: key, target, message.

    What will never arrive is left out, and what is so old that its row is forgotten.
    """
    lanes = [str(target) for target in targets]
    mine = (outbox.c.lane.in_(lanes), outbox.c.key.startswith(beginning, autoescape=True), outbox.c.state != "dead")
    rows = tx.execute(select(outbox.c.key, outbox.c.target, outbox.c.call).where(*mine).order_by(outbox.c.id)).all()
    stands = {row.key: row.call for row in rows}
    later = select(outbox.c.after, outbox.c.call).where(outbox.c.after.in_(stands), outbox.c.state != "dead")
    stands |= {row.after: row.call for row in tx.execute(later.order_by(outbox.c.id)) if isinstance(row.call, Change)}
    found = [(row.key, row.target, stands[row.key]) for row in rows]
    return [(key, target, call.message) for key, target, call in found if isinstance(call, Send | Change)]


# --- claiming -----------------------------------------------------------------------------------------------------


def claim(tx: Connection, now: datetime, platforms: Collection[str], at_most: int = 20) -> list[Claimed]:
    """Take rows of these platforms that may leave now, at most one a lane, for the length of a lease."""
    _bury_orphans(tx, now)
    rows = tx.execute(_READY, {"now": now, "platforms": list(platforms), "at_most": at_most}).all()
    taken = {row.lane: row for row in reversed(rows)}
    claimed = [_claimed(tx, row, now) for row in sorted(taken.values(), key=lambda row: row.id)]
    if claimed:
        lease = {"lease": now + LEASE, "now": now}
        tx.execute(
            _TAKE, [{"of": item.id, "first": item.sending.since, "tries": item.attempts, **lease} for item in claimed]
        )
    return claimed


def _ready() -> Select[Any]:
    now = bindparam("now", type_=Instant())
    other, parent = outbox.alias("other"), outbox.alias("parent")
    # Whatever was due once holds what was written after it, also while it waits for its turn.
    waiting = and_(other.c.state == "pending", or_(other.c.attempts > 0, other.c.due_at <= now))
    # What is under way already is held by nothing but an earlier one under way, or two would wait for each other: a row
    # whose time came only now stays behind a later one.
    new, earlier = outbox.c.state == "pending", other.c.id < outbox.c.id
    held = exists().where(
        other.c.lane == outbox.c.lane,
        other.c.id != outbox.c.id,
        or_(and_(other.c.state == "sending", or_(new, earlier)), and_(new, earlier, waiting)),
    )
    parent_sent = exists().where(parent.c.key == outbox.c.after, parent.c.state == "sent")
    due = and_(outbox.c.state == "pending", outbox.c.not_before <= now)
    left_over = and_(outbox.c.state == "sending", outbox.c.lease_until <= now)
    return (
        select(outbox)
        .where(or_(due, left_over), ~held, or_(outbox.c.after.is_(None), parent_sent))
        # A question does not wait behind thousands of reminders; within a lane the order stands all the same.
        .order_by(outbox.c.vital.desc(), outbox.c.id)
        .where(outbox.c.platform.in_(bindparam("platforms", expanding=True)))
        .limit(bindparam("at_most", type_=Integer()))
        .with_for_update(skip_locked=True, of=outbox)
    )


# Made once: to make them takes several times as long as to run them.
_READY = _ready()
_TAKE = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(
        state="sending",
        lease_until=bindparam("lease"),
        since=bindparam("first"),
        attempts=bindparam("tries"),
        changed_at=bindparam("now"),
    )
)


def _claimed(tx: Connection, row: Row[Any], now: datetime) -> Claimed:
    before = tx.execute(select(outbox.c.receipt).where(outbox.c.key == row.after)).scalar() if row.after else None
    sending = Sending(row.key, row.target, row.call, row.since or now, before or Receipt())
    # A call that does the same thing when done twice needs no settling: a thread guards itself, the rest overwrite.
    unsure = row.state == "sending" and isinstance(row.call, Send | OpenRoom | MakeEvent | Unreadable)
    wait, unreadable = timedelta(seconds=row.wait), any(isinstance(v, Unreadable) for v in (row.target, row.call))
    return Claimed(
        row.id, row.platform, sending, row.attempts + 1, unsure, row.vital, wait, row.due_at, unreadable, row.lane
    )


def release_leases(tx: Connection, now: datetime) -> None:
    """Take back what a process that is gone was sending: for SQLite, where there is only one process.

    What the platform wanted later stays for later.
    """
    tx.execute(update(outbox).where(outbox.c.state == "sending", outbox.c.not_before <= now).values(lease_until=now))


# --- what became of it --------------------------------------------------------------------------------------------


def _mine(item: Claimed) -> ColumnElement[bool]:
    # Whoever comes back after the lease has ended changes nothing: another process has taken the row up meanwhile.
    return and_(outbox.c.id == item.id, outbox.c.state == "sending", outbox.c.attempts == item.attempts)


_ARRIVED = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"), outbox.c.state == "sending", outbox.c.attempts == bindparam("tries"))
    .values(state="sent", receipt=bindparam("given"), lease_until=None, last_error=None, changed_at=bindparam("now"))
)
_HOLD_BACK = (
    update(outbox)
    .where(
        outbox.c.lane == bindparam("of"),
        outbox.c.state == "pending",
        outbox.c.not_before < bindparam("at"),
        outbox.c.due_at <= bindparam("at"),
    )
    .values(not_before=bindparam("at"))
)


def sent(tx: Connection, item: Claimed, receipt: Receipt, now: datetime) -> bool:
    """Note that it arrived; give whether something waits behind it for the rest that the target takes."""
    given = {"given": replace(receipt, rest=0.0), "now": now}
    tx.execute(_ARRIVED, {"of": item.id, "tries": item.attempts, **given})
    return receipt.rest > 0 and _hold_back(tx, item.lane, now + timedelta(seconds=receipt.rest))


def _hold_back(tx: Connection, lane: str, at: datetime) -> bool:
    """Let nothing of a lane leave before a moment; what is for later anyhow stays so. Gives whether there was any."""
    return tx.execute(_HOLD_BACK, {"of": lane, "at": at}).rowcount > 0


def again(tx: Connection, item: Claimed, error: DeliveryError, now: datetime) -> None:
    """Put it back, to be tried later; twice as late each time, and never before the platform allows.

    Where this try or an earlier one may have arrived it stays in `sending`, so that the next claim settles it first.
    """
    named = timedelta(seconds=error.retry_after or 0)
    wait = min(max(item.wait * 2, FIRST_BACK_OFF), LONGEST_BACK_OFF)
    at = now + max(wait, named)
    unsure = item.unsure or error.refusal is Refusal.unclear
    state = (
        {"state": "sending", "lease_until": at} if unsure else {"state": "pending", "since": None, "lease_until": None}
    )
    tx.execute(
        update(outbox)
        .where(_mine(item))
        .values(last_error=str(error), not_before=at, changed_at=now, wait=wait.total_seconds(), **state)
    )


def not_yet(tx: Connection, item: Claimed, at: datetime) -> None:
    """Put it back until its turn comes: it was not tried. What waits behind it is not looked at before, either."""
    free = {"state": "pending", "since": None, "lease_until": None}
    state = {"state": "sending", "lease_until": at} if item.unsure else free
    tx.execute(update(outbox).where(_mine(item)).values(attempts=item.attempts - 1, not_before=at, **state))
    _hold_back(tx, item.lane, at)


def ask_again_at(tx: Connection, item: Claimed, at: datetime) -> None:
    """Leave it unsettled until then."""
    tx.execute(update(outbox).where(_mine(item)).values(lease_until=at, attempts=item.attempts - 1))


def note_maybe_doubled(tx: Connection, item: Claimed, now: datetime) -> None:
    """Note that it is sent again although it may have arrived."""
    tx.execute(update(outbox).where(_mine(item)).values(maybe_doubled=outbox.c.maybe_doubled + 1, since=now))


def bury(tx: Connection, item: Claimed, why: str, now: datetime) -> bool:
    """Note that it will never arrive; what depends on it dies with it. Gives whether it was still this process's."""
    died = update(outbox).where(_mine(item)).values(state="dead", lease_until=None, last_error=why, changed_at=now)
    buried = tx.execute(died).rowcount > 0
    _bury_orphans(tx, now)
    return buried


def _orphans() -> Update:
    parent = outbox.alias("parent")
    orphaned = exists().where(parent.c.key == outbox.c.after, parent.c.state == "dead")
    why = "what it belongs to could not be sent"
    died = update(outbox).where(outbox.c.state == "pending", orphaned)
    return died.values(state="dead", last_error=why, changed_at=bindparam("now"))


_ORPHANS = _orphans()


def _bury_orphans(tx: Connection, now: datetime) -> None:
    while tx.execute(_ORPHANS, {"now": now}).rowcount:
        pass  # each round buries the next generation


# --- looking ------------------------------------------------------------------------------------------------------


def next_due(tx: Connection, now: datetime) -> datetime | None:
    """When the next row may leave after this moment; what is overdue already is held by one of these, or by nothing."""
    pending = select(func.min(outbox.c.not_before)).where(outbox.c.state == "pending", outbox.c.not_before > now)
    leased = select(func.min(outbox.c.lease_until)).where(outbox.c.state == "sending", outbox.c.lease_until > now)
    return min((at for at in (tx.scalar(pending), tx.scalar(leased)) if at), default=None)


def state_of(tx: Connection, key: str) -> str | None:
    """The state of a row; None where there is none with this key."""
    return tx.scalar(select(outbox.c.state).where(outbox.c.key == key))


def target_of(tx: Connection, key: str) -> Target | None:
    """What a row is sent to; None where there is none with this key."""
    found: Target | None = tx.scalar(select(outbox.c.target).where(outbox.c.key == key))
    return found


def counts(tx: Connection) -> dict[str, int]:
    """How many rows are in each state, and how many may have been doubled."""
    rows = tx.execute(select(outbox.c.state, func.count().label("rows")).group_by(outbox.c.state))
    by_state = {row.state: row.rows for row in rows}
    doubled = tx.scalar(select(func.sum(outbox.c.maybe_doubled)))
    return {"pending": 0, "sending": 0, "sent": 0, "dead": 0, **by_state, "maybe_doubled": doubled or 0}


def dead(tx: Connection) -> list[Row[Any]]:
    """The rows that could not be delivered, newest first."""
    return list(tx.execute(select(outbox).where(outbox.c.state == "dead").order_by(outbox.c.id.desc()).limit(100)))


def sent_again(tx: Connection) -> list[str]:
    """The keys of the rows that were sent again although they may have arrived."""
    return list(tx.execute(select(outbox.c.key).where(outbox.c.maybe_doubled > 0).order_by(outbox.c.id)).scalars())


def sweep(tx: Connection, now: datetime) -> None:
    """Forget what was finished a month ago, unless a row that waits still needs its receipt."""
    child = outbox.alias("child")
    needed = exists().where(child.c.after == outbox.c.key, child.c.state.in_(("pending", "sending")))
    finished = outbox.c.state.in_(("sent", "dead"))
    tx.execute(delete(outbox).where(outbox.c.changed_at < now - KEPT_FOR, finished, ~needed))
