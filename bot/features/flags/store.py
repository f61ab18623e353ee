"""What members say is wrong with a question: tables and SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from bot.bank.terms import QuestionId
from bot.core.refs import GroupId, MemberId
from bot.features.members.store import members
from bot.storage.columns import Instant, metadata

COUNTED_FOR = timedelta(days=30)
OLD_MEMBER = timedelta(days=7)
PULLED_BY = 2

flags = Table(
    "flags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("question_id", String(80), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("what", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_flags_group_id_question_id", "group_id", "question_id"),
)
decisions = Table(
    "flag_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("question_id", String(80), nullable=False),
    Column("decision", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("group_id", "question_id"),
)

_PULLED = select(decisions.c.question_id).where(
    decisions.c.group_id == bindparam("of"), or_(decisions.c.decision == "pulled", decisions.c.decision == "out")
)


@dataclass(frozen=True, slots=True)
class Flag:
    """One member's word about one revision of a question."""

    group: GroupId
    member: MemberId
    question: QuestionId
    revision: int
    what: str
    text: str
    at: datetime


def add(tx: Connection, flag: Flag) -> int:
    """Write a flag and give its id; a member's newer word about the same question replaces the older one."""
    same = (flags.c.group_id == flag.group, flags.c.member_id == flag.member, flags.c.question_id == flag.question)
    said = {"revision": flag.revision, "what": flag.what, "text": flag.text, "at": flag.at}
    if (id := tx.scalar(select(flags.c.id).where(*same))) is not None:
        tx.execute(update(flags).where(flags.c.id == id).values(**said))
        return int(id)
    whose = {"group_id": flag.group, "member_id": flag.member, "question_id": flag.question}
    return int(tx.execute(flags.insert().values(**whose, **said).returning(flags.c.id)).scalar_one())


def find(tx: Connection, id: int) -> Flag | None:
    """Read a flag."""
    row = tx.execute(select(flags).where(flags.c.id == id)).first()
    if row is None:
        return None
    return Flag(
        GroupId(row.group_id),
        MemberId(row.member_id),
        QuestionId(row.question_id),
        row.revision,
        row.what,
        row.text,
        row.at,
    )


def all_flags(tx: Connection) -> list[Row[Any]]:
    """Read every flag, the newest first."""
    return list(tx.execute(select(flags).order_by(flags.c.id.desc())))


def decided_at(tx: Connection, of: GroupId, question: str) -> datetime | None:
    """When it was last decided what becomes of a question in this group."""
    query = select(decisions.c.at).where(decisions.c.group_id == of, decisions.c.question_id == question)
    at: datetime | None = tx.scalar(query)
    return at


def counted(tx: Connection, of: GroupId, question: str, now: datetime) -> int:
    """How many members of at least a week have flagged this question in the last thirty days, since it was decided."""
    decided = decided_at(tx, of, question)
    query = (
        select(flags.c.member_id)
        .join(members, members.c.id == flags.c.member_id)
        .where(
            flags.c.group_id == of,
            flags.c.question_id == question,
            flags.c.at > now - COUNTED_FOR,
            members.c.joined_at <= now - OLD_MEMBER,
        )
    )
    if decided:
        query = query.where(flags.c.at > decided)
    return len(set(tx.execute(query).scalars()))


def decide(tx: Connection, of: GroupId, question: str, decision: str, now: datetime) -> None:
    """Write what becomes of a question in this group: pulled, out or kept."""
    tx.execute(delete(decisions).where(decisions.c.group_id == of, decisions.c.question_id == question))
    tx.execute(decisions.insert().values(group_id=of, question_id=question, decision=decision, at=now))


def pulled(tx: Connection, of: GroupId) -> set[str]:
    """The questions that this group does not ask: pulled until decided, or left out for good."""
    return set(tx.execute(_PULLED, {"of": of}).scalars())
