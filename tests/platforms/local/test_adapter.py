import asyncio
from datetime import timedelta

import pytest

from bot.core.events import (
    ActionPressed,
    CommandInvoked,
    CommandTyped,
    Deleted,
    Edited,
    Event,
    FormSubmitted,
    Left,
    Posted,
)
from bot.core.forms import Choice, Form, FormProblems
from bot.core.messages import Button, Buttons, Edit, Message, Picture, Verbatim, message, text
from bot.core.pictures import Histogram
from bot.core.ports import Answer, Platform
from bot.core.refs import MessageRef, Person
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import FAILED
from tests.platforms.local.keeping import keeping

from .conftest import Group, Handler, Reach, draw, make_group

GO = message("Ready?", Buttons((Button("Go", "go", ("q1",)),)))


def say(*replies: Answer) -> Handler:
    """Give these answers, one after another."""
    waiting = iter(replies)
    return Handler(lambda _: next(waiting))


async def started(platform: LocalPlatform, handler: Handler) -> Handler:
    await platform.start(handler, keeping(handler))
    return handler


def test_the_local_platform_is_a_platform(group: Group) -> None:
    platform: Platform = LocalPlatform(group.world, draw)
    assert platform.name == "local"


def test_only_in_mode_nonce_a_key_holds() -> None:
    holds = [LocalPlatform(make_group(mode).world, draw).nonce_holds for mode in ("nonce", "history", "bare")]
    assert holds == [timedelta(minutes=5), timedelta(0), timedelta(0)]


# --- what happens becomes events ------------------------------------------------------------------------------------


async def test_every_act_becomes_its_event(platform: LocalPlatform, group: Group) -> None:
    form = Form("T", "f", (Choice(name="days", label="Days", options=(("mo", "Mon"),), many=True),), ("a1",))
    handler = await started(platform, say(*[Answer(None)] * 6, Answer(GO), Answer(form), Answer(None), Answer(None)))
    world, ada = group.world, group.ada
    said = await world.say(ada, group.channel, "Hi")
    await world.edit_message(ada, said["id"], "Ho")
    await world.say(ada, group.channel, "Re", reply_to=said["id"])
    await world.delete_message(ada, said["id"])
    await world.leave(group.ben)
    await world.invoke(ada, group.channel, "board", {"period": "week"})
    reply = await world.run(ada, group.channel, "question")
    await world.press(ada, reply["id"], "go:q1")
    await world.submit(ada, "f:a1", {"days": ["mo", "tu"]}, group.channel)
    await world.settled()
    assert [type(event) for event in handler.events if event.who.id == ada] == [
        Posted,
        Edited,
        Posted,
        Deleted,
        CommandInvoked,
        CommandTyped,
        ActionPressed,
        FormSubmitted,
    ]
    assert [type(event) for event in handler.events if event.who.id == group.ben] == [Left]


async def test_events_say_who_where_and_when(platform: LocalPlatform, group: Group) -> None:
    handler = await started(platform, Handler())
    said = await group.world.say(group.ada, group.channel, "@everyone **x** <b>")
    await group.world.settled()
    assert handler.events == [
        Posted(
            id="posted-m1",
            who=Person("local", "local", group.ada),
            name="Ada",
            place=group.place,
            at=group.clock.now(),
            zone="Europe/Berlin",
            manager=True,
            message=MessageRef(group.place, said["id"]),
            text="@everyone **x** <b>",
        )
    ]


async def test_a_button_and_a_form_bring_back_their_args(platform: LocalPlatform, group: Group) -> None:
    form = Form("T", "f", (Choice(name="days", label="Days", options=(("mo", "Mon"),), many=True),), ("a1",))
    handler = await started(platform, say(Answer(GO), Answer(form), Answer(None)))
    reply = await group.world.run(group.ada, group.channel, "question")
    await group.world.press(group.ada, reply["id"], "go:q1")
    await group.world.submit(group.ada, "f:a1", {"days": ["mo", "tu"]}, group.channel)
    pressed, submitted = handler.events[1:]
    assert isinstance(pressed, ActionPressed)
    assert (pressed.action, pressed.args, pressed.message) == ("go", ("q1",), MessageRef(group.place, reply["id"]))
    assert isinstance(submitted, FormSubmitted)
    assert (submitted.action, submitted.args, submitted.values) == ("f", ("a1",), {"days": "mo tu"})


async def test_every_press_is_an_event_of_its_own(platform: LocalPlatform, group: Group) -> None:
    handler = await started(platform, say(Answer(GO), Answer(None), Answer(None)))
    reply = await group.world.run(group.ada, group.channel, "question")
    for _ in range(2):
        await group.world.press(group.ada, reply["id"], "go:q1")
    assert len({event.id for event in handler.events}) == 3


async def test_without_the_permission_to_read_nothing_is_heard(platform: LocalPlatform, group: Group) -> None:
    group.world.take_permission(group.channel, "read messages")
    handler = await started(platform, Handler())
    await group.world.say(group.ada, group.channel, "Hi")
    await group.world.settled()
    assert handler.events == []


# --- replies --------------------------------------------------------------------------------------------------------


async def test_a_private_reply_is_given_and_kept_for_the_asker(platform: LocalPlatform, group: Group) -> None:
    hostile = "@everyone **x** <b>"
    await started(platform, say(Answer(message(text("You said ", Verbatim(hostile))))))
    reply = await group.world.run(group.ada, group.channel, "me")
    assert reply == {
        "type": "message",
        "private": True,
        "id": "m1",
        "blocks": [{"type": "paragraph", "runs": [{"text": "You said "}, {"text": hostile}]}],
    }
    assert group.world.view(group.ada)["messages"][0]["only_for"] == group.ada
    assert group.world.view(group.ben)["messages"] == []


async def test_problems_edits_and_silence_reach_the_asker(platform: LocalPlatform, group: Group) -> None:
    await started(
        platform,
        say(Answer(GO), Answer(Edit(message("Done."))), Answer(FormProblems({"zone": "Wanted one."})), Answer(None)),
    )
    world = group.world
    first = await world.run(group.ada, group.channel, "question")
    edited = await world.press(group.ada, first["id"], "go:q1")
    problems = await world.run(group.ada, group.channel, "setup")
    assert edited["id"] == first["id"]
    assert problems == {"type": "problems", "errors": {"zone": "Wanted one."}}
    assert await world.run(group.ada, group.channel, "x") == {"type": "none"}
    assert len(world.view(group.ada)["messages"]) == 1


async def test_a_long_reply_comes_as_several_messages(platform: LocalPlatform, group: Group) -> None:
    await started(platform, say(Answer(message(*["word " * 700] * 3))))
    reply = await group.world.run(group.ada, group.channel, "guide")
    assert len(reply["more"]) == 2
    assert len(group.world.view(group.ada)["messages"]) == 3


async def test_a_picture_in_a_reply_is_drawn(platform: LocalPlatform, group: Group) -> None:
    await started(platform, say(Answer(message(Picture(Histogram("H", (1.0,), 2.0), "One answer.")))))
    reply = await group.world.run(group.ada, group.channel, "me")
    assert group.world.file(group.ada, reply["blocks"][0]["file"]).data == b"PNG H"


async def test_a_reply_that_the_world_does_not_take_fails_and_stops_nothing(
    platform: LocalPlatform, group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    await started(platform, say(Answer(Message(())), Answer(GO)))
    assert await group.world.run(group.ada, group.channel, "secret words") == FAILED
    assert (await group.world.run(group.ada, group.channel, "question"))["type"] == "message"
    assert "secret" not in caplog.text
    assert "event_not_taken type=typed error=Refused" in caplog.text


async def test_nobody_waits_for_somebody_else(platform: LocalPlatform, group: Group) -> None:
    gate = asyncio.Event()
    gates = {"slow": gate.wait, "after": gate.wait}
    order: list[str] = []

    async def handle(event: Event) -> Answer:
        assert isinstance(event, CommandTyped)
        await gates.get(event.text, open_gate)()
        order.append(event.text)
        return Answer(None)

    await platform.start(handle, keeping(handle))
    slow = asyncio.create_task(group.world.run(group.ada, group.channel, "slow"))
    await asyncio.sleep(0)
    after = asyncio.create_task(group.world.run(group.ada, group.channel, "after"))
    await group.world.run(group.ben, group.channel, "quick")
    gate.set()
    await asyncio.gather(slow, after)
    assert order == ["quick", "slow", "after"]


async def open_gate() -> bool:
    return True


# --- again ----------------------------------------------------------------------------------------------------------


async def test_what_was_not_handled_comes_again_in_order(group: Group, reach: Reach) -> None:
    await group.world.say(group.ada, group.channel, "before the bot")

    async def fails(event: Event) -> Answer:
        raise RuntimeError("the database is gone")

    async with reach(group.world) as side:
        first = LocalPlatform(side, draw)
        await first.start(fails, keeping(fails))
        await group.world.say(group.ada, group.channel, "while it fails")
        await first.stop()
        handler = Handler()
        second = LocalPlatform(side, draw)
        await second.start(handler, keeping(handler))
        await group.world.settled()
        await second.stop()
    assert [event.id for event in handler.events] == ["posted-m1", "posted-m2"]


async def test_what_was_handled_does_not_come_again(group: Group, reach: Reach) -> None:
    handler = Handler()
    async with reach(group.world) as side:
        for words in ("one", "two"):
            platform = LocalPlatform(side, draw)
            await platform.start(handler, keeping(handler))
            await group.world.say(group.ada, group.channel, words)
            await group.world.settled()
            await platform.stop()
    assert [event.id for event in handler.events] == ["posted-m1", "posted-m2"]


async def test_who_asked_hears_when_the_bot_goes_away_and_is_not_asked_again(group: Group, reach: Reach) -> None:
    asked = asyncio.Event()

    async def hangs(event: Event) -> Answer:
        asked.set()
        await asyncio.sleep(60)
        raise AssertionError("it was ended before")

    handler = Handler()
    async with reach(group.world) as side:
        platform = LocalPlatform(side, draw)
        await platform.start(hangs, keeping(hangs))
        waiting = asyncio.create_task(group.world.run(group.ada, group.channel, "help"))
        await asyncio.wait_for(asked.wait(), 5)
        group.world.drop_bot()
        assert await waiting == FAILED
        await LocalPlatform(side, draw).start(handler, keeping(handler))
        await group.world.say(group.ada, group.channel, "Hi")
        await group.world.settled()
    assert [event.id for event in handler.events] == ["posted-m1"]


async def test_stopping_finishes_what_has_begun_and_begins_nothing(platform: LocalPlatform, group: Group) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()
    handled: list[str] = []

    async def handle(event: Event) -> Answer:
        begun.set()
        await gate.wait()
        handled.append(event.id)
        return Answer(message("Done."))

    await platform.start(handle, keeping(handle))
    first = asyncio.create_task(group.world.run(group.ada, group.channel, "one"))
    await begun.wait()
    second = asyncio.create_task(group.world.run(group.ada, group.channel, "two"))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(platform.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert (await first)["type"] == "message"
    assert await second == FAILED
    assert len(handled) == 1
