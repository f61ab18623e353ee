"""Which threads are ours: only what is written there can be an answer, and nothing else that is said is kept."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import discord
from discord.http import HTTPClient

from bot.core.refs import Place
from bot.platforms.discord import inbound

KEPT = 2_000
THREADS = frozenset({10, 11, 12})  # Discord's types of threads: of announcements, public, private


class OurThreads:
    """Tells where a thread is that the bot has opened; what is not in the library's cache is asked for once."""

    def __init__(self, client: Callable[[], discord.Client | None], http: Callable[[], HTTPClient]) -> None:
        self._client = client
        self._http = http
        self._asked: OrderedDict[int, int | None] = OrderedDict()

    async def locate(self, guild: int, channel: int) -> Place | None:
        """Give the place of a thread of ours; None for every other channel."""
        client = self._client()
        us = client.user.id if client and client.user else 0
        match client.get_channel(channel) if client else None:
            case discord.Thread(owner_id=owner, parent_id=parent) if owner == us:
                return inbound.place_in(guild, channel, parent)
            case None:
                parent_or_none = await self._ask(channel, us)
                return inbound.place_in(guild, channel, parent_or_none) if parent_or_none else None
            case _:
                return None

    async def _ask(self, channel: int, us: int) -> int | None:
        if channel not in self._asked:
            found: Any = await self._http().get_channel(channel)
            ours = found["type"] in THREADS and int(found.get("owner_id") or 0) == us
            self._asked[channel] = int(found["parent_id"]) if ours else None
            while len(self._asked) > KEPT:
                self._asked.popitem(last=False)
        return self._asked[channel]
