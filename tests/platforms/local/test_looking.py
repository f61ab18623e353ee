import pytest

from bot.core.errors import DeliveryError, Refusal
from bot.core.ports import CannotLook
from bot.core.refs import MessageRef, Place
from bot.platforms.local.adapter import LocalPlatform

from .conftest import Group


async def test_replies_are_what_members_wrote_as_it_stands(platform: LocalPlatform, group: Group) -> None:
    world = group.world
    question: list[dict[str, object]] = [{"type": "quote", "text": "Q"}]
    await world.post(group.channel, None, question, {})
    thread = (await world.open_thread(group.channel, "m1", "Thread"))["thread"]
    await world.post(group.channel, thread, question, {})
    answer = await world.say(group.ada, group.channel, "first", thread)
    gone = await world.say(group.ben, group.channel, "gone", thread)
    await world.say(group.ben, group.channel, "talk", thread, reply_to=answer["id"])
    await world.edit_message(group.ada, answer["id"], "better")
    await world.delete_message(group.ben, gone["id"])
    place = Place("local", "local", group.channel, thread)
    found = await platform.replies(place)
    assert [(one.id, one.text, one.who.id) for one in found] == [
        ("posted-m3", "better", group.ada),
        ("posted-m5", "talk", group.ben),
    ]
    assert found[1].reply_to == MessageRef(place, answer["id"])


async def test_replies_that_may_not_be_read_cannot_be_looked_at(platform: LocalPlatform, group: Group) -> None:
    world = group.world
    await world.post(group.channel, None, [{"type": "quote", "text": "Q"}], {})
    thread = (await world.open_thread(group.channel, "m1", "Thread"))["thread"]
    place = Place("local", "local", group.channel, thread)
    world.take_permission(group.channel, "read messages")
    with pytest.raises(CannotLook):
        await platform.replies(place)
    world.delete_channel(group.channel)
    with pytest.raises(DeliveryError) as error:
        await platform.replies(place)
    assert error.value.refusal is Refusal.gone


async def test_missing_permissions_are_named_with_what_stops(platform: LocalPlatform, group: Group) -> None:
    assert await platform.missing(group.place) == []
    group.world.take_permission(group.channel, "open threads")
    (lacking,) = await platform.missing(group.place)
    assert (lacking.permission, lacking.stops) == ("open threads", "a question gets no thread to answer in")


async def test_another_workspace_is_never_written_to(platform: LocalPlatform, group: Group) -> None:
    with pytest.raises(DeliveryError) as error:
        await platform.missing(Place("local", "elsewhere", group.channel))
    assert error.value.refusal is Refusal.malformed
