"""Slack's rate limits as its documentation gives them: who goes over one is refused, and told when to come again."""

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable

BETWEEN_MESSAGES = 1.0  # seconds, in each channel
BURST = 1  # messages that may come earlier: "short bursts" are tolerated, and how short is not said
POSTS = frozenset({"chat.postMessage", "chat.postEphemeral"})
# Calls a minute, of each method in each workspace: tier 1 to 4.
PER_MINUTE = {
    "apps.connections.open": 1,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.open": 50,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.getUploadURLExternal": 100,
    "oauth.v2.access": 100,
    "reactions.add": 50,
    "users.conversations": 50,
    "users.info": 100,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}


class Limits:
    """Counts what was let through."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._next: dict[tuple[str, str], float] = {}
        self._let: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def wait(self, method: str, team: str, channel: str) -> int:
        """The whole seconds until such a call is let through; 0 lets it through now."""
        if method in POSTS:
            return self._in_channel((team, channel))
        if method not in PER_MINUTE:
            return 0
        now, let = self._now(), self._let[(team, method)]
        while let and let[0] <= now - 60:
            let.popleft()
        if len(let) >= PER_MINUTE[method]:
            return math.ceil(let[0] + 60 - now)
        let.append(now)
        return 0

    def _in_channel(self, channel: tuple[str, str]) -> int:
        now = self._now()
        due = max(self._next.get(channel, 0.0), now)
        if due - now > BURST * BETWEEN_MESSAGES:
            return math.ceil(due - now - BURST * BETWEEN_MESSAGES)
        self._next[channel] = due + BETWEEN_MESSAGES
        return 0
