"""Writing and reading messages, as the bot does over REST."""

import itertools
from datetime import datetime
from typing import Any

from tests.servers.discord import rules
from tests.servers.discord.permissions import May, granted, need
from tests.servers.discord.state import (
    DIRECT,
    EXTERNAL,
    FORUM,
    PRIVATE_THREAD,
    TEXT,
    THREAD,
    ApiError,
    Channel,
    Guild,
    Message,
    Standing,
    unknown,
)

Json = dict[str, Any]
NONCE_SECONDS = 300
PAGE = 100


class Messages(Standing):
    """What the bot may do with messages; each method is one route, and may refuse."""

    host = ""
    """Where the server listens, once it does."""

    needed: May = May(0)

    def need(self, channel: Channel, wanted: May) -> None:
        """Refuse where the bot may not, and note what the call needs."""
        self.needed |= wanted | May.VIEW_CHANNEL
        need(self, channel, wanted)

    # --- writing --------------------------------------------------------------------------------------------------

    def create_message(self, channel_id: str, body: Json, files: dict[str, bytes]) -> Message:
        """Post a message of the bot; the same nonce in the same minutes gives the first one."""
        channel = self.channel(channel_id)
        self._may_write(channel, files)
        before = self._sent_with(body.get("nonce"), channel_id) if body.get("enforce_nonce") else None
        return before or self.put_message(channel_id, self.bot.id, body, files)

    def _may_write(self, channel: Channel, files: dict[str, bytes]) -> None:
        if channel.kind == DIRECT:
            person = next((user for user in self.users.values() if user.direct == channel.id), None)
            if person is None or not person.takes_messages:
                raise ApiError(403, 50007, "Cannot send messages to this user")
            return
        if channel.kind == FORUM:
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        in_thread = channel.kind == THREAD
        self.need(channel, May.SEND_MESSAGES_IN_THREADS if in_thread else May.SEND_MESSAGES)
        if files:
            self.need(channel, May.ATTACH_FILES)
        if channel.locked:
            self.need(channel, May.MANAGE_THREADS)
        if channel.locked and channel.archived:
            raise ApiError(400, 50083, "Thread is archived")
        if channel.archived:
            channel.archived = False  # writing in a thread that is not locked opens it again
            self.thread_changed(channel)

    def _sent_with(self, nonce: Any, channel: str) -> Message | None:
        now = self.clock.now()
        for message in self.messages.values():
            young = (now - message.at).total_seconds() < NONCE_SECONDS
            if message.nonce == str(nonce) and message.channel == channel and young:
                return message
        return None

    def put_message(
        self, channel: str, author: str, body: Json, files: dict[str, bytes], *, only_for: str | None = None
    ) -> Message:
        """Let a message stand, whoever wrote it."""
        rules.check_message(body, list(files))
        message = Message(self.snowflake(), channel, author, self.clock.now(), only_for=only_for)
        message.nonce = str(body["nonce"]) if body.get("nonce") else None
        self._fill(message, body, files)
        self.messages[message.id] = message
        self.message_posted(message)
        return message

    def edit_message(self, channel_id: str, message_id: str, body: Json, files: dict[str, bytes]) -> Message:
        """Change a message of the bot."""
        channel = self.channel(channel_id)
        self.need(channel, May.VIEW_CHANNEL)
        message = self.message(channel_id, message_id)
        if message.author != self.bot.id:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        if channel.archived:
            raise ApiError(400, 50083, "Thread is archived")
        if files:
            self.need(channel, May.ATTACH_FILES)
        return self.change(message, body, files)

    def change(self, message: Message, body: Json, files: dict[str, bytes]) -> Message:
        """Let a message say something else."""
        flags = message.flags | (body.get("flags") or 0)
        rules.check_message({**body, "flags": flags}, list(files))
        message.edited_at = self.clock.now()
        self._fill(message, {**body, "flags": flags}, files)
        self.message_changed(message)
        return message

    def _fill(self, message: Message, body: Json, files: dict[str, bytes]) -> None:
        described = {item.get("filename"): item for item in body.get("attachments") or [] if "filename" in item}
        message.attachments = [self._attachment(name, data, described.get(name, {})) for name, data in files.items()]
        message.content = body.get("content") or ""
        message.flags = body.get("flags") or 0
        taken = {item["id"] for item in rules.walk(body.get("components") or []) if item.get("id")}
        free = (number for number in itertools.count(1) if number not in taken)
        message.components = [self._component(item, free, message) for item in body.get("components") or []]
        allowed = body.get("allowed_mentions")
        named = [user for user in self.users if f"<@{user}>" in str(body.get("components")) + message.content]
        everybody = allowed is None or "users" in (allowed.get("parse") or [])
        message.mentions = [id for id in named if everybody or id in ((allowed or {}).get("users") or [])]
        message.mention_roles = self._roles_notified(message, body)

    def _roles_notified(self, message: Message, body: Json) -> list[str]:
        """The roles that a message notifies: allowed by it, and mentionable, or the bot may mention every role."""
        guild = self.guilds.get(self.channels[message.channel].guild or "")
        allowed = body.get("allowed_mentions")
        if guild is None:
            return []
        every = allowed is None or "roles" in (allowed.get("parse") or [])
        said = str(body.get("components")) + message.content
        return [
            id
            for id, (_, mentionable) in guild.roles.items()
            if f"<@&{id}>" in said
            and (mentionable or guild.bot_may & May.MENTION_EVERYONE)
            and (every or id in ((allowed or {}).get("roles") or []))
        ]

    def _attachment(self, name: str, data: bytes, described: Json) -> Json:
        id = self.snowflake()
        self.files[id] = data
        url = f"http://{self.host}/attachments/{id}/{name}"
        told = {"description": described["description"]} if described.get("description") else {}
        return {"id": id, "filename": name, "size": len(data), "url": url, "proxy_url": url, **told}

    def _component(self, item: Json, free: Any, message: Message) -> Json:
        """A component as it is given back: with an id, and with files by their address."""
        whole = {**item, "id": item.get("id") or next(free)}
        if "components" in item:
            whole["components"] = [self._component(one, free, message) for one in item["components"]]
        if item["type"] == 3:
            whole = {"min_values": 1, "max_values": 1, **{k: v for k, v in whole.items() if v is not None}}
        if item["type"] == 12:
            shown = [(one, self._media(one["media"], message)) for one in item["items"]]
            whole["items"] = [
                {"description": one.get("description"), "spoiler": False, "media": media} for one, media in shown
            ]
        if item["type"] == 13:
            media = self._media(item["file"], message)
            name = item["file"]["url"].removeprefix("attachment://")
            whole |= {"file": media, "name": name, "size": 1, "spoiler": False}
        return whole

    def _media(self, media: Json, message: Message) -> Json:
        name = media["url"].removeprefix("attachment://")
        held = next(item for item in message.attachments if item["filename"] == name)
        return {"id": held["id"], "url": held["url"], "proxy_url": held["url"], "attachment_id": held["id"]}

    def react(self, channel_id: str, message_id: str, emoji: str) -> None:
        """Put a reaction of the bot on a message."""
        channel = self.channel(channel_id)
        self.need(channel, May.READ_MESSAGE_HISTORY)
        message = self.message(channel_id, message_id)
        if emoji not in message.reactions:
            self.need(channel, May.ADD_REACTIONS)
        if channel.archived:
            raise ApiError(400, 50083, "Thread is archived")
        before = message.reactions.setdefault(emoji, set())
        if self.bot.id not in before:
            before.add(self.bot.id)
            self.message_reacted(message, emoji)

    # --- reading --------------------------------------------------------------------------------------------------

    def read_history(self, channel_id: str, query: dict[str, str]) -> list[Message]:
        """A page of what stands in a channel, the newest first; `after` gives the oldest page after it."""
        channel = self.channel(channel_id)
        self.need(channel, May.VIEW_CHANNEL)
        self.needed |= May.READ_MESSAGE_HISTORY
        limit = int(query.get("limit", "50"))
        if not 1 <= limit <= PAGE:
            raise rules.invalid(f"limit is 1 to {PAGE}")
        if May.READ_MESSAGE_HISTORY not in granted(self, channel):
            return []  # no refusal: Discord's reference says that the list is empty then
        said = self.history(channel_id)
        if "after" in query:
            later = [message for message in said if int(message.id) > int(query["after"])]
            return later[-limit:]
        if "before" in query:
            said = [message for message in said if int(message.id) < int(query["before"])]
        return said[:limit]

    def read_message(self, channel_id: str, message_id: str) -> Message:
        """One message."""
        channel = self.channel(channel_id)
        self.need(channel, May.READ_MESSAGE_HISTORY)
        return self.message(channel_id, message_id)

    # --- threads --------------------------------------------------------------------------------------------------

    def open_thread(self, channel_id: str, message_id: str, body: Json) -> Channel:
        """Open a thread on a message; a message has one thread at most, and it has the message's id."""
        channel = self.channel(channel_id)
        self.need(channel, May.CREATE_PUBLIC_THREADS)
        message = self.message(channel_id, message_id)
        rules.check_thread(body["name"], body.get("auto_archive_duration"))
        if message.thread:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        if channel.kind != 0:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        message.thread = message_id
        return self._put_thread(channel, message_id, body)

    def open_post(self, channel_id: str, body: Json, files: dict[str, bytes]) -> tuple[Channel, Message]:
        """Open a post in a forum: a thread with its first message, which has the thread's id."""
        channel = self.channel(channel_id)
        self.need(channel, May.SEND_MESSAGES)
        if files:
            self.need(channel, May.ATTACH_FILES)
        if channel.kind != FORUM:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        rules.check_thread(body["name"], body.get("auto_archive_duration"))
        rules.check_message(body["message"], list(files))
        thread = self._put_thread(channel, self.snowflake(), body)
        message = Message(thread.id, thread.id, self.bot.id, self.clock.now())
        self._fill(message, body["message"], files)
        self.messages[message.id] = message
        self.message_posted(message)
        return thread, message

    def open_room(self, channel_id: str, body: Json) -> Channel:
        """Open a private thread, in which the bot is alone at first."""
        channel = self.channel(channel_id)
        self.need(channel, May.CREATE_PRIVATE_THREADS)
        rules.check_thread(body["name"], body.get("auto_archive_duration"))
        if channel.kind != TEXT or body["type"] != PRIVATE_THREAD:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        return self._put_thread(channel, self.snowflake(), body, inside={self.bot.id})

    def let_in(self, thread_id: str, user_id: str) -> None:
        """Let somebody into a thread; who is in it already stays in it."""
        thread = self.channel(thread_id)
        self.need(thread, May.SEND_MESSAGES_IN_THREADS)
        if thread.archived:
            raise ApiError(400, 50083, "Thread is archived")
        if user_id not in self.users or user_id not in self.guilds[thread.guild or ""].people:
            raise unknown("member")
        if thread.inside is not None:
            thread.inside.add(user_id)

    def let_out(self, thread_id: str, user_id: str) -> None:
        """Take somebody out of a thread: for whoever manages threads, and in a private one for whoever opened it."""
        thread = self.channel(thread_id)
        mine = thread.inside is not None and thread.owner == self.bot.id
        self.need(thread, May.VIEW_CHANNEL if mine else May.MANAGE_THREADS)
        if thread.archived:
            raise ApiError(400, 50083, "Thread is archived")
        if thread.inside is None or user_id not in thread.inside:
            raise unknown("member")
        thread.inside.remove(user_id)

    def _put_thread(self, channel: Channel, id: str, body: Json, *, inside: set[str] | None = None) -> Channel:
        minutes = body.get("auto_archive_duration") or 1440
        at = self.clock.now().isoformat(timespec="microseconds")
        thread = Channel(id, THREAD, body["name"], channel.guild, channel.id, self.bot.id, auto_archive=minutes)
        thread.made_at, thread.inside = at, inside
        self.add_channel(thread)
        self.thread_opened(thread)
        return thread

    def change_channel(self, channel_id: str, body: Json) -> Channel:
        """Rename a thread, open it again, or lock it."""
        thread = self.channel(channel_id)
        if thread.kind != THREAD:
            raise ApiError(403, 50013, "Missing Permissions")
        opens = body.get("archived") is False and not thread.locked
        self.need(thread, May.SEND_MESSAGES_IN_THREADS if opens or thread.owner == self.bot.id else May.MANAGE_THREADS)
        if thread.locked or "locked" in body:
            self.need(thread, May.MANAGE_THREADS)
        thread.archived = body.get("archived", thread.archived)
        thread.locked = body.get("locked", thread.locked)
        thread.name = body.get("name", thread.name)
        self.thread_changed(thread)
        return thread

    def make_event(self, guild_id: str, body: Json) -> Json:
        """Schedule an event that is in no channel of the server."""
        guild = self._event_guild(guild_id)
        begins, ends = (datetime.fromisoformat(body[f"scheduled_{edge}_time"]) for edge in ("start", "end"))
        outside = body["entity_type"] == EXTERNAL and 0 < len(body["entity_metadata"]["location"]) <= 100
        if not outside or not self.clock.now() < begins < ends or len(body["name"]) > 100:
            raise ApiError(400, 50035, "Invalid Form Body")
        id = self.snowflake()
        fixed = {"guild_id": guild.id, "creator_id": self.bot.id, "channel_id": None, "entity_id": None, "status": 1}
        more: Json = {"image": None, "recurrence_rule": None, "user_count": 0, "guild_scheduled_event_exceptions": []}
        guild.events[id] = {"id": id, **fixed, **more, **body}
        return guild.events[id]

    def drop_event(self, guild_id: str, id: str) -> None:
        """Take an event away; whoever made it may."""
        guild = self._event_guild(guild_id)
        if id not in guild.events:
            raise unknown("event")
        del guild.events[id]

    def _event_guild(self, id: str) -> Guild:
        guild = self.guilds.get(id)
        if guild is None or not guild.has_bot:
            raise unknown("guild")
        self.needed |= May.CREATE_EVENTS
        if May.CREATE_EVENTS not in May(guild.bot_may):
            raise ApiError(403, 50013, "Missing Permissions")
        return guild

    def open_direct(self, body: Json) -> Channel:
        """The private conversation with somebody."""
        user = self.users.get(str(body["recipient_id"]))
        if user is None:
            raise unknown("user")
        return self.channel(user.direct)

    # --- who hears of it: the gateway overrides these ----------------------------------------------------------------

    def message_posted(self, message: Message) -> None:
        """A message stands."""

    def message_changed(self, message: Message) -> None:
        """A message says something else."""

    def message_reacted(self, message: Message, emoji: str) -> None:
        """The bot has put a reaction on a message."""

    def thread_opened(self, thread: Channel) -> None:
        """A thread was opened."""

    def thread_changed(self, thread: Channel) -> None:
        """A thread was archived, opened again, locked or renamed."""
