"""A wall-clock time in every zone, across every clock change of 2025 to 2030 (features.md 2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.days.rules import SHORTEST_OPEN, reveal_moment
from bot.features.groups.rules import Numbers, moment, next_date

START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A clock change: at this instant the offset from UTC becomes another one."""

    zone: str
    at: datetime
    before: timedelta
    after: timedelta

    def walls(self) -> list[datetime]:
        """Wall-clock times in, at the edges of and around the hours that do not exist or exist twice, without zone."""
        edges = [(self.at + offset).replace(tzinfo=None) for offset in (self.before, self.after)]
        first, last = min(edges), max(edges)
        minute = timedelta(minutes=1)
        inside = [first, first + minute, first + (last - first) / 2, last - minute]
        return [first - minute, *inside, last, last + minute]

    def expected(self, wall: datetime) -> datetime:
        """When the clock shows this for the first time, or would have if it had not been changed."""
        jump = max(self.before, self.after)
        # Before and during the change the old offset counts; for a gap that moves the time later by its length.
        old = wall < (self.at + jump).replace(tzinfo=None)
        return (wall - {True: self.before, False: self.after}[old]).replace(tzinfo=UTC)


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes_of(name: str) -> Iterator[Change]:
    """The changes of a zone, found by looking at its offset day by day, then closer."""
    zone = ZoneInfo(name)
    at = START
    while at < END:
        low, high = at, at + DAY
        before, after = offset(zone, low), offset(zone, high)
        while before != after and high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
        yield from [Change(name, high.replace(microsecond=0), before, after)] if before != after else []
        at += DAY


@cache
def changes() -> tuple[Change, ...]:
    """Every change of every zone."""
    seldom = [START + timedelta(days=10 * n) for n in range(220)]
    zones = [ZoneInfo(name) for name in sorted(available_timezones())]
    moving = [zone.key for zone in zones if len({offset(zone, at) for at in seldom}) > 1]
    return tuple(change for name in moving for change in changes_of(name))


def test_there_are_changes_to_look_at() -> None:
    assert len({change.zone for change in changes()}) > 150
    assert {change.after - change.before for change in changes()} >= {
        timedelta(hours=1),
        timedelta(hours=-1),
        timedelta(minutes=30),  # Lord Howe Island
    }


@pytest.mark.parametrize(
    ("zone", "on", "at", "wanted"),
    [
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30), "2027-03-28T03:30+02:00"),
        ("Europe/Berlin", date(2027, 10, 31), time(2, 30), "2027-10-31T02:30+02:00"),
        ("America/New_York", date(2027, 3, 14), time(2), "2027-03-14T03:00-04:00"),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 10), "2027-10-03T02:40+11:00"),
        ("America/Santiago", date(2027, 9, 5), time(0), "2027-09-05T01:00-03:00"),
        ("America/Nuuk", date(2027, 3, 27), time(23, 30), "2027-03-28T00:30-01:00"),
        ("Asia/Kathmandu", date(2027, 3, 28), time(9), "2027-03-28T09:00+05:45"),
    ],
)
def test_known_moments(zone: str, on: date, at: time, wanted: str) -> None:
    assert moment(on, at, ZoneInfo(zone)) == datetime.fromisoformat(wanted)


def test_a_gap_moves_a_time_later_by_its_length_and_a_time_that_comes_twice_is_the_first() -> None:
    for change in changes():
        zone = ZoneInfo(change.zone)
        for wall in change.walls():
            assert moment(wall.date(), wall.time(), zone) == change.expected(wall), (change, wall)


def test_across_every_change_each_date_fires_once_and_in_order() -> None:
    for change in changes():
        zone = ZoneInfo(change.zone)
        for wall in change.walls()[1:6:2]:
            dates, moments = walk(zone, wall.time(), wall.date() - 2 * DAY, EVERY_DAY, 5)
            assert dates == [wall.date() + n * DAY for n in range(-2, 3)], (change, wall)
            assert moments == sorted(set(moments)), (change, wall)


def walk(
    zone: ZoneInfo, at: time, start: date, weekdays: frozenset[int], steps: int
) -> tuple[list[date], list[datetime]]:
    """The next dates from one on, each found from the moment of the one before."""
    dates, moments = [], []
    after = moment(start, at, zone) - timedelta(seconds=1)
    for _ in range(steps):
        on = next_date(after, at, zone, weekdays)
        after = moment(on, at, zone)
        dates.append(on)
        moments.append(after)
    return dates, moments


ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)
DATES = st.dates(date(2025, 1, 1), date(2030, 12, 1))


@settings(max_examples=150)
@given(ZONES, TIMES, DATES, WEEKDAYS)
def test_walking_from_date_to_date_never_skips_nor_repeats_a_weekday(
    zone: ZoneInfo, at: time, start: date, weekdays: frozenset[int]
) -> None:
    dates, moments = walk(zone, at, start, weekdays, 12)
    calendar = [on for on in (start + n * DAY for n in range(90)) if on.weekday() in weekdays]
    assert dates == calendar[:12]
    assert moments == sorted(set(moments))


@settings(max_examples=150)
@given(ZONES, TIMES, st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 1), timezones=st.just(UTC)), WEEKDAYS)  # noqa: DTZ001
def test_the_next_date_is_the_first_whose_moment_is_still_to_come(
    zone: ZoneInfo, at: time, after: datetime, weekdays: frozenset[int]
) -> None:
    on = next_date(after, at, zone, weekdays)
    earlier = [on - n * DAY for n in range(1, 10)]
    assert moment(on, at, zone) > after
    assert all(moment(day, at, zone) <= after for day in earlier if day.weekday() in weekdays)


@settings(max_examples=100)
@given(ZONES, TIMES, DATES)
def test_a_moment_is_in_utc_and_within_a_day_of_its_date(zone: ZoneInfo, at: time, on: date) -> None:
    found = moment(on, at, zone)
    assert found.tzinfo is UTC
    assert abs(found.replace(tzinfo=None) - datetime.combine(on, at)) < DAY


# --- the reveal -----------------------------------------------------------------------------------------------------

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("next_post", "wanted"),
    [
        (NOON + timedelta(hours=24), NOON + timedelta(hours=23)),
        (NOON + timedelta(hours=73), NOON + timedelta(hours=72)),
        (NOON + timedelta(days=7), NOON + timedelta(hours=72)),
        (NOON + timedelta(hours=2), NOON + timedelta(hours=1)),
        (NOON + timedelta(minutes=90), NOON + timedelta(hours=1)),
        (NOON + timedelta(minutes=1), NOON + timedelta(hours=1)),
    ],
)
def test_a_reveal_is_an_hour_before_the_next_post_and_within_three_days(next_post: datetime, wanted: datetime) -> None:
    assert reveal_moment(NOON, next_post, Numbers()) == wanted


@given(st.timedeltas(timedelta(0), timedelta(days=30)), st.integers(0, 600), st.integers(0, 10_000))
def test_a_question_is_open_for_at_least_an_hour_and_a_group_sets_the_rest(
    gap: timedelta, before: int, at_most: int
) -> None:
    numbers = Numbers.of({"reveal_before_next": before, "reveal_at_most_after": at_most, "unknown": 1})
    found = reveal_moment(NOON, NOON + gap, numbers)
    assert found >= NOON + SHORTEST_OPEN
    assert found == NOON + SHORTEST_OPEN or found <= min(
        NOON + gap - timedelta(minutes=before), NOON + timedelta(minutes=at_most)
    )
