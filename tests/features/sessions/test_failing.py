"""When people fail each other: each way has a rule, a message to both, and somebody who is put first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, select

from bot.core.refs import GroupId, MemberId
from bot.features.feedback import store as feedback
from bot.features.members import store as members
from bot.features.preferences import store as preferences
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import State
from bot.features.sessions.store import SessionId, session_people
from bot.storage.outbox import outbox
from tests.features.rounds.round import asks
from tests.features.sessions.pair import Pair
from tests.features.sessions.test_held import fill_one, fill_sheets
from tests.stage import MONDAY, Stage


def let_down(tx: Connection) -> set[str]:
    """Who is put first in the next round."""
    return {members.member(tx, id).name for id in sessions.let_down(tx, GroupId(1), MONDAY - timedelta(seconds=1))}


def absent(tx: Connection) -> set[str]:
    """Whose not coming is noted."""
    return {members.member(tx, id).name for id in sessions.absences(tx, GroupId(1), MONDAY - timedelta(seconds=1))}


async def agreed(group: Stage) -> Pair:
    pair = await Pair.meet(group)
    await pair.agrees()
    return pair


async def to_the_start(pair: Pair) -> None:
    async def wait() -> None:
        starts_at = (await pair.now()).starts_at
        assert starts_at is not None
        await pair.stage.until(starts_at)

    await pair.stage.reaches("the time has come", wait)


# --- times ----------------------------------------------------------------------------------------------------------


async def test_silence_is_asked_about_after_a_day_and_ends_after_two(group: Stage) -> None:
    pair = await Pair.meet(group)
    await group.jonas.presses("1 works")
    await pair.passes(24 * 60 + 1)
    assert "No time is agreed yet." in pair.room()
    await pair.passes(24 * 60)
    assert (await pair.now()).state is State.lapsed
    assert "Aiko has not said anything for two days" in pair.room()
    assert await group.read(let_down) == {"Jonas"}


async def test_where_nobody_says_anything_nobody_is_put_first(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.passes(48 * 60 + 1)
    assert (await pair.now()).state is State.lapsed
    assert await group.read(let_down) == set()


async def test_a_time_that_passed_and_left_no_other_leaves_the_calendars(group: Stage) -> None:
    pair = await agreed(group)
    await to_the_start(pair)
    await group.jonas.presses("Other time")
    await group.jonas.fills(on="2026-12-20", at="18:00")
    assert "asks for another time, since the agreed one has passed." in pair.room()
    await pair.passes(48 * 60 + 1)
    assert (await pair.now()).state is State.lapsed
    files = {file.data.decode() for file in group.world.files.values() if file.name.endswith(".ics")}
    (off,) = [file for file in files if "METHOD:CANCEL" in file]
    assert "SEQUENCE:1" in off


async def test_another_time_is_proposed_agreed_and_changed_with_the_same_calendar_entry(group: Stage) -> None:
    pair = await Pair.meet(group)
    await group.aiko.presses("Other time")
    await group.aiko.fills(on="2026-11-27", at="19:30")
    assert "Aiko proposes:" in pair.room()
    await group.jonas.presses("1 works", under="Aiko proposes:")
    before = await pair.now()
    assert before.starts_at == group.moment("2026-11-27 19:30")
    await group.jonas.presses("Other time")
    await group.jonas.fills(on="2026-11-28", at="10:00")
    assert (await pair.now()).starts_at == before.starts_at
    await group.aiko.presses("1 works", under="asks for another time")
    after = await pair.now()
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert after.starts_at == group.moment("2026-11-28 10:00")


async def test_an_agreed_time_stands_with_its_reminders_while_another_is_proposed_and_after_that_is_off(
    group: Stage,
) -> None:
    pair = await Pair.meet(group)
    await pair.agrees("3 works")
    before = await pair.now()
    assert before.starts_at is not None
    await group.jonas.presses("Other time")
    proposes = {"on": "2026-12-12", "at": "18:00"}
    assert "The agreed time stands until the new one is taken" in await group.jonas.fills(proposes)
    assert "and it stands unless everybody takes the new one:" in pair.room()
    # The same once more changes nothing, whoever says it.
    await group.jonas.presses("Other time")
    assert "proposed this time already" in await group.jonas.fills(proposes)
    await group.aiko.presses("Other time")
    assert "Press 1 works to take it." in await group.aiko.fills(proposes)
    assert "Proposed instead:" in await group.aiko.types("/mock status")
    # Declined, it stands; proposed anew and replaced, too, and nobody answers that.
    await group.aiko.presses("Keep the agreed time")
    assert "Aiko keeps the agreed time." in pair.room()
    assert "Proposed instead:" not in await group.jonas.types("/mock status")
    for who, day in ((group.jonas, "2026-12-12"), (group.aiko, "2026-12-13")):
        await who.presses("Other time")
        await who.fills(on=day, at="18:00")
    await pair.passes(24 * 60)
    assert "Another time was proposed." in pair.room()
    await pair.passes(24 * 60 + 1)
    assert "so it is off." in pair.room()
    after = await pair.now()
    assert (after.state, after.starts_at, after.sequence) == (State.agreed, before.starts_at, before.sequence)
    assert pair.room().count("[file: mock-interview.ics]") == 1
    await group.until(before.starts_at)
    assert [pair.room().count(f"is {near}:") for near in ("tomorrow", "in an hour", "in ten minutes")] == [1, 1, 1]


async def test_an_agreed_time_that_comes_while_another_is_proposed_is_held_where_they_come(group: Stage) -> None:
    pair = await agreed(group)
    await group.jonas.presses("Other time")
    await group.jonas.fills(on="2026-12-12", at="18:00")
    await to_the_start(pair)
    for who in (group.jonas, group.aiko):
        await who.presses("Start")
    assert (await pair.now()).state is State.live
    assert "This interview is running" in await pair.too_late(group.aiko, "mock-yes", 4)
    await pair.passes(48 * 60)
    assert "so it is off" not in pair.room()


async def test_an_agreed_time_that_passes_while_another_is_proposed_leaves_that_one_to_be_taken(group: Stage) -> None:
    pair = await agreed(group)
    starts_at = (await pair.now()).starts_at
    assert starts_at is not None
    await group.until(starts_at - timedelta(hours=1))
    await group.jonas.presses("Other time")
    await group.jonas.fills(on="2026-12-12", at="18:00")
    await pair.passes(71)
    assert "What stands now is what was proposed instead:" in pair.room()
    assert "nobody has pressed Start.** If" not in pair.room()
    await pair.passes(26 * 60)
    assert (await pair.now()).state is State.proposed
    await group.aiko.presses("1 works", under="What stands now")
    session = await pair.now()
    assert (session.state, session.starts_at) == (State.agreed, group.moment("2026-12-12 18:00"))


async def test_of_three_everybody_takes_another_time_before_it_is_agreed(group: Stage) -> None:
    pair = await Pair.meet(group, "Jonas", "Aiko", "Tom")
    await pair.agrees()
    await group.tom.presses("1 works")
    before = await pair.now()
    await group.tom.presses("Other time")
    await group.tom.fills(on="2026-12-12", at="18:00")
    await group.jonas.presses("1 works", under="asks for another time")
    assert "Jonas can at 1:" in pair.room()
    assert (await pair.now()).starts_at == before.starts_at
    await group.tom.presses("Keep the agreed time")
    assert "Tom takes the proposal back." in pair.room()
    assert "agreed is" in await pair.too_late(group.aiko, "mock-yes", 4)
    await group.aiko.presses("Other time")
    await group.aiko.fills(on="2026-12-12", at="19:00")
    for who in (group.jonas, group.tom):
        await who.presses("1 works", under="Aiko asks for another time")
    after = await pair.now()
    assert (after.starts_at, after.sequence) == (group.moment("2026-12-12 19:00"), before.sequence + 1)


async def test_a_time_that_is_over_or_no_time_is_refused_in_the_form(group: Stage) -> None:
    await Pair.meet(group)
    await group.aiko.presses("Other time")
    assert "from now on" in await group.aiko.fills(on="2026-11-20", at="19:30")
    assert "time of day" in await group.aiko.fills(on="2026-11-27", at="soon")


async def test_a_time_from_before_a_counter_proposal_is_gone(group: Stage) -> None:
    pair = await Pair.meet(group)
    await group.aiko.presses("Other time")
    await group.aiko.fills(on="2026-11-27", at="19:30")
    assert "not offered any more" in await pair.too_late(group.jonas, "mock-yes", 2)
    assert (await pair.now()).state is State.proposed


async def test_who_proposes_again_and_again_keeps_no_session_alive_to_which_nobody_answers(group: Stage) -> None:
    pair = await Pair.meet(group)
    for hour in (17, 18, 19):
        await group.aiko.presses("Other time")
        await group.aiko.fills(on="2026-11-27", at=f"{hour}:30")
        await pair.passes(47 * 60 if hour == 17 else 1)
    assert "it is the others' turn" in await group.aiko.presses("Other time")
    await pair.passes(59)
    assert (await pair.now()).state is State.lapsed


async def test_reminders_come_a_day_an_hour_and_ten_minutes_before(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.agrees("3 works")
    starts_at = (await pair.now()).starts_at
    assert starts_at is not None
    for minutes, near in ((24 * 60, "tomorrow"), (60, "in an hour"), (10, "in ten minutes")):
        await group.until(starts_at - timedelta(minutes=minutes, seconds=5))
        assert f"Your mock interview is {near}" not in pair.room()
        await group.until(starts_at - timedelta(minutes=minutes))
        assert f"Your mock interview is {near}" in pair.room()


async def test_reminders_that_were_slept_through_do_not_come_together(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.agrees("3 works")
    starts_at = (await pair.now()).starts_at
    assert starts_at is not None
    await group.stops()
    group.clock.set(starts_at - timedelta(minutes=5))
    await group.starts()
    assert pair.room().count("Your mock interview is") == 1
    assert "in ten minutes" in pair.room()


async def test_a_meeting_link_is_an_address_of_the_web_and_nothing_else(group: Stage) -> None:
    pair = await agreed(group)
    await group.jonas.presses("Meeting link")
    for typed in (
        "javascript:alert(1)",
        "ftp://example.org/x",
        "https://",
        "https://me:secret@example.org/",
        "http://a b",
    ):
        assert "begins with https://" in await group.jonas.fills(typed)
    await group.jonas.fills("https://meet.example.org/ours")
    assert "Jonas set the meeting link: https://meet.example.org/ours" in pair.room()


async def test_organisers_say_where_interviews_are_proposed_to_be_held(group: Stage) -> None:
    channel = "https://discord.com/channels/1/2"
    await group.jonas.types("/join")
    assert "for the group's organisers" in await group.jonas.types(f"/admin meeting {channel}")
    assert "begins with https://" in await group.mira.types("/admin meeting lounge")
    assert "No meeting place is set" in await group.mira.types("/admin meeting")
    assert channel in await group.mira.types(f"/admin meeting {channel}")
    pair = await agreed(group)
    assert f"Meeting link: {channel}" in pair.room()
    at_once = await Pair.meet(group, source="now")
    assert (await at_once.now()).link == channel
    assert "No meeting place is set" in await group.mira.types("/admin meeting none")


# --- cancelling -----------------------------------------------------------------------------------------------------


async def test_who_cancels_tells_the_other_why_and_the_other_comes_first(group: Stage) -> None:
    pair = await agreed(group)
    await group.jonas.presses("Cancel")
    await group.jonas.fills("A fever. *Sorry!*")
    assert "Jonas has cancelled this interview." in pair.room()
    assert "A fever. *Sorry!*" in pair.room()
    assert pair.room().count("[file: mock-interview.ics]") == 2
    assert (await pair.now()).state is State.cancelled
    assert await group.read(let_down) == {"Aiko"}
    assert await group.read(absent) == set()


async def test_cancelling_shortly_before_counts_as_not_coming(group: Stage) -> None:
    pair = await agreed(group)
    starts_at = (await pair.now()).starts_at
    assert starts_at is not None
    await group.until(starts_at - timedelta(minutes=90))
    await group.jonas.types("/mock cancel")
    assert "counts as not coming" in await group.jonas.fills()
    assert await group.read(absent) == {"Jonas"}


async def test_who_has_come_and_cancels_since_the_other_never_did_is_not_the_absent_one(group: Stage) -> None:
    pair = await agreed(group)
    await to_the_start(pair)
    await group.jonas.presses("Start")
    await pair.passes(11)
    await group.jonas.presses("Cancel")
    assert "nothing counts against you" in await group.jonas.fills()
    assert (await group.read(let_down), await group.read(absent)) == ({"Jonas"}, {"Aiko"})


async def test_who_has_come_and_cancels_before_the_other_is_late_blames_nobody(group: Stage) -> None:
    pair = await agreed(group)
    await to_the_start(pair)
    await group.jonas.presses("Start")
    await group.jonas.presses("Cancel")
    await group.jonas.fills()
    assert (await group.read(let_down), await group.read(absent)) == ({"Aiko"}, set())


# --- not coming -----------------------------------------------------------------------------------------------------


async def test_who_does_not_come_is_asked_and_after_the_grace_it_is_called_off(group: Stage) -> None:
    pair = await agreed(group)
    await to_the_start(pair)
    await group.jonas.presses("Start")
    assert "Jonas is here." in pair.room()
    await pair.passes(10)
    assert "Aiko, are you coming?" in pair.room()
    assert "Aiko, are you coming?" in pair.direct(group.aiko)
    await pair.passes(10)
    assert (await pair.now()).state is State.missed
    assert "Aiko did not come" in pair.room()
    assert (await group.read(let_down), await group.read(absent)) == ({"Jonas"}, {"Aiko"})


async def test_who_comes_within_the_grace_is_not_absent(group: Stage) -> None:
    pair = await agreed(group)
    await to_the_start(pair)
    assert "I have asked." in await group.jonas.types("/mock no-show")
    await pair.passes(8)
    await group.aiko.presses("Start")
    assert (await pair.now()).state is State.live
    await pair.passes(30)
    assert (await pair.now()).state is State.live
    assert await group.read(absent) == set()


async def test_a_no_show_is_not_said_before_the_time(group: Stage) -> None:
    pair = await agreed(group)
    assert "has not come yet" in await group.jonas.types("/mock no-show")
    assert (await pair.now()).state is State.agreed


async def test_where_nobody_comes_both_are_asked_and_it_ends_a_day_later(group: Stage) -> None:
    pair = await agreed(group)
    await to_the_start(pair)
    await pair.passes(11)
    assert "nobody has pressed Start" in pair.room()
    await pair.passes(24 * 60)
    assert (await pair.now()).state is State.lapsed
    assert "Nobody has pressed Start within a day" in pair.room()


async def test_an_interview_does_not_begin_before_its_time(group: Stage) -> None:
    pair = await agreed(group)
    assert "begins later" in await group.jonas.presses("Start")
    assert (await pair.now()).here == frozenset()


# --- being gone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leaves", "when"),
    [("the group", "proposed"), ("the workspace", "agreed"), ("the group", "live"), ("the workspace", "paused")],
)
async def test_who_leaves_ends_the_session_and_the_other_is_told_and_put_first(
    group: Stage, leaves: str, when: str
) -> None:
    pair = await Pair.meet(group)
    if when == "agreed":
        await pair.agrees()
    elif when != "proposed":
        await pair.begins()
        if when == "paused":
            await group.jonas.presses("Pause")
    if leaves == "the group":
        await group.aiko.types("/leave")
    else:
        await group.aiko.leaves()
    assert (await pair.now()).state is State.broken
    assert "Aiko cannot take part any more" in pair.room()
    assert await group.read(let_down) == {"Jonas"}
    assert "Find me somebody now" in pair.room()


@pytest.mark.parametrize("when", ["proposed", "agreed", "live"])
async def test_who_blocks_the_other_is_out_and_the_other_hears_no_reason(group: Stage, when: str) -> None:
    pair = await Pair.meet(group)
    if when == "agreed":
        await pair.agrees()
    elif when == "live":
        await pair.begins()
    await group.app.work.run(_block, "Jonas", "Aiko")
    await group.settles()
    assert (await pair.now()).state is State.broken
    assert "Jonas cannot take part any more" in pair.room()
    assert "block" not in pair.room()
    assert await group.read(let_down) == {"Aiko"}


def _block(tx: Connection, one: str, other: str) -> None:
    ids = {member.name: member.id for member in members.active(tx, GroupId(1))}
    preferences.block(tx, ids[one], ids[other])


async def test_who_leaves_after_the_interview_is_not_waited_for(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    await pair.passes(20)
    await group.jonas.presses("End")
    await group.aiko.types("/leave")
    assert (await pair.now()).state is State.closed


async def test_where_one_of_three_leaves_after_the_interview_the_two_others_are_blind_to_each_other_still(
    group: Stage,
) -> None:
    pair = await three_live(group)
    await pair.passes(20)
    await group.jonas.presses("End")
    await fill_sheets(group.jonas)
    await group.tom.types("/leave")
    assert (await pair.now()).state is State.debrief
    assert "Jonas's own words." not in pair.direct(group.aiko)
    await fill_one(group.aiko, await group.aiko.presses("Give feedback"))
    assert (await pair.now()).state is State.closed
    assert "Jonas's own words." in pair.direct(group.aiko)


async def test_of_three_two_go_on(group: Stage) -> None:
    pair = await Pair.meet(group, "Jonas", "Aiko", "Tom")
    assert len(await pair.turns()) == 3
    await group.tom.types("/leave")
    assert "The two of you go on without." in pair.room()
    session = await pair.now()
    assert (session.state, len(session.people)) == (State.proposed, 2)
    turns = await pair.turns()
    assert [turn.number for turn in turns] == [1, 2]
    assert {turn.candidate for turn in turns} == set(session.people)


async def three_live(group: Stage) -> Pair:
    """Jonas interviews Aiko, Tom observes."""
    pair = await Pair.meet(group, "Jonas", "Aiko", "Tom", source="now")

    async def start() -> None:
        for who in (group.jonas, group.aiko, group.tom):
            await who.presses("Start")

    await group.reaches("three have started", start)
    assert "Tom observes. Somebody is silent? Run mock no-show" in pair.room()
    return pair


async def seats(pair: Pair) -> list[tuple[str, str]]:
    """Who interviews whom, kit by kit."""
    names = {one.id: one.name for one in await pair.stage.read(members.active, GroupId(1))}
    gone = "somebody who left"
    return [
        (names.get(turn.interviewer or MemberId(0), gone), names.get(turn.candidate, gone))
        for turn in await pair.turns()
    ]


async def test_where_an_observer_leaves_a_running_interview_the_two_others_take_turns(group: Stage) -> None:
    pair = await three_live(group)
    await group.tom.types("/leave")
    assert (await pair.now()).state is State.live
    assert await seats(pair) == [("Jonas", "Aiko"), ("Aiko", "Jonas")]
    said = pair.room().splitlines()[-1]
    assert "Tom does not take part any more. The two of you go on without." in said
    assert "This kit goes on; what comes after it: 2. behavioural" in said
    assert "Aiko interviews Jonas" in said
    _, second = await pair.turns()
    assert f"Interviewer's brief: {second.kit.title}" in pair.direct(group.aiko)
    assert second.kit.title not in pair.direct(group.jonas)
    await pair.passes(20)
    await group.jonas.presses("Swap")
    assert f"2. {second.kit.title}" in pair.room()
    await group.aiko.presses("End")
    sheets = await group.read(feedback.of_session, pair.id)
    assert {sheet.author for sheet in sheets} == set((await pair.now()).people)


async def test_where_a_candidate_leaves_a_running_interview_the_clock_stands_until_the_two_others_swap(
    group: Stage,
) -> None:
    pair = await three_live(group)
    await group.aiko.types("/leave")
    assert (await pair.now()).state is State.paused
    assert await seats(pair) == [("Jonas", "somebody who left"), ("Tom", "Jonas"), ("Jonas", "Tom")]
    assert "The clock stands, since a seat of this kit is empty." in pair.room().splitlines()[-1]
    await pair.passes(40)
    assert "Stage 2" not in pair.room()
    await group.tom.presses("Swap")
    await group.jonas.presses("Swap")
    assert (await pair.now()).state is State.live
    await group.jonas.presses("End")
    sheets = await group.read(feedback.of_session, pair.id)
    assert len(sheets) == 4  # two kits, two sheets each: nobody writes of the kit from which one has gone


async def test_whose_interviewer_leaves_in_the_middle_is_a_candidate_once_more(group: Stage) -> None:
    pair = await three_live(group)
    await group.jonas.types("/leave")
    assert await seats(pair) == [("somebody who left", "Aiko"), ("Aiko", "Tom"), ("Tom", "Aiko")]


async def test_an_observer_who_goes_silent_is_asked_and_after_ten_minutes_the_two_others_go_on(group: Stage) -> None:
    pair = await three_live(group)
    await group.jonas.types("/mock no-show")
    assert "I have asked." in await group.jonas.presses("Tom")
    assert "Tom, are you still there?" in pair.room()
    assert "Tom, are you still there?" in pair.direct(group.tom)
    await pair.passes(9)
    await group.tom.presses("I am here")
    assert "Tom is still here." in pair.room()
    await pair.passes(11)
    assert len((await pair.now()).people) == 3
    await group.aiko.types("/mock no-show")
    await group.aiko.presses("Tom")
    await pair.passes(10)
    assert (await pair.now()).state is State.live
    assert await seats(pair) == [("Jonas", "Aiko"), ("Aiko", "Jonas")]
    assert "Tom does not take part any more." in pair.room()
    assert "not an interview of yours" in await group.tom.presses("I am here")


async def test_whoever_was_asked_and_acts_in_the_interview_is_not_silent(group: Stage) -> None:
    pair = await three_live(group)
    await group.jonas.types("/mock no-show")
    await group.jonas.presses("Tom")
    await group.tom.presses("Pause")
    assert "Tom is still here." in pair.room()
    await pair.passes(11)
    assert len((await pair.now()).people) == 3


async def test_where_the_candidate_of_a_loop_does_not_come_it_is_called_off_and_both_interviewers_come_first(
    group: Stage,
) -> None:
    pair = await Pair.meet(group, "Tom", "Jonas", "Aiko", kind="loop", second=None, source="partners")
    await pair.agrees()
    await group.tom.presses("1 works")
    await to_the_start(pair)
    await group.jonas.presses("Start")
    await group.aiko.presses("Start")
    await pair.passes(21)
    assert (await pair.now()).state is State.missed
    assert (await group.read(let_down), await group.read(absent)) == ({"Jonas", "Aiko"}, {"Tom"})


async def test_only_one_of_three_who_is_waited_for_is_asked(group: Stage) -> None:
    pair = await three_live(group)
    await group.jonas.types("/mock no-show")
    await group.tom.types("/mock no-show")
    await group.jonas.presses("Swap")
    await group.jonas.presses("Swap")
    assert await seats(pair) == [("Jonas", "Aiko"), ("Aiko", "Tom"), ("Tom", "Jonas")]
    assert "nobody waits for them" in await group.tom.presses("Aiko")
    await group.jonas.presses("End")
    assert "This interview is over" in await group.tom.presses("Jonas")


async def test_of_three_one_who_does_not_come_holds_up_nobody(group: Stage) -> None:
    pair = await Pair.meet(group, "Jonas", "Aiko", "Tom")
    await pair.agrees()
    await group.tom.presses("1 works")
    await to_the_start(pair)
    await group.jonas.presses("Start")
    await group.aiko.presses("Start")
    await pair.passes(21)
    assert "The two of you go on without." in pair.room()
    await pair.passes(1)
    first, second = await pair.turns()
    assert f"Interviewer's brief: {second.kit.title}" in pair.direct(group.aiko)
    await group.jonas.presses("Start")
    assert (await pair.now()).state is State.live
    assert first.kit.id != second.kit.id


# --- rooms and closed doors -----------------------------------------------------------------------------------------


async def test_where_no_room_opens_everything_goes_by_private_messages(group: Stage) -> None:
    group.world.refuse_next("open_room", 403)
    pair = await Pair.meet(group)
    assert (await pair.now()).room_state == "direct"
    assert "you have been put together" in pair.direct(group.jonas)
    await pair.agrees()
    assert "Agreed:" in pair.direct(group.aiko)
    assert not group.tom.sees("put together")


async def test_where_nobody_can_be_taken_out_of_the_room_the_two_go_on_in_private(group: Stage) -> None:
    pair = await Pair.meet(group, "Jonas", "Aiko", "Tom")
    group.world.refuse_next("let_out", 403)
    await group.tom.types("/leave")
    assert (await pair.now()).room_state == "direct"
    assert "goes by private messages now" in pair.direct(group.jonas)
    assert "goes by private messages now" not in pair.direct(group.tom)


async def test_where_the_room_was_opened_so_long_ago_that_its_row_is_forgotten_who_leaves_is_out_all_the_same(
    group: Stage,
) -> None:
    await Pair.meet(group, "Jonas", "Aiko", "Tom")
    await group.app.work.run(lambda tx: tx.execute(delete(outbox).where(outbox.c.state == "sent")).rowcount)
    await group.tom.types("/leave")
    (room,) = [channel for channel in group.world.channels.values() if channel.kind == "room"]
    assert room.people == [group.jonas.id, group.aiko.id]


async def test_where_two_share_one_room_over_several_sessions_the_newest_is_meant(group: Stage) -> None:
    first = await Pair.meet(group)
    second = await Pair.meet(group)
    room = (await first.now()).room
    assert room is not None
    await group.app.work.run(sessions.set_room, second.id, room)
    found, _ = await group.read(lambda tx: sessions.here(tx, replace(asks(group, group.jonas), place=room), held=False))
    assert found.id == second.id


async def test_where_the_room_is_deleted_it_goes_on_in_private(group: Stage) -> None:
    pair = await Pair.meet(group)
    (room,) = [channel.id for channel in group.world.channels.values() if channel.kind == "room"]
    group.world.delete_channel(room)
    await pair.passes(24 * 60 + 1)
    assert "goes by private messages now" in pair.direct(group.jonas)
    assert (await pair.now()).room_state == "direct"
    said = await group.jonas.types("/mock status")
    assert "looking for a time" in said


async def test_an_interviewer_with_closed_doors_finds_the_brief_in_the_room(group: Stage) -> None:
    group.world.close_dms(group.jonas.id)
    pair = await Pair.meet(group)
    await pair.agrees()
    await pair.passes(1)
    first, _ = await pair.turns()
    assert "your private messages are closed to me" in pair.room()
    assert "for the interviewer alone" in await group.aiko.presses("My brief")
    said = await group.jonas.presses("My brief")
    assert f"Interviewer's brief: {first.kit.title}" in said
    assert not group.aiko.sees(f"Interviewer's brief: {first.kit.title}")


async def test_who_has_no_room_and_closed_doors_is_named_in_the_channel_and_the_other_hears_of_it(group: Stage) -> None:
    group.world.close_dms(group.aiko.id)
    group.world.refuse_next("open_room", 403)
    pair = await Pair.meet(group)
    assert "Aiko's private messages are closed to me" in pair.direct(group.jonas)
    assert "your private messages are closed to me" in group.in_channel()
    assert "put together" not in group.in_channel()
    await group.jonas.presses("1 works")
    assert "1 works" in await group.aiko.types("/mock status")
    await group.aiko.presses("1 works")
    assert (await pair.now()).state is State.agreed


@pytest.mark.parametrize("act", ["Other time", "Cancel"])
async def test_whatever_cannot_be_told_in_private_the_other_hears_that_and_the_channel_names_who(
    group: Stage, act: str
) -> None:
    pair = await Pair.meet(group)
    await group.app.work.run(sessions.close_room, pair.id)
    group.world.close_dms(group.aiko.id)
    await group.jonas.presses(act)
    await group.jonas.fills(**{"on": "2026-11-27", "at": "19:30"} if act == "Other time" else {})
    assert "Aiko's private messages are closed to me" in pair.direct(group.jonas)
    assert "your private messages are closed to me" in group.in_channel()


async def test_nobody_else_hears_of_a_session(group: Stage) -> None:
    pair = await agreed(group)
    await group.tom.types("/join")
    (room,) = [channel.id for channel in group.world.channels.values() if channel.kind == "room"]
    assert group.tom.id not in group.world.channels[room].people
    assert await group.read(lambda tx: tx.scalar(select(session_people.c.seat).limit(1))) == 0
    assert "put together" not in await group.tom.types("/mock status")
    assert "no interview ahead" in await group.tom.types("/mock no-show")
    assert (await pair.now()).state is State.agreed


# --- what nobody ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alone", [False, True])
async def test_an_interview_that_nobody_ends_is_ended_after_a_word_unless_somebody_does_something(
    group: Stage, alone: bool
) -> None:
    if alone:
        await group.jonas.types("/join")
        await group.jonas.types("/mock solo ml-debugging")
        pair = Pair(group, SessionId(1))
    else:
        pair = await Pair.meet(group)
        await pair.begins()

    def said() -> str:
        return pair.direct(group.jonas) if alone else pair.room()

    (first, *_) = await pair.turns()
    await pair.passes(sum(first.minutes) + 44)
    assert "Are you done?" not in said()
    await pair.passes(1)
    assert "Are you done?" in said()
    assert "Good, it goes on." in await group.jonas.presses("Not yet")
    await pair.passes(44)
    assert (await pair.now()).state is State.live
    await pair.passes(15)
    assert (await pair.now()).state is State.live
    await group.stops()
    group.clock.set(group.clock.now() + timedelta(days=3))  # the word was said before the absence
    await group.starts()
    assert (await pair.now()).state is State.debrief
    assert "Nothing happened in it any more, so I have ended it." in said()
    assert "The clock runs" in await group.jonas.types("/mock solo ml-coding")


async def test_a_clock_that_stands_for_a_day_is_asked_about_and_then_the_interview_is_ended(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    await group.jonas.presses("Pause")
    await pair.passes(24 * 60 - 15)
    assert "Shall this go on?" in pair.room()
    await group.aiko.presses("Wait")
    await pair.passes(24 * 60 - 1)
    assert (await pair.now()).state is State.paused
    await pair.passes(1)
    assert (await pair.now()).state is State.debrief


async def test_a_room_of_the_live_queue_that_nobody_starts_is_closed_after_half_an_hour_and_nobody_is_blamed(
    group: Stage,
) -> None:
    pair = await Pair.meet(group, source="now")
    await pair.passes(29)
    assert "in twenty minutes I close this interview" in pair.room()
    assert (await pair.now()).state is State.agreed
    await pair.passes(1)
    assert (await pair.now()).state is State.lapsed
    assert "Nothing counts against anybody" in pair.room()
    assert (await group.read(let_down), await group.read(absent)) == (set(), set())


async def test_who_comes_to_the_live_queue_late_is_not_closed_upon_and_the_other_is_asked_first(group: Stage) -> None:
    pair = await Pair.meet(group, source="now")
    await pair.passes(20)
    await group.jonas.presses("Start")
    await pair.passes(10)
    assert (await pair.now()).state is State.agreed
    assert "Aiko, are you coming?" in pair.room()
    await pair.passes(10)
    assert (await pair.now()).state is State.missed
    assert (await group.read(let_down), await group.read(absent)) == ({"Jonas"}, {"Aiko"})


async def test_two_of_the_live_queue_begin_at_once(group: Stage) -> None:
    pair = await Pair.meet(group, source="now")
    first, _ = await pair.turns()
    assert "It can begin at once." in pair.room()
    assert f"Interviewer's brief: {first.kit.title}" in pair.direct(group.jonas)
    await group.jonas.presses("Start")
    await group.aiko.presses("Start")
    assert (await pair.now()).state is State.live
