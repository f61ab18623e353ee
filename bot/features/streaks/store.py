"""When the bot was away, and the posting days of a member: tables and SQL."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import dropwhile
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, and_, bindparam, case, exists, func, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.refs import GroupId
from bot.features.answers.store import answers
from bot.features.away import store as away_store
from bot.features.daily.store import posts
from bot.features.days.store import days
from bot.features.groups.store import Group, audit
from bot.features.members.store import Member
from bot.features.streaks import rules
from bot.features.streaks.rules import Absence, Freezes, PostingDay, Streak
from bot.storage.columns import Instant, metadata

ABSENT_FROM = timedelta(minutes=15)  # three times as long as between two notes that the bot is there
WORKS, HEARS = 1, 2
"""The rows that say when what is due was done last, and when members were heard last, by one process or several."""

alive = Table(
    "alive",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
)
absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False, index=True),
)

_LAST_NOTES = (
    select(alive.c.at)
    .where(alive.c.id.in_(bindparam("parts", expanding=True)))
    .order_by(alive.c.id)
    .with_for_update()  # of several processes one notes an absence
)
_NOTE = update(alive).where(alive.c.id == bindparam("part")).values(at=bindparam("now"))
_FIRST_NOTE = {
    dialect: insert(alive).on_conflict_do_nothing(index_elements=["id"])
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_MET = and_(
    answers.c.day_id == days.c.id,
    answers.c.member_id == bindparam("member"),
    ~answers.c.withdrawn,
    ~answers.c.practice,
)
# The outbox forgets what it could not send; a post keeps for ever where it stands, if it ever came to stand somewhere.
_ARRIVED = exists().where(posts.c.day_id == days.c.id, posts.c.message.is_not(None)).correlate(days)
_SEEN = case((answers.c.id.is_not(None), true()), (days.c.state == "open", true()), else_=_ARRIVED)
_DAYS = (
    select(
        days.c.on,
        days.c.state,
        days.c.opened_at,
        days.c.reveal_at,
        answers.c.id.label("answer"),
        _SEEN.label("seen"),  # posts are looked for where a day was missed alone
    )
    .outerjoin(answers, _MET)
    .where(days.c.group_id == bindparam("of"), days.c.state.in_(("open", "revealed")))
    .order_by(days.c.on)
)
# The organisers' log is the one dated record of what a group's numbers were: each change is a line, `freezes 3`.
_FREEZES_SET = (
    select(audit.c.at, audit.c.detail)
    .where(audit.c.group_id == bindparam("of"), audit.c.what == "numbers", audit.c.detail.like("freezes %"))
    .order_by(audit.c.id)
)


def parts(*, works: bool, hears: bool) -> list[int]:
    """The parts of the bot that a process is."""
    return [part for part, is_one in ((WORKS, works), (HEARS, hears)) if is_one]


def is_there(tx: Connection, now: datetime, parts: Sequence[int]) -> None:
    """Note that these parts of the bot are there."""
    for part in parts:
        if not tx.execute(_NOTE, {"part": part, "now": now}).rowcount:
            tx.execute(_FIRST_NOTE[tx.dialect.name], {"id": part, "at": now})


def came_back(tx: Connection, now: datetime, parts: Sequence[int]) -> None:
    """Note that these parts of the bot are there; where one noted nothing for a while before, that was an absence."""
    last = min(tx.scalars(_LAST_NOTES, {"parts": parts}), default=now)
    if now - last >= ABSENT_FROM:
        tx.execute(absences.insert(), {"since": last, "until": now})
    is_there(tx, now, parts)


def last_return(tx: Connection) -> datetime | None:
    """When the bot came back from its last absence."""
    until: datetime | None = tx.scalar(select(func.max(absences.c.until)))
    return until


def streak_of(tx: Connection, group: Group, of: Member, now: datetime) -> Streak:
    """A member's streak as it stands."""
    return rules.streak(posting_days(tx, group.id, of), group.today(now), freezes_of(tx, group))


def freezes_of(tx: Connection, group: Group) -> Freezes:
    """How many freezes each month of a group has."""
    changes = [(group.today(row.at), _number(row.detail)) for row in tx.execute(_FREEZES_SET, {"of": group.id})]
    # A number that nobody is known to have changed was always so.
    return Freezes(changes=tuple(changes)) if changes else Freezes(group.numbers.freezes)


def _number(line: str) -> int:
    return int(line.rpartition(" ")[2])


def posting_days(tx: Connection, of: GroupId, member: Member) -> list[PostingDay]:
    """The dates on which a group was asked something, as a member met them, the oldest first.

    What was over before they joined, or was over while they had left, they did not meet.
    """
    by_date: dict[date, list[Any]] = defaultdict(list)
    for row in tx.execute(_DAYS, {"of": of, "member": member.id}):
        by_date[row.on].append(row)
    first = min((row.opened_at for rows in by_date.values() for row in rows), default=None)
    away = rules.merged(_absences(tx, first)) if first is not None else []
    off = away_store.times_away(tx, member.id)
    gone = away_store.times_gone(tx, member.id, member.left_at)
    met = [_posting_day(on, rows, away, off) for on, rows in by_date.items()]
    own = dropwhile(lambda day: not day.answered and day.ends is not None and day.ends <= member.joined_at, met)
    return [day for day in own if not rules.is_outside(day, gone)]


def _posting_day(on: date, rows: list[Any], away: Sequence[Absence], off: list[tuple[date, date]]) -> PostingDay:
    answered = any(row.answer is not None for row in rows)
    return PostingDay(
        on,
        answered=answered,
        open=any(row.state == "open" for row in rows),
        # It matters for what was missed alone, which is less than what was asked.
        excused=not answered and _excused(on, rows, away, off),
        ends=max(row.reveal_at for row in rows),
    )


def _excused(on: date, rows: list[Any], away: Sequence[Absence], off: list[tuple[date, date]]) -> bool:
    never_came = not any(row.seen for row in rows)
    gone = any(first <= on <= last for first, last in off)
    return never_came or gone or any(rules.is_excused(row.opened_at, row.reveal_at, away) for row in rows)


def _absences(tx: Connection, since: datetime) -> list[Absence]:
    query = select(absences.c.since, absences.c.until).where(absences.c.until > since)
    return [(row.since, row.until) for row in tx.execute(query)]
