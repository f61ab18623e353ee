"""A process that judges what waits in a database, and kills itself at a named point; run by `test_judge.py`."""

import asyncio
import os
import signal
import sys
from datetime import datetime

from bot.core.clock import SetClock
from bot.core.points import Point, watch
from bot.features.code import store
from bot.jobs.judging import Judges
from bot.judge.bwrap import Bwrap
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork


async def main(url: str, at: str, dies_at: str, skips: int) -> None:
    """Judge until nothing waits, unless the point comes once more than `skips` times."""
    clock = SetClock(datetime.fromisoformat(at))
    database = Database(url)
    work = DatabaseWork(database, clock)
    if database.sqlite:
        await work.run(store.release_leases, clock.now())
    runner = Bwrap()
    await runner.start()
    left = skips

    def die(point: Point) -> None:
        nonlocal left
        if point == dies_at:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    watch(die)
    await Judges(work=work, clock=clock, runner=runner, workers=1).drain()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
