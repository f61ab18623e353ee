"""When a group's question is due, and the numbers that a group may set."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.errors import UserError
from bot.core.parsing import echo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS = frozenset(range(5))
DEFAULT_PLAN = "year"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of features.md, each a setting of the group; times in minutes, points as they are booked."""

    right: int = 10
    first_right: int = 2
    open_answered: int = 5
    hint: int = -2
    reveal_before_next: int = 60
    reveal_at_most_after: int = 72 * 60
    caught_up_within: int = 6 * 60
    reminded_before_reveal: int = 120
    show_right_or_wrong_at_once: bool = False
    code_in_thread: bool = False
    freezes: int = 2
    weekly_recap: bool = True

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Numbers":
        """The defaults, with what the group has set."""
        return cls(**{f.name: settings[f.name] for f in fields(cls) if f.name in settings})


NUMBERS = {f.name: f.default for f in fields(Numbers)}
"""Each number by its name, with its default."""

DAY = 24 * 60
RANGES = {
    "hint": (-100, 0),
    "reveal_before_next": (5, DAY),
    "reveal_at_most_after": (60, 7 * DAY),
    "caught_up_within": (0, DAY),
    "reminded_before_reveal": (5, DAY),
}
"""The least and the most that a number may be, where that is not 0 and 100."""


def limits_of(number: str) -> tuple[int, int]:
    """The least and the most that a number may be."""
    return RANGES.get(number, (0, 100))


def read_number(number: str, typed: str) -> int | bool:
    """Read what a number shall be; raises a UserError that says what is wanted."""
    said = typed.strip().lower()
    if isinstance(NUMBERS[number], bool):
        if said not in {"yes", "no"}:
            raise UserError(f"{number}: wanted yes or no; got “{echo(typed)}”.")
        return said == "yes"
    least, most = limits_of(number)
    value = int(said) if re.fullmatch(r"-?[0-9]{1,6}", said) else None
    if value is None or not least <= value <= most:
        raise UserError(f"{number}: wanted a whole number from {least} to {most}; got “{echo(typed)}”.")
    return value


def moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    """When a wall clock of this zone shows this time on this date.

    A time that does not exist on that date moves later by the length of the gap (RFC 5545, section 3.3.5); one that
    occurs twice is the first of the two: both are what fold=0 means.
    """
    return datetime.combine(on, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def dates(start: date, weekdays: Collection[int], without: Collection[date] = ()) -> Iterator[date]:
    """The posting dates from `start` on, without the blackout dates."""
    on = start
    while on < date(9999, 1, 1):
        if on.weekday() in weekdays and on not in without:
            yield on
        on += timedelta(days=1)


def next_date(after: datetime, at: time, zone: ZoneInfo, weekdays: Collection[int]) -> date:
    """The first posting date whose moment is later than `after`; blackouts are not looked at."""
    # A gap around midnight moves a time into the next date, so the search begins a day early.
    start = after.astimezone(zone).date() - timedelta(days=1)
    return next(on for on in dates(start, weekdays) if moment(on, at, zone) > after)


def read_weekdays(typed: str) -> frozenset[int]:
    """Read weekdays as people write them: "Mon-Fri", "mon wed fri", "daily", "weekdays"."""
    words = typed.lower().replace(",", " ").replace("–", "-").replace(" - ", "-").split()
    found: set[int] = set()
    for word in words:
        found |= _weekday_range(word, typed)
    if not found:
        raise UserError(_wanted_weekdays(typed))
    return frozenset(found)


def _weekday_range(word: str, typed: str) -> set[int]:
    named = {"daily": set(range(7)), "every-day": set(range(7)), "weekdays": set(range(5)), "weekends": {5, 6}}
    if word in named:
        return named[word]
    first, _, last = word.partition("-")
    index = {day.lower(): number for number, day in enumerate(DAYS)}
    if first[:3] not in index or (last and last[:3] not in index):
        raise UserError(_wanted_weekdays(typed))
    start, end = index[first[:3]], index[last[:3]] if last else index[first[:3]]
    return {(start + step) % 7 for step in range((end - start) % 7 + 1)}


def _wanted_weekdays(typed: str) -> str:
    return f"Wanted days of the week, such as Mon-Fri or Mon Wed Fri or daily; got “{echo(typed)}”."


def say_weekdays(weekdays: Collection[int]) -> str:
    """Weekdays in words, runs of three and more as a range: Mon-Fri, Mon Wed Fri."""
    ordered = sorted(weekdays)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{DAYS[ordered[0]]}-{DAYS[ordered[-1]]}"
    return " ".join(DAYS[number] for number in ordered)
