"""What people do on the test Discord: they write, press, choose, send forms, run commands, come and leave.

Whatever a person could not do in the real client is an AssertionError: pressing a button that is not there or that only
somebody else sees, choosing an option that is not offered, running a command that is not registered.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tests.servers.discord import rules
from tests.servers.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interaction, submitted
from tests.servers.discord.permissions import May
from tests.servers.discord.rest import Rest
from tests.servers.discord.state import TEXT, THREAD, Channel, Guild, Message, User

Json = dict[str, Any]


class Hands(Rest):
    """The side of the test Discord that is turned to people."""

    # --- places and people ------------------------------------------------------------------------------------------

    def found_guild(self, name: str, owner: User, bot_may: May) -> Guild:
        """Let there be a server with the bot in it."""
        # A millisecond apart, since the time in a server's id decides which shard hears of it.
        id = str(int(self.snowflake()) + (len(self.guilds) << 22))
        guild = Guild(id, name, owner.id, int(bot_may))
        self.guilds[guild.id] = guild
        self.user_joins(owner, guild, manager=True)
        return guild

    def make_channel(self, guild: Guild, name: str, kind: int = TEXT) -> Channel:
        """Let there be a channel, before the bot connects."""
        return self.add_channel(Channel(self.snowflake(), kind, name, guild.id))

    def make_thread(self, channel: Channel, owner: User) -> Channel:
        """Let there be a thread that somebody has opened."""
        thread = Channel(self.snowflake(), THREAD, "a thread", channel.guild, channel.id, owner.id)
        self.add_channel(thread)
        self.thread_opened(thread)
        return thread

    def make_role(self, guild: Guild, name: str, *, mentionable: bool = True, may: int = 0) -> str:
        """Let there be a role, whose holders may do something; give its id."""
        id = self.snowflake()
        guild.roles[id] = (name, mentionable)
        guild.powers[id] = may
        made = guild.role_json(id, name, may, mentionable=mentionable)
        self.dispatch("GUILD_ROLE_CREATE", {"guild_id": guild.id, "role": made}, guild.id)
        return id

    def user_joins(self, user: User, guild: Guild, *, manager: bool = False) -> None:
        """Come to a server."""
        if user.id not in guild.people:
            guild.people.append(user.id)
        if manager:
            guild.managers.add(user.id)

    def user_leaves(self, user: User, guild: Guild) -> None:
        """Leave a server; only who has the Members intent is told."""
        guild.people.remove(user.id)
        self.dispatch("GUILD_MEMBER_REMOVE", {"guild_id": guild.id, "user": user.to_json()}, guild.id)

    def guild_removed(self, guild: Guild) -> None:
        """Throw the bot out of a server."""
        guild.has_bot = False
        self.dispatch("GUILD_DELETE", {"id": guild.id}, guild.id)

    def take_permission(self, channel: Channel, permission: May) -> None:
        """Take a permission from the bot in a channel."""
        channel.denied |= permission
        self.dispatch("CHANNEL_UPDATE", self.channel_json(channel), channel.guild)

    def give_permission(self, channel: Channel, permission: May) -> None:
        """Give a permission back."""
        channel.denied &= ~permission
        self.dispatch("CHANNEL_UPDATE", self.channel_json(channel), channel.guild)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Archive a thread, as time does, and maybe lock it, as a moderator does."""
        thread.archived, thread.locked = True, locked
        self.thread_changed(thread)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel or a thread with all that stands in it."""
        del self.channels[channel.id]
        self.messages = {id: m for id, m in self.messages.items() if m.channel != channel.id}
        if channel.kind == THREAD:
            gone = {"id": channel.id, "guild_id": channel.guild, "parent_id": channel.parent, "type": 11}
            self.dispatch("THREAD_DELETE", gone, channel.guild)
        else:
            self.dispatch("CHANNEL_DELETE", self.channel_json(channel), channel.guild)

    # --- writing --------------------------------------------------------------------------------------------------

    def user_posts(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        reply_to: str | None = None,
        files: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Message:
        """Write a message, with files maybe; one in an archived thread opens it again."""
        assert not channel.locked, "nobody writes in a locked thread"
        if channel.archived:
            channel.archived = False
            self.thread_changed(channel)
        message = Message(self.snowflake(), channel.id, user.id, self.clock.now(), content=text, reply_to=reply_to)
        message.attachments = [self._attachment(name, data, {}) for name, data in files.items()]
        self.messages[message.id] = message
        self.message_posted(message)
        return message

    def user_edits(self, user: User, message: Message, text: str) -> None:
        """Change one's own message."""
        assert message.author == user.id
        message.content, message.edited_at = text, self.clock.now()
        self.message_changed(message)

    def user_deletes(self, message: Message) -> None:
        """Delete a message."""
        del self.messages[message.id]
        guild = self.channel(message.channel).guild
        where = {"guild_id": guild} if guild else {}
        self.dispatch("MESSAGE_DELETE", {"id": message.id, "channel_id": message.channel, **where}, guild)

    # --- acting: each gives the interaction, which is answered later -------------------------------------------------

    def user_runs(self, user: User, channel: Channel, command: str, /, **options: Any) -> Interaction:
        """Run a slash command: `study board`, with its options by name."""
        data = self._chosen(command, options)
        return self.interact(user, channel.id, COMMAND, data)

    def user_types_option(self, user: User, channel: Channel, command: str, option: str, typed: str) -> Interaction:
        """Begin to type an option that completes."""
        data = self._chosen(command, {option: typed}, focused=option)
        return self.interact(user, channel.id, AUTOCOMPLETE, data)

    def _chosen(self, line: str, options: Mapping[str, Any], focused: str = "") -> Json:
        name, *below = line.split()
        command = next((one for one in self.commands if one["name"] == name and one["type"] == 1), None)
        assert command is not None, f"there is no /{name}"
        node, path = command, []
        for word in below:
            node = next((one for one in node["options"] if one["name"] == word), {})
            assert node, f"there is no /{line}"
            path.append(node)
        given = [_option(node, key, value, focused) for key, value in options.items()]
        missing = [one["name"] for one in node.get("options", []) if one.get("required") and one["name"] not in options]
        assert focused or not missing, f"/{line} needs {missing}"
        for step in reversed(path):
            given = [{"name": step["name"], "type": step["type"], "options": given}]
        return {"id": command["id"], "name": name, "type": 1, "options": given}

    def user_uses_message_command(self, user: User, message: Message, name: str) -> Interaction:
        """Use a command from the menu of a message."""
        command = next((one for one in self.commands if one["name"] == name and one["type"] == 3), None)
        assert command is not None, f"there is no message command {name}"
        resolved = {"messages": {message.id: self.message_json(message)}}
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message.id, "resolved": resolved}
        return self.interact(user, message.channel, COMMAND, data)

    def user_clicks(self, user: User, message: Message, custom_id: str) -> Interaction:
        """Press a button."""
        self._pressable(user, message, custom_id, rules.BUTTON)
        data = {"component_type": rules.BUTTON, "custom_id": custom_id}
        return self.interact(user, message.channel, COMPONENT, data, message.id)

    def user_selects(self, user: User, message: Message, custom_id: str, values: Sequence[str]) -> Interaction:
        """Choose from a select."""
        select = self._pressable(user, message, custom_id, rules.SELECT)
        known = {option["value"] for option in select["options"]}
        assert set(values) <= known, f"{values} are not all among {sorted(known)}"
        assert select["min_values"] <= len(values) <= select["max_values"]
        data = {"component_type": rules.SELECT, "custom_id": custom_id, "values": list(values)}
        return self.interact(user, message.channel, COMPONENT, data, message.id)

    def _pressable(self, user: User, message: Message, custom_id: str, kind: int) -> Json:
        assert message.only_for in (None, user.id), "somebody else's"
        found = [item for item in rules.walk(message.components) if item.get("custom_id") == custom_id]
        assert found, f"there is no {custom_id}"
        assert found[0]["type"] == kind
        return found[0]

    def user_submits(self, shown: Interaction, values: Mapping[str, str | Sequence[str]]) -> Interaction:
        """Send the form that an interaction opened, filled as it stood apart from these values."""
        assert shown.form is not None, "no form was opened"
        data = {"custom_id": shown.form["custom_id"], "components": submitted(shown.form, values)}
        return self.interact(self.users[shown.user], shown.channel, SUBMIT, data, shown.about)


def _option(node: Json, name: str, value: Any, focused: str) -> Json:
    option = next((one for one in node.get("options", []) if one["name"] == name), None)
    assert option is not None, f"there is no option {name}"
    choices = [choice["value"] for choice in option.get("choices", [])]
    assert not choices or value in choices, f"{value} is not among {choices}"
    return {"name": name, "type": option["type"], "value": value, **({"focused": True} if name == focused else {})}
