"""Whatever members do in whatever order: the points are what a slow count of their deeds says."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.bank.load import Bank
from bot.core.refs import GroupId
from bot.features.boards.rules import Period
from bot.features.members import store as members
from bot.features.reconciliation import store as reconciliation
from tests.actor import Actor
from tests.ground import Ground
from tests.stage import CAST, Stage

CHOICE, OPEN, NUMBER = "reading-a-p-value", "result-you-had-to-withdraw", "two-detectors-in-a-row"
TITLES = {CHOICE: "Reading a p-value", OPEN: "A result you had", NUMBER: "Flagged by two"}
RIGHT = {CHOICE: "C", NUMBER: "65"}
GROUP = GroupId(1)


@dataclass
class Deeds:
    """What one member did about one question, as a careful clerk notes it."""

    given: str | None = None
    at: int = 0
    hints: int = 0
    late: bool = False
    stands_in: str = ""
    """The message in which the answer stands, if it stands in one."""


@dataclass
class Clerk:
    """Plays deeds on the stage and notes them; `minute` is the time, `day` the question that is open."""

    stage: Stage
    day: str = CHOICE
    minute: int = 0
    deeds: dict[tuple[str, str], Deeds] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in CAST})

    def of(self, name: str, day: str = "") -> Deeds:
        return self.deeds.setdefault((day or self.day, name), Deeds())

    def notes(self, name: str, given: str | None, message: str = "") -> None:
        mine = self.of(name)
        mine.given, mine.at, mine.stands_in = given, self.minute, message


@dataclass(frozen=True)
class Step:
    """Something that somebody tries to do."""

    who: str
    what: str


class Answer(Step):
    async def play(self, clerk: Clerk, actor: Actor) -> None:
        await (actor.presses(self.what) if clerk.day == CHOICE else actor.answers("65" if self.what == "C" else "7"))
        clerk.notes(self.who, RIGHT.get(clerk.day, "") if self.what == "C" else "wrong")


class Write(Step):
    async def play(self, clerk: Clerk, actor: Actor) -> None:
        message = await actor.says(self.what, in_thread=True)
        counts = clerk.day == OPEN and clerk.of(self.who).given is None
        if counts:
            clerk.notes(self.who, self.what, message)
        clerk.messages[self.who].append(message)


class Edit(Step):
    async def play(self, clerk: Clerk, actor: Actor) -> None:
        for message in clerk.messages[self.who][-1:]:
            await actor.edits(f"{self.what} {clerk.minute}", message=message)
            mine = clerk.of(self.who)
            if clerk.day == OPEN and (mine.given is None or mine.stands_in == message):
                clerk.notes(self.who, self.what, message)


class Delete(Step):
    async def play(self, clerk: Clerk, actor: Actor) -> None:
        for message in clerk.messages[self.who][-1:]:
            await actor.deletes(message)
            clerk.messages[self.who].remove(message)
            if clerk.of(self.who).stands_in == message:
                clerk.notes(self.who, None)


class Hint(Step):
    async def play(self, clerk: Clerk, actor: Actor) -> None:
        await actor.presses("Hint", under=TITLES[clerk.day])
        mine = clerk.of(self.who)
        if mine.hints < 2:
            await actor.presses("Show it")
            mine.hints += 1


class Late(Step):
    async def play(self, clerk: Clerk, actor: Actor) -> None:
        if clerk.day != CHOICE:
            await actor.presses(self.what, under="Reading a p-value")
        if clerk.day == NUMBER:
            await actor.presses("Answer", under="Revealed. ")
            await actor.fills("late")
            clerk.of(self.who, OPEN).late = True


def slow_points(deeds: dict[tuple[str, str], Deeds]) -> dict[str, int]:
    """Add up what each member did, question by question."""
    points = dict.fromkeys(CAST, 0)
    for day in (CHOICE, OPEN, NUMBER):
        mine = {name: deeds.get((day, name), Deeds()) for name in CAST}
        in_time = sorted((note.at, name) for name, note in mine.items() if note.given is not None)
        first = next((name for _, name in in_time if mine[name].given == RIGHT.get(day, "no key")), "")
        for _, name in in_time:
            right = mine[name].given == RIGHT.get(day)
            earned = 5 if day == OPEN else 10 * right + 2 * (right and name == first)
            points[name] += max(0, earned - 2 * mine[name].hints)
        for name, note in mine.items():
            points[name] += 2 * (note.late and note.given is None)
    return points


steps = st.lists(
    st.builds(
        lambda kind, who, what: kind(who, what),
        st.sampled_from([Answer, Answer, Write, Write, Edit, Delete, Hint, Late]),
        st.sampled_from(CAST),
        st.sampled_from("ABC"),
    ),
    min_size=4,
    max_size=9,
)


@asynccontextmanager
async def a_stage(bank: Bank, ground: Ground) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory() as name:
        stage = await Stage.open(Path(name), bank, ground)
        try:
            yield stage
        finally:
            await stage.stops()
            ground.take_back()


# One example takes a second, so a failing one is told as it is: shrinking it would take minutes.
@settings(
    max_examples=8,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(monday=steps, tuesday=steps, wednesday=steps)
async def test_points_are_what_a_slow_count_says(
    bank: Bank, ground: Ground, monday: list[Step], tuesday: list[Step], wednesday: list[Step]
) -> None:
    async with a_stage(bank, ground) as stage:
        await stage.sets_up()
        await stage.plans(CHOICE, OPEN, NUMBER)
        clerk = Clerk(stage)
        for day, name, played in (("Mon", CHOICE, monday), ("Tue", OPEN, tuesday), ("Wed", NUMBER, wednesday)):
            await stage.at(f"{day} 09:00")
            clerk.day = name
            clerk.messages = {person: [] for person in CAST}
            for step in played:
                clerk.minute += 1
                stage.clock.set(stage.clock.now() + timedelta(minutes=1))
                await step.play(clerk, stage.people[step.who])  # type: ignore[attr-defined]
        await stage.at("Thu 09:00")
        await holds(stage, slow_points(clerk.deeds))
        assert stage.app.errors == 0


async def holds(stage: Stage, wanted: dict[str, int]) -> None:
    """The ledger, the scores and the count agree."""
    assert await stage.read(reconciliation.differences, GROUP) == []
    kept = await stage.read(reconciliation.kept, GROUP)
    ids = {member.name: member.id for member in await stage.read(members.active, GROUP)}
    scores = {name: kept.get((Period.all, "", "", id), 0) for name, id in ids.items()}
    assert scores == {name: wanted[name] for name in ids}
