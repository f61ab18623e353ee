"""What the bot said and did, line by line, as a reader of the channel would tell it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.platforms.local.botside import pressables
from bot.platforms.local.formats import BOT, Json, plain
from bot.platforms.local.world import World


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the bot did. `to` is the only one who saw it, `where` the place in which several saw it."""

    deed: str
    text: str
    to: str = ""
    where: str = ""

    def __str__(self) -> str:
        match self.deed:
            case "says":
                return f"bot ({f'to {self.to}' if self.to else f'in {self.where}'}): {self.text}"
            case "changes":
                return f"bot changes its {'answer to ' + self.to if self.to else 'post'}: {self.text}"
            case "reacts":
                return f"bot reacts {self.text} to {self.to}"
            case deed:
                return f"bot {deed} {self.to}: {self.text}"


@dataclass(slots=True)
class Transcript:
    """Every line since the stage was opened."""

    world: World
    lines: list[Line] = field(default_factory=list)
    _reacted: set[tuple[str, str]] = field(default_factory=set)
    unwatch: Callable[[], None] = lambda: None

    def watch(self) -> None:
        """Begin to listen to the world."""
        self.unwatch = self.world.watch(self._heard)

    def add(self, deed: str, person: str, text: str) -> None:
        """Note an answer that is no message: a form, or what is wrong with its fields."""
        self.lines.append(Line(deed, text, self.name(person)))

    def name(self, user: str) -> str:
        """The name of a person by their id."""
        return self.world.people[user].name

    def _heard(self, change: Json) -> None:
        message = change.get("message")
        if message is None or (change["type"] != "reacted" and message["author"] != BOT):
            return
        match change["type"]:
            case "posted":
                self.lines.append(Line("says", words(message["blocks"]), **self._audience(message)))
            case "edited" if message["edited"]:
                self.lines.append(Line("changes", words(message["blocks"]), **self._audience(message)))
            case "reacted":
                self._note_reactions(message)

    def _note_reactions(self, message: Json) -> None:
        for emoji, who in message["reactions"].items():
            if BOT in who and (message["id"], emoji) not in self._reacted:
                self._reacted.add((message["id"], emoji))
                self.lines.append(Line("reacts", emoji, self.name(message["author"])))

    def _audience(self, message: Json) -> dict[str, Any]:
        channel = self.world.channels[message["channel"]]
        if message["only_for"]:
            return {"to": self.name(message["only_for"])}
        if channel.kind == "direct":
            return {"to": channel.name}
        return {"where": "the thread" if message["thread"] else f"#{channel.name}"}


def words(blocks: list[Json]) -> str:
    """What blocks say on one line: moments in their zone, then the buttons as [Answer] and options as <A  text>."""
    said = " ".join(plain([_with_moments(block) for block in blocks]).split())
    items = [item for block in blocks for item in pressables(block)]
    labels = [f"[{item['label']}]" for item in items if "label" in item]
    options = [f"<{option['label']}>" for item in items for option in item.get("options", ())]
    return " ".join([said, *labels, *options]).strip()


def _with_moments(block: Json) -> Json:
    if block["type"] == "paragraph":
        return {**block, "runs": [_moment(run) for run in block["runs"]]}
    if block["type"] == "list":
        return {**block, "items": [[_moment(run) for run in item] for item in block["items"]]}
    return block


def _moment(run: Json) -> Json:
    if "at" not in run:
        return run
    return {"text": f"{datetime.fromisoformat(run['at']).astimezone(ZoneInfo(run['zone'])):%a %d %b %H:%M}"}
