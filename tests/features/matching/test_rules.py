"""What matching promises, over random groups, with networkx as the oracle."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.refs import MemberId
from bot.features.matching import rules
from bot.features.matching.rules import Bye, Outcome, solve
from bot.features.wishes.rules import (
    A_DAY,
    BEST_FIT,
    DRAW_BITS,
    MOST_OWED,
    NEVER_MET,
    Edge,
    Problem,
    Reason,
    Seeker,
    Table,
    tiers,
)
from tests.features.matching.groups import END, START, gives, have_time, may_meet, random_group

Drawn = tuple[int, int, float]
"""A random group by its size, its seed and how busy its people are."""
groups = st.tuples(st.integers(0, 24), st.integers(0, 10_000), st.sampled_from([0.1, 0.6, 0.9]))
large = st.tuples(st.integers(40, 60), st.integers(0, 10_000), st.sampled_from([0.3, 0.8]))


def graph_of(edges: list[Edge]) -> "nx.Graph[int]":
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from((edge.one, edge.other, edge.weight) for edge in edges)
    return graph


def edges_of(problem: Problem) -> list[Edge]:
    table = Table(problem)
    return table.edges(range(len(table.seekers)))


def paired(outcome: Outcome) -> list[MemberId]:
    return [member for pairing in outcome.pairings for member in pairing.people]


@given(groups)
def test_who_may_be_paired_is_what_nothing_hard_stands_between(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    seekers = sorted(problem.seekers, key=lambda one: one.id)
    wanted = {(a, b) for a, b in combinations(range(len(seekers)), 2) if may_meet(problem, seekers[a], seekers[b])}
    assert {(edge.one, edge.other) for edge in edges_of(problem)} == wanted


@given(groups)
def test_nothing_hard_is_ever_broken(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    by_id = {one.id: one for one in problem.seekers}
    for pairing in solve(problem).pairings:
        people = [by_id[member] for member in pairing.people]
        assert all(may_meet(problem, a, b) for a, b in combinations(people, 2))
        assert have_time(problem, *people)
        first, second = people[:2]
        assert pairing.kind in rules.common_types(first, second)
        assert pairing.second_kind in rules.common_types(second, first)


@given(groups)
def test_everybody_stands_in_one_pairing_or_has_a_bye_and_nobody_twice(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    outcome = solve(problem)
    everybody = paired(outcome) + [bye.member for bye in outcome.byes]
    assert sorted(everybody) == sorted(one.id for one in problem.seekers)


@settings(max_examples=60)
@given(groups | large)
def test_the_weight_is_the_oracles_optimum(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    graph = graph_of(edges_of(problem))
    best = nx.max_weight_matching(graph)
    assert solve(problem).weight == sum(graph[a][b]["weight"] for a, b in best)


@settings(max_examples=60)
@given(groups | large)
def test_everybody_is_paired_who_can_be(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    most = nx.max_weight_matching(graph_of(edges_of(problem)), maxcardinality=True)
    assert len(solve(problem).pairings) == len(most)


@settings(max_examples=60)
@given(groups | large)
def test_the_left_out_are_served_first(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    seekers = sorted(problem.seekers, key=lambda one: one.id)
    turns: nx.Graph[int] = nx.Graph()
    turns.add_weighted_edges_from(
        (edge.one, edge.other, seekers[edge.one].owed + seekers[edge.other].owed) for edge in edges_of(problem)
    )
    best = nx.max_weight_matching(turns, maxcardinality=True)
    owed = {one.id: one.owed for one in problem.seekers}
    pairs = [pairing.people[:2] for pairing in solve(problem).pairings]
    assert sum(owed[member] for pair in pairs for member in pair) == sum(turns[a][b]["weight"] for a, b in best)


@given(groups, st.randoms(use_true_random=False))
def test_the_same_people_give_the_same_pairs_in_whatever_order_they_come(drawn: Drawn, random: Random) -> None:
    problem = random_group(*drawn)
    shuffled = list(problem.seekers)
    random.shuffle(shuffled)
    assert solve(replace(problem, seekers=tuple(shuffled))) == solve(problem)


def test_another_seed_gives_other_pairs() -> None:
    everybody = tuple(Seeker(MemberId(number), ((START, END),)) for number in range(20))
    outcomes = {solve(Problem(everybody, 60, START, END, seed)).pairings for seed in ("a", "b", "c")}
    assert len(outcomes) == 3


@settings(max_examples=40)
@given(groups | large)
def test_candidates_are_enough_or_more_are_looked_at(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "FULL_UP_TO", 5)
        patch.setattr(rules, "CANDIDATES", 2)
        few = solve(problem)
    everything = solve(problem)
    owed = {one.id: one.owed for one in problem.seekers}
    assert len(few.pairings) == len(everything.pairings)
    in_pairs = [[member for pairing in one.pairings for member in pairing.people[:2]] for one in (few, everything)]
    assert sum(owed[member] for member in in_pairs[0]) == sum(owed[member] for member in in_pairs[1])


@given(groups)
def test_a_bye_says_why_and_is_silent_about_blocks(drawn: Drawn) -> None:
    problem = random_group(*drawn)
    by_id = {one.id: one for one in problem.seekers}
    for bye in solve(problem).byes:
        own = by_id[bye.member]
        others = [one for one in problem.seekers if one.id != bye.member]
        with_time = [one for one in others if have_time(problem, own, one)]
        fitting = [one for one in with_time if gives(own, one) and gives(one, own)]
        alone = have_time(problem, own)
        wanted = (
            (Reason.alone, not others),
            (Reason.no_hours, not alone),
            (Reason.time, not with_time),
            (Reason.types, not fitting),
            (Reason.taken, True),
        )
        assert bye.reason == next(reason for reason, holds in wanted if holds)


# --- the tiers and the terms ----------------------------------------------------------------------------------------


@given(st.integers(2, 5_000))
def test_no_sum_of_a_later_tier_reaches_an_earlier_one_and_all_fit_the_solver(people: int) -> None:
    a_fit, a_turn, a_pair = tiers(people)
    pairs = people // 2
    assert pairs * ((1 << DRAW_BITS) - 1) < a_fit
    assert pairs * (BEST_FIT * a_fit + (1 << DRAW_BITS) - 1) < a_turn
    assert people * MOST_OWED * a_turn + pairs * (BEST_FIT * a_fit + (1 << DRAW_BITS)) < a_pair
    assert 4 * pairs * (a_pair + a_turn * 2 * MOST_OWED + a_fit * BEST_FIT) < 2**127  # rustworkx counts in 128 bits


EVER = ((START, END),)


def fit_of(a: Seeker, b: Seeker, met_before: int | None = None) -> int:
    met = {} if met_before is None else {(a.id, b.id): START - timedelta(days=met_before)}
    return int(Table(Problem((a, b), 60, START, END, "s", met=met)).keys([0])[0, 1]) >> DRAW_BITS


def seeker(id: int, **wishes: object) -> Seeker:
    return replace(Seeker(MemberId(id), EVER), **wishes)  # type: ignore[arg-type]


def test_each_term_weighs_what_is_written_of_it() -> None:
    unknown = 40 + 25 + 30 + 5  # language, level, topic, role: nobody named any, and any type serves both
    assert fit_of(seeker(1), seeker(2)) == NEVER_MET + unknown
    assert fit_of(seeker(1), seeker(2), 7) == 7 * A_DAY + unknown
    assert fit_of(seeker(1), seeker(2), 1_000) == 900 + unknown
    speaks = [seeker(id, languages=frozenset({tongue})) for id, tongue in [(1, "hindi"), (2, "hindi"), (3, "german")]]
    assert fit_of(speaks[0], speaks[1]) - fit_of(speaks[0], speaks[2]) == 60
    levels = [
        seeker(number, level=level) for number, level in enumerate(["junior", "junior", "mid", "senior", "staff"])
    ]
    assert [fit_of(levels[0], other) - fit_of(levels[0], levels[4]) for other in levels[1:]] == [40, 25, 10, 0]
    roles = [seeker(id, role=role) for id, role in [(1, "ML engineer"), (2, "ml  Engineer"), (3, "analyst")]]
    assert fit_of(roles[0], roles[1]) - fit_of(roles[0], roles[2]) == 15
    coder = seeker(1, wanted=frozenset({"ml-coding"}), giving=frozenset({"behavioural"}))
    talker = seeker(2, wanted=frozenset({"behavioural"}), giving=frozenset({"ml-coding"}))
    assert fit_of(coder, talker) == NEVER_MET + unknown - 30


def test_two_who_both_take_anything_get_a_type_that_interviews_are_made_of() -> None:
    (pairing,) = solve(Problem((seeker(1), seeker(2)), 60, START, END, "s")).pairings
    assert pairing.kind == pairing.second_kind
    assert pairing.kind in rules.USUAL


def test_an_odd_one_joins_a_pair_whose_hours_and_wishes_fit_all_three() -> None:
    outcome = solve(Problem((seeker(1), seeker(2), seeker(3)), 60, START, END, "s"))
    (pairing,) = outcome.pairings
    assert (sorted(pairing.people), outcome.byes) == ([1, 2, 3], ())


def test_an_odd_one_whom_somebody_of_every_pair_blocked_has_a_bye() -> None:
    problem = Problem((seeker(1), seeker(2), seeker(3)), 60, START, END, "s", frozenset({(MemberId(1), MemberId(3))}))
    outcome = solve(problem)
    (bye,) = outcome.byes
    assert bye in {Bye(MemberId(1), Reason.taken), Bye(MemberId(3), Reason.taken)}


def test_who_was_left_out_is_paired_next_time_and_somebody_else_waits() -> None:
    blocked = frozenset((MemberId(a), MemberId(b)) for a in range(5) for b in range(5) if a != b)
    two_sides = tuple(seeker(id) for id in range(8))  # five who are at odds with each other, and three more
    waited: dict[MemberId, int] = {}
    for number in range(8):
        owed = tuple(replace(one, owed=waited.get(one.id, 0)) for one in two_sides)
        outcome = solve(Problem(owed, 60, START, END, f"round {number}", blocked))
        left = {bye.member for bye in outcome.byes}
        assert not left & {member for member, turns in waited.items() if turns}
        waited = {one.id: (waited.get(one.id, 0) + 1 if one.id in left else 0) for one in two_sides}


def test_nobody_and_somebody_alone_are_paired_with_nobody() -> None:
    assert solve(Problem((), 60, START, END, "s")) == Outcome((), ())
    assert solve(Problem((seeker(1),), 60, START, END, "s")) == Outcome((), (Bye(MemberId(1), Reason.alone),))


def test_the_same_person_twice_is_a_bug_that_is_found() -> None:
    with pytest.raises(ValueError, match="somebody stands twice"):
        solve(Problem((seeker(1), seeker(1)), 60, START, END, "s"))
