"""An interview from its brief to the feedback, with the clock set by hand."""

from datetime import time, timedelta

from sqlalchemy import Connection

from bot.features.boards.store import ledger
from bot.features.feedback import store as feedback
from bot.features.groups import store as groups
from bot.features.interviews import store as interviews
from bot.features.interviews.rules import LOOP
from bot.features.members import store as members
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import State
from bot.features.sessions.store import SessionId
from tests.actor import Actor
from tests.features.sessions.pair import KIND, Pair
from tests.stage import Stage, rows


async def fill_sheets(who: Actor) -> str:
    """Write everything that is somebody's to write, and send it."""
    while "[Part 1]" in (said := await who.presses("Give feedback")):
        await fill_one(who, said)
    return said


async def fill_one(who: Actor, said: str) -> str:
    await fill_parts(who, said)
    return await who.presses("Send")


async def fill_parts(who: Actor, said: str = "") -> None:
    part = 0
    while "[Send]" not in said:
        part += 1
        await who.presses(f"Part {part}")
        given = {}
        for field in who.form["fields"]:
            given[field["name"]] = "3" if field["name"].startswith("score") else f"{who.name}'s own words."
        said = await who.fills(given)


async def test_the_interviewer_has_the_brief_a_day_before_and_the_candidate_nothing(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.agrees("3 works")
    session = await pair.now()
    assert session.starts_at is not None
    first, second = await pair.turns()
    await group.until(session.starts_at - timedelta(hours=24, minutes=1))
    assert "Interviewer's brief" not in pair.direct(group.jonas)
    await group.until(session.starts_at - timedelta(hours=23, minutes=59))
    assert f"Interviewer's brief: {first.kit.title}" in pair.direct(group.jonas)
    assert first.kit.title not in pair.direct(group.aiko)
    assert f"Interviewer's brief: {second.kit.title}" in pair.direct(group.aiko)
    assert "Interviewer's brief" not in pair.room()


async def test_stages_come_at_their_moments_through_pause_extension_and_swap(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    first, second = await pair.turns()
    assert first.kit.brief_candidate.split()[0] in pair.room()
    assert f"Stage 1 of {len(first.minutes)}" in pair.room()
    await pair.passes(first.minutes[0])
    assert f"Stage 2 of {len(first.minutes)}" in pair.room()
    await group.aiko.presses("Pause")
    await pair.passes(60)
    assert f"Stage 3 of {len(first.minutes)}" not in pair.room()
    await group.jonas.presses("Go on")
    await group.jonas.presses("5 min more")
    await pair.passes(first.minutes[1])
    assert f"Stage 3 of {len(first.minutes)}" not in pair.room()
    await pair.passes(5)
    assert f"Stage 3 of {len(first.minutes)}" in pair.room()
    await pair.passes(sum(first.minutes))
    assert "Time is up." in pair.room()
    await group.jonas.presses("Swap")
    assert f"2. {second.kit.title}" in pair.room()
    assert (await pair.now()).state is State.live
    await pair.passes(second.minutes[0])
    await group.aiko.presses("End")
    assert (await pair.now()).state is State.debrief
    assert await group.read(rows, ledger) == 2


async def test_a_message_offers_what_still_does_something_and_nothing_else(group: Stage) -> None:
    pair = await Pair.meet(group)
    first = ["1 works", "2 works", "3 works", "Other time", "Cancel"]
    assert pair.offers() == [first]
    await group.aiko.presses("Other time")
    await group.aiko.fills(on="2026-11-27", at="19:30")
    assert pair.offers() == [["Other time", "Cancel"], ["1 works", "Other time", "Cancel"]]
    await group.jonas.presses("1 works")
    agreed = ["Start", "Meeting link", "Other time", "Cancel"]
    assert pair.offers() == [["Other time", "Cancel"], ["Other time", "Cancel"], agreed]
    await group.jonas.presses("Other time")
    await group.jonas.fills(on="2026-11-28", at="19:30")
    assert pair.offers()[-1] == ["1 works", "Keep the agreed time", "Other time"]
    await group.aiko.presses("Keep the agreed time")
    assert pair.offers()[-2:] == [agreed, ["Other time"]]
    await group.until(group.moment("2026-11-27 19:30"))
    for who in (group.jonas, group.aiko):
        await who.presses("Start")
    clock = ["Pause", "5 min more", "Swap", "End"]
    assert pair.offers()[-1] == clock
    assert {label for labels in pair.offers()[:-1] for label in labels} == {"Meeting link"}
    assert "Tell: " in pair.direct(group.jonas)
    await group.jonas.presses("Pause")
    await group.jonas.presses("Go on")
    assert pair.offers()[-2:] == [clock, clock]  # and no more of Go on
    await group.jonas.presses("Swap")
    assert [labels[-1] for labels in pair.offers()[-3:]] == ["End", "End", "End"]
    assert "Swap" not in {label for labels in pair.offers() for label in labels}
    assert "Tell: " not in pair.direct(group.jonas)
    await group.jonas.presses("End")
    await pair.passes(1)  # one message is not changed twice in a moment
    assert [labels[0] for labels in pair.offers()] == ["Give feedback"]
    assert "Tell: " not in pair.direct(group.aiko)


async def test_a_stage_is_named_after_a_restart_that_slept_through_others(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    (first, _) = await pair.turns()
    await group.stops()
    group.clock.set(group.clock.now() + timedelta(minutes=sum(first.minutes[:3]) + 1))
    await group.starts()
    assert "Stage 2 of" not in pair.room()
    assert f"Stage 4 of {len(first.minutes)}" in pair.room()


async def test_facts_are_told_by_the_interviewer_alone_and_once(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    (first, _) = await pair.turns()
    told = first.kit.facts_on_request[0]
    assert told.fact not in pair.room()
    label = f"Tell: {told.asked_about}"
    assert "Told in the room." in await group.jonas.presses(label)
    assert told.fact in pair.room()
    assert "has this one already" in await group.jonas.presses(label)


async def test_feedback_is_blind_until_both_are_in(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    await pair.passes(20)
    await group.jonas.presses("Swap")
    await pair.passes(20)
    await group.jonas.presses("End")
    await fill_sheets(group.jonas)
    assert "Jonas's own words." not in pair.direct(group.aiko)
    assert (await pair.now()).state is State.debrief
    await fill_sheets(group.aiko)
    assert (await pair.now()).state is State.closed
    assert "Jonas's own words." in pair.direct(group.aiko)
    assert "Aiko's own words." in pair.direct(group.jonas)
    assert "own words" not in pair.room()
    assert "I have passed your thanks on." in await group.aiko.presses("Thank Jonas")
    assert "Aiko thanks you" in pair.direct(group.jonas)
    assert "held" in await group.aiko.types("/mock history")
    assert "3.0" in await group.aiko.types("/mock history")
    assert await group.read(rows, ledger) == 4


async def test_after_two_days_what_was_sent_is_opened_and_drafts_stay_drafts(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    await pair.passes(20)
    await group.jonas.presses("End")
    await fill_sheets(group.jonas)
    await group.aiko.presses("Give feedback")
    await group.aiko.presses("Part 1")
    await pair.passes(48 * 60 + 1)
    assert (await pair.now()).state is State.closed
    assert "Jonas's own words." in pair.direct(group.aiko)
    assert "Nobody has written feedback about you" in pair.direct(group.jonas)
    given = {f["name"]: "2" if f["name"].startswith("score") else "Late words." for f in group.aiko.form["fields"]}
    await group.aiko.fills(given)
    await group.aiko.presses("Send")
    assert "Late words." in pair.direct(group.jonas)


async def test_nobody_holds_two_interviews_at_once(group: Stage) -> None:
    with_tom = await Pair.meet(group, "Aiko", "Tom", source="now")
    await group.aiko.presses("Start")
    with_jonas = await Pair.meet(group, source="now")
    await group.jonas.presses("Start")
    await group.aiko.presses("Start")
    assert (await with_jonas.now()).state is State.live
    await group.tom.presses("Start")
    assert (await with_tom.now()).state is State.agreed
    for refused in (await group.aiko.types("/mock now"), await group.aiko.presses("Start")):
        assert "Another interview of yours is running" in refused
    await group.jonas.presses("End")
    await group.aiko.presses("Start")
    assert (await with_tom.now()).state is State.live


async def test_a_kit_is_rated(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    await pair.passes(20)
    await group.jonas.presses("End")
    await group.jonas.presses("Give feedback")
    assert "Thank you" in await group.jonas.presses("★★★★")
    await group.jonas.presses("★★")
    assert await group.read(rows, feedback.kit_ratings) == 1


async def test_somebody_practises_alone_and_has_a_report(group: Stage) -> None:
    await group.tom.types("/join")
    assert "The clock runs" in await group.tom.types("/mock solo ml-debugging")
    pair = Pair(group, SessionId(1))
    (turn,) = await pair.turns()
    assert turn.kit.brief_candidate.split(".")[0] in pair.direct(group.tom)
    assert "Interviewer" not in pair.direct(group.tom)
    await group.tom.presses("Ask for a fact")
    for _ in range(6):
        await group.tom.presses("5 min more")
    assert "Press End when you are done." in await group.tom.presses("5 min more")
    await pair.passes(20)
    await group.tom.presses("End")
    await group.tom.presses("My own score")
    await fill_one(group.tom, "")
    assert "Your report" in pair.direct(group.tom)
    assert (await pair.now()).state is State.closed


async def test_a_loop_is_three_kits_one_after_the_other(group: Stage) -> None:
    await group.tom.types("/join")
    said = await group.tom.types("/mock loop")
    assert "algorithm coding, ML system design, behavioural" in said
    pair = Pair(group, SessionId(1))
    for _ in range(6):
        await group.tom.presses("5 min more")
    assert "Press Next or End when you are done." in await group.tom.presses("5 min more")
    for _ in range(2):
        assert "[Next]" in pair.direct(group.tom)
        await group.tom.presses("Next")
    assert "[Next]" not in pair.direct(group.tom)
    await group.tom.presses("End")
    sheets = await group.read(feedback.of_session, SessionId(1))
    assert len(sheets) == 3
    for _ in sheets:
        said = await group.tom.presses("My own score")
        assert all(turn.kit.title in said for turn in await pair.turns())
        await fill_parts(group.tom)
        await group.tom.presses("Send")
    report = pair.direct(group.tom).splitlines()[-1]
    assert "Your report" in report
    assert "All kits together: 3.0 of 4." in report


async def test_a_whole_loop_with_two_partners_is_asked_for_agreed_held_and_told_in_one_report(group: Stage) -> None:
    for who in (group.jonas, group.aiko, group.tom):
        await who.types("/join")
    assert "Asked." in await group.tom.types("/mock loop Jonas another=Aiko")
    pair = Pair(group, SessionId(1))
    assert "would like a whole loop, coding, design and behavioural in a row, interviewed by" in pair.room()
    for who in (group.tom, group.jonas, group.aiko):
        await who.presses("1 works")
    turns = await pair.turns()
    jonas, aiko = turns[0].interviewer, turns[1].interviewer
    tom, *partners = (await pair.now()).people
    assert partners == [jonas, aiko]
    assert [(turn.kind, turn.interviewer, turn.candidate) for turn in turns] == [
        ("algorithm-coding", jonas, tom),
        ("ml-system-design", aiko, tom),
        ("behavioural", jonas, tom),
    ]
    starts_at = (await pair.now()).starts_at
    assert starts_at is not None
    await group.until(starts_at)
    assert f"Interviewer's brief: {turns[1].kit.title}" in pair.direct(group.aiko)
    assert "Interviewer's brief" not in pair.direct(group.tom)
    for who in (group.tom, group.jonas, group.aiko):
        await who.presses("Start")
    for turn in turns:
        assert f"{turn.number}. {turn.kit.title}" in pair.room()
        await pair.passes(20)
        await group.jonas.presses("Swap" if turn is not turns[-1] else "End")
    for who in (group.jonas, group.aiko, group.tom):
        await fill_sheets(who)
    report = pair.direct(group.tom).splitlines()[-1]
    assert all(f"{kind}, by" in report for kind in ("Algorithm coding", "ML system design", "Behavioural"))
    assert "All kits together: 3.0 of 4." in report
    assert "All kits together" not in pair.direct(group.jonas)


async def test_of_a_loop_with_two_partners_one_may_leave_and_the_candidate_may_not(group: Stage) -> None:
    for who in (group.jonas, group.aiko, group.tom):
        await who.types("/join")
    await group.tom.types("/mock loop Jonas another=Aiko")
    assert "is under way" in await group.tom.types("/mock loop Aiko")
    pair = Pair(group, SessionId(1))
    await group.aiko.types("/leave")
    tom, jonas = (await pair.now()).people
    assert {(turn.interviewer, turn.candidate) for turn in await pair.turns()} == {(jonas, tom)}
    assert sorted(turn.kind for turn in await pair.turns()) == sorted(LOOP)
    await group.tom.types("/leave")
    assert (await pair.now()).state is State.broken


async def test_a_kit_that_is_planned_in_one_group_is_not_opened_by_practising_alone_in_another(group: Stage) -> None:
    pair = await Pair.meet(group)

    def alone_elsewhere(tx: Connection) -> list[str]:
        now = group.clock.now()
        of = groups.found_group(
            tx, name="another", zone=group.zone, post_at=time(9), weekdays=[0], level="mid", now=now
        )
        jonas = members.add(tx, of.id, group.jonas.person, "Jonas", now=now)
        alone = sessions.get(tx, sessions.open_alone(tx, of.id, jonas.id, KIND, "solo", now))
        of_kind = [kit for kit in group.bank.kits.values() if kit.type == KIND]
        return [turn.kit.id for turn in interviews.plan(tx, alone, group.bank, [KIND] * len(of_kind))]

    opened = await group.app.work.run(alone_elsewhere)
    assert opened
    assert not {turn.kit.id for turn in await pair.turns()} & set(opened)


async def test_others_are_asked_for_a_loop_three_times_a_day_and_no_more(group: Stage) -> None:
    for who in (group.jonas, group.tom):
        await who.types("/join")
    for _ in range(3):
        assert "Asked." in await group.tom.types("/mock loop Jonas")
        await group.tom.types("/mock cancel")
        await group.tom.fills()
    assert "asked for three loops within a day" in await group.tom.types("/mock loop Jonas")
    assert len([channel for channel in group.world.channels.values() if channel.kind == "room"]) == 3


async def test_who_pauses_or_has_blocked_is_not_asked_for_a_loop_and_nobody_hears_which(group: Stage) -> None:
    for who in (group.jonas, group.aiko, group.tom):
        await who.types("/join")
    await group.jonas.types("/mock pause 2026-12-24")
    await group.aiko.types("/mock block Tom")
    paused, blocked = [await group.tom.types(f"/mock loop {name}") for name in ("Jonas", "Aiko")]
    assert paused == blocked
    assert "They cannot be asked for a loop now." in paused
    assert "Did you mean Jonas?" in await group.tom.types("/mock loop Jonass")
    assert "That is you." in await group.tom.types("/mock loop Tom")
    await group.tom.types("/mock block Jonas")
    assert "You have blocked “Jonas”." in await group.tom.types("/mock loop Jonas")
