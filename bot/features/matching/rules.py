"""Pairs everybody at once: the pairs of the largest weight, who joins a pair as a third, and who has a bye and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from bot.core.refs import MemberId
from bot.features.wishes.rules import TYPES, Edge, Problem, Reason, Seeker, Table

USUAL = ("ml-system-design", "ml-coding", "algorithm-coding", "ml-knowledge", "behavioural")
"""What is drawn from where both take anything: what most interviews for such a job are made of."""
FULL_UP_TO = 300  # people; the graph of all their pairs is solved in a tenth of a second
CANDIDATES = 30  # best partners of each above that: under 0.01 % of the weight is lost (measured at 1,000 and 2,000)


@dataclass(frozen=True, slots=True)
class Pairing:
    """People who practise together: the first interviews the second first; a third one observes first."""

    people: tuple[MemberId, ...]
    kind: str
    second_kind: str
    last_met: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bye:
    """Somebody who has no partner, and why."""

    member: MemberId
    reason: Reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everybody, each in one pairing or with a bye; `weight` is the pairs' alone, as it was maximised."""

    pairings: tuple[Pairing, ...]
    byes: tuple[Bye, ...]
    weight: int = 0


# --- the whole ------------------------------------------------------------------------------------------------------


def solve(problem: Problem) -> Outcome:
    """Pair everybody who can be; those who are left join a pair where they fit both, or have a bye."""
    table = Table(problem)
    if len(table.seekers) < 2:
        return Outcome((), tuple(Bye(one.id, Reason.alone) for one in table.seekers))
    matched = best_pairs(table)
    pairs = [(edge.one, edge.other) for edge in matched]
    left = sorted(set(range(len(table.seekers))).difference(*pairs), key=lambda one: (-table.owed(one), table.lot(one)))
    trios = _trios(table, pairs, left)
    pairings = [_pairing(table, pair, trios.get(pair)) for pair in sorted(pairs)]
    alone = sorted(set(left) - set(trios.values()))
    byes = tuple(Bye(table.seekers[one].id, table.reason(one)) for one in alone)
    return Outcome(tuple(pairings), byes, sum(edge.weight for edge in matched))


def best_pairs(table: "Table") -> list[Edge]:
    """The pairs of the largest weight; above 300 people among the best candidates of each, where that is enough."""
    everybody = range(len(table.seekers))
    if len(everybody) <= FULL_UP_TO:
        return heaviest(table.edges(everybody))
    edges = table.edges(everybody, most=CANDIDATES)
    matched = heaviest(edges)
    left = _could_be_served(table, matched)
    if left:  # one of them may have partners who were nobody's best
        matched = heaviest({(e.one, e.other): e for e in (*edges, *table.edges(left))}.values())
        left = _could_be_served(table, matched)
    return heaviest(table.edges(everybody)) if left else matched


def _could_be_served(table: "Table", matched: Sequence[Edge]) -> list[int]:
    """Who is left though more candidates might change that; nobody where the pairs are as many as can be."""
    paired = {place for edge in matched for place in (edge.one, edge.other)}
    left = [one for one in range(len(table.seekers)) if one not in paired and (table.keys([one]) >= 0).any()]
    # One who is left over could be served only in another's place, which no tier wants unless they are owed a turn.
    return left if len(left) > 1 or any(table.owed(one) for one in left) else []


def heaviest(edges: Iterable[Edge]) -> list[Edge]:
    """The matching of the largest weight."""
    import rustworkx

    by_ends = {(edge.one, edge.other): edge for edge in edges}
    if not by_ends:
        return []
    graph: Any = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(1 + max(other for _, other in by_ends)))
    graph.add_edges_from([(edge.one, edge.other, edge.weight) for edge in by_ends.values()])
    found = rustworkx.max_weight_matching(graph, max_cardinality=False, weight_fn=int)
    return [by_ends[min(pair), max(pair)] for pair in sorted(tuple(sorted(pair)) for pair in found)]


def _trios(table: "Table", pairs: Sequence[tuple[int, int]], left: Sequence[int]) -> dict[tuple[int, int], int]:
    """Which pair each of those who are left joins: one that both ends fit, at an hour of all three."""
    free, joined = set(pairs), dict[tuple[int, int], int]()
    for third in left:
        keys = table.keys([third])[0].tolist()
        found = [(a, b) for a, b in free if keys[a] >= 0 and keys[b] >= 0 and table.three_have_time(a, b, third)]
        if found:
            best = max(found, key=lambda pair: (keys[pair[0]] + keys[pair[1]], pair))  # the draw is in the keys
            joined[best] = third
            free.discard(best)
    return joined


def _pairing(table: "Table", pair: tuple[int, int], third: int | None) -> Pairing:
    first, second = sorted((table.seekers[place] for place in pair), key=lambda one: table.draw(f"seat:{one.id}"))
    to_second, to_first = common_types(first, second), common_types(second, first)
    both = to_second & to_first
    kind = _one_of(both or to_second, (first, second), table)
    second_kind = kind if both else _one_of(to_first, (second, first), table)
    people = (first.id, second.id, *([table.seekers[third].id] if third is not None else []))
    last = [at for two in combinations(sorted(people), 2) if (at := (table.problem.met or {}).get((two[0], two[1])))]
    return Pairing(people, kind, second_kind, max(last, default=None))


def common_types(interviewer: Seeker, candidate: Seeker) -> frozenset[str]:
    """The types that one gives and the other wants."""
    return (interviewer.giving or frozenset(TYPES)) & (candidate.wanted or frozenset(TYPES))


def _one_of(types: frozenset[str], two: tuple[Seeker, Seeker], table: "Table") -> str:
    usual = types & frozenset(USUAL)
    drawn = usual if usual and not any(one.wanted for one in two) else types
    return min(drawn, key=lambda kind: table.draw(f"type:{kind}:{two[0].id}:{two[1].id}"))
