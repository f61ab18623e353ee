"""A run without a page, in one process: a transcript, and one line of JSON at its end."""

from typing import TextIO

from bot.app import App
from bot.demo.group import Stage, database, public_bank, set_seed, the_app
from bot.demo.noted import noting
from bot.demo.rest import Rest
from bot.demo.run import Ending, Run, check_limits
from bot.platforms.local.world import World
from bot.storage import outbox


class Here:
    """The bot in this process, where its clock is the world's."""

    def __init__(self, app: App, world: World) -> None:
        self._world = world
        self._rest = Rest(app)

    @property
    def up(self) -> bool:
        """It always runs."""
        return True

    async def rest(self) -> None:
        """Wait until it has nothing left to do."""
        await self._world.settled()
        await self._rest.take()


async def run_headless(
    *, days: int, members: int, seed: int, out: TextIO, progress: TextIO, database_url: str | None = None
) -> int:
    """Play so many days; give 0 where nothing was lost, doubled or broken."""
    check_limits(days=days, members=members)
    run, points, ending = await play_through(
        days=days, members=members, seed=seed, out=out, progress=progress, database_url=database_url
    )
    return run.conclude(points, ending)


async def play_through(
    *, days: int, members: int, seed: int, out: TextIO, progress: TextIO, database_url: str | None = None
) -> tuple[Run, dict[int, int], Ending]:
    """Play so many days; give the run, everybody's points at its end, and what the bot says of itself."""
    bugs: list[str] = []
    with noting(progress, bugs.append), database(database_url) as url:
        stage, bank = Stage(members), public_bank()
        app = the_app(url, bank, stage.world, stage.clock)
        run = Run.on(stage, Here(app, stage.world), bank, days=days, seed=seed, out=out, progress=progress)
        await app.start()
        try:
            await run.open(lambda: set_seed(app, stage.users[0], str(seed)))
            while await run.play.next():
                run.tell_progress()
            points = await run.close()
            rows = await app.work.read(outbox.counts)
        finally:
            await app.stop()
    return run, points, Ending(errors=len(bugs) + rows["dead"], maybe_doubled=rows["maybe_doubled"], more={})
