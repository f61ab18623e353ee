"""The private note of a week, in a group whose last question is revealed after the hour of notes."""

from tests.stage import Stage


async def test_a_note_waits_for_the_last_reveal_of_the_week(stage: Stage) -> None:
    await stage.sets_up(at="12:00")
    await stage.mira.types("/admin blackout 2026-11-23 2026-11-26")
    await stage.plans("reading-a-p-value")
    await stage.jonas.types("/join")
    await stage.jonas.types("/settings")
    await stage.jonas.presses("Reminders and privacy")
    await stage.jonas.fills(weekly_note="yes")
    await stage.at("Fri 12:05")
    await stage.jonas.presses("C")
    await stage.at("Mon 10:55")
    assert not stage.jonas.sees("Your week in")
    await stage.at("Mon 11:10")
    assert stage.jonas.sees("You had one graded answer, and it was right")
    assert stage.jonas.sees("Your streak stands at 1 day")
