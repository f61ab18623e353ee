"""The local platform, as the house sees it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence, Set
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.core.errors import DeliveryError, Refusal
from bot.core.events import Attached, File, Posted
from bot.core.points import Point, reached
from bot.core.ports import Answer, CannotLook, Handle, Keep, Missed, Missing, Receipt, Sending
from bot.core.refs import Person, Place
from bot.platforms.local import deliver
from bot.platforms.local.botside import NONCE_HOLDS
from bot.platforms.local.formats import FAILED, BotSide, Json, Mode, Refused
from bot.platforms.local.inbound import INTERACTIONS, to_event
from bot.platforms.local.render import Draw, render_reply_later

_STOPS = {
    "read messages": "answers written in a thread are not seen",
    "send messages": "questions, reveals and reminders cannot be posted",
    "open threads": "a question gets no thread to answer in",
    "add reactions": "an answer written in a thread gets no mark that it counts",
}
_log = logging.getLogger(__name__)


class LocalPlatform:
    """Speaks with one world; what one person does is handled in order, and nobody waits for somebody else."""

    def __init__(self, world: BotSide, draw: Draw, workspace: str = "local") -> None:
        self.name = "local"
        self.nonce_holds = NONCE_HOLDS if world.mode is Mode.nonce else timedelta(0)
        self.gives_roles = False
        self._world = world
        self._draw = draw
        self._workspace = workspace
        self._handle: Handle | None = None
        self._keep: Keep | None = None
        self._session = 0
        self._lanes: dict[str, asyncio.Task[None]] = {}

    # --- in -------------------------------------------------------------------------------------------------------

    async def start(self, handle: Handle, keep: Keep, *, missed: Missed | None = None) -> None:
        """Begin to hand over events, first those of which the world does not know that they were taken.

        The world tells again whatever was not acknowledged, so nothing is ever `missed`.
        """
        self._handle, self._keep = handle, keep
        self._session = await self._world.connect(self._receive)

    async def stop(self) -> None:
        """Finish what has begun, and hand over no more events; those that wait come again at the next start."""
        self._handle = self._keep = None
        while running := list(self._lanes.values()):
            await asyncio.wait(running)
        await self._world.disconnect(self._session)

    def _receive(self, data: Json) -> None:
        user = data["user"]
        lane = asyncio.create_task(self._after(self._lanes.get(user), data))
        self._lanes[user] = lane
        lane.add_done_callback(lambda done: self._lanes.pop(user) if self._lanes.get(user) is done else None)

    async def _after(self, before: asyncio.Task[None] | None, data: Json) -> None:
        if before:
            await asyncio.wait([before])
        if self._handle is None or self._keep is None:
            return  # stopping: it has not begun, so it comes again
        reached(Point.event_received)
        try:
            await self._take(self._handle, self._keep, data)
        except Exception as error:
            # A bug of ours, or the world is gone: the class says which, the text of an event is nobody's business.
            _log.error("event_not_taken type=%s error=%s", data["type"], type(error).__name__)
            await self._give_up(data)

    async def _take(self, handle: Handle, keep: Keep, data: Json) -> None:
        event = to_event(data, self._workspace)
        if data["type"] in INTERACTIONS:
            await self._answer(data["id"], await handle(event))
            reached(Point.event_answered)
        else:
            handled = await keep(event)
            await self._world.ack(data["seq"])
            reached(Point.event_answered)
            await handled  # before the next thing that this person does

    async def _answer(self, event: str, answer: Answer) -> None:
        rendered = await render_reply_later(answer, self._draw)
        await self._world.answer(event, rendered.reply, rendered.files)

    async def _give_up(self, data: Json) -> None:
        """Tell who waits that there is no answer; what nobody waits for stays and comes again at the next start."""
        if data["type"] in INTERACTIONS:
            try:
                await self._world.answer(data["id"], FAILED, {})
            except Refused as refused:
                _log.warning("nobody_to_answer status=%s", refused.status)

    # --- out ------------------------------------------------------------------------------------------------------

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the one call."""
        self._ours(sending.target)
        async with _in_the_houses_words():
            return await deliver.deliver(self._world, sending, self._draw)

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key; raise `CannotLook` where messages carry no key or may not be read."""
        self._ours(sending.target)
        async with _in_the_houses_words(reading=True):
            return await deliver.look_back(self._world, sending)

    async def replies(self, thread: Place) -> Sequence[Posted]:
        """Read what members have written in a thread, as it stands now."""
        self._ours(thread)
        async with _in_the_houses_words(reading=True):
            said = await self._world.replies(thread.thread or "")
        events = [to_event(one, self._workspace) for one in said]
        return [event for event in events if isinstance(event, Posted)]

    async def in_private(self, who: Person, since: datetime) -> Sequence[Posted]:
        """Read what somebody has written to the bot alone."""
        self._ours(who)
        async with _in_the_houses_words(reading=True):
            said = await self._world.in_private(who.id, since.isoformat())
        events = [to_event(one, self._workspace) for one in said]
        return [event for event in events if isinstance(event, Posted)]

    async def read_file(self, place: Place, file: Attached) -> File:
        """Refuse: here a message brings the texts of its files along."""
        raise DeliveryError(Refusal.malformed, f"{place}: files come with their message")

    async def missing(self, place: Place) -> Sequence[Missing]:
        """Name the permissions that the bot lacks in a place."""
        self._ours(place)
        async with _in_the_houses_words():
            granted = await self._world.permissions(place.channel)
        return [Missing(name, stops) for name, stops in _STOPS.items() if name not in granted]

    async def still_here(self, who: Person, place: Place, channels: Set[str] = frozenset()) -> bool:
        """Tell whether a person is in the workspace of a place."""
        self._ours(place)
        async with _in_the_houses_words():
            return await self._world.is_here(who.id)

    def _ours(self, where: Place | Person) -> None:
        if (where.platform, where.workspace) != (self.name, self._workspace):
            raise DeliveryError(Refusal.malformed, f"{where} is not in {self.name}/{self._workspace}")


@asynccontextmanager
async def _in_the_houses_words(reading: bool = False) -> AsyncIterator[None]:
    try:
        yield
    except Refused as refused:
        if reading and refused.status == 403:
            raise CannotLook(refused.what) from refused
        raise deliver.delivery_error(refused) from refused
