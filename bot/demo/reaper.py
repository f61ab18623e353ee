"""When the bot is killed, how, and how long it stays away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bot.demo.body import Body
from bot.demo.calendar import Posting
from bot.demo.play import MINUTE, SECOND
from bot.demo.run import Run
from bot.demo.ward import Ward
from bot.jobs.delivery import UNSETTLED
from bot.platforms.local.faults import OnCall
from bot.platforms.local.formats import Mode, Refused
from bot.platforms.local.remote import CALLER
from bot.storage.outbox import LEASE

HOUR = timedelta(hours=1)
PATIENCE = 3 * HOUR  # how long a kill waits for its call while the next one is due
LONGEST = {Mode.nonce: 4 * MINUTE, Mode.history: 5 * HOUR, Mode.bare: 5 * HOUR}
"""How long the bot may not come to rest: while a nonce holds, else while a missed question is still caught up.

What a dead process had taken up is free when its lease ends, so nobody dies in the last minute of that time: the next
life could only send when the nonce holds no more, and what it does then is no promise that a nonce makes.
"""


CALLS = (("post", "open_thread"), ("post", "open_thread"), ("edit", "react"), ("answer",))
"""What a kill may wait for; the first is what could be lost or doubled."""


ALL_AT_ONCE = 0.25
LEASE_ENDS = (1, 2, 4)  # minutes after a death: what the dead had taken up is free then


@dataclass(frozen=True, slots=True)
class Kill:
    """When the bot is killed: before or after the `number`-th of its next `calls`, or `wait` seconds into its work.

    After a call means that it was done and that the bot never hears of it.
    """

    due: datetime
    how: str
    calls: tuple[str, ...]
    number: int
    wait: float


def plan(seed: int, kills: int, postings: Sequence[Posting], start: datetime, ends: datetime) -> list[Kill]:
    """The kills of a run: a third around posts, a third around reveals, a third anywhere."""
    rng = Random(f"{seed} kills")
    found = []
    for number in range(kills):
        posting = rng.choice(postings)
        due = (posting.opens, posting.reveals, start + rng.random() * (ends - start))[number % 3]
        how, calls = rng.choice(("before", "after", "after", "during")), rng.choice(CALLS)
        found.append(Kill(min(due, ends - SECOND), how, calls, rng.randint(1, 2), 0.08 * rng.random() ** 2))
    return sorted(found, key=lambda kill: kill.due)


@dataclass(slots=True)
class Reaper:
    """Kills the bot as planned, and says when it comes back."""

    ward: Ward
    run: Run
    rng: Random
    plan: list[Kill]
    done: int = 0
    most: int = field(init=False)
    _armed: datetime | None = None
    _busy_since: datetime | None = None
    _died_at: datetime | None = None
    _timers: list[asyncio.TimerHandle] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.most = len(self.plan)

    def spare(self) -> None:
        """Kill no more."""
        self.plan.clear()
        self.disarm()

    def before_rest(self) -> None:
        """Take up the next kill that is due."""
        now = self.run.stage.clock.now()
        self._busy_since = self._busy_since or now
        if not self.ward.up or not self.plan or self.plan[0].due > now:
            return
        if self._armed:
            if now - self._armed > PATIENCE:
                self._soon(self.plan[0].wait)  # the call for which it waits does not come
            return
        self._armed = now
        kill = self.plan.pop(0)
        if kill.how == "during":
            self._soon(kill.wait)
        else:
            self.run.stage.world.on_call = self._hook(kill)

    def _soon(self, wait: float) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(wait, self.strike, "while it was busy"))

    def _victim(self) -> Body | None:
        """Who dies: the process whose call it is, else any; now and then all at once, as when a machine goes down."""
        if self.rng.random() < ALL_AT_ONCE:
            return None
        return self.ward.calling_from(CALLER.get()) or self.rng.choice(self.ward.alive)

    def _hook(self, kill: Kill) -> OnCall:
        left = kill.number

        def hook(when: str, call: str, number: int) -> None:
            nonlocal left
            left -= when == kill.how and call in kill.calls
            if left:
                return
            if self.strike(f"{when} its {call}") and when == "before":
                raise Refused(503, "the bot died before it could ask")

        return hook

    def strike(self, where: str) -> bool:
        """Kill the bot now; gives whether it was killed."""
        if not self.ward.up:
            return False
        if self._must_come_to_rest():
            self.disarm()
            return False
        self.ward.kill(self._victim())
        self._died_at = self.run.stage.clock.now()
        self.disarm()
        if self.ward.up:
            self._let_others_take_over()
        self.done += 1
        if self.done == self.most:
            self.spare()
        self.run.transcript.line(f"-- the bot is killed {where}")
        return True

    def _must_come_to_rest(self) -> bool:
        now = self.run.stage.clock.now()
        return now - (self._busy_since or now) > LONGEST[Mode(self.run.stage.world.mode)] - LEASE

    def _let_others_take_over(self) -> None:
        now = self.run.stage.clock.now()
        for minutes in LEASE_ENDS:
            self.run.play.at(now + minutes * MINUTE)

    def disarm(self) -> None:
        """Plan nothing for this life any more."""
        self._armed = None
        self.run.stage.world.on_call = None
        while self._timers:
            self._timers.pop().cancel()

    def after_rest(self) -> None:
        """Note that the bot has done what there was to do, if it has: what the dead had taken up is part of it."""
        held = self._died_at is not None and self.run.stage.clock.now() - self._died_at < LEASE
        if self.ward.up and not held:
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
        return UNSETTLED + self.rng.random() * 30 * MINUTE if kind < 0.85 else self.rng.random() * 3 * HOUR
