"""Where several processes part the work, the bot is away as soon as one part of it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.app import App
from bot.bank.load import Bank
from bot.features.streaks import store
from bot.roles import Role
from bot.storage.database import Database
from tests.ground import Ground

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Watch:
    """A clock that goes, and skips nothing."""

    def __init__(self) -> None:
        self.at = NINE

    def now(self) -> datetime:
        """Tell the time."""
        return self.at


async def test_the_bot_is_away_while_nobody_hears_members_though_a_worker_goes_on(
    tmp_path: Path, bank: Bank, ground: Ground
) -> None:
    watch, database = Watch(), Database(ground.copy(tmp_path))

    def starts(role: Role) -> App:
        return App(database=database, bank=bank, platforms={}, clock=watch, role=role)

    async def goes_on(minutes: int, *apps: App) -> None:
        for _ in range(minutes // 5):
            watch.at += 5 * MINUTE
            for app in apps:
                await app.beat()

    async def absences() -> list[tuple[timedelta, timedelta]]:
        rows = await database.read(lambda tx: tx.execute(select(store.absences).order_by(store.absences.c.id)).all())
        return [(row.since - NINE, row.until - NINE) for row in rows]

    worker, gateway = starts(Role.worker), starts(Role.gateway)
    await worker.start()
    await gateway.start()
    await goes_on(30, worker, gateway)
    assert await absences() == []
    await goes_on(90, worker)
    again = starts(Role.gateway)
    await again.start()
    assert await absences() == [(30 * MINUTE, 120 * MINUTE)]
    await goes_on(30, worker, again)
    await goes_on(60, again)
    everything = starts(Role.all)
    await everything.start()
    assert await absences() == [(30 * MINUTE, 120 * MINUTE), (150 * MINUTE, 210 * MINUTE)]
    await goes_on(60, everything)
    await starts(Role.gateway).start()  # one that comes after it finds members heard
    await starts(Role.worker).start()
    assert len(await absences()) == 2
    await database.close()
