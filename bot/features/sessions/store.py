"""Sessions of mock interviews and who is in them: tables and SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import NewType

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, UniqueConstraint, select

from bot.core.refs import GroupId, MemberId
from bot.storage.columns import Instant, Wire, metadata

SessionId = NewType("SessionId", int)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("second_kind", String(40)),
    Column("why", Wire, nullable=False),
    Column("source", String(10), nullable=False),
    Column("source_id", Integer),
    Column("state", String(20), nullable=False),
    Column("made_at", Instant, nullable=False),
)
session_people = Table(
    "session_people",
    metadata,
    Column("session_id", ForeignKey("sessions.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True, index=True),
    Column("seat", Integer, nullable=False),
    UniqueConstraint("session_id", "seat"),
)


def open_session(
    tx: Connection,
    *,
    group: GroupId,
    kind: str,
    people: Sequence[MemberId],
    why: Sequence[str],
    second_kind: str | None,
    source: str,
    source_id: int | None,
    at: datetime,
) -> SessionId:
    """Write a session for people who were paired: the first interviews first, a third one observes and rotates."""
    if not 2 <= len(set(people)) == len(people) <= 3:
        raise ValueError(f"a session has two or three people; got {list(people)}")
    values = {"group_id": group, "kind": kind, "second_kind": second_kind, "why": tuple(why), "source": source}
    row = sessions.insert().values(**values, source_id=source_id, state="proposed", made_at=at)
    id = SessionId(tx.execute(row.returning(sessions.c.id)).scalar_one())
    tx.execute(
        session_people.insert(),
        [{"session_id": id, "member_id": member, "seat": seat} for seat, member in enumerate(people)],
    )
    return id


def met(tx: Connection, group: GroupId) -> list[tuple[MemberId, MemberId, datetime]]:
    """Read which two members were put together when, the smaller id first, the oldest first."""
    one, other = session_people.alias("one"), session_people.alias("other")
    query = (
        select(one.c.member_id, other.c.member_id, sessions.c.made_at)
        .join(one, one.c.session_id == sessions.c.id)
        .join(other, (other.c.session_id == sessions.c.id) & (other.c.member_id > one.c.member_id))
        .where(sessions.c.group_id == group)
        .order_by(sessions.c.made_at, sessions.c.id)
    )
    return [(MemberId(a), MemberId(b), at) for a, b, at in tx.execute(query)]
