"""Where it is tomorrow in UTC: dates are the group's, not the machine's."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from bot.bank.load import Bank
from bot.features.away.store import aways
from tests.ground import Ground
from tests.stage import Stage

START, ZONE = datetime(2026, 11, 23, 16, tzinfo=UTC), "America/Los_Angeles"


async def test_the_last_day_away_and_the_day_of_an_interview_are_those_of_the_group(
    tmp_path: Path, bank: Bank, ground: Ground
) -> None:
    stage = await Stage.open(tmp_path, bank, ground, start=START, zone=ZONE)
    try:
        await stage.sets_up()
        await stage.jonas.types("/join")
        await stage.jonas.types("/settings")
        await stage.jonas.presses("Reminders and privacy")
        await stage.jonas.fills(away_until="2026-11-23")
        await stage.at("Mon 18:00")  # Tuesday 02:00 in UTC
        await stage.jonas.presses("Reminders and privacy")
        await stage.jonas.fills(remind_posted="yes")
        rows = await stage.read(lambda tx: [(row.first_on.day, row.last_on.day) for row in tx.execute(select(aways))])
        assert rows == [(23, 23)]
        await stage.jonas.types("/mock solo behavioural")
        await stage.jonas.presses("End")
        assert "23 Nov 2026" in await stage.jonas.types("/mock history")
    finally:
        await stage.stops()
