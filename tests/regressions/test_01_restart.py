"""Jobs that a restart or a sleep loses or skips: here they are rows, so they are caught up or left out, and logged."""

from tests.stage import Stage


async def test_a_bot_that_dies_a_minute_before_the_post_posts_when_it_is_back(group: Stage) -> None:
    await group.at("Mon 08:59")
    await group.away("Mon 09:10")
    assert len(group.questions) == 1
    assert group.jonas.sees("(late: the bot was away)")
    await group.restarts()
    await group.at("Mon 20:00")
    assert len(group.questions) == 1


async def test_a_bot_that_is_away_for_too_long_leaves_the_post_out_and_says_so(group: Stage) -> None:
    await group.at("Mon 08:59")
    await group.away("Mon 15:10")
    assert group.questions == []
    assert (await group.mira.types("/admin log")).count("missed the question of 2026-11-23") == 1
    await group.restarts()
    assert (await group.mira.types("/admin log")).count("missed the question of 2026-11-23") == 1


async def test_a_reveal_and_a_reminder_that_fell_into_the_absence_come_late(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.jonas.types("/settings")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_reveal="yes")
    await group.at("Mon 09:00")
    await group.away("Tue 06:30")
    assert group.jonas.sees("Still open, and not answered by you")
    await group.away("Tue 08:30")
    assert "Reveal:" in group.in_thread()
    assert sum("Reveal:" in line for line in group.said_since(0) if line.startswith("bot (in the thread)")) == 1
