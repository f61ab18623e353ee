"""A backup that is made while the bot sends is restored elsewhere, and the week goes on: nothing lost, nothing doubled.

The oracle of the demo judges, by what members see. What they pressed between backup and restore is gone with the old
database, as with any restore, so here they do nothing meanwhile; the old bot goes on sending, and keeping time.
"""

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.app import App
from bot.demo import seen
from bot.demo.calendar import postings
from bot.demo.group import Stage, public_bank, set_seed, the_app
from bot.demo.oracle import judge
from bot.demo.rest import Rest
from bot.demo.run import Run
from bot.pictures.draw import draw
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import Mode
from bot.resources import folder
from bot.roles import Role
from bot.settings import sqlite_url
from bot.storage import backup, migrate, outbox, restored
from bot.storage.database import Database
from tests.storage.databases import postgresql_url

MIGRATIONS = folder("migrations")
DAYS, MEMBERS, SEED = 5, 7, 3
HOUR = timedelta(hours=1)
Urls = Callable[[], str]


class Moving:
    """A bot that is now and then restored elsewhere from a backup that was made while it was sending."""

    def __init__(self, stage: Stage, urls: Urls, file: Path) -> None:
        self.stage = stage
        self.run: Run
        self._urls = urls
        self._file = file
        self.bank = public_bank()
        self.url = urls()
        migrate.upgrade(self.url, MIGRATIONS)
        self._take_up()
        self.at_call: int | None = None
        """At which of its next calls a backup is made."""
        self.made_at: datetime | None = None
        self.unsettled: list[int] = []
        """How many messages each restore had to look for."""
        self.moves = self.gone_on = 0

    def _take_up(self) -> None:
        self.app: App = the_app(self.url, self.bank, self.stage.world, self.stage.clock)
        self._rest = Rest(self.app)

    @property
    def up(self) -> bool:
        """It always runs."""
        return True

    async def rest(self) -> None:
        """Do what there is to do."""
        await self.stage.world.settled()
        await self._rest.take()

    def back_up_at_call(self, number: int) -> None:
        """Make a backup in the middle of the bot's next work, after so many calls."""
        left = number

        def count(when: str, call: str, _: int) -> None:
            nonlocal left
            left -= when == "before"
            if not left and self.made_at is None:
                self.back_up()

        self.stage.world.on_call = count

    def back_up(self) -> None:
        """Make a backup now."""
        self.made_at = self.stage.clock.now()
        backup.make(self.url, self._file, migrations=MIGRATIONS, now=self.made_at)

    async def move(self) -> None:
        """Let the old bot be gone, and restore the backup into another database."""
        assert self.made_at
        self.stage.world.on_call = None
        await self.app.stop()
        old, self.url = self.url, self._urls()
        backup.restore(self.url, self._file, migrations=MIGRATIONS, replace=False, now=self.stage.clock.now())
        self.unsettled.append(await _unsettled(self.url))
        self.moves += 1
        self.gone_on += await _rows(old) > await _rows(self.url)
        self.made_at = None
        self._take_up()
        await self.app.start()
        await self.rest()
        await self.app.beat()
        assert await self.app.work.read(restored.awaiting) is None


async def _unsettled(url: str) -> int:
    return await _count(url, "sending")


async def _rows(url: str) -> int:
    return await _count(url)


async def _count(url: str, *states: str) -> int:
    database = Database(url)
    wanted = select(func.count()).select_from(outbox.outbox)
    wanted = wanted.where(outbox.outbox.c.state.in_(states)) if states else wanted
    try:
        return await database.read(lambda tx: tx.scalar(wanted)) or 0
    finally:
        await database.close()


@pytest.fixture(params=["sqlite", "between the two"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Urls]:
    """Where the bot lives next: another SQLite file each time, or SQLite and PostgreSQL in turn."""
    made = 0

    with ExitStack() as stack:

        def another() -> str:
            nonlocal made
            made += 1
            if request.param != "sqlite" and made % 2 == 0:
                return stack.enter_context(postgresql_url())
            return sqlite_url(tmp_path / f"home{made}.db")

        yield another


async def played(bot: Moving, run: Run) -> None:
    """Play it all, and move around each posting and each reveal: from a backup before it was due, or in its middle."""
    plans = iter(sorted([at for posting in run.play.script.postings for at in (posting.opens, posting.reveals)]))
    due, number = next(plans), 0
    while (upcoming := run.play.upcoming) is not None:
        if bot.made_at is not None and (_acts_next(run) or upcoming >= due):
            await bot.move()
        if upcoming >= due:
            if number % 3:
                bot.back_up_at_call(number % 3)
            else:
                bot.back_up()
            due, number = next(plans, run.play.script.ends), number + 1
        await run.play.next()
    if bot.made_at is not None:
        await bot.move()


def _acts_next(run: Run) -> bool:
    return run.play._moments[0][2] is not None or bool(run.play._waiting and any(run.play._waiting.values()))


@pytest.mark.postgres
async def test_restored_elsewhere_again_and_again_nothing_is_lost_and_nothing_doubled(
    urls: Urls, tmp_path: Path
) -> None:
    stage = Stage(MEMBERS, Mode.history)
    bot = Moving(stage, urls, tmp_path / "backup")
    out = io.StringIO()
    run = Run.on(stage, bot, bot.bank, days=DAYS, seed=SEED, out=out, progress=io.StringIO())
    with capture_logs() as logged:
        await bot.app.start()
        await run.open(lambda: set_seed(bot.app, stage.users[0], str(SEED)))
        await played(bot, run)
        points = await run.close()
        counts = await bot.app.work.read(outbox.counts)
        await bot.app.stop()
    assert [str(finding) for finding in judge(run.evidence(points))] == []
    assert (counts["dead"], counts["maybe_doubled"]) == (0, 0)
    assert [line for line in logged if line["log_level"] in ("error", "critical")] == []
    assert bot.moves >= DAYS + 2
    assert max(bot.unsettled) >= 1, "no backup was made while something was still to be sent"
    assert bot.gone_on >= 1, "no old bot wrote anything after its backup"
    assert timedelta(0) <= stage.clock.now() - run.play.script.ends


@pytest.mark.postgres
async def test_two_processes_that_start_after_a_restore_send_nothing_twice(postgresql: str, tmp_path: Path) -> None:
    stage = Stage(MEMBERS, Mode.history)
    bot = Moving(stage, lambda: sqlite_url(tmp_path / "first.db"), tmp_path / "backup")
    await bot.app.start()
    posting = postings(stage.start, 1)[0]
    stage.furnish()
    stage.clock.set(posting.opens - HOUR)
    await stage.set_up()
    await bot.rest()
    bot.back_up()
    stage.clock.set(posting.opens)
    await bot.rest()
    stage.clock.set(posting.opens + HOUR)
    await bot.app.stop()
    before = [message.id for message in stage.world.messages.values()]
    backup.restore(postgresql, tmp_path / "backup", migrations=MIGRATIONS, replace=False, now=stage.clock.now())
    both = [
        App(
            database=Database(postgresql),
            bank=bot.bank,
            platforms={"local": LocalPlatform(stage.world, draw)},
            clock=stage.clock,
            role=Role.worker,
        )
        for _ in range(2)
    ]
    await asyncio.gather(*(app.start() for app in both))
    await asyncio.gather(*(app.beat() for app in both))
    counts = await both[0].work.read(outbox.counts)
    assert await both[1].work.read(restored.awaiting) is None
    for app in both:
        await app.stop()
    assert [message.id for message in stage.world.messages.values()] == before
    assert sum(seen.is_question(message.to_json(), stage.channel) for message in stage.world.messages.values()) == 1
    assert (counts["pending"], counts["sending"], counts["dead"]) == (0, 0, 0)
    assert [app.errors for app in both] == [0, 0]
