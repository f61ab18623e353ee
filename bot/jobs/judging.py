"""Judges what members sent: a few programs at once, beside everything else that the house does.

A program is claimed under a lease that is held for as long as it is judged, judged without any transaction, and its
verdict is written in one, together with what follows from it. Whoever dies in between leaves a lease behind, and the
program is judged by somebody else: the verdict is written by one of them, and told once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.bank.schema import Code
from bot.core.clock import Clock
from bot.core.errors import DatabaseAway
from bot.core.points import Point, reached
from bot.core.ports import UnitOfWork
from bot.features.code import store, words
from bot.features.code.rules import task_of
from bot.features.code.store import Submission
from bot.features.days import store as days
from bot.judge.judging import judge
from bot.judge.runner import Runner, Unavailable
from bot.judge.task import Refused, Task, Verdict

log = structlog.get_logger()
LOOK_EVERY = 5.0  # seconds: other processes write programs too
AFTER_A_BUG = 5.0
HOLD_EVERY = store.LEASE.total_seconds() / 4  # seconds; a question may allow minutes for a case, and machines are busy
LAST_ONES = 30.0  # seconds that a stop waits for verdicts under way; what takes longer is judged after the start
LATE_ONES = 10.0  # seconds that it waits for those that it has given up


class Judges:
    """Some workers over one back end; `told` is called when there is a verdict to send."""

    def __init__(
        self, *, work: UnitOfWork, clock: Clock, runner: Runner, workers: int, told: Callable[[], None] = lambda: None
    ) -> None:
        self._work = work
        self._clock = clock
        self._runner = runner
        self._count = workers
        self.told = told
        self._news = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []
        self.errors = 0
        self.verdicts: Counter[str] = Counter()
        """The verdicts on members' programs that this process has written, by outcome."""
        self.closing = False

    def start(self) -> None:
        """Begin to judge."""
        self._workers = [asyncio.create_task(self._go_on()) for _ in range(self._count)]

    def wake(self) -> None:
        """There may be something to judge."""
        self._news.set()

    async def drain(self) -> None:
        """Judge everything that waits, one after another: for a clock that is set by hand."""
        while await self.judge_one():
            pass

    async def stop(self) -> None:
        """Let the verdicts under way be written, begin no more, and end the back end."""
        self.closing = True
        self._news.set()
        if self._workers:
            _, late = await asyncio.wait(self._workers, timeout=LAST_ONES)
            for one in late:
                one.cancel()  # its lease ends, and it is judged again
            if late:
                await asyncio.wait(late, timeout=LATE_ONES)  # until their guests are killed
        await self._runner.stop()

    async def _go_on(self) -> None:
        while not self.closing:
            try:
                if await self.judge_one():
                    continue
                wait = LOOK_EVERY
            except (DatabaseAway, Unavailable) as error:
                log.warning("judge_waits", why=type(error).__name__)
                wait = LOOK_EVERY
            except Exception:
                self.errors += 1
                log.exception("judging_failed")
                wait = AFTER_A_BUG
            self._news.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def judge_one(self) -> bool:
        """Judge the next program whose turn it is; give whether there was one."""
        claimed = await self._work.run(store.claim, self._clock.now())
        if claimed is None:
            return False
        reached(Point.program_claimed)
        if claimed.attempts > store.MOST_TRIES:
            verdict = Verdict(self._runner.name, Refused.unjudged)
        else:
            verdict = await self._judge(claimed)
        reached(Point.program_judged)
        if await self._work.run(_conclude, claimed, verdict, self._clock.now()):
            self.verdicts[verdict.outcome] += 1
        reached(Point.verdict_committed)
        self.told()
        return True

    async def _judge(self, claimed: Submission) -> Verdict:
        task = await self._work.read(_task, claimed)
        holding = asyncio.create_task(self._hold(claimed))
        try:
            return await judge(self._runner, task, claimed.program)
        finally:
            holding.cancel()

    async def _hold(self, claimed: Submission) -> None:
        while True:
            await asyncio.sleep(HOLD_EVERY)
            try:
                await self._work.run(store.hold, claimed.id, claimed.attempts, self._clock.now())
            except DatabaseAway as error:  # it is tried again before the lease ends
                log.warning("judge_waits", why=type(error).__name__)


def _task(tx: Connection, claimed: Submission) -> Task:
    asked = days.get(tx, claimed.day).asked
    assert isinstance(asked, Code)
    return task_of(asked.answer)


def _conclude(tx: Connection, claimed: Submission, verdict: Verdict, now: datetime) -> bool:
    """Write the verdict, let the best program be the answer, and tell the member; once, whoever judged it too.

    Gives whether a member was told.
    """
    day = days.get(tx, claimed.day, held=True)  # before the program: whoever deletes its message holds them so too
    judged = store.note_verdict(tx, claimed.id, claimed.attempts, verdict, now)
    if judged is None or judged.member is None:
        return False
    store.let_the_best_count(tx, day, judged.member, words.summary)
    store.tell(tx, judged, words.verdict(day, judged), now)
    reached(Point.verdict_written)
    return True
