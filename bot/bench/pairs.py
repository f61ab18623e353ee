"""How well and how fast a group is paired, round after round: ours, shuffling, and greedily who never met first."""

import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from statistics import mean, median
from time import perf_counter
from typing import Any

from bot.bench.progress import say
from bot.bench.sizes import Sizes
from bot.core.refs import MemberId
from bot.features.matching.rules import CANDIDATES, heaviest, solve
from bot.features.wishes.rules import DRAW_BITS, LEVELS, NEVER_MET, TYPES, Edge, Problem, Seeker, Table

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
MINUTES = 60
OFFSETS = (-8, -5, 0, 1, 1, 1, 5, 8)  # hours; a group in which a few zones prevail
Two = tuple[MemberId, MemberId]
Policy = Callable[[Problem, Random], "Paired"]


@dataclass(frozen=True, slots=True)
class Paired:
    """A round: who was put together, in twos, and who was left out."""

    twos: frozenset[Two]
    left: frozenset[MemberId]


@dataclass(slots=True)
class Season:
    """What became of a group over the rounds."""

    pairs: int = 0
    repeats: int = 0
    left: int = 0
    places: int = 0
    waits: list[int] = field(default_factory=list)
    quality: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, paired: Paired, problem: Problem, seconds: float) -> None:
        """Count one round."""
        met = problem.met or {}
        self.pairs += len(paired.twos)
        self.repeats += sum(two in met for two in paired.twos)
        self.left += len(paired.left)
        self.places += len(problem.seekers)
        keys, place = _keys(problem)
        # Whoever fits nobody at all waits for ever, whatever the policy: that says nothing about it.
        served = {one.id for one in problem.seekers if (keys[place[one.id]] >= 0).any()}
        self.waits += [one.owed + 1 for one in problem.seekers if one.id in paired.left & served]
        self.quality += [(int(keys[place[a], place[b]]) >> DRAW_BITS) - NEVER_MET for a, b in sorted(paired.twos)]
        self.seconds.append(seconds)


# --- the three ways -------------------------------------------------------------------------------------------------


def ours(problem: Problem, random: Random) -> Paired:
    """Everybody at once; a third counts as having met both."""
    outcome = solve(problem)
    twos = {two for pairing in outcome.pairings for two in combinations(sorted(pairing.people), 2)}
    return Paired(frozenset((a, b) for a, b in twos), frozenset(bye.member for bye in outcome.byes))


def shuffled(problem: Problem, random: Random) -> Paired:
    """One after the other in a random order, each with the next one whom nothing hard forbids."""
    return _one_by_one(problem, random, lambda key: 0)


def greedy(problem: Problem, random: Random) -> Paired:
    """One after the other in a random order, each with the best one left: those never met come first."""
    return _one_by_one(problem, random, lambda key: -key)


def _one_by_one(problem: Problem, random: Random, rank: Callable[[int], int]) -> Paired:
    table = Table(problem)
    order = list(range(len(table.seekers)))
    random.shuffle(order)
    free = dict.fromkeys(order)
    twos = set()
    rows = table.keys(range(len(order))).tolist()
    for one in order:
        if one not in free:
            continue
        keys = rows[one]
        partner = min((other for other in free if keys[other] >= 0), key=lambda other: rank(keys[other]), default=None)
        if partner is not None:
            del free[one], free[partner]
            a, b = sorted((table.seekers[one].id, table.seekers[partner].id))
            twos.add((a, b))
    return Paired(frozenset(twos), frozenset(table.seekers[one].id for one in free))


def _keys(problem: Problem) -> tuple[Any, dict[MemberId, int]]:
    """How well everybody fits everybody, apart from when they met, and where each one stands."""
    table = Table(replace(problem, met=None))
    return table.keys(range(len(table.seekers))), {one.id: number for number, one in enumerate(table.seekers)}


# --- groups and seasons ---------------------------------------------------------------------------------------------


def group(people: int, seed: int, *, limited: bool) -> tuple[Seeker, ...]:
    """A group with levels, roles and languages; where it is limited, with hours and types as well."""
    random = Random(f"{people} {seed}")
    return tuple(_seeker(MemberId(number + 1), random, limited=limited) for number in range(people))


def _seeker(id: MemberId, random: Random, *, limited: bool) -> Seeker:
    windows = tuple(_evenings(random)) if limited else ((MONDAY, MONDAY + WEEK),)
    return Seeker(
        id,
        windows,
        wanted=frozenset(random.sample(TYPES, random.choice([0, 1, 2, 3]) if limited else 0)),
        giving=frozenset(random.sample(TYPES, random.choice([0, 0, 6]) if limited else 0)),
        level=random.choice([None, *LEVELS]),
        role=random.choice([None, "ml engineer", "data scientist", "research engineer"]),
        languages=frozenset(random.sample(["english", "german"], random.choice([0, 1, 1, 2]))),
    )


def _evenings(random: Random) -> Iterator[tuple[datetime, datetime]]:
    offset = timedelta(hours=random.choice(OFFSETS))
    for day in random.sample(range(7), random.choice([1, 2, 3, 4])):
        begin = MONDAY + timedelta(days=day, hours=random.choice([8, 12, 17, 18, 19])) - offset
        yield begin, begin + timedelta(hours=random.choice([1, 2, 3]))


def season(policy: Policy, people: int, seed: int, *, limited: bool, rounds: int) -> Season:
    """The same people, round after round; each is owed what this policy left them."""
    seekers = group(people, seed, limited=limited)
    random = Random(f"order {people} {seed}")
    met: dict[Two, datetime] = {}
    kept = Season()
    for number in range(rounds):
        # The week stays the same and the past moves away: hours are the same each week.
        problem = Problem(seekers, MINUTES, MONDAY, MONDAY + WEEK, f"{seed}:{number}", frozenset(), dict(met))
        began = perf_counter()
        paired = policy(problem, random)
        kept.add(paired, problem, perf_counter() - began)
        met = {two: at - WEEK for two, at in {**met, **dict.fromkeys(paired.twos, MONDAY)}.items()}
        seekers = tuple(replace(one, owed=one.owed + 1 if one.id in paired.left else 0) for one in seekers)
    return kept


# --- what is measured -----------------------------------------------------------------------------------------------

POLICIES: dict[str, Policy] = {"ours": ours, "shuffle": shuffled, "greedy": greedy}


def repeats_vs_shuffle(sizes: Sizes) -> float:
    """Repeated pairs beyond those that nobody could avoid, ours beside shuffling."""
    above = dict.fromkeys(("ours", "shuffle"), 0)
    for people in sizes.compared:
        say(f"matching: repeats among {people} people, {sizes.seeds} seeds")
        needed, possible = people // 2 * sizes.rounds, people * (people - 1) // 2
        for name in above:
            for seed in range(sizes.seeds):
                kept = season(POLICIES[name], people, seed, limited=False, rounds=sizes.rounds)
                above[name] += kept.repeats - max(0, needed - possible)
    return round(above["ours"] / above["shuffle"], 4)


def seasons(sizes: Sizes) -> dict[str, float | None]:
    """Shares of repeats and of those left out, waiting, quality, seconds and memory, by size, limits and policy."""
    found: dict[str, float | None] = {}
    for people in sizes.people:
        say(f"matching: seasons of {people} people")
        for limited in (False, True):
            for name, policy in POLICIES.items():
                before = _peak_mb()
                kept = _together(policy, people, limited=limited, sizes=sizes)
                at = f"{name}_{'limited' if limited else 'free'}_{people}"
                found |= {f"{at}_{what}": round(value, 4) for what, value in kept.items()}
                found[f"{at}_more_memory_mb"] = round(_peak_mb() - before, 1)
    return found


def _together(policy: Policy, people: int, *, limited: bool, sizes: Sizes) -> dict[str, float]:
    seeds = max(1, min(sizes.seeds, 400 // people))
    all_kept = [season(policy, people, seed, limited=limited, rounds=sizes.rounds) for seed in range(seeds)]
    waits = [wait for kept in all_kept for wait in kept.waits]
    return {
        "repeated": sum(kept.repeats for kept in all_kept) / max(1, sum(kept.pairs for kept in all_kept)),
        "left_out": sum(kept.left for kept in all_kept) / sum(kept.places for kept in all_kept),
        "rounds_waited": mean(waits) if waits else 0.0,
        "longest_wait": max(waits, default=0),
        "quality": mean([value for kept in all_kept for value in kept.quality] or [0.0]),
        "seconds": median(value for kept in all_kept for value in kept.seconds),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def networkx_speedup(people: int, repetitions: int) -> tuple[float | None, dict[str, float | None]]:
    """Weighing and networkx beside weighing and ours, on the same candidate graph; None where networkx is not there."""
    try:
        import networkx
    except ImportError:
        return None, {}
    speedups, weighing, solving, oracle = [], [], [], []
    for number in range(repetitions):
        say(f"matching: networkx on {people} people, {number + 1} of {repetitions}")
        seekers = group(people, number, limited=True)
        problem = Problem(seekers, MINUTES, MONDAY, MONDAY + WEEK, str(number))
        weigh, edges = _timed(lambda: Table(problem).edges(range(people), most=CANDIDATES))  # noqa: B023
        solve_it, found = _timed(lambda: heaviest(edges))  # noqa: B023
        theirs, best = _timed(lambda: _by_networkx(networkx, edges))  # noqa: B023
        if sum(edge.weight for edge in found) != best:
            raise RuntimeError("networkx found another weight")
        speedups.append((weigh + theirs) / (weigh + solve_it))
        weighing.append(weigh)
        solving.append(solve_it)
        oracle.append(theirs)
    seconds = {"weights": weighing, "rustworkx": solving, "networkx": oracle}
    return round(median(speedups), 2), {
        f"{name}_{people}_seconds": round(median(took), 4) for name, took in seconds.items()
    }


def _by_networkx(networkx: Any, edges: list[Edge]) -> int:
    graph = networkx.Graph()
    graph.add_weighted_edges_from((edge.one, edge.other, edge.weight) for edge in edges)
    return sum(graph[a][b]["weight"] for a, b in networkx.max_weight_matching(graph))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = perf_counter()
    done = work()
    return perf_counter() - began, done
