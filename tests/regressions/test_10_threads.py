"""The life of a thread: late, deleted, with its message gone; and nothing that a member wrote is ever deleted."""

import pytest

from tests.stage import Stage


@pytest.fixture
async def asked(group: Stage) -> Stage:
    """An open question that is answered in its thread."""
    await group.plans("result-you-had-to-withdraw")
    await group.at("Mon 09:00")
    return group


async def test_a_reply_after_the_reveal_is_practice(asked: Stage) -> None:
    await asked.at("Tue 08:30")
    await asked.jonas.says("Late.", in_thread=True)
    assert "2 points" in await asked.jonas.presses("My result", under="A result")


async def test_where_the_thread_is_deleted_answers_stand_and_the_log_says_what_was_not_sent(asked: Stage) -> None:
    await asked.jonas.says("In time.", in_thread=True)
    asked.world.delete_thread(asked.thread)
    await asked.at("Tue 08:00")
    assert "In time." in await asked.jonas.presses("My result", under="A result")
    assert "not sent reveal:1:2026-11-23:home1" in await asked.mira.types("/admin log")
    await asked.at("Tue 09:00")
    assert len(asked.questions) == 1


async def test_last_weeks_empty_thread_is_in_nobodys_way(asked: Stage) -> None:
    await asked.at("2026-12-01 12:00")
    assert len(asked.questions) == 7


async def test_a_reply_in_another_thread_or_in_the_channel_is_talk(asked: Stage) -> None:
    first = asked.thread
    await asked.at("Tue 09:00")
    await asked.jonas.says("To nobody in particular.")
    await asked.world.say(asked.aiko.id, asked.channel, "In yesterday's thread.", first)
    await asked.settles()
    assert "You have not answered this one." in await asked.jonas.presses("My result", under="A result")
    assert "2 points" in await asked.aiko.presses("My result", under="A result")


async def test_nothing_that_a_member_wrote_is_deleted_or_changed(asked: Stage) -> None:
    said = [await asked.jonas.says(text, in_thread=True) for text in ("One.", "Two.", "a" * 4500)]
    await asked.jonas.types("/leave")
    await asked.at("Wed 12:00")
    assert [asked.world.messages[id].text for id in said] == ["One.", "Two.", "a" * 4500]
