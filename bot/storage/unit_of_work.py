"""Stories as transactions, and every event with one effect."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Column, Connection, String, Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from bot.core.clock import Clock
from bot.core.errors import Duplicate
from bot.core.points import Point, reached
from bot.storage import inbox
from bot.storage.columns import Instant, metadata
from bot.storage.database import Database, is_away

log = structlog.get_logger()
P = ParamSpec("P")
T = TypeVar("T")
AFTER_A_BUG = timedelta(seconds=30)  # what failed is tried again, but does not keep the clock busy
WHILE_HELD = timedelta(seconds=1)  # what another process is working on is looked at again after that
REMEMBERED = timedelta(days=1)  # the platforms deliver again for minutes, at most an hour

handled = Table(
    "handled_events",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)
_REMEMBER = {
    dialect: insert(handled).on_conflict_do_nothing(index_elements=["id"]).returning(handled.c.id)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


class DatabaseWork:
    """The unit of work over a database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.on_effect: list[Callable[[], None]] = []
        """Called after an event had its effect: there may be something to send."""
        self._from_inbox: set[str] = set()

    @contextmanager
    def consuming(self, event: str) -> Iterator[None]:
        """While this event of the inbox is handled, the transaction of its effect consumes it."""
        self._from_inbox.add(event)
        try:
            yield
        finally:
            self._from_inbox.discard(event)

    async def run(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Write: all of it, or nothing where it raises."""
        return await self._database.write(story, *args, **kwargs)

    async def run_once(
        self, event: str, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Write, unless this event was written before: then raise `Duplicate`."""

        def once(tx: Connection) -> T:
            remember(tx, event, self._clock.now())
            result = story(tx, *args, **kwargs)
            if event in self._from_inbox:
                inbox.consume(tx, event)
            reached(Point.effect_written)
            return result

        result = await self._database.write(once)
        reached(Point.effect_committed)
        for call in self.on_effect:
            call()
        return result

    async def read(self, story: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read; writing here fails."""
        return await self._database.read(story, *args, **kwargs)


def apart(tx: Connection, what: str, key: object, part: Callable[[], object]) -> bool:
    """Do one part of a story so that a bug in it undoes this part alone; give whether it went well.

    A story that works through what is due for many groups does each of them apart.
    """
    try:
        with tx.begin_nested():
            part()
    except Exception as error:
        if isinstance(error, DBAPIError) and is_away(error):
            raise  # for anybody
        log.exception("part_failed", part=what, key=str(key))
        return False
    return True


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch of what is due."""

    went_well: bool
    failed: bool

    def again(self, due: datetime | None, now: datetime) -> datetime | None:
        """When to look again, where the earliest that is left is due at `due`."""
        if self.went_well or due is None or due > now:
            return due
        # All that is due has met a bug, or another process holds it; neither must keep the clock busy.
        return now + (AFTER_A_BUG if self.failed else WHILE_HELD)


def work_off(tx: Connection, what: str, due: Callable[[Collection[int]], Mapping[int, Callable[[], object]]]) -> Batch:
    """Do a batch of what is due, each part apart from the others.

    `due` gives the next parts by id, without these ids: what meets a bug does not fill the batches for ever.
    """
    failed: set[int] = set()
    while parts := due(failed):
        went_well = [id for id, part in parts.items() if apart(tx, what, id, part)]
        failed |= parts.keys() - set(went_well)
        if went_well:
            return Batch(went_well=True, failed=bool(failed))
    return Batch(went_well=False, failed=bool(failed))


def remember(tx: Connection, event: str, now: datetime) -> None:
    """Note that this event is handled; raise `Duplicate` where it was before."""
    # Where two processes are at it at once, the later one waits here until the other has committed.
    if tx.execute(_REMEMBER[tx.dialect.name], {"id": event, "at": now}).first() is None:
        raise Duplicate(event)


def forget_old_events(tx: Connection, now: datetime) -> None:
    """Forget the events that no platform delivers again."""
    tx.execute(delete(handled).where(handled.c.at < now - REMEMBERED))
