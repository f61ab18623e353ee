"""What is known of a running house: how often it beats, how long that takes, how late the event loop is."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.app import App
from bot.features.code import store as code
from bot.jobs.clock import Beat
from bot.storage import inbox, outbox

SAMPLED_EVERY = 0.5  # seconds between two looks at the event loop
STALE = 60.0  # seconds without a beat: the clock stands still, or the database does not answer


@dataclass(slots=True)
class Pulse:
    """The signs of life of one process, from its start to its stop."""

    app: App
    beats: int = 0
    beat_seconds: float = 0.0
    lag: float = 0.0
    rows: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    queue: code.Queue = field(default_factory=code.Queue)
    state: str = "starting"
    away: dict[str, str] = field(default_factory=dict)
    """The platforms that cannot be reached while it starts, with the reason."""
    _ended: float = field(default_factory=time.monotonic)
    _at_work: asyncio.Lock = field(default_factory=asyncio.Lock)
    _clock: Beat | None = None

    @property
    def errors(self) -> int:
        """Bugs met since the start."""
        return self.app.errors

    def since_beat(self) -> float:
        """Seconds since the last beat ended."""
        return time.monotonic() - self._ended

    async def start(self) -> None:
        """Start the house; its clock goes from here on, except where it serves HTTP only."""
        if self.app.role.sends:
            self._clock = await self.app.run(self.beat)
        else:
            self.app.judge()
        self._ended = time.monotonic()
        self.state = "running"

    async def stop(self) -> None:
        """Let the beat that has begun end as the last one, then stop the house."""
        self.state = "stopping"
        self.app.close()
        async with self._at_work:
            if self._clock:
                self._clock.stop()
        await self.app.stop()

    async def beat(self) -> datetime | None:
        """One beat of the house, timed."""
        async with self._at_work:
            if self.state == "stopping":
                return None
            begun = time.monotonic()
            try:
                return await self.app.beat()
            finally:
                self.beats += 1
                self._ended = time.monotonic()
                self.beat_seconds = self._ended - begun

    async def watch_the_loop(self) -> None:
        """Measure again and again how late the event loop wakes us."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(SAMPLED_EVERY)
            self.lag = max(0.0, time.monotonic() - before - SAMPLED_EVERY)

    async def ask_the_database(self) -> None:
        """Ask something that takes no time however long it has run; raises where the database does not answer."""
        await self.app.work.read(lambda tx: tx.execute(select(1)))

    async def count_rows(self) -> None:
        """Count rows of outbox and inbox, and programs without a verdict; raises where the database does not answer."""
        self.rows = await self.app.work.read(outbox.counts)
        self.events = await self.app.work.read(inbox.counts)
        self.queue = await self.app.work.read(code.queue)

    def waits_for_a_verdict(self) -> float:
        """Seconds since the oldest program was sent that has no verdict; 0 where each has one."""
        oldest = self.queue.oldest
        return max(0.0, (self.app.clock.now() - oldest).total_seconds()) if oldest else 0.0

    def beating(self) -> bool:
        """Whether the clock of the house goes, where it has one."""
        return not self.app.role.sends or self.since_beat() < STALE
