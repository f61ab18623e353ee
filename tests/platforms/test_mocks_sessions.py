"""A mock interview on every platform: the room, a time, the brief, the clock and the feedback."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from bot.core.refs import GroupId
from bot.features.interviews import store as interviews
from bot.features.members import store as members
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import State
from bot.features.sessions.store import Session, SessionId
from tests.platforms.conftest import AnyStage
from tests.platforms.discord.stage import DiscordStage
from tests.platforms.slack.stage import SlackStage
from tests.stage import Stage

KIND, SECOND = "ml-system-design", "behavioural"


def _open(tx: Connection, stage: AnyStage, source: str, names: Sequence[str]) -> SessionId:
    by_name = {one.name: one.id for one in members.active(tx, GroupId(1))}
    return sessions.open_session(
        tx,
        group=GroupId(1),
        kind=KIND,
        people=[by_name[name] for name in names],
        why=["You have not met before."],
        second_kind=SECOND,
        source=source,
        source_id=None,
        at=stage.clock.now(),
    )


async def met(group: AnyStage, source: str = "round", names: Sequence[str] = ("Jonas", "Aiko")) -> SessionId:
    """Jonas and Aiko are put together, or three."""
    for name in ("Jonas", "Aiko", "Tom"):
        await group.person(name).types("/join")
    id = await group.app.work.run(_open, group, source, names)
    await group.settles()
    return id


async def session(group: AnyStage) -> Session:
    return await group.read(sessions.get, SessionId(1))


def in_forum(group: AnyStage) -> bool:
    return isinstance(group, DiscordStage) and group.here is not group.desk


async def test_two_meet_in_a_room_of_theirs_and_agree_on_a_time_by_buttons_and_forms(group: AnyStage) -> None:
    await met(group)
    jonas, aiko = group.person("Jonas"), group.person("Aiko")
    # A forum has no private threads: everything goes by private messages there.
    assert (await session(group)).room_state == ("direct" if in_forum(group) else "open")
    for name, sees in (("Jonas", True), ("Aiko", True), ("Tom", False), ("Mira", False)):
        assert group.person(name).sees("you have been put together") == sees
    await jonas.presses("1 works")
    assert aiko.sees("Jonas can at 1")
    await aiko.presses("1 works")
    assert (await session(group)).state is State.agreed
    assert jonas.sees("Agreed:")
    await aiko.presses("Other time")
    await aiko.fills(on="2026-11-28", at="19:30")
    await jonas.presses("1 works", under="asks for another time")
    assert (await session(group)).starts_at == group.moment("2026-11-28 19:30")
    if not isinstance(group, DiscordStage):
        await jonas.types("/mock event")
        assert aiko.sees("elsewhere there are no events")
    await jonas.presses("Meeting link")
    await jonas.fills("https://meet.example.org/ours")
    assert aiko.sees("meet.example.org/ours")
    await jonas.presses("Cancel")
    await jonas.fills("A fever.")
    assert aiko.sees("has cancelled this interview")
    assert aiko.sees("A fever.")
    assert (await session(group)).state is State.cancelled


async def test_an_interview_is_held_with_brief_facts_clock_swap_and_feedback(group: AnyStage) -> None:
    await met(group, source="now")
    jonas, aiko = group.person("Jonas"), group.person("Aiko")
    first, second = await group.read(interviews.of_session, SessionId(1))
    assert jonas.sees(f"Interviewer's brief: {first.kit.title}")
    assert not aiko.sees(f"Interviewer's brief: {first.kit.title}")
    await jonas.presses("Start")
    assert aiko.sees("Jonas is here.")
    await aiko.presses("Start")
    assert aiko.sees(f"1. {first.kit.title}")
    told = first.kit.facts_on_request[0]
    await jonas.presses(f"Tell: {told.asked_about}")
    assert aiko.sees(told.fact[:40])
    await group.until(group.clock.now() + timedelta(minutes=first.minutes[0]))
    assert aiko.sees(f"Stage 2 of {len(first.minutes)}")
    await aiko.presses("Pause")
    await group.restarts()
    await aiko.presses("Go on")
    await jonas.presses("Swap")
    assert jonas.sees(f"2. {second.kit.title}")
    await group.until(group.clock.now() + timedelta(minutes=10))
    await aiko.presses("End")
    await jonas.presses("Give feedback")
    await jonas.presses("Part 1")
    said = await jonas.fills(score_a="3", why_a="Asked first.", score_b="2", why_b="Named one.")
    assert "Kept as a draft: Aiko as the candidate. Part 2 is next." in said
    assert not aiko.sees("Asked first.")
    assert "feedback is being written" in await aiko.types("/mock status")


async def test_of_three_who_leaves_is_out_of_the_room_two_go_on_and_a_block_ends_it(group: AnyStage) -> None:
    await met(group, names=("Jonas", "Aiko", "Tom"))
    jonas, aiko, tom = (group.person(name) for name in ("Jonas", "Aiko", "Tom"))
    before = (await session(group)).room
    await tom.types("/leave")
    assert aiko.sees("The two of you go on without.")
    await jonas.presses("1 works")
    assert aiko.sees("Jonas can at 1:")
    assert not tom.sees("Jonas can at 1:")
    found = await session(group)
    assert (found.state, len(found.people)) == (State.proposed, 2)
    # On Slack nobody can be taken out of a conversation: the two have another one.
    assert (found.room == before) == (not isinstance(group, SlackStage))
    assert aiko.sees("this is your room from now on") == isinstance(group, SlackStage)
    await aiko.presses("1 works")
    assert (await session(group)).state is State.agreed
    # Who blocks the other is out of the room as well.
    await jonas.types("/mock block Aiko")
    await group.until(group.clock.now() + timedelta(seconds=5))
    assert (await session(group)).state is State.broken
    assert aiko.sees("Jonas cannot take part any more")
    assert not aiko.sees("block")
    assert "with Jonas" in await aiko.types("/mock history")
    if isinstance(group, DiscordStage):
        inside = [channel.inside for channel in group.server.channels.values() if channel.inside is not None]
        assert all(group.people["Jonas"].user.id not in people for people in inside)
    elif isinstance(group, Stage):
        (room,) = [channel for channel in group.world.channels.values() if channel.kind == "room"]
        assert room.people == [group.aiko.id]


async def test_somebody_practises_alone_and_asks_another_one_for_a_whole_loop(group: AnyStage) -> None:
    jonas, aiko, tom = (group.person(name) for name in ("Jonas", "Aiko", "Tom"))
    for who in (jonas, aiko, tom):
        await who.types("/join")
    for command in ("/mock cancel", "/mock no-show", "/mock start"):
        assert "You have no interview ahead of you." in await tom.types(command)
    assert "The clock runs" in await tom.types("/mock solo ml-debugging")
    (turn,) = await group.read(interviews.of_session, SessionId(1))
    assert tom.sees(turn.kit.title)
    await tom.presses("Ask for a fact")
    await group.until(group.clock.now() + timedelta(minutes=turn.minutes[0]))
    assert tom.sees(f"Stage 2 of {len(turn.minutes)}")
    await tom.presses("End")
    await tom.presses("My own score")
    assert not aiko.sees(turn.kit.title)
    assert "Asked." in await tom.types("/mock loop Aiko")
    assert aiko.sees("would like a whole loop")
    await tom.presses("1 works")
    await aiko.presses("1 works")
    assert (await group.read(sessions.get, SessionId(2))).state is State.agreed
    turns = await group.read(interviews.of_session, SessionId(2))
    assert len({turn.interviewer for turn in turns}) == 1
    assert len(turns) == 3
    assert not jonas.sees("whole loop")
