"""Hours of the week, and the moments of a certain week that they mean.

Hours are kept as minutes of a wall-clock week (Monday 00:00 is 0, Sunday 24:00 is 10,080), in one zone; a moment is
inside when a clock of that zone shows a minute that is inside. So nothing has to be decided about clock changes: an
hour that is skipped offers nothing, one that comes twice is offered twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY, WEEK = 24 * 60, 7 * 24 * 60
LOOK_EVERY = timedelta(hours=3)  # no zone has ever changed its clock twice within that

Hours = tuple[tuple[int, int], ...]
"""Stretches of the week, [from, to) in minutes, sorted, none touching another."""
Window = tuple[datetime, datetime]
"""A stretch of time, [from, to), in UTC."""


def tidy(stretches: Iterable[tuple[int, int]]) -> Hours:
    """Sort and join stretches; what runs over the end of Sunday goes on on Monday."""
    inside = sorted(part for start, end in stretches for part in _wrapped(start, end))
    joined: list[tuple[int, int]] = []
    for start, end in inside:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _wrapped(start: int, end: int) -> list[tuple[int, int]]:
    return [(start, end)] if end <= WEEK else [(start, WEEK), (0, end - WEEK)]


# --- in a certain week ----------------------------------------------------------------------------------------------


def windows(hours: Hours, zone: str, start: datetime, end: datetime) -> list[Window]:
    """The moments between two moments at which a clock of this zone shows one of these hours, in UTC."""
    found = [
        window
        for begin, until, offset in _even_stretches(zone, start, end)
        for window in _windows_at(hours, offset, begin, until)
    ]
    return _joined(sorted(found))


@lru_cache(maxsize=2000)  # a round asks for the same week in every zone of its members
def _even_stretches(zone: str, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Parts of a stretch of time in which the zone's offset from UTC stays the same."""
    clock = ZoneInfo(zone)
    parts: list[tuple[datetime, datetime, timedelta]] = []
    begin = start.astimezone(UTC)
    end = end.astimezone(UTC)
    at = begin
    while at < end:
        ahead = min(at + LOOK_EVERY, end)
        if _offset(clock, at) != _offset(clock, ahead):
            change = _change_between(clock, at, ahead)
            parts.append((begin, change, _offset(clock, begin)))
            begin = change
        at = ahead
    return (*parts, (begin, end, _offset(clock, begin))) if begin < end else tuple(parts)


def _offset(clock: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(clock).utcoffset() or timedelta(0)


def _change_between(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = _offset(clock, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (middle, after) if _offset(clock, middle) == old else (before, middle)
    return after


def _windows_at(hours: Hours, offset: timedelta, begin: datetime, until: datetime) -> Iterator[Window]:
    shown = begin + offset  # what the clock shows, written as if it were UTC
    monday = datetime.combine(shown.date() - timedelta(days=shown.weekday()), datetime.min.time(), UTC)
    while monday < until + offset:
        for start, end in hours:
            first = max(begin, monday + timedelta(minutes=start) - offset)
            last = min(until, monday + timedelta(minutes=end) - offset)
            if first < last:
                yield first, last
        monday += timedelta(days=7)


def _joined(found: Sequence[Window]) -> list[Window]:
    joined: list[Window] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def shared(one: Sequence[Window], other: Sequence[Window]) -> list[Window]:
    """The moments that are in both."""
    found = [(max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d)]
    return sorted(found)
