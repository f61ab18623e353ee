"""The days of a track: tables and SQL."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, NewType

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
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
    func,
    or_,
    select,
    update,
)

from bot.bank.load import Bank
from bot.bank.plans import Served
from bot.bank.schema import Question, parse_question
from bot.bank.terms import Level, QuestionId
from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import GroupId, TrackId
from bot.features.days import rules
from bot.features.flags import store as flags
from bot.features.groups import store as groups
from bot.features.groups.rules import dates, moment
from bot.features.groups.store import Group, Track
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.storage.columns import Instant, metadata

DayId = NewType("DayId", int)
KEPT_READ = 1_000  # questions as they were asked: many groups, and every answer, come back to the same ones
AHEAD = 14

days = Table(
    "days",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("track_id", ForeignKey("tracks.id"), nullable=False),
    Column("on", Date, nullable=False),
    Column("state", String(10), nullable=False),
    Column("question_id", String(80), nullable=False),
    Column("option_order", JSON, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("opened_at", Instant),
    Column("reveal_at", Instant),
    Column("remind_at", Instant),
    Column("asked", Text),
    UniqueConstraint("track_id", "on"),
    Index("ix_days_group_id_on", "group_id", "on"),
    Index("ix_days_state_reveal_at", "state", "reveal_at"),
    Index("ix_days_state_remind_at", "state", "remind_at"),
)

_DAY = select(days).where(days.c.id == bindparam("id"))
# Held against the reveal, which waits for it, and not against anybody else who answers.
_DAY_HELD = _DAY.with_for_update(read=True, key_share=True)
_DAY_ON = select(days).where(days.c.track_id == bindparam("track"), days.c.on == bindparam("date"))
_COMING = select(days.c.on, days.c.state).where(
    days.c.track_id == bindparam("track"), or_(days.c.on >= bindparam("next_on"), days.c.state == "planned")
)
# Skipped, or asked early: nothing is posted on these dates.
_PASSED_OVER = select(days.c.on).where(
    days.c.track_id == bindparam("track"), days.c.on > bindparam("after"), days.c.state != "planned"
)
_SERVED = (
    select(days.c.on, days.c.question_id)
    .where(days.c.track_id == bindparam("track"), days.c.state != "skipped", days.c.state != "missed")
    .order_by(days.c.on)
)
_INSERT = days.insert()
_OPEN = update(days).where(days.c.id == bindparam("of_day"))


@dataclass(frozen=True, slots=True)
class Day:
    """A date of a track. `state` is planned, skipped, missed, open or revealed.

    A day that was opened keeps the question as it was then, so that an edit of the bank never changes what was asked.
    """

    id: DayId
    group: GroupId
    track: TrackId
    on: date
    state: str
    question_id: QuestionId
    question: Question | None
    option_order: tuple[str, ...]
    late: bool
    opened_at: datetime | None
    reveal_at: datetime | None

    @property
    def asked(self) -> Question:
        """The question of a day that was opened."""
        if self.question is None:
            raise LookupError(f"day {self.id} was never opened")
        return self.question


def _day(row: Row[Any]) -> Day:
    return Day(
        DayId(row.id),
        GroupId(row.group_id),
        TrackId(row.track_id),
        row.on,
        row.state,
        QuestionId(row.question_id),
        _read(row.asked) if row.asked else None,
        tuple(row.option_order),
        row.late,
        row.opened_at,
        row.reveal_at,
    )


@lru_cache(maxsize=KEPT_READ)
def _read(written: str) -> Question:
    return parse_question(json.loads(written))


def find(tx: Connection, id: DayId, *, held: bool = False) -> Day | None:
    """Read a day; one that is held is not revealed until the transaction ends."""
    row = tx.execute(_DAY_HELD if held else _DAY, {"id": id}).first()
    return _day(row) if row else None


def get(tx: Connection, id: DayId, *, held: bool = False) -> Day:
    """Read a day that is there; one that is held is not revealed until the transaction ends."""
    return _day(tx.execute(_DAY_HELD if held else _DAY, {"id": id}).one())


def of_ids(tx: Connection, ids: Collection[DayId]) -> list[Day]:
    """Read these days."""
    return [_day(row) for row in tx.execute(select(days).where(days.c.id.in_(ids)))]


def here(tx: Connection, ask: Ask, id: int, *, held: bool = False) -> tuple[Day, Group]:
    """The opened day that a button names, if the asker may see it: in its group's home, or as a member in private."""
    day = find(tx, DayId(id), held=held)
    if day is None or day.state not in {"open", "revealed"}:
        raise UserError("This question is not open. Run question to see the newest one.")
    home = homes.home_at(tx, ask.place)
    if home.group != day.group if home else day.group not in members.groups_of(tx, ask.who):
        raise UserError("This question is not of a group that you are in.")
    return day, groups.group(tx, day.group)


def day_on(tx: Connection, track: TrackId, on: date) -> Day | None:
    """Read the day of a date."""
    row = tx.execute(_DAY_ON, {"track": track, "date": on}).first()
    return _day(row) if row else None


def planned(tx: Connection, track: TrackId) -> list[Day]:
    """Read the dates to come, the next one first."""
    query = select(days).where(days.c.track_id == track, days.c.state == "planned").order_by(days.c.on)
    return [_day(row) for row in tx.execute(query)]


def newest(
    tx: Connection,
    of: GroupId,
    most: int,
    *,
    states: Collection[str] = ("open", "revealed"),
    track: TrackId | None = None,
) -> list[Day]:
    """Read the days that were opened last, the newest first; those of one track, where it is named."""
    query = (
        select(days).where(days.c.group_id == of, days.c.state.in_(states)).order_by(days.c.on.desc(), days.c.id.desc())
    )
    if track is not None:
        query = query.where(days.c.track_id == track)
    return [_day(row) for row in tx.execute(query.limit(most))]


def log_of(tx: Connection, track: TrackId) -> list[Served]:
    """Which question was, or is going to be, asked on which date."""
    return [Served(on, QuestionId(id)) for on, id in tx.execute(_SERVED, {"track": track})]


# --- planning -----------------------------------------------------------------------------------------------------


def plan_ahead(tx: Connection, group: Group, track: Track, bank: Bank) -> None:
    """Write the posting dates of the next two weeks or so, each with its question; what is written stays."""
    without = groups.blackout_dates(tx, group.id)
    coming = list(islice(dates(track.next_on, group.weekdays, without), AHEAD))
    written = tx.execute(_COMING, {"track": track.id, "next_on": track.next_on})
    state_on = {on: state for on, state in written}  # noqa: C416  (a Row is no pair to the type checker)
    # Read first, since deleting by state lets SQLite go through the planned days of every group.
    if stale := [on for on, state in state_on.items() if state == "planned" and on not in coming]:
        tx.execute(delete(days).where(days.c.track_id == track.id, days.c.on.in_(stale)))
    if new := [on for on in coming if on not in state_on]:
        chosen = _choose(tx, group, track, bank, new)
        for on, question in chosen.items():
            tx.execute(_INSERT, _planned(group, track, on, question))


def _planned(group: Group, track: Track, on: date, question: QuestionId) -> dict[str, Any]:
    what = {"state": "planned", "question_id": question, "option_order": [], "late": False}
    return {"group_id": group.id, "track_id": track.id, "on": on, **what}


def _choose(
    tx: Connection, group: Group, track: Track, bank: Bank, on: Sequence[date], without: Collection[str] = ()
) -> dict[date, QuestionId]:
    return rules.plan(
        bank,
        on,
        plan=track.plan,
        since=track.plan_since,
        seed=f"{group.seed}:{track.name}",
        level=Level(track.level_in(group)),
        log=log_of(tx, track.id),
        without={*without, *flags.pulled(tx, group.id)},
    )


def another(
    tx: Connection, group: Group, track: Track, bank: Bank, day: Day, *, may_be_planned: bool = False
) -> QuestionId | None:
    """Choose another question for a planned date, and write it; one that no date has, unless `may_be_planned`."""
    soon = {item.question_id for item in planned(tx, track.id)}
    chosen = _choose(tx, group, track, bank, [day.on], without=soon).get(day.on)
    if chosen is None and may_be_planned:
        chosen = _choose(tx, group, track, bank, [day.on], without={day.question_id}).get(day.on)
    if chosen is not None:
        set_question(tx, day.id, chosen)
    return chosen


def replan_without(tx: Connection, group: Group, bank: Bank, question: str) -> None:
    """Give every date for which this question is planned another one."""
    for track in groups.tracks_of(tx, group.id):
        for day in planned(tx, track.id):
            if day.question_id == question:
                another(tx, group, track, bank, day, may_be_planned=True)


def drop_planned(tx: Connection, track: TrackId) -> None:
    """Forget what is planned for a track that asks nothing any more."""
    tx.execute(delete(days).where(days.c.track_id == track, days.c.state == "planned"))


def go_on(tx: Connection, track: Track, group: Group, now: datetime) -> Track:
    """Let a track that has rested go on: what fell into that time is not caught up, since dates count from now."""
    coming = groups.set_next(tx, track, group, now)
    # A date whose question was posted already, or that is skipped, is not the next one, whatever the new time is.
    while (day := day_on(tx, track.id, coming.next_on)) and day.state != "planned":
        coming = groups.set_next(tx, track, group, coming.next_at)
    return coming


def set_question(tx: Connection, id: DayId, question: QuestionId) -> None:
    """Plan this question for this day."""
    tx.execute(update(days).where(days.c.id == id, days.c.state == "planned").values(question_id=question))


def exchange(tx: Connection, track: TrackId, day: Day, question: QuestionId) -> None:
    """Plan this question for this day; a date that had it gets the day's own, so that no question comes twice."""
    for other in planned(tx, track):
        if other.question_id == question:
            set_question(tx, other.id, day.question_id)
    set_question(tx, day.id, question)


def set_state(tx: Connection, id: DayId, state: str) -> None:
    """Skip a day, miss it, reveal it."""
    tx.execute(update(days).where(days.c.id == id).values(state=state))


def skipped(tx: Connection, track: TrackId) -> list[date]:
    """Read the dates that are skipped, the earliest first; also those that have passed."""
    query = select(days.c.on).where(days.c.track_id == track, days.c.state == "skipped").order_by(days.c.on)
    return list(tx.execute(query).scalars())


def unskip(tx: Connection, track: TrackId, on: date) -> None:
    """Make a skipped date an ordinary one again; it is planned anew."""
    tx.execute(delete(days).where(days.c.track_id == track, days.c.on == on, days.c.state == "skipped"))


def next_moment(tx: Connection, group: Group, track: Track, after: date) -> datetime:
    """The moment of the posting date that follows this date, without blackouts and dates that are passed over."""
    passed_over = tx.execute(_PASSED_OVER, {"track": track.id, "after": after}).scalars()
    without = groups.blackout_dates(tx, group.id) | set(passed_over)
    following = next(dates(after + timedelta(days=1), group.weekdays, without))
    return moment(following, group.post_at, group.zone)


def next_question(tx: Connection, group: Group) -> datetime:
    """The moment of the next question on any track of a group."""
    tracks = groups.tracks_of(tx, group.id)
    return min(next_moment(tx, group, track, track.next_on - timedelta(days=1)) for track in tracks)


# --- opening and revealing ----------------------------------------------------------------------------------------


def open_day(
    tx: Connection, day: Day, group: Group, question: Question, *, reveal_at: datetime, now: datetime, late: bool
) -> Day:
    """Write that the day is open, with the question as it stands now."""
    remind_at = reveal_at - timedelta(minutes=group.numbers.reminded_before_reveal)
    opened = replace(
        day,
        state="open",
        question_id=question.key,
        question=question,
        option_order=rules.option_order(question, group.seed, day.on),
        late=late,
        opened_at=now,
        reveal_at=reveal_at,
    )
    row = {"state": opened.state, "question_id": opened.question_id, "late": late, "opened_at": now}
    row |= {"asked": question.written, "option_order": list(opened.option_order)}
    row |= {"reveal_at": reveal_at, "remind_at": remind_at if remind_at > now else None}
    tx.execute(_OPEN, {"of_day": day.id, **row})
    return opened


def due_reveals(tx: Connection, now: datetime, most: int, without: Collection[int] = ()) -> list[DayId]:
    """Read the open days whose reveal has come; each is held until the transaction ends."""
    due = (days.c.state == "open", days.c.reveal_at <= now, days.c.id.not_in(without))
    query = select(days.c.id).where(*due).order_by(days.c.reveal_at, days.c.id)
    return [DayId(id) for id in tx.execute(query.limit(most).with_for_update(skip_locked=True)).scalars()]


def due_reminders(tx: Connection, now: datetime, most: int, without: Collection[int] = ()) -> list[DayId]:
    """Read the open days whose reminder has come; each is held until the transaction ends."""
    due = (days.c.state == "open", days.c.remind_at <= now, days.c.id.not_in(without))
    query = select(days.c.id).where(*due).order_by(days.c.remind_at, days.c.id)
    return [DayId(id) for id in tx.execute(query.limit(most).with_for_update(skip_locked=True)).scalars()]


def set_reminded(tx: Connection, id: DayId) -> None:
    """Note that the members were reminded."""
    tx.execute(update(days).where(days.c.id == id).values(remind_at=None))


def next_reveal(tx: Connection) -> datetime | None:
    """When the next reveal is due."""
    due: datetime | None = tx.scalar(select(func.min(days.c.reveal_at)).where(days.c.state == "open"))
    return due


def next_reminder(tx: Connection) -> datetime | None:
    """When the next reminder is due."""
    due: datetime | None = tx.scalar(select(func.min(days.c.remind_at)).where(days.c.state == "open"))
    return due


def open_days(tx: Connection) -> list[Day]:
    """Read every open day, the oldest first."""
    return [_day(row) for row in tx.execute(select(days).where(days.c.state == "open").order_by(days.c.id))]


def last_reveal(tx: Connection, of: GroupId, until: date) -> datetime | None:
    """When the last question of these dates is revealed; None where none of them is open."""
    mine = (days.c.group_id == of, days.c.on <= until, days.c.state == "open")
    at: datetime | None = tx.scalar(select(func.max(days.c.reveal_at)).where(*mine))
    return at
