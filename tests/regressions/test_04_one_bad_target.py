"""One bad target stops nothing: the others get theirs, and the loop is alive afterwards."""

from pathlib import Path

import pytest

from bot.bank.load import Bank
from bot.storage import outbox
from tests.actor import Actor
from tests.ground import Ground
from tests.stage import Stage


async def second_group(stage: Stage) -> Actor:
    """Let Lena have a group of her own in another channel."""
    other = str(stage.world.add_channel("second", people=[])["id"])
    lena = stage.comes("Lena", manager=True, channels=[other])
    await lena.types("/setup")
    await lena.fills(zone="Europe/Berlin")
    return lena


def questions_in(stage: Stage, channel: str) -> int:
    """How many questions stand in a channel."""
    return sum(thread.channel == channel for thread in stage.world.threads.values())


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
async def test_whatever_the_first_target_answers_the_second_gets_its_question(
    tmp_path: Path, bank: Bank, ground: Ground, status: int
) -> None:
    stage = await Stage.open(tmp_path, bank, ground)
    await stage.sets_up()
    lena = await second_group(stage)
    stage.world.refuse_next("post", status)
    await stage.at("Mon 09:00")
    await stage.at("Mon 09:10")
    stood = [questions_in(stage, stage.channel), questions_in(stage, lena.channel)]
    lost = status in {400, 403, 404}
    assert sorted(stood) == [1 - lost, 1]
    assert (await stage.read(outbox.counts))["dead"] == 2 * lost
    await stage.at("Tue 09:00")
    assert [questions_in(stage, stage.channel), questions_in(stage, lena.channel)] == [one + 1 for one in stood]
    await stage.stops()


async def test_a_channel_that_is_gone_holds_no_other_channel(group: Stage) -> None:
    lena = await second_group(group)
    group.world.delete_channel(group.channel)
    await group.at("Wed 10:00")
    assert questions_in(group, lena.channel) == 3


async def test_a_group_whose_plan_is_gone_from_the_bank_still_gets_questions(group: Stage) -> None:
    lena = await second_group(group)
    plan = next(iter(group.bank.plans.values()))
    renamed = plan.model_copy(update={"id": "other"})
    await group.restarts(group.bank.__class__(
        group.bank.questions, group.bank.kits, {"other": renamed}, group.bank.taxonomy, "f" * 12
    ))  # fmt: skip
    await group.at("Tue 10:00")
    assert questions_in(group, group.channel) == questions_in(group, lena.channel) == 2
