"""The words that pass between the world, the bot and the page: plain JSON, and the one error.

A message's blocks are {"type": ...} with
    heading text | paragraph runs | list items | code text language | quote text | facts rows | picture file alt |
    file file name media_type | divider | buttons buttons | select id placeholder options at_least at_most,
and a run is {"text", "bold"?, "italic"?, "code"?} | {"mention"} | {"role"} | {"channel"} | {"at", "zone"}.
A reply to an interaction is {"type": ...} with
    message private blocks (more: the blocks of what did not fit) | form form | problems errors | edit blocks | none |
    failed text.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

Json = dict[str, Any]
Receive = Callable[[Json], None]
Files = Mapping[str, "File"]
"""What a message carries, by the name that its blocks use for it; the world gives each its own id."""

BOT = "bot"
MOST_TEXT = 4000
FAILED: Json = {"type": "failed", "text": "The bot did not answer. Try again."}


class Mode(StrEnum):
    """What the world knows about a message that is sent a second time."""

    nonce = "nonce"
    history = "history"
    bare = "bare"


class Refused(Exception):
    """The world does not do it; `status` is what a platform would say over HTTP.

    `retry_after` is in seconds; `thread` is the thread that stands there already.
    """

    def __init__(self, status: int, what: str, retry_after: float | None = None, thread: str | None = None) -> None:
        super().__init__(f"{status} {what}")
        self.status = status
        self.what = what
        self.retry_after = retry_after
        self.thread = thread


@dataclass(frozen=True, slots=True)
class File:
    """A picture or an attachment."""

    name: str
    media_type: str
    data: bytes

    def to_json(self) -> Json:
        """Give it as JSON, the bytes in base64."""
        return {"name": self.name, "media_type": self.media_type, "base64": base64.b64encode(self.data).decode()}

    @classmethod
    def from_json(cls, data: Json) -> "File":
        """Read back what `to_json` gave."""
        return cls(data["name"], data["media_type"], base64.b64decode(data["base64"]))


class BotSide(Protocol):
    """What the world is to a bot, in the same process or over a connection; every method may raise `Refused`."""

    @property
    def mode(self) -> Mode:
        """What the world knows about a message that is sent a second time."""
        ...

    async def connect(self, receive: Receive) -> int:
        """Become the bot: what it has not acknowledged comes again, in order, then what is new."""
        ...

    async def disconnect(self, session: int) -> None:
        """Be the bot no longer; who waits for an answer hears that there is none."""
        ...

    async def ack(self, seq: int) -> None:
        """Say that an event has had its effect and need not come again."""
        ...

    async def answer(self, event: str, reply: Json, files: Files) -> None:
        """Answer an interaction."""
        ...

    async def post(
        self,
        channel: str | None,
        thread: str | None,
        blocks: Sequence[Json],
        files: Files,
        nonce: str | None = None,
        to_person: str | None = None,
    ) -> Json:
        """Post a message, to a place or to one person in private; give its id, channel and thread."""
        ...

    async def open_thread(self, channel: str, message: str, name: str) -> Json:
        """Open a thread on a message; refuse with the thread that stands there where there is one."""
        ...

    async def open_room(self, channel: str, people: Sequence[str], name: str) -> Json:
        """Open a room off a channel that only these people see; give its channel."""
        ...

    async def let_out(self, room: str, user: str) -> None:
        """Take a person out of a room; who is out already stays out."""
        ...

    async def rooms(self, channel: str) -> list[Json]:
        """Name the rooms that were opened off a channel, the oldest first."""
        ...

    async def edit(self, channel: str, message: str, blocks: Sequence[Json], files: Files) -> None:
        """Replace what a message of the bot says."""
        ...

    async def react(self, channel: str, message: str, emoji: str) -> None:
        """Put a reaction on a message; a second time changes nothing."""
        ...

    async def history(self, channel: str, thread: str | None, after: str | None = None) -> list[Json]:
        """Read what was said at or after a moment, with the keys of the bot's own messages in mode history."""
        ...

    async def replies(self, thread: str) -> list[Json]:
        """Read what members wrote in a thread, as events of type posted."""
        ...

    async def in_private(self, user: str, after: str) -> list[Json]:
        """Read what somebody wrote to the bot alone at or after a moment, as events of type posted."""
        ...

    async def permissions(self, channel: str) -> list[str]:
        """Name what the bot may do in a channel."""
        ...

    async def is_here(self, user: str) -> bool:
        """Tell whether somebody is in the workspace."""
        ...


def run_text(run: Json) -> str:
    """What a run says, in plain text."""
    if "text" in run:
        return str(run["text"])
    signs = {"mention": "@", "role": "@", "channel": "#"}
    return next((f"{sign}{run[what]}" for what, sign in signs.items() if what in run), "") or str(run["at"])


def plain(blocks: Sequence[Json]) -> str:
    """What blocks say, in plain text; buttons and selects say nothing."""
    return "\n\n".join(said for block in blocks if (said := _said(block)))


def _said(block: Json) -> str:
    match block["type"]:
        case "heading" | "code" | "quote":
            return str(block["text"])
        case "paragraph":
            return "".join(map(run_text, block["runs"]))
        case "list":
            return "\n".join("- " + "".join(map(run_text, item)) for item in block["items"])
        case "facts":
            return "\n".join(f"{label}: {value}" for label, value in block["rows"])
        case "picture":
            return f"[picture: {block['alt']}]"
        case "file":
            return f"[file: {block['name']}]"
    return ""
