"""What the bot said and did on Slack, line by line, in the words of every other platform's transcript."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.slack.words import words
from tests.servers.slack.state import IM, Message
from tests.transcript import Line

if TYPE_CHECKING:
    from tests.platforms.slack.stage import SlackStage

CHARACTERS = {"white_check_mark": "✅", "question": "❓", "point_right": "👉"}


@dataclass(slots=True)
class SlackTranscript:
    """Every line since the stage was opened."""

    stage: "SlackStage"
    lines: list[Line] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to listen to the server."""
        self.stage.server.watchers.append(self._heard)

    def add(self, deed: str, person: str, text: str) -> None:
        """Note an answer that is no message: a form, or what is wrong with its fields."""
        self.lines.append(Line(deed, text, person))

    def _heard(self, deed: str, message: Message, more: str) -> None:
        if deed == "reacts":
            self.lines.append(Line("reacts", CHARACTERS[more], self.stage.server.users[message.user].name))
        else:
            self.lines.append(Line(deed, words(message.blocks, self.stage.zone), **self._audience(message)))

    def _audience(self, message: Message) -> dict[str, Any]:
        server = self.stage.server
        channel = server.channels[message.channel]
        if message.only_for:
            return {"to": server.users[message.only_for].name}
        if channel.kind == IM:
            return {"to": next(server.users[id].name for id in channel.people if not server.users[id].bot)}
        return {"where": "the thread" if message.thread_ts else f"#{channel.name}"}
