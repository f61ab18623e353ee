"""What stands in the world: people, channels, threads and messages, who sees them, and who hears of changes.

Ids are counters and the clock is handed in, so that the same acts always make the same world.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from bot.core.clock import Clock
from bot.platforms.local.faults import Faults
from bot.platforms.local.formats import BOT, File, Json, Mode, Refused
from bot.platforms.local.line import Line

Watcher = Callable[[Json], None]


@dataclass(slots=True)
class Resident:
    """A person of this world."""

    id: str
    name: str
    zone: str
    manager: bool
    here: bool = True
    times_left: int = 0

    def to_json(self) -> Json:
        """Show the person as the page does."""
        return {"id": self.id, "name": self.name, "zone": self.zone, "manager": self.manager, "bot": False}


@dataclass(slots=True)
class Channel:
    """A channel, a private room off one, or the private conversation of the bot and one person."""

    id: str
    name: str
    kind: str
    people: list[str]
    off: str | None = None
    """The channel off which a room was opened."""

    def to_json(self) -> Json:
        """Show the channel as the page does."""
        return {"id": self.id, "name": self.name, "kind": self.kind, "people": list(self.people)}


@dataclass(slots=True)
class Thread:
    """A thread that was opened on a message."""

    id: str
    channel: str
    message: str
    name: str

    def to_json(self) -> Json:
        """Show the thread as the page does."""
        return {"id": self.id, "channel": self.channel, "message": self.message, "name": self.name}


@dataclass(slots=True)
class Entry:
    """A message: blocks where the bot wrote it, text where a member did."""

    id: str
    channel: str
    thread: str | None
    author: str
    at: str
    blocks: list[Json] | None = None
    text: str | None = None
    edits: int = 0
    edited_at: str | None = None
    """When a member last changed it."""
    reply_to: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    thread_id: str | None = None
    only_for: str | None = None
    key: str | None = None
    brought: tuple[tuple[str, str], ...] = ()
    """The text files that a member sent with it, by name."""

    def to_json(self) -> Json:
        """Show the message as the page does; its key is between the bot and the world."""
        said = {"blocks": self.blocks} if self.author == BOT else {"text": self.text}
        return {
            "id": self.id,
            "channel": self.channel,
            "thread": self.thread,
            "author": self.author,
            "at": self.at,
            **said,
            "edited": self.edits > 0,
            "reply_to": self.reply_to,
            "reactions": {emoji: list(who) for emoji, who in self.reactions.items()},
            "thread_id": self.thread_id,
            "only_for": self.only_for,
            **({"brought": [name for name, _ in self.brought]} if self.brought else {}),
        }


class Standing:
    """Everything that stands, found by id; what is not there or not to be seen is refused."""

    def __init__(
        self,
        clock: Clock,
        mode: Mode | str = Mode.nonce,
        *,
        bot_name: str = "Batchmates",
        shortcuts: tuple[str, ...] = ("count-as-answer",),
        several: bool = False,
    ) -> None:
        self.mode = Mode(mode)
        self.shortcuts = shortcuts
        self.clock = clock
        self.bot_name = bot_name
        self.people: dict[str, Resident] = {}
        self.channels: dict[str, Channel] = {}
        self.threads: dict[str, Thread] = {}
        self.messages: dict[str, Entry] = {}
        self.files: dict[str, File] = {}
        self.line = Line(several=several)
        self.faults = Faults()
        self._watchers: list[Watcher] = []
        self._counters = {kind: count(1) for kind in ("u", "c", "t", "m", "f")}

    def new_id(self, kind: str) -> str:
        """Give the next id of a kind: u, c, t, m or f."""
        return f"{kind}{next(self._counters[kind])}"

    def now(self) -> str:
        """Tell the world's time as JSON does."""
        return self.clock.now().isoformat()

    # --- finding --------------------------------------------------------------------------------------------------

    def person(self, user: str) -> Resident:
        """Find somebody who is here."""
        found = self.people.get(user)
        if found is None or not found.here:
            raise Refused(404, f"no person {user}")
        return found

    def channel(self, channel: str) -> Channel:
        """Find a channel."""
        if channel not in self.channels:
            raise Refused(404, f"no channel {channel}")
        return self.channels[channel]

    def place(self, channel: str, thread: str | None) -> Channel:
        """Find a channel, and make sure that the thread is one of its threads."""
        found = self.channel(channel)
        if thread is not None and (thread not in self.threads or self.threads[thread].channel != channel):
            raise Refused(404, f"no thread {thread} in {channel}")
        return found

    def message(self, message: str) -> Entry:
        """Find a message."""
        if message not in self.messages:
            raise Refused(404, f"no message {message}")
        return self.messages[message]

    # --- seeing ---------------------------------------------------------------------------------------------------

    def sees(self, user: str, message: Entry) -> bool:
        """Tell whether a person sees a message."""
        return user in self.channels[message.channel].people and message.only_for in (None, user)

    def seen(self, user: str, message: str) -> Entry:
        """Find a message that this person sees; one that they do not see is not there."""
        self.person(user)
        found = self.message(message)
        if not self.sees(user, found):
            raise Refused(404, f"no message {message}")
        return found

    def entered(self, user: str, channel: str, thread: str | None) -> Resident:
        """Find a person who is in this channel."""
        person = self.person(user)
        if user not in self.place(channel, thread).people:
            raise Refused(404, f"no channel {channel}")
        return person

    def view(self, user: str) -> Json:
        """Give everything that this person sees, and nothing that is private to others."""
        me = self.person(user)
        channels = [channel for channel in self.channels.values() if user in channel.people]
        seen = {channel.id for channel in channels}
        bot = {"id": BOT, "name": self.bot_name, "zone": "UTC", "manager": False, "bot": True}
        return {
            "me": me.to_json(),
            "now": self.now(),
            "people": [bot, *(person.to_json() for person in self.people.values() if person.here)],
            "channels": [channel.to_json() for channel in channels],
            "threads": [thread.to_json() for thread in self.threads.values() if thread.channel in seen],
            "messages": [entry.to_json() for entry in self.messages.values() if self.sees(user, entry)],
        }

    def file(self, user: str, file: str) -> File:
        """Give a file that stands in a message which this person sees."""
        self.person(user)
        for entry in self.messages.values():
            if self.sees(user, entry) and file in files_of(entry):
                return self.files[file]
        raise Refused(404, f"no file {file}")

    # --- hearing of changes ---------------------------------------------------------------------------------------

    def watch(self, callback: Watcher) -> Callable[[], None]:
        """Call back for every visible change, {"type", "seen_by", ...}; give the function that ends it."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def tell(self, kind: str, seen_by: list[str], **more: object) -> None:
        """Tell the watchers of a change."""
        for callback in tuple(self._watchers):
            callback({"type": kind, "seen_by": list(seen_by), **more})

    def tell_message(self, kind: str, entry: Entry) -> None:
        """Tell the watchers that a message was posted, edited, deleted or reacted to."""
        people = self.channels[entry.channel].people
        seen_by = [user for user in people if self.sees(user, entry)]
        self.tell(kind, seen_by, message=entry.to_json())

    def keep(self, entry: Entry) -> Entry:
        """Put a new message where it belongs and tell of it."""
        self.messages[entry.id] = entry
        self.tell_message("posted", entry)
        return entry


def files_of(entry: Entry) -> Iterator[str]:
    """Give the ids of the files that stand in a message."""
    for block in entry.blocks or ():
        if "file" in block:
            yield block["file"]
