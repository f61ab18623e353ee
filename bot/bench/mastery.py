"""How well mastery is estimated: simulated members of known ability answer, and the estimate is held to the truth.

The simulation is not the model: true abilities are narrower in general and wider by area than the model supposes, some
members learn, who is weak answers less, authors misjudge difficulties by more, and there are careless slips.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import mean

from bot.bench.sizes import Sizes
from bot.features.mastery import rules
from bot.features.mastery.rules import Ability, Evidence

AREAS = ("algorithm", "llm", "ml-coding", "sql", "statistics", "theory")
START = date(2026, 1, 5)
BINS = 10
Numbers = dict[str, float | None]


@dataclass(slots=True)
class Person:
    """A simulated member: true ability by area, what is learnt until the end, how often they answer."""

    by_area: dict[str, float]
    learns: float
    answers: float
    ability: Ability = field(default_factory=lambda: Ability(AREAS))
    rights: dict[str, list[bool]] = field(default_factory=dict)

    def true(self, area: str, time: float) -> float:
        """The ability at a share of the whole time."""
        return self.by_area[area] + self.learns * time


@dataclass(frozen=True, slots=True)
class Asked:
    """A simulated question."""

    on: date
    area: str
    said: int
    true: float
    floor: float


def mastery(sizes: Sizes, seed: int = 7) -> Numbers:
    """Rank correlations with the truth, of the estimate and of the plain share of right answers, and calibration."""
    rng = random.Random(seed)  # a simulation, no secret
    people = [_person(rng) for _ in range(sizes.learners)]
    forecasts: list[tuple[float, bool]] = []
    for number in range(sizes.days):
        question = _question(rng, START + timedelta(days=number), AREAS[number % len(AREAS)])
        forecasts += _answered(rng, question, people, number / sizes.days)
    return _figures(people, forecasts)


def _person(rng: random.Random) -> Person:
    general = rng.gauss(0, 0.8)
    by_area = {area: general + rng.gauss(0, 0.8) for area in AREAS}
    learns = max(0.0, rng.gauss(0.2, 0.3))
    return Person(by_area, learns, min(0.95, max(0.25, 0.7 + 0.15 * general + rng.gauss(0, 0.1))))


def _question(rng: random.Random, on: date, area: str) -> Asked:
    said = rng.choices((1, 2, 3, 4, 5), (13, 106, 128, 70, 15))[0]  # as in the bank
    true = rules.A_STEP * (said - 3) + rng.gauss(0, 1.0)
    return Asked(on, area, said, true, rng.choices((0.25, 0.0), (92, 151))[0])


def _answered(rng: random.Random, asked: Asked, people: Sequence[Person], time: float) -> list[tuple[float, bool]]:
    here = [one for one in people if rng.random() < one.answers]
    rights = [_is_right(rng, one.true(asked.area, time) - asked.true, asked.floor) for one in here]
    forecasts = []
    for one, right in zip(here, rights, strict=True):
        met = Evidence(
            asked.on,
            asked.area,
            right,
            asked.said,
            asked.floor,
            others=len(here) - 1,
            others_right=sum(rights) - right,
        )
        forecasts.append((one.ability.forecast(met), right))
        one.ability.learn(met)
        one.rights.setdefault(asked.area, []).append(right)
    return forecasts


def _is_right(rng: random.Random, above: float, floor: float) -> bool:
    slips = 0.03
    return rng.random() < floor + (1 - floor - slips) / (1 + math.exp(-above))


# --- figures --------------------------------------------------------------------------------------------------------


def _figures(people: Sequence[Person], forecasts: Sequence[tuple[float, bool]]) -> Numbers:
    whole = [mean(one.true(area, 1) for area in AREAS) for one in people]
    found = [mean(one.ability.of(area)[0] for area in AREAS) for one in people]
    plain = [_share([right for rights in one.rights.values() for right in rights]) for one in people]
    centre = mean(whole) - mean(found)  # the scale of a group has no origin of its own
    return {
        "rank_correlation": spearman(found, whole),
        "rank_correlation_of_plain_share": spearman(plain, whole),
        "rank_correlation_by_area": _by_area(people, lambda one, area: one.ability.of(area)[0]),
        "rank_correlation_by_area_of_plain_share": _by_area(people, lambda one, area: _share(one.rights.get(area, []))),
        "inside_80_percent": mean(_inside(one, area, centre) for one in people for area in AREAS),
        "calibration_error": calibration_error(forecasts),
        "brier": mean((forecast - right) ** 2 for forecast, right in forecasts),
        "brier_of_base_rate": _brier_of_base_rate([right for _, right in forecasts]),
        "answers_of_a_member": mean(sum(map(len, one.rights.values())) for one in people),
    }


def _by_area(people: Sequence[Person], of: Callable[[Person, str], float]) -> float:
    return mean(spearman([of(one, area) for one in people], [one.true(area, 1) for one in people]) for area in AREAS)


def _inside(one: Person, area: str, centre: float) -> bool:
    found, variance = one.ability.of(area)
    return abs(found + centre - one.true(area, 1)) <= rules.EIGHTY * math.sqrt(variance)


def _share(rights: Sequence[bool]) -> float:
    return sum(rights) / len(rights) if rights else 0.5


def _brier_of_base_rate(rights: Sequence[bool]) -> float:
    rate = _share(rights)
    return rate * (1 - rate)


def calibration_error(forecasts: Sequence[tuple[float, bool]]) -> float:
    """How far forecasts are from what happened, in ten bins of equal size, weighed by how many are in each."""
    ordered = sorted(forecasts, key=lambda one: one[0])
    each = -(-len(ordered) // BINS)
    bins = [ordered[start : start + each] for start in range(0, len(ordered), each)]
    gaps = [len(some) * abs(mean(p for p, _ in some) - mean(right for _, right in some)) for some in bins]
    return sum(gaps) / len(ordered)


def spearman(some: Sequence[float], others: Sequence[float]) -> float:
    """Spearman's rank correlation; equal values share the mean of their ranks."""
    a, b = _ranks(some), _ranks(others)
    middle_a, middle_b = mean(a), mean(b)
    together = math.fsum((x - middle_a) * (y - middle_b) for x, y in zip(a, b, strict=True))
    spread = math.fsum((x - middle_a) ** 2 for x in a) * math.fsum((y - middle_b) ** 2 for y in b)
    return together / math.sqrt(spread) if spread else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    first = {value: at for at, value in reversed(list(enumerate(ordered)))}
    last = {value: at for at, value in enumerate(ordered)}
    return [(first[value] + last[value]) / 2 for value in values]
