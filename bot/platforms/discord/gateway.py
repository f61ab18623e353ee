"""The connection that hears: discord.py's client, and the watch that makes a new one where it ends."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Protocol

import discord

from bot.core.errors import SettingsError
from bot.platforms.discord import access

FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 60.0  # seconds; a thousand identifies a day are allowed
IDENTIFY_EVERY = 5.0  # seconds between two shards of one bucket: limits of Discord's gateway
READY_WITHIN = 60.0  # seconds that a start waits; a connection that takes longer comes later by itself
_log = logging.getLogger(__name__)


class Ears(Protocol):
    """Who is told what is heard; each call begins a piece of work and returns at once."""

    def interaction(self, interaction: discord.Interaction) -> None:
        """Somebody acted."""
        ...

    def posted(self, message: discord.Message) -> None:
        """A message stands."""
        ...

    def edited(self, message: discord.Message) -> None:
        """A message says something else."""
        ...

    def deleted(self, channel: int, guild: int | None, messages: Sequence[int]) -> None:
        """Messages were deleted."""
        ...

    def left(self, guild: int, user: discord.User | discord.Member) -> None:
        """Somebody left a server."""
        ...

    def removed(self, guild: int) -> None:
        """The bot was removed from a server."""
        ...

    def missed(self) -> None:
        """A new session began: what happened since the last one was not told."""
        ...


class Client(discord.AutoShardedClient):
    """Hands everything on; keeps no messages, no members and no views."""

    def __init__(self, ears: Ears, **options: Any) -> None:
        super().__init__(
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self._ears = ears
        self._were_ready: set[int] = set()
        self._identified: dict[int, float] = {}
        """When each shard identified last, by the loop's time."""
        self._buckets = 0
        self.first_ready = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until a shard may identify: Discord takes as many at once as it says, and the same bucket after 5 s.

        The library waits five seconds for every shard; a bot of many servers would start for minutes.
        """
        shard, now = shard_id or 0, asyncio.get_running_loop().time()
        if self._identified and not self._buckets:
            self._buckets = max(1, (await self.fetch_session_start_limits()).max_concurrency)
        same = [at for one, at in self._identified.items() if (one - shard) % (self._buckets or 1) == 0]
        at = max([now, *(before + IDENTIFY_EVERY for before in same)])
        self._identified[shard] = at
        await asyncio.sleep(at - now)

    async def on_shard_ready(self, shard: int) -> None:
        """A shard has a session; a second one means that the first could not be taken up again."""
        if shard in self._were_ready:
            self._ears.missed()
        self._were_ready.add(shard)

    async def on_ready(self) -> None:
        """Every shard of this process is ready."""
        self.first_ready.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody acted."""
        self._ears.interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """A message stands."""
        self._ears.posted(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message says something else."""
        self._ears.edited(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted."""
        self._ears.deleted(payload.channel_id, payload.guild_id, [payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Several messages were deleted."""
        self._ears.deleted(payload.channel_id, payload.guild_id, sorted(payload.message_ids))

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Somebody left a server."""
        self._ears.left(payload.guild_id, payload.user)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        self._ears.removed(guild.id)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A bug of ours in one event; the class says which, the event's text is nobody's business."""
        _log.exception("event_not_taken event=%s", event_method)


class Gateway:
    """Keeps a client connected until it is told to stop; one that ends by an error is replaced."""

    def __init__(
        self,
        token: str,
        ears: Ears,
        *,
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
        guild_ready_timeout: float = 2.0,
    ) -> None:
        self._token = token
        self._ears = ears
        self._options = {"shard_count": shard_count, "shard_ids": list(shard_ids) if shard_ids else None}
        self._guild_ready_timeout = guild_ready_timeout
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._opened = asyncio.Event()
        self.client: Client | None = None
        self.intents = discord.Intents.none()

    async def open(self, flags: discord.ApplicationFlags) -> None:
        """Connect, and wait until every shard is ready, or for a minute."""
        self.intents = access.may(flags)
        self._task = asyncio.create_task(self._watch())
        self._opened.set()
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._task}, timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            self._task.result()
        if not self._ready.is_set():
            _log.warning("discord_not_ready_yet")

    async def close(self) -> None:
        """Disconnect."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self.client:
            await self.client.close()

    async def ended(self) -> None:
        """Wait until there is no connection any more and none will be made; raise why."""
        await self._opened.wait()
        if self._task:
            await asyncio.shield(self._task)

    async def _watch(self) -> None:
        back_off = FIRST_BACK_OFF
        while True:
            began = asyncio.get_running_loop().time()
            error = await self._one_client()
            if isinstance(error, discord.LoginFailure):
                raise SettingsError("DISCORD_TOKEN: Discord does not accept this token") from error
            if isinstance(error, discord.PrivilegedIntentsRequired):
                # Somebody took an intent away while we were running: what needs none works all the same.
                self.intents.message_content = self.intents.members = False
            # The class alone: the text of a connection's error may hold the address with its token.
            _log.error("discord_connection_ended error=%s", type(error).__name__)
            back_off = FIRST_BACK_OFF if asyncio.get_running_loop().time() - began > LONGEST_BACK_OFF else back_off * 2
            await asyncio.sleep(min(back_off, LONGEST_BACK_OFF))

    async def _one_client(self) -> Exception | None:
        again = self.client is not None
        client = self.client = Client(
            self._ears, intents=self.intents, guild_ready_timeout=self._guild_ready_timeout, **self._options
        )
        noticing = asyncio.create_task(self._notice_ready(client, again))
        try:
            await client.start(self._token)
        except Exception as error:
            return error
        finally:
            noticing.cancel()
            await client.close()
        return None

    async def _notice_ready(self, client: Client, again: bool) -> None:
        await client.first_ready.wait()
        self._ready.set()
        if again:
            self._ears.missed()
