"""What people do in the world: they write, press, choose, send forms, run commands, come and leave.

Whatever a person could not do on a platform is refused: pressing a button that they do not see or that is not there,
sending a form that they were not shown, changing what somebody else wrote.
"""

from collections.abc import Mapping, Sequence

from bot.platforms.local.answers import Answers
from bot.platforms.local.botside import pressables
from bot.platforms.local.formats import BOT, Json, Refused
from bot.platforms.local.standing import Channel, Entry, Resident


class Hands(Answers):
    """The world's side that is turned to people."""

    # --- coming and leaving ---------------------------------------------------------------------------------------

    def add_channel(self, name: str, people: Sequence[str] | None = None) -> Json:
        """Make a channel for these people, or for everybody who is here."""
        here = [person.id for person in self.people.values() if person.here]
        channel = Channel(self.new_id("c"), name, "channel", list(here if people is None else people))
        self.channels[channel.id] = channel
        self.tell("channel", channel.people, channel=channel.to_json())
        return channel.to_json()

    def join_person(
        self, name: str, *, zone: str = "UTC", manager: bool = False, channels: Sequence[str] | None = None
    ) -> Json:
        """Let somebody in, to these channels or to all; they get a private conversation with the bot."""
        person = Resident(self.new_id("u"), name, zone, manager)
        self.people[person.id] = person
        self._enter(person, channels)
        return person.to_json()

    def rejoin(self, user: str, channels: Sequence[str] | None = None) -> Json:
        """Let somebody in again who left."""
        person = self.people[user]
        person.here = True
        self._enter(person, channels)
        return person.to_json()

    async def leave(self, user: str) -> None:
        """Leave the workspace."""
        person = self.person(user)
        person.here = False
        person.times_left += 1
        event = {"type": "left", **self.who_and_where(user, f"dm-{user}", None)}
        for channel in self.channels.values():
            if user in channel.people:
                channel.people.remove(user)
        self.line.send({"id": f"left-{user}-{person.times_left}", **event})
        self.tell("left", self._everybody(), person=person.to_json())

    # --- writing --------------------------------------------------------------------------------------------------

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread: str | None = None,
        reply_to: str | None = None,
        brought: tuple[tuple[str, str], ...] = (),
    ) -> Json:
        """Write a message, with text files maybe, and give it as it stands; the bot hears of it in its own time."""
        self.entered(user, channel, thread)
        if reply_to is not None and self.seen(user, reply_to).channel != channel:
            raise Refused(400, "an answer stands where the message stands")
        entry = Entry(self.new_id("m"), channel, thread, user, self.now(), text=text, reply_to=reply_to)
        entry.brought = brought
        self.keep(entry)
        self._hear(entry, self.posted_event(entry))
        return entry.to_json()

    async def edit_message(self, user: str, message: str, text: str) -> Json:
        """Change a message of one's own."""
        entry = self.seen(user, message)
        if entry.author != user:
            raise Refused(403, "people change their own messages only")
        entry.text, entry.edited_at = text, self.now()
        entry.edits += 1
        self.tell_message("edited", entry)
        about = {"id": f"edited-{message}-{entry.edits}", "type": "edited", "text": text, "reply_to": entry.reply_to}
        self._hear(entry, {**self._about(entry, user), **about})
        return entry.to_json()

    async def delete_message(self, user: str, message: str) -> None:
        """Delete a message of one's own; a manager deletes anybody's. The bot hears who wrote it, if a member did."""
        entry = self.seen(user, message)
        if entry.author != user and not self.person(user).manager:
            raise Refused(403, "people delete their own messages only")
        del self.messages[message]
        self.tell_message("deleted", entry)
        if not entry.only_for:
            who = user if entry.author == BOT else entry.author
            self._hear(entry, {**self._about(entry, who), "id": f"deleted-{message}", "type": "deleted"})

    async def add_reaction(self, user: str, message: str, emoji: str) -> None:
        """React to a message; the bot does not hear of it."""
        entry = self.seen(user, message)
        who = entry.reactions.setdefault(emoji, [])
        if user not in who:
            who.append(user)
            self.tell_message("reacted", entry)

    # --- interacting: these wait for the bot's reply --------------------------------------------------------------

    async def press(self, user: str, message: str, button_id: str) -> Json:
        """Press a button and give the bot's reply."""
        entry = self.seen(user, message)
        self._pressable(entry, button_id, "buttons")
        return await self._act(user, entry, button_id, [])

    async def choose(self, user: str, message: str, select_id: str, values: Sequence[str]) -> Json:
        """Choose from a select and give the bot's reply."""
        entry = self.seen(user, message)
        select = self._pressable(entry, select_id, "select")
        known = {option["value"] for option in select["options"]}
        if not set(values) <= known or not select["at_least"] <= len(set(values)) <= select["at_most"]:
            raise Refused(400, f"wanted {select['at_least']} to {select['at_most']} of the options")
        return await self._act(user, entry, select_id, list(values))

    async def shortcut(self, user: str, message: str, shortcut: str) -> Json:
        """Use one of the world's shortcuts on a member's message, an action without args; give the bot's reply."""
        entry = self.seen(user, message)
        if shortcut not in self.shortcuts or entry.author == BOT:
            raise Refused(404, f"no shortcut {shortcut} on {message}")
        return await self._act(user, entry, shortcut, [], text=entry.text or "", author=entry.author)

    async def submit(
        self,
        user: str,
        form_id: str,
        values: Mapping[str, str | Sequence[str]],
        channel: str,
        thread: str | None = None,
    ) -> Json:
        """Send a form that this person was shown, and give the bot's reply."""
        self.entered(user, channel, thread)
        if (user, form_id) not in self.open_forms:
            raise Refused(404, f"no form {form_id}")
        action, *args = form_id.split(":")
        about = {"type": "form", "form": form_id, "action": action, "args": args, "values": dict(values)}
        shown_by = self.open_forms[user, form_id]
        return await self.line.ask({**about, **self.who_and_where(user, channel, thread), "message": shown_by})

    async def run(self, user: str, channel: str, text: str, thread: str | None = None) -> Json:
        """Run a command typed as text, what follows "/study "; give the bot's reply."""
        self.entered(user, channel, thread)
        return await self.line.ask({"type": "typed", "text": text, **self.who_and_where(user, channel, thread)})

    async def invoke(
        self, user: str, channel: str, command: str, options: Mapping[str, str], thread: str | None = None
    ) -> Json:
        """Run a command chosen from the list, with its options by name; give the bot's reply."""
        self.entered(user, channel, thread)
        about = {"type": "command", "command": command, "options": dict(options)}
        return await self.line.ask({**about, **self.who_and_where(user, channel, thread)})

    async def has_bot(self) -> None:
        """Wait until a bot is connected."""
        await self.line.present()

    async def settled(self) -> None:
        """Wait until the bot has acknowledged and answered everything that has happened."""
        await self.line.quiet()

    # --- within ---------------------------------------------------------------------------------------------------

    def _enter(self, person: Resident, channels: Sequence[str] | None) -> None:
        direct = f"dm-{person.id}"
        everywhere = [channel.id for channel in self.channels.values() if channel.kind == "channel"]
        self.channels.setdefault(direct, Channel(direct, person.name, "direct", []))
        for channel in (*(everywhere if channels is None else channels), direct):
            self.channel(channel).people.append(person.id)
        self.tell("joined", self._everybody(), person=person.to_json())

    def _everybody(self) -> list[str]:
        return [person.id for person in self.people.values() if person.here]

    def _hear(self, entry: Entry, event: Json) -> None:
        """The bot hears of messages where it may read them."""
        if (entry.channel, "read messages") not in self.faults.taken:
            self.line.send(event)

    def _about(self, entry: Entry, who: str) -> Json:
        return {**self.who_and_where(who, entry.channel, entry.thread), "message": entry.id}

    def _pressable(self, entry: Entry, wanted: str, kind: str) -> Json:
        blocks = [block for block in entry.blocks or () if block["type"] == kind]
        for item in (item for block in blocks for item in pressables(block)):
            if item["id"] == wanted:
                return item
        raise Refused(404, f"no {wanted} on {entry.id}")

    async def _act(self, user: str, entry: Entry, pressed: str, chosen: list[str], **more: str) -> Json:
        action, *args = pressed.split(":")
        about = {"type": "action", "action": action, "args": args, "chosen": chosen, **more}
        return await self.line.ask({**about, **self._about(entry, user)})
