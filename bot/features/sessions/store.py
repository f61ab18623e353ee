"""Sessions of mock interviews and who is in them: tables and SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NewType

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
    Column("absent_at", Instant),
    Column("let_down_at", Instant),
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


def absences(tx: Connection, group: GroupId, since: datetime) -> dict[MemberId, int]:
    """How often members did not come to an interview since a moment; those who always came are left out."""
    return _counted(tx, group, since, session_people.c.absent_at)


def let_down(tx: Connection, group: GroupId, since: datetime) -> set[MemberId]:
    """Whose interview did not come about since a moment through no fault of theirs: they are put first."""
    return set(_counted(tx, group, since, session_people.c.let_down_at))


def _counted(tx: Connection, group: GroupId, since: datetime, when: Column[Any]) -> dict[MemberId, int]:
    query = select(session_people.c.member_id).join(sessions, sessions.c.id == session_people.c.session_id)
    found: dict[MemberId, int] = {}
    for id in tx.execute(query.where(sessions.c.group_id == group, when > since)).scalars():
        found[MemberId(id)] = found.get(MemberId(id), 0) + 1
    return found
