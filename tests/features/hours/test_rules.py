"""Hours in a certain week: a moment is inside when the zone's clock shows one of these hours, in every zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.hours.rules import DAY, WEEK, Hours, Window, shared, tidy, windows

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix", "right")))
CHANGES = [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)]
NIGHTS = tidy((day * DAY + start, day * DAY + end) for day in range(7) for start, end in [(0, 215), (1320, 1440)])


def shows(zone: ZoneInfo, at: datetime, hours: Hours) -> bool:
    local = at.astimezone(zone)
    minute = local.weekday() * DAY + local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in hours)


def inside(found: list[Window], at: datetime) -> bool:
    return any(start <= at < end for start, end in found)


@pytest.mark.parametrize("month", CHANGES, ids=lambda at: f"{at:%Y-%m}")
def test_in_every_zone_and_over_both_changes_the_clock_decides(month: datetime) -> None:
    end = month + timedelta(days=40)
    moments = [month + timedelta(minutes=155 * step) for step in range(40 * 1440 // 155)]
    for name in ZONES:
        found = windows(NIGHTS, name, month, end)
        zone = ZoneInfo(name)
        assert [inside(found, at) for at in moments] == [shows(zone, at, NIGHTS) for at in moments], name


@given(
    st.sampled_from(ZONES),
    st.sampled_from(CHANGES),
    st.integers(0, 40 * 1440),
    st.integers(0, WEEK - 1),
    st.integers(15, DAY),
)
def test_every_minute_around_any_moment_is_decided_by_the_clock(
    zone: str, month: datetime, at: int, start: int, length: int
) -> None:
    hours = tidy([(start, start + length)])
    begin = month + timedelta(minutes=at)
    found = windows(hours, zone, begin, begin + timedelta(days=8))
    near = [edge + timedelta(minutes=step) for window in found for edge in window for step in (-1, 0, 1)]
    for moment in near:
        if begin <= moment < begin + timedelta(days=8):
            assert inside(found, moment) == shows(ZoneInfo(zone), moment, hours)


def test_an_hour_that_is_skipped_offers_nothing() -> None:
    berlin = windows(
        tidy([(6 * DAY + 120, 6 * DAY + 180)]), "Europe/Berlin", CHANGES[0], CHANGES[0] + timedelta(days=31)
    )
    assert (3, 29) not in {(start.month, start.day) for start, _ in berlin}
    assert len(berlin) == 4


def test_an_hour_that_comes_twice_is_offered_twice() -> None:
    change = datetime(2026, 10, 25, tzinfo=UTC)
    (window,) = windows(tidy([(6 * DAY + 120, 6 * DAY + 180)]), "Europe/Berlin", change, change + timedelta(hours=12))
    assert window == (change, change + timedelta(hours=2))


def test_two_zones_share_what_both_clocks_show() -> None:
    week = (datetime(2026, 10, 26, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
    evenings = tidy([(18 * 60, 22 * 60)])
    berlin, york = (
        windows(evenings, "Europe/Berlin", *week),
        windows(tidy([(12 * 60, 15 * 60)]), "America/New_York", *week),
    )
    # Berlin has left summer time in that week and New York has not: five hours apart, not six.
    assert shared(berlin, york) == [(datetime(2026, 10, 26, 17, tzinfo=UTC), datetime(2026, 10, 26, 19, tzinfo=UTC))]


windows_of = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 60)), max_size=8).map(
    lambda found: [
        (CHANGES[0] + timedelta(minutes=start), CHANGES[0] + timedelta(minutes=end))
        for start, end in tidy((start, start + length) for start, length in found)
    ]
)


@given(windows_of, windows_of)
def test_what_is_shared_is_in_both_and_the_same_from_either_side(one: list[Window], other: list[Window]) -> None:
    both = shared(one, other)
    assert both == shared(other, one)
    for minute in range(0, 1000, 7):
        at = CHANGES[0] + timedelta(minutes=minute)
        assert inside(both, at) == (inside(one, at) and inside(other, at))
