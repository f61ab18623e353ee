"""When questions and reveals are due, worked out from the wall clock alone.

This is the oracle's own arithmetic: it imports nothing of the bot, so that a mistake there is not repeated here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
POST_AT = time(9)
WORKDAYS = frozenset(range(5))
BEFORE_NEXT = timedelta(hours=1)
AT_MOST_OPEN = timedelta(hours=72)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting date, the moment of its question and the moment of its reveal."""

    on: date
    opens: datetime
    reveals: datetime


def postings(
    start: date, days: int, *, zone: ZoneInfo = ZONE, at: time = POST_AT, weekdays: frozenset[int] = WORKDAYS
) -> list[Posting]:
    """The posting dates of so many calendar days from `start` on."""
    dates = [start + DAY * number for number in range(days + 8)]  # the last one of them needs the one that follows
    opens = [(on, instant(datetime.combine(on, at), zone)) for on in dates if on.weekday() in weekdays]
    found = [Posting(on, at, min(after - BEFORE_NEXT, at + AT_MOST_OPEN)) for (on, at), (_, after) in pairwise(opens)]
    return [posting for posting in found if posting.on < start + DAY * days]


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which a clock of this zone shows this; in a gap, later by the length of the gap."""
    before, after = (_offset(wall + step, zone) for step in (-DAY, DAY))
    shown = [
        moment for offset in (before, after) if _shows(moment := (wall - offset).replace(tzinfo=UTC), zone) == wall
    ]
    return min(shown, default=(wall - before).replace(tzinfo=UTC))


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    return _shows(wall.replace(tzinfo=UTC), zone) - wall


def _shows(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def posting_at(moment: datetime, all_of: Sequence[Posting]) -> Posting | None:
    """The posting date whose question is the newest that is due at this moment."""
    return next((posting for posting in reversed(all_of) if posting.opens <= moment), None)
