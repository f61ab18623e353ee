"""Reads dialogues out of Markdown and plays them on the stage; README.md says how they are written."""

import difflib
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.platforms.discord.stage import DiscordStage
from tests.platforms.slack.stage import SlackStage
from tests.stage import Stage as LocalStage

Stage = LocalStage | DiscordStage | SlackStage

FENCE = "```dialogue"
EMPTY = "an empty channel"


class Unplayed(AssertionError):
    """A line of a dialogue did not come true, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a dialogue, with the lines that continue it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation under its heading."""

    file: Path
    name: str
    steps: tuple[Step, ...]

    @property
    def begins_empty(self) -> bool:
        """Whether nobody has set a group up before it begins."""
        return self.steps[0].text == EMPTY


def read(file: Path) -> Iterator[Dialogue]:
    """Every fence of a file as a dialogue, named by the heading above it."""
    name = ""
    steps: list[Step] | None = None
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if steps is None:
            name = line.lstrip("# ") if line.startswith("#") else name
            steps = [] if line.strip() == FENCE else None
        elif line.strip() == "```":
            yield Dialogue(file, name, tuple(steps))
            steps = None
        elif line.startswith("    "):
            before = steps.pop()
            steps.append(Step(before.number, f"{before.text}\n{line[4:]}"))
        elif line.strip():
            steps.append(Step(number, line.strip()))


@dataclass
class Player:
    """Plays one dialogue; `heard` is what the bot did since the last act and is not told yet."""

    stage: Stage
    dialogue: Dialogue
    heard: list[str] = field(default_factory=list)
    mark: int = 0

    async def play(self) -> None:
        """Play every step, or raise `Unplayed` that names the line."""
        for step in self.dialogue.steps[self.dialogue.begins_empty :]:
            try:
                await self._step(step.text)
            except Unplayed:
                raise
            except (AssertionError, LookupError, StopIteration, ValueError) as error:
                raise self._unplayed(step, f"this cannot be done: {error}") from error
            except _Otherwise as otherwise:
                raise self._unplayed(step, str(otherwise)) from None

    def _unplayed(self, step: Step, why: str) -> Unplayed:
        said = "".join(f"\n    {line}" for line in self.stage.said_since(self.mark)) or "\n    nothing"
        where = f"{self.dialogue.file.name}:{step.number}"
        return Unplayed(f"{where}: {step.text}\n  {why}\n  what the bot did since the last act:{said}")

    async def _step(self, text: str) -> None:
        only, colon, rest = text.partition(": ")
        if colon and only in ONLY:
            if ONLY[only](self.stage):
                await self._step(rest)
            return
        for pattern, check in CHECKS.items():
            if hit := re.fullmatch(pattern, text, re.DOTALL):
                check(self, *hit.groups())
                return
        for pattern, act in ACTS.items():
            if hit := re.fullmatch(pattern, text, re.DOTALL):
                self.mark = len(self.stage.transcript.lines)
                await act(self.stage, *hit.groups())
                self.heard = self.stage.said_since(self.mark)
                return
        raise ValueError("no such step; README.md lists them")


ONLY: dict[str, Callable[[Stage], bool]] = {
    "where words are typed": lambda stage: stage.words_are_typed,
    "where options are given": lambda stage: not stage.words_are_typed,
    "where a form takes any word": lambda stage: stage.fields_take_any_word,
    "where a date takes any word": lambda stage: stage.dates_take_any_word,
    "where replies have replies": lambda stage: stage.replies_have_replies,
}


class _Otherwise(Exception):
    """What the bot did is not what the dialogue says."""


# --- what is checked ----------------------------------------------------------------------------------------------


def _bot(player: Player, wanted: str) -> None:
    found = next((line for line in player.heard if matches(wanted, line)), None)
    if found is None:
        raise _Otherwise(_difference(wanted, player.heard))
    player.heard.remove(found)


def matches(wanted: str, line: str) -> bool:
    """Whether a line is what was wanted, where … stands for anything."""
    parts = (re.escape(" ".join(part.split())) for part in wanted.split("…"))
    return re.fullmatch(r"\s*.*\s*".join(parts), " ".join(line.split()), re.DOTALL) is not None


def _difference(wanted: str, heard: list[str]) -> str:
    near = difflib.get_close_matches(wanted, heard, n=1, cutoff=0.0)
    shown = difflib.ndiff([" ".join(wanted.split())], [" ".join(line.split()) for line in near])
    return "it was not so:\n    " + "\n    ".join(line.rstrip() for line in shown)


def _nothing(player: Player) -> None:
    if player.heard:
        raise _Otherwise("but something happened")


def _sees(player: Player, name: str, wanted: str) -> None:
    if not any(matches(f"…{wanted}…", said) for said in player.stage.people[name].reads()):
        raise _Otherwise(f"{name} sees no such thing")


def _does_not_see(player: Player, name: str, wanted: str) -> None:
    if seen := [said for said in player.stage.people[name].reads() if matches(f"…{wanted}…", said)]:
        raise _Otherwise(f"{name} sees it: {seen[-1]}")


CHECKS: dict[str, Callable[..., None]] = {
    r"(bot .+)": _bot,
    r"nothing (?:happens|else)": _nothing,
    r"(\w+) sees: (.+)": _sees,
    r"(\w+) does not see: (.+)": _does_not_see,
}


# --- what is done -------------------------------------------------------------------------------------------------


async def _fills(stage: Stage, name: str, given: str) -> None:
    pairs = (pair.split(" = ", 1) if " = " in pair else (pair.removesuffix(" ="), "") for pair in given.split("; "))
    await stage.people[name].fills({label.strip(): value.strip() for label, value in pairs})


async def _comes(stage: Stage, name: str) -> None:
    stage.comes(name)


async def _presses(stage: Stage, name: str, label: str, under: str | None) -> None:
    await stage.people[name].presses(label, under=under or "")


async def _says(stage: Stage, name: str, text: str) -> None:
    await stage.people[name].says(text)


async def _says_in_thread(stage: Stage, name: str, text: str) -> None:
    await stage.people[name].says(text, in_thread=True)


async def _replies(stage: Stage, name: str, to: str, text: str) -> None:
    await stage.people[name].says(text, in_thread=True, reply_to=stage.people[to].written)


ACTS: dict[str, Callable[..., Awaitable[object]]] = {
    r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|\d{4}-\d\d-\d\d) \d\d:\d\d)": lambda stage, when: stage.at(when),
    r"the bot is away until (.+)": lambda stage, when: stage.away(when),
    r"the next questions: (.+)": lambda stage, ids: stage.plans(*ids.split(", ")),
    r"(\w+) comes": _comes,
    r"(\w+): (/.+)": lambda stage, name, line: stage.people[name].types(line),
    r"(\w+) in private: (/.+)": lambda stage, name, line: stage.people[name].types(line, private=True),
    r"(\w+) presses (.+?)(?: under (.+))?": _presses,
    r"(\w+) chooses (.+)": lambda stage, name, letters: stage.people[name].chooses(*letters.split(", ")),
    r"(\w+) fills: (.+)": _fills,
    r"(\w+) answers: (.+)": lambda stage, name, text: stage.people[name].answers(text),
    r"(\w+) writes: (.+)": _says,
    r"(\w+) writes in the thread: (.+)": _says_in_thread,
    r"(\w+) replies to (\w+) in the thread: (.+)": _replies,
    r"(\w+) edits: (.+)": lambda stage, name, text: stage.people[name].edits(text),
    r"(\w+) deletes the message": lambda stage, name: stage.people[name].deletes(),
    r"(\w+) counts the message as the answer": lambda stage, name: stage.people[name].counts(),
    r"(\w+) leaves": lambda stage, name: stage.people[name].leaves(),
    r"(\w+) returns": lambda stage, name: stage.people[name].returns(),
}
