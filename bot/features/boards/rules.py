"""Which period a day belongs to, and who stands where.

May touch: the standard library and the vocabulary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.core.pictures import BoardRow
from bot.core.refs import MemberId
from bot.features.seasons.rules import QUARTERS, Seasons


class Period(StrEnum):
    """How much time a board covers."""

    day = "day"
    week = "week"
    month = "month"
    season = "season"
    all = "all"


# --- periods ------------------------------------------------------------------------------------------------------


def period_key(period: Period, on: date, seasons: Seasons = QUARTERS) -> str:
    """The name of the period that holds this date: 2026-11-23, 2026-W48, 2026-11, 2026-Q4, or nothing for all time.

    Weeks are those of ISO 8601, so that the first days of January may be in the last week of the year before; seasons
    are as long as the group says.
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
            return seasons.on(on).key
        case Period.all:
            return ""


def before(period: Period, on: date, seasons: Seasons = QUARTERS) -> date | None:
    """The last day of the period before the one that holds this date; all time has none."""
    if period is Period.all:
        return None
    return first_day(period, on, seasons) - timedelta(days=1)


def previous(period: Period, on: date, seasons: Seasons = QUARTERS) -> str | None:
    """The name of the period before the one that holds this date; all time has none."""
    day = before(period, on, seasons)
    return period_key(period, day, seasons) if day is not None else None


def date_in(period: Period, key: str) -> date:
    """A date within a day, a week or a month by its name."""
    match period:
        case Period.week:
            return date.fromisocalendar(int(key[:4]), int(key[-2:]), 1)
        case Period.month:
            return date.fromisoformat(f"{key}-01")
        case _:
            return date.fromisoformat(key)


def first_day(period: Period, on: date, seasons: Seasons = QUARTERS) -> date:
    """The first day of the period that holds this date; all time begins on no day, so the date itself."""
    match period:
        case Period.week:
            return on - timedelta(days=on.weekday())
        case Period.month:
            return on.replace(day=1)
        case Period.season:
            return seasons.on(on).first
        case Period.day | Period.all:
            return on


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
