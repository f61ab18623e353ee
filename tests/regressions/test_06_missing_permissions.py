"""Missing permissions and channels that are gone: named at set-up, logged at the send, paused after several definite
refusals, and never an outage's fault."""

import pytest

from bot.storage import outbox
from tests.stage import Stage


async def test_what_is_missing_is_named_at_set_up_with_what_stops_working(stage: Stage) -> None:
    stage.world.take_permission(stage.channel, "open threads")
    stage.world.take_permission(stage.channel, "add reactions")
    said = await stage.sets_up()
    assert "I lack the permission “open threads”: a question gets no thread to answer in." in said
    assert "I lack the permission “add reactions”: an answer written in a thread gets no mark that it counts." in said
    assert "send messages" not in said


async def test_without_the_right_to_open_threads_the_reveal_comes_in_the_channel(group: Stage) -> None:
    group.world.take_permission(group.channel, "open threads")
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    await group.jonas.presses("C")
    await group.at("Tue 08:00")
    assert any(line.startswith("bot (in #ml-study): Reveal: Reading") for line in group.said_since(0))
    assert "12 points" in await group.jonas.presses("My result", under="Reading")


async def test_a_post_that_may_not_be_sent_stands_in_the_log(group: Stage) -> None:
    group.world.take_permission(group.channel, "send messages")
    await group.at("Mon 09:00")
    assert "not sent daily:1:2026-11-23:home1: forbidden" in await group.mira.types("/admin log", private=True)
    group.world.give_permission(group.channel, "send messages")
    await group.at("Tue 09:00")
    assert len(group.questions) == 1


async def test_an_outage_loses_nothing(group: Stage) -> None:
    group.world.refuse_next("post", 500, times=8)
    await group.at("Mon 09:00")
    assert group.questions == []
    await group.at("Mon 12:00")
    assert len(group.questions) == 1
    assert (await group.read(outbox.counts))["dead"] == 0


async def test_what_is_said_in_a_channel_that_cannot_be_read_is_no_answer(group: Stage) -> None:
    await group.plans("result-you-had-to-withdraw")
    await group.at("Mon 09:00")
    group.world.take_permission(group.channel, "read messages")
    await group.jonas.says("Nobody hears this.", in_thread=True)
    await group.aiko.answers("By the form.")
    await group.at("Tue 08:00")
    assert "1 answered" in group.in_thread()


async def test_after_three_refusals_in_a_row_the_home_is_paused_and_its_organisers_hear_of_it_once(
    group: Stage,
) -> None:
    group.world.take_permission(group.channel, "send messages")
    await group.at("Mon 09:00")
    assert "Today's question could not be posted" in group.mira.reads()[-1]
    await group.at("Tue 09:00")
    assert not (await group.group()).paused
    await group.at("Wed 09:00")
    assert (await group.group()).paused
    await group.at("2026-12-04 12:00")
    told = [line for line in group.mira.reads() if "I have paused your channel: 3 questions" in line]
    assert len(told) == 1
    assert "home paused" in await group.mira.types("/admin log", private=True)
    assert len(await group.all_days()) == 3, "a paused group uses up no questions"


async def test_a_paused_home_goes_on_when_it_is_set_up_again_and_nothing_is_lost(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    await group.jonas.presses("C")
    await group.at("Tue 08:30")
    group.world.take_permission(group.channel, "send messages")
    await group.at("Wed 09:00")
    group.world.give_permission(group.channel, "send messages")
    await group.at("Thu 09:00")
    assert not (await group.group()).paused, "two refusals and then a post: they are not in a row any more"
    assert len(group.questions) == 2
    group.world.take_permission(group.channel, "send messages")
    await group.at("Wed 09:00")
    assert (await group.group()).paused
    group.world.give_permission(group.channel, "send messages")
    await group.sets_up()
    await group.at("Thu 09:00")
    assert len(group.questions) == 3
    assert "12 points" in await group.jonas.presses("My result", under="Reading")


async def test_a_deleted_channel_pauses_the_group_and_the_organiser_can_resume_from_the_private_message(
    group: Stage,
) -> None:
    group.world.delete_channel(group.channel)
    await group.at("Wed 09:00")
    assert (await group.group()).paused
    assert "Going on: the study group." in await group.mira.presses("Resume")
    assert not (await group.group()).paused


@pytest.mark.parametrize("whole_ground", ["sqlite"], indirect=True)
async def test_an_outage_however_long_pauses_nobody(group: Stage) -> None:
    group.world.refuse_next("post", 500, times=10_000)
    await group.at("Fri 12:00")
    assert not (await group.group()).paused
    assert all("paused" not in line for line in group.mira.reads())
