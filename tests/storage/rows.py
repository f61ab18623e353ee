"""Rows to be sent, by short names, and what is done with them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.core.errors import DeliveryError, Refusal
from bot.core.messages import message
from bot.core.ports import Change, Receipt, Send
from bot.core.refs import MessageRef, Person, Place
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import Claimed

from .conftest import NOW

HERE = Place("local", "home", "c1")
THERE = Place("local", "home", "c2")
ADA = Person("local", "home", "u1")
HELLO = Send(message("hello"))
STANDS = MessageRef(HERE, "m1")
BUSY = DeliveryError(Refusal.busy, "too many")
UNCLEAR = DeliveryError(Refusal.unclear, "the line broke")


def says(text: str) -> Change:
    """A change of the message that stands."""
    return Change(message(text), STANDS)


def receipt(id: str, place: Place = HERE) -> Receipt:
    """What the platform gives back."""
    return Receipt(message=MessageRef(place, id))


@dataclass(slots=True)
class Outbox:
    """The outbox of a database, with a clock that is moved by hand."""

    database: Database
    now: datetime = NOW

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    async def put(self, key: str, target: Place | Person = HERE, call: Any = HELLO, **more: Any) -> bool:
        """Write a row; give whether it was written."""
        return await self.database.write(lambda tx: outbox.enqueue(tx, key, target, call, now=self.now, **more))

    async def change(self, key: str, call: Change, after: str | None = None) -> None:
        """Change a message once more."""
        await self.database.write(outbox.change, key, HERE, call, now=self.now, after=after)

    async def claim(self, *platforms: str, at_most: int = 20) -> list[Claimed]:
        """Take what may leave now."""
        return await self.database.write(outbox.claim, self.now, platforms or ("local",), at_most)

    async def keys(self) -> list[str]:
        """Take what may leave now, by key."""
        return [item.sending.key for item in await self.claim()]

    async def one(self) -> Claimed:
        """Take the one row that may leave now."""
        (item,) = await self.claim()
        return item

    async def send(self) -> list[str]:
        """Take and deliver what may leave now; give the keys."""
        claimed = await self.claim()
        for item in claimed:
            await self.sent(item)
        return [item.sending.key for item in claimed]

    async def sent(self, item: Claimed, rest: float = 0.0) -> bool:
        """Note that a row arrived, and that its target rests; give whether something waits for that."""
        arrived = replace(receipt(f"m-{item.sending.key}"), rest=rest)
        return await self.database.write(outbox.sent, item, arrived, self.now)

    async def again(self, item: Claimed, error: DeliveryError = BUSY) -> None:
        """Put a row back."""
        await self.database.write(outbox.again, item, error, self.now)

    async def not_yet(self, item: Claimed, seconds: float) -> None:
        """Put a row back whose turn comes in a while."""
        await self.database.write(outbox.not_yet, item, self.now + timedelta(seconds=seconds))

    async def bury(self, item: Claimed) -> None:
        """Note that a row will never arrive."""
        await self.database.write(outbox.bury, item, "gone", self.now)

    async def row(self, key: str) -> Row[Any]:
        """A row as it stands."""
        query = select(outbox.outbox).where(outbox.outbox.c.key == key)
        return await self.database.read(lambda tx: tx.execute(query).one())

    async def state(self, key: str) -> str | None:
        """The state of a row."""
        return await self.database.read(outbox.state_of, key)

    async def look(self, story: Callable[[Connection], Any]) -> Any:
        """Read something."""
        return await self.database.read(story)
