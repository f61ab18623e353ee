"""Looking at a board and sharing it, from the event to the answer."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.core.messages import Picture
from bot.core.pictures import BoardCard
from bot.core.refs import MemberId
from bot.features.answers.store import answers
from bot.features.boards import words
from bot.features.days.store import days
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.streaks.rules import Streak
from bot.storage.database import Database

from .channel import LAST_WEEK, TODAY, Channel, buttons_of, card_of, open_channel, post, said, words_of
from .conftest import NOW

DECEMBER = date(2026, 12, 2)


@pytest.fixture
async def channel(sqlite: Database) -> Channel:
    """A home in which Ana, Ben, Cleo and a dozen others study."""
    return await open_channel(sqlite)


async def test_an_empty_board_says_how_points_come(channel: Channel) -> None:
    board = await channel.types("Ana", "board")
    assert "A right answer to the question of the day gives 10, the first right one 2 more" in words_of(board)
    assert "Share here" not in buttons_of(board)
    assert not any(isinstance(part, Picture) for part in board.parts)


async def test_a_board_names_rank_name_points_and_change(channel: Channel) -> None:
    for name, points, on in [("Ana", 12, TODAY), ("Ben", 10, TODAY), ("Ben", 5, LAST_WEEK), ("Ana", 1, LAST_WEEK)]:
        await channel.books(name, points, on=on)
    board = await channel.types("Ben", "board week")
    assert "**This week's board**: «Night owls», week 48 from 23 November 2026\n" in words_of(board)
    assert "- **1** «Ana»: **12 points**, up 1\n- **2** «Ben»: **10 points**, down 1, you\n" in words_of(board)
    assert card_of(board).alt == (
        "This week's board, Night owls, week 48 from 23 November 2026: "
        "1. Ana, 12 points, up 1; 2. Ben, 10 points, down 1, you."
    )


async def test_everything_in_the_picture_is_in_its_words(channel: Channel) -> None:
    for number in range(12):
        await channel.books(f"P{number}", 100 - number)
    await channel.books("Ana", 1)
    picture = card_of(await channel.types("Ana", "board season"))
    assert isinstance(picture.spec, BoardCard)
    assert len(picture.spec.rows) == 12
    for row in picture.spec.rows:
        assert f"{row.rank}. {row.name}, {row.points} point" in picture.alt
    assert picture.spec.title in picture.alt
    assert picture.spec.subtitle in picture.alt


async def test_an_asker_below_the_top_ten_sees_their_own_row_and_neighbours(channel: Channel) -> None:
    for number in range(12):
        await channel.books(f"P{number}", 100 - number)
    await channel.books("Ana", 89)
    board = words_of(await channel.types("Ana", "board day"))
    assert (
        "- **10** «P9»: **91 points**\nAround you:\n"
        "- **11** «P10»: **90 points**\n- **12** «Ana»: **89 points**, you\n- **12** «P11»: **89 points**\n"
    ) in board


async def test_a_question_asked_before_its_date_begins_no_week_and_no_month_early(channel: Channel) -> None:
    await channel.books("Ben", 10)
    await channel.books("Ana", 12, on=DECEMBER)

    def ask_early(tx: Connection) -> None:
        tx.execute(
            days.insert().values(
                group_id=channel.group.id, track_id=groups.tracks_of(tx, channel.group.id)[0].id, on=DECEMBER,
                state="revealed", question_id="q", option_order=[], late=False, opened_at=NOW, reveal_at=NOW,
            )
        )  # fmt: skip

    await channel.database.write(ask_early)
    month = await channel.types("Ben", "board month")
    assert "**This month's board**: «Night owls», November 2026\n- **1** «Ben»" in words_of(month)
    assert "**This week's board**: «Night owls», week 48" in words_of(await channel.types("Ben", "board week"))
    assert "**The board of the last question**: «Night owls», Wednesday 2 December" in words_of(
        await channel.types("Ben", "board day")
    )
    assert "The one after" in buttons_of(month)
    later = said(await channel.presses("Ben", "board-of", "month", str(DECEMBER.replace(day=1))))
    assert "December 2026\n- **1** «Ana»" in words_of(later)


async def test_a_board_of_a_topic_holds_its_points_only(channel: Channel) -> None:
    await channel.books("Ana", 10, "attention", "sql")
    await channel.books("Ben", 30, "trees")
    for typed in ("board all attention", "board all topic=ATTENTION", "board all attention and transformers"):
        board = await channel.types("Ben", typed)
        assert "since the beginning, «Attention and transformers»\n" in words_of(board)
        assert "- **1** «Ana»: **10 points**\nYou have no points here yet.\n" in words_of(board)
    assert "«Ana»: **10 points**" in words_of(await channel.types("Ben", "board all sql"))


async def test_an_unknown_topic_is_answered_with_those_near(channel: Channel) -> None:
    answer = words_of(await channel.types("Ana", "board week atention"))
    assert answer == (
        "«Wanted day, week, month, season, all, or a topic of the question bank, such as attention; got “atention”. "
        "Did you mean attention?»\n"
    )


async def test_buttons_lead_to_the_other_periods_of_the_same_topic(channel: Channel) -> None:
    await channel.books("Ana", 10, "trees")
    buttons = buttons_of(await channel.types("Ana", "board week trees"))
    assert list(buttons) == ["Day", "Month", "Season", "All time", "Share here"]
    month = said(await channel.presses("Ana", buttons["Month"].action, *buttons["Month"].args))
    assert "**This month's board**: «Night owls», November 2026, «Decision trees»\n" in words_of(month)


async def test_a_board_leads_to_the_one_before_it(channel: Channel) -> None:
    await channel.books("Ana", 10, "trees")
    await channel.books("Ben", 7, "trees", on=LAST_WEEK)
    back = buttons_of(await channel.types("Ana", "board week"))["The one before"]
    last = said(await channel.presses("Ana", back.action, *back.args))
    assert "**The board of a week**: «Night owls», week 47 from 16 November 2026\n- **1** «Ben»: **7 p" in words_of(
        last
    )
    sharing = buttons_of(last)["Share here"]
    await channel.presses("Ana", sharing.action, *sharing.args, event="share")
    assert "week 47" in words_of((await channel.shared())[0])
    assert "The one before" not in buttons_of(last)
    forth = buttons_of(last)["The one after"]
    assert "week 48" in words_of(said(await channel.presses("Ana", forth.action, *forth.args, event="forth")))


async def test_periods_without_points_are_passed_over_and_changes_are_since_the_last_one_with(channel: Channel) -> None:
    for name, points, on in [("Ana", 3, date(2026, 9, 2)), ("Ben", 2, date(2026, 9, 2)), ("Ben", 9, TODAY)]:
        await channel.books(name, points, on=on)
    for period, before in [("day", "2 September"), ("week", "week 36"), ("month", "September"), ("season", "July")]:
        board = await channel.types("Ana", f"board {period}")
        assert "«Ben»: **9 points**, up 1" in words_of(board)
        back = buttons_of(board)["The one before"]
        assert before in words_of(said(await channel.presses("Ana", back.action, *back.args, event=f"to {period}")))


async def test_no_button_leads_to_where_only_somebody_unseen_has_points(channel: Channel) -> None:
    for name, on in [("Ben", TODAY), ("Cleo", date(2026, 11, 3)), ("Ana", date(2026, 8, 3))]:
        await channel.books(name, 10, "trees", on=on)
    await channel.sets("Cleo", seen_by="nobody")
    await channel.sets("Ana", left_at=NOW)
    for period in ("day", "week", "month", "season"):
        assert "The one before" not in buttons_of(await channel.types("Ben", f"board {period} topic=trees"))


async def test_those_who_share_the_last_place_are_spoken_of(channel: Channel) -> None:
    for number in range(11):
        await channel.books(f"P{number}", 20 - min(number, 9))
    assert "- **10** «P9»: **11 points**\nand others who share the last place\n" in words_of(
        await channel.types("Ana", "board")
    )


async def test_a_shared_board_goes_to_the_channel_without_the_askers_rows(channel: Channel) -> None:
    for number in range(12):
        await channel.books(f"P{number}", 100 - number)
    await channel.books("Ana", 1)
    share = buttons_of(await channel.types("Ana", "board"))["Share here"]
    answer = await channel.presses("Ana", share.action, *share.args)
    (board,) = await channel.shared()
    assert (words_of(said(answer)), answer.private) == ("Shared.\n", True)
    assert "«P9»" in words_of(board)
    assert "Ana" not in words_of(board) + card_of(board).alt
    assert "you" not in words_of(board) + card_of(board).alt


async def test_a_press_that_is_delivered_twice_shares_once(channel: Channel) -> None:
    await channel.books("Ana", 10)
    await channel.presses("Ana", "share-board", "week")
    assert (await channel.presses("Ana", "share-board", "week")).reply is None
    assert len(await channel.shared()) == 1


async def test_a_board_is_shared_again_soon_only_where_it_changed(channel: Channel) -> None:
    await channel.books("Ana", 10)
    await channel.books("Ben", 5)
    told = [words_of(said(await channel.presses("Ana", "share-board", "week", event=f"{n}"))) for n in range(2)]
    await channel.sets("Ben", seen_by="nobody")
    told.append(words_of(said(await channel.presses("Ana", "share-board", "week", event="2"))))
    assert told == [f"{words.SHARED}\n", f"{words.SHARED_ALREADY}\n", f"{words.SHARED}\n"]
    assert ["Ben" in words_of(board) for board in await channel.shared()] == [True, False]


async def test_who_has_shared_several_boards_waits_for_the_next_one_and_others_do_not(channel: Channel) -> None:
    await channel.books("Ana", 10)
    shares = [("Ana", period) for period in ("day", "week", "month", "season")] + [("Ben", "season")]
    told = [
        words_of(said(await channel.presses(name, "share-board", period, event=f"{number}")))
        for number, (name, period) in enumerate(shares)
    ]
    assert told == [*[f"{words.SHARED}\n"] * 3, f"«{words.SHARED_OFTEN}»\n", f"{words.SHARED}\n"]
    assert len(await channel.shared()) == 4


async def test_neighbours_share_a_rank_with_the_asker_or_with_each_other(channel: Channel) -> None:
    ten = [(f"P{number}", 50) for number in range(10)]
    for name, points in [*ten, ("P10", 9), ("P11", 9), ("Ana", 7), ("Ben", 7), ("Cleo", 3)]:
        await channel.books(name, points)
    await channel.sets("P11", seen_by="nobody")
    around = {
        name: words_of(await channel.types(name, "board")).split(f"{words.AROUND_YOU}\n")[1].split("\nYou")[0]
        for name in ("Ana", "Ben", "Cleo")
    }
    assert around == {
        "Ana": "- **11** «P10»: **9 points**\n- **12** «Ana»: **7 points**, you\n- **12** «Ben»: **7 points**",
        "Ben": "- **12** «Ana»: **7 points**\n- **12** «Ben»: **7 points**, you\n- **14** «Cleo»: **3 points**",
        "Cleo": "- **12** «Ben»: **7 points**\n- **14** «Cleo»: **3 points**, you",
    }
    own = words_of(await channel.types("P11", "board")).split(f"{words.ONLY_YOU}\n")[1].split("\nYou")[0]
    assert own == "- **11** «P10»: **9 points**\n- **11** «P11»: **9 points**, you\n- **12** «Ana»: **7 points**"


async def test_a_shared_board_names_only_those_whom_everybody_may_see(channel: Channel) -> None:
    for name, points, seen_by in [("Ana", 30, "nobody"), ("Ben", 20, "group"), ("Cleo", 10, "public")]:
        await channel.books(name, points)
        await channel.sets(name, seen_by=seen_by)
    await channel.presses("Ana", "share-board", "week")
    (board,) = await channel.shared()
    assert "- **1** «Cleo»: **10 points**\n" in words_of(board)
    assert not {"Ana", "Ben"} & set(words_of(board).replace("«", " ").replace("»", " ").split())


async def test_a_board_on_which_everybody_is_hidden_is_not_shared(channel: Channel) -> None:
    await channel.books("Ana", 30)
    await channel.sets("Ana", seen_by="nobody")
    assert words.NOTHING_TO_SHARE in words_of(said(await channel.presses("Ana", "share-board", "week")))
    assert await channel.shared() == []


async def test_a_hidden_asker_sees_their_own_row_and_others_do_not(channel: Channel) -> None:
    await channel.books("Ana", 30)
    await channel.books("Ben", 20)
    await channel.sets("Ana", seen_by="nobody")
    own = words_of(await channel.types("Ana", "board"))
    assert "- **1** «Ben»: **20 points**\nOnly you see your row:\n- **1** «Ana»: **30 points**, you\n" in own
    others = await channel.types("Ben", "board")
    assert "- **1** «Ben»: **20 points**, you\n" in words_of(others)
    assert "Ana" not in words_of(others) + card_of(others).alt


async def test_somebody_outside_the_group_sees_public_members_and_no_row_of_their_own(channel: Channel) -> None:
    await channel.books("Ana", 30)
    await channel.books("Ben", 20)
    await channel.sets("Ana", seen_by="group")
    board = words_of(await channel.types("Zoe", "board"))
    assert "- **1** «Ben»: **20 points**\n" in board
    assert "Ana" not in board
    assert "streak" not in board


async def test_somebody_outside_the_group_cannot_share(channel: Channel) -> None:
    await channel.books("Ana", 30)
    assert "You are not in this group yet." in words_of(said(await channel.presses("Zoe", "share-board", "week")))
    assert await channel.shared() == []


async def test_a_member_who_left_still_sees_their_own_row_and_the_way_back(channel: Channel) -> None:
    await channel.books("Ana", 30)
    await channel.sets("Ana", left_at=NOW)
    board = await channel.types("Ana", "board")
    assert f"Only you see your row:\n- **1** «Ana»: **30 points**, you\n{words.LEFT}" in words_of(board)
    assert buttons_of(board)["Come back"].action == "join"
    assert "Share here" not in buttons_of(board)


async def test_in_private_the_board_is_that_of_the_askers_only_group(channel: Channel) -> None:
    await channel.books("Ana", 30)
    assert "«Night owls»" in words_of(await channel.types("Ana", "board", channel="dm-ana"))
    assert "There is no study group here yet." in words_of(await channel.types("Zoe", "board", channel="dm-zoe"))


async def test_a_name_cannot_make_up_rows(channel: Channel) -> None:
    await channel.books("Ana", 30)
    await channel.sets("Ana", name="Ana\n- **1** Ben: 99 points @everyone")
    board = words_of(await channel.types("Ben", "board"))
    assert "«Ana - **1** Ben: 99 points @everyone»: **30 points**" in board


async def test_the_period_is_the_one_in_the_groups_zone(channel: Channel) -> None:
    channel.clock.set(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # 00:30 of the new year in Berlin
    assert "Friday 1 January 2027" in words_of(await channel.types("Ana", "board day"))
    assert "week 53 from 28 December 2026" in words_of(await channel.types("Ana", "board week"))
    assert "January to March 2027" in words_of(await channel.types("Ana", "board season"))


def ask_daily(tx: Connection, group: Group, member: MemberId, answered: Sequence[bool]) -> None:
    """Ask a question on each day up to today, of which the last is open, and answer some of them."""
    (track,) = groups.tracks_of(tx, group.id)
    for back, given in enumerate(reversed(answered)):
        state = "revealed" if back else "open"
        day = tx.scalar(
            days.insert().returning(days.c.id).values(
                group_id=group.id, track_id=track.id, on=TODAY - timedelta(days=back), state=state, question_id="q",
                option_order=[], late=False, opened_at=NOW - timedelta(days=back),
                reveal_at=NOW - timedelta(days=back - 1),
            )
        )  # fmt: skip
        post(tx, day or 0)
        tx.execute(
            answers.insert().values(
                group_id=group.id, day_id=day, member_id=member, response={}, right=False, share=0.0, feedback="",
                given_at=NOW, practice=False, withdrawn=not given,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("answered", "line"),
    [
        ([True, True, True, False, False, False, True, False], "Your streak: **1 day**; your longest: 3 days.\n"),
        ([True, False, True, True], "Your streak: **3 days**; your longest: 3 days.\n"),
        ([True, False, False, False, False], "right or wrong. Your longest was 1 day.\n"),
    ],
)
async def test_a_board_tells_the_askers_streak(channel: Channel, answered: list[bool], line: str) -> None:
    await channel.database.write(ask_daily, channel.group, channel.ids["Ana"], answered)
    assert words_of(await channel.types("Ana", "board")).endswith(line)


async def test_a_member_without_answers_is_told_how_a_streak_starts(channel: Channel) -> None:
    assert "You have no streak now; answering the next question in time starts one" in words_of(
        await channel.types("Ana", "board")
    )


@pytest.mark.parametrize(
    ("streak", "line"),
    [
        (Streak(1, 4), "Your streak: **1 day**; your longest: 4 days."),
        (Streak(0, 4), "right or wrong. Your longest was 4 days."),
        (Streak(0, 0), "starts one, right or wrong."),
    ],
)
def test_streaks_are_said_in_words(streak: Streak, line: str) -> None:
    assert words.streak_line(streak).endswith(line)
