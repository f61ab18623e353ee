"""Private rooms: who sees them, and that one is opened once."""

import pytest

from bot.core.errors import DeliveryError, Refusal
from bot.core.messages import message
from bot.core.ports import CannotLook, LetIn, LetOut, OpenRoom, Send, Sending
from bot.core.refs import Person
from bot.platforms.local.adapter import LocalPlatform

from .conftest import Group, draw, make_group


def opening(group: Group, *people: str) -> Sending:
    inside = tuple(Person("local", "local", id) for id in people)
    return Sending("room:1", group.place, OpenRoom("Mock interview 1", inside), group.clock.now())


async def test_a_room_is_seen_by_its_people_alone(platform: LocalPlatform, group: Group) -> None:
    carl = group.world.join_person("Carl")["id"]
    receipt = await platform.deliver(opening(group, group.ada, group.ben))
    assert receipt.thread is not None
    said = Sending("k", receipt.thread, Send(message("Hello, you two.")), group.clock.now())
    assert (await platform.deliver(said)).message
    for user, sees in ((group.ada, True), (group.ben, True), (carl, False)):
        view = group.world.view(user)
        assert (receipt.thread.channel in [channel["id"] for channel in view["channels"]]) == sees
        assert bool(view["messages"]) == sees


async def test_opening_a_room_twice_gives_the_same_one(platform: LocalPlatform, group: Group) -> None:
    twice = [await platform.deliver(opening(group, group.ada, group.ben)) for _ in range(2)]
    assert twice[0] == twice[1]
    assert len([channel for channel in group.world.channels.values() if channel.kind == "room"]) == 1


async def test_everybody_is_in_it_already(platform: LocalPlatform, group: Group) -> None:
    receipt = await platform.deliver(opening(group, group.ada, group.ben))
    let_in = LetIn(Person("local", "local", group.ben))
    assert await platform.deliver(Sending("l", group.place, let_in, group.clock.now(), receipt)) == receipt


async def test_who_is_taken_out_sees_the_room_no_more_and_may_be_taken_out_twice(
    platform: LocalPlatform, group: Group
) -> None:
    receipt = await platform.deliver(opening(group, group.ada, group.ben))
    ada, ben = Person("local", "local", group.ada), Person("local", "local", group.ben)
    for _ in range(2):
        out = Sending("o", group.place, LetOut(ben, (ada,)), group.clock.now(), receipt)
        assert (await platform.deliver(out)).thread == receipt.thread
    assert receipt.thread is not None
    for user, sees in ((group.ada, True), (group.ben, False)):
        view = group.world.view(user)
        assert (receipt.thread.channel in [channel["id"] for channel in view["channels"]]) == sees


async def test_a_newcomer_to_every_channel_is_in_no_room(platform: LocalPlatform, group: Group) -> None:
    receipt = await platform.deliver(opening(group, group.ada, group.ben))
    assert receipt.thread is not None
    late = group.world.join_person("Late")["id"]
    assert late not in group.world.channels[receipt.thread.channel].people


async def test_without_the_permission_or_somebody_it_is_refused(platform: LocalPlatform, group: Group) -> None:
    group.world.take_permission(group.channel, "open threads")
    with pytest.raises(DeliveryError) as error:
        await platform.deliver(opening(group, group.ada, group.ben))
    assert error.value.refusal is Refusal.forbidden
    group.world.give_permission(group.channel, "open threads")
    with pytest.raises(DeliveryError) as error:
        await platform.deliver(opening(group, group.ada, "u99"))
    assert error.value.refusal is Refusal.gone


@pytest.mark.parametrize("mode", ["nonce", "history"])
async def test_what_was_opened_before_a_crash_is_found(mode: str) -> None:
    group = make_group(mode)
    platform = LocalPlatform(group.world, draw)
    wanted = opening(group, group.ada, group.ben)
    assert await platform.look_back(wanted) is None
    receipt = await platform.deliver(wanted)
    assert await platform.look_back(wanted) == receipt


async def test_where_nothing_can_tell_nobody_looks() -> None:
    group = make_group("bare")
    platform = LocalPlatform(group.world, draw)
    await platform.deliver(opening(group, group.ada, group.ben))
    with pytest.raises(CannotLook):
        await platform.look_back(opening(group, group.ada, group.ben))
