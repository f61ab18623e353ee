"""What a picture shows is also said."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pictures import AskedOf, Bar, BarChart, BoardCard, BoardRow, Histogram, PictureSpec
from bot.pictures.describe import describe
from bot.pictures.selection import short
from tests.pictures.samples import ALL, BARS, BOARD, PROGRESS, RECAP


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: f"{type(spec).__name__}-{spec.title[:12]!a}")
def test_every_description_is_one_short_line(spec: PictureSpec) -> None:
    described = describe(spec)
    assert 0 < len(described) <= 1000
    assert re.sub("[\u2068\u2069]", "", described).isprintable()


def test_every_bar_is_said_with_its_count_and_share() -> None:
    described = describe(BARS)
    assert "It uses the running mean and variance: 12 (57%), right" in described
    assert "It is switched off: 5 (24%);" in described
    assert "I don’t know: 0 (0%)" in described
    assert "21 answers" in described


def test_a_name_from_right_to_left_turns_nothing_beside_it() -> None:
    rows = (BoardRow(1, "אבג", 12), BoardRow(2, "علي 3\u202e", 5))
    assert (
        describe(BoardCard("Week", "", rows)) == "Week. 1. \u2068אבג\u2069: 12 points; 2. \u2068علي 3\u2069: 5 points."
    )


@given(st.lists(st.integers(0, 999), min_size=1, max_size=12))
def test_no_bar_is_forgotten(counts: list[int]) -> None:
    described = describe(BarChart("Q", tuple(Bar(f"<{place}>", count) for place, count in enumerate(counts))))
    assert all(f"<{place}>: {count} (" in described for place, count in enumerate(counts))


def test_twelve_endless_labels_are_all_named() -> None:
    bars = tuple(Bar(f"{place:02} {'word ' * 500}", 1) for place in range(12))
    described = describe(BarChart("Q " * 300, bars))
    assert all(f"{place:02} word" in described for place in range(12))


def test_bars_that_are_not_shown_are_counted_and_the_right_one_is_shown() -> None:
    bars = tuple(Bar(f"Answer {place}", 1, right=place == 400) for place in range(500))
    described = describe(BarChart("Q", bars))
    assert "Answer 400: 1 (<1%), right" in described
    assert described.endswith("488 more are not shown.")


def test_a_histogram_says_its_bins_what_is_off_the_axis_and_the_right_value() -> None:
    described = describe(Histogram("How many?", (2, 3, 3, 3, 4, 1e12), 3, "kg"))
    assert described == ("How many? 6 answers, median 3 kg. 2: 1; 3: 3; 4: 1; above that: 1. The right value is 3 kg.")


def test_a_board_says_ranks_points_changes_and_ones_own_row() -> None:
    rows = (BoardRow(1, "Ana", 12, 3), BoardRow(1, "Li", 12, -1), BoardRow(3, "Bo", 1, None, mine=True))
    assert describe(BoardCard("Week 47", "all topics", rows)) == (
        "Week 47. all topics. 1. Ana: 12 points, up 3; 1. Li: 12 points, down 1; 3. Bo: 1 point, new, highlighted."
    )


def test_nobody_is_called_new_where_no_change_is_known() -> None:
    rows = tuple(replace(row, change=None) for row in BOARD.rows)
    assert "new" not in describe(replace(BOARD, rows=rows))


def test_a_long_board_says_how_many_more_and_keeps_ones_own_row() -> None:
    rows = tuple(BoardRow(rank, f"Member {rank}", 600 - rank, mine=rank == 300) for rank in range(1, 501))
    described = describe(BoardCard("All", "", rows))
    assert "14. Member 14" in described
    assert "15. Member 15" not in described
    assert "300. Member 300: 300 points, highlighted" in described
    assert described.endswith("485 more are not shown.")


def test_empty_pictures_say_so() -> None:
    assert describe(BoardCard("Today", "", ())) == "Today. Nobody is on this board yet."
    assert describe(BarChart("Q?", ())) == "Q? No answers yet."
    assert describe(Histogram("Q", (), 5, "%")) == "Q. No answers yet. The right value is 5%."


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (99_999, "99,999"),
        (-5, "−5"),
        (100_000, "100k"),
        (999_999, "999.9k"),
        (-1_250_000, "−1.2M"),
        (10**9, "1B"),
        (10**18, "999.9T"),
    ],
)
def test_a_number_that_is_too_long_for_its_column_is_shortened(number: int, written: str) -> None:
    assert short(number) == written


def test_progress_says_the_days_of_each_sort_and_every_area() -> None:
    assert describe(PROGRESS) == (
        "Ana Kovačević. Streak: 12 days, longest 31. Posting days since 2026-06-01: 105 answered, 2 kept by a freeze, "
        "10 missed, 10 excused, 1 open. statistics: 62%, between 48% and 75%; ml coding: 41%, between 29% and 54%; "
        "sql: 50%, between 20% and 80%."
    )


def test_a_week_says_every_question_the_hardest_who_leads_who_climbed_and_mocks() -> None:
    described = describe(RECAP)
    assert described.startswith("The week from 23 November. Night owls. Mon: Reading a p-value of 0.03: 7 of 9 right; ")
    assert "2 of 8 right, the hardest; Wed: A result that you had to withdraw: 6 answered; " in described
    assert "Fri: 注意力的代价: nobody answered. In front: 1. Ana Kovačević: 51 points; " in described
    assert "Climbed: 田中さくら, up 4; " in described
    assert described.endswith("up 12. Mock interviews held: 3.")


def test_a_week_of_many_tracks_keeps_its_hardest_question_and_counts_whoever_shares_the_first_rank() -> None:
    asked = tuple(AskedOf("Mon", f"Question {place}", 9, 5, hardest=place == 30) for place in range(40))
    described = describe(replace(RECAP, asked=asked, leaders=(BoardRow(1, "Ana", 10),) * 5))
    assert "Question 30: 5 of 9 right, the hardest. 26 more are not shown." in described
    assert "In front (+2 more): 1. Ana: 10 points; 1. Ana: 10 points; 1. Ana: 10 points." in described
