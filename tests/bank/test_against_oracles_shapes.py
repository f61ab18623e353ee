"""Queries, classes, generators and changes in place, held against a plain way to the same result on drawn inputs."""

import itertools
import sqlite3
from collections import Counter
from fractions import Fraction
from statistics import mean, median, variance
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank.programs import code_questions, solution

often = settings(max_examples=80)
small = st.integers(0, 4)


def queried(id: str, **rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    """What the reference query of a question gives on these rows, in the tables of its first case."""
    answer = code_questions()[id].answer
    [tables] = answer.tests.public[0].args
    assert isinstance(tables, dict)
    database = sqlite3.connect(":memory:")
    for name, has in tables.items():
        database.execute(f"CREATE TABLE {name} ({has['columns']})")
        for row in rows[name]:
            database.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
    found = [list(row) for row in database.execute(answer.solution)]
    database.close()
    return found


@given(
    st.lists(st.tuples(st.sampled_from("ab"), small), max_size=4),
    st.lists(st.tuples(st.sampled_from("ab"), small, small, st.none() | small), max_size=8, unique_by=lambda r: r[:3]),
)
@often
def test_a_feature_is_the_newest_that_was_known(
    asked: list[tuple[str, int]], features: list[tuple[str, int, int, int | None]]
) -> None:
    labels = [(id, user, at) for id, (user, at) in enumerate(asked)]
    wanted = []
    for id, user, at in labels:
        known = [(valid, seen, value) for who, valid, seen, value in features if who == user and valid <= at > seen]
        wanted.append([id, max(known, key=lambda row: row[:2])[2] if known else None])
    assert queried("features-as-they-were-known", labels=labels, features=features) == wanted


@given(st.lists(st.tuples(st.sampled_from("abC"), st.none() | small), max_size=12))
@often
def test_a_median_is_that_of_the_library(requests: list[tuple[str, int | None]]) -> None:
    wanted = []
    for model in sorted({model for model, _ in requests}):
        known = [ms for name, ms in requests if name == model and ms is not None]
        wanted.append([model, len(known), median(known) if known else None])
    assert queried("median-latency-of-every-model", requests=requests) == wanted


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 20), st.sampled_from([0, 0, 1, None])),
        max_size=14,
        unique_by=lambda row: row[:2],
    )
)
@often
def test_the_longest_row_of_failures_is_found_by_looking(runs: list[tuple[str, int, int | None]]) -> None:
    wanted = []
    for pipeline in "ab":
        mine = sorted((run, ok) for name, run, ok in runs if name == pipeline)
        rows = [list(part) for ok, part in itertools.groupby(mine, key=lambda row: row[1]) if ok == 0]
        if rows:
            best = max(rows, key=len)  # the first of several
            wanted.append([pipeline, len(best), best[0][0], best[-1][0]])
    assert sorted(queried("longest-row-of-failed-runs", runs=runs)) == wanted


@given(st.lists(st.lists(st.integers(-50, 50), max_size=6), max_size=4))
@often
def test_merged_moments_are_those_of_all_values(parts: list[list[int]]) -> None:
    whole = solution("moments-that-can-be-merged")()
    for part in parts:
        own = solution("moments-that-can-be-merged")()
        for value in part:
            own.add(value)
        whole.merge(own.state())
    values = [Fraction(value) for part in parts for value in part]
    assert whole.state()[0] == len(values)
    if values:
        assert abs(whole.mean() - mean(values)) < 1e-9
    if len(values) > 1:
        assert abs(whole.variance() - variance(values)) < 1e-9


steps = st.one_of(
    st.tuples(st.just("append"), small, st.integers(1, 5)),
    st.tuples(st.just("fork"), small, small),
    st.tuples(st.just("free"), small),
)


@given(st.lists(steps, max_size=25), st.integers(1, 3))
@often
def test_blocks_of_a_cache_hold_what_was_written(calls: list[tuple[Any, ...]], size: int) -> None:
    """Every sequence reads back its own tokens, as if nothing were shared, and no block is lost."""
    blocks = 8
    cache = solution("blocks-of-a-shared-cache")(blocks, size)
    written: dict[int, list[int]] = {}  # the tokens of each sequence, all different
    memory: dict[int, list[int]] = {block: [] for block in range(blocks)}
    number = itertools.count()
    for name, seq, *more in calls:
        before = {one: cache.table(one) for one in written}
        try:
            told = getattr(cache, name)(seq, *more)
        except (ValueError, MemoryError):
            assert {one: cache.table(one) for one in written} == before
            continue
        if name == "append":
            tokens = written.setdefault(seq, [])
            tokens += [next(number) for _ in range(more[0])]
            for place, block in enumerate(cache.table(seq)):
                part = tokens[place * size : (place + 1) * size]
                if block in told or place == len(cache.table(seq)) - 1 or len(memory[block]) < size:
                    memory[block] = part
        elif name == "fork":
            written[more[0]] = list(written[seq])
        else:
            del written[seq]
        for one, tokens in written.items():
            assert [token for block in cache.table(one) for token in memory[block]][: len(tokens)] == tokens
    used = Counter(block for one in written for block in set(cache.table(one)))
    for one in list(written):
        cache.free(one)
    assert cache.append("all", blocks * size) == list(range(blocks)), used


@given(st.permutations(range(7)), st.lists(st.integers(), min_size=7, max_size=7))
@often
def test_rows_are_where_the_order_says(order: list[int], rows: list[int]) -> None:
    changed = list(rows)
    solution("rows-moved-into-a-given-order")(changed, order)
    assert changed == [rows[index] for index in order]


@given(st.integers(0, 30), st.integers(1, 6), st.integers(0, 5))
@often
def test_passages_are_the_slices_that_add_a_token(n: int, size: int, overlap: int) -> None:
    overlap = min(overlap, size - 1)
    starts = [at for at in range(0, n, size - overlap) if at == 0 or at + overlap < n]
    wanted = [list(range(at, min(at + size, n))) for at in starts]
    assert list(solution("passages-that-share-their-edges")(iter(range(n)), size, overlap)) == wanted
