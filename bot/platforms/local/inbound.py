"""What happened in the world, as JSON, to a core event."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.core.events import (
    ActionPressed,
    CommandInvoked,
    CommandTyped,
    Deleted,
    Edited,
    Event,
    File,
    FormSubmitted,
    Left,
    Posted,
)
from bot.core.files import is_read
from bot.core.refs import MessageRef, Person, Place
from bot.platforms.local.formats import Json

INTERACTIONS = frozenset({"command", "typed", "action", "form"})
"""The events that somebody waits to have answered."""


def to_event(data: Json, workspace: str) -> Event:
    """Make the core event; raises KeyError where the world sends a type that is not in its formats."""
    place = Place("local", workspace, data["channel"], data["thread"])
    common = {
        "id": data["id"],
        "who": Person("local", workspace, data["user"]),
        "name": data["name"],
        "place": place,
        "at": datetime.fromisoformat(data["at"]),
        "zone": data["zone"],
        "manager": data["manager"],
        "direct": data["channel"].startswith("dm-"),
    }
    return _READERS[data["type"]](data, place, common)


Common = Mapping[str, Any]


def _command(data: Json, place: Place, common: Common) -> Event:
    return CommandInvoked(**common, command=data["command"], options=data["options"])


def _typed(data: Json, place: Place, common: Common) -> Event:
    return CommandTyped(**common, text=data["text"])


def _action(data: Json, place: Place, common: Common) -> Event:
    return ActionPressed(
        **common,
        action=data["action"],
        args=tuple(data["args"]),
        chosen=tuple(data["chosen"]),
        message=MessageRef(place, data["message"]),
        text=data.get("text", ""),
        author=Person("local", common["who"].workspace, data["author"]) if "author" in data else None,
    )


def _form(data: Json, place: Place, common: Common) -> Event:
    values = {name: _value(value) for name, value in data["values"].items()}
    return FormSubmitted(**common, action=data["action"], args=tuple(data["args"]), values=values)


def _value(value: str | Sequence[str]) -> str:
    """Several chosen values are words with spaces between, as the core reads them."""
    return value if isinstance(value, str) else " ".join(value)


def _posted(data: Json, place: Place, common: Common) -> Event:
    reply_to = MessageRef(place, data["reply_to"]) if data["reply_to"] else None
    files = tuple(File(name, text) for name, text in data.get("files", ()) if is_read(name, len(text)))
    message = MessageRef(place, data["message"])
    edited = datetime.fromisoformat(data["edited_at"]) if data.get("edited_at") else None
    return Posted(**common, message=message, text=data["text"], reply_to=reply_to, files=files, edited_at=edited)


def _edited(data: Json, place: Place, common: Common) -> Event:
    reply_to = MessageRef(place, data["reply_to"]) if data.get("reply_to") else None
    return Edited(**common, message=MessageRef(place, data["message"]), text=data["text"], reply_to=reply_to)


def _deleted(data: Json, place: Place, common: Common) -> Event:
    return Deleted(**common, message=MessageRef(place, data["message"]))


def _left(data: Json, place: Place, common: Common) -> Event:
    return Left(**{**common, "place": Place(place.platform, place.workspace, "")})


_READERS: Mapping[str, Callable[[Json, Place, Common], Event]] = {
    "command": _command,
    "typed": _typed,
    "action": _action,
    "form": _form,
    "posted": _posted,
    "edited": _edited,
    "deleted": _deleted,
    "left": _left,
}
