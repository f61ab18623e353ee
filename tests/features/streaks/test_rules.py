"""Streaks: what adds to one, what keeps it, what ends it; and a slow count that knows none of the code."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.streaks.rules import (
    Freezes,
    PostingDay,
    Streak,
    away_for,
    first_shown,
    is_excused,
    is_outside,
    marks,
    merged,
    outlooks,
    streak,
)
from bot.features.streaks.words import ahead, of_week, rule, standing

MON = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


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
    assert after("xx---") == Streak(0, 2, (date(2026, 11, 25), date(2026, 11, 26)), 0, date(2026, 11, 27), 2)
    assert after("x---x-").days == 0


def test_a_new_month_brings_two_freezes() -> None:
    assert after("x--x--x", today=date(2026, 12, 1), first=date(2026, 11, 25)) == Streak(
        3, 3, (date(2026, 12, 1), date(2026, 12, 2)), 0
    )


def test_a_change_of_the_freezes_counts_from_the_month_after_it_and_moves_nothing_before() -> None:
    days = met("xxxxxxx-" + "x" * 6 + "-----", date(2026, 11, 2))  # misses on 11 November, and from the 20th on
    before = streak(days[:14], date(2026, 11, 19))
    assert (before.days, before.badges) == (13, (7,))
    for number in (0, 1, 3):
        changed = Freezes(changes=((date(2026, 11, 3), 5), (date(2026, 11, 19), number), (date(2026, 12, 1), 9)))
        assert streak(days[:14], date(2026, 11, 19), changed) == before
        assert streak(days[:14], date(2026, 12, 31), changed) == replace(before, used=(), left=number)
        assert streak(days[:14], date(2027, 1, 1), changed) == replace(before, used=(), left=9)


def test_days_before_a_streak_take_no_freeze() -> None:
    assert after("--x") == Streak(1, 1, (), 2)


def test_an_open_day_ends_nothing_and_an_excused_one_takes_no_freeze() -> None:
    assert after("xeeeexo") == Streak(2, 2, (), 2)
    assert streak([replace(day, answered=True) for day in met("xo")], MON).days == 2


def test_a_picture_of_the_days_has_a_letter_for_each_date() -> None:
    days = [day for day in met("xx-e-x-xo") if day.on < date(2026, 12, 4)]
    assert marks(days, MON - timedelta(days=1), date(2026, 12, 4), freezes=Freezes(1)) == ".aafem..afao."


def test_each_open_day_says_what_answering_and_missing_it_will_do() -> None:
    def of(line: str) -> list[tuple[int, int, int]]:
        found = outlooks(met(line, date(2026, 11, 2)))
        return [(one.answered.days, one.missed.days, one.missed.left) for one in found]

    assert of("xxo") == [(3, 2, 1)]  # a freeze would keep it
    assert of("xx--o") == [(3, 0, 0)]  # no freeze is left
    assert of("-o") == [(1, 0, 2)]  # there is nothing to keep
    assert of("xxoo") == [(3, 2, 1), (3, 2, 1)]  # of the other one nobody knows yet
    assert of("xx") == []
    excused = [replace(day, excused=day.open) for day in met("xxo", date(2026, 11, 2))]
    assert outlooks(excused)[0].missed == streak(excused[:2], MON)


def test_a_freeze_is_of_the_month_of_the_day_that_is_open_and_not_of_today() -> None:
    days = met("x--xxxo", MON)
    assert [(one.day.on.month, one.missed.days, one.missed.left) for one in outlooks(days)] == [(12, 4, 1)]


def test_a_picture_begins_with_the_first_day_or_so_many_weeks_ago() -> None:
    assert first_shown(met("x" * 40), date(2027, 1, 15), 4) == date(2026, 12, 21)
    assert first_shown(met("x", date(2026, 11, 25)), date(2026, 11, 25), 26) == MON
    assert first_shown([], date(2026, 11, 25), 26) == MON


def test_what_is_ahead_is_said_so_that_it_can_be_predicted() -> None:
    def said(line: str, *, excused: bool = False, answered: bool = False, next_at: datetime | None = NINE) -> str:
        days = [replace(day, ends=NINE) for day in met(line, date(2026, 11, 2))]
        days = [replace(day, excused=excused, answered=day.answered or answered) if day.open else day for day in days]
        spans = ahead(streak(days, MON), outlooks(days), next_at, "Europe/Berlin").spans
        return "".join(span if isinstance(span, str) else "NINE" for span in spans)

    assert said("xxo") == (
        "**Wed 4 Nov** is open until its reveal, NINE. Answer it, and your streak is 3 days. "
        "Miss it, and a freeze keeps your streak; 1 would be left in November."
    )
    assert said("xx--o").endswith("Miss it, and your streak ends, since no freeze is left for that day.")
    assert said("-o").endswith("Answer it, and your streak is 1 day. Miss it, and nothing is lost.")
    assert said("xo", excused=True).endswith("Miss it, and nothing happens, since you or I were away.")
    assert said("xo", answered=True) == "**Tue 3 Nov** is answered and counts; the day ends with its reveal, NINE."
    assert said("xoo").count("\n") == 1
    assert said("x") == "No question is open: nothing happens to your streak until the next one, NINE."
    assert said("x", next_at=None) == "The group is paused: until it goes on no day counts, and no streak breaks."


def test_freezes_are_said_of_this_month_alone() -> None:
    def said(line: str, today: date, freezes: int = 2) -> str:
        return list(standing(streak(met(line), today, Freezes(freezes)), freezes, today))[1]

    december = date(2026, 12, 3)
    assert said("x-x-xxxx", december) == "Freezes left in December: 2 of 2."  # November's are another month's
    assert said("x-x-xxx-", december) == "Freezes left in December: 1 of 2; used for 2 Dec."
    assert said("xxxxxxx-", december, 0) == "No freezes in December: a missed day ends a streak."
    assert "Miss one, and your streak ends, since this month has no freezes. Days without" in rule(0)
    assert "one in each calendar month" in rule(1)


def test_a_week_says_when_and_why_a_streak_ended_and_what_is_left() -> None:
    def said(line: str, today: date = date(2026, 11, 30), freezes: int = 2) -> list[str]:
        return list(of_week(streak(met(line), today, Freezes(freezes)), freezes, today))

    assert said("xxx-x") == ["Your streak stands at 4 days.", "Freezes left in November: 1 of 2; used for 26 Nov."]
    anew = "Answering the next question in time starts a streak, right or wrong."
    ended = "Your streak of 2 days ended on Fri 27 Nov, since no freeze was left for that day."
    assert said("xx---") == [ended, anew, "Freezes left in November: 0 of 2; used for 25 Nov, 26 Nov."]
    assert said("xx---", date(2026, 12, 7)) == [anew, "Freezes left in December: 2 of 2."]


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
    found = streak(days, MON, Freezes(freezes))
    assert found.days == (slow[-1] if slow else 0)
    assert found.longest == max(slow, default=0)


@given(line=st.text("x-eo", min_size=1, max_size=60), at=st.integers(0, 59))
def test_one_more_answer_lengthens_the_streak_of_its_day_and_shortens_none_whose_freezes_suffice(
    line: str, at: int
) -> None:
    # Where they do not suffice it can: a streak of one has its misses kept too, and the freezes are gone by the next.
    days = met(line)
    at %= len(days)
    better = [replace(day, answered=True) if n == at else day for n, day in enumerate(days)]
    until, until_then = streak(days[: at + 1], MON), streak(better[: at + 1], MON)
    assert until_then.days >= until.days + (not days[at].answered)
    assert until_then.longest >= until.longest
    assert streak(better, MON, Freezes(31)).longest >= streak(days, MON, Freezes(31)).longest


def test_freezes_that_kept_a_short_streak_are_gone_for_the_next_one() -> None:
    assert streak(met("xeeeee--x-xx"), MON).longest == 2
    assert streak(met("eeeeee--x-xx"), MON).longest == 3


def hours(*spans: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    return [(NINE + timedelta(hours=since), NINE + timedelta(hours=until)) for since, until in spans]


def test_absences_that_overlap_count_once_and_only_while_the_question_was_open() -> None:
    ended = NINE + timedelta(hours=23)
    away = hours((22, 30), (-5, 0.5), (1, 1.25), (1.1, 1.2), (1, 1.5))
    assert merged(away) == hours((-5, 0.5), (1, 1.5), (22, 30))
    assert away_for(NINE, ended, merged(away)) == timedelta(hours=2)
    assert is_excused(NINE, ended, hours((3, 4)))
    assert not is_excused(NINE, ended, merged(hours((3, 3.9), (-9, 0), (23, 40))))
    away = hours(*((-400 + 5 * number, -398 + 5 * number) for number in range(200)))
    for first in range(-480, 650, 29):
        opened = NINE + timedelta(hours=first)
        slow = sum(
            1
            for hour in range(first, first + 23)
            if any(since <= NINE + timedelta(hours=hour) < until for since, until in away)
        )
        assert away_for(opened, opened + timedelta(hours=23), away) == timedelta(hours=slow)


def test_a_day_that_ends_while_one_has_left_is_none_of_ones_own_unless_it_was_answered() -> None:
    [gone] = hours((0, 48))
    ended = [NINE + timedelta(hours=hour) for hour in (0, 1, 48, 49)]
    assert [is_outside(PostingDay(MON, ends=end), [gone]) for end in ended] == [False, True, True, False]
    assert not is_outside(PostingDay(MON, answered=True, ends=ended[1]), [gone])
