"""What the bot may do in the world, and when the world refuses, as a chat platform would."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.core import limits
from bot.platforms.local.faults import PERMISSIONS
from bot.platforms.local.formats import BOT, MOST_TEXT, Files, Json, Receive, Refused, plain
from bot.platforms.local.standing import Channel, Entry, Standing, Thread, files_of

NONCE_HOLDS = timedelta(minutes=5)


class BotHands(Standing):
    """The world's side that is turned to the bot."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._nonces: dict[tuple[str, str], tuple[datetime, str]] = {}

    # --- being the bot --------------------------------------------------------------------------------------------

    async def connect(self, receive: Receive) -> int:
        """Become the bot: what is not acknowledged comes again, in order, then what is new."""
        return self.line.take_up(receive)

    async def disconnect(self, session: int) -> None:
        """Be the bot no longer; who waits for an answer hears that there is none."""
        self.line.drop(session)

    async def ack(self, seq: int) -> None:
        """Strike out an event that has had its effect."""
        self.line.ack(seq)

    # --- writing --------------------------------------------------------------------------------------------------

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
        with self.faults.around("post"):
            where = channel or f"dm-{to_person}"
            self.place(where, thread)
            if where in self.faults.closed:
                raise Refused(403, f"{where} takes no messages")
            self.faults.need(where, "send messages")
            check(blocks)
            entry = self._posted_before(where, nonce) or self._new(where, thread, blocks, files, nonce)
        return {"id": entry.id, "channel": entry.channel, "thread": entry.thread}

    async def open_thread(self, channel: str, message: str, name: str) -> Json:
        """Open a thread on a message; refuse with the thread that stands there where there is one."""
        with self.faults.around("open_thread"):
            entry = self._in(channel, message)
            self.faults.need(channel, "open threads")
            if entry.thread_id:
                raise Refused(409, "thread exists", thread=entry.thread_id)
            if entry.thread or self.channels[channel].kind == "direct":
                raise Refused(400, "no thread opens in a thread or in a private conversation")
            if not 0 < len(name) <= limits.THREAD_NAME:
                raise Refused(400, f"a thread's name has 1 to {limits.THREAD_NAME} characters")
            thread = Thread(self.new_id("t"), channel, message, name)
            self.threads[thread.id] = thread
            entry.thread_id = thread.id
            self.tell("thread", self.channels[channel].people, thread=thread.to_json())
            self.tell_message("edited", entry)
        return {"thread": thread.id}

    async def open_room(self, channel: str, people: Sequence[str], name: str) -> Json:
        """Open a room off a channel that only these people see; give its channel."""
        with self.faults.around("open_room"):
            self.channel(channel)
            self.faults.need(channel, "open threads")
            if not 0 < len(name) <= limits.THREAD_NAME:
                raise Refused(400, f"a room's name has 1 to {limits.THREAD_NAME} characters")
            inside = [self.person(user).id for user in people]
            room = Channel(self.new_id("c"), name, "room", inside, channel)
            self.channels[room.id] = room
            self.tell("channel", room.people, channel=room.to_json())
        return {"channel": room.id}

    async def let_out(self, room: str, user: str) -> None:
        """Take a person out of a room; who is out already stays out."""
        with self.faults.around("let_out"):
            found = self.channel(room)
            if found.kind != "room":
                raise Refused(403, "people are taken out of rooms alone")
            if user in found.people:
                self.tell("channel", found.people, channel=found.to_json())
                found.people.remove(user)

    async def rooms(self, channel: str) -> list[Json]:
        """Name the rooms that were opened off a channel, the oldest first."""
        self.faults.check("rooms")
        return [room.to_json() for room in self.channels.values() if room.off == channel]

    async def edit(self, channel: str, message: str, blocks: Sequence[Json], files: Files) -> None:
        """Replace what a message of the bot says."""
        with self.faults.around("edit"):
            entry = self._in(channel, message)
            if entry.author != BOT:
                raise Refused(403, "the bot changes its own messages only")
            check(blocks)
            self.replace(entry, blocks, files)

    async def react(self, channel: str, message: str, emoji: str) -> None:
        """Put a reaction on a message; a second time changes nothing."""
        with self.faults.around("react"):
            entry = self._in(channel, message)
            self.faults.need(channel, "add reactions")
            who = entry.reactions.setdefault(emoji, [])
            if BOT not in who:
                who.append(BOT)
                self.tell_message("reacted", entry)

    # --- reading --------------------------------------------------------------------------------------------------

    async def history(self, channel: str, thread: str | None, after: str | None = None) -> list[Json]:
        """Read what was said at or after a moment, with the keys of the bot's own messages in mode history."""
        self.faults.check("history")
        self.place(channel, thread)
        self.faults.need(channel, "read messages")
        said = [m for m in self.messages.values() if (m.channel, m.thread, m.only_for) == (channel, thread, None)]
        since = datetime.fromisoformat(after) if after else None
        return [
            {**entry.to_json(), **({"key": entry.key} if entry.key else {})}
            for entry in said
            if since is None or datetime.fromisoformat(entry.at) >= since
        ]

    async def replies(self, thread: str) -> list[Json]:
        """Read what members wrote in a thread, as events of type posted."""
        self.faults.check("replies")
        if thread not in self.threads:
            raise Refused(404, f"no thread {thread}")
        self.faults.need(self.threads[thread].channel, "read messages")
        return [
            self.posted_event(entry)
            for entry in self.messages.values()
            if entry.thread == thread and entry.author != BOT
        ]

    async def in_private(self, user: str, after: str) -> list[Json]:
        """Read what somebody wrote to the bot alone at or after a moment, as events of type posted."""
        self.faults.check("replies")
        since = datetime.fromisoformat(after)
        return [
            self.posted_event(entry)
            for entry in self.messages.values()
            if entry.author == user and entry.channel == f"dm-{user}" and datetime.fromisoformat(entry.at) >= since
        ]

    async def permissions(self, channel: str) -> list[str]:
        """Name what the bot may do in a channel."""
        self.faults.check("permissions")
        self.channel(channel)
        return [name for name in PERMISSIONS if (channel, name) not in self.faults.taken]

    async def is_here(self, user: str) -> bool:
        """Tell whether somebody is in the workspace."""
        self.faults.check("is_here")
        return user in self.people and self.people[user].here

    def posted_event(self, entry: Entry) -> Json:
        """Give a member's message as the event that it was, with the text as it stands now."""
        return {
            "id": f"posted-{entry.id}",
            "type": "posted",
            **self.who_and_where(entry.author, entry.channel, entry.thread),
            "at": entry.at,
            "message": entry.id,
            "text": entry.text,
            "reply_to": entry.reply_to,
            "files": [list(file) for file in entry.brought],
            "edited_at": entry.edited_at,
        }

    def who_and_where(self, user: str, channel: str, thread: str | None) -> Json:
        """Give what every event says of the person and the place."""
        who = self.people[user]
        return {
            "user": user,
            "name": who.name,
            "zone": who.zone,
            "manager": who.manager,
            "channel": channel,
            "thread": thread,
            "at": self.now(),
        }

    # --- within ---------------------------------------------------------------------------------------------------

    def _in(self, channel: str, message: str) -> Entry:
        self.channel(channel)
        entry = self.message(message)
        if entry.channel != channel or entry.only_for:
            raise Refused(404, f"no message {message} in {channel}")
        return entry

    def _posted_before(self, channel: str, nonce: str | None) -> Entry | None:
        at, message = self._nonces.get((channel, nonce or ""), (None, ""))
        held = at is not None and self.clock.now() - at < NONCE_HOLDS
        return self.messages.get(message) if held else None

    def _new(self, channel: str, thread: str | None, blocks: Sequence[Json], files: Files, nonce: str | None) -> Entry:
        key = nonce if self.mode == "history" else None
        entry = self.said(channel, thread, blocks, files, key=key)
        if self.mode == "nonce" and nonce:
            self._nonces[channel, nonce] = (self.clock.now(), entry.id)
        return self.keep(entry)

    def said(
        self,
        channel: str,
        thread: str | None,
        blocks: Sequence[Json],
        files: Files,
        *,
        key: str | None = None,
        only_for: str | None = None,
    ) -> Entry:
        """Make a message of the bot, its files stored under ids of the world."""
        stored = self._with_files(blocks, files)
        return Entry(self.new_id("m"), channel, thread, BOT, self.now(), blocks=stored, key=key, only_for=only_for)

    def replace(self, entry: Entry, blocks: Sequence[Json], files: Files) -> None:
        """Let a message of the bot say something else."""
        for file in files_of(entry):
            del self.files[file]
        entry.blocks = self._with_files(blocks, files)
        entry.edits += 1
        self.tell_message("edited", entry)

    def _with_files(self, blocks: Sequence[Json], files: Files) -> list[Json]:
        ids = {name: self.new_id("f") for name in files}
        self.files.update({ids[name]: file for name, file in files.items()})
        return [{**block, "file": ids[block["file"]]} if "file" in block else dict(block) for block in blocks]


def check(blocks: Sequence[Json]) -> None:
    """Refuse what no platform would take as one message."""
    if not blocks:
        raise Refused(400, "a message is not empty")
    if (size := len(plain([block for block in blocks if "file" not in block]))) > MOST_TEXT:
        raise Refused(400, f"a message has at most {MOST_TEXT} characters, this one has {size}")
    ids = [item["id"] for block in blocks for item in pressables(block)]
    if len(ids) != len(set(ids)) or any(not 0 < len(one.encode()) <= limits.ACTION_AND_ARGS for one in ids):
        raise Refused(400, "every button and select has an id of its own of at most 100 bytes")


def pressables(block: Json) -> list[Json]:
    """Give the buttons of a block, or the select that it is."""
    return block["buttons"] if block["type"] == "buttons" else [block] if block["type"] == "select" else []
