"""Which question of a week was the hardest, and who climbed."""

from datetime import date

from bot.core.pictures import BoardRow
from bot.features.recaps.rules import Asked, climbers, hardest

ON = date(2026, 11, 23)


def asked(title: str, answered: int, right: int | None) -> Asked:
    return Asked(ON, title, answered, right, None)


def test_the_hardest_question_has_the_smallest_share_of_right_answers_and_answers_enough() -> None:
    week = [asked("two answers", 2, 0), asked("open", 9, None), asked("a", 4, 2), asked("b", 8, 4), asked("c", 9, 8)]
    assert hardest(week) == week[3]
    assert hardest([asked("all right", 5, 5)]) is None
    assert hardest([]) is None


def test_three_who_climbed_most_are_named_first() -> None:
    rows = [BoardRow(n, f"P{n}", 9, change) for n, change in enumerate((0, 2, None, 5, -1, 2, 1), start=1)]
    assert [row.name for row in climbers(rows)] == ["P4", "P2", "P6"]
