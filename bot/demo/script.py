"""Who does what, and when: the same for the same seed, whatever the bot does.

Whoever presses or sends does so hours before the reveal, so that trying again after a crash is still in time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.bank.schema import Numeric, Question
from bot.demo import cast
from bot.demo.answers import answer
from bot.demo.calendar import DAY, Posting
from bot.demo.phrases import TALK, UNREADABLE, essay
from bot.demo.steps import (
    Act,
    Arrive,
    Depart,
    Fill,
    Flag,
    Hints,
    Keep,
    MyResult,
    Remind,
    Reply,
    Return,
    Rewrite,
    Run,
    Step,
    Withdraw,
)

PRESSED_BEFORE = timedelta(hours=7)
WRITTEN_BEFORE = timedelta(minutes=2)
SOONEST = timedelta(minutes=3)
LEAVES, RETURNS = 5, 8  # days
ARRIVES = 2
FLAGGED = 6  # the seventh question is flagged by two, when they have been members for more than a week


@dataclass(frozen=True, slots=True)
class Script:
    """The parts of a run."""

    seed: int
    members: int
    start: datetime
    ends: datetime
    postings: Sequence[Posting]

    # --- coming and going, settings -------------------------------------------------------------------------------

    def life(self) -> list[Act]:
        """What happens whatever the questions are."""
        late = cast.latecomer(self.members)
        hour = timedelta(hours=1)
        acts = [
            Act(self.start + 9.1 * hour, cast.REMINDED, Run("join", joins=True)),
            Act(self.start + 9.2 * hour, cast.REMINDED, Remind()),
            Act(self.start + 9.3 * hour, cast.HIDDEN, Run("join", joins=True)),
            Act(self.start + 9.4 * hour, cast.HIDDEN, Run("settings seen_by=nobody")),
            Act(self.start + 9.5 * hour, cast.ORGANISER, Run("help")),
        ]
        if self.members > cast.TRAVELLER + 1:
            back = self.start + RETURNS * DAY + 10.5 * hour
            acts += [
                Act(self.start + LEAVES * DAY + 12 * hour, cast.TRAVELLER, Depart()),
                Act(back, cast.TRAVELLER, Return()),
                Act(back + hour / 60, cast.TRAVELLER, Run("join", joins=True)),
            ]
        if late is not None:
            acts.append(Act(self.start + ARRIVES * DAY + 7 * hour, late, Arrive()))
        return [act for act in acts if act.member < self.members and act.at < self.ends]

    def here(self, member: int, at: datetime) -> bool:
        """Whether somebody is in the workspace at this moment."""
        if member == cast.latecomer(self.members):
            return at >= self.start + ARRIVES * DAY + timedelta(hours=8)
        if member == cast.TRAVELLER and self.members > cast.TRAVELLER + 1:
            gone = self.start + LEAVES * DAY + timedelta(hours=12)
            return at < gone or at >= self.start + RETURNS * DAY + timedelta(hours=12)
        return True

    # --- a question -----------------------------------------------------------------------------------------------

    def about(self, posting: Posting, question: Question) -> list[Act]:
        """What everybody does about a question."""
        acts = [act for member in range(self.members) for act in self._member(posting, question, member)]
        acts += self._flags(posting)
        return [act for act in acts if act.at < self.ends and self.here(act.member, act.at)]

    def _member(self, posting: Posting, question: Question, member: int) -> Iterator[Act]:
        rng = Random(f"{self.seed} {posting.on} {member}")
        diligence = 0.6 + 0.35 * Random(f"{self.seed} diligence {member}").random()
        steps = list(self._answering(rng, question, member)) if rng.random() < diligence else []
        yield from _in_time(rng, posting, member, steps)
        yield from _afterwards(rng, posting, member, question, answered=bool(steps))

    def _answering(self, rng: Random, question: Question, member: int) -> Iterator[Step]:
        if question.blind or rng.random() < 0.4:
            return _by_button(rng, question, self._ability(member))
        return _in_thread(rng, question)

    def _ability(self, member: int) -> float:
        return 0.35 + 0.55 * Random(f"{self.seed} ability {member}").random()

    def _flags(self, posting: Posting) -> list[Act]:
        at = posting.opens + timedelta(hours=5)
        number = list(self.postings).index(posting)
        if number == FLAGGED and self.members > cast.TRAVELLER:
            return [
                Act(at, cast.REMINDED, Flag("ambiguous", "The second sentence can be read in two ways."), posting.on),
                Act(at + timedelta(minutes=9), cast.HIDDEN, Flag("typo", ""), posting.on),
                Act(at + timedelta(minutes=50), cast.ORGANISER, Keep(), posting.on),
            ]
        if number == 1 and self.members > 1:
            return [Act(at, cast.REMINDED, Flag("other", "A picture would help."), posting.on)]
        return []


def _by_button(rng: Random, question: Question, ability: float) -> Iterator[Step]:
    def right() -> bool:
        return rng.random() < ability - 0.08 * (question.difficulty - 3)

    if question.hints and rng.random() < 0.15:
        yield Hints(rng.randint(1, min(2, len(question.hints))))
    if question.blind and rng.random() < 0.12:
        yield Reply(rng.choice(TALK), answer=False)
    if isinstance(question, Numeric) and rng.random() < 0.2:
        yield Fill(rng.choice(UNREADABLE), right=False, readable=False)
    yield answer(question, right(), rng, twice=rng.random() < 0.08)
    if rng.random() < 0.2:
        yield answer(question, right(), rng)
    if question.blind and rng.random() < 0.08:
        yield Reply(rng.choice(TALK), answer=False)


def _in_thread(rng: Random, question: Question) -> Iterator[Step]:
    yield Reply(essay(rng, question.title))
    fate = rng.random()
    if fate < 0.25:
        yield Rewrite(essay(rng, question.title))
    elif fate < 0.4:
        yield Withdraw()
        if rng.random() < 0.5:
            yield Reply(essay(rng, question.title))
    elif fate < 0.5:
        yield Reply(rng.choice(TALK))  # a second reply is talk


def _in_time(rng: Random, posting: Posting, member: int, steps: Sequence[Step]) -> Iterator[Act]:
    written = all(isinstance(step, Reply | Rewrite | Withdraw) for step in steps)
    last = posting.reveals - (WRITTEN_BEFORE if written else PRESSED_BEFORE)
    room = (last - posting.opens - SOONEST).total_seconds()
    # Most answer early in the day, some when it is nearly over.
    moments = sorted(room * rng.random() ** rng.choice((1, 3)) for _ in steps)
    for number, (step, after) in enumerate(zip(steps, moments, strict=True)):
        yield Act(posting.opens + SOONEST + timedelta(seconds=int(after) + number), member, step, posting.on)


def _afterwards(rng: Random, posting: Posting, member: int, question: Question, *, answered: bool) -> Iterator[Act]:
    def later(least: float, most: float) -> datetime:
        return posting.reveals + timedelta(seconds=int(3600 * (least + (most - least) * rng.random())))

    if not answered and rng.random() < 0.35:
        late = not question.blind and rng.random() < 0.5
        step: Step = Reply(essay(rng, question.title)) if late else answer(question, rng.random() < 0.8, rng)
        yield Act(later(0.1, 40), member, step, posting.on)
    if rng.random() < 0.08:
        yield Act(later(0.1, 9), member, MyResult(), posting.on)
    if rng.random() < 0.05:
        yield Act(later(0.1, 9), member, Run(rng.choice(("board week", "board month topic=theory", "question"))))
    if answered and not question.blind and rng.random() < 0.15:
        # After the reveal this changes nothing; a deletion has no moment, so it comes when the reveal surely stands.
        yield Act(later(8, 30), member, Rewrite(essay(rng, question.title)), posting.on)
