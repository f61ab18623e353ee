from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.demo.calendar import instant, posting_at, postings

BERLIN = ZoneInfo("Europe/Berlin")


def test_nine_in_berlin_stays_nine_when_summer_time_ends() -> None:
    found = postings(date(2026, 10, 19), 12)
    assert [posting.on.day for posting in found] == [19, 20, 21, 22, 23, 26, 27, 28, 29, 30]
    assert [posting.opens.hour for posting in found] == [7] * 5 + [8] * 5


def test_a_reveal_is_an_hour_before_the_next_question_and_at_most_three_days_after_its_own() -> None:
    by_date = {posting.on: posting for posting in postings(date(2026, 10, 19), 12)}
    assert by_date[date(2026, 10, 19)].reveals == datetime(2026, 10, 20, 6, tzinfo=UTC)
    # From Friday to Monday there is an hour more than usual on this weekend: 72 to the reveal, and not 71.
    assert by_date[date(2026, 10, 23)].reveals == datetime(2026, 10, 26, 7, tzinfo=UTC)
    assert by_date[date(2026, 10, 23)].reveals - by_date[date(2026, 10, 23)].opens == timedelta(hours=72)


def test_once_a_week_the_reveal_does_not_wait_for_the_next_question() -> None:
    (monday,) = postings(date(2026, 11, 23), 5, weekdays=frozenset({0}))
    assert monday.reveals - monday.opens == timedelta(hours=72)


@pytest.mark.parametrize(
    ("wall", "wanted"),
    [
        (datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # noqa: DTZ001  # shown 03:30
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # noqa: DTZ001  # the first one
    ],
)
def test_a_gap_moves_the_time_later_and_a_time_that_comes_twice_is_the_first(wall: datetime, wanted: datetime) -> None:
    assert instant(wall, BERLIN) == wanted


def test_a_weekend_belongs_to_fridays_question() -> None:
    found = postings(date(2026, 11, 23), 7)
    sunday = posting_at(datetime(2026, 11, 29, 12, tzinfo=UTC), found)
    assert sunday is not None
    assert sunday.on == date(2026, 11, 27)
    assert posting_at(datetime(2026, 11, 23, 7, 59, tzinfo=UTC), found) is None


def test_any_time_of_day_may_be_the_posting_time() -> None:
    found = postings(date(2026, 3, 28), 2, at=time(2, 30), weekdays=frozenset(range(7)))
    assert [posting.opens.isoformat() for posting in found] == [
        "2026-03-28T01:30:00+00:00",
        "2026-03-29T01:30:00+00:00",
    ]
