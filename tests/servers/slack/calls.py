"""What the bot has called, and what goes wrong on purpose."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One request: its method, when it came, with what, for which workspace, how it was answered."""

    method: str
    at: float
    args: Json
    team: str = ""
    status: int = 200
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status == 200 and not self.error


@dataclass(slots=True)
class Fault:
    """An answer that is given instead; `after` does what was asked before it says that it failed."""

    pattern: re.Pattern[str]
    status: int
    error: str
    headers: dict[str, str]
    times: int
    after: bool
    team: str


@dataclass
class Calls:
    """Every call in its order, and the faults that wait."""

    made: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    delays: list[tuple[re.Pattern[str], float, int]] = field(default_factory=list)

    def of(self, method: str) -> list[Call]:
        """The calls of a method."""
        return [call for call in self.made if call.method == method]

    def fail_next(
        self,
        method: str,
        error: str = "",
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        times: int = 1,
        after: bool = False,
        team: str = "",
    ) -> None:
        """Answer the next calls of a method with an error; `after` it was done all the same."""
        self.faults.append(Fault(re.compile(method), status, error, headers or {}, times, after, team))

    def rate_limit(self, method: str, seconds: int, *, times: int = 1, team: str = "") -> None:
        """Answer the next calls of a method with 429."""
        self.fail_next(method, "ratelimited", status=429, headers={"Retry-After": str(seconds)}, times=times, team=team)

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Let the next calls of a method wait before they are answered."""
        self.delays.append((re.compile(method), seconds, times))

    def fault_of(self, method: str, team: str) -> Fault | None:
        """The fault that this call meets, used up once."""
        for fault in self.faults:
            if fault.times > 0 and fault.pattern.fullmatch(method) and fault.team in ("", team):
                fault.times -= 1
                return fault
        return None

    async def delay_of(self, method: str) -> None:
        """Wait as long as this call shall wait."""
        for number, (pattern, seconds, times) in enumerate(self.delays):
            if times > 0 and pattern.fullmatch(method):
                self.delays[number] = (pattern, seconds, times - 1)
                await asyncio.sleep(seconds)


def limited(seconds: int) -> Fault:
    """The answer to who is over a limit."""
    return Fault(re.compile(""), 429, "ratelimited", {"Retry-After": str(seconds)}, 1, False, "")


def moment() -> float:
    """The time of a call, for limits that are counted in real seconds."""
    return time.monotonic()
