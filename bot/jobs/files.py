"""Reads the files of a message where the platform keeps them, after the message was written down.

A platform may want an event acknowledged within seconds, and a file takes as long as it takes; so what is kept is where
the files lie, and they are read before the message is handled.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from bot.core.errors import DeliveryError, Refusal
from bot.core.events import Attached, Event, File, Posted
from bot.core.ports import Platform
from bot.core.refs import Place

log = structlog.get_logger()
PAUSES = (0.5, 2.0, 5.0)  # seconds before each further try
READ_WITHIN = 8.0  # seconds for one try: with all pauses shorter than the lease of an event that is handled


class Files:
    """Gives messages their files; a file that cannot be read is named in the message instead."""

    def __init__(self, *, platforms: Mapping[str, Platform], take: Callable[[Event], Awaitable[bool]]) -> None:
        self._platforms = platforms
        self._take = take
        self.pauses: Sequence[float] = PAUSES

    async def take(self, event: Event) -> bool:
        """Read what came with an event that was kept, and have it handled."""
        return await self._take(await self.whole(event, pauses=self.pauses) if isinstance(event, Posted) else event)

    async def whole(self, event: Posted, *, pauses: Sequence[float] = ()) -> Posted:
        """The message with its files."""
        if not event.attached:
            return event
        tried = [self._read(event.place, one, pauses) for one in event.attached]
        found = list(zip(event.attached, await asyncio.gather(*tried), strict=True))
        return dataclasses.replace(
            event,
            attached=(),
            files=tuple(file for _, file in found if file is not None),
            unread=tuple(one.name for one, file in found if file is None),
        )

    async def _read(self, place: Place, one: Attached, pauses: Sequence[float]) -> File | None:
        refusal = Refusal.gone
        for pause in (0.0, *pauses):
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout(READ_WITHIN):
                    return await self._platforms[place.platform].read_file(place, one)
            except TimeoutError:
                refusal = Refusal.unclear
            except DeliveryError as error:
                refusal = error.refusal
                if error.permanent:
                    break
        log.warning("file_not_read", refusal=refusal.value)
        return None
