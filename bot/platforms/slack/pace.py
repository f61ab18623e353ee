"""Slack's limits, kept before each call: a message a second in a channel, and so many calls of a method a minute.

Each workspace has limits of its own, so that one which is over them holds no other. Where several processes send, the
turns stand in a book that they share, and what this process knows of it tells beforehand whether a turn is near.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from bot.core.errors import DatabaseAway, NotYet

BETWEEN_MESSAGES = 1.0  # seconds; Slack allows about one message a second in each channel
LONGEST_WAIT = 20.0  # seconds that a call waits for its turn; for longer it goes back into the outbox
A_MOMENT = 0.1  # seconds that a call of the outbox may wait while it holds one of the places
KEPT = 20_000  # turns that are remembered before those that are over are forgotten
# Calls a minute, by Slack's tiers; a fifth of them may come at once.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
METHODS = {
    "apps.connections.open": 1,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "reactions.add": 3,
    "users.conversations": 3,
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
Key = tuple[str, ...]


class Book(Protocol):
    """Where several processes note their turns."""

    async def turn(self, name: str, interval: float, ahead: float, patience: float) -> float:
        """Take the next turn; give the seconds until it comes, and take none where that is longer than `patience`."""
        ...

    async def hold(self, name: str, seconds: float) -> None:
        """Give out no turn for a while."""
        ...


class Pace:
    """Gives every call its turn; without `tiers` and with 0 seconds between messages nothing waits."""

    def __init__(
        self,
        *,
        between_messages: float = BETWEEN_MESSAGES,
        tiers: bool = True,
        book: Book | None = None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._between_messages = between_messages
        self._tiers = tiers
        self._book = book
        self._now = now
        self._sleep = sleep
        self._free: dict[Key, float] = {}
        self._told: dict[Key, float] = {}
        """When the next turn is for whoever is told that there is none yet: not all of them come back at once."""

    def ready(self, team: str, method: str, channel: str = "") -> None:
        """Raise `NotYet` where this call would wait for more than a moment; no turn is taken either way."""
        now, key = self._now(), _key(team, method, channel)
        free = self._free.get(key, 0.0)
        if free - now <= A_MOMENT:
            return
        mine = max(free, self._told.get(key, 0.0))
        self._told[key] = mine + self._rate(method)[0]
        raise NotYet(f"{method} has no turn yet", mine - now)

    def rest(self, team: str, method: str, channel: str = "") -> float:
        """The seconds until the next such call has a turn, as far as this process knows."""
        return max(self._free.get(_key(team, method, channel), 0.0) - self._now(), 0.0)

    async def turn(self, team: str, method: str, channel: str = "", patience: float = LONGEST_WAIT) -> None:
        """Wait until this call may be made; raise where that takes longer than `patience`, and take no turn then."""
        key, (interval, ahead) = _key(team, method, channel), self._rate(method)
        now = self._now()
        # `ahead` is how much may come at once after a rest; a held key is never ahead.
        mine = max(self._free.get(key, 0.0), now - ahead)
        if self._book and interval and mine - now <= patience:
            with suppress(DatabaseAway):  # without the book each process keeps to what it knows itself
                mine = self._now() + await self._book.turn(_name(key), interval, ahead, patience)
        if mine - now > patience:
            self._free[key] = max(self._free.get(key, 0.0), mine)
            raise NotYet(f"{method} has no turn yet", mine - now)
        self._free[key] = max(self._free.get(key, 0.0), mine + interval)
        self._forget(now)
        if (wait := mine - self._now()) > 0:
            await self._sleep(wait)

    async def hold(self, team: str, method: str, channel: str, seconds: float) -> None:
        """Make no such call for a while: Slack has said so."""
        key = _key(team, method, channel)
        self._free[key] = max(self._free.get(key, 0.0), self._now() + seconds)
        if self._book:
            with suppress(DatabaseAway):
                await self._book.hold(_name(key), seconds)

    def _rate(self, method: str) -> tuple[float, float]:
        if method not in METHODS:
            return self._between_messages, 0.0
        if not self._tiers:
            return 0.0, 0.0
        per_minute = TIERS[METHODS[method]]
        at_once = per_minute // 5
        # What comes at once and what follows within the minute are together no more than the tier.
        interval = 60 / max(per_minute - at_once, 1)
        return interval, interval * max(at_once - 1, 0)

    def _forget(self, now: float) -> None:
        if len(self._free) > KEPT:
            self._free = {key: free for key, free in self._free.items() if free > now - 60}
            self._told = {key: told for key, told in self._told.items() if told > now}


def _key(team: str, method: str, channel: str) -> Key:
    # Messages have their limit in each channel; every other method has one in the workspace.
    return (team, method) if method in METHODS else (team, "post", channel)


def _name(key: Key) -> str:
    return ":".join(("slack", *key))
