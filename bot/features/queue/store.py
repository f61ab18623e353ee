"""Who has time for a mock interview now: the table and its SQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Row, String, Table, delete, select

from bot.core.refs import GroupId, MemberId
from bot.features.groups.store import groups
from bot.features.members.store import members
from bot.storage.columns import Instant, metadata

OPEN_FOR = timedelta(hours=2)

waiting = Table(
    "mock_queue",
    metadata,
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("kind", String(40)),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has time now; `kind` is the one type that they want, None for what they have set."""

    member: MemberId
    group: GroupId
    kind: str | None
    since: datetime
    until: datetime


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(MemberId(row.member_id), GroupId(row.group_id), row.kind, row.since, row.until)


def hold(tx: Connection, group: GroupId) -> None:
    """Hold the queue of a group: two who come in the same moment see each other."""
    tx.execute(select(groups.c.id).where(groups.c.id == group).with_for_update())


def add(tx: Connection, entry: Waiting) -> None:
    """Write somebody into the queue, once."""
    leave(tx, entry.member)
    values = {"member_id": entry.member, "group_id": entry.group, "kind": entry.kind}
    tx.execute(waiting.insert().values(**values, since=entry.since, until=entry.until))


def find(tx: Connection, member: MemberId, now: datetime) -> Waiting | None:
    """Read whether and since when somebody waits."""
    row = tx.execute(select(waiting).where(waiting.c.member_id == member, waiting.c.until > now)).first()
    return _waiting(row) if row else None


def others(tx: Connection, group: GroupId, member: MemberId, now: datetime) -> list[Waiting]:
    """Read who else of a group waits and is still in it, the longest first."""
    query = (
        select(waiting)
        .join(members, members.c.id == waiting.c.member_id)
        .where(
            waiting.c.group_id == group,
            waiting.c.member_id != member,
            waiting.c.until > now,
            members.c.left_at.is_(None),
        )
        .order_by(waiting.c.since, waiting.c.member_id)
    )
    return [_waiting(row) for row in tx.execute(query)]


def leave(tx: Connection, member: MemberId) -> bool:
    """Take somebody out of the queue; give whether they were in it."""
    return tx.execute(delete(waiting).where(waiting.c.member_id == member)).rowcount > 0


def expired(tx: Connection, now: datetime, most: int, without: Collection[int] = ()) -> list[Waiting]:
    """Read whose time is over, and hold them."""
    over = (waiting.c.until <= now, waiting.c.member_id.not_in(without))
    query = select(waiting).where(*over).order_by(waiting.c.until, waiting.c.member_id).limit(most)
    return [_waiting(row) for row in tx.execute(query.with_for_update(skip_locked=True))]


def next_end(tx: Connection) -> datetime | None:
    """When the next one has waited long enough."""
    return tx.scalar(select(waiting.c.until).order_by(waiting.c.until).limit(1))
