"""A second channel with questions of its own: one group, one board, one streak."""

from sqlalchemy import func, select

from bot.features.boards.store import ledger
from tests.actor import Actor
from tests.stage import Stage


async def test_a_channel_gets_a_track_and_the_best_track_of_a_date_counts(stage: Stage) -> None:
    await stage.sets_up()
    other = str(stage.world.add_channel("juniors")["id"])
    mira, jonas = (Actor(stage, person.id, person.name, other) for person in (stage.mira, stage.jonas))
    assert "This is for organisers" in await jonas.types("/admin track juniors")
    assert "Wanted one of the plans" in await mira.types("/admin track juniors plan=none")
    assert "has a track of its own, juniors" in await mira.types("/admin track Juniors plan=five-week")
    assert "has its questions already" in await mira.types("/admin track seniors")
    await stage.plans("reading-a-p-value")
    await mira.types("/admin swap 2026-11-23 two-detectors-in-a-row")
    await stage.at("Mon 09:00")
    assert "Flagged by two detectors" in await jonas.types("/question")
    assert "Reading a p-value" in await stage.jonas.types("/question")
    await stage.jonas.presses("C")
    await jonas.presses("Answer", under="Flagged by two detectors")
    await jonas.fills("65")
    await stage.at("Tue 08:30")
    booked = await stage.read(lambda tx: tx.scalar(select(func.count()).select_from(ledger)))
    assert booked == 5  # right and first, twice, and one row that takes the second back
    assert "1. Jonas, 12 points, you" in await jonas.types("/board all")
    assert "Streak: 1 day (longest 1 day)." in await jonas.types("/me")
