"""What is heard from Discord, each piece in its line: handed to the house, and answered where somebody waits."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import discord

from bot.core.clock import Clock
from bot.core.commands import Catalogue
from bot.core.events import ActionPressed, CommandInvoked, Event, FormSubmitted
from bot.core.messages import message
from bot.core.ports import Answer, Handle, Keep, Missed
from bot.core.refs import Place
from bot.platforms.discord import commands, ids, inbound
from bot.platforms.discord.answers import Asker, is_expired
from bot.platforms.discord.render import Draw

FENCE = "```"
STOPPING = "I am being restarted, so this was not taken. Please try again in a minute."
T = TypeVar("T")
Locate = Callable[[int, int], Awaitable[Place | None]]
"""Tells where a thread of ours is, by its server and its id; None for every other channel."""
_log = logging.getLogger(__name__)


class Hearing:
    """Hands on what the gateway hears; what one person does is handled in order, and nobody waits for another."""

    def __init__(
        self, catalogue: Catalogue, draw: Draw, *, clock: Clock, services: Sequence[object], locate: Locate
    ) -> None:
        self._catalogue = catalogue
        self._services = services
        self._clock = clock
        self._locate = locate
        self.reads = True
        """Whether we are told what people write: without the intent for it a message comes without its words."""
        self._asker = Asker(draw)
        self._handle: Handle | None = None
        self._keep: Keep | None = None
        self._missed: Missed | None = None
        self._lanes: dict[object, asyncio.Task[Any]] = {}

    def begin(self, handle: Handle, keep: Keep | None, missed: Missed | None) -> None:
        """Hand events over from now on."""
        self._handle, self._keep, self._missed = handle, keep, missed

    async def end(self) -> None:
        """Hand no more events over, and finish what has begun."""
        self._handle = None
        await self.settled()

    async def settled(self) -> None:
        """Wait until everything that was heard is handled."""
        while running := list(self._lanes.values()):
            await asyncio.wait(running)

    # --- in: what the gateway hears -----------------------------------------------------------------------------------

    def interaction(self, interaction: discord.Interaction) -> None:
        """Somebody acted: it is answered in the order in which they acted."""
        if interaction.type is discord.InteractionType.autocomplete:
            self._begin(("typing", interaction.id), self._suggest(interaction))
        elif heard := inbound.to_event(interaction):
            self._begin(("answer", interaction.id), self._act(interaction, heard))

    def posted(self, message: discord.Message) -> None:
        """A message stands."""
        if not inbound.is_written(message):
            return
        if message.guild is not None and self.reads:
            self._begin(message.channel.id, self._written(message, edited=False))
        elif message.guild is None and (message.attachments or FENCE in message.content):
            # In private the words come without any intent; nothing but code is meant for us there.
            self._begin(message.channel.id, self._in_private(message))

    def edited(self, message: discord.Message) -> None:
        """A message says something else; Discord also tells this when it has looked a link up."""
        if self.reads and inbound.is_written(message) and message.guild is not None and message.edited_at is not None:
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
        """The bot was removed from a server: what lives there pauses, and nothing is deleted."""
        _log.warning("removed_from_guild guild=%s", guild)
        self._begin(("guild", guild), self._take(inbound.removed(guild, self._clock.now())))

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
        place = await self._locate(message.guild.id, message.channel.id)
        if place is None:
            return
        if edited and message.edited_at is not None:
            await self._take(inbound.edited(message, place, message.edited_at))
        else:
            await self._take(inbound.posted(message, place))

    async def _in_private(self, message: discord.Message) -> None:
        place = inbound.direct_place(message.channel.id)
        await self._take(inbound.posted(message, place))

    async def _gone(self, guild: int, channel: int, messages: Sequence[int]) -> None:
        place = await self._locate(guild, channel)
        if place is None:
            return
        for id in messages:
            await self._take(inbound.deleted(id, place, self._clock.now()))


async def _after(before: asyncio.Task[Any] | None, work: Awaitable[T]) -> T:
    if before:
        await asyncio.wait([before])
    return await work
