"""Periods, ranks, rows and streaks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.refs import MemberId
from bot.features.boards.rules import Period, Standing, board_rows, period_key, previous, shared_ranks
from bot.features.seasons.rules import QUARTERS, Length, Season, Seasons

dates = st.dates(date(1990, 1, 1), date(2100, 12, 31))
dated = st.sampled_from([period for period in Period if period is not Period.all])


@pytest.mark.parametrize(
    ("on", "keys"),
    [
        (date(2026, 11, 23), ("2026-11-23", "2026-W48", "2026-11", "2026-Q4", "")),
        (date(2026, 12, 31), ("2026-12-31", "2026-W53", "2026-12", "2026-Q4", "")),
        (date(2027, 1, 1), ("2027-01-01", "2026-W53", "2027-01", "2027-Q1", "")),
        (date(2027, 1, 3), ("2027-01-03", "2026-W53", "2027-01", "2027-Q1", "")),
        (date(2027, 1, 4), ("2027-01-04", "2027-W01", "2027-01", "2027-Q1", "")),
        (date(2024, 12, 30), ("2024-12-30", "2025-W01", "2024-12", "2024-Q4", "")),
        (date(2028, 2, 29), ("2028-02-29", "2028-W09", "2028-02", "2028-Q1", "")),
    ],
)
def test_a_date_belongs_to_one_period_of_each_sort(on: date, keys: tuple[str, ...]) -> None:
    assert tuple(period_key(period, on) for period in Period) == keys


@pytest.mark.parametrize(
    ("on", "keys"),
    [
        (date(2027, 1, 1), ("2026-12-31", "2026-W52", "2026-12", "2026-Q4", None)),
        (date(2027, 1, 4), ("2027-01-03", "2026-W53", "2026-12", "2026-Q4", None)),
        (date(2026, 3, 31), ("2026-03-30", "2026-W13", "2026-02", "2025-Q4", None)),
        (date(2028, 3, 1), ("2028-02-29", "2028-W08", "2028-02", "2027-Q4", None)),
    ],
)
def test_the_period_before_is_over_years_and_short_months(on: date, keys: tuple[str | None, ...]) -> None:
    assert tuple(previous(period, on) for period in Period) == keys


@given(period=dated, on=dates)
def test_the_period_before_is_the_last_other_one_that_days_back_lead_to(period: Period, on: date) -> None:
    back = (period_key(period, on - timedelta(days=days)) for days in range(1, 100))
    assert previous(period, on) == next(key for key in back if key != period_key(period, on))


@given(period=dated, on=dates)
def test_no_period_is_named_twice(period: Period, on: date) -> None:
    keys = [period_key(period, on + timedelta(days=days)) for days in range(800)]
    starts = [key for key, before in zip(keys, [None, *keys], strict=False) if key != before]
    assert len(starts) == len(set(starts))


def test_equal_points_share_a_rank_and_the_next_counts_everybody_before() -> None:
    assert shared_ranks([30, 20, 20, 20, 10]) == [1, 2, 2, 2, 5]


@given(changes=st.lists(st.tuples(st.integers(0, 500), st.sampled_from(Length)), max_size=5))
def test_seasons_of_any_lengths_leave_no_gap_and_share_no_name(changes: list[tuple[int, Length]]) -> None:
    start, seasons = date(2026, 1, 1), QUARTERS
    for after, length in sorted(changes):
        seasons = seasons.changed(length, start + timedelta(days=after))
    assert Seasons.from_json(seasons.to_json()) == seasons
    of = [seasons.on(start + timedelta(days=number)) for number in range(1200)]
    for number, season in enumerate(of):
        assert season.first <= start + timedelta(days=number) <= season.last
    named = {(season.key, season.first, season.last) for season in of}
    assert len(named) == len({season.key for season in of})


def test_another_length_begins_with_its_first_whole_season() -> None:
    yearly = QUARTERS.changed(Length.year, date(2026, 5, 20))
    assert [yearly.on(date(2026, month, 1)).key for month in (5, 7, 12)] == ["2026-Q2", "2026-Q3", "2026-Q4"]
    assert yearly.on(date(2027, 2, 1)).key == "2027"
    monthly = yearly.changed(Length.month, date(2027, 3, 10))
    assert monthly.on(date(2027, 3, 31)) == Season("2027", date(2027, 1, 1), date(2027, 3, 31))
    assert monthly.on(date(2027, 4, 30)).key == "2027-04"
    assert yearly.changed(Length.quarter, date(2026, 6, 1)) == QUARTERS


@given(points=st.lists(st.integers(-5, 20)))
def test_a_rank_is_one_more_than_how_many_have_more(points: list[int]) -> None:
    assert shared_ranks(points) == [1 + sum(other > own for other in points) for own in points]


# --- rows ---------------------------------------------------------------------------------------------------------

ANA, BEN, EVE = (
    Standing(MemberId(1), "Ana", 30, 1),
    Standing(MemberId(2), "Ben", 20, 2),
    Standing(MemberId(5), "Eve", 5, 3),
)


def test_rows_tell_how_many_ranks_were_climbed() -> None:
    rows = board_rows([ANA, BEN, EVE], [], asker=None, before={ANA.member: 3, BEN.member: 1})
    assert [row.change for row in rows.top] == [2, -1, None]


def test_an_asker_at_the_top_has_one_row() -> None:
    rows = board_rows([ANA, BEN], [ANA, BEN, EVE], asker=BEN.member, before={})
    assert [(row.name, row.mine) for row in rows.top] == [("Ana", False), ("Ben", True)]
    assert rows.around == ()


def test_an_asker_below_the_top_has_a_row_and_neighbours_who_are_not_shown_already() -> None:
    rows = board_rows([ANA, BEN], [BEN, EVE], asker=EVE.member, before={})
    assert [(row.name, row.mine) for row in rows.around] == [("Eve", True)]
