"""Discord, as the house sees it."""

import logging
from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient

from bot.core.clock import Clock, SystemClock
from bot.core.commands import Catalogue
from bot.core.errors import DeliveryError, PlatformAway, Refusal, SettingsError
from bot.core.events import Attached, File, Posted
from bot.core.ports import CannotLook, Handle, Keep, Missed, Missing, Receipt, Send, Sending
from bot.core.refs import Person, Place
from bot.platforms.discord import access, commands, ids, refusals
from bot.platforms.discord.deliver import Post, made_once
from bot.platforms.discord.gateway import Gateway
from bot.platforms.discord.hearing import Hearing
from bot.platforms.discord.pace import Pace, Turn, at_once
from bot.platforms.discord.refusals import NotAgain, in_the_houses_words
from bot.platforms.discord.render import Draw
from bot.platforms.discord.threads import OurThreads

NONCE_HOLDS = timedelta(minutes=2)  # Discord says "a few minutes"; what is older is found by its mark
LONGEST_LIMIT = 30.0  # seconds that a call waits for a rate limit; for longer it goes back into the outbox
_log = logging.getLogger(__name__)


class DiscordPlatform:
    """Speaks with Discord: sends by ids alone, and hears through a connection that is kept up beside it."""

    def __init__(
        self,
        token: str,
        catalogue: Catalogue,
        draw: Draw,
        *,
        clock: Clock | None = None,
        turn: Turn = at_once,
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
        guild_ready_timeout: float = 2.0,
        services: Sequence[object] = (),
    ) -> None:
        self.name = ids.DISCORD
        self.nonce_holds = NONCE_HOLDS
        self.gives_roles = True
        self._token = token
        self._catalogue = catalogue
        self._clock = clock or SystemClock()
        self._pace = Pace(turn)
        threads = OurThreads(lambda: self._gateway.client, self._http)
        self._hearing = Hearing(catalogue, draw, clock=self._clock, services=services, locate=threads.locate)
        self._gateway = Gateway(
            token,
            self._hearing,
            shard_count=shard_count,
            shard_ids=shard_ids,
            guild_ready_timeout=guild_ready_timeout,
        )
        self._draw = draw
        self._shut_until: datetime | None = None
        self._rest: discord.Client | None = None
        self._post: Post | None = None

    # --- starting and stopping ----------------------------------------------------------------------------------------

    async def start(self, handle: Handle, keep: Keep | None = None, *, missed: Missed | None = None) -> None:
        """Log in, register the commands where they have changed, and begin to hand over events."""
        self._hearing.begin(handle, keep, missed)
        rest = await self.open()
        try:
            await self._register(rest)
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            raise PlatformAway(f"Discord did not take the commands: {type(error).__name__}") from error
        self._hearing.reads = access.may(rest.application_flags).message_content
        await self._gateway.open(rest.application_flags)

    async def open(self) -> discord.Client:
        """Log in, so that it can send; a process that only sends does no more than this."""
        if self._rest is not None:
            return self._rest
        trace = self._pace.trace()
        trace.on_request_end.append(_after_request)
        rest = discord.Client(
            intents=discord.Intents(guilds=True), http_trace=trace, max_ratelimit_timeout=LONGEST_LIMIT
        )
        try:
            await rest.login(self._token)
        except discord.LoginFailure as error:
            await rest.close()
            raise SettingsError("DISCORD_TOKEN: Discord does not accept this token") from error
        except BaseException:
            await rest.close()
            raise
        self._rest, self._post = rest, Post(rest.http, self._draw, self._is_forum)
        return rest

    async def stop(self) -> None:
        """Finish what has begun, and hand over no more events."""
        await self._hearing.end()
        await self._gateway.close()
        await self.close()

    async def close(self) -> None:
        """Log out."""
        rest, self._rest, self._post = self._rest, None, None
        if rest:
            await rest.close()

    async def ended(self) -> None:
        """Wait until the connection has ended for good, as after a token was taken back; the log says why."""
        try:
            await self._gateway.ended()
        except SettingsError as error:
            _log.error("discord_ended why=%s", error)

    async def settled(self) -> None:
        """Wait until everything that was heard is handled."""
        await self._hearing.settled()

    async def _register(self, rest: discord.Client) -> None:
        assert rest.application_id is not None
        wanted = commands.payload(self._catalogue)
        registered = await rest.http.get_global_commands(rest.application_id)
        if not commands.same(wanted, registered):
            await rest.http.bulk_upsert_global_commands(rest.application_id, wanted)

    def _http(self) -> HTTPClient:
        if self._rest is None:
            raise DeliveryError(Refusal.busy, "not started yet")
        return self._rest.http

    # --- out ----------------------------------------------------------------------------------------------------------

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the one call."""
        self._ours(sending.target)
        self._check_shut()
        try:
            async with in_the_houses_words():
                receipt = await self._out.deliver(sending)
        except DeliveryError as error:
            if error.retry_after == refusals.WHEN_UNAUTHORISED:
                self._shut_until = self._clock.now() + refusals.UNAUTHORISED_FOR
            raise
        self._shut_until = None
        return receipt

    def _check_shut(self) -> None:
        """Refuse here what Discord refuses anyway: ten thousand such calls in ten minutes shut this address out."""
        now = self._clock.now()
        if self._shut_until is None:
            return
        if now < self._shut_until:
            wait = (self._shut_until - now).total_seconds()
            raise DeliveryError(Refusal.busy, "Discord refuses every call for now", retry_after=wait)
        self._shut_until = now + refusals.UNAUTHORISED_FOR  # one call tries; the others wait for what becomes of it

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key; raise `CannotLook` where the history may not be read."""
        self._ours(sending.target)
        if isinstance(sending.call, Send) and isinstance(sending.target, Place):
            self._check_history(sending.target)
        async with in_the_houses_words(reading=True):
            return await self._out.look_back(sending)

    async def replies(self, thread: Place) -> Sequence[Posted]:
        """Read what members have written in a thread; without the intent to read it there is nothing to see."""
        self._ours(thread)
        if not self._gateway.intents.message_content:
            raise CannotLook("the Message Content intent is missing")
        self._check_history(thread)
        async with in_the_houses_words(reading=True):
            return await self._out.replies(thread)

    async def in_private(self, who: Person, since: datetime) -> Sequence[Posted]:
        """Read what somebody has written to the bot alone, which no intent is needed for."""
        self._ours(who)
        async with in_the_houses_words(reading=True):
            return await self._out.in_private(who, since)

    async def read_file(self, place: Place, file: Attached) -> File:
        """Read a file that came with a message in a place."""
        self._ours(place)
        async with in_the_houses_words():
            return await self._out.read_file(file)

    async def missing(self, place: Place) -> Sequence[Missing]:
        """Name the permissions that the bot lacks in a place, and the intents that it lacks everywhere."""
        self._ours(place)
        guild = self._gateway.client.get_guild(int(place.workspace)) if self._gateway.client else None
        channel = guild.get_channel(int(place.channel)) if guild else None
        if guild is None or channel is None:
            raise DeliveryError(Refusal.busy, f"{place} is not known yet")
        forum = isinstance(channel, discord.ForumChannel)
        found = list(access.lacking(channel.permissions_for(guild.me), forum=forum))
        intents = self._gateway.intents
        return [
            *found,
            *([] if intents.message_content else [access.CONTENT_INTENT]),
            *([] if intents.members else [access.MEMBERS_INTENT]),
        ]

    async def still_here(self, who: Person, place: Place, channels: Set[str] = frozenset()) -> bool:
        """Tell whether a person is on the server of a place; asked without the Members intent, one at a time."""
        self._ours(place)
        async with in_the_houses_words():
            return await self._out.is_member(int(place.workspace), int(who.id))

    @property
    def _out(self) -> Post:
        if self._post is None:
            raise DeliveryError(Refusal.busy, "not started yet")
        return self._post

    def _check_history(self, place: Place) -> None:
        """Raise `CannotLook` where the history may not be read: Discord refuses nothing then, and gives an empty one.

        Of a channel that is not known here, as in a process that only sends, nothing is said.
        """
        channel = self._channel(place)
        if not isinstance(channel, discord.abc.GuildChannel):
            return
        if not channel.permissions_for(channel.guild.me).read_message_history:
            raise CannotLook("the permission Read Message History is missing")

    def _is_forum(self, place: Place) -> bool | None:
        channel = self._channel(place)
        return None if channel is None else isinstance(channel, discord.ForumChannel)

    def _channel(self, place: Place) -> object | None:
        """The channel as the gateway knows it; None where it does not know it, or not yet."""
        return self._gateway.client.get_channel(int(place.channel)) if self._gateway.client else None

    def _ours(self, where: Place | Person) -> None:
        if where.platform != self.name:
            raise DeliveryError(Refusal.malformed, f"{where} is not on {self.name}")


async def _after_request(_: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
    if made_once.get() and params.response.status >= 500:
        raise NotAgain(params.response.status)
