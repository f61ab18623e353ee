"""What can fall due.

May touch: the standard library.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

ENDS_AFTER = timedelta(minutes=60)  # past its planned end and the last act: two who still talk press something by then
PAUSED_ENDS_AFTER = timedelta(hours=24)  # whoever goes on tomorrow at the same hour is not late
WORD_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that falls due for a session; `number` tells apart what comes several times."""

    what: str
    at: datetime
    number: int = 0


def forgotten(since: datetime, *, paused: bool = False) -> Timer:
    """The word which comes before an interview that nobody ends is ended.

    `since` is when its planned time is over, or when something was done in it last, whichever is later.
    """
    return Timer("forgotten", since + (PAUSED_ENDS_AFTER if paused else ENDS_AFTER) - WORD_BEFORE)


def forgotten_ends(told_at: datetime) -> Timer:
    """The end of an interview that nobody ends, after that word."""
    return Timer("forgotten", told_at + WORD_BEFORE, 1)
