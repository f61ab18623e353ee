"""Slack, as the house sees it."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from bot.core.clock import Clock, SystemClock
from bot.core.commands import Catalogue
from bot.core.errors import DeliveryError, Refusal
from bot.core.events import Attached, Event, File, Posted
from bot.core.ports import Answer, Handle, Keep, Missed, Missing, Receipt, Sending
from bot.core.refs import Person, Place
from bot.platforms.slack import access, ids
from bot.platforms.slack.acts import ACK_AFTER, Acts
from bot.platforms.slack.answers import Answers
from bot.platforms.slack.calls import Workspaces
from bot.platforms.slack.deliver import Post
from bot.platforms.slack.files import read_file
from bot.platforms.slack.hearing import Hearing
from bot.platforms.slack.home import Homes
from bot.platforms.slack.lanes import Lanes
from bot.platforms.slack.people import People
from bot.platforms.slack.render import Draw
from bot.platforms.slack.transport import Transport

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]


class SlackPlatform:
    """Speaks with Slack; what one person does is handled in order, and nobody waits for somebody else."""

    def __init__(
        self,
        workspaces: Workspaces,
        transport: Transport,
        catalogue: Catalogue,
        draw: Draw,
        *,
        clock: Clock | None = None,
        ack_after: float = ACK_AFTER,
    ) -> None:
        self.name = ids.SLACK
        self.nonce_holds = timedelta(0)
        self.gives_roles = False
        self._workspaces = workspaces
        self._transport = transport
        self._clock = clock or SystemClock()
        self._people = People(workspaces, time.monotonic)
        self._post = Post(workspaces, self._people, draw)
        self._answers = Answers(workspaces, self._post, catalogue)
        self._lanes = Lanes()
        homes = Homes(workspaces, self._people, self._lanes, self._hand_over, clock=self._clock, now=time.monotonic)
        self._acts = Acts(
            workspaces,
            self._people,
            self._answers,
            homes,
            self._lanes,
            self._hand_over,
            clock=self._clock,
            ack_after=ack_after,
        )
        self._hearing = Hearing(
            workspaces, self._people, self._acts, homes, self._lanes, self._kept, clock=self._clock, missed=self.missed
        )
        self._handle: Handle | None = None
        self._keep: Keep | None = None
        self._missed: Missed | None = None

    @property
    def errors(self) -> int:
        """The bugs that were met in answering."""
        return self._lanes.errors

    # --- starting and stopping ----------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Make ready to send; a process that only sends does no more than this."""
        await self._workspaces.open()

    async def start(self, handle: Handle, keep: Keep, *, missed: Missed | None = None) -> None:
        """Begin to hand over events."""
        self._handle, self._keep, self._missed = handle, keep, missed
        await self.open()
        await self._transport.open(self)

    async def stop(self) -> None:
        """Finish what has begun, and hand over no more events."""
        self._handle = None
        self._hearing.end()
        await self.settled()
        await self._transport.close()
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._workspaces.close()

    async def settled(self) -> None:
        """Wait until everything that was heard is handled and answered."""
        await self._lanes.settled()

    def missed(self) -> None:
        """Events may have been lost: what was written meanwhile is read."""
        if self._missed is not None:
            self._lanes.begin(self._missed())

    # --- in -----------------------------------------------------------------------------------------------------------

    async def command(self, ack: Ack, body: Json) -> None:
        """Somebody ran the slash command."""
        await self._acts.command(ack, body)

    async def action(self, ack: Ack, body: Json) -> None:
        """Somebody pressed a button or chose from a list."""
        await self._acts.action(ack, body)

    async def shortcut(self, ack: Ack, body: Json) -> None:
        """Somebody used a shortcut."""
        await self._acts.shortcut(ack, body)

    async def submission(self, ack: Ack, body: Json) -> None:
        """Somebody sent a form."""
        await self._acts.submission(ack, body)

    async def event(self, ack: Ack, body: Json) -> None:
        """Something happened: it is written down, and acknowledged once that is committed."""
        await self._hearing.event(ack, body)

    def limited(self, body: Json) -> None:
        """Slack holds events back."""
        self._hearing.limited(body)

    async def _hand_over(self, event: Event) -> Answer:
        if self._handle is None:
            return Answer(None)  # stopping
        return await self._handle(event)

    async def _kept(self, event: Event) -> None:
        if self._keep is None or self._handle is None:
            raise DeliveryError(Refusal.busy, "stopping")  # not acknowledged, so that it comes again
        await self._keep(event)

    # --- out ----------------------------------------------------------------------------------------------------------

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the one call."""
        self._ours(sending.target)
        return await self._post.deliver(sending)

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key; raise `CannotLook` where the history may not be read."""
        self._ours(sending.target)
        return await self._post.look_back(sending)

    async def replies(self, thread: Place) -> Sequence[Posted]:
        """Read what members have written in a thread; raise `CannotLook` where it may not be read."""
        self._ours(thread)
        return await self._post.replies(thread)

    async def in_private(self, who: Person, since: datetime) -> Sequence[Posted]:
        """Read what somebody has written to the bot alone; raise `CannotLook` where it may not be read."""
        self._ours(who)
        return await self._post.in_private(who, since)

    async def still_here(self, who: Person, place: Place, channels: Set[str] = frozenset()) -> bool:
        """Tell whether a person's account is active in the workspace of a place, and in one of the channels named."""
        self._ours(place)
        active = await self._people.is_active(place.workspace, who.id)
        return active and (not channels or await self._people.is_in(place.workspace, who.id, channels))

    async def read_file(self, place: Place, file: Attached) -> File:
        """Read a file that came with a message in a place."""
        self._ours(place)
        return await read_file(await self._workspaces.of(place.workspace), file)

    async def missing(self, place: Place) -> Sequence[Missing]:
        """Name the scopes that the token lacks, and what is wrong with the channel."""
        self._ours(place)
        workspace = await self._workspaces.of(place.workspace)
        found = list(access.lacking(workspace.scopes))
        if ids.is_direct(place.channel) or any(
            "conversations.info" in s.uses for s in access.SCOPES if _is_in(s, found)
        ):
            return found
        try:
            channel = (await workspace.call("conversations.info", place.channel))["channel"]
        except DeliveryError as error:
            if not error.definite:
                raise
            return [*found, access.MEMBERSHIP]  # a private channel without the bot is not there for it
        found += [] if channel.get("is_member") else [access.MEMBERSHIP]
        return [*found, *([access.ARCHIVED] if channel.get("is_archived") else [])]

    def _ours(self, where: Place | Person) -> None:
        if where.platform != self.name:
            raise DeliveryError(Refusal.malformed, f"{where} is not on {self.name}")


def _is_in(scope: access.Scope, found: Sequence[Missing]) -> bool:
    return any(missing.permission == scope.name for missing in found)
