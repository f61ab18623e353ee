from datetime import UTC, date, datetime, timedelta

from bot.demo.calendar import Posting
from bot.demo.standing import Standing, standings
from bot.demo.steps import Choose, Deed, Fill, Hints, Pick, Reply, Rewrite, Step, Withdraw

ON = date(2026, 11, 23)
OPENS = datetime(2026, 11, 23, 8, tzinfo=UTC)
RIGHT, WRONG = Pick("b", right=True), Pick("a", right=False)
POSTING = Posting(ON, OPENS, OPENS + timedelta(hours=23))


def after(*deeds: tuple[int, int, Step, str]) -> Standing:
    made = [Deed(OPENS + timedelta(hours=hours), member, step, ON, message) for hours, member, step, message in deeds]
    return standings(made, [POSTING])[ON]


def test_the_first_right_answer_earns_two_more() -> None:
    standing = after((1, 0, WRONG, ""), (2, 1, RIGHT, ""), (3, 2, RIGHT, ""))
    assert standing.points() == {0: 0, 1: 12, 2: 10}
    assert (len(standing.answers), standing.right) == (3, 2)


def test_the_last_answer_before_the_reveal_counts_and_has_its_own_moment() -> None:
    standing = after((1, 0, RIGHT, ""), (2, 1, RIGHT, ""), (3, 0, RIGHT, ""))
    assert standing.points() == {0: 10, 1: 12}


def test_hints_cost_two_each_and_never_more_than_was_earned() -> None:
    standing = after(
        (1, 0, Hints(2), ""),
        (2, 0, Choose(("a",), right=True), ""),
        (3, 1, Hints(1), ""),
        (4, 1, WRONG, ""),
    )
    assert standing.points() == {0: 8, 1: 0}


def test_a_reply_that_is_deleted_counts_no_more_and_a_second_one_is_talk() -> None:
    standing = after(
        (1, 0, Reply("mine"), "m1"),
        (2, 0, Withdraw(), "m1"),
        (1, 1, Reply("mine"), "m2"),
        (2, 1, Reply("and more"), "m3"),
        (3, 1, Withdraw(), "m3"),
        (4, 1, Rewrite("better"), "m2"),
    )
    assert {member: stands.message for member, stands in standing.answers.items()} == {1: "m2"}
    assert standing.points() == {1: 5}


def test_after_the_reveal_open_answers_are_worth_half_and_others_nothing() -> None:
    standing = after((30, 0, Fill("late", None), ""), (30, 1, RIGHT, ""), (31, 2, Reply("late"), "m1"))
    assert standing.points() == {0: 2, 1: 0, 2: 2}
    assert not standing.answers


def test_who_answered_in_time_earns_nothing_more_by_answering_again() -> None:
    assert after((1, 0, Reply("mine"), "m1"), (30, 0, Fill("again", None), "")).points() == {0: 5}
