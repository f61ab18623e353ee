"""Somebody takes no private messages: everybody else gets theirs, and the organisers' log says so."""

from tests.stage import Stage


async def test_closed_private_messages_hang_nothing(group: Stage) -> None:
    for actor in (group.jonas, group.aiko):
        await actor.types("/join")
        await actor.types("/settings")
        await actor.presses("Reminders and privacy")
        await actor.fills(remind_posted="yes")
    group.world.close_dms(group.jonas.id)
    await group.at("Mon 09:00")
    assert len(group.questions) == 1
    assert group.aiko.sees("Today's question is there")
    assert not group.jonas.sees("Today's question is there")
    assert "not sent posted:1:to2: forbidden" in await group.mira.types("/admin log")
    group.world.open_dms(group.jonas.id)
    await group.at("Tue 09:00")
    assert group.jonas.sees("Today's question is there")


async def test_a_welcome_that_cannot_be_sent_keeps_nobody_out(group: Stage) -> None:
    group.world.close_dms(group.tom.id)
    await group.tom.types("/join")
    await group.aiko.types("/join")
    assert group.aiko.sees("Welcome to")
    assert "Your settings" in await group.tom.types("/settings")
    assert "not sent welcome:" in await group.mira.types("/admin log")
