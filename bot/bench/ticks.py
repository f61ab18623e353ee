"""How long a tick takes while very many groups are due at once, beside its bare SQL; and how long the loop hangs."""

from collections.abc import Callable
from time import perf_counter
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.app import catalogue
from bot.bank.load import Bank
from bot.bench import ground
from bot.bench.databases import Server
from bot.bench.lag import Lag
from bot.bench.paired import Measured, Pair, measured
from bot.bench.progress import say
from bot.bench.replay import Recorder, replay
from bot.bench.sizes import Sizes
from bot.core.clock import SetClock
from bot.core.commands import Catalogue
from bot.core.ports import Judging, Meetings, Platforms, Timekeeping, UnitOfWork
from bot.jobs.tick import Tick
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork

P = ParamSpec("P")
T = TypeVar("T")


class PairedWork(UnitOfWork):
    """A unit of work that replays every transaction on another database right after it was committed.

    What is timed as ours goes from the end of one replay to the next commit, so that it holds the tick as well.
    """

    def __init__(self, work: UnitOfWork, recorder: Recorder, bare: Database, lag: Lag) -> None:
        self._work = work
        self._recorder = recorder
        self._bare = bare
        self._lag = lag
        self._since = perf_counter()
        self.pairs: list[Pair] = []

    async def run(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Write, here and there."""
        result = await self._work.run(story, *args, **kwargs)
        took = perf_counter() - self._since
        with self._lag.paused():
            self.pairs.append(Pair(took, await replay(self._bare, self._recorder.take())))
        if len(self.pairs) % 20 == 0:
            say(f"tick: {len(self.pairs)} transactions")
        self._since = perf_counter()
        return result

    async def run_once(
        self, event: str, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Write, here and there; no event comes twice here."""
        return await self.run(story, *args, **kwargs)

    async def read(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read, here only."""
        return await self._work.read(story, *args, **kwargs)


async def tick_vs_bare_sql(server: Server, sizes: Sizes, repetitions: int) -> tuple[Measured, float]:
    """One tick for all groups, its transactions shared out over the repetitions; and the loop's lag meanwhile."""
    bank, declared = ground.wide_bank(sizes.questions), catalogue()
    full = await server.empty()
    for first in range(1, sizes.groups + 1, ground.CHUNK):
        await full.write(ground.found_many, first, min(ground.CHUNK, sizes.groups + 1 - first), bank)
    await full.close()
    say(f"tick on {server.name}: {sizes.groups} groups are due")
    ours, bare = await server.twin(full), await server.twin(full)
    lag = Lag()
    with Recorder(ours) as recorder:
        work = PairedWork(DatabaseWork(ours, SetClock(ground.NOW)), recorder, bare, lag)
        async with lag:
            await _tick(declared, bank, work)
    await ours.close()
    await bare.close()
    return measured(work.pairs, repetitions), lag.p99_ms


async def _tick(declared: Catalogue, bank: Bank, work: PairedWork) -> None:
    services = (bank, declared, Judging(), Meetings(), Platforms({}), Timekeeping())
    tick = Tick(declared, services=services, work=work)
    await tick.run(ground.NOW)
    if tick.errors:
        raise RuntimeError("the tick met a bug; the log says which")
