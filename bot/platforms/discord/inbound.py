"""What came in from Discord, as discord.py gives it, to a core event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import discord

from bot.core.events import (
    ActionPressed,
    CommandInvoked,
    Deleted,
    Edited,
    Event,
    FormSubmitted,
    Left,
    Posted,
    Removed,
)
from bot.core.refs import MessageRef, Place
from bot.platforms.discord import access, commands
from bot.platforms.discord.files import attached_in, attached_to
from bot.platforms.discord.ids import DIRECT, DISCORD, person, read_custom_id

WRITTEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """An interaction as a core event; `at` is the channel that is meant, where it is not the one it came from."""

    event: Event
    at: str = ""


def direct_place(channel: int) -> Place:
    """The private conversation with somebody."""
    return Place(DISCORD, DIRECT, str(channel))


def place_in(guild: int, channel: int, parent: int | None) -> Place:
    """A channel, or a thread where it has a parent."""
    if parent is None:
        return Place(DISCORD, str(guild), str(channel))
    return Place(DISCORD, str(guild), str(parent), str(channel))


# --- interactions ---------------------------------------------------------------------------------------------------


def interaction_place(interaction: discord.Interaction) -> Place:
    """Where an interaction happened."""
    channel = interaction.channel
    if channel is None:
        raise ValueError("an interaction without a channel")
    if interaction.guild_id is None:
        return direct_place(channel.id)
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    return place_in(interaction.guild_id, channel.id, parent)


def to_event(interaction: discord.Interaction) -> Heard | None:
    """Make the core event; None where nobody waits for it, as after a ping."""
    data = cast(Json, interaction.data or {})
    place = interaction_place(interaction)
    match interaction.type:
        case discord.InteractionType.application_command if data.get("type") == commands.ON_MESSAGE:
            return Heard(_message_command(interaction, place, data))
        case discord.InteractionType.application_command:
            name, options, picked = commands.invoked(data)
            common = _common(interaction, _elsewhere(place, picked))
            gives = tuple(str(id) for id in commands.picked_roles(data) if access.may_give(interaction.user, id))
            return Heard(CommandInvoked(**common, command=name, options=options, may_give=gives), picked)
        case discord.InteractionType.component:
            return _pressed(interaction, place, data)
        case discord.InteractionType.modal_submit:
            action, args, at = read_custom_id(data["custom_id"])
            common = _common(interaction, _elsewhere(place, at))
            return Heard(FormSubmitted(**common, action=action, args=args, values=dict(_values(data))), at)
        case _:
            return None


def _common(interaction: discord.Interaction, place: Place) -> dict[str, Any]:
    return {
        "id": f"discord-{interaction.id}",
        "who": person(interaction.user.id),
        "name": interaction.user.display_name,
        "place": place,
        "at": interaction.created_at,
        "manager": interaction.guild_id is not None and interaction.permissions.manage_guild,
        "direct": interaction.guild_id is None,
    }


def _elsewhere(place: Place, channel: str) -> Place:
    return Place(place.platform, place.workspace, channel) if channel else place


def _pressed(interaction: discord.Interaction, place: Place, data: Json) -> Heard:
    action, args, at = read_custom_id(data["custom_id"])
    message = MessageRef(place, str(interaction.message.id)) if interaction.message else None
    common = _common(interaction, _elsewhere(place, at))
    chosen = tuple(data.get("values") or ())
    return Heard(ActionPressed(**common, action=action, args=args, chosen=chosen, message=message), at)


def _message_command(interaction: discord.Interaction, place: Place, data: Json) -> ActionPressed:
    target = str(data["target_id"])
    message = data["resolved"]["messages"][target]
    return ActionPressed(
        **_common(interaction, place),
        action=commands.COUNT_ACTION,
        message=MessageRef(place, target),
        text=message.get("content", ""),
        author=person(message["author"]["id"]),
    )


def _values(data: Json) -> Iterator[tuple[str, str]]:
    """What was given in each field; several chosen values are words with spaces between, as the core reads them."""
    for row in data.get("components") or ():
        for item in (row.get("component"), *row.get("components", ())):
            if item and "custom_id" in item:
                yield item["custom_id"], item.get("value") or " ".join(item.get("values") or ())


# --- what is written ------------------------------------------------------------------------------------------------


def is_written(message: discord.Message) -> bool:
    """Whether a person wrote this: no bot, no webhook, no line of Discord's own."""
    return not message.author.bot and message.webhook_id is None and message.type in WRITTEN


def posted(message: discord.Message, place: Place) -> Posted:
    """Somebody wrote a message."""
    id = f"posted-{message.id}"
    return Posted(
        id=id, at=message.created_at, text=message.content, attached=attached_to(message), **_author(message, place)
    )


def edited(message: discord.Message, place: Place, at: datetime) -> Edited:
    """Somebody changed their message."""
    event = f"edited-{message.id}-{at.timestamp()}"
    return Edited(id=event, at=at, text=message.content, **_author(message, place))


def _author(message: discord.Message, place: Place) -> dict[str, Any]:
    answered = message.reference.message_id if message.reference else None
    return {
        "who": person(message.author.id),
        "name": message.author.display_name,
        "place": place,
        "direct": place.workspace == DIRECT,
        "message": MessageRef(place, str(message.id)),
        "reply_to": MessageRef(place, str(answered)) if answered else None,
    }


def deleted(message: int, place: Place, at: datetime) -> Deleted:
    """A message was deleted; Discord does not tell by whom, nor who wrote it."""
    return Deleted(
        id=f"deleted-{message}", who=person(0), name="", place=place, at=at, message=MessageRef(place, str(message))
    )


def left(guild: int, user: discord.User | discord.Member, at: datetime) -> Left:
    """Somebody left a server; they may be in another one still."""
    # Discord gives this no id; leaving once more after a return is another event.
    event = f"left-{guild}-{user.id}-{at:%Y%m%dT%H%M%S}"
    place = Place(DISCORD, str(guild), "")
    return Left(id=event, who=person(user.id), name=user.display_name, place=place, at=at)


def removed(guild: int, at: datetime) -> Removed:
    """The bot was removed from a server."""
    # Discord gives this no id either.
    event = f"removed-{guild}-{at:%Y%m%dT%H%M%S}"
    return Removed(id=event, who=person(0), name="", place=Place(DISCORD, str(guild), ""), at=at)


def read(message: Json, place: Place) -> Posted | None:
    """A message of a history as the event that it was; None where no person wrote it."""
    author = message["author"]
    if author.get("bot") or message.get("webhook_id") or message["type"] not in {one.value for one in WRITTEN}:
        return None
    answered, edited = (message.get("message_reference") or {}).get("message_id"), message.get("edited_timestamp")
    return Posted(
        id=f"posted-{message['id']}",
        who=person(author["id"]),
        name=author.get("global_name") or author["username"],
        place=place,
        at=datetime.fromisoformat(message["timestamp"]),
        message=MessageRef(place, str(message["id"])),
        text=message["content"],
        reply_to=MessageRef(place, str(answered)) if answered else None,
        edited_at=datetime.fromisoformat(edited) if edited else None,
        attached=attached_in(message),
    )
