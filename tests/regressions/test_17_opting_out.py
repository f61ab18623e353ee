"""Skipping and opting out are honoured, before and after the moment they are for."""

from tests.stage import Stage


async def test_a_date_that_is_skipped_just_in_time_is_skipped(group: Stage) -> None:
    await group.at("Mon 08:59")
    await group.mira.types("/admin skip")
    await group.at("Mon 12:00")
    assert group.questions == []


async def test_a_skip_after_the_post_is_of_the_next_date(group: Stage) -> None:
    await group.at("Mon 09:00")
    assert "Tuesday 24 November is skipped" in await group.mira.types("/admin skip")
    await group.at("Wed 08:00")
    assert len(group.questions) == 1


async def test_a_pause_just_in_time_posts_nothing_and_reveals_what_is_open(group: Stage) -> None:
    await group.at("Mon 09:00")
    await group.at("Tue 07:30")
    await group.mira.types("/admin pause")
    await group.at("Wed 12:00")
    assert len(group.questions) == 1
    assert "Reveal:" in group.in_thread()


async def test_a_blackout_of_the_same_day_holds_until_the_moment_and_not_after_it(group: Stage) -> None:
    await group.at("Mon 08:59")
    await group.mira.types("/admin blackout 2026-11-23")
    await group.at("Mon 09:30")
    assert group.questions == []
    await group.mira.types("/admin blackout 2026-11-23 off=yes")
    await group.at("Mon 12:00")
    assert group.questions == []
    await group.at("Tue 09:00")
    assert len(group.questions) == 1


async def test_reminders_that_are_turned_off_after_the_post_do_not_come(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.jonas.types("/settings")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_reveal="yes")
    await group.at("Mon 09:00")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_reveal="no")
    await group.at("Tue 08:00")
    assert not group.jonas.sees("Still open")
