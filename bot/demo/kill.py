"""A run in which the bot is killed: here are the world, the script and the oracle, the bot is another process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, TextIO

from sqlalchemy import Row

from bot.core.points import Point
from bot.core.ports import React
from bot.demo.group import Stage, database, public_bank
from bot.demo.noted import noting
from bot.demo.nursery import Nursery
from bot.demo.play import MINUTE
from bot.demo.reaper import Reaper, plan
from bot.demo.run import Ending, Run, check_limits
from bot.demo.steps import Withdraw
from bot.demo.ward import Ward
from bot.platforms.local.formats import Mode
from bot.storage import outbox
from bot.storage.database import Database

GIVEN_UP = "it is not known whether this arrived"
LOOKS = (1, 3, 6, 11, 12)  # minutes after a start: what could not be settled at once is settled then


async def run_killed(
    *,
    days: int,
    members: int,
    seed: int,
    kills: int,
    world_mode: str,
    processes: int = 1,
    points: Sequence[Point] = (),
    database_url: str | None = None,
    out: TextIO,
    progress: TextIO,
) -> int:
    """Play so many days, kill the bot so many times, and let it end once at each of these points.

    Gives 0 where it is as promised all the same.
    """
    check_limits(days=days, members=members, kills=kills, processes=processes, database_url=database_url)
    bugs: list[str] = []
    with noting(progress, bugs.append), database(database_url) as url:
        stage = Stage(members, Mode(world_mode), several=processes > 1)
        nursery = await Nursery.open()
        ward = Ward(stage, url, nursery, bugs, processes=processes)
        run = Run.on(stage, ward, public_bank(), days=days, seed=seed, out=out, progress=progress)
        run.punctual = not (kills or points)
        await ward.open()
        try:
            earned = await _play(run, ward, kills, points)
        finally:
            await ward.close()
            await nursery.close()
        rows = await _rows(url)
    ending = _ending(run, rows, bugs, kills)
    return run.conclude(earned, ending)


async def _play(run: Run, ward: Ward, kills: int, points: Sequence[Point]) -> dict[int, int]:
    await ward.start()
    await run.open(lambda: ward.order(seed=str(run.seed), organiser=run.stage.users[0]))
    script = run.play.script
    reaper = Reaper(
        ward, run, Random(f"{run.seed} away"), plan(run.seed, kills, script.postings, script.start, script.ends)
    )
    ward.before_rest, ward.after_rest = reaper.before_rest, reaper.after_rest
    if points:
        ward.points.extend(points)
        ward.kill()
    while await _next(run, ward, reaper):
        run.tell_progress()
    while reaper.done < kills:
        reaper.strike("while it had nothing to do")
        await _again(run, ward, run.stage.clock.now())
    reaper.spare()
    if ward.unreached:
        raise RuntimeError(f"the run ended before {', '.join(ward.unreached)}")
    earned = await run.close()
    await ward.stop()
    return earned


async def _next(run: Run, ward: Ward, reaper: Reaper) -> bool:
    if ward.whole:
        return await run.play.next()
    back_at = run.stage.clock.now() + reaper.away()
    # Life goes on without what is dead of the bot.
    while run.play.upcoming is not None and run.play.upcoming < back_at:
        await run.play.next()
    await _again(run, ward, back_at)
    return True


async def _again(run: Run, ward: Ward, at: datetime) -> None:
    run.stage.clock.set(at)
    await ward.start()
    run.transcript.line("-- the bot is started again")
    now = run.stage.clock.now()
    for minutes in LOOKS:
        run.play.at(now + minutes * MINUTE)
    await run.play.pass_to(now)


@dataclass(frozen=True, slots=True)
class Rows:
    """What the bot itself says of what it had to send."""

    maybe_doubled: int
    sent_again: Sequence[str]
    dead: Sequence[Row[Any]]


async def _rows(url: str) -> Rows:
    database = Database(url)
    try:
        counts = await database.read(outbox.counts)
        again = await database.read(outbox.sent_again)
        return Rows(counts["maybe_doubled"], again, await database.read(outbox.dead))
    finally:
        await database.close()


def _ending(run: Run, rows: Rows, bugs: Sequence[str], kills: int) -> Ending:
    given_up = [row for row in rows.dead if row.last_error == GIVEN_UP and run.stage.world.mode is Mode.bare]
    withdrawn = {deed.message for deed in run.play.deeds if isinstance(deed.step, Withdraw)}
    vain = [row for row in rows.dead if isinstance(row.call, React) and row.call.to.id in withdrawn]
    for bug in bugs:
        run.progress.write(f"error: {bug}\n")
    for row in rows.dead:
        run.progress.write(f"not delivered: {row.key}: {row.last_error}\n")
    errors = len(bugs) + len(rows.dead) - len(given_up) - len(vain)
    kinds = sorted({key.partition(":")[0] for key in rows.sent_again})
    return Ending(errors, rows.maybe_doubled, {"kills": kills, "given_up": len(given_up), "sent_again": kinds})
