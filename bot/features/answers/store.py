"""Members' answers to the day's question, and the hints they took: tables and SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    select,
    update,
)

from bot.bank.grade import Grade, Response
from bot.bank.schema import Code
from bot.core.refs import MemberId, MessageRef, Person
from bot.features.days.store import Day, DayId
from bot.features.members.store import identities, members
from bot.storage.columns import Instant, metadata

AnswerId = NewType("AnswerId", int)

answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("response", JSON, nullable=False),
    Column("right", Boolean),
    Column("share", Float, nullable=False),
    Column("feedback", Text, nullable=False),
    Column("message_key", String(300), index=True),
    Column("given_at", Instant, nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    UniqueConstraint("day_id", "member_id"),
)
hints = Table(
    "hints",
    metadata,
    Column("day_id", ForeignKey("days.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("taken", Integer, nullable=False),
)

_MINE = and_(answers.c.day_id == bindparam("of_day"), answers.c.member_id == bindparam("of_member"))
_ANSWER_OF = select(answers).where(_MINE, ~answers.c.withdrawn)
_ANSWER_HELD = _ANSWER_OF.with_for_update()
_IN_TIME = and_(answers.c.day_id == bindparam("of_day"), ~answers.c.withdrawn, ~answers.c.practice)
_ANSWERED = select(func.count()).where(_IN_TIME)
_ANSWERED_RIGHT = _ANSWERED.where(answers.c.right)
_JUDGED = _ANSWERED.where(answers.c.right.is_not(None))
_ANSWER_ANEW = update(answers).where(_MINE)
_INSERT = answers.insert()


@dataclass(frozen=True, slots=True)
class Answer:
    """A member's answer to a day's question; `message` is set where it stands in the thread."""

    id: AnswerId
    day: DayId
    member: MemberId
    response: Response
    grade: Grade
    in_thread: bool
    given_at: datetime
    practice: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class InThread:
    """An answer that stands in a message of the thread, and whose it is."""

    message_key: str
    who: Person
    name: str
    text: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a day's question stands: how many have answered, and how many of them are right once that is open."""

    answered: int = 0
    right: int | None = None


# --- answers ------------------------------------------------------------------------------------------------------


def _answer(row: Row[Any]) -> Answer:
    return Answer(
        AnswerId(row.id),
        DayId(row.day_id),
        MemberId(row.member_id),
        Response.from_json(row.response),
        Grade(right=row.right, feedback=row.feedback, share=row.share),
        row.message_key is not None,
        row.given_at,
        row.practice,
        row.withdrawn,
    )


def answer_of(tx: Connection, day: DayId, member: MemberId, *, held: bool = False) -> Answer | None:
    """Read a member's answer that stands; one that was withdrawn does not. Nobody else changes one that is held."""
    row = tx.execute(_ANSWER_HELD if held else _ANSWER_OF, {"of_day": day, "of_member": member}).first()
    return _answer(row) if row else None


def answer_at(tx: Connection, message: MessageRef) -> Answer | None:
    """Read the answer that stands in this message of a thread."""
    row = tx.execute(select(answers).where(answers.c.message_key == message_key(message))).first()
    return _answer(row) if row else None


def message_key(message: MessageRef) -> str:
    """A message as a key of the answer that stands in it."""
    return f"{message.place}#{message.id}"


def in_thread(tx: Connection, day: DayId) -> list[InThread]:
    """Read the answers of a day that stand in messages of its thread."""
    return [
        InThread(row.message_key, who, row.name, Response.from_json(row.response).text, row.given_at)
        for row, who in with_authors(tx, answers, day, ~answers.c.withdrawn)
    ]


def with_authors(
    tx: Connection, table: Table, day: DayId, *where: ColumnElement[bool]
) -> list[tuple[Row[Any], Person]]:
    """Read the rows of a table that stand in messages of a day's thread, and who wrote each."""
    query = (
        select(table, members.c.name, identities.c.platform, identities.c.workspace, identities.c.person)
        .join(members, members.c.id == table.c.member_id)
        .join(identities, identities.c.member_id == members.c.id)
        .where(table.c.day_id == day, table.c.message_key.is_not(None), *where)
        .order_by(table.c.id)
    )
    return [(row, Person(row.platform, row.workspace, row.person)) for row in tx.execute(query)]


def in_time(tx: Connection, day: DayId) -> list[Answer]:
    """Read the answers that were given before the reveal and stand, the earliest first."""
    query = select(answers).where(answers.c.day_id == day, ~answers.c.withdrawn, ~answers.c.practice)
    return [_answer(row) for row in tx.execute(query.order_by(answers.c.given_at, answers.c.id))]


def standing(tx: Connection, day: Day) -> Standing:
    """How many have answered in time; how many of them are right is told once the day is revealed."""
    answered = tx.scalar(_ANSWERED, {"of_day": day.id}) or 0
    if day.state != "revealed":
        return Standing(answered)
    judged = day.asked.has_key or (isinstance(day.asked, Code) and tx.scalar(_JUDGED, {"of_day": day.id}))
    if not judged:
        return Standing(answered)
    return Standing(answered, tx.scalar(_ANSWERED_RIGHT, {"of_day": day.id}) or 0)


def put_answer(
    tx: Connection,
    day: Day,
    member: MemberId,
    response: Response,
    grade: Grade,
    *,
    at: datetime,
    practice: bool,
    message: MessageRef | None,
) -> None:
    """Write a member's answer; it takes the place of the one before."""
    values = {
        "response": response.to_json(),
        "right": grade.right,
        "share": grade.share,
        "feedback": grade.feedback,
        "message_key": message_key(message) if message else None,
        "given_at": at,
        "practice": practice,
        "withdrawn": False,
    }
    # Not in one statement: of two answers at once the later one is told again as a story, and sees the first.
    if not tx.execute(_ANSWER_ANEW, {"of_day": day.id, "of_member": member, **values}).rowcount:
        tx.execute(_INSERT, {"group_id": day.group, "day_id": day.id, "member_id": member, **values})


def judge_anew(
    tx: Connection, id: AnswerId, response: Response, grade: Grade, *, given_at: datetime, message_key: str | None
) -> None:
    """Let another program of the same member be the answer, with its grade, and the message that it stands in."""
    values = {"response": response.to_json(), "right": grade.right, "share": grade.share, "feedback": grade.feedback}
    where = {"given_at": given_at, "message_key": message_key}
    tx.execute(update(answers).where(answers.c.id == id).values(**where, **values))


def withdraw(tx: Connection, id: AnswerId) -> None:
    """Take an answer back; what was written stays in the row until it is answered anew or forgotten."""
    tx.execute(update(answers).where(answers.c.id == id).values(withdrawn=True))


def missed(tx: Connection, newest: Sequence[Day], member: MemberId, most: int) -> list[Day]:
    """Those of these days which the member has not answered."""
    done = set(
        tx.execute(select(answers.c.day_id).where(answers.c.member_id == member, ~answers.c.withdrawn)).scalars()
    )
    return [day for day in newest if day.id not in done][:most]


# --- hints --------------------------------------------------------------------------------------------------------


def hints_taken(tx: Connection, day: DayId, member: MemberId) -> int:
    """How many hints a member has taken."""
    return tx.scalar(select(hints.c.taken).where(hints.c.day_id == day, hints.c.member_id == member)) or 0


def take_hint(tx: Connection, day: DayId, member: MemberId) -> int:
    """Write that a member takes one more hint; give how many that makes."""
    taken = hints_taken(tx, day, member) + 1
    mine = and_(hints.c.day_id == day, hints.c.member_id == member)
    if not tx.execute(update(hints).where(mine).values(taken=taken)).rowcount:
        tx.execute(hints.insert().values(day_id=day, member_id=member, taken=taken))
    return taken
