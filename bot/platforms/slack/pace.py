"""Slack's limits, kept before each call: a message a second in a channel, and so many calls of a method a minute.

Each workspace has limits of its own, so that one which is over them holds no other.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.core.errors import DeliveryError, Refusal

BETWEEN_MESSAGES = 1.0  # seconds; Slack allows about one message a second in each channel
LONGEST_WAIT = 20.0  # seconds that a call waits for its turn; for longer it goes back into the outbox
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
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
Key = tuple[str, ...]


class Pace:
    """Gives every call its turn; without `tiers` and with 0 seconds between messages nothing waits."""

    def __init__(
        self,
        *,
        between_messages: float = BETWEEN_MESSAGES,
        tiers: bool = True,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._between_messages = between_messages
        self._tiers = tiers
        self._now = now
        self._sleep = sleep
        self._free: dict[Key, float] = {}

    async def turn(self, team: str, method: str, channel: str = "", patience: float = LONGEST_WAIT) -> None:
        """Wait until this call may be made; raise where that takes longer than `patience`, and take no turn then."""
        wait = self._take(team, method, channel, patience)
        if wait > 0:
            await self._sleep(wait)

    def hold(self, team: str, method: str, channel: str, seconds: float) -> None:
        """Make no such call for a while: Slack has said so."""
        key = _key(team, method, channel)
        self._free[key] = max(self._free.get(key, 0.0), self._now() + seconds)

    def _take(self, team: str, method: str, channel: str, patience: float) -> float:
        now, key = self._now(), _key(team, method, channel)
        interval, ahead = self._rate(method)
        # `ahead` is how much may come at once after a rest; a held key is never ahead.
        mine = max(self._free.get(key, 0.0), now - ahead)
        if mine - now > patience:
            raise DeliveryError(Refusal.busy, f"{method} has no turn yet", retry_after=mine - now)
        self._free[key] = mine + interval
        self._forget(now)
        return mine - now

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


def _key(team: str, method: str, channel: str) -> Key:
    # Messages have their limit in each channel; every other method has one in the workspace.
    return (team, method) if method in METHODS else (team, "post", channel)
