"""Double posts: two workers, a crash around the send, a reconnect, an organiser and the clock at once."""

import asyncio
from pathlib import Path

import pytest

from bot.bank.load import Bank
from bot.storage import outbox
from tests.ground import Ground
from tests.stage import Stage


async def crash(stage: Stage, at: str, call: str) -> None:
    """Let the bot die around its first write of this name, so that nothing is noted of it; start another bot."""
    died: list[str] = []

    def hook(when: str, name: str, _: int) -> None:
        if (when, name) == (at, call):
            died.append(name)
            raise asyncio.CancelledError

    stage.world.on_call = hook
    await stage.app.settle()
    assert died
    stage.world.on_call = None
    stage.world.drop_bot()
    await stage.app.database.close()
    await stage.starts()
    # Where other processes may live, what a dead one had taken up is free when its lease ends.
    await stage.until(stage.clock.now() + outbox.LEASE)


@pytest.mark.parametrize("mode", ["nonce", "history"])
@pytest.mark.parametrize(("at", "call"), [("before", "post"), ("after", "post"), ("after", "open_thread")])
async def test_a_crash_around_the_send_neither_loses_nor_doubles(
    tmp_path: Path, bank: Bank, ground: Ground, mode: str, at: str, call: str
) -> None:
    stage = await Stage.open(tmp_path, bank, ground, mode=mode)
    await stage.sets_up()
    stage.clock.set(stage.moment("Mon 09:00"))
    await crash(stage, at, call)
    posts = [entry for entry in stage.world.messages.values() if "0 answered" in stage.words_of(entry)]
    assert len(posts) == len(stage.questions) == 1
    assert (await stage.read(outbox.counts))["maybe_doubled"] == 0
    await stage.stops()


async def test_a_crash_between_commit_and_send_of_a_reveal_loses_nothing(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    await group.jonas.presses("C")
    group.clock.set(group.moment("Tue 08:00"))
    await crash(group, "before", "post")
    assert "First right: Jonas." in group.in_thread()
    assert group.in_thread().count("Reveal:") == 1
    assert "12 points" in await group.jonas.presses("My result")


async def test_a_platform_that_connects_again_posts_nothing_again(group: Stage) -> None:
    await group.at("Mon 09:00")
    platform = group.app.platforms["local"]
    for _ in range(3):
        await platform.stop()
        await platform.start(group.app.dispatcher.handle, group.app.inbox.keep)
        await group.settles()
    assert len(group.questions) == 1


async def test_an_organiser_who_posts_at_the_same_moment_posts_once(group: Stage) -> None:
    group.clock.set(group.moment("Mon 09:00"))
    typed = group.world.run(group.mira.id, group.channel, "admin next")
    await asyncio.gather(typed, group.app.settle(), group.app.settle())
    await group.settles()
    on = [day.on for day in await group.all_days()]
    assert len(on) == len(set(on)) == len(group.questions)
