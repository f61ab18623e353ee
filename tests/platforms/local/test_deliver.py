from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.errors import DeliveryError, Refusal
from bot.core.messages import Attachment, Button, Buttons, message
from bot.core.ports import Call, CannotLook, Change, OpenThread, React, Receipt, Send, Sending
from bot.core.refs import MessageRef, Person, Place, Target
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import Refused

from .conftest import Group, Reach, draw, make_group

QUESTION = message("**Why?**", Buttons((Button("Answer", "answer", ("q1",)),)))


def sending(group: Group, call: Call, target: Target | None = None, before: Receipt | None = None) -> Sending:
    return Sending("key", target or group.place, call, group.clock.now(), before or Receipt())


def ada(group: Group) -> Person:
    return Person("local", "local", group.ada)


# --- each call ------------------------------------------------------------------------------------------------------


async def test_a_message_stands_where_its_receipt_says(platform: LocalPlatform, group: Group) -> None:
    receipt = await platform.deliver(sending(group, Send(QUESTION)))
    assert receipt == Receipt(message=MessageRef(group.place, "m1"))
    (said,) = group.world.view(group.ben)["messages"]
    assert said["blocks"] == [
        {"type": "paragraph", "runs": [{"text": "Why?", "bold": True}]},
        {"type": "buttons", "buttons": [{"label": "Answer", "id": "answer:q1", "style": "plain"}]},
    ]


async def test_a_message_to_a_person_is_private(platform: LocalPlatform, group: Group) -> None:
    receipt = await platform.deliver(sending(group, Send(QUESTION), ada(group)))
    assert receipt.message == MessageRef(Place("local", "local", "dm-u1"), "m1")
    assert group.world.view(group.ben)["messages"] == []


async def test_a_chain_of_rows_posts_opens_a_thread_and_writes_in_it(platform: LocalPlatform, group: Group) -> None:
    posted = await platform.deliver(sending(group, Send(QUESTION)))
    opened = await platform.deliver(sending(group, OpenThread("Why?"), before=posted))
    thread = replace(group.place, thread="t1")
    assert opened == Receipt(message=posted.message, thread=thread)
    first = await platform.deliver(replace(sending(group, Send(QUESTION, in_thread=True), before=opened), key="k2"))
    second = await platform.deliver(replace(sending(group, Send(QUESTION, in_thread=True), before=first), key="k3"))
    assert first == Receipt(message=MessageRef(thread, "m2"), thread=thread)
    assert second == Receipt(message=MessageRef(thread, "m3"), thread=thread)


async def test_opening_a_thread_twice_gives_the_same_thread(platform: LocalPlatform, group: Group) -> None:
    posted = await platform.deliver(sending(group, Send(QUESTION)))
    twice = [await platform.deliver(sending(group, OpenThread("Why?"), before=posted)) for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(group.world.view(group.ada)["threads"]) == 1


async def test_a_change_replaces_the_message_named_else_the_one_before(platform: LocalPlatform, group: Group) -> None:
    posted = await platform.deliver(sending(group, Send(QUESTION)))
    assert posted.message
    named = await platform.deliver(sending(group, Change(message("One."), posted.message)))
    before = await platform.deliver(sending(group, Change(message("Two.")), before=posted))
    assert named.message == before.message == posted.message
    (said,) = group.world.view(group.ada)["messages"]
    assert (said["blocks"][0]["runs"], said["edited"]) == ([{"text": "Two."}], True)


async def test_reacting_twice_is_reacting_once(platform: LocalPlatform, group: Group) -> None:
    said = await group.world.say(group.ada, group.channel, "Hi")
    to = MessageRef(group.place, said["id"])
    for _ in range(2):
        await platform.deliver(sending(group, React(to, "👍")))
    await group.world.add_reaction(group.ben, said["id"], "👍")
    assert group.world.view(group.ada)["messages"][0]["reactions"] == {"👍": ["bot", group.ben]}


async def test_rows_that_need_the_row_before_say_so(platform: LocalPlatform, group: Group) -> None:
    calls: list[Call] = [Send(QUESTION, in_thread=True), OpenThread("x"), Change(QUESTION)]
    for call in calls:
        with pytest.raises(DeliveryError, match="the row before") as error:
            await platform.deliver(sending(group, call))
        assert error.value.refusal is Refusal.malformed


async def test_a_large_attachment_arrives(platform: LocalPlatform, group: Group) -> None:
    words = "ü" * 200_000
    await platform.deliver(sending(group, Send(message(Attachment("all.txt", words)))))
    assert group.world.file(group.ada, "f1").data.decode() == words


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "refusal", "permanent"),
    [
        (400, Refusal.malformed, True),
        (403, Refusal.forbidden, True),
        (404, Refusal.gone, True),
        (429, Refusal.busy, False),
        (500, Refusal.busy, False),
        (503, Refusal.busy, False),
    ],
)
async def test_a_refusal_is_said_in_the_houses_words(
    platform: LocalPlatform, group: Group, status: int, refusal: Refusal, permanent: bool
) -> None:
    group.world.refuse_next("post", status, retry_after=1.5)
    with pytest.raises(DeliveryError) as error:
        await platform.deliver(sending(group, Send(QUESTION)))
    assert (error.value.refusal, error.value.permanent, error.value.retry_after) == (refusal, permanent, 1.5)
    await platform.deliver(sending(group, Send(QUESTION)))
    assert len(group.world.view(group.ada)["messages"]) == 1


async def test_a_closed_private_conversation_is_forbidden(platform: LocalPlatform, group: Group) -> None:
    group.world.close_dms(group.ada)
    with pytest.raises(DeliveryError) as error:
        await platform.deliver(sending(group, Send(QUESTION), ada(group)))
    assert error.value.refusal is Refusal.forbidden
    group.world.open_dms(group.ada)
    assert (await platform.deliver(sending(group, Send(QUESTION), ada(group)))).message


async def test_a_missing_permission_is_forbidden_and_given_back_is_not(platform: LocalPlatform, group: Group) -> None:
    said = await group.world.say(group.ada, group.channel, "Hi")
    ref = MessageRef(group.place, said["id"])
    calls: dict[str, Call] = {
        "send messages": Send(QUESTION),
        "open threads": OpenThread("x"),
        "add reactions": React(ref, "👍"),
    }
    for permission, call in calls.items():
        group.world.take_permission(group.channel, permission)
        with pytest.raises(DeliveryError) as error:
            await platform.deliver(sending(group, call, before=Receipt(ref)))
        assert error.value.refusal is Refusal.forbidden
        group.world.give_permission(group.channel, permission)
        await platform.deliver(sending(group, call, before=Receipt(ref)))


async def test_a_deleted_channel_thread_or_message_is_gone(platform: LocalPlatform, group: Group) -> None:
    posted = await platform.deliver(sending(group, Send(QUESTION)))
    opened = await platform.deliver(sending(group, OpenThread("x"), before=posted))
    group.world.delete_thread("t1")
    await gone(platform, sending(group, Send(QUESTION, in_thread=True), before=opened))
    await group.world.delete_message(group.ada, "m1")
    await gone(platform, sending(group, Change(QUESTION), before=posted))
    group.world.delete_channel(group.channel)
    await gone(platform, sending(group, Send(QUESTION)))


async def gone(platform: LocalPlatform, what: Sending) -> None:
    with pytest.raises(DeliveryError) as error:
        await platform.deliver(what)
    assert error.value.refusal is Refusal.gone


# --- sent, and the receipt lost -------------------------------------------------------------------------------------


def lost() -> None:
    raise Refused(500, "the answer was lost")


LOSING: dict[str, Callable[[], None]] = {"before": lambda: None, "after": lost}


async def sent_and_lost(platform: LocalPlatform, group: Group, target: Target | None = None) -> Sending:
    """Let the world write, and the bot hear of an error."""
    group.world.on_call = lambda when, call, number: LOSING[when]()
    what = sending(group, Send(QUESTION), target)
    with pytest.raises(DeliveryError) as error:
        await platform.deliver(what)
    assert error.value.refusal is Refusal.busy
    group.world.on_call = None
    return what


async def test_with_a_nonce_sending_again_gives_the_first_message(reach: Reach) -> None:
    group = make_group("nonce")
    async with reach(group.world) as side:
        platform = LocalPlatform(side, draw)
        tried = await sent_and_lost(platform, group)
        with pytest.raises(CannotLook):
            await platform.look_back(tried)
        assert (await platform.deliver(tried)).message == MessageRef(group.place, "m1")
    assert len(group.world.view(group.ada)["messages"]) == 1


async def test_with_a_history_the_message_is_found_by_its_key(reach: Reach) -> None:
    group = make_group("history")
    async with reach(group.world) as side:
        platform = LocalPlatform(side, draw)
        assert await platform.look_back(sending(group, Send(QUESTION))) is None
        tried = await sent_and_lost(platform, group)
        assert await platform.look_back(tried) == Receipt(message=MessageRef(group.place, "m1"))
        in_private = await sent_and_lost(platform, group, ada(group))
        found = await platform.look_back(in_private)
    assert found == Receipt(message=MessageRef(Place("local", "local", "dm-u1"), "m2"))


async def test_with_a_history_that_may_not_be_read_one_cannot_look(reach: Reach) -> None:
    group = make_group("history")
    group.world.take_permission(group.channel, "read messages")
    async with reach(group.world) as side:
        with pytest.raises(CannotLook):
            await LocalPlatform(side, draw).look_back(sending(group, Send(QUESTION)))


async def test_with_neither_one_cannot_look_and_sending_again_doubles(reach: Reach) -> None:
    group = make_group("bare")
    async with reach(group.world) as side:
        platform = LocalPlatform(side, draw)
        tried = await sent_and_lost(platform, group)
        with pytest.raises(CannotLook):
            await platform.look_back(tried)
        await platform.deliver(tried)
    assert len(group.world.view(group.ada)["messages"]) == 2


@pytest.mark.parametrize("mode", ["nonce", "history", "bare"])
async def test_calls_that_change_nothing_when_made_twice_are_not_looked_for(mode: str) -> None:
    group = make_group(mode)
    ref = MessageRef(group.place, "m1")
    calls: list[Call] = [OpenThread("x"), Change(QUESTION, ref), React(ref, "👍")]
    platform = LocalPlatform(group.world, draw)
    assert [await platform.look_back(sending(group, call)) for call in calls] == [None, None, None]


async def test_the_hook_stands_around_every_write(platform: LocalPlatform, group: Group) -> None:
    calls: list[tuple[str, str, int]] = []
    group.world.on_call = lambda when, call, number: calls.append((when, call, number))
    posted = await platform.deliver(sending(group, Send(QUESTION)))
    await platform.deliver(sending(group, OpenThread("x"), before=posted))
    await platform.missing(group.place)
    group.world.refuse_next("react", 429)
    with pytest.raises(DeliveryError):
        await platform.deliver(sending(group, React(MessageRef(group.place, "m1"), "👍")))
    assert calls == [
        ("before", "post", 1),
        ("after", "post", 1),
        ("before", "open_thread", 2),
        ("after", "open_thread", 2),
        ("before", "react", 3),
    ]
