import asyncio
from datetime import timedelta

import pytest

from bot.platforms.local.formats import FAILED, File, Json, Refused
from bot.platforms.local.inbound import INTERACTIONS
from bot.platforms.local.world import World

from .conftest import Group, make_group

HELLO: list[Json] = [{"type": "paragraph", "runs": [{"text": "Hello"}]}]
GO: list[Json] = [*HELLO, {"type": "buttons", "buttons": [{"label": "Go", "id": "go:1", "style": "plain"}]}]
PICK: list[Json] = [
    {
        "type": "select",
        "id": "pick",
        "placeholder": "",
        "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}],
        "at_least": 1,
        "at_most": 1,
    }
]
FORM: Json = {"type": "form", "form": {"title": "T", "id": "f:1", "intro": "", "fields": []}}
PRIVATE: Json = {"type": "message", "private": True, "blocks": GO}


async def answering(world: World, *replies: Json) -> list[Json]:
    """Be a bot that gives these replies, one after another; the interactions that it hears are noted."""
    heard: list[Json] = []
    tasks = []

    def receive(event: Json) -> None:
        if event["type"] in INTERACTIONS:
            tasks.append(asyncio.ensure_future(world.answer(event["id"], replies[len(heard)], {})))
            heard.append(event)

    await world.connect(receive)
    return heard


def texts(view: Json) -> list[str]:
    return [message.get("text") or str(message.get("blocks")) for message in view["messages"]]


# --- seeing ---------------------------------------------------------------------------------------------------------


async def test_a_view_has_the_people_and_what_was_said(group: Group) -> None:
    await group.world.say(group.ada, group.channel, "Hi")
    view = group.world.view(group.ben)
    assert [person["name"] for person in view["people"]] == ["Batchmates", "Ada", "Ben"]
    assert [channel["id"] for channel in view["channels"]] == [group.channel, "dm-u2"]
    assert view["messages"] == [
        {
            "id": "m1",
            "channel": group.channel,
            "thread": None,
            "author": group.ada,
            "at": "2026-11-23T09:00:00+00:00",
            "text": "Hi",
            "edited": False,
            "reply_to": None,
            "reactions": {},
            "thread_id": None,
            "only_for": None,
        }
    ]


async def test_nothing_private_to_others_is_seen(group: Group) -> None:
    world = group.world
    world.add_channel("organisers", [group.ada])
    await answering(world, PRIVATE)
    await world.run(group.ada, group.channel, "me")
    await world.say(group.ada, "c2", "for organisers")
    await world.say(group.ada, "dm-u1", "to the bot")
    await world.post(None, None, HELLO, {}, to_person=group.ada)
    view = world.view(group.ben)
    assert view["messages"] == []
    assert [channel["id"] for channel in view["channels"]] == [group.channel, "dm-u2"]
    assert len(world.view(group.ada)["messages"]) == 4


async def test_a_file_is_given_to_those_who_see_its_message(group: Group) -> None:
    picture: Json = {"type": "picture", "file": "0", "alt": "x"}
    file = File("p.png", "image/png", b"PNG")
    await group.world.post(None, None, [picture], {"0": file}, to_person=group.ada)
    assert group.world.view(group.ada)["messages"][0]["blocks"][0]["file"] == "f1"
    assert group.world.file(group.ada, "f1") == file
    with pytest.raises(Refused, match="404"):
        group.world.file(group.ben, "f1")


async def test_watchers_hear_what_changes_and_who_sees_it(group: Group) -> None:
    world = group.world
    heard: list[Json] = []
    stop = world.watch(heard.append)
    await world.post(group.channel, None, HELLO, {})
    await world.open_thread(group.channel, "m1", "Thread")
    await world.react(group.channel, "m1", "👍")
    await world.post(None, None, HELLO, {}, to_person=group.ben)
    stop()
    await world.say(group.ada, group.channel, "not heard")
    assert [(change["type"], change["seen_by"]) for change in heard] == [
        ("posted", ["u1", "u2"]),
        ("thread", ["u1", "u2"]),
        ("edited", ["u1", "u2"]),
        ("reacted", ["u1", "u2"]),
        ("posted", ["u2"]),
    ]


async def test_the_same_acts_make_the_same_world() -> None:
    views = []
    for group in (make_group(), make_group()):
        await group.world.post(group.channel, None, HELLO, {})
        await group.world.say(group.ben, group.channel, "Hi", reply_to="m1")
        views.append(group.world.view(group.ada))
    assert views[0] == views[1]


# --- what people cannot do ------------------------------------------------------------------------------------------


async def test_nobody_presses_what_they_do_not_see(group: Group) -> None:
    await answering(group.world, PRIVATE, {"type": "none"})
    reply = await group.world.run(group.ada, group.channel, "me")
    assert await group.world.press(group.ada, reply["id"], "go:1") == {"type": "none"}
    with pytest.raises(Refused, match="404"):
        await group.world.press(group.ben, reply["id"], "go:1")


async def test_nobody_presses_what_is_not_on_the_message(group: Group) -> None:
    await group.world.post(group.channel, None, GO, {})
    with pytest.raises(Refused, match="404"):
        await group.world.press(group.ada, "m1", "go:2")


async def test_only_options_of_a_select_are_chosen(group: Group) -> None:
    heard = await answering(group.world, {"type": "none"})
    await group.world.post(group.channel, None, PICK, {})
    for wrong in (["c"], [], ["a", "b"]):
        with pytest.raises(Refused, match="400"):
            await group.world.choose(group.ada, "m1", "pick", wrong)
    await group.world.choose(group.ada, "m1", "pick", ["b"])
    assert [(event["action"], event["chosen"]) for event in heard] == [("pick", ["b"])]


async def test_a_form_is_sent_by_those_who_were_shown_it_once(group: Group) -> None:
    world = group.world
    await answering(world, FORM, {"type": "problems", "errors": {"x": "no"}}, {"type": "none"})
    await world.run(group.ada, group.channel, "setup")
    with pytest.raises(Refused, match="404"):
        await world.submit(group.ben, "f:1", {}, group.channel)
    assert (await world.submit(group.ada, "f:1", {}, group.channel))["type"] == "problems"
    assert (await world.submit(group.ada, "f:1", {}, group.channel))["type"] == "none"
    with pytest.raises(Refused, match="404"):
        await world.submit(group.ada, "f:1", {}, group.channel)


async def test_only_the_author_changes_and_a_manager_may_delete(group: Group) -> None:
    said = await group.world.say(group.ben, group.channel, "Hi")
    with pytest.raises(Refused, match="403"):
        await group.world.edit_message(group.ada, said["id"], "Ho")
    await group.world.delete_message(group.ada, said["id"])
    assert texts(group.world.view(group.ben)) == []
    other = await group.world.say(group.ada, group.channel, "Hi")
    with pytest.raises(Refused, match="403"):
        await group.world.delete_message(group.ben, other["id"])


async def test_nobody_writes_where_they_are_not(group: Group) -> None:
    group.world.add_channel("organisers", [group.ada])
    for channel, thread in (("c2", None), ("dm-u1", None), (group.channel, "t9"), ("c9", None)):
        with pytest.raises(Refused, match="404"):
            await group.world.say(group.ben, channel, "Hi", thread)


async def test_who_left_does_nothing_until_they_come_back(group: Group) -> None:
    await group.world.leave(group.ben)
    with pytest.raises(Refused, match="404"):
        await group.world.say(group.ben, group.channel, "Hi")
    with pytest.raises(Refused, match="404"):
        await group.world.post(None, None, HELLO, {}, to_person="u9")
    group.world.rejoin(group.ben)
    assert (await group.world.say(group.ben, group.channel, "Back"))["text"] == "Back"


async def test_shortcuts_are_those_of_the_world(group: Group) -> None:
    heard = await answering(group.world, {"type": "none"})
    said = await group.world.say(group.ben, group.channel, "My answer")
    await group.world.shortcut(group.ben, said["id"], "count-as-answer")
    assert (heard[-1]["action"], heard[-1]["message"]) == ("count-as-answer", said["id"])
    with pytest.raises(Refused, match="404"):
        await group.world.shortcut(group.ben, said["id"], "delete-group")


# --- answers --------------------------------------------------------------------------------------------------------


async def test_without_a_bot_an_interaction_fails_at_once(group: Group) -> None:
    assert await group.world.run(group.ada, group.channel, "help") == FAILED


async def test_an_edit_replaces_the_message_whose_button_was_pressed(group: Group) -> None:
    await answering(group.world, {"type": "edit", "blocks": HELLO})
    await group.world.post(group.channel, None, GO, {})
    await group.world.press(group.ada, "m1", "go:1")
    (message,) = group.world.view(group.ben)["messages"]
    assert (message["blocks"], message["edited"]) == (HELLO, True)


async def test_an_edit_after_a_form_replaces_the_message_that_brought_it(group: Group) -> None:
    await answering(group.world, FORM, {"type": "edit", "blocks": HELLO})
    await group.world.post(group.channel, None, GO, {})
    await group.world.press(group.ada, "m1", "go:1")
    await group.world.submit(group.ada, "f:1", {}, group.channel)
    assert group.world.view(group.ben)["messages"][0]["blocks"] == HELLO


async def test_a_public_answer_is_seen_by_everybody(group: Group) -> None:
    await answering(group.world, {**PRIVATE, "private": False})
    await group.world.run(group.ada, group.channel, "board")
    assert group.world.view(group.ben)["messages"][0]["only_for"] is None


# --- what the bot may not do ----------------------------------------------------------------------------------------


async def test_messages_that_no_platform_takes_are_refused(group: Group) -> None:
    twice: Json = {"type": "buttons", "buttons": [{"label": "A", "id": "a", "style": "plain"}] * 2}
    for wrong in ([], [{"type": "quote", "text": "x" * 4001}], [twice]):
        with pytest.raises(Refused, match="400"):
            await group.world.post(group.channel, None, wrong, {})


async def test_the_bot_changes_neither_members_messages_nor_private_ones(group: Group) -> None:
    await answering(group.world, PRIVATE)
    await group.world.run(group.ada, group.channel, "me")
    said = await group.world.say(group.ada, group.channel, "Hi")
    with pytest.raises(Refused, match="404"):
        await group.world.edit(group.channel, "m1", HELLO, {})
    with pytest.raises(Refused, match="403"):
        await group.world.edit(group.channel, said["id"], HELLO, {})


async def test_a_nonce_holds_for_five_minutes() -> None:
    group = make_group("nonce")
    first = await group.world.post(group.channel, None, HELLO, {}, "key")
    assert await group.world.post(group.channel, None, HELLO, {}, "key") == first
    group.clock.set(group.clock.now() + timedelta(minutes=5))
    assert await group.world.post(group.channel, None, HELLO, {}, "key") != first


async def test_only_mode_history_keeps_keys_and_only_mode_nonce_looks_at_them() -> None:
    seen = {}
    for mode in ("nonce", "history", "bare"):
        group = make_group(mode)
        for _ in range(2):
            await group.world.post(group.channel, None, HELLO, {}, "key")
        seen[mode] = [message.get("key") for message in await group.world.history(group.channel, None)]
    assert seen == {"nonce": [None], "history": ["key", "key"], "bare": [None, None]}


async def test_history_can_begin_at_a_moment(group: Group) -> None:
    await group.world.say(group.ada, group.channel, "early")
    group.clock.set(group.clock.now() + timedelta(hours=1))
    await group.world.say(group.ada, group.channel, "late")
    after = await group.world.history(group.channel, None, "2026-11-23T10:00:00+00:00")
    assert [message["text"] for message in after] == ["late"]


async def test_a_replaced_picture_is_gone(group: Group) -> None:
    picture: Json = {"type": "picture", "file": "0", "alt": "x"}
    file = File("p.png", "image/png", b"PNG")
    await group.world.post(group.channel, None, [picture], {"0": file})
    await group.world.edit(group.channel, "m1", [picture], {"0": file})
    assert list(group.world.files) == ["f2"]
