"""Drains the outbox: claims rows, makes the native calls, notes the receipts.

What an earlier try may have sent already is settled first, in this order: the platform's nonce still holds, so the
same key is sent again; the platform's history shows it; nothing can tell for ten minutes, so what is vital is sent
again and counted as maybe doubled, and the rest goes to the organisers' list.

A row whose turn has not come by the pace of its platform goes back with all that waits behind it, so that it takes
none of the places of those that may leave. Where a receipt tells how long its target rests, the next row waits as long.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from heapq import heappop, heappush
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.core.clock import Clock
from bot.core.commands import Catalogue, Declared
from bot.core.errors import DatabaseAway, DeliveryError, NotYet, Refusal
from bot.core.points import Point, reached
from bot.core.ports import CannotLook, Loss, Platform, React, Receipt, UnitOfWork
from bot.storage import outbox
from bot.storage.database import is_away
from bot.storage.outbox import Claimed

log = structlog.get_logger()
UNSETTLED = timedelta(minutes=10)
LOOK_EVERY = timedelta(minutes=1)
TRIES_OF_A_BUG = 3
SOON = 5.0  # seconds that a round waits for a turn; later ones are the next round's
LONGEST_CALL = 45.0  # seconds; shorter than a lease, so that no other process takes the row meanwhile


class Delivery:
    """Sends what is in the outbox, several targets at once, each in its order."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        platforms: Mapping[str, Platform],
        work: UnitOfWork,
        clock: Clock,
        at_once: int = 20,
        before_claim: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        self._catalogue = catalogue
        self._platforms = platforms
        self._work = work
        self._clock = clock
        self.errors = 0
        self.closing = False
        """Set where the process is to end: nothing more is claimed, and what is under way is finished."""
        self._at_once = at_once
        self._before_claim = before_claim
        self._more = asyncio.Event()
        self._turns: list[float] = []
        """When those come up whose turn had not come, as a heap of moments of the event loop."""

    def look_again(self) -> None:
        """Tell a round that is under way that there may be more to send."""
        self._more.set()

    async def drain(self) -> int:
        """Send everything that may leave now or has its turn soon; give the number of rows that were taken up."""
        total = 0
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                # No more than can begin at once, since a lease runs from its claim; a slow one holds only its place.
                claimed = await self._claim(self._at_once - len(under_way))
                total += len(claimed)
                under_way |= {asyncio.create_task(self._take(item)) for item in claimed}
                if not under_way and (self.closing or not self._turns):
                    return total
                under_way = await self._until_something_happens(under_way)
        finally:
            for task in under_way:
                task.cancel()

    async def _until_something_happens(self, under_way: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait until a call has ended, a turn has come, or somebody says that there is more; give what goes on."""
        now = asyncio.get_running_loop().time
        more = asyncio.create_task(self._more.wait())
        timeout = max(self._turns[0] - now(), 0.0) if self._turns else None
        try:
            done, _ = await asyncio.wait({*under_way, more}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            more.cancel()
        self._more.clear()
        while self._turns and self._turns[0] <= now():
            heappop(self._turns)
        return under_way - done

    async def _claim(self, at_most: int) -> list[Claimed]:
        if not at_most or self.closing:
            return []
        claimed = await self._work.run(self._take_up, at_most)
        if claimed:
            reached(Point.claim_committed)
        return claimed

    def _take_up(self, tx: Connection, at_most: int) -> list[Claimed]:
        self._before_claim(tx)
        claimed = outbox.claim(tx, self._clock.now(), list(self._platforms), at_most)
        if claimed:
            reached(Point.claim_written)
        return claimed

    async def _take(self, item: Claimed) -> None:
        try:
            await self._send(item, self._platforms[item.platform])
        except DatabaseAway:
            # What became of it could not be noted: it is settled when its lease ends; the others leave all the same.
            log.warning("delivery_not_noted", key=item.sending.key)
        except Exception:
            self.errors += 1
            log.exception("delivery_not_noted", key=item.sending.key)

    async def _send(self, item: Claimed, platform: Platform) -> None:
        if item.stale(self._clock.now()):
            await self._work.run(self._lost, item, Loss("it waited for more than a day"))
            return
        try:
            if item.unreadable:
                # Left to a process that can, as while a new version is rolled out; given up as what is refused is.
                raise DeliveryError(Refusal.busy, "this version of the bot cannot read it")
            async with asyncio.timeout(LONGEST_CALL):
                receipt = await (self._settle(item, platform) if item.unsure else platform.deliver(item.sending))
        except DatabaseAway:
            raise  # a platform's pace may stand in the database; whether the call was made is settled later
        except NotYet as error:
            await self._put_back(item, error)
        except DeliveryError as error:
            await self._refused(item, error)
        except TimeoutError:
            await self._refused(item, DeliveryError(Refusal.unclear, "the platform did not answer"))
        except Exception as error:
            # A bug of ours with this one row.
            self.errors += 1
            log.exception("delivery_failed", key=item.sending.key)
            refusal = Refusal.unclear if item.attempts < TRIES_OF_A_BUG else Refusal.malformed
            await self._refused(item, DeliveryError(refusal, type(error).__name__))
        else:
            if receipt is not None:
                reached(Point.call_made)
                if await self._work.run(self._arrived, item, receipt):
                    self._expect(receipt.rest)
                reached(Point.receipt_committed)

    async def _settle(self, item: Claimed, platform: Platform) -> Receipt | None:
        """Find out whether it arrived, and send it where it did not; None where it must wait or is given up."""
        reached(Point.settle_begins)
        now, tried = self._clock.now(), item.sending.since
        if now - tried < platform.nonce_holds:
            return await platform.deliver(item.sending)
        try:
            return await platform.look_back(item.sending) or await platform.deliver(item.sending)
        except CannotLook:
            pass  # nothing can tell
        if now - tried < UNSETTLED:
            await self._work.run(outbox.ask_again_at, item, min(now + LOOK_EVERY, tried + UNSETTLED))
            return None
        if not item.vital:
            await self._work.run(self._lost, item, Loss("it is not known whether this arrived"))
            return None
        await self._work.run(outbox.note_maybe_doubled, item, now)
        return await platform.deliver(item.sending)

    async def _put_back(self, item: Claimed, error: NotYet) -> None:
        if item.given_up(self._clock.now()):
            await self._refused(item, error)
            return
        await self._work.run(outbox.not_yet, item, self._clock.now() + timedelta(seconds=error.seconds))
        self._expect(error.seconds)

    def _expect(self, seconds: float) -> None:
        """Let the round go on until a turn that comes soon: a beat for each would ask every feature what is due."""
        if seconds <= SOON:
            heappush(self._turns, asyncio.get_running_loop().time() + seconds)

    async def _refused(self, item: Claimed, error: DeliveryError) -> None:
        log.warning("delivery_refused", key=item.sending.key, refusal=error.refusal.value, attempt=item.attempts)
        if isinstance(item.sending.call, React) and error.refusal is Refusal.gone:
            # Its author deleted the message: there is nothing left to mark.
            await self._work.run(outbox.sent, item, Receipt(), self._clock.now())
        elif error.permanent or item.given_up(self._clock.now()):
            await self._work.run(self._lost, item, Loss(str(error), error.definite, error.refusal is Refusal.gone))
        else:
            await self._work.run(outbox.again, item, error, self._clock.now())

    def _arrived(self, tx: Connection, item: Claimed, receipt: Receipt) -> bool:
        waits = outbox.sent(tx, item, receipt, self._clock.now())
        if hook := self._catalogue.receipts.get(item.sending.key.split(":")[0]):
            self._tell(tx, hook, item, receipt)
        reached(Point.receipt_written)
        return waits

    def _lost(self, tx: Connection, item: Claimed, loss: Loss) -> None:
        if not outbox.bury(tx, item, loss.why, self._clock.now()):
            return  # another process has taken it up meanwhile, and may have sent it
        for hook in self._catalogue.dead.values():
            self._tell(tx, hook, item, item.sending.target, loss, self._clock.now())

    def _tell(self, tx: Connection, hook: Declared, item: Claimed, *what: Any) -> None:
        try:
            with tx.begin_nested():
                hook.handler(tx, item.sending.key, *what)
        except Exception as error:
            if isinstance(error, DBAPIError) and is_away(error):
                raise  # nothing is noted at all
            # A bug in a feature does not undo what happened: the row would be sent again and again.
            self.errors += 1
            log.exception("hook_failed", hook=hook.name, key=item.sending.key)
