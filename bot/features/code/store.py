"""Programs that members sent, and what was judged of them: tables and SQL.

queued ──claim──▶ running (lease) ──verdict──▶ judged
   ▲                 │                           each of them ──its message is deleted before the reveal──▶ withdrawn
   └── lease over ───┘
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    update,
)

from bot.bank.grade import Grade, Response
from bot.bank.schema import Code
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.ports import Send
from bot.core.refs import GroupId, MemberId, MessageRef, Person
from bot.core.splitting import split
from bot.features.answers import store as answers
from bot.features.code.rules import Program, Waiting, next_of
from bot.features.days.store import Day, DayId, days, open_days
from bot.features.members import store as members
from bot.judge.task import Refused, Verdict
from bot.storage import outbox
from bot.storage.columns import Instant, metadata

AT_ONCE = 3  # programs of one member that may wait
PER_QUESTION = 30  # programs of one member for one question: enough to learn from, too few to guess hidden tests by
LEASE = timedelta(seconds=120)  # when a program whose judge has died is judged by another one
LATELY = timedelta(minutes=1)  # what somebody had judged in this time counts where turns are taken
MOST_TRIES = 3  # of a program with which the judge itself dies
LOOKED_AT = 500  # waiting programs among which the next one is chosen
_WAITS = Grade(None, "It is being judged.", 0.0)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("member_id", ForeignKey("members.id"), index=True),
    Column("program", Text, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("message_key", String(300)),
    Column("given_at", Instant, nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("verdict", JSON(none_as_null=True)),
    Column("right", Boolean),
    Column("share", Float),
    Column("seconds", Float),
    Column("judged_at", Instant, index=True),
    Index("ix_submissions_day_id_member_id", "day_id", "member_id"),
    Index("ix_submissions_state_id", "state", "id"),
)
_AS_SENT = {"shared": False, "state": "queued", "attempts": 0}
_AWAITED = submissions.c.state.in_(("queued", "running"))


@dataclass(frozen=True, slots=True)
class Submission:
    """A program, whose it is, and its verdict once it has one; the reference solution of a question is nobody's."""

    id: int
    group: GroupId
    day: DayId
    member: MemberId | None
    program: str
    notes: tuple[str, ...]
    message_key: str | None
    given_at: datetime
    practice: bool
    shared: bool
    state: str
    attempts: int
    verdict: Verdict | None

    @property
    def graded(self) -> Verdict | None:
        """Its verdict, unless the judge itself has failed on it."""
        return self.verdict if self.verdict and self.verdict.refused is not Refused.unjudged else None


def _submission(row: Row[Any]) -> Submission:
    return Submission(
        row.id,
        GroupId(row.group_id),
        DayId(row.day_id),
        MemberId(row.member_id) if row.member_id is not None else None,
        row.program,
        tuple(row.notes),
        row.message_key,
        row.given_at,
        row.practice,
        row.shared,
        row.state,
        row.attempts,
        Verdict.from_json(row.verdict) if row.verdict is not None else None,
    )


# --- taking in ----------------------------------------------------------------------------------------------------


def take(
    tx: Connection,
    day: Day,
    member: MemberId,
    program: Program,
    *,
    at: datetime,
    practice: bool,
    message: MessageRef | None = None,
) -> Submission:
    """Write a program that is to be judged; raises a UserError where its member has sent too many.

    The first one is the member's answer until there is a verdict: from then on, it is the best one.
    """
    _check_room(tx, day, member)
    if not _count(tx, submissions.c.day_id == day.id):
        assert isinstance(day.asked, Code)
        reference = Program(day.asked.answer.solution)
        _write(tx, day, None, reference, at=at, practice=True, message=None)
    written = _write(tx, day, member, program, at=at, practice=practice, message=message)
    standing = answers.answer_of(tx, day.id, member)
    if standing is None or (standing.practice and not practice):
        response = Response(text=program.text)
        answers.put_answer(tx, day, member, response, _WAITS, at=at, practice=practice, message=message)
    return written


def _check_room(tx: Connection, day: Day, member: MemberId) -> None:
    mine = submissions.c.member_id == member
    if _count(tx, mine, _AWAITED) >= AT_ONCE:
        raise UserError(f"{AT_ONCE} programs of yours are being judged. Wanted the next one after their verdicts.")
    if _count(tx, mine, submissions.c.day_id == day.id) >= PER_QUESTION:
        raise UserError(f"You have sent {PER_QUESTION} programs for this question, which is as many as are judged.")


def _count(tx: Connection, *where: Any) -> int:
    return tx.scalar(select(func.count()).select_from(submissions).where(*where)) or 0


def _write(
    tx: Connection,
    day: Day,
    member: MemberId | None,
    program: Program,
    *,
    at: datetime,
    practice: bool,
    message: MessageRef | None,
) -> Submission:
    row = {
        "group_id": day.group,
        "day_id": day.id,
        "member_id": member,
        "program": program.text,
        "notes": list(program.notes),
        "message_key": answers.message_key(message) if message else None,
        "given_at": at,
        "practice": practice,
        **_AS_SENT,
    }
    return _submission(tx.execute(submissions.insert().values(row).returning(*submissions.c)).one())


# --- judging ------------------------------------------------------------------------------------------------------


def claim(tx: Connection, now: datetime) -> Submission | None:
    """Take the next program whose turn it is, under a lease; None where nothing waits."""
    waiting = _waiting(tx, now)
    served = _served(tx, now)
    while (one := next_of(waiting, served)) is not None:
        free = or_(submissions.c.state == "queued", submissions.c.lease_until <= now)
        taken = (
            update(submissions)
            .where(submissions.c.id == one.id, submissions.c.state != "judged", free)
            .values(state="running", lease_until=now + LEASE, attempts=submissions.c.attempts + 1)
            .returning(*submissions.c)
        )
        if (row := tx.execute(taken).first()) is not None:
            return _submission(row)
        waiting = [other for other in waiting if other.id != one.id]  # another process was faster
    return None


def _waiting(tx: Connection, now: datetime) -> list[Waiting]:
    """The oldest program of each member of whom none is being judged."""
    busy = select(submissions.c.member_id).where(
        submissions.c.state == "running", submissions.c.lease_until > now, submissions.c.member_id.is_not(None)
    )
    lapsed = and_(submissions.c.state == "running", submissions.c.lease_until <= now)
    free = or_(submissions.c.state == "queued", lapsed)
    whose = func.coalesce(submissions.c.member_id, -submissions.c.id)
    first = (
        select(func.min(submissions.c.id))
        .where(free, or_(submissions.c.member_id.is_(None), submissions.c.member_id.not_in(busy)))
        .group_by(whose)
        .order_by(func.min(submissions.c.id))
        .limit(LOOKED_AT)
    )
    rows = tx.execute(_TURN.where(submissions.c.id.in_(first)))
    return [Waiting(row.id, row.group_id, row.member_id) for row in rows]


_TURN = select(submissions.c.id, submissions.c.group_id, submissions.c.member_id)


def _served(tx: Connection, now: datetime) -> list[Waiting]:
    running = and_(submissions.c.state == "running", submissions.c.lease_until > now)
    rows = tx.execute(_TURN.where(or_(running, submissions.c.judged_at > now - LATELY)))
    return [Waiting(row.id, row.group_id, row.member_id) for row in rows]


def hold(tx: Connection, id: int, attempt: int, now: datetime) -> None:
    """Hold a program for one more lease, if it is still this attempt's."""
    mine = (submissions.c.id == id, submissions.c.state == "running", submissions.c.attempts == attempt)
    tx.execute(update(submissions).where(*mine).values(lease_until=now + LEASE))


def note_verdict(tx: Connection, id: int, attempt: int, verdict: Verdict, now: datetime) -> Submission | None:
    """Write the verdict of a program that this attempt has judged; None where another one has done so already."""
    told = {"verdict": verdict.to_json(), "right": verdict.right, "share": verdict.share, "seconds": verdict.seconds}
    done = (
        update(submissions)
        .where(submissions.c.id == id, submissions.c.state == "running", submissions.c.attempts == attempt)
        .values(state="judged", lease_until=None, judged_at=now, **told)
        .returning(*submissions.c)
    )
    return _submission(row) if (row := tx.execute(done).first()) else None


def let_the_best_count(tx: Connection, day: Day, member: MemberId, said: Callable[[Verdict], str]) -> bool:
    """Let a member's best program be their answer, until the reveal; of equal ones, or without verdicts, the first.

    Gives whether there is any.
    """
    standing = answers.answer_of(tx, day.id, member, held=True)  # a message may be deleted during a verdict
    mine = [one for one in of_member(tx, day.id, member) if standing and one.practice is standing.practice]
    if standing is None or not mine or not (standing.practice or day.state == "open"):
        return bool(mine)  # the reveal has not waited any longer; its points are booked
    best = max(mine, key=lambda one: one.graded.share if one.graded else -1.0)
    grade = Grade(best.graded.right, said(best.graded), best.graded.share) if best.graded else _WAITS
    response = Response(text=best.program)
    answers.judge_anew(tx, standing.id, response, grade, given_at=best.given_at, message_key=best.message_key)
    return True


def withdraw(tx: Connection, day: DayId, message: MessageRef) -> None:
    """Take back the programs that stand in a message, judged or not."""
    in_it = (submissions.c.day_id == day, submissions.c.message_key == answers.message_key(message))
    tx.execute(update(submissions).where(*in_it).values(state="withdrawn", lease_until=None))


def tell(tx: Connection, judged: Submission, verdict: Message, now: datetime) -> None:
    """Send a verdict to its member in private, once."""
    assert judged.member is not None
    person = members.member(tx, judged.member).person
    for number, part in enumerate(split(verdict)):
        # The key ends with the member, of whom the room hears where private messages are closed.
        key = f"verdict:{judged.id}" + (f".{number}" if number else "") + f"to{judged.member}"
        outbox.enqueue(tx, key, person, Send(part), now=now)


def release_leases(tx: Connection, now: datetime) -> None:
    """Let everything be claimed again that a process had taken which is gone: for the only process of a database."""
    tx.execute(update(submissions).where(submissions.c.state == "running").values(state="queued", lease_until=None))


_BEING_JUDGED = (
    select(submissions.c.day_id, days.c.reveal_at, func.max(submissions.c.given_at).label("given_at"))
    .join(days)
    .where(_AWAITED, ~submissions.c.practice, days.c.state == "open")
    .group_by(submissions.c.day_id, days.c.reveal_at)
)


def days_being_judged(tx: Connection) -> dict[DayId, datetime]:
    """The open days for whose reveal a verdict is awaited, and since when: the newest program, or the reveal's time."""
    return {DayId(row.day_id): max(row.given_at, row.reveal_at) for row in tx.execute(_BEING_JUDGED)}


# --- looking ------------------------------------------------------------------------------------------------------


def find(tx: Connection, id: int) -> Submission | None:
    """Read a program."""
    return next(map(_submission, tx.execute(select(submissions).where(submissions.c.id == id))), None)


def of_member(tx: Connection, day: DayId, member: MemberId) -> list[Submission]:
    """Read what a member sent for a day and did not withdraw, the oldest first."""
    mine = (submissions.c.day_id == day, submissions.c.member_id == member, submissions.c.state != "withdrawn")
    return [_submission(row) for row in tx.execute(select(submissions).where(*mine).order_by(submissions.c.id))]


def stands_in(tx: Connection, day: DayId, member: MemberId, message: MessageRef) -> str | None:
    """The newest program of a member that stands in a message."""
    held = [one.program for one in of_member(tx, day, member) if one.message_key == answers.message_key(message)]
    return held[-1] if held else None


def in_thread(tx: Connection, day: DayId) -> list[answers.InThread]:
    """Read the programs that stand in messages of a day's thread, the newest of a message last."""
    found = answers.with_authors(tx, submissions, day, submissions.c.state != "withdrawn")
    return [answers.InThread(row.message_key, who, row.name, row.program, row.given_at) for row, who in found]


def who_sends(tx: Connection, most: int) -> dict[Person, datetime]:
    """Read who sends programs in groups whose code question is open, and since when it is; the latest senders first.

    Each has a private conversation with the bot already, since verdicts are told there.
    """
    opened = {day.group: day.opened_at for day in open_days(tx) if isinstance(day.asked, Code) and day.opened_at}
    query = (
        select(submissions.c.group_id, submissions.c.member_id)
        .where(submissions.c.member_id.is_not(None), submissions.c.group_id.in_(opened))
        .group_by(submissions.c.group_id, submissions.c.member_id)
        .order_by(func.max(submissions.c.id).desc())
        .limit(most)
    )
    found: dict[Person, datetime] = {}
    for row in tx.execute(query):
        for person in members.persons(tx, MemberId(row.member_id)):
            since = opened[GroupId(row.group_id)]
            found[person] = min(since, found.get(person, since))
    return found


def reference(tx: Connection, day: DayId) -> Submission | None:
    """Read the reference solution of a day, where it was judged as members' programs were."""
    wanted = (submissions.c.day_id == day, submissions.c.member_id.is_(None), submissions.c.state == "judged")
    return next(map(_submission, tx.execute(select(submissions).where(*wanted))), None)


def set_shared(tx: Connection, id: int, shared: bool) -> None:
    """Note whether others may see a program after the reveal."""
    tx.execute(update(submissions).where(submissions.c.id == id).values(shared=shared))


def shared_solutions(tx: Connection, day: DayId, most: int) -> Sequence[Submission]:
    """Read the accepted programs that their members show to others, the fastest of each member, the fastest first."""
    stand = (submissions.c.day_id == day, submissions.c.right, submissions.c.state == "judged")
    query = select(submissions).where(*stand, submissions.c.shared).order_by(submissions.c.seconds, submissions.c.id)
    found: dict[MemberId | None, Submission] = {}
    for row in tx.execute(query):
        one = _submission(row)
        found.setdefault(one.member, one)
    return list(found.values())[:most]


@dataclass(frozen=True, slots=True)
class Queue:
    """How much waits to be judged, and since when: for the metrics."""

    queued: int = 0
    running: int = 0
    oldest: datetime | None = None
    """When the oldest program was sent that has no verdict; None where each has one."""


_QUEUE = (
    select(submissions.c.state, func.count().label("n"), func.min(submissions.c.given_at).label("oldest"))
    .where(submissions.c.state.in_(("queued", "running")), submissions.c.member_id.is_not(None))
    .group_by(submissions.c.state)
)


def queue(tx: Connection) -> Queue:
    """Count the programs of members that have no verdict yet."""
    rows = {row.state: row for row in tx.execute(_QUEUE)}
    counted = {state: row.n for state, row in rows.items()}
    return Queue(**counted, oldest=min((row.oldest for row in rows.values()), default=None))
