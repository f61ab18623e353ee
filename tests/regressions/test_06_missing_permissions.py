"""Missing permissions and channels that are gone: named at set-up, logged at the send, and never an outage's fault."""

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
