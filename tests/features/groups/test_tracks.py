"""A second channel with questions of its own: one group, one board, one streak."""

import re

from sqlalchemy import select

from bot.core.events import Left
from bot.core.refs import GroupId, Place, TrackId
from bot.features.boards.store import ledger
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.homes import store as homes
from bot.features.members import store as members
from tests.actor import Actor
from tests.stage import Stage


async def test_a_channel_gets_a_track_and_the_best_track_of_a_date_counts(stage: Stage) -> None:
    await stage.sets_up()
    other = str(stage.world.add_channel("juniors")["id"])
    cast = (stage.mira, stage.jonas, stage.aiko)
    mira, jonas, aiko = (Actor(stage, person.id, person.name, other) for person in cast)
    assert "This is for organisers" in await jonas.types("/admin track juniors")
    assert "Wanted one of the plans" in await mira.types("/admin track juniors plan=none")
    assert "has a track of its own, juniors" in await mira.types("/admin track Juniors plan=five-week")
    assert "has its questions already" in await mira.types("/admin track seniors")
    await stage.plans("reading-a-p-value")
    await stage.aiko.types("/join")
    await mira.types("/admin swap 2026-11-23 result-you-had-to-withdraw")
    await stage.at("Mon 09:00")
    assert "A result you had" in await jonas.types("/question")
    assert "Reading a p-value" in await stage.jonas.types("/question")
    await stage.jonas.presses("C")
    await stage.aiko.presses("C")
    await jonas.presses("Answer", under="A result you had")
    await jonas.fills("Ours.")
    first, second = (thread.name for thread in stage.world.threads.values())
    assert first == "23 Nov · main · Reading a p-value of 0.03"
    assert second.startswith("23 Nov · juniors · A result")
    await stage.at("Tue 08:30")
    rows = await stage.read(
        lambda tx: tx.execute(select(ledger.c.member_id, ledger.c.what).order_by(ledger.c.id)).all()
    )
    # By member and not by answer, and at last one row that takes the open answer's points back.
    assert rows == [(2, "right"), (3, "right"), (3, "first"), (3, "open"), (3, "other track")]
    await aiko.presses("Answer", under="Revealed. ")
    assert "No points: of the tracks of a date your best one counts" in await aiko.fills("Late.")
    assert "1. Jonas, 12 points, you" in await jonas.types("/board all")
    assert "Streak: 1 day (longest 1 day)." in await jonas.types("/me")
    await stage.tom.types("/join")
    await stage.at("Wed 08:30")
    said = await stage.tom.types("/catchup")
    assert re.search(r"practice\. main juniors \[24 Nov: .*\] \[24 Nov: ", said)


async def test_a_skip_holds_what_it_says_also_where_there_are_several_tracks(stage: Stage) -> None:
    await stage.sets_up()
    other = str(stage.world.add_channel("juniors")["id"])
    there = Actor(stage, stage.mira.id, "Mira", other)
    await there.types("/admin track juniors")
    said = await stage.mira.types("/admin skip 2026-11-23")
    assert "Monday 23 November is skipped on main (#" in said
    assert f"and juniors (#{other}): nothing is posted there on that date, and no streak breaks." in said
    said = await there.types("/admin skip")
    assert "Tuesday 24 November is skipped on juniors" in said
    assert "It still has a question on main, so it stays a posting day: streaks run on by that" in said
    assert "Tuesday 24 November is skipped on main" in await stage.mira.types("/admin skip")
    assert "no streak breaks" in await stage.mira.types("/admin skip")
    said = await stage.mira.types("/admin skip 2026-11-25 off=yes")
    assert f"Wednesday 25 November is an ordinary date again on main (#{stage.channel}) and juniors" in said
    assert "of the track juniors" in await there.types("/admin preview")
    assert "skip 2026-11-24 juniors" in await stage.mira.types("/admin log")
    assert "skip 2026-11-25 off main, juniors" in await stage.mira.types("/admin log")
    await stage.at("Thu 10:00")
    asked = {(day.on.day, day.track): day.state for day in await stage.all_days()}
    assert asked == {
        (23, 1): "skipped",
        (23, 2): "skipped",
        (24, 1): "skipped",
        (24, 2): "skipped",
        (25, 1): "revealed",
        (25, 2): "revealed",
        (26, 1): "open",
        (26, 2): "open",
    }


async def test_tracks_can_be_seen_renamed_and_ended_and_begin_again(stage: Stage) -> None:
    await stage.sets_up()
    other = str(stage.world.add_channel("juniors")["id"])
    there = Actor(stage, stage.mira.id, "Mira", other)
    assert "The tracks of the study group" in await there.types("/admin track")
    await there.presses("A track for this channel")
    assert "has a track of its own, juniors" in await there.fills(name="Juniors")
    said = await there.types("/admin track")
    assert f"- main in #{stage.channel}: plan year, level mid, next question Mon 23 Nov (the first track" in said
    assert f"- juniors in #{other}: plan year, level mid, next question Mon 23 Nov" in said
    assert "those of the track juniors" in await there.types("/admin track seniors")
    await there.presses("Rename juniors")
    assert "called main already" in await there.fills(name="main")
    assert "juniors is now called starters" in await there.fills(name="Starters")
    assert "is now called juniors" in await stage.mira.types("/admin track starters rename=juniors")
    assert "on any of its tracks (main, juniors)" in await there.types("/admin pause")
    await stage.mira.types("/setup")
    assert "The group is paused: nothing is posted until admin resume." in await stage.mira.fills(at="09:00")
    await there.types("/admin resume")
    await stage.at("Mon 09:00")
    assert "main is the group's first track" in await stage.mira.types("/admin track off")
    assert "Its question that is open is still revealed, Tue 24 Nov" in await there.types("/admin track off")
    assert "has ended already" in await stage.mira.types("/admin track juniors off")
    assert "The track juniors has ended" in await there.types("/admin preview")
    await there.types("/admin resume")  # what the group does is not the ended track's
    await stage.at("Wed 10:00")
    days_of = [(day.on.day, day.track, day.state) for day in await stage.all_days()]
    assert days_of == [(23, 1, "revealed"), (23, 2, "revealed"), (24, 1, "revealed"), (25, 1, "open")]
    assert f"- juniors in #{other}: ended." in await stage.mira.types("/admin track")
    assert "begins again in its channels" in await stage.mira.presses("Begin juniors again")
    await stage.at("Thu 10:00")
    assert [day.on.day for day in await stage.all_days() if day.track == 2] == [23, 26]
    await there.types("/admin track off")
    await there.types("/setup")
    await there.fills()
    assert "of the track juniors" in await there.types("/admin preview")
    await there.types("/admin track off")
    assert "has a track of its own, seniors" in await there.types("/admin track seniors level=senior")
    assert "of the track seniors" in await there.types("/admin preview")
    assert await stage.read(groups.next_due) == stage.moment("Fri 09:00")
    log = await stage.mira.types("/admin log")
    assert all(f"track {line}" in log for line in ("juniors ended", "juniors is now starters", "seniors year senior"))


async def test_each_track_has_a_level_of_its_own_or_goes_by_that_of_the_group(stage: Stage) -> None:
    await stage.sets_up(level="junior")
    other, third = (
        Actor(stage, stage.mira.id, "Mira", str(stage.world.add_channel(name)["id"])) for name in ("a", "b")
    )
    assert "Level: senior" in await other.types("/admin track seniors level=senior")
    assert "Plan: year. Level: junior." in await stage.mira.types("/admin preview")
    assert "Plan: year. Level: senior." in await other.types("/admin preview")
    planned = [await stage.read(days.planned, TrackId(track)) for track in (1, 2)]
    junior, senior = (sum(stage.bank.question(day.question_id).level == "senior" for day in track) for track in planned)
    assert senior > junior + 2  # it is drawn four times as often there as where juniors are
    await other.types("/setup")
    assert {field["label"]: field["value"] for field in other.form["fields"]}["Level of this track"] == "senior"
    assert "Level: mid" in await other.fills(level="mid", plan="five-week")
    assert "Plan: year. Level: junior." in await stage.mira.types("/admin preview")
    assert "Level: junior" in await third.types("/admin track others")
    await stage.mira.types("/setup")
    assert "Level: staff" in await stage.mira.fills(level="staff")
    tracks = await stage.read(groups.tracks_of, GroupId(1))
    assert [track.level_in(await stage.group()) for track in tracks] == ["staff", "mid", "staff"]
    assert "seniors year senior" in await stage.mira.types("/admin log")


async def test_a_manager_who_is_no_member_may_look_and_a_name_that_grows_in_small_letters_is_refused(
    stage: Stage,
) -> None:
    await stage.sets_up()
    other = str(stage.world.add_channel("juniors")["id"])
    nora = stage.comes("Nora", manager=True)
    shown = [await nora.types(f"/admin {name}") for name in ("numbers", "recap", "season", "track", "log", "rounds")]
    assert not any("Something went wrong" in said or "for the group's organisers" in said for said in shown)
    mira = Actor(stage, stage.mira.id, "Mira", other)
    assert "in lower case these are 80" in await mira.types("/admin track " + "İ" * 40)


async def test_leaving_the_channel_of_one_track_is_not_leaving_the_group(stage: Stage) -> None:
    await stage.sets_up()
    other = str(stage.world.add_channel("juniors")["id"])
    await Actor(stage, stage.mira.id, "Mira", other).types("/admin track juniors")
    await stage.jonas.types("/join")
    now, who = stage.clock.now(), stage.jonas.person

    async def leaves(channel: str) -> None:
        await stage.app.dispatcher.handle(
            Left(id=f"left-{channel}", who=who, name="Jonas", place=Place("local", "local", channel), at=now)
        )

    async def is_gone() -> bool:
        found = await stage.read(members.find, GroupId(1), who)
        return found is not None and found.left_at is not None

    # A channel that is paused is one of the group's all the same: nobody has left it.
    (home,) = await stage.read(homes.homes_of, TrackId(1))
    await stage.app.work.run(homes.pause, home, now)
    await leaves(other)
    await stage.settles()
    assert not await is_gone()
    await leaves("")
    assert await is_gone()


async def test_a_track_whose_channel_is_gone_uses_no_question_up(stage: Stage) -> None:
    await stage.sets_up()
    other = str(stage.world.add_channel("juniors")["id"])
    there = Actor(stage, stage.mira.id, "Mira", other)
    await there.types("/admin track juniors")
    stage.world.take_permission(other, "send messages")
    await stage.at("Thu 10:00")  # three dates in a row were refused, and the channel is paused
    asked = {(day.on.day, day.track): day.state for day in await stage.all_days() if day.on.day <= 26}
    assert [asked[on, TrackId(2)] for on in (23, 24, 25, 26)] == ["revealed", "revealed", "revealed", "missed"]
    assert asked[26, TrackId(1)] == "open"
    assert "no channel of this track takes posts" in await there.types("/admin next")
    assert "nothing was asked on 2026-11-26: no channel of the track takes posts" in await there.types("/admin log")
