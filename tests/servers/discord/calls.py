"""What the bot has called, and what goes wrong on purpose."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord.permissions import May

Json = dict[str, Any]
NOTHING = May(0)
LIMITED = "You are being rate limited."


@dataclass(slots=True)
class Call:
    """One request: the route as the contract writes it, when it came, what it needed, how it was answered."""

    route: str
    path: str
    at: float
    body: Any = None
    needs: May = NOTHING
    status: int = 0
    code: int = 0


@dataclass(slots=True)
class Fault:
    """An answer that is given instead; `after` does what was asked before it says that it failed."""

    pattern: re.Pattern[str]
    status: int
    body: Json
    headers: dict[str, str]
    times: int
    after: bool


@dataclass
class Calls:
    """Every call in its order, and the faults that wait."""

    made: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    delays: list[tuple[re.Pattern[str], float, int]] = field(default_factory=list)

    def of(self, pattern: str) -> list[Call]:
        """The calls whose method and path hold this pattern."""
        return [call for call in self.made if re.search(pattern, f"{call.route.split()[0]} {call.path}")]

    def fail_next(
        self,
        pattern: str,
        status: int,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
        *,
        times: int = 1,
        after: bool = False,
    ) -> None:
        """Answer the next calls of this pattern with an error; `after` it was done all the same."""
        said = body if body is not None else {"code": 0, "message": f"{status} on purpose"}
        self.faults.append(Fault(re.compile(pattern), status, said, headers or {}, times, after))

    def rate_limit(self, pattern: str, seconds: float, *, scope: str = "user", times: int = 1) -> None:
        """Answer the next calls of this pattern with 429: scope user, global or shared."""
        body = {"message": LIMITED, "retry_after": seconds, "global": scope == "global"}
        headers = {"Retry-After": str(seconds), "X-RateLimit-Scope": scope}
        if scope == "global":
            headers["X-RateLimit-Global"] = "true"
        self.fail_next(pattern, 429, body, headers, times=times)

    def slow(self, pattern: str, seconds: float, *, times: int = 1) -> None:
        """Let the next calls of this pattern wait before they are answered."""
        self.delays.append((re.compile(pattern), seconds, times))

    def fault_of(self, line: str) -> Fault | None:
        """The fault that this call meets, used up once."""
        for fault in self.faults:
            if fault.times > 0 and fault.pattern.search(line):
                fault.times -= 1
                return fault
        return None

    async def delay_of(self, line: str) -> None:
        """Wait as long as this call shall wait."""
        for number, (pattern, seconds, times) in enumerate(self.delays):
            if times > 0 and pattern.search(line):
                self.delays[number] = (pattern, seconds, times - 1)
                await asyncio.sleep(seconds)

    def most_in_a_second(self) -> int:
        """The most calls in any one second, replies to interactions left out."""
        at = sorted(call.at for call in self.made if not exempt(call.path))
        return max((sum(1 for other in at[n : n + 200] if other < first + 1) for n, first in enumerate(at)), default=0)

    def within(self, seconds: float) -> int:
        """The calls of the last seconds, replies to interactions left out."""
        now, found = moment(), 0
        for call in reversed(self.made):
            if call.at < now - seconds:
                break
            found += not exempt(call.path)
        return found

    def refused(self) -> Iterator[Call]:
        """The calls that were answered with an error."""
        return (call for call in self.made if call.status >= 400)


def exempt(path: str) -> bool:
    """Whether a path is a reply to an interaction, which the limit of all requests does not count."""
    return path.startswith(("/interactions/", "/webhooks/"))


def moment() -> float:
    """The time of a call, for limits that are counted in real seconds."""
    return time.monotonic()
