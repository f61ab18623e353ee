"""Numeric answers are sorted into bins that can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.binning import number, sort, tick, with_unit

ANY = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(ANY, max_size=40), st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_counted_once_on_a_short_axis(values: list[float], right: float) -> None:
    bins = sort(values, right)
    numbers = [value for value in values if value == value]
    assert sum(each.count for each in bins.bins) + bins.below + bins.above == bins.answers == len(numbers)
    assert 1 <= len(bins.bins) <= 24
    assert bins.low < bins.high
    assert len(bins.ticks) in (len(bins.bins), len(bins.bins) + 1)


@given(st.lists(st.floats(-1e6, 1e6), max_size=40), st.floats(-1e6, 1e6))
def test_the_right_value_is_on_the_axis(values: list[float], right: float) -> None:
    bins = sort(values, right)
    slack = (bins.high - bins.low) * 1e-6
    assert bins.low - slack <= right <= bins.high + slack


def test_a_wild_guess_does_not_squeeze_the_others() -> None:
    bins = sort([2, 3, 3, 3, 4, 1e12, -1e9], 3)
    assert (bins.below, bins.above) == (1, 1)
    assert [(each.label, each.count) for each in bins.bins if each.count] == [("2", 1), ("3", 3), ("4", 1)]


def test_all_the_same_value_is_one_bar_in_the_middle() -> None:
    assert [each.count for each in sort([0.25] * 9, 0.25).bins if each.count] == [9]


def test_no_values_leave_an_axis_around_the_right_one() -> None:
    bins = sort([], 5)
    assert (bins.answers, bins.middle) == (0, None)
    assert bins.low < 5 < bins.high


def test_everybody_far_off_is_still_shown_beside_the_right_value() -> None:
    bins = sort([1.5, 2.5, 3.5], 1000)
    assert bins.bins[0].count == 3
    assert bins.high > 1000


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (-3, "−3"),
        (1234.5, "1,234.5"),
        (0.1 + 0.2, "0.3"),
        (1e12, "1,000,000,000,000"),
        (1e20, "1e20"),
        (-2.5e-7, "−2.5e−7"),
        (float("inf"), "inf"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: float, written: str) -> None:
    assert number(value) == written


def test_units_stand_where_they_belong() -> None:
    assert [with_unit(5, unit) for unit in ("", "%", "kg")] == ["5", "5%", "5 kg"]


def test_ticks_have_as_many_digits_as_their_step() -> None:
    assert [tick(value, 0.1) for value in (0.1 + 0.2, 1e-17, 100000.1)] == ["0.3", "0", "100,000.1"]
