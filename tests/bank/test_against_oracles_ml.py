"""Reference solutions of the ML coding questions, held against NumPy, exact fractions or the bare definition."""

import cmath
import math
import re
import statistics
from collections import Counter
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import accumulate, chain, pairwise, permutations, product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.bank.programs import solution

often = settings(max_examples=80)
seeds = st.integers(0, 2**32 - 1)
Array = npt.NDArray[np.float64]


def softmax(scores: Array) -> Array:
    """Along the last axis, without the shift that the questions are about; for small scores."""
    weights: Array = np.exp(scores)
    shares: Array = weights / weights.sum(axis=-1, keepdims=True)
    return shares


@often
@given(seeds, st.integers(1, 4), st.integers(0, 3), st.integers(1, 3), st.booleans())
def test_attention_is_masked_softmax_in_numpy(seed: int, new: int, cached: int, width: int, causal: bool) -> None:
    draw = np.random.default_rng(seed).normal
    q, k, v = draw(size=(new, width)), draw(size=(new + cached, width)), draw(size=(new + cached, 2))
    scores = q @ k.T / math.sqrt(width)
    hidden = np.triu(np.ones_like(scores), k=cached + 1) * causal
    found = solution("attention-for-the-tail-of-a-sequence")(q.tolist(), k.tolist(), v.tolist(), causal)
    assert np.allclose(found, softmax(np.where(hidden == 1, -np.inf, scores)) @ v)


@often
@given(seeds, st.lists(st.integers(0, 3), min_size=1, max_size=5).filter(any))
def test_attention_by_blocks_is_attention_at_once(seed: int, sizes: list[int]) -> None:
    draw = np.random.default_rng(seed).normal
    query, keys, values = draw(size=3), draw(size=(sum(sizes), 3)), draw(size=(sum(sizes), 2))
    borders = [0, *accumulate(sizes)]
    blocks = [[keys[a:b].tolist(), values[a:b].tolist()] for a, b in pairwise(borders)]
    found = solution("attention-read-block-by-block")(query.tolist(), iter(blocks))
    scores = keys @ query / math.sqrt(3)
    assert np.allclose(found["output"], softmax(scores) @ values)
    assert math.isclose(found["log_sum"], np.log(np.exp(scores).sum()), abs_tol=1e-9)


@often
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=15))
def test_macro_f1_is_the_mean_of_harmonic_means(pairs: list[tuple[str, str]]) -> None:
    scores = []
    for label in "abcd":
        hits = pairs.count((label, label))
        recall = Fraction(hits, max(1, sum(t == label for t, _p in pairs)))
        precision = Fraction(hits, max(1, sum(p == label for _t, p in pairs)))
        scores.append(2 * precision * recall / (precision + recall or 1))
    found = solution("average-f-score-over-classes")(*map(list, zip(*pairs, strict=True)), list("abcd"))
    assert found["macro_f1"] == pytest.approx(float(sum(scores) / 4))
    assert found["matrix"] == [[pairs.count((t, p)) for p in "abcd"] for t in "abcd"]


tables = st.lists(st.lists(st.none() | st.integers(-8, -1).map(float), min_size=3, max_size=3), min_size=3, max_size=3)


@often
@given(tables, st.integers(1, 4), st.sampled_from([0.0, 0.5, 1.0]))
def test_an_endless_beam_finds_the_best_of_all_sequences(table: list[list[Any]], limit: int, alpha: float) -> None:
    complete = [(*some, 2) for n in range(limit) for some in product((0, 1), repeat=n)]
    steps = {tokens: [table[a][b] for a, b in pairwise((0, *tokens))] for tokens in complete}
    scores = {tokens: sum(values) / len(values) ** alpha for tokens, values in steps.items() if None not in values}
    best = min(scores, key=lambda tokens: (-scores[tokens], tokens), default=None)
    found = solution("beam-over-a-bigram-table")(table, 0, 2, 10_000, limit, alpha)
    assert (found and tuple(found["tokens"])) == best
    assert (found and found["score"]) == pytest.approx(scores.get(best or ()))


@often
@given(tables, st.integers(1, 3), st.integers(1, 5), st.sampled_from([0.0, 0.5, 1.0]))
def test_a_narrow_beam_keeps_the_likeliest_of_every_step(
    table: list[list[Any]], width: int, limit: int, alpha: float
) -> None:
    step: dict[tuple[int, ...], float] = {(): 0.0}
    finished: dict[tuple[int, ...], float] = {}
    for length in range(1, limit + 1):
        extended = {
            (*tokens, token): total + table[(0, *tokens)[-1]][token]
            for tokens, total in step.items()
            for token in range(3)
            if table[(0, *tokens)[-1]][token] is not None
        }
        kept = sorted(extended, key=lambda tokens: (-extended[tokens], tokens))[:width]
        finished |= {tokens: extended[tokens] / length**alpha for tokens in kept if tokens[-1] == 2}
        step = {tokens: extended[tokens] for tokens in kept if tokens[-1] != 2}
    best = min(finished, key=lambda tokens: (-finished[tokens], tokens), default=None)
    found = solution("beam-over-a-bigram-table")(table, 0, 2, width, limit, alpha)
    assert (found and tuple(found["tokens"])) == best
    assert (found and found["score"]) == pytest.approx(finished.get(best or ()))


@often
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-9, 9), st.integers(1, 4)), min_size=1, max_size=8))
def test_the_isotonic_fit_is_the_greatest_of_least_averages(rows: list[tuple[int, int, int]]) -> None:
    def average(low: int, high: int) -> Fraction:
        """The weighted mean of y over the rows with low <= x <= high."""
        inside = [(y, w) for x, y, w in rows if low <= x <= high]
        return Fraction(sum(y * w for y, w in inside), sum(w for _y, w in inside))

    xs = sorted({x for x, _y, _w in rows})
    wanted = [max(min(average(a, b) for b in xs if b >= x) for a in xs if a <= x) for x, _y, _w in rows]
    found = solution("best-fit-that-never-falls")(*map(list, zip(*rows, strict=True)))
    assert found == pytest.approx([float(value) for value in wanted])


boxes_scored = st.tuples(*[st.integers(0, most) for most in (6, 1, 5, 2, 9)])


@often
@given(st.lists(boxes_scored, max_size=8), st.integers(0, 4))
def test_suppression_compares_exact_ratios_of_cells(drawn: list[tuple[int, ...]], eighths: int) -> None:
    boxes = [[x, y, x + w, y + h] for x, y, w, h, _score in drawn]
    cells = [set(product(range(a, c), range(b, d))) for a, b, c, d in boxes]
    kept: list[int] = []
    for n in sorted(range(len(drawn)), key=lambda n: (-drawn[n][4], n)):
        ratios = [Fraction(len(cells[k] & cells[n]), len(cells[k] | cells[n]) or 1) for k in kept]
        kept += [n] * (max(ratios, default=Fraction(0)) <= Fraction(eighths, 8))
    found = solution("boxes-left-after-suppression")(boxes, [score for *_box, score in drawn], eighths / 8)
    assert found == kept


@often
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 2)), min_size=2, max_size=12),
    st.integers(0, 3),
)
def test_category_rates_follow_their_definition(rows: list[tuple[str, int, int]], smoothing: int) -> None:
    assume(len({fold for _c, _y, fold in rows}) > 1)
    wanted = []
    for category, _y, fold in rows:
        others = [(c, y) for c, y, f in rows if f != fold]
        own = [y for c, y in others if c == category]
        prior = Fraction(sum(y for _c, y in others), len(others))
        wanted.append((sum(own) + smoothing * prior) / (len(own) + smoothing) if own else prior)
    found = solution("category-rates-from-the-other-folds")(*map(list, zip(*rows, strict=True)), smoothing)
    assert found == pytest.approx([float(value) for value in wanted])


@often
@given(seeds, st.integers(1, 8), st.integers(1, 3), st.integers(0, 6))
def test_lloyd_iterations_in_numpy_end_at_the_same_centroids(seed: int, n: int, k: int, limit: int) -> None:
    draw = np.random.default_rng(seed).normal
    x, centres = draw(size=(n, 2)), draw(size=(k, 2))
    found = solution("clusters-from-given-centres")(x.tolist(), centres.tolist(), limit)
    for _ in range(limit):
        labels = ((x[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.array([x[labels == c].mean(axis=0) if (labels == c).any() else centres[c] for c in range(k)])
    squares = ((x[:, None] - centres) ** 2).sum(axis=2)
    assert np.allclose(found["centroids"], centres)
    assert found["labels"] == squares.argmin(axis=1).tolist()
    assert math.isclose(found["inertia"], squares.min(axis=1).sum(), rel_tol=1e-9, abs_tol=1e-12)


labelled = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5), st.sampled_from([-1, 1])), min_size=1, max_size=6)


@often
@given(labelled, st.integers(0, 12))
def test_the_perceptron_agrees_with_its_dual_form(rows: list[tuple[int, int, int]], limit: int) -> None:
    errors, clean = dual_perceptron(rows, limit)
    found = solution("corrections-until-a-line-separates")([[a, b] for a, b, _ in rows], [t for *_, t in rows], limit)
    assert found == {
        "weights": [sum(n * row[2] * row[j] for n, row in zip(errors, rows, strict=True)) for j in (0, 1)],
        "bias": sum(n * label for n, (*_, label) in zip(errors, rows, strict=True)),
        "updates": sum(errors),
        "converged": clean,
    }


def dual_perceptron(rows: list[tuple[int, int, int]], limit: int) -> tuple[list[int], bool]:
    """How often each row was corrected, and whether the last epoch was clean; no weights are ever formed."""
    errors = [0] * len(rows)
    for _epoch in range(limit):
        before = sum(errors)
        for n, (a, b, label) in enumerate(rows):
            score = sum(count * t * (a * c + b * d + 1) for count, (c, d, t) in zip(errors, rows, strict=True))
            errors[n] += label * score <= 0
        if sum(errors) == before:
            return errors, True
    return errors, False


@often
@given(st.lists(st.tuples(*[st.floats(-20, 20)] * 3), min_size=1, max_size=6), st.data())
def test_cross_entropy_is_minus_the_logarithm_of_softmax(logits: list[tuple[float, ...]], data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.integers(0, 2), min_size=len(logits), max_size=len(logits)))
    picked = softmax(np.array(logits))[np.arange(len(logits)), labels]
    assert solution("cross-entropy-from-logits")(list(map(list, logits)), labels) == pytest.approx(
        -np.log(picked).mean()
    )


quarters = st.sampled_from([parts for parts in product(range(5), repeat=3) if sum(parts) == 4])


@settings(max_examples=15)
@given(quarters, quarters)
def test_verified_drafts_follow_the_large_model_exactly(large: tuple[int, ...], small: tuple[int, ...]) -> None:
    p, q = [part / 4 for part in large], [part / 4 for part in small]
    even = [(2 * n + 1) / 24 for n in range(12)]  # a twelfth each: quarters and their ratios have no other borders
    tokens: Counter[int] = Counter()
    for drafted, u, v in product([n for n in range(3) if small[n]], even, even):
        first, *_rest = solution("drafted-tokens-kept-or-redrawn")([p, p], [q], [drafted], iter([u, v]))
        tokens[first] += small[drafted]
    assert [tokens[n] for n in range(3)] == [part * 144 for part in large]


@often
@given(seeds, st.integers(1, 4), st.integers(1, 6))
def test_eight_bit_codes_are_numpys_rounding(seed: int, n: int, m: int) -> None:
    w = np.random.default_rng(seed).normal(size=(n, m)) * 10.0 ** -np.arange(n)[:, None]
    scales = np.abs(w).max(axis=1, keepdims=True) / 127
    codes = np.rint(w / scales)
    found = solution("eight-bit-codes-per-output-row")(w.tolist())
    assert found["codes"] == codes.astype(int).tolist()
    assert found["scales"] == pytest.approx(scales[:, 0].tolist())
    assert found["worst"] == pytest.approx(np.abs(w - codes * scales).max())


@given(st.lists(st.integers(-254, 254), max_size=8))
def test_halves_get_even_codes(doubled: list[int]) -> None:
    found = solution("eight-bit-codes-per-output-row")([[127.0, *(value / 2 for value in doubled)]])
    assert found["codes"] == [[127, *(round(Fraction(value, 2)) for value in doubled)]]


@often
@given(
    seeds,
    st.tuples(*[st.integers(1, 5)] * 2),
    st.tuples(*[st.integers(1, 3)] * 2),
    st.integers(1, 3),
    st.integers(0, 2),
)
def test_convolution_is_a_product_with_sliding_windows(
    seed: int, size: tuple[int, int], field: tuple[int, int], stride: int, padding: int
) -> None:
    draw = np.random.default_rng(seed).normal
    image, kernel = draw(size=size), draw(size=field)
    padded = np.pad(image, padding)
    assume(padded.shape[0] >= field[0] and padded.shape[1] >= field[1])
    windows = np.lib.stride_tricks.sliding_window_view(padded, field)[::stride, ::stride]
    found = solution("filter-moved-over-an-image")(image.tolist(), kernel.tolist(), stride, padding)
    assert np.allclose(found, np.einsum("abij,ij->ab", windows, kernel))


@often
@given(st.lists(st.integers(0, 4), max_size=5), st.integers(1, 6))
def test_the_ideal_gain_is_the_best_of_all_orders(grades: list[int], k: int) -> None:
    def gain(order: tuple[int, ...]) -> float:
        """The discounted sum over the first k places."""
        return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(order[:k]))

    best = max(map(gain, permutations(grades)))
    assert solution("gain-of-a-ranked-list")(grades, k) == pytest.approx(gain(tuple(grades)) / (best or 1.0))


percents = [0, 7, 10, 14, 28, 29, 30, 50, 57, 58, 70, 100]  # edges of bins among them, and products that round down


@often
@given(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from(percents)), min_size=1, max_size=15),
    st.sampled_from([1, 3, 7, 10, 100]),
)
def test_the_calibration_error_is_a_weighted_mean_of_gaps(rows: list[tuple[int, int]], bins: int) -> None:
    stated = [(label, part / 100) for label, part in rows]
    gaps = []
    for b in range(bins):
        inside = [(y, p) for y, p in stated if b / bins <= p < (b + 1) / bins or (p == 1 and b == bins - 1)]
        size = len(inside) or 1
        gaps.append(len(inside) * abs(sum(p for _y, p in inside) / size - sum(y for y, _p in inside) / size))
    found = solution("gap-between-stated-and-seen-rates")(*map(list, zip(*stated, strict=True)), bins)
    assert found == pytest.approx(sum(gaps) / len(rows), abs=1e-12)


def slopes(function: Any, point: Array) -> Array:
    """Central differences of a function of an array."""
    steps = np.eye(point.size).reshape(-1, *point.shape) * 1e-5
    return np.array([(function(point + s) - function(point - s)) / 2e-5 for s in steps]).reshape(point.shape)


@settings(max_examples=40)
@given(seeds, st.integers(1, 3), st.integers(2, 4))
def test_the_layer_norm_gradient_is_a_central_difference(seed: int, n: int, width: int) -> None:
    draw = np.random.default_rng(seed).normal
    x, gamma, upstream = draw(size=(n, width)), draw(size=width), draw(size=(n, width))

    def loss(rows: Array, scale: Array) -> float:
        """What the gradients are of; beta adds the sum of the upstream gradients."""
        normal = (rows - rows.mean(axis=1, keepdims=True)) / np.sqrt(rows.var(axis=1, keepdims=True) + 0.3)
        return float((normal * scale * upstream).sum())

    found = solution("gradient-through-a-layer-norm")(x.tolist(), gamma.tolist(), 0.3, upstream.tolist())
    assert np.allclose(found["grad_x"], slopes(lambda rows: loss(rows, gamma), x), atol=1e-7)
    assert np.allclose(found["grad_gamma"], slopes(lambda scale: loss(x, scale), gamma), atol=1e-7)
    assert np.allclose(found["grad_beta"], upstream.sum(axis=0))


OPERATIONS: dict[str, Any] = {
    "add": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "tanh": cmath.tanh,
    "relu": lambda a: a if a.real > 0 else 0j,
}


@st.composite
def tapes(draw: st.DrawFn) -> list[list[Any]]:
    """Steps over two inputs."""
    names = draw(st.lists(st.sampled_from(["add", "mul", "tanh", "relu"]), max_size=8))
    arity = {"add": 2, "mul": 2, "tanh": 1, "relu": 1}
    return [[name, *(draw(st.integers(0, n + 1)) for _ in range(arity[name]))] for n, name in enumerate(names)]


@often
@given(tapes(), st.tuples(*[st.integers(-12, 12).map(lambda n: n / 8)] * 2))
def test_the_gradients_of_a_tape_are_complex_steps(tape: list[list[Any]], inputs: tuple[float, float]) -> None:
    def ran(nodes: list[complex]) -> complex:
        """The last node of the computation."""
        for name, *operands in tape:
            nodes.append(OPERATIONS[name](*(nodes[n] for n in operands)))
        return nodes[-1]

    a, b = inputs
    assume(abs(ran([a + 0j, b + 0j])) < 1e6)
    found = solution("gradients-from-a-recorded-tape")([a, b], tape)
    assert found["value"] == pytest.approx(ran([a + 0j, b + 0j]).real)
    wanted = [ran([a + 1e-40j, b + 0j]).imag / 1e-40, ran([a + 0j, b + 1e-40j]).imag / 1e-40]
    assert found["grads"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


grid_points = st.tuples(st.integers(0, 4), st.integers(0, 4))


@often
@given(st.lists(st.tuples(grid_points, st.sampled_from("abc")), min_size=1, max_size=8), grid_points, st.integers(1, 8))
def test_nearest_labels_compare_whole_squared_distances(
    rows: list[tuple[tuple[int, int], str]], query: tuple[int, int], k: int
) -> None:
    assume(k <= len(rows))
    far = [sum((a - b) ** 2 for a, b in zip(point, query, strict=True)) for point, _label in rows]
    voters = sorted(range(len(rows)), key=lambda n: (far[n], n))[:k]
    votes = {label: [far[n] for n in voters if rows[n][1] == label] for label in sorted({rows[n][1] for n in voters})}
    winner = min(votes, key=lambda label: (-len(votes[label]), votes[label][0], label))
    points, labels = zip(*rows, strict=True)
    assert solution("labels-by-nearest-rows")(list(map(list, points)), list(labels), [list(query)] * len(rows), k) == [
        winner
    ] * len(rows)


@often
@given(
    st.lists(st.tuples(st.lists(st.sampled_from("uvw"), max_size=4), st.sampled_from("xyz")), min_size=1, max_size=6),
    st.lists(st.sampled_from("uvwq"), max_size=5),
    st.integers(1, 3),
)
def test_log_posteriors_are_those_of_exact_products(
    tickets: list[tuple[list[str], str]], query: list[str], alpha: int
) -> None:
    vocabulary = {word for words, _label in tickets for word in words}
    joint = {}
    for label in {label for _words, label in tickets}:
        own = [word for words, given_label in tickets for word in words if given_label == label]
        size = len(own) + alpha * len(vocabulary)
        chances = [Fraction(own.count(word) + alpha, size) for word in query if word in vocabulary]
        joint[label] = math.prod(chances, start=Fraction(sum(t == label for _w, t in tickets), len(tickets)))
    wanted = {label: math.log(share / sum(joint.values())) for label, share in joint.items()}
    found = solution("log-posterior-of-a-ticket")(*map(list, zip(*tickets, strict=True)), query, alpha)
    assert found == pytest.approx(wanted, abs=1e-12)


@often
@given(seeds, st.integers(1, 6), st.integers(1, 3), st.integers(0, 6))
def test_logistic_descent_in_numpy_ends_at_the_same_weights(seed: int, n: int, width: int, epochs: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(n, width)), generator.integers(0, 2, size=n)
    extended, weights = np.c_[x, np.ones(n)], np.zeros(width + 1)
    for _ in range(epochs):
        weights = weights - 0.7 * extended.T @ (1 / (1 + np.exp(-extended @ weights)) - y) / n
    found = solution("logistic-weights-by-descent")(x.tolist(), y.tolist(), 0.7, epochs)
    assert np.allclose([*found["weights"], found["bias"]], weights)


@often
@given(st.dictionaries(st.text("abA", min_size=1, max_size=6), st.integers(1, 5), max_size=4), st.integers(0, 5))
def test_merges_are_those_of_replacements_in_marked_text(counts: dict[str, int], merges: int) -> None:
    texts = {word: "".join(f"<{letter}>" for letter in word) for word in counts}  # every symbol in its own brackets
    learned: list[list[str]] = []
    for _ in range(merges):
        found = Counter[tuple[str, str]]()
        for word, text in texts.items():
            for match in re.finditer(r"(?=<(\w+)><(\w+)>)", text):
                found[match[1], match[2]] += counts[word]
        for left, right in sorted(found, key=lambda pair: (-found[pair], pair))[:1]:
            learned.append([left, right])
            texts = {word: text.replace(f"<{left}><{right}>", f"<{left}{right}>") for word, text in texts.items()}
    tokens = {word: re.findall(r"\w+", text) for word, text in texts.items()}
    assert solution("merges-learned-from-word-counts")(counts, merges) == {"merges": learned, "tokens": tokens}


@often
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=6), st.floats(-3, 3))
def test_adam_steps_sum_up_to_weighted_gradients(grads: list[tuple[float, float]], start: float) -> None:
    state: dict[str, Any] = {"params": [start, 1.0], "m": [0.0, 0.0], "v": [0.0, 0.0], "step": 0}
    for pair in grads:
        state = solution("one-step-of-adam-with-decay")(state["params"], [*pair], state, 0.1, 0.9, 0.99, 0.05, 0.02)
    wanted = np.array([start, 1.0])
    for t in range(1, len(grads) + 1):
        so_far, ages = np.array(grads[:t]), np.arange(t)[::-1]
        mean = np.average(so_far, axis=0, weights=0.9**ages)
        square = np.average(so_far**2, axis=0, weights=0.99**ages)
        wanted = wanted * (1 - 0.1 * 0.02) - 0.1 * mean / (np.sqrt(square) + 0.05)
    assert state["params"] == pytest.approx(wanted.tolist(), rel=1e-9, abs=1e-12)
    assert state["step"] == len(grads)


@often
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8), st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_the_area_is_the_share_of_pairs_in_order(positives: list[int], negatives: list[int]) -> None:
    won = [Fraction(1 + (a > b) - (a < b), 2) for a, b in product(positives, negatives)]
    labels = [1] * len(positives) + [0] * len(negatives)
    assert solution("pairs-in-the-right-order")(labels, positives + negatives) == pytest.approx(
        float(sum(won) / len(won))
    )


@often
@given(st.lists(st.sampled_from("pqrs"), min_size=2, max_size=10), st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_a_group_split_is_the_shortest_sufficient_prefix_of_groups(groups: list[str], tenths: list[int]) -> None:
    keyed = sorted(zip(tenths, dict.fromkeys(groups), strict=False), key=lambda pair: pair[0])
    prefixes = [{group for _key, group in keyed[:n]} for n in range(1, len(keyed))]
    fitting = [prefix for prefix in prefixes if sum(group in prefix for group in groups) >= 2]
    assume(fitting)
    found = solution("patients-on-one-side-of-the-split")(groups, 2, iter(tenth / 10 for tenth in tenths))
    assert found["test"] == [n for n, group in enumerate(groups) if group in fitting[0]]
    assert found["train"] == [n for n, group in enumerate(groups) if group not in fitting[0]]


@often
@given(st.floats(-690, 40), st.floats(-5, 5))
def test_a_probability_has_the_digits_of_a_decimal_one(score: float, bias: float) -> None:
    getcontext().prec = 50
    wanted = 1 / (1 + (-Decimal(score) - Decimal(bias)).exp())
    [found] = solution("probabilities-for-extreme-scores")([[score]], [1.0], bias)
    assert abs(Decimal(found) / wanted - 1) < Decimal("1e-12")


@often
@given(
    st.lists(st.none() | st.integers(-9, 9), min_size=1, max_size=9),
    st.lists(st.integers(-9, 9), max_size=4),
    st.sampled_from([0.0, 0.025, 1.7e9, -1.7e9]),
)
def test_standardised_values_are_those_of_exact_statistics(
    train: list[int | None], rows: list[int], offset: float
) -> None:
    known = [Fraction(offset + value / 8) for value in train if value is not None]
    assume(known)
    mean, spread = statistics.mean(known), statistics.pstdev(known) or 1
    found = solution("scale-with-training-statistics")(
        [[None if value is None else offset + value / 8] for value in train], [[offset + value / 8] for value in rows]
    )
    wanted = [float((Fraction(offset + value / 8) - mean) / Fraction(spread)) for value in rows]
    assert [value for (value,) in found] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_every_order_of_an_epoch_is_equally_likely(n: int) -> None:
    steps = [[(j + 0.5) / (i + 1) for j in range(i + 1)] for i in range(n - 1, 0, -1)]
    epochs = [solution("shuffled-batches-for-an-epoch")(n, 2, False, iter(draws)) for draws in product(*steps)]
    assert sorted(tuple(chain(*lists)) for lists in epochs) == sorted(permutations(range(n)))
    assert {tuple(map(len, lists)) for lists in epochs} == {(2,) * (n // 2) + (1,) * (n % 2)}


def impurity(labels: list[str]) -> Fraction:
    """Gini: the chance that two labels drawn with replacement differ."""
    return 1 - sum((Fraction(labels.count(label), len(labels)) ** 2 for label in set(labels)), Fraction(0))


@often
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=8),
    st.integers(1, 3),
)
def test_the_best_split_is_the_best_of_all_splits(rows: list[tuple[int, int, str]], min_leaf: int) -> None:
    points, labels = [row[:2] for row in rows], [row[2] for row in rows]
    gains: dict[tuple[int, float], Fraction] = {}
    for feature in (0, 1):
        for low, high in pairwise(sorted({point[feature] for point in points})):
            left = [label for point, label in zip(points, labels, strict=True) if point[feature] <= low]
            right = [label for point, label in zip(points, labels, strict=True) if point[feature] > low]
            lost = (len(left) * impurity(left) + len(right) * impurity(right)) / len(rows)
            gains[feature, (low + high) / 2] = (impurity(labels) - lost) * (min(len(left), len(right)) >= min_leaf)
    gains = {place: gain for place, gain in gains.items() if gain > 0}
    best = min(gains, key=lambda place: (-gains[place], place), default=None)
    found = solution("threshold-with-the-purest-halves")([list(point) for point in points], labels, min_leaf)
    assert (found and (found["feature"], found["threshold"])) == best
    assert (found and found["gain"]) == pytest.approx(best and float(gains[best]))


@settings(max_examples=25)
@given(
    st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=1, max_size=6),
    st.sampled_from([0.5, 1.0, 2.0]),
    st.floats(0.05, 1),
)
def test_sampled_tokens_have_the_shares_of_the_nucleus(logits: list[float], temperature: float, top_p: float) -> None:
    chances = softmax(np.array(logits) / temperature)
    order = sorted(range(len(logits)), key=lambda n: (-logits[n], n))
    before = np.cumsum([0, *chances[order]])[:-1]
    assume(np.abs(before - top_p).min() > 1e-9)
    nucleus = [token for token, mass in zip(order, before, strict=True) if mass < top_p]
    draws = [(n + 0.5) / 500 for n in range(500)]
    sampled = Counter(solution("token-drawn-from-the-nucleus")(logits, temperature, top_p, u) for u in draws)
    shares = chances[nucleus] / chances[nucleus].sum()
    assert [sampled[token] / 500 for token in nucleus] == pytest.approx(shares.tolist(), abs=1 / 400)
    assert list(sampled) == [token for token in nucleus if token in sampled]  # as u rises, in the sorted order


@often
@given(seeds, st.sampled_from([0.1, 0.3, 0.45, 0.48]), st.integers(1, 3), st.integers(0, 25))
def test_early_stopping_returns_the_best_epoch_of_numpys_run(seed: int, lr: float, patience: int, limit: int) -> None:
    draw = np.random.default_rng(seed).normal
    x, target = np.array([1.0, 1.0]), draw()  # one feature of 1 and the bias: steps above 1/4 oscillate
    held_out = target + 0.3 * draw()
    weights, runs = np.zeros(2), []
    for _ in range(limit + 1):
        runs.append(((x @ weights - held_out) ** 2, weights))
        weights = weights - lr * 2 * x * (x @ weights - target)
    losses = [float(loss) for loss, _weights in runs]
    assume(min(np.diff(sorted(losses)), default=1.0) > 1e-9)  # else rounding decides
    stays = (losses[n] == min(losses[: n + 1 + patience]) for n in range(limit + 1))  # unbeaten within its patience
    best = next(n for n, unbeaten in enumerate(stays) if unbeaten)
    found = solution("weights-of-the-best-epoch")([[1.0]], [target], [[1.0]], [held_out], lr, patience, limit)
    assert (found["epoch"], found["loss"]) == (best, pytest.approx(losses[best]))
    assert np.allclose([*found["weights"], found["bias"]], runs[best][1])


@often
@given(
    seeds, st.lists(st.none() | st.integers(0, 3), max_size=4), st.floats(0.1, 5), st.sampled_from([1e-200, 1, 1e200])
)
def test_clipping_is_one_factor_for_numpys_norm(seed: int, sizes: list[int | None], limit: float, unit: float) -> None:
    draw = np.random.default_rng(seed).normal
    plain = [None if size is None else draw(size=size) for size in sizes]
    norm = float(np.linalg.norm(np.concatenate([np.zeros(0), *(part for part in plain if part is not None)])))
    found = solution("clip-all-gradients-together")(
        [None if part is None else (part * unit).tolist() for part in plain], limit * unit
    )
    assert found["norm"] / unit == pytest.approx(norm)
    wanted = [None if part is None else part * min(1.0, limit / (norm or limit)) for part in plain]
    assert [part is None for part in found["gradients"]] == [part is None for part in wanted]
    for got, part in zip(found["gradients"], wanted, strict=True):
        assert part is None or np.allclose(np.array(got) / unit, part, rtol=1e-9, atol=1e-12)


tenths = st.integers(-30, 30).map(lambda n: Fraction(n, 10))
rollout_steps = st.tuples(tenths, tenths, tenths, st.booleans(), st.booleans())


@often
@given(st.lists(rollout_steps, max_size=7), st.fractions(0, 1), st.fractions(0, 1))
def test_advantages_are_decayed_sums_of_errors_within_the_episode(
    steps: list[Any], gamma: Fraction, lam: Fraction
) -> None:
    errors = [r + gamma * (0 if over else after) - value for r, value, after, over, _cut in steps]
    wanted = []
    for start in range(len(steps)):
        ends = (t for t in range(start, len(steps)) if steps[t][3] or steps[t][4])
        stop = next(ends, len(steps) - 1)
        wanted.append(float(sum((gamma * lam) ** (t - start) * errors[t] for t in range(start, stop + 1))))
    columns = [[float(step[n]) for step in steps] for n in range(3)] + [[step[n] for step in steps] for n in (3, 4)]
    found = solution("advantages-across-cut-episodes")(*columns, float(gamma), float(lam))
    assert found["advantages"] == pytest.approx(wanted, abs=1e-9)
    assert found["returns"] == pytest.approx([a + float(step[1]) for a, step in zip(wanted, steps, strict=True)])


@often
@given(seeds, st.integers(1, 5), st.lists(st.integers(0, 1), max_size=4), st.integers(0, 2))
def test_the_loss_sums_over_all_paths_that_read_as_the_target(
    seed: int, frames: int, picks: list[int], blank: int
) -> None:
    chances = softmax(np.random.default_rng(seed).normal(size=(frames, 3)))
    target = [[column for column in range(3) if column != blank][pick] for pick in picks]
    whole = 0.0
    for path in product(range(3), repeat=frames):
        merged = [path[0], *(b for a, b in pairwise(path) if a != b)]
        if [column for column in merged if column != blank] == target:
            whole += math.prod(chances[t, column] for t, column in enumerate(path))
    found = solution("loss-over-all-alignments")(np.log(chances).tolist(), target, blank)
    assert found == (pytest.approx(-math.log(whole)) if whole else None)


@often
@given(seeds, st.integers(1, 6), st.integers(1, 4), st.integers(0, 3), st.data())
def test_experts_take_the_head_of_their_queues(
    seed: int, tokens: int, experts: int, capacity: int, data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, experts))
    scores = np.random.default_rng(seed).integers(-2, 3, size=(tokens, experts)).astype(float)  # with ties
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    queue = sorted((rank, token) for token in range(tokens) for rank in range(k))
    heads = {e: [place for place in queue if order[place[1], place[0]] == e][:capacity] for e in range(experts)}
    gates = softmax(np.take_along_axis(scores, order, axis=1))
    wanted = [
        [
            [int(e), pytest.approx(gates[token, rank])]
            for rank, e in enumerate(order[token])
            if (rank, token) in heads[e]
        ]
        for token in range(tokens)
    ]
    found = solution("tokens-routed-to-full-experts")(scores.tolist(), k, capacity)
    assert found["routes"] == wanted
    assert found["load"] == [len(heads[e]) for e in range(experts)]
    first = np.bincount(order[:, 0], minlength=experts) / tokens
    assert found["balance"] == pytest.approx(experts * first @ softmax(scores).mean(axis=0))
