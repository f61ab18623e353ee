"""How a date is written, everywhere the same: without a zero in front of the day.

Months and weekdays are named by ourselves, since those of strftime follow the machine's language.
"""

from datetime import date, datetime

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(on: date) -> str:
    """A date in a list: Tue 1 Dec."""
    return f"{_DAYS[on.weekday()][:3]} {day_and_month(on)}"


def day_and_month(on: date) -> str:
    """A date without its weekday: 1 Dec."""
    return f"{on.day} {_MONTHS[on.month - 1][:3]}"


def named(on: date) -> str:
    """A date in a sentence: Tuesday 1 December."""
    return f"{_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}"


def dated(on: date) -> str:
    """A date in a sentence that may be of another year: Tuesday 1 December 2026."""
    return f"{named(on)} {on.year}"


def at(local: datetime) -> str:
    """A moment on somebody's own wall: Tue 1 Dec, 09:00."""
    return f"{day(local)}, {local:%H:%M}"


def lasting(minutes: int) -> str:
    """A length of time in a sentence: 1 hour, 6 hours, 90 minutes."""
    number, unit = (minutes // 60, "hour") if minutes and minutes % 60 == 0 else (minutes, "minute")
    return f"{number} {unit}" if number == 1 else f"{number:,} {unit}s"


def weekday(on: date) -> str:
    """The day of the week, short: Tue."""
    return _DAYS[on.weekday()][:3]
