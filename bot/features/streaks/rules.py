"""How long a streak is: what adds to it, what keeps it, what ends it.

May touch: the standard library and the rules of groups.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from bot.features.groups.rules import Numbers

EXCUSED_FROM = timedelta(hours=1)  # of the bot's absence while a question was open; a shorter one leaves time enough
BADGES = (7, 30, 100, 365)  # posting days in a row
_NONE = timedelta(0)
Absence = tuple[datetime, datetime]
"""From when until when the bot was away."""


@dataclass(frozen=True, slots=True)
class Freezes:
    """How many freezes each month has: `first`, until `changes` on their dates, the oldest first.

    A change counts from the month after it: in its own month freezes may be used already, and badges reached.
    """

    first: int = Numbers().freezes
    changes: tuple[tuple[date, int], ...] = ()

    def of(self, month: date) -> int:
        """The freezes of the month of a date."""
        before = [number for on, number in self.changes if (on.year, on.month) < (month.year, month.month)]
        return before[-1] if before else self.first


AS_EVER = Freezes()


@dataclass(frozen=True, slots=True)
class PostingDay:
    """A date on which the group was asked something, as one member met it.

    `answered` is in time and on any track; `open` means that there is still time, until `ends`; `excused` means that
    missing it breaks nothing, since the bot or the member was away, or the question came nowhere.
    """

    on: date
    answered: bool = False
    open: bool = False
    excused: bool = False
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Streak:
    """Where a member's streak stands.

    `days` are the posting days in a row that were answered, `longest` the most there ever were, `used` the dates of
    this month that freezes kept, also in a streak that ended since, `left` the freezes left this month,
    `ended` the day on which the last one that ended did so, and `before` how long it was.
    """

    days: int = 0
    longest: int = 0
    used: tuple[date, ...] = ()
    left: int = AS_EVER.first
    ended: date | None = None
    before: int = 0

    @property
    def badges(self) -> tuple[int, ...]:
        """The milestones that were ever reached."""
        return tuple(badge for badge in BADGES if badge <= self.longest)

    @property
    def next_badge(self) -> int | None:
        """The milestone that comes next."""
        return next((badge for badge in BADGES if badge > self.longest), None)


@dataclass(slots=True)
class _Walk:
    """A streak as it grows, date by date."""

    freezes: Freezes
    days: int = 0
    longest: int = 0
    ended: date | None = None
    before: int = 0
    kept: set[date] = field(default_factory=set)

    def used(self, month: date) -> tuple[date, ...]:
        return tuple(sorted(on for on in self.kept if (on.year, on.month) == (month.year, month.month)))

    def left(self, on: date) -> int:
        return max(0, self.freezes.of(on) - len(self.used(on)))

    def meet(self, day: PostingDay) -> None:
        if day.answered:
            self.days += 1
            self.longest = max(self.longest, self.days)
        elif self.days and not day.open and not day.excused:
            self.miss(day.on)

    def miss(self, on: date) -> None:
        if self.left(on):
            self.kept.add(on)
        else:
            self.ended, self.before, self.days = on, self.days, 0


def _walked(days: Iterable[PostingDay], freezes: Freezes) -> _Walk:
    walk = _Walk(freezes)
    for day in sorted(days, key=lambda day: day.on):
        walk.meet(day)
    return walk


def streak(days: Iterable[PostingDay], today: date, freezes: Freezes = AS_EVER) -> Streak:
    """A member's streak after these posting days, one for each date; freezes are those of the month of `today`.

    A day that was answered adds one. A missed one takes a freeze of its month, where there is a streak to keep and a
    freeze is left; else it ends the streak. One that is open or excused does neither.
    """
    walk = _walked(days, freezes)
    return Streak(walk.days, walk.longest, walk.used(today), walk.left(today), walk.ended, walk.before)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A day that is open, and what becomes of the streak if it is answered, and if it is missed."""

    day: PostingDay
    answered: Streak
    missed: Streak


def outlooks(days: Sequence[PostingDay], freezes: Freezes = AS_EVER) -> list[Outlook]:
    """What each day that is open will do to a streak, the earliest first; freezes are those of its month."""

    def after(changed: PostingDay) -> Streak:
        # Of the others that are open nobody knows yet, so they do nothing.
        return streak([changed if day.on == changed.on else day for day in days], changed.on, freezes)

    still_open = sorted((day for day in days if day.open), key=lambda day: day.on)
    return [Outlook(day, after(replace(day, answered=True)), after(replace(day, open=False))) for day in still_open]


def marks(days: Sequence[PostingDay], first: date, today: date, freezes: Freezes = AS_EVER) -> str:
    """A letter for each date from `first` to `today`, as a picture of the days has them."""
    kept = _walked(days, freezes).kept
    by_date = {day.on: "f" if day.on in kept else _mark(day) for day in days}
    return "".join(by_date.get(first + timedelta(days=number), ".") for number in range((today - first).days + 1))


def first_shown(days: Sequence[PostingDay], today: date, weeks: int) -> date:
    """The Monday from which a picture of the days begins: so many weeks ago, or the first day's if it is later."""
    earliest = max(min((day.on for day in days), default=today), today - timedelta(weeks=weeks - 1))
    return earliest - timedelta(days=earliest.weekday())


def _mark(day: PostingDay) -> str:
    if day.answered:
        return "a"
    return "o" if day.open else "e" if day.excused else "m"


def merged(absences: Iterable[Absence]) -> list[Absence]:
    """Absences in their order, such that none overlaps or touches another."""
    apart: list[Absence] = []
    for since, until in sorted(absences):
        if apart and since <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], until))
        else:
            apart.append((since, until))
    return apart


def away_for(opened: datetime, ended: datetime, absences: Sequence[Absence]) -> timedelta:
    """How long the bot was away between two moments; the absences are `merged`."""
    first = bisect_right(absences, opened, key=lambda absence: absence[1])
    during = takewhile(lambda absence: absence[0] < ended, islice(absences, first, None))
    return sum((min(until, ended) - max(since, opened) for since, until in during), _NONE)


def is_excused(opened: datetime, ended: datetime, absences: Sequence[Absence]) -> bool:
    """Whether the bot was away so long while a question was open that missing it breaks no streak."""
    return away_for(opened, ended, absences) >= EXCUSED_FROM


def is_outside(day: PostingDay, gone: Sequence[tuple[datetime, datetime]]) -> bool:
    """Whether a day that was not answered ended while the member was not in the group: then it is none of theirs."""
    return not day.answered and any(left < day.ends <= back for left, back in gone if day.ends is not None)
