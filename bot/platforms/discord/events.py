"""Scheduled events of a server: made under a name that no other one has, found by it, and taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.http import HTTPClient

from bot.core.errors import DeliveryError, Refusal
from bot.core.ports import MakeEvent, Receipt, Sending
from bot.platforms.discord.ids import home_of

NAME, ABOUT, WHERE = 100, 1_000, 100  # characters: Discord's reference, Guild Scheduled Event
UNKNOWN_EVENT = 10070


async def make(http: HTTPClient, sending: Sending, event: MakeEvent) -> Receipt:
    """Make an event outside of any channel."""
    made = await http.create_guild_scheduled_event(
        int(home_of(sending).workspace),
        name=event.name[:NAME],
        description=event.about[:ABOUT],
        privacy_level=discord.PrivacyLevel.guild_only.value,
        entity_type=discord.EntityType.external.value,
        entity_metadata={"location": event.where[:WHERE]},
        scheduled_start_time=event.starts_at.isoformat(),
        scheduled_end_time=event.ends_at.isoformat(),
    )
    return Receipt(event=str(made["id"]))


async def look_for(http: HTTPClient, sending: Sending, event: MakeEvent) -> Receipt | None:
    """Find the event of this name and moment."""
    standing: Sequence[Mapping[str, Any]] = await http.get_scheduled_events(int(home_of(sending).workspace), False)
    for one in standing:
        starts_at = discord.utils.parse_time(one["scheduled_start_time"])
        if one["name"] == event.name[:NAME] and starts_at == event.starts_at:
            return Receipt(event=str(one["id"]))
    return None


async def drop(http: HTTPClient, sending: Sending) -> Receipt:
    """Take the event away that the row before has made."""
    if not sending.before.event:
        raise DeliveryError(Refusal.malformed, "the row before made no event")
    try:
        await http.delete_scheduled_event(int(home_of(sending).workspace), int(sending.before.event))
    except discord.NotFound as refused:
        if refused.code != UNKNOWN_EVENT:
            raise
    return Receipt()
