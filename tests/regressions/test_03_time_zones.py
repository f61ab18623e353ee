"""Time zones: a group's moment is its wall clock's, in every zone and on both days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.features.groups.rules import WEEKDAYS, moment, next_date
from tests.stage import Stage

ZONES = sorted(zone for zone in available_timezones() if "/" in zone)
BERLIN = "Europe/Berlin"


def slow_moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall clock shows this; where it never does, later by the length of the gap."""
    wall = datetime.combine(on, at)
    day = wall.replace(tzinfo=UTC)
    offsets = {(day + timedelta(hours=hour)).astimezone(zone).utcoffset() or timedelta() for hour in range(-30, 31)}
    instants = {day - offset for offset in offsets}
    shown = sorted(one for one in instants if one.astimezone(zone).replace(tzinfo=None) == wall)
    # In a gap the clock has gone forward: the offset that held before it is the smaller one.
    return shown[0] if shown else day - min(offsets)


@settings(max_examples=300)
@example(BERLIN, date(2027, 3, 28), time(2, 30))
@example(BERLIN, date(2026, 10, 25), time(2, 30))
@example("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15))
@example("America/New_York", date(2027, 3, 14), time(2, 0))
@given(
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2035, 12, 31)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_a_moment_is_the_first_at_which_the_wall_clock_shows_it(zone: str, on: date, at: time) -> None:
    assert moment(on, at, ZoneInfo(zone)) == slow_moment(on, at, ZoneInfo(zone))


@settings(max_examples=200)
@given(st.sampled_from(ZONES), st.integers(0, 12 * 365 * 24 * 60), st.integers(0, 23))
def test_the_next_date_is_the_first_whose_moment_is_yet_to_come(zone: str, minutes: int, hour: int) -> None:
    after = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    place, at = ZoneInfo(zone), time(hour, 30)
    found = next_date(after, at, place, WEEKDAYS)
    earlier = [found - timedelta(days=number) for number in range(1, 9)]
    assert moment(found, at, place) > after
    assert all(moment(on, at, place) <= after for on in earlier if on.weekday() in WEEKDAYS)


async def test_the_group_keeps_a_zone_and_not_an_offset(group: Stage) -> None:
    assert "not an offset" in await group.sets_up(zone="UTC+1")
    await group.mira.fills(zone=BERLIN)
    assert (await group.group()).zone.key == BERLIN
