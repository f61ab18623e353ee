"""What goes wrong on purpose: refusals, closed conversations, permissions taken away, and the hook around writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.platforms.local.formats import Refused

PERMISSIONS = ("read messages", "send messages", "open threads", "add reactions")
OnCall = Callable[[str, str, int], None]
"""Called with "before" or "after", the name of the write and how many writes there have been."""


@dataclass(slots=True)
class Faults:
    """What is set to go wrong."""

    on_call: OnCall | None = None
    closed: set[str] = field(default_factory=set)
    taken: set[tuple[str, str]] = field(default_factory=set)
    _refusals: dict[str, list[tuple[int, float | None]]] = field(default_factory=dict)
    _writes: int = 0

    def refuse_next(self, call: str, status: int, times: int, retry_after: float | None) -> None:
        """Refuse the next calls of this name."""
        self._refusals.setdefault(call, []).extend([(status, retry_after)] * times)

    def check(self, call: str) -> None:
        """Refuse where a refusal was set for this call."""
        if waiting := self._refusals.get(call):
            status, retry_after = waiting.pop(0)
            raise Refused(status, f"{call} refused on purpose", retry_after)

    def need(self, channel: str, permission: str) -> None:
        """Refuse where the bot does not have this permission."""
        if (channel, permission) in self.taken:
            raise Refused(403, f"the bot may not {permission} in {channel}")

    @contextmanager
    def around(self, call: str) -> Iterator[None]:
        """Stand around one write; the hook hears of "after" only where the write was done."""
        self._writes += 1
        number = self._writes
        if self.on_call:
            self.on_call("before", call, number)
        self.check(call)
        yield
        if self.on_call:
            self.on_call("after", call, number)
