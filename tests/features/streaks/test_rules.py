"""Streaks: what adds to one, what keeps it, what ends it; and a slow count that knows none of the code."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.streaks.rules import PostingDay, Streak, away_for, is_excused, marks, streak

MON = date(2026, 11, 23)


def met(line: str, first: date = MON) -> list[PostingDay]:
    """Weekdays from a Monday on: answered (x), missed (-), open (o), excused (e)."""
    on = [first + timedelta(days=number) for number in range(400) if (first + timedelta(days=number)).weekday() < 5]
    return [
        PostingDay(day, answered=sort == "x", open=sort == "o", excused=sort == "e")
        for day, sort in zip(on, line, strict=False)
    ]


def after(line: str, today: date = date(2026, 11, 30), first: date = MON) -> Streak:
    return streak(met(line, first), today)


def test_a_streak_counts_posting_days_only() -> None:
    assert after("xxxxxx").days == 6


def test_a_freeze_keeps_a_streak_and_adds_nothing() -> None:
    assert after("xx-x") == Streak(3, 3, (date(2026, 11, 25),), 1)


def test_the_third_missed_day_of_a_month_ends_a_streak_and_the_next_answer_starts_one_without_freezes() -> None:
    assert after("xx---") == Streak(0, 2, (), 0)
    assert after("x---x-").days == 0


def test_a_new_month_brings_two_freezes() -> None:
    assert after("x--x--x", today=date(2026, 12, 1), first=date(2026, 11, 25)) == Streak(
        3, 3, (date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 1), date(2026, 12, 2)), 0
    )


def test_days_before_a_streak_take_no_freeze() -> None:
    assert after("--x") == Streak(1, 1, (), 2)


def test_an_open_day_ends_nothing_and_an_excused_one_takes_no_freeze() -> None:
    assert after("xeeeexo") == Streak(2, 2, (), 2)
    assert streak([replace(day, answered=True) for day in met("xo")], MON).days == 2


def test_a_picture_of_the_days_has_a_letter_for_each_date() -> None:
    days = [day for day in met("xx-e-x-xo") if day.on < date(2026, 12, 4)]
    assert marks(days, MON - timedelta(days=1), date(2026, 12, 4), freezes=1) == ".aafem..afao."


def test_badges_are_kept_when_a_streak_ends() -> None:
    ended = after("x" * 31 + "-----", today=date(2027, 1, 12))
    assert (ended.days, ended.badges, ended.next_badge) == (0, (7, 30), 100)


def slow_streaks(days: list[PostingDay], freezes: int) -> list[int]:
    """The streak after each day: from each possible start, whether every month's misses until then fit its freezes.

    Freezes that went to a streak which ended are spent: a start counts only behind the end of the one before.
    """
    lengths, start, spent = [], 0, set[date]()
    for end in range(1, len(days) + 1):
        gone = [d.on for d in days[start:end] if not (d.answered or d.open or d.excused)]
        first = next((n for n in range(start, end) if days[n].answered), None)
        missed = [] if first is None else [on for on in gone if on > days[first].on]
        months = {(on.year, on.month) for on in missed}
        over = any(sum((on.year, on.month) == month for on in {*missed, *spent}) > freezes for month in months)
        if over:
            spent |= set(missed[:-1])  # the one that ended it was paid by no freeze
            start = end
        lengths.append(0 if over else sum(day.answered for day in days[start:end]))
    return lengths


@given(line=st.text("xxx-eo", max_size=90), freezes=st.integers(0, 3), start=st.integers(0, 40))
def test_streaks_are_those_of_a_slow_count(line: str, freezes: int, start: int) -> None:
    days = met(line, MON + timedelta(days=start))
    slow = slow_streaks(days, freezes)
    found = streak(days, MON, freezes)
    assert found.days == (slow[-1] if slow else 0)
    assert found.longest == max(slow, default=0)


@given(line=st.text("x-eo", min_size=1, max_size=60), at=st.integers(0, 59))
def test_one_more_answer_never_shortens_what_was_reached(line: str, at: int) -> None:
    days = met(line)
    at %= len(days)
    better = [replace(day, answered=True) if n == at else day for n, day in enumerate(days)]
    assert streak(better, MON).longest >= streak(days, MON).longest


NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def hours(*spans: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    return [(NINE + timedelta(hours=since), NINE + timedelta(hours=until)) for since, until in spans]


def test_absences_that_overlap_count_once_and_only_while_the_question_was_open() -> None:
    ended = NINE + timedelta(hours=23)
    away = hours((22, 30), (-5, 0.5), (1, 1.25), (1.1, 1.2), (1, 1.5))
    assert away_for(NINE, ended, away) == timedelta(hours=2)
    assert is_excused(NINE, ended, hours((3, 4)))
    assert not is_excused(NINE, ended, hours((3, 3.9), (-9, 0), (23, 40)))
