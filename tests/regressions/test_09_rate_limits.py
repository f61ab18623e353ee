"""Rate limits: no call before the platform allows it, no storm of tries, and nobody else has to wait."""

import itertools
from datetime import datetime, timedelta

from bot.storage import outbox
from tests.regressions.test_04_one_bad_target import questions_in, second_group
from tests.stage import Stage


def calls_of(stage: Stage) -> list[tuple[datetime, str]]:
    """Every write that the bot tries from now on, with its moment."""
    calls: list[tuple[datetime, str]] = []

    def hook(when: str, call: str, _: int) -> None:
        calls.extend([(stage.clock.now(), call)] * (when == "before"))

    stage.world.on_call = hook
    return calls


async def test_no_call_is_made_before_the_platform_allows_it(group: Stage) -> None:
    calls = calls_of(group)
    group.world.refuse_next("post", 429, retry_after=600)
    await group.at("Mon 09:30")
    posts = [at for at, call in calls if call == "post"]
    nine = group.moment("2026-11-23 09:00")
    assert posts[0] == nine
    assert all(at >= nine + timedelta(seconds=600) for at in posts[1:])
    assert len(posts) == 2
    assert len(group.questions) == 1


async def test_one_channels_limit_holds_no_other_channel(group: Stage) -> None:
    lena = await second_group(group)
    group.world.refuse_next("post", 429, retry_after=3600)
    await group.at("Mon 09:01")
    assert sorted([questions_in(group, group.channel), questions_in(group, lena.channel)]) == [0, 1]
    await group.at("Mon 10:05")
    assert [questions_in(group, group.channel), questions_in(group, lena.channel)] == [1, 1]


async def test_a_platform_that_refuses_for_an_hour_is_asked_seldom(group: Stage) -> None:
    calls = calls_of(group)
    group.world.refuse_next("post", 429, times=10_000)
    await group.at("Mon 10:00")
    posts = [at for at, call in calls if call == "post"]
    waits = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(posts)]
    assert len(posts) < 15, "back-off doubles from two seconds to a quarter of an hour"
    assert waits == sorted(waits)


async def test_what_was_held_back_arrives_once_and_in_order(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    for actor in (group.jonas, group.aiko, group.tom):
        await actor.presses("C")
    group.world.refuse_next("post", 429, times=4, retry_after=20)
    await group.at("Tue 09:30")
    assert len(group.questions) == 2
    reveals = [line for line in group.said_since(0) if line.startswith("bot (in the thread): Reveal:")]
    assert len(reveals) == 1
    counts = await group.read(outbox.counts)
    assert (counts["dead"], counts["maybe_doubled"], counts["pending"]) == (0, 0, 0)
