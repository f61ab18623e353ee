"""Discord, as the house sees it."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import discord

from bot.core.clock import Clock, SystemClock
from bot.core.commands import Catalogue
from bot.core.errors import DeliveryError, Refusal, SettingsError
from bot.core.events import ActionPressed, CommandInvoked, Event, FormSubmitted, Posted
from bot.core.messages import message
from bot.core.ports import Answer, CannotLook, Handle, Keep, Missed, Missing, Receipt, Sending
from bot.core.refs import Person, Place
from bot.platforms.discord import access, commands, deliver, ids, inbound
from bot.platforms.discord.answers import Asker, is_expired
from bot.platforms.discord.deliver import NotAgain, Post, in_the_houses_words, made_once
from bot.platforms.discord.gateway import Gateway
from bot.platforms.discord.render import Draw

NONCE_HOLDS = timedelta(minutes=2)  # Discord says "a few minutes"; what is older is found by its mark
LONGEST_LIMIT = 30.0  # seconds that a call waits for a rate limit; for longer it goes back into the outbox
STOPPING = "I am being restarted, so this was not taken. Please try again in a minute."
EXEMPT = ("/interactions/", "/webhooks/")
T = TypeVar("T")
Turn = Callable[[], Awaitable[None]]
"""Waits until one more request may be made, over all processes of this bot."""
_log = logging.getLogger(__name__)


async def at_once() -> None:
    """Make every request at once: for a single process that sends little."""


class DiscordPlatform:
    """Speaks with Discord; what one person does is handled in order, and nobody waits for somebody else."""

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
        self._token = token
        self._catalogue = catalogue
        self._services = services
        self._clock = clock or SystemClock()
        self._turn = turn
        self._gateway = Gateway(
            token,
            self,
            shard_count=shard_count,
            shard_ids=shard_ids,
            guild_ready_timeout=guild_ready_timeout,
        )
        self._draw = draw
        self._asker = Asker(draw)
        self._handle: Handle | None = None
        self._keep: Keep | None = None
        self._shut_until: datetime | None = None
        self._missed: Missed | None = None
        self._rest: discord.Client | None = None
        self._post: Post | None = None
        self._lanes: dict[object, asyncio.Task[Any]] = {}
        self._parents: dict[int, int | None] = {}

    # --- starting and stopping ----------------------------------------------------------------------------------------

    async def start(self, handle: Handle, keep: Keep | None = None, *, missed: Missed | None = None) -> None:
        """Log in, register the commands where they have changed, and begin to hand over events."""
        self._handle, self._keep, self._missed = handle, keep, missed
        rest = await self.open()
        await self._register(rest)
        await self._gateway.open(rest.application_flags)

    async def open(self) -> discord.Client:
        """Log in, so that it can send; a process that only sends does no more than this."""
        if self._rest is not None:
            return self._rest
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._before_request)
        trace.on_request_end.append(_after_request)
        rest = discord.Client(
            intents=discord.Intents(guilds=True), http_trace=trace, max_ratelimit_timeout=LONGEST_LIMIT
        )
        try:
            await rest.login(self._token)
        except discord.LoginFailure as error:
            await rest.close()
            raise SettingsError("DISCORD_TOKEN: Discord does not accept this token") from error
        self._rest, self._post = rest, Post(rest.http, self._draw, self._is_forum)
        return rest

    async def stop(self) -> None:
        """Finish what has begun, and hand over no more events."""
        self._handle = None
        await self.settled()
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
        while running := list(self._lanes.values()):
            await asyncio.wait(running)

    async def _register(self, rest: discord.Client) -> None:
        assert rest.application_id is not None
        wanted = commands.payload(self._catalogue)
        registered = await rest.http.get_global_commands(rest.application_id)
        if not commands.same(wanted, registered):
            await rest.http.bulk_upsert_global_commands(rest.application_id, wanted)

    async def _before_request(self, _: Any, __: Any, params: aiohttp.TraceRequestStartParams) -> None:
        if not any(part in params.url.path for part in EXEMPT):
            await self._turn()

    # --- in: what the gateway hears -----------------------------------------------------------------------------------

    def interaction(self, interaction: discord.Interaction) -> None:
        """Somebody acted: it is answered in the order in which they acted."""
        if interaction.type is discord.InteractionType.autocomplete:
            self._begin(("typing", interaction.id), self._suggest(interaction))
        elif heard := inbound.to_event(interaction):
            self._begin(("answer", interaction.id), self._act(interaction, heard))

    def posted(self, message: discord.Message) -> None:
        """A message stands."""
        if inbound.is_written(message) and message.guild is not None:
            self._begin(message.channel.id, self._written(message, edited=False))

    def edited(self, message: discord.Message) -> None:
        """A message says something else; Discord also tells this when it has looked a link up."""
        if inbound.is_written(message) and message.guild is not None and message.edited_at is not None:
            self._begin(message.channel.id, self._written(message, edited=True))

    def deleted(self, channel: int, guild: int | None, messages: Sequence[int]) -> None:
        """Messages were deleted."""
        if guild is not None:
            self._begin(channel, self._gone(guild, channel, messages))

    def left(self, guild: int, user: discord.User | discord.Member) -> None:
        """Somebody left a server."""
        if not user.bot:
            self._begin(("person", str(user.id)), self._take(inbound.left(guild, user, self._clock.now())))

    def removed(self, guild: int) -> None:
        """The bot was removed from a server: nothing is deleted; what is sent there is refused from now on."""
        _log.warning("removed_from_guild guild=%s", guild)

    def missed(self) -> None:
        """Events may have been lost: what was written meanwhile is read."""
        if self._missed is not None:
            self._begin("missed", self._missed())

    def _begin(self, lane: object, work: Awaitable[object]) -> None:
        self._in_line(lane, self._guarded(work))

    def _in_line(self, lane: object, work: Awaitable[T]) -> asyncio.Task[T]:
        task = asyncio.create_task(_after(self._lanes.get(lane), work))
        self._lanes[lane] = task
        task.add_done_callback(lambda done: self._lanes.pop(lane) if self._lanes.get(lane) is done else None)
        return task

    async def _guarded(self, work: Awaitable[object]) -> None:
        try:
            await work
        except Exception as error:
            self._note_bug(error)

    def _note_bug(self, error: Exception) -> None:
        # A bug of ours, or Discord is not there. The class and the line say which; what the error says may be a
        # member's words, which are nobody's business.
        last = traceback.extract_tb(error.__traceback__)[-1]
        _log.error("event_not_taken error=%s at=%s:%s", type(error).__name__, Path(last.filename).name, last.lineno)

    async def _hand_over(self, event: Event) -> Answer:
        if self._handle is None:
            return Answer(message(STOPPING))
        return await self._handle(event)

    async def _take(self, event: Event) -> None:
        """Take in what nobody waits for."""
        if self._handle is not None and self._keep is not None:
            await (await self._keep(event))
        else:
            await self._hand_over(event)

    # --- in: interactions ---------------------------------------------------------------------------------------------

    async def _act(self, interaction: discord.Interaction, heard: inbound.Heard) -> None:
        try:
            await self._answered(interaction, heard)
        except discord.HTTPException as error:
            # What they did has had its effect; only the answer did not arrive.
            _log.warning("nobody_to_answer status=%s code=%s", error.status, error.code)
            if not is_expired(error):
                await self._asker.failed(interaction)
        except Exception as error:
            # A bug of ours: whoever waits hears of it all the same.
            self._note_bug(error)
            await self._asker.failed(interaction)

    async def _answered(self, interaction: discord.Interaction, heard: inbound.Heard) -> None:
        event = heard.event
        if isinstance(event, ActionPressed) and event.action == ids.AGAIN:
            token, *opener = event.args
            if await self._asker.open_again(interaction, token):
                return
            # After a restart the button does again what brought the form.
            event = replace(event, action=opener[0] if opener else "", args=tuple(opener[1:]))
            heard = replace(heard, event=event)
        # Who acts waits in line behind what they did before, and hears meanwhile that the answer comes.
        working = self._in_line(("person", event.who.id), self._hand_over(event))
        await self._asker.answer(interaction, heard, working, self._is_private(event))

    def _is_private(self, event: Event) -> bool:
        declared = self._catalogue
        match event:
            case CommandInvoked(command=name):
                item = declared.commands.get(name)
            case ActionPressed(action=name):
                item = declared.actions.get(name) or declared.commands.get(name)
            case FormSubmitted(action=name):
                item = declared.forms.get(name) or declared.commands.get(name)
            case _:
                item = None
        return item is None or item.private

    async def _suggest(self, interaction: discord.Interaction) -> None:
        command, option, typed = commands.focused(interaction.data or {})
        found = commands.suggest(self._catalogue, self._services, command, option, typed)
        await interaction.response.autocomplete([discord.app_commands.Choice(name=one, value=one) for one in found])

    # --- in: messages -------------------------------------------------------------------------------------------------

    async def _written(self, message: discord.Message, *, edited: bool) -> None:
        assert message.guild is not None
        place = await self._place(message.guild.id, message.channel.id, message.channel)
        if edited and message.edited_at is not None:
            await self._take(inbound.edited(message, place, message.edited_at))
        else:
            await self._take(inbound.posted(message, place))

    async def _gone(self, guild: int, channel: int, messages: Sequence[int]) -> None:
        place = await self._place(guild, channel, None)
        for id in messages:
            await self._take(inbound.deleted(id, place, self._clock.now()))

    async def _place(self, guild: int, channel: int, known: object) -> Place:
        """Where a channel is: a thread is told by its parent, which is asked for where it is not in the cache."""
        if isinstance(known, discord.Thread):
            return inbound.place_in(guild, channel, known.parent_id)
        cached = self._gateway.client.get_channel(channel) if self._gateway.client else None
        if cached is not None:
            return inbound.place_in(guild, channel, cached.parent_id if isinstance(cached, discord.Thread) else None)
        if channel not in self._parents:
            assert self._rest is not None
            found: Any = await self._rest.http.get_channel(channel)
            threads = {10, 11, 12}
            self._parents[channel] = int(found["parent_id"]) if found["type"] in threads else None
        return inbound.place_in(guild, channel, self._parents[channel])

    # --- out ----------------------------------------------------------------------------------------------------------

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the one call."""
        self._ours(sending.target)
        self._check_shut()
        try:
            async with in_the_houses_words():
                receipt = await self._out.deliver(sending)
        except DeliveryError as error:
            if error.retry_after == deliver.WHEN_UNAUTHORISED:
                self._shut_until = self._clock.now() + deliver.UNAUTHORISED_FOR
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
        self._shut_until = now + deliver.UNAUTHORISED_FOR  # one call tries; the others wait for what becomes of it

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key; raise `CannotLook` where the history may not be read."""
        self._ours(sending.target)
        async with in_the_houses_words(reading=True):
            return await self._out.look_back(sending)

    async def replies(self, thread: Place) -> Sequence[Posted]:
        """Read what members have written in a thread; without the intent to read it there is nothing to see."""
        self._ours(thread)
        if not self._gateway.intents.message_content:
            raise CannotLook("the Message Content intent is missing")
        async with in_the_houses_words(reading=True):
            return await self._out.replies(thread)

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

    @property
    def _out(self) -> Post:
        if self._post is None:
            raise DeliveryError(Refusal.busy, "not started yet")
        return self._post

    def _is_forum(self, place: Place) -> bool | None:
        channel = self._gateway.client.get_channel(int(place.channel)) if self._gateway.client else None
        return None if channel is None else isinstance(channel, discord.ForumChannel)

    def _ours(self, where: Place | Person) -> None:
        if where.platform != self.name:
            raise DeliveryError(Refusal.malformed, f"{where} is not on {self.name}")


async def _after(before: asyncio.Task[Any] | None, work: Awaitable[T]) -> T:
    if before:
        await asyncio.wait([before])
    return await work


async def _after_request(_: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
    if made_once.get() and params.response.status >= 500:
        raise NotAgain(params.response.status)


def make(
    token: str,
    catalogue: Catalogue,
    draw: Draw,
    *,
    clock: Clock | None = None,
    turn: Turn = at_once,
    shard_count: int | None = None,
    shard_ids: Sequence[int] | None = None,
    services: Sequence[object] = (),
) -> DiscordPlatform:
    """Make the platform; nothing is connected before `open` or `start`.

    `turn` is awaited before each request that counts against the limit of all requests; `services` are what options
    take their suggestions from, such as the bank.
    """
    return DiscordPlatform(
        token,
        catalogue,
        draw,
        clock=clock,
        turn=turn,
        shard_count=shard_count,
        shard_ids=shard_ids,
        services=services,
    )
