"""A person on the test Slack: what they do in Slack's client, and what they see there."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.platforms.slack.commands import COMMAND, COUNT
from tests.platforms.slack.words import form_words, words
from tests.servers.slack import rules
from tests.servers.slack.hands import standing
from tests.servers.slack.interactions import Act
from tests.servers.slack.state import IM, MPIM, Message, User, View

if TYPE_CHECKING:
    from tests.platforms.slack.stage import SlackStage

ANSWERED_WITHIN = 5.0


@dataclass
class SlackActor:
    """A person; every act waits until the bot has answered and has sent what it had to send."""

    stage: "SlackStage"
    user: User
    name: str
    sent: Message | None = None
    """The message that this person wrote last."""
    last: Act | None = None

    # --- acts -----------------------------------------------------------------------------------------------------

    async def types(self, line: str, *, private: bool = False) -> str:
        """Run the slash command in the channel, or in the private conversation with the bot."""
        server = self.stage.server
        channel = server.direct(self.user) if private else self.stage.here
        return await self._answered(lambda: server.user_runs(self.user, channel, COMMAND, line.removeprefix("/")))

    async def mentions(self, line: str, *, thread: str | None = None) -> str:
        """Type a command after the bot's name, in the channel or in a thread."""
        return await self._writes(f"@Batchmates {line}", self.stage.here.id, thread)

    async def tells(self, line: str) -> str:
        """Type a command as a message in the private conversation."""
        return await self._writes(line, self.stage.server.direct(self.user).id, None)

    async def _writes(self, text: str, channel: str, thread: str | None) -> str:
        server = self.stage.server
        mark = len(server.messages)
        self.sent = server.user_posts(self.user, server.channels[channel], text, thread=thread)
        await self.stage.settles()
        said = list(server.messages.values())[mark + 1 :]
        return " ".join(self._words(one) for one in said if self._may_see(one))

    async def sends(self, name: str, text: str, *, in_thread: bool = False) -> None:
        """Send a file to the bot in private, or into the thread of the question."""
        server = self.stage.server
        where = self.stage.here if in_thread else server.direct(self.user)
        server.user_sends_file(self.user, where, name, text, thread=self.stage.thread if in_thread else None)
        await self.stage.settles()

    async def presses(self, label: str, *, under: str = "") -> str:
        """Press the newest button of this label that this person sees, or the newest one under a text."""
        for message in self._newest(under):
            for block in message.blocks:
                for item in rules.elements(block):
                    if item["type"] == "button" and item["text"]["text"] == label:
                        id = item["action_id"]
                        return await self._answered(lambda: self.stage.server.user_presses(self.user, message, id))  # noqa: B023
        raise AssertionError(f"{self.name} sees no button [{label}]" + (f" under {under}" if under else ""))

    async def presses_in_view(self, view: View, label: str) -> str:
        """Press a button of a modal or of the home."""
        for block in view.body["blocks"]:
            for item in rules.elements(block):
                if item["type"] == "button" and item["text"]["text"] == label:
                    id = item["action_id"]
                    return await self._answered(lambda: self.stage.server.user_presses(self.user, view, id))  # noqa: B023
        raise AssertionError(f"{self.name} sees no button [{label}] there")

    async def chooses(self, *letters: str, under: str = "") -> str:
        """Choose options by how their labels begin."""
        message, item = next(
            (message, item)
            for message in self._newest(under)
            for block in message.blocks
            for item in rules.elements(block)
            if item["type"] in {"static_select", "multi_static_select"}
        )
        options = item["options"]
        values = [o["value"] for letter in letters for o in options if o["text"]["text"].startswith(letter)]
        assert len(values) == len(letters), f"{letters} are not all among {[o['text']['text'] for o in options]}"
        server, id = self.stage.server, item["action_id"]
        return await self._answered(lambda: server.user_selects(self.user, message, id, values))

    async def fills(self, values: Mapping[str, str] | str = "", /, **by_name: str) -> str:
        """Send the form that is shown, filled as it stood apart from these values, by label or by name."""
        view = self.shown
        asked = [block for block in view.body["blocks"] if block["type"] == "input"]
        names = {spelling: one["block_id"] for one in asked for spelling in (one["label"]["text"], one["block_id"])}
        given = {asked[0]["block_id"]: values} if isinstance(values, str) and values else dict(values or {})
        filled = {names[spelling]: value for spelling, value in {**given, **by_name}.items()}
        return await self._answered(lambda: self.stage.server.user_submits(self.user, view, filled))

    @property
    def shown(self) -> View:
        """The modal that this person sees."""
        view = self.stage.server.shown_to(self.user.id)
        assert view is not None, f"{self.name} sees no form"
        return view

    @property
    def written(self) -> str:
        """The id of the message that this person wrote last."""
        return self.sent.ts if self.sent else ""

    async def answers(self, text: str) -> str:
        """Press Answer and send the form."""
        await self.presses("Answer")
        return await self.fills(text)

    async def says(self, text: str, *, in_thread: bool = False, reply_to: str | None = None) -> str:
        """Write a message; give its id. On Slack nobody can answer a single reply of a thread."""
        assert reply_to is None, "Slack's threads have no threads"
        thread = self.stage.thread if in_thread else None
        self.sent = self.stage.server.user_posts(self.user, self.stage.here, text, thread=thread)
        await self.stage.settles()
        return self.sent.ts

    async def edits(self, text: str, *, message: str = "") -> None:
        """Change one's last message."""
        self.stage.server.user_edits(self.user, self._mine(message), text)
        await self.stage.settles()

    async def deletes(self, message: str = "") -> None:
        """Delete one's last message."""
        self.stage.server.user_deletes(self._mine(message))
        await self.stage.settles()

    async def counts(self, message: str = "") -> str:
        """Use the shortcut *Count as my answer* on one's last message."""
        server, mine = self.stage.server, self._mine(message)
        return await self._answered(lambda: server.user_uses_message_shortcut(self.user, mine, COUNT))

    async def uses(self, shortcut: str) -> str:
        """Use a shortcut from anywhere."""
        return await self._answered(lambda: self.stage.server.user_uses_shortcut(self.user, shortcut))

    async def opens_home(self) -> View:
        """Open the bot's home."""
        self.stage.server.user_opens_home(self.user)
        await self.stage.settles()
        return self.stage.server.homes[self.user.id]

    async def leaves(self) -> None:
        """Leave the channel."""
        self.stage.server.user_leaves(self.user, self.stage.here)
        await self.stage.settles()

    async def returns(self) -> None:
        """Come back to the channel."""
        self.stage.server.user_joins(self.user, self.stage.here)
        await self.stage.settles()

    # --- seeing ---------------------------------------------------------------------------------------------------

    def sees(self, text: str) -> bool:
        """Whether anything that stands where this person looks holds this text."""
        return any(text in self._words(message) for message in self._seen())

    def reads(self) -> list[str]:
        """Everything that the bot says where this person looks, the oldest first."""
        return [self._words(message) for message in self._seen() if message.bot]

    # --- within ---------------------------------------------------------------------------------------------------

    async def _answered(self, do: Callable[[], Act]) -> str:
        server = self.stage.server
        mark, asked = len(server.messages), len(server.asked)
        changed = len(self.stage.transcript.lines)
        act = self.last = do()
        async with asyncio.timeout(ANSWERED_WITHIN):
            await act.acked.wait()
        await self.stage.settles()
        if errors := act.response.get("errors"):
            return self._corrected(errors)
        if views := [view for user, view in server.asked[asked:] if user == self.user.id]:
            return self._asked(views[-1])
        said = " ".join(self._words(one) for one in server.message_of(self.user.id, mark))
        if said:
            return said
        edits = [line for line in self.stage.transcript.lines[changed:] if line.deed == "changes"]
        return edits[0].text if edits and edits[0].to == self.name else ""

    def _asked(self, view: "dict[str, object]") -> str:
        said = form_words(view, self.stage.zone, standing)
        self.stage.transcript.add("asks", self.name, said)
        return said

    def _corrected(self, errors: Mapping[str, str]) -> str:
        labels = {b["block_id"]: b["label"]["text"] for b in self.shown.body["blocks"] if b["type"] == "input"}
        said = "; ".join(f"{labels[name]}: {why}" for name, why in errors.items())
        self.stage.transcript.add("corrects", self.name, said)
        return said

    def _mine(self, ts: str) -> Message:
        found = self.stage.server.messages[(self.stage.here.id, ts)] if ts else self.sent
        assert found is not None, "nothing was written"
        return found

    def _words(self, message: Message) -> str:
        return words(message.blocks, self.stage.zone) if message.blocks else message.text

    def _newest(self, under: str) -> Iterator[Message]:
        for message in reversed(self._seen()):
            if message.blocks and (not under or under in self._words(message)):
                yield message

    def _seen(self) -> list[Message]:
        return [message for message in self.stage.server.messages.values() if self._may_see(message)]

    def _may_see(self, message: Message) -> bool:
        channel = self.stage.server.channels[message.channel]
        inside = self.user.id in channel.people or (channel.kind not in (IM, MPIM) and not self.user.deleted)
        return inside and message.only_for in (None, self.user.id)
