"""Which question of a week was the hardest, who climbed, and what its picture shows."""

from datetime import date, time
from zoneinfo import ZoneInfo

from bot.core.messages import Buttons, Picture, Text, Verbatim
from bot.core.pictures import BoardRow
from bot.core.refs import GroupId
from bot.features.boards.rules import Period, Rows
from bot.features.boards.words import View, shared
from bot.features.groups.rules import Numbers
from bot.features.groups.store import Group
from bot.features.recaps.rules import Asked, climbers, hardest
from bot.features.recaps.words import picture, recap

ON = date(2026, 11, 23)
GROUP = Group(
    GroupId(1), "Night owls", ZoneInfo("Europe/Berlin"), time(9), frozenset(range(5)), "mid", "", False, Numbers()
)


def asked(title: str, answered: int, right: int | None, track: str = "") -> Asked:
    return Asked(ON, title, answered, right, None, track)


def test_the_hardest_question_has_the_smallest_share_of_right_answers_and_answers_enough() -> None:
    week = [asked("two answers", 2, 0), asked("open", 9, None), asked("a", 4, 2), asked("b", 8, 4), asked("c", 9, 8)]
    assert hardest(week) == week[3]
    assert hardest([asked("all right", 5, 5)]) is None
    assert hardest([]) is None


def test_three_who_climbed_most_are_named_first() -> None:
    rows = [BoardRow(n, f"P{n}", 9, change) for n, change in enumerate((0, 2, None, 5, -1, 2, 1), start=1)]
    assert [row.name for row in climbers(rows)] == ["P4", "P2", "P6"]


def test_the_picture_marks_the_hardest_question_and_shows_the_first_ranks_and_who_climbed() -> None:
    rows = tuple(BoardRow(rank, f"P {rank}\n" * 30, 9, change) for rank, change in ((1, 2), (2, 0), (2, None), (4, 7)))
    week = [asked("easy", 5, 5), asked("hard", 5, 1), asked("as hard", 5, 1), asked("open", 5, None)]
    card = picture(View(GROUP, Period.week, ON, True, "", "", Rows(rows, ())), ON, week, 3)
    assert [(one.title, one.hardest) for one in card.asked if one.hardest] == [("hard", True)]
    assert [row.rank for row in card.leaders] == [1, 2, 2]
    assert [row.change for row in card.climbers] == [7, 2]
    assert all(len(row.name) <= 40 and row.name.isprintable() for row in (*card.leaders, *card.climbers))
    assert (card.mocks, card.asked[3].right) == (3, None)


def test_a_week_of_several_tracks_names_each_of_them_once_and_says_once_where_nobody_answered() -> None:
    week = [asked("p", 5, 2, "main"), asked("q", 0, None, "*juniors*"), asked("r", 0, None, "main")]
    week += [asked("s", 0, None, "*juniors*"), asked("t", 1, 1, "seniors")]
    said = recap(View(GROUP, Period.week, ON, True, "", "", Rows((), ())), ON, week, 0)
    assert [plain(part) for part in said.parts if isinstance(part, Text)][1:4] == [
        "**main**\n- Mon: p: 5 answered, 2 right\n- Mon: r: nobody answered",
        "***juniors***: nobody answered this week.",
        "**seniors**\n- Mon: t: 1 answered, 1 right",
    ]
    [card] = [part for part in said.parts if isinstance(part, Picture)]
    assert card.alt == (
        "The week from 23 November. Night owls. main: Mon: p: 2 of 5 right, the hardest; Mon: r: nobody answered. "
        "seniors: Mon: t: 1 of 1 right. *juniors*: nobody answered this week."
    )
    assert Verbatim("*juniors*") in said.parts[3].spans  # type: ignore[union-attr]  # an organiser's words stay data


def plain(said: Text) -> str:
    return "".join(span.text if isinstance(span, Verbatim) else str(span) for span in said.spans)


def test_where_am_i_means_the_week_that_is_told_and_the_board_that_was_shared_whenever_it_is_pressed() -> None:
    view = View(GROUP, Period.month, ON, True, "", "", Rows((), ()))
    for told, wanted in ((recap(view, ON, [], 0), "week"), (shared(view), "month")):
        (pressed,) = (b for part in told.parts if isinstance(part, Buttons) for b in part.buttons if "Where" in b.label)
        assert (pressed.action, pressed.args) == ("board-of", (wanted, "2026-11-23"))
