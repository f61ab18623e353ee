"""What a handler is given: who asks, where, when, and the way to the database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.core.ports import UnitOfWork
from bot.core.refs import MessageRef, Person, Place

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question or act of one person.

    `now` is when the house took it up, `at` when the person did it. `message` and `text` are the message that was
    written, or on which a button stands. `may_give` are the picked roles that the person may give themselves. A handler
    writes at most once: `run` ties the
    event to its effect, so that a second delivery of the same event has none.
    """

    id: str
    who: Person
    name: str
    place: Place
    now: datetime
    at: datetime
    zone: str | None = None
    manager: bool = False
    direct: bool = False
    message: MessageRef | None = None
    text: str = ""
    author: Person | None = None
    may_give: tuple[str, ...] = ()
    work: UnitOfWork = field(repr=False)

    async def run(self, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a story that writes, once for this event."""
        return await self.work.run_once(self.id, story, *args, **kwargs)

    async def read(self, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a story that only reads."""
        return await self.work.read(story, *args, **kwargs)
