"""A run in which the bot is killed: here are the world, the script and the oracle, the bot is another process."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TextIO

from sqlalchemy import Row

from bot.core.ports import React
from bot.demo.calendar import Posting
from bot.demo.group import Stage, database, public_bank
from bot.demo.noted import noting
from bot.demo.nursery import Nursery
from bot.demo.play import MINUTE, SECOND
from bot.demo.run import Ending, Run, check_limits
from bot.demo.steps import Withdraw
from bot.demo.ward import Ward
from bot.jobs.delivery import UNSETTLED
from bot.platforms.local.formats import Mode, Refused
from bot.storage import outbox
from bot.storage.database import Database

HOUR = timedelta(hours=1)
LONGEST = {Mode.nonce: 4 * MINUTE, Mode.history: 5 * HOUR, Mode.bare: 5 * HOUR}
"""How long the bot may not come to rest: while a nonce holds, else while a missed question is still caught up."""

GIVEN_UP = "it is not known whether this arrived"
LOOKS = (1, 3, 6, 11, 12)  # minutes after a start: what could not be settled at once is settled then


@dataclass(frozen=True, slots=True)
class Kill:
    """When the bot is killed, and how.

    before or after  around the `number`-th of its next writes, and whatever it wrote last it never hears of
    answering        around its next answer to somebody who waits
    during           some milliseconds after it has begun to do what is due
    """

    due: datetime
    how: str
    number: int
    wait: float


def plan(seed: int, kills: int, postings: Sequence[Posting], start: datetime, ends: datetime) -> list[Kill]:
    """The kills of a run: a third around posts, a third around reveals, a third anywhere."""
    rng = Random(f"{seed} kills")
    hours = (ends - start) / HOUR
    found = []
    for number in range(kills):
        posting = rng.choice(postings) if postings else None
        anywhere = start + rng.random() * hours * HOUR
        due = anywhere if posting is None else (posting.opens, posting.reveals, anywhere)[number % 3]
        how = rng.choice(("before", "after", "after", "answering", "during", "during"))
        found.append(Kill(min(due, ends - SECOND), how, rng.randint(1, 4), 0.08 * rng.random() ** 2))
    return sorted(found, key=lambda kill: kill.due)


@dataclass(slots=True)
class Reaper:
    """Kills the bot as planned, and says when it comes back."""

    ward: Ward
    run: Run
    rng: Random
    plan: list[Kill]
    done: int = 0
    _armed: bool = False
    _busy_since: datetime | None = None
    _timers: list[asyncio.TimerHandle] = field(default_factory=list)

    def before_rest(self) -> None:
        """Take up the next kill that is due."""
        now = self.run.stage.clock.now()
        self._busy_since = self._busy_since or now
        if self._armed or not self.ward.up or not self.plan or self.plan[0].due > now:
            return
        self._armed = True
        kill = self.plan.pop(0)
        if kill.how == "during":
            self._timers = [asyncio.get_running_loop().call_later(kill.wait, self.strike, "while it was busy")]
        else:
            self.run.stage.world.on_call = self._hook(kill)

    def _hook(self, kill: Kill):  # type: ignore[no-untyped-def]  # a nested function with a counter
        left = kill.number
        wanted = ("before", "after")[kill.number % 2] if kill.how == "answering" else kill.how

        def hook(when: str, call: str, number: int) -> None:
            nonlocal left
            if when != wanted or (call == "answer") != (kill.how == "answering"):
                return
            left -= 1
            if left > 0 and kill.how != "answering":
                return
            self.strike(f"{when} its {call}")
            if when == "before":
                raise Refused(503, "the bot died before it could ask")

        return hook

    def strike(self, where: str) -> None:
        """Kill the bot now."""
        if not self.ward.up:
            return
        self.ward.kill()
        self.disarm()
        self.done += 1
        self.run.transcript.line(f"-- the bot is killed {where}")

    def disarm(self) -> None:
        """Plan nothing for this life any more."""
        self._armed = False
        self.run.stage.world.on_call = None
        for timer in self._timers:
            timer.cancel()

    def after_rest(self) -> None:
        """Note that the bot has done what there was to do, if it has."""
        if self.ward.up:
            self._busy_since = None

    def away(self) -> timedelta:
        """How long the bot stays away this time."""
        stage = self.run.stage
        now, drawn = stage.clock.now(), self._drawn(Mode(stage.world.mode))
        postings = self.run.play.script.postings
        reveal = min((posting.reveals for posting in postings if posting.reveals > now), default=None)
        if self.run.play.unsure and reveal and reveal - now < 4 * HOUR:
            drawn = min(drawn, 3 * MINUTE)  # who got no answer can try again in time
        left = LONGEST[Mode(stage.world.mode)] - (now - (self._busy_since or now))
        return max(timedelta(0), min(drawn, left))

    def _drawn(self, mode: Mode) -> timedelta:
        short = self.rng.random() * 3 * MINUTE
        kind = self.rng.random()
        if mode is Mode.nonce or kind < 0.6:
            return short
        long = UNSETTLED + self.rng.random() * 30 * MINUTE if kind < 0.85 else self.rng.random() * 3 * HOUR
        return long


async def run_killed(
    *,
    days: int,
    members: int,
    seed: int,
    kills: int,
    world_mode: str,
    database_url: str | None = None,
    out: TextIO,
    progress: TextIO,
) -> int:
    """Play so many days and kill the bot so many times; give 0 where it is as promised all the same."""
    check_limits(days=days, members=members, kills=kills)
    bugs: list[str] = []
    with noting(progress, bugs.append), database(database_url) as url:
        stage = Stage(members, Mode(world_mode))
        nursery = await Nursery.open()
        ward = Ward(stage, url, nursery, bugs)
        run = Run.on(stage, ward, public_bank(), days=days, seed=seed, out=out, progress=progress)
        await ward.open()
        try:
            points = await _play(run, ward, kills)
        finally:
            await ward.close()
            await nursery.close()
        rows = await _rows(url)
    ending = _ending(run, rows, bugs, kills)
    return run.conclude(points, ending)


async def _play(run: Run, ward: Ward, kills: int) -> dict[int, int]:
    await ward.start()
    await run.open(lambda: ward.order(seed=str(run.seed), organiser=run.stage.users[0]))
    script = run.play.script
    reaper = Reaper(ward, run, Random(f"{run.seed} away"), plan(run.seed, kills, script.postings, script.start, script.ends))
    ward.before_rest, ward.after_rest = reaper.before_rest, reaper.after_rest
    while await _next(run, ward, reaper):
        run.tell_progress()
    while reaper.done < kills:
        reaper.strike("while it had nothing to do")
        await _again(run, ward, run.stage.clock.now())
    reaper.disarm()
    points = await run.close()
    await ward.stop()
    return points


async def _next(run: Run, ward: Ward, reaper: Reaper) -> bool:
    if ward.up:
        return await run.play.next()
    back_at = run.stage.clock.now() + reaper.away()
    # Life goes on without the bot.
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
    dead: Sequence[Row]


async def _rows(url: str) -> Rows:
    database = Database(url)
    try:
        counts = await database.read(outbox.counts)
        return Rows(counts["maybe_doubled"], await database.read(outbox.dead))
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
    return Ending(errors, rows.maybe_doubled, {"kills": kills, "given_up": len(given_up)})
