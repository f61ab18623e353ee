"""What members did, in the words of no platform.

Every event has an `id` that is the same when the platform delivers it a second time, the person's `name` to show,
and the moment `at` which the platform gives it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.refs import MessageRef, Person, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What every event has. `zone` is the person's time zone and `manager` their right to set up, where known;
    `direct` says that the place is a private conversation with the bot.
    """

    id: str
    who: Person
    name: str
    place: Place
    at: datetime
    zone: str | None = None
    manager: bool = False
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandInvoked(Happening):
    """Somebody ran a command; `options` holds what they typed, by parameter name.

    `may_give` names those of the roles they picked which the platform lets them give to others, and which harm nobody.
    """

    command: str
    options: Mapping[str, str] = field(default_factory=dict)
    may_give: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTyped(Happening):
    """Somebody typed a command as text: `board week topic=attention`."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPressed(Happening):
    """Somebody pressed a button or chose from a select on `message`, or a message command on it.

    `text` and `author` are the message's where the platform hands it over, as message commands do.
    """

    action: str
    args: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    message: MessageRef | None = None
    text: str = ""
    author: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Happening):
    """Somebody sent a form."""

    action: str
    args: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A small text file that came with a message; larger ones and pictures are left where they are."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A small text file that still lies where the platform keeps it; `size` is in bytes."""

    name: str
    size: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted(Happening):
    """Somebody wrote a message; `reply_to` is set where it answers another message of the thread.

    What is `attached` is read before the message is handled: it is among `files` then, or named in `unread`. One that
    is read back has its text as it stands; `edited_at` is when that was last changed, where it was.
    """

    message: MessageRef
    text: str
    reply_to: MessageRef | None = None
    files: tuple[File, ...] = ()
    attached: tuple[Attached, ...] = ()
    unread: tuple[str, ...] = ()
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Happening):
    """Somebody changed their message; `reply_to` is set where it answers another message of the thread."""

    message: MessageRef
    text: str
    reply_to: MessageRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted(Happening):
    """A message was deleted; `who` is its author where the platform tells, else whoever it names."""

    message: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Happening):
    """A person left the channel of `place`, or the whole workspace where it names no channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(Happening):
    """The bot was taken out of a workspace; `who` is the bot itself, and `place` names the workspace."""


class Closing(StrEnum):
    """Why nothing can be written in a channel any more."""

    archived = "archived"
    deleted = "deleted"
    removed = "removed"  # the bot was taken out of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Happening):
    """Nothing can be written in the channel of `place` any more."""

    why: Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Happening):
    """The channel of `place`, which was archived, can be written in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed(Happening):
    """The channel of `place` is called otherwise now; its id is the same."""

    title: str


Event = (
    CommandInvoked
    | CommandTyped
    | ActionPressed
    | FormSubmitted
    | Posted
    | Edited
    | Deleted
    | Left
    | Removed
    | Closed
    | Reopened
    | Renamed
)
