"""A person on the stage: what they do, and what they see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.refs import Person
from bot.platforms.local.botside import pressables
from bot.platforms.local.formats import Json
from bot.platforms.local.standing import Entry
from tests.transcript import words

if TYPE_CHECKING:
    from tests.stage import Stage


@dataclass
class Actor:
    """A person in the world; every act waits until the bot has answered and has sent what it had to send."""

    stage: "Stage"
    id: str
    name: str
    home: str = ""
    """The channel in which this person acts, where it is not the stage's."""
    form: Json = field(default_factory=dict)
    """The form that this person was shown last."""
    written: str = ""
    """The id of the message that this person wrote last."""
    answer: Json = field(default_factory=dict)
    """What the bot answered last."""

    # --- acts -----------------------------------------------------------------------------------------------------

    async def types(self, line: str, *, private: bool = False) -> str:
        """Run a command in the channel, or in the private conversation with the bot."""
        place = f"dm-{self.id}" if private else self.channel
        return await self._answered(await self.stage.world.run(self.id, place, line.removeprefix("/")))

    async def presses(self, label: str, *, under: str = "") -> str:
        """Press the newest button of this label that this person sees, or the newest one under a text."""
        entry, item = self._find(label, under)
        return await self._answered(await self.stage.world.press(self.id, entry.id, item["id"]))

    async def chooses(self, *letters: str, under: str = "") -> str:
        """Choose options by how their labels begin."""
        entry, item = next(
            (entry, item) for entry in self._newest(under) for item in _items(entry) if item.get("options")
        )
        values = [o["value"] for letter in letters for o in item["options"] if o["label"].startswith(letter)]
        assert len(values) == len(letters), f"{letters} are not all among {[o['label'] for o in item['options']]}"
        return await self._answered(await self.stage.world.choose(self.id, entry.id, item["id"], values))

    async def fills(self, values: Mapping[str, str] | str = "", /, **by_name: str) -> str:
        """Send the form that was shown last, filled as it stood apart from these values, by label or by name."""
        given = {self.form["fields"][0]["name"]: values} if isinstance(values, str) and values else dict(values or {})
        names = {spelling: f["name"] for f in self.form["fields"] for spelling in (f["name"], f["label"])}
        filled = {f["name"]: f["value"] for f in self.form["fields"]}
        filled |= {names[spelling]: value for spelling, value in {**given, **by_name}.items()}
        return await self._answered(await self.stage.world.submit(self.id, self.form["id"], filled, self.channel))

    async def answers(self, text: str) -> str:
        """Press Answer and send the form."""
        await self.presses("Answer")
        return await self.fills(text)

    async def says(self, text: str, *, in_thread: bool = False, reply_to: str | None = None) -> str:
        """Write a message; give its id."""
        thread = self.stage.thread if in_thread else None
        said = await self.stage.world.say(self.id, self.channel, text, thread, reply_to)
        self.written = str(said["id"])
        await self.stage.settles()
        return self.written

    async def sends(self, name: str, text: str, *, in_thread: bool = False) -> None:
        """Send a file to the bot in private, or into the thread of the question."""
        where, thread = (self.channel, self.stage.thread) if in_thread else (f"dm-{self.id}", None)
        await self.stage.world.say(self.id, where, "", thread, None, ((name, text),))
        await self.stage.settles()

    async def edits(self, text: str, *, message: str = "") -> None:
        """Change one's last message."""
        await self.stage.world.edit_message(self.id, message or self.written, text)
        await self.stage.settles()

    async def deletes(self, message: str = "") -> None:
        """Delete one's last message."""
        await self.stage.world.delete_message(self.id, message or self.written)
        await self.stage.settles()

    async def counts(self, message: str = "") -> str:
        """Use the message command *Count as my answer* on one's last message."""
        reply = await self.stage.world.shortcut(self.id, message or self.written, "count-as-answer")
        return await self._answered(reply)

    async def leaves(self) -> None:
        """Leave the workspace."""
        await self.stage.world.leave(self.id)
        await self.stage.settles()

    async def returns(self) -> None:
        """Come back to the workspace."""
        self.stage.world.rejoin(self.id)
        await self.stage.settles()

    # --- seeing ---------------------------------------------------------------------------------------------------

    def sees(self, text: str) -> bool:
        """Whether anything that stands where this person looks holds this text."""
        return any(text in self.stage.words_of(entry) for entry in self._seen())

    def reads(self) -> list[str]:
        """Everything that the bot says where this person looks, the oldest first."""
        return [words(entry.blocks) for entry in self._seen() if entry.blocks is not None]

    @property
    def person(self) -> Person:
        """How the bot knows this person."""
        return Person("local", "local", self.id)

    @property
    def channel(self) -> str:
        """The channel in which this person acts."""
        return self.home or self.stage.channel

    # --- within ---------------------------------------------------------------------------------------------------

    async def _answered(self, reply: Json) -> str:
        self.answer = reply
        said = self._said(reply)
        await self.stage.settles()
        return said

    def _said(self, reply: Json) -> str:
        note = self.stage.transcript.add
        match reply["type"]:
            case "message" | "edit":
                return " ".join(words(blocks) for blocks in [reply["blocks"], *reply.get("more", ())])
            case "form":
                self.form = reply["form"]
                text = f"{self.form['title']} {self.form['intro']}".strip()
                fields = "; ".join(f"{f['label']} = {f['value']}" for f in self.form["fields"])
                note("asks", self.id, f"{text} | {fields}")
                return f"{text} | {fields}"
            case "problems":
                labels = {f["name"]: f["label"] for f in self.form["fields"]}
                text = "; ".join(f"{labels.get(name, name)}: {why}" for name, why in reply["errors"].items())
                note("corrects", self.id, text)
                return text
            case "failed":
                note("fails", self.id, reply["text"])
                return str(reply["text"])
        return ""

    def _find(self, label: str, under: str) -> tuple[Entry, Json]:
        for entry in self._newest(under):
            for item in _items(entry):
                if item.get("label") == label:
                    return entry, item
        raise AssertionError(f"{self.name} sees no button [{label}]" + (f" under {under}" if under else ""))

    def _newest(self, under: str) -> Iterator[Entry]:
        for entry in reversed(self._seen()):
            if entry.blocks and (not under or under in words(entry.blocks)):
                yield entry

    def _seen(self) -> list[Entry]:
        world = self.stage.world
        return [entry for entry in world.messages.values() if world.sees(self.id, entry)]


def _items(entry: Entry) -> list[Json]:
    return [item for block in entry.blocks or () for item in pressables(block)]
