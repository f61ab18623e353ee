"""A second channel with questions of its own: one group, one board, one streak."""

from sqlalchemy import select

from bot.core.refs import GroupId, TrackId
from bot.features.boards.store import ledger
from bot.features.days import store as days
from bot.features.groups import store as groups
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
