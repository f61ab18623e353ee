"""What the bot said and did on Discord, line by line, in the words of every other platform's transcript."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.words import plain, words
from tests.servers.discord.state import DIRECT, THREAD, Message
from tests.transcript import Line

if TYPE_CHECKING:
    from tests.platforms.discord.stage import DiscordStage

CORRECTED = "**Not saved yet.**"
_FIELD = re.compile(r"(?m)^- \*\*(.+?)\*\*: (.+)$")


@dataclass(slots=True)
class DiscordTranscript:
    """Every line since the stage was opened."""

    stage: "DiscordStage"
    lines: list[Line] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to listen to the server."""
        self.stage.server.watchers.append(self._heard)

    def add(self, deed: str, person: str, text: str) -> None:
        """Note an answer that is no message: a form."""
        self.lines.append(Line(deed, text, person))

    def _heard(self, deed: str, message: Message, more: str) -> None:
        server = self.stage.server
        author = server.users[message.author]
        if deed == "reacts":
            self.lines.append(Line("reacts", more, author.name))
        elif author is server.bot and (said := corrections(message, self.stage)):
            self.lines.append(Line("corrects", said, server.users[message.only_for or ""].name))
        elif author is server.bot:
            said = words(message.components, self.stage.zone)
            self.lines.append(Line(deed, said, **self._audience(message)))

    def _audience(self, message: Message) -> dict[str, Any]:
        channel = self.stage.server.channels[message.channel]
        if message.only_for:
            return {"to": self.stage.server.users[message.only_for].name}
        if channel.kind == DIRECT:
            return {"to": channel.name}
        # The first message of a post in a forum is what stands in the channel itself elsewhere.
        first = channel.kind == THREAD and message.id == channel.id
        in_thread = channel.kind == THREAD and not first
        return {"where": "the thread" if in_thread else f"#{self.stage.here.name}"}


def corrections(message: Message, stage: "DiscordStage") -> str:
    """What a message says is wrong with a form, field by field; nothing where it is another message."""
    said = "\n".join(item["content"] for item in message.components if item["type"] == 10)
    if not said.startswith(CORRECTED):
        return ""
    return "; ".join(f"{label}: {plain(why, stage.zone)}" for label, why in _FIELD.findall(said))
