"""Reference solutions of the algorithm questions, held against a slower or a borrowed way to the same answer."""

import heapq
import re
import statistics
from collections import Counter
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank.judging import chain, namespace
from tests.bank.programs import code_questions, solution

often = settings(max_examples=100)
small = st.integers(-9, 9)


@often
@given(st.lists(st.integers(1, 6), max_size=8), st.integers(0, 15))
def test_bundles_are_all_subsets_of_that_sum(prices: list[int], total: int) -> None:
    subsets = {tuple(sorted(some)) for n in range(len(prices) + 1) for some in combinations(prices, n)}
    assert solution("bundles-that-cost-exactly")(prices, total) == sorted(
        list(some) for some in subsets if sum(some) == total
    )


@often
@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.lists(edges_between(n), max_size=14))))
def test_cheapest_costs_are_dijkstras(graph: tuple[int, list[list[int]]]) -> None:
    n, edges = graph
    network: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    network.add_nodes_from(range(n))
    network.add_weighted_edges_from((a, b, cost) for a, b, cost in edges)
    lengths = nx.single_source_dijkstra_path_length(network, 0)
    assert solution("cheapest-cost-to-each-node")(n, edges, 0) == [lengths.get(node) for node in range(n)]


def edges_between(n: int) -> st.SearchStrategy[list[int]]:
    """An edge `[from, to, cost]` of a graph with n nodes."""
    node = st.integers(0, n - 1)
    return st.tuples(node, node, st.integers(0, 9)).map(list)


@often
@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_the_longest_common_subsequence_is_the_longest_of_all_common_ones(a: str, b: str) -> None:
    common = subsequences(a) & subsequences(b)
    assert solution("common-subsequence-length")(a, b) == max(map(len, common))


def subsequences(items: Any) -> set[tuple[Any, ...]]:
    """Every choice of items in their order."""
    return {some for n in range(len(items) + 1) for some in combinations(items, n)}


@pytest.mark.parametrize(("n", "k"), [(1, 1), (4, 1), (4, 2), (5, 3), (3, 5)])
def test_every_sample_of_a_stream_is_equally_likely(n: int, k: int) -> None:
    steps = [[(j + 0.5) / number for j in range(number)] for number in range(k + 1, n + 1)]
    samples = Counter(
        frozenset(solution("fair-sample-of-an-unknown-stream")(range(n), k, iter(draws))) for draws in product(*steps)
    )
    assert set(samples) == {frozenset(some) for some in combinations(range(n), min(k, n))}
    assert len(set(samples.values())) == 1


@often
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)).map(list), max_size=7), st.integers(0, 15))
def test_the_best_gain_is_that_of_the_best_subset(features: list[list[int]], budget: int) -> None:
    chosen = (some for n in range(len(features) + 1) for some in combinations(features, n))
    fitting = (sum(gain for _cost, gain in some) for some in chosen if sum(cost for cost, _gain in some) <= budget)
    assert solution("features-within-a-latency-budget")(features, budget) == max(fitting)


@often
@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 20), max_size=9), st.integers(0, 20), st.integers(0, 64))
def test_close_prints_differ_in_few_binary_digits(prints: list[int], query: int, radius: int) -> None:
    far = [sum(a != b for a, b in zip(f"{one:064b}", f"{query:064b}", strict=True)) for one in prints]
    near = [place for place in range(len(prints)) if far[place] <= radius]
    assert solution("fingerprints-within-a-radius")(prints, query, radius) == sorted(near, key=lambda n: far[n])


@often
@given(st.text("aAbéx ", max_size=9))
def test_the_first_unique_letter_has_a_count_of_one(s: str) -> None:
    assert solution("first-letter-without-a-twin")(s) == next((ch for ch in s if s.count(ch) == 1), None)


@often
@given(st.lists(st.sampled_from("abcdef"), max_size=40), st.integers(2, 6))
def test_the_summary_of_a_stream_keeps_its_promises(stream: list[str], k: int) -> None:
    found = solution("frequent-queries-in-fixed-memory")(iter(stream), k)
    held, slack, true = found["counters"], found["slack"], Counter(stream)
    assert len(held) < k
    assert sum(held.values()) + k * slack == len(stream)
    assert all(true[query] - slack <= held.get(query, 0) <= true[query] for query in "abcdef")


@often
@given(st.lists(st.integers(0, 5) | st.floats(-2, 6), max_size=12))
def test_the_wait_ends_at_the_first_higher_load(loads: list[float]) -> None:
    higher = [[d for d in range(1, len(loads) - i) if loads[i + d] > loads[i]] for i in range(len(loads))]
    assert solution("hours-until-a-higher-load")(loads) == [min(waits, default=None) for waits in higher]


trees = st.recursive(st.none(), lambda part: st.tuples(small, part, part).map(list), max_leaves=6)


@often
@given(trees)
def test_a_search_tree_is_read_in_rising_order(tree: list[Any] | None) -> None:
    values = in_order(tree)
    assert solution("is-it-a-search-tree")(tree) == all(a < b for a, b in pairwise(values))


@given(st.sets(st.integers(-99, 99), max_size=15))
def test_a_tree_built_from_sorted_values_is_a_search_tree(values: set[int]) -> None:
    assert solution("is-it-a-search-tree")(balanced(sorted(values)))


def in_order(tree: list[Any] | None) -> list[int]:
    """The values from left to right."""
    return [] if tree is None else [*in_order(tree[1]), tree[0], *in_order(tree[2])]


def balanced(values: list[int]) -> list[Any] | None:
    """A tree whose values read from left to right are these."""
    middle = len(values) // 2
    return [values[middle], balanced(values[:middle]), balanced(values[middle + 1 :])] if values else None


@often
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 4)).map(lambda s: [s[0], s[0] + s[1]]), max_size=8))
def test_joined_spans_are_the_components_of_shared_positions(spans: list[list[int]]) -> None:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from(range(len(spans)))
    graph.add_edges_from(
        (a, b) for a, b in combinations(range(len(spans)), 2) if positions(spans[a]) & positions(spans[b])
    )
    parts = [[spans[n] for n in part] for part in nx.connected_components(graph)]
    wanted = sorted([min(a for a, _b in part), max(b for _a, b in part)] for part in parts)
    assert solution("join-overlapping-spans")(spans) == wanted


def positions(span: list[int]) -> set[int]:
    """The positions of a closed span."""
    return set(range(span[0], span[1] + 1))


@often
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 5), st.text("pq", max_size=2)).map(list)), max_size=4), st.integers(0, 9)
)
def test_merged_feeds_are_a_stable_sort_by_time(feeds: list[list[list[Any]]], limit: int) -> None:
    feeds = [sorted(feed, key=lambda entry: int(entry[0])) for feed in feeds]
    merged = sorted((entry for feed in feeds for entry in feed), key=lambda entry: int(entry[0]))
    found = solution("lazy-merge-of-sorted-feeds")([iter(feed) for feed in feeds], limit)
    assert found == merged[:limit]


@often
@given(st.lists(st.lists(st.integers(0, 5)).map(sorted), min_size=1, max_size=4), st.integers(1, 9))
def test_merging_reads_the_heads_and_what_follows_a_taken_entry(times: list[list[int]], limit: int) -> None:
    feeds = [iter([[time, number] for time in own]) for number, own in enumerate(times)]
    merged = solution("lazy-merge-of-sorted-feeds")(feeds, limit)
    left = [len(list(feed)) for feed in feeds]
    taken = Counter(number for _time, number in merged)
    behind = [1 - (len(merged) == limit and merged[-1][1] == number) for number in range(len(times))]
    assert left == [max(0, len(own) - taken[n] - behind[n]) for n, own in enumerate(times)]


@often
@given(st.text("ab", max_size=8), st.lists(st.text("ab", min_size=1, max_size=4), max_size=4))
def test_cutting_takes_what_an_ordered_pattern_takes(word: str, vocabulary: list[str]) -> None:
    longest_first = sorted(vocabulary, key=len, reverse=True)
    pieces = re.findall("|".join(longest_first) or "(?!)", word)
    whole = re.fullmatch(f"(?>{'|'.join(longest_first) or '(?!)'})*+", word)
    assert solution("longest-piece-first")(word, vocabulary) == (pieces if whole else None)


@often
@given(st.lists(st.integers(-4, 6), max_size=9))
def test_the_longest_rise_is_the_smallest_of_the_longest(values: list[int]) -> None:
    rising = [some for some in subsequences(values) if all(a < b for a, b in pairwise(some))]
    assert solution("longest-rise-in-a-series")(values) == list(sorted(rising, key=lambda some: (-len(some), some))[0])


@often
@given(st.integers(0, 5).flatmap(lambda w: st.lists(st.lists(small, min_size=w, max_size=w), max_size=5)))
def test_a_spiral_peels_rows_off_a_turning_matrix(matrix: list[list[int]]) -> None:
    left, read = [list(row) for row in matrix], []
    while left:
        read += left.pop(0)
        left = [list(row) for row in zip(*left, strict=True)][::-1]
    assert solution("matrix-in-spiral-order")(matrix) == read


@often
@given(st.lists(st.integers(-50, 50) | st.floats(-5, 5), max_size=12))
def test_running_medians_are_those_of_the_library(values: list[float]) -> None:
    wanted = [statistics.median(values[: n + 1]) for n in range(len(values))]
    assert solution("median-after-every-value")(iter(values)) == pytest.approx(wanted)


@often
@given(st.lists(small), st.lists(small))
def test_merging_two_chains_is_stable(a: list[int], b: list[int]) -> None:
    node = namespace(code_questions()["merge-two-ascending-chains"].answer.solution)["ListNode"]
    one, two = [[node(value) for value in sorted(values)] for values in (a, b)]
    merged = list(chain(solution("merge-two-ascending-chains")(linked(one), linked(two))))
    assert [id(n) for n in merged] == [id(n) for n in heapq.merge(one, two, key=lambda n: n.val)]


@often
@given(st.lists(small))
def test_reversing_a_chain_keeps_its_nodes(values: list[int]) -> None:
    node = namespace(code_questions()["reverse-a-chain-of-nodes"].answer.solution)["ListNode"]
    nodes = [node(value) for value in values]
    assert list(chain(solution("reverse-a-chain-of-nodes")(linked(nodes)))) == nodes[::-1]
    assert [n.val for n in nodes] == values


def linked(nodes: list[Any]) -> Any:
    """The head of the chain of these nodes, in their order."""
    for one, following in pairwise(nodes):
        one.next = following
    return nodes[0] if nodes else None


@often
@given(st.lists(small), st.integers(0, 6))
def test_the_most_frequent_come_first(nums: list[int], k: int) -> None:
    wanted = sorted(set(nums), key=lambda value: (-nums.count(value), value))[:k]
    assert solution("most-frequent-values")(nums, k) == wanted


@often
@given(st.lists(st.integers(-20, 20), min_size=2, max_size=9).map(sorted), st.integers(-50, 50))
def test_the_closest_pair_is_the_best_of_all_pairs(values: list[int], target: int) -> None:
    best = min(combinations(values, 2), key=lambda pair: (abs(sum(pair) - target), sum(pair), pair[0]))
    assert solution("pair-closest-to-a-target")(values, target) == list(best)


@often
@given(st.text("aAß._ 1", max_size=7) | st.text("sSß", max_size=5))
def test_a_palindrome_reads_the_same_reversed(s: str) -> None:
    kept = "".join(ch for ch in s if ch.isalnum()).casefold()
    assert solution("palindrome-after-casefolding")(s) == (kept == kept[::-1])


@often
@given(st.tuples(*[st.integers(1, 4)] * 3), st.integers(0, 2**32 - 1))
def test_the_matrix_product_is_numpys(shape: tuple[int, int, int], seed: int) -> None:
    n, m, p = shape
    generator = np.random.default_rng(seed)
    a, b = generator.normal(size=(n, m)), generator.normal(size=(m, p))
    assert np.allclose(solution("product-of-two-matrices")(a.tolist(), b.tolist()), a @ b, rtol=1e-12, atol=1e-12)


@often
@given(st.lists(st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "f"]), max_size=3), max_size=9))
def test_groups_of_records_are_connected_components(records: list[list[str]]) -> None:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_nodes_from(range(len(records)))
    graph.add_edges_from((n, value) for n, record in enumerate(records) for value in record if value)
    parts = [sorted(n for n in part if isinstance(n, int)) for part in nx.connected_components(graph)]
    assert solution("records-of-the-same-customer")(records) == sorted(parts)


operations = st.tuples(st.just("put"), st.sampled_from("abcd"), st.integers(0, 2)) | st.tuples(
    st.just("get"), st.sampled_from("abcd")
)


@often
@given(st.integers(1, 3), st.lists(operations, min_size=15, max_size=30))
def test_the_cache_evicts_what_was_used_longest_ago(capacity: int, calls: list[tuple[Any, ...]]) -> None:
    used: dict[str, int] = {}  # when a key was used last; evicted keys are gone
    stored: dict[str, int] = {}
    wanted: list[Any] = []
    for now, (name, key, *value) in enumerate(calls):
        oldest = min(used, key=lambda k: used[k], default=None)
        full = name == "put" and key not in used and len(used) == capacity
        evicted = [k for k in (oldest,) if full and k is not None]
        wanted.append((stored.get(key) if key in used else None) if name == "get" else next(iter(evicted), None))
        stored.update(dict.fromkeys([key], *value) if value else {})
        used = {k: t for k, t in used.items() if k not in evicted}
        used |= {key: now} if name == "put" or key in used else {}
    assert solution("replay-of-a-recency-cache")(capacity, [list(call) for call in calls]) == wanted


@often
@given(
    st.integers(1, 4).flatmap(lambda w: st.lists(st.text(".#", min_size=w, max_size=w), min_size=1, max_size=6)),
    st.integers(0, 3),
)
def test_the_fewest_steps_are_a_shortest_path_over_cells_and_breaks(grid: list[str], breaks: int) -> None:
    cells = {(r, c): ch == "#" for r, row in enumerate(grid) for c, ch in enumerate(row)}
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for (r, c), used in product(cells, range(breaks + 1)):
        steps = [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
        graph.add_edges_from(
            ((r, c, used), (*to, used + cells[to])) for to in steps if to in cells and used + cells[to] <= breaks
        )
    start, goal = (0, 0, int(cells[0, 0])), (len(grid) - 1, len(grid[0]) - 1)
    graph.add_node(start)
    lengths = nx.single_source_shortest_path_length(graph, start) if start[2] <= breaks else {}
    arrivals = [steps for (r, c, _used), steps in lengths.items() if (r, c) == goal]
    assert solution("route-that-may-break-walls")(grid, breaks) == min(arrivals, default=None)


@often
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2), max_size=8))
    )
)
def test_the_run_order_is_the_smallest_topological_one(jobs: tuple[int, list[tuple[int, int]]]) -> None:
    n, needs = jobs
    valid = (
        list(order)
        for order in permutations(range(n))
        if all(order.index(needed) < order.index(job) for job, needed in needs)
    )
    assert solution("run-order-of-dependent-jobs")(n, needs) == next(valid, None)


@often
@given(st.lists(st.sampled_from("abx"), max_size=9), st.lists(st.sampled_from("ab"), min_size=1, max_size=4))
def test_the_shortest_window_is_the_best_of_all_windows(stream: list[str], required: list[str]) -> None:
    windows = [[a, b] for a in range(len(stream)) for b in range(a + 1, len(stream) + 1)]
    fitting = [w for w in windows if Counter(required) <= Counter(stream[slice(*w)])]
    assert solution("shortest-window-with-all-labels")(stream, required) == min(
        fitting, key=lambda w: (w[1] - w[0], w[0]), default=None
    )


@often
@given(st.lists(st.integers(0, 9), max_size=7), st.integers(1, 5))
def test_the_smallest_peak_is_that_of_the_best_cut(sizes: list[int], shards: int) -> None:
    places = [cut for n in range(shards) for cut in combinations(range(1, len(sizes)), n)]
    borders = [[0, *cut, len(sizes)] for cut in places]
    peaks = [max(sum(sizes[a:b]) for a, b in pairwise(cut)) for cut in borders]
    assert solution("split-documents-over-shards")(sizes, shards) == min(peaks)


@often
@given(st.lists(st.integers(-3, 3), max_size=12), st.integers(-4, 4))
def test_stretches_are_counted_one_by_one(changes: list[int], total: int) -> None:
    sums = [sum(changes[a:b]) for a in range(len(changes)) for b in range(a + 1, len(changes) + 1)]
    assert solution("stretches-with-a-given-sum")(changes, total) == sums.count(total)


pauses = st.sampled_from([0, 100, 100, 333, 334, 500, 1100])


@often
@given(
    st.lists(st.tuples(pauses, st.sampled_from("ab"), st.integers(0, 3)), max_size=25),
    st.integers(1, 7),
    st.integers(1, 4),
)
def test_the_bucket_level_is_an_exact_fraction(steps: list[tuple[int, str, int]], rate: int, burst: int) -> None:
    now, requests, decisions = 0, [], []
    level = {"a": Fraction(burst), "b": Fraction(burst)}
    for pause, client, cost in steps:
        now += pause
        requests.append([now, client, cost])
        level = {name: min(Fraction(burst), held + Fraction(rate * pause, 1000)) for name, held in level.items()}
        decisions.append(level[client] >= cost)
        level[client] -= cost * decisions[-1]
    assert solution("token-bucket-without-drift")(requests, rate, burst) == decisions


@often
@given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abc"), max_size=6))
def test_word_errors_are_those_of_the_best_of_all_alignments(reference: list[str], hypothesis: list[str]) -> None:
    counts = []
    for pairs in range(min(len(reference), len(hypothesis)) + 1):
        for one, two in product(combinations(reference, pairs), combinations(hypothesis, pairs)):
            swapped = sum(a != b for a, b in zip(one, two, strict=True))
            counts.append((swapped, len(reference) - pairs, len(hypothesis) - pairs))
    best = min(counts, key=lambda found: (sum(found), -found[0]))
    wanted = dict(zip(("substitutions", "deletions", "insertions"), best, strict=True))
    assert solution("words-wrong-in-a-transcript")(reference, hypothesis) == wanted


@often
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(1, 3)), max_size=7))
def test_the_peak_of_reservations_is_that_of_counting_second_by_second(drawn: list[tuple[int, int, int]]) -> None:
    reservations = [[start, start + length, count] for start, length, count in drawn]
    taken = [sum(count for start, end, count in reservations if start <= t < end) for t in range(15)]
    peak = max(taken)
    begin = taken.index(peak) if peak else None
    until = begin if begin is None else next(t for t in range(begin, 15) if taken[t] != peak)
    found = solution("most-accelerators-reserved-at-once")(reservations)
    assert found == {"peak": peak, "from": begin, "until": until}


formulas = st.lists(st.sampled_from(["1", "20", "a", "b", "+", "-", "*", "(", ")", " "]), max_size=9).map("".join)
trees_of_formulas = st.recursive(
    st.sampled_from(["1", "20", "a", "b"]),
    lambda part: (
        part.map(lambda inner: f"({inner})")
        | part.map(lambda inner: f"- {inner}")
        | st.tuples(part, st.sampled_from(["+", " - ", "*"]), part).map("".join)
    ),
    max_leaves=8,
)


def is_a_formula(text: str) -> bool:
    """Whether the text can be rewritten, part by part, to a single operand `n`."""
    text = re.sub(r"[0-9]+|[ab][ab0-9]*", "n", text)
    if re.search(r"n +n", text):
        return False
    text, before = text.replace(" ", ""), ""
    while text != before:
        before = text
        text = re.sub(r"\(n\)|n[-+*]n|(?<![n)])-n", "n", text, count=1)
    return text == "n"


@often
@given(trees_of_formulas | formulas.filter(is_a_formula))
def test_well_formed_formulas_have_pythons_value(text: str) -> None:
    values = {name: len(name) - 3 for name in re.findall("[ab][ab0-9]*", text)}
    wanted = eval(text.strip(), {}, dict(values))  # nothing but operands and + - * ( )
    assert solution("value-of-a-metric-formula")(text, values) == wanted


@settings(max_examples=300)
@given(formulas)
def test_a_formula_is_refused_if_it_cannot_be_rewritten_to_one_operand(text: str) -> None:
    try:
        solution("value-of-a-metric-formula")(text, dict.fromkeys(re.findall("[ab][ab0-9]*", text), 1))
        accepted = True
    except ValueError:
        accepted = False
    assert accepted == is_a_formula(text)


changes = st.tuples(st.just("set"), st.integers(0, 5), st.integers(0, 3)) | st.tuples(
    st.just("draw"), st.integers(-1, 12)
)


@often
@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), st.lists(changes, max_size=12))
def test_a_draw_finds_the_owner_of_the_ticket(weights: list[int], operations: list[tuple[Any, ...]]) -> None:
    held, wanted = list(weights), []
    for what, *rest in operations:
        if what == "set":
            held[rest[0]] = rest[1]
        else:
            tickets = [item for item, weight in enumerate(held) for _ in range(weight)]
            wanted.append(dict(enumerate(tickets)).get(rest[0]))
    assert solution("tickets-for-changing-weights")(weights, [list(one) for one in operations]) == wanted
