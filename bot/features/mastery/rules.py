"""How well somebody knows each area, as an estimate with its uncertainty; the model is written down in docs/boards.md.

On the scale of log odds a member's ability in an area is their general ability plus what the area adds, and a question
has a difficulty: P(right) = floor + (1 - floor) * logistic(ability - difficulty), where the floor is what guessing
gives (the three-parameter model of item response theory without its discrimination). Abilities are Gaussian, and each
answer updates them by matching moments; they widen a little from day to day, since people learn and forget.

May touch: the standard library and the bank.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.bank.schema import ChoiceQuestion, Question
from bot.bank.terms import Kind

GENERAL = 1.0  # standard deviation among members, in log odds
OF_AREA = 0.7  # of what an area adds
A_STEP = 0.7  # of difficulty, from one of the bank's five to the next; three is the middle
RATED = 0.8  # standard deviation of a question's difficulty around what its author says
DRIFT = 0.0005  # variance a day, of the general ability and of each area: half a log odd in a year
A_HINT = 0.5  # by which each hint makes a question easier
ENOUGH = 4  # graded answers of an area before anything is said of it
EIGHTY = 1.2816  # standard deviations on each side that hold 80 % of a Gaussian
_NODES = [-4 + 0.4 * number for number in range(21)]
_WEIGHTS = [math.exp(-node * node / 2) for node in _NODES]
_WHOLE = sum(_WEIGHTS)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An answer that was graded; `others` is how many others answered the same question, and how many were right."""

    on: date
    area: str
    right: bool
    difficulty: int = 3
    floor: float = 0.0
    hints: int = 0
    others: int = 0
    others_right: int = 0
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mastery:
    """What is known of one area: the chance to be right, without guessing, about a question of middling difficulty.

    `low` and `high` hold it with a probability of 80 %, as far as the model goes.
    """

    area: str
    chance: float
    low: float
    high: float
    ability: float
    deviation: float
    right: int
    answered: int

    @property
    def known(self) -> bool:
        """Whether there is evidence enough to speak of it."""
        return self.answered >= ENOUGH


@dataclass(frozen=True, slots=True)
class Topic:
    """How somebody did in a topic."""

    name: str
    right: int
    answered: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What to practise next: the weakest area, the topics in which most went wrong, the areas hardly known.

    `weakest` is None where no area stands out as weak, or where `compared` is false: fewer than two areas are known.
    """

    weakest: Mastery | None
    compared: bool
    topics: tuple[Topic, ...]
    unknown: tuple[Mastery, ...]


# --- estimating -----------------------------------------------------------------------------------------------------


class Ability:
    """A Gaussian over one member's general ability and what each area adds to it, as answers come in."""

    def __init__(self, areas: Sequence[str]) -> None:
        self._at = {area: number for number, area in enumerate(areas, start=1)}
        size = len(areas) + 1
        self._mean = [0.0] * size
        self._spread = [[0.0] * size for _ in range(size)]
        for number in range(size):
            self._spread[number][number] = (OF_AREA if number else GENERAL) ** 2
        self._on: date | None = None

    def of(self, area: str) -> tuple[float, float]:
        """Mean and variance of the ability in an area."""
        at, spread = self._at[area], self._spread
        return self._mean[0] + self._mean[at], spread[0][0] + 2 * spread[0][at] + spread[at][at]

    @property
    def general(self) -> tuple[float, float]:
        """Mean and variance of the general ability."""
        return self._mean[0], self._spread[0][0]

    def forecast(self, met: Evidence) -> float:
        """How probable it is that the member is right, before the answer is known."""
        mean, variance, _ = self._before(met)
        return math.fsum(w * _right(mean + x * math.sqrt(variance), met.floor) for x, w in _grid()) / _WHOLE

    def learn(self, met: Evidence) -> None:
        """Take an answer in; answers come in the order of their dates."""
        self._wait_until(met.on)
        mean, variance, at = self._before(met)
        shift, shrunk = _moments(mean, variance, met)
        towards = [row[0] + row[at] for row in self._spread]  # how each part goes with the ability that was shown
        for number, each in enumerate(towards):
            self._mean[number] += each * shift / variance
            for other, another in enumerate(towards):
                self._spread[number][other] -= each * another * (variance - shrunk) / variance**2

    def _before(self, met: Evidence) -> tuple[float, float, int]:
        ability, spread = self.of(met.area)
        difficulty, doubt = difficulty_of(met)
        return ability - difficulty, spread + doubt, self._at[met.area]

    def _wait_until(self, on: date) -> None:
        days = max(0, (on - self._on).days) if self._on else 0
        self._on = on
        for number in range(len(self._mean)):
            self._spread[number][number] += DRIFT * days


def difficulty_of(met: Evidence) -> tuple[float, float]:
    """Mean and variance of a question's difficulty: what its author says, corrected by how the others did."""
    said = A_STEP * (met.difficulty - 3)
    # The others are spread around nothing: averaged over them, the logistic curve is flatter.
    flatter = math.sqrt(1 + math.pi / 8 * (GENERAL**2 + OF_AREA**2))
    wrong = met.others - met.others_right
    weighed: list[tuple[float, float]] = []
    for node in _NODES:
        at = said + node * RATED
        chance = _right(-at / flatter, met.floor)
        logs = -node * node / 2 + met.others_right * math.log(chance) + wrong * math.log(1 - chance)
        weighed.append((at, logs))
    most = max(logs for _, logs in weighed)
    weights = [(at, math.exp(logs - most)) for at, logs in weighed]
    whole = math.fsum(weight for _, weight in weights)
    mean = math.fsum(at * weight for at, weight in weights) / whole
    variance = math.fsum((at - mean) ** 2 * weight for at, weight in weights) / whole
    return mean - A_HINT * met.hints, variance


def _moments(mean: float, variance: float, met: Evidence) -> tuple[float, float]:
    """By how much the answer moves the mean, and the variance that is left."""
    deviation = math.sqrt(variance)
    whole = first = second = 0.0
    for node, weight in _grid():
        chance = _right(mean + node * deviation, met.floor)
        likely = weight * (chance if met.right else 1 - chance)
        whole += likely
        first += likely * node
        second += likely * node * node
    centre = first / whole
    return centre * deviation, (second / whole - centre**2) * variance


def _right(above: float, floor: float) -> float:
    return floor + (1 - floor) * _logistic(above)


def _logistic(x: float) -> float:
    # Cut off where a single answer could otherwise be called impossible.
    return 1 / (1 + math.exp(-max(-12.0, min(12.0, x))))


def _grid() -> Iterable[tuple[float, float]]:
    return zip(_NODES, _WEIGHTS, strict=True)


def estimate(evidence: Sequence[Evidence], areas: Sequence[str] = ()) -> list[Mastery]:
    """What the answers of one member say of each area, the one with the most answers first; also of areas not met."""
    names = sorted({*areas, *(met.area for met in evidence)})
    ability = Ability(names)
    for met in sorted(evidence, key=lambda met: met.on):
        ability.learn(met)
    found = [_mastery(area, ability, [met.right for met in evidence if met.area == area]) for area in names]
    return sorted(found, key=lambda one: (-one.answered, one.area))


def _mastery(area: str, ability: Ability, rights: Sequence[bool]) -> Mastery:
    mean, variance = ability.of(area)
    deviation = math.sqrt(variance)
    chance = math.fsum(w * _logistic(mean + x * deviation) for x, w in _grid()) / _WHOLE
    low, high = _logistic(mean - EIGHTY * deviation), _logistic(mean + EIGHTY * deviation)
    return Mastery(area, chance, low, high, mean, deviation, sum(rights), len(rights))


def floor_of(question: Question) -> float:
    """The chance to be right by guessing."""
    if isinstance(question, ChoiceQuestion):
        if question.kind is Kind.multiple_choice:
            return 1 / len(question.options)
        return float(1 / (2 ** len(question.options) - 1))
    return 0.0


# --- what to do next ------------------------------------------------------------------------------------------------


def topics(evidence: Iterable[Evidence]) -> list[Topic]:
    """How somebody did in each topic, the one with the most answers first."""
    counts: dict[str, list[bool]] = {}
    for met in evidence:
        for name in met.topics:
            counts.setdefault(name, []).append(met.right)
    found = [Topic(name, sum(rights), len(rights)) for name, rights in counts.items()]
    return sorted(found, key=lambda one: (-one.answered, one.name))


def advice(evidence: Sequence[Evidence], masteries: Sequence[Mastery], most: int = 3) -> Advice:
    """What to practise next: three topics at most, of the weakest area first, then of all.

    A topic's share of right answers is taken with one right and one wrong answer added (Laplace), so that one bad day
    weighs less than three.
    """
    known = [one for one in masteries if one.known]
    weakest = _weakest(known)
    of_weakest = [met for met in evidence if weakest is not None and met.area == weakest.area]
    ranked: Mapping[str, Topic] = {one.name: one for one in (*_worst(of_weakest), *_worst(evidence))}
    unknown = tuple(one for one in masteries if not one.known)
    return Advice(weakest, len(known) > 1, tuple(ranked.values())[:most], unknown)


def _weakest(known: Sequence[Mastery]) -> Mastery | None:
    """The area with the lowest estimate, where there is evidence that it is weaker than the others.

    Something in it was wrong, and its whole interval lies below the mean estimate of the other known areas, each
    weighed by its answers.
    """
    if len(known) < 2:
        return None
    lowest = min(known, key=lambda one: (one.chance, one.area))
    others = [one for one in known if one is not lowest]
    mean = math.fsum(one.chance * one.answered for one in others) / sum(one.answered for one in others)
    return lowest if lowest.right < lowest.answered and lowest.high < mean else None


def _worst(evidence: Iterable[Evidence]) -> list[Topic]:
    missed = [one for one in topics(evidence) if one.right < one.answered]
    return sorted(missed, key=lambda one: ((one.right + 1) / (one.answered + 2), -one.answered, one.name))
