"""Which period a day belongs to, who stands where, and how long a streak is.

May touch: the standard library and the vocabulary.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, takewhile

from bot.core.pictures import BoardRow
from bot.core.refs import MemberId


class Period(StrEnum):
    """How much time a board covers."""

    day = "day"
    week = "week"
    month = "month"
    season = "season"
    all = "all"


# --- periods ------------------------------------------------------------------------------------------------------


def period_key(period: Period, on: date) -> str:
    """The name of the period that holds this date: 2026-11-23, 2026-W48, 2026-11, 2026-Q4, or nothing for all time.

    Weeks are those of ISO 8601, so that the first days of January may be in the last week of the year before.
    """
    match period:
        case Period.day:
            return on.isoformat()
        case Period.week:
            week = on.isocalendar()
            return f"{week.year:04}-W{week.week:02}"
        case Period.month:
            return f"{on.year:04}-{on.month:02}"
        case Period.season:
            return f"{on.year:04}-Q{_quarter(on)}"
        case Period.all:
            return ""


def previous(period: Period, on: date) -> str | None:
    """The name of the period before the one that holds this date; all time has none."""
    if period is Period.all:
        return None
    return period_key(period, first_day(period, on) - timedelta(days=1))


def first_day(period: Period, on: date) -> date:
    """The first day of the period that holds this date; all time begins on no day, so the date itself."""
    match period:
        case Period.week:
            return on - timedelta(days=on.weekday())
        case Period.month:
            return on.replace(day=1)
        case Period.season:
            return on.replace(month=3 * _quarter(on) - 2, day=1)
        case Period.day | Period.all:
            return on


def _quarter(on: date) -> int:
    return (on.month + 2) // 3


# --- boards -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands on a board."""

    member: MemberId
    name: str
    points: int
    rank: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a board: those at the top, and the asker's own with its neighbours where it is not among them."""

    top: tuple[BoardRow, ...]
    around: tuple[BoardRow, ...]


def shared_ranks(points: Sequence[int]) -> list[int]:
    """The rank of each: the most points are first, equal ones share a rank, and the next counts everybody before."""
    first = {own: rank for rank, own in reversed(list(enumerate(sorted(points, reverse=True), start=1)))}
    return [first[own] for own in points]


def board_rows(
    top: Sequence[Standing], around: Sequence[Standing], *, asker: MemberId | None, before: Mapping[MemberId, int]
) -> Rows:
    """The rows to show; `around` is the asker's own with its neighbours, `before` the ranks of the period before."""

    def row(standing: Standing) -> BoardRow:
        climbed = before[standing.member] - standing.rank if standing.member in before else None
        return BoardRow(standing.rank, standing.name, standing.points, climbed, standing.member == asker)

    shown = {standing.member for standing in top}
    outside = asker is not None and asker not in shown
    return Rows(
        tuple(row(standing) for standing in top),
        tuple(row(standing) for standing in around if outside and standing.member not in shown),
    )


# --- streaks ------------------------------------------------------------------------------------------------------


def streak(days: Sequence[date], answered: Collection[date], still_open: Collection[date] = ()) -> int:
    """How many posting days in a row were answered, counted back from the newest.

    A day that is still open counts once it is answered, and until then breaks nothing.
    """
    counted = (on for on in sorted(set(days), reverse=True) if on not in still_open or on in answered)
    return sum(1 for _ in takewhile(lambda on: on in answered, counted))


def longest(days: Sequence[date], answered: Collection[date]) -> int:
    """How many posting days in a row were ever answered."""
    return max(_runs(days, answered), default=0)


def _runs(days: Sequence[date], answered: Collection[date]) -> Iterator[int]:
    for kept, run in groupby(sorted(set(days)), key=lambda on: on in answered):
        if kept:
            yield sum(1 for _ in run)
