"""Somebody takes no private messages: everybody else gets theirs, and the organisers' log says so."""

from sqlalchemy import select

from bot.core.refs import GroupId
from bot.features.members import store as members
from bot.features.rooms import store as rooms
from bot.storage.outbox import outbox
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


CLOSED = "your private messages are closed to me"


async def test_who_takes_no_private_messages_is_named_in_the_room_once_a_day(group: Stage) -> None:
    group.world.close_dms(group.jonas.id)
    await group.jonas.types("/join")
    await group.jonas.types("/settings")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_posted="yes", remind_reveal="yes")
    assert f"@{group.jonas.id}, {CLOSED}" in group.in_channel()
    await group.at("Mon 09:00")
    assert group.in_channel().count(CLOSED) == 1
    await group.at("Tue 06:30")
    assert group.in_channel().count(CLOSED) == 2
    await group.at("Wed 06:30")
    assert group.in_channel().count(CLOSED) == 3
    # What was in the message stays private, and its button answers in private.
    assert "Still open" not in group.in_channel()
    assert "answered" in await group.jonas.presses("Today's question", under=CLOSED)


async def test_a_room_that_refuses_the_hint_too_ends_it_there(group: Stage) -> None:
    group.world.close_dms(group.jonas.id)
    group.world.take_permission(group.channel, "send messages")
    await group.jonas.types("/join")
    await group.at("Mon 08:00")
    log = await group.mira.types("/admin log")
    assert log.count("not sent closed:") == 1
    assert "home paused" not in log


async def test_who_wants_to_be_seen_by_nobody_is_not_named_in_the_room(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.jonas.types("/settings seen_by=nobody")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_posted="yes")
    group.world.close_dms(group.jonas.id)
    await group.at("Mon 09:00")
    assert "not sent posted:" in await group.mira.types("/admin log")
    assert CLOSED not in group.in_channel()


async def test_what_the_room_may_not_know_of_is_never_hinted_at(group: Stage) -> None:
    group.world.close_dms(group.mira.id)
    await group.mira.types("/admin test")
    assert "not sent test:" in await group.mira.types("/admin log")
    assert CLOSED not in group.in_channel()


async def test_a_day_is_that_of_the_group_also_where_another_one_begins_elsewhere(group: Stage) -> None:
    await group.jonas.types("/join")
    (jonas,) = [one for one in await group.read(members.active, GroupId(1)) if one.name == "Jonas"]
    for moment in (
        "Tue 00:30",
        "Tue 01:30",
        "Tue 23:30",
        "Wed 00:30",
    ):  # the first is Monday in UTC
        await group.app.work.run(rooms.name_in_the_channel, jonas, group.moment(moment))
    await group.settles()
    written = await group.read(lambda tx: tx.execute(select(outbox.c.key).where(outbox.c.key.like("closed:%"))).all())
    assert [key for (key,) in written] == [f"closed:{jonas.id}:2026-11-{day}" for day in (24, 25)]
