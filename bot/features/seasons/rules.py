"""Which season a date belongs to, also where a group has changed how long its seasons are.

May touch: the standard library.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Length(StrEnum):
    """How long a season is."""

    month = "month"
    quarter = "quarter"
    half_year = "half-year"
    year = "year"


MONTHS = {Length.month: 1, Length.quarter: 3, Length.half_year: 6, Length.year: 12}


@dataclass(frozen=True, slots=True)
class Season:
    """A season: its name, such as 2026-Q4, and its first and last date."""

    key: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Seasons:
    """How long a group's seasons are, since when, the earliest change first; quarters before the first one.

    Each change is the first day of a whole season of its length, so that only the season before it may be cut short.
    """

    changes: tuple[tuple[date, Length], ...] = ()

    def on(self, day: date) -> Season:
        """The season that holds this date."""
        whole = _whole(self.length(day), day)
        cut = min((since for since, _ in self.changes if since > day), default=date.max)
        return Season(whole.key, whole.first, min(whole.last, cut - timedelta(days=1)))

    def length(self, day: date) -> Length:
        """How long seasons are on this date."""
        return next((length for since, length in reversed(self.changes) if since <= day), Length.quarter)

    def changed(self, length: Length, today: date) -> "Seasons":
        """From the next whole season of this length on seasons are so long; what was to come before is dropped."""
        kept = tuple(change for change in self.changes if change[0] <= today)
        if Seasons(kept).length(today) is length:
            return Seasons(kept)
        return Seasons((*kept, (_whole(length, today).last + timedelta(days=1), length)))

    def to_json(self) -> list[list[str]]:
        """The changes as a setting of the group."""
        return [[since.isoformat(), length.value] for since, length in self.changes]

    @classmethod
    def from_json(cls, kept: list[list[Any]]) -> "Seasons":
        """The changes as they stand in the settings of the group."""
        return cls(tuple((date.fromisoformat(since), Length(length)) for since, length in kept))


def _whole(length: Length, on: date) -> Season:
    months = MONTHS[length]
    number = (on.month - 1) // months  # counted from nothing within the year
    first = on.replace(month=number * months + 1, day=1)
    last_month = number * months + months
    after = date(on.year + 1, 1, 1) if last_month == 12 else date(on.year, last_month + 1, 1)
    return Season(_key(length, on.year, number), first, after - timedelta(days=1))


def _key(length: Length, year: int, number: int) -> str:
    match length:
        case Length.month:
            return f"{year:04}-{number + 1:02}"
        case Length.quarter:
            return f"{year:04}-Q{number + 1}"
        case Length.half_year:
            return f"{year:04}-H{number + 1}"
        case Length.year:
            return f"{year:04}"


QUARTERS = Seasons()
