"""A person on the test Discord: what they do in Discord's client, and what they see there."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.core import parsing
from bot.platforms.discord.commands import COUNT, MEMBERS, ORGANISERS
from tests.platforms.discord.transcript import corrections
from tests.platforms.discord.words import plain, words
from tests.servers.discord import rules
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.state import DIRECT, FORUM, Channel, Message, User

if TYPE_CHECKING:
    from tests.platforms.discord.stage import DiscordStage

Json = dict[str, Any]
ANSWERED_WITHIN = 5.0


@dataclass
class DiscordActor:
    """A person; every act waits until the bot has answered and has sent what it had to send."""

    stage: "DiscordStage"
    user: User
    name: str
    shown: Interaction | None = None
    """The interaction that opened the form which this person was shown last."""
    corrected: bool = False
    """Whether the form that was sent last came back."""
    sent: Message | None = None
    """The message that this person wrote last."""
    last: Interaction | None = None

    # --- acts -----------------------------------------------------------------------------------------------------

    async def types(self, line: str, *, private: bool = False) -> str:
        """Run a slash command in the channel, or in the private conversation with the bot."""
        meant = parsing.parse(line.removeprefix("/"), self.stage.app.catalogue)
        name = meant.command.name.removeprefix("admin ")
        root = ORGANISERS if meant.command.admin else MEMBERS
        types = {p.name: p.type for p in meant.command.parameters}
        options = {key: _value(types[key], typed) for key, typed in meant.options.items()}
        server = self.stage.server
        channel = server.channels[self.user.direct] if private else self.stage.desk
        if meant.command.name == "setup" and self.stage.here.kind == FORUM:
            options["channel"] = self.stage.here.id
        return await self._answered(server.user_runs(self.user, channel, f"{root} {name}", **options))

    async def presses(self, label: str, *, under: str = "") -> str:
        """Press the newest button of this label that this person sees, or the newest one under a text."""
        for message in self._newest(under):
            for item in rules.walk(message.components):
                if item["type"] == rules.BUTTON and item["label"] == label:
                    return await self._answered(self.stage.server.user_clicks(self.user, message, item["custom_id"]))
        raise AssertionError(f"{self.name} sees no button [{label}]" + (f" under {under}" if under else ""))

    async def chooses(self, *letters: str, under: str = "") -> str:
        """Choose options by how their labels begin."""
        message, item = next(
            (message, item)
            for message in self._newest(under)
            for item in rules.walk(message.components)
            if item["type"] == rules.SELECT
        )
        values = [o["value"] for letter in letters for o in item["options"] if o["label"].startswith(letter)]
        assert len(values) == len(letters), f"{letters} are not all among {[o['label'] for o in item['options']]}"
        chosen = self.stage.server.user_selects(self.user, message, item["custom_id"], values)
        return await self._answered(chosen)

    async def fills(self, values: Mapping[str, str] | str = "", /, **by_name: str) -> str:
        """Send the form that was shown last, filled as it stood apart from these values, by label or by name."""
        if self.corrected:
            # In Discord a form that was sent is gone; a button brings it back with what was typed.
            mark = len(self.stage.transcript.lines)
            await self.presses("Try again")
            del self.stage.transcript.lines[mark:]
        assert self.shown is not None, "no form was shown"
        assert self.shown.form is not None
        labelled = [item for item in self.shown.form["components"] if item["type"] == rules.LABEL]
        names = {item["label"]: item["component"]["custom_id"] for item in labelled}
        names |= {name: name for name in names.values()}
        given = {labelled[0]["label"]: values} if isinstance(values, str) and values else dict(values or {})
        filled = {names[spelling]: value for spelling, value in {**given, **by_name}.items()}
        if any(item["component"]["custom_id"] == "zone" and _is_needed(item["component"]) for item in labelled):
            # Other platforms tell the bot one's zone; on Discord everybody types it.
            filled.setdefault("zone", self.stage.zone.key)
        return await self._answered(self.stage.server.user_submits(self.shown, filled))

    @property
    def written(self) -> str:
        """The id of the message that this person wrote last."""
        return self.sent.id if self.sent else ""

    async def answers(self, text: str) -> str:
        """Press Answer and send the form."""
        await self.presses("Answer")
        return await self.fills(text)

    async def says(self, text: str, *, in_thread: bool = False, reply_to: str | None = None) -> str:
        """Write a message; give its id."""
        channel = self.stage.thread if in_thread else self.stage.desk
        self.sent = self.stage.server.user_posts(self.user, channel, text, reply_to=reply_to)
        await self.stage.settles()
        return self.sent.id

    async def sends(self, name: str, text: str, *, in_thread: bool = False) -> None:
        """Send a file to the bot in private, or into the thread of the question."""
        where = self.stage.thread if in_thread else self.stage.server.channel(self.user.direct)
        self.stage.server.user_posts(self.user, where, "", files={name: text.encode()})
        await self.stage.settles()

    async def edits(self, text: str, *, message: str = "") -> None:
        """Change one's last message."""
        self.stage.server.user_edits(self.user, self._mine(message), text)
        await self.stage.settles()

    async def deletes(self, message: str = "") -> None:
        """Delete one's last message."""
        self.stage.server.user_deletes(self._mine(message))
        await self.stage.settles()

    async def counts(self, message: str = "") -> str:
        """Use the message command *Count as my answer* on one's last message."""
        return await self._answered(self.stage.server.user_uses_message_command(self.user, self._mine(message), COUNT))

    async def leaves(self) -> None:
        """Leave the server."""
        self.stage.server.user_leaves(self.user, self.stage.guild)
        await self.stage.settles()

    async def returns(self) -> None:
        """Come back to the server."""
        self.stage.server.user_joins(self.user, self.stage.guild)
        await self.stage.settles()

    async def completes(self, command: str, option: str, typed: str) -> list[str]:
        """Begin to type an option, and read what is offered."""
        asked = self.stage.server.user_types_option(self.user, self.stage.desk, command, option, typed)
        await self._waits_for(asked)
        return [choice["value"] for choice in asked.response["data"]["choices"]]

    # --- seeing ---------------------------------------------------------------------------------------------------

    def sees(self, text: str) -> bool:
        """Whether anything that stands where this person looks holds this text."""
        return any(text in self._words(message) for message in self._seen())

    def reads(self) -> list[str]:
        """Everything that the bot says where this person looks, the oldest first."""
        return [self._words(message) for message in self._seen() if message.author == self.stage.server.bot.id]

    # --- within ---------------------------------------------------------------------------------------------------

    async def _answered(self, act: Interaction) -> str:
        self.last = act
        await self._waits_for(act)
        await self.stage.settles()
        if act.form is not None:
            self.shown = act
            said = _form_words(act.form, self.stage.zone)
            self.stage.transcript.add("asks", self.name, said)
            return said
        corrected = [said for message in act.said if (said := corrections(message, self.stage))]
        self.corrected = bool(corrected)
        return " ".join(corrected or [self._words(message) for message in act.said])

    async def _waits_for(self, act: Interaction) -> None:
        async with asyncio.timeout(ANSWERED_WITHIN):
            await act.answered.wait()

    def _mine(self, id: str) -> Message:
        found = self.stage.server.messages[id] if id else self.sent
        assert found is not None, "nothing was written"
        return found

    def _words(self, message: Message) -> str:
        if message.components:
            return words(message.components, self.stage.zone)
        return message.content

    def _newest(self, under: str) -> Iterator[Message]:
        for message in reversed(self._seen()):
            if message.components and (not under or under in self._words(message)):
                yield message

    def _seen(self) -> list[Message]:
        return [message for message in self.stage.server.messages.values() if self._may_see(message)]

    def _may_see(self, message: Message) -> bool:
        channel: Channel = self.stage.server.channels[message.channel]
        inside = channel.id == self.user.direct if channel.kind == DIRECT else self._is_in(channel)
        return inside and message.only_for in (None, self.user.id)

    def _is_in(self, channel: Channel) -> bool:
        if channel.inside is not None and self.user.id not in channel.inside:
            return False
        return self.user.id in self.stage.server.guilds[channel.guild or ""].people


def _value(wanted: Any, typed: str) -> Any:
    """What Discord's client sends for an option of this type."""
    if wanted is bool:
        return typed == "yes"
    return int(typed) if wanted is int else typed


def _form_words(form: Json, zone: ZoneInfo) -> str:
    intro = " ".join(plain(item["content"], zone) for item in form["components"] if item["type"] == rules.TEXT)
    labelled = [item for item in form["components"] if item["type"] == rules.LABEL]
    fields = "; ".join(f"{item['label']} = {_standing(item['component'])}" for item in labelled)
    return f"{form['title']} {intro}".strip() + f" | {fields}"


def _is_needed(component: Json) -> bool:
    return bool(component.get("required", True)) and not component.get("value")


def _standing(component: Json) -> str:
    if component["type"] == rules.SELECT:
        return " ".join(option["value"] for option in component["options"] if option.get("default"))
    return str(component.get("value") or "")
