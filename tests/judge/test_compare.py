"""An output is held against the wanted value outside, by type, tolerance and order."""

import json
from typing import Any

import pytest

from bot.judge import compare
from bot.judge.runner import read_reply
from bot.judge.task import Rule
from bot.judge.values import encode

EXACT, NEAR, BAG = Rule(), Rule("approx", abs=1e-9), Rule("unordered")
NAN = float("nan")


def same(got: Any, want: Any, rule: Rule = EXACT) -> bool:
    return compare.same(json.loads(json.dumps(encode(got))), compare.wanted(want), rule)


@pytest.mark.parametrize(
    ("got", "wanted"),
    [(True, 1), (2.0, 2), ("1", 1), ([1, 2], [2, 1]), ({}, []), (None, False), ({1: 2}, {"1": 2})],
)
def test_exact_values_have_one_type_and_one_order(got: Any, wanted: Any) -> None:
    assert not same(got, wanted)


@pytest.mark.parametrize("value", [None, True, 3, 3.5, "é\u0000", [1, [2.0]], {"a": {1: [None]}}, NAN, -0.0])
def test_every_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)


def test_very_long_integers_are_told_apart() -> None:
    assert same(10**5000, 10**5000)
    assert not same([10**5000], [10**5000 + 1])


def test_a_tuple_counts_as_a_list() -> None:
    assert same((1, (2, 3)), [1, [2, 3]])


def test_numbers_are_near_within_the_tolerance() -> None:
    assert same({"a": [1, 2.0000000001]}, {"a": [1.0, 2]}, NEAR)
    assert not same([2.1], [2], NEAR)
    assert not same([True], [1], NEAR)
    assert same([NAN], [NAN], NEAR)
    assert not same([NAN], [NAN], Rule("approx", abs=1e-9, nan_equal=False))
    assert same([float("inf")], [float("inf")], NEAR)


def test_order_does_not_count_where_the_question_says_so() -> None:
    assert same([[1], [2], [2]], [[2], [1], [2]], BAG)
    assert not same([[1], [1], [2]], [[2], [1], [2]], BAG)
    assert same({3, 1, 2}, [1, 2, 3], BAG)
    assert not same([[1, 2]], [[2, 1]], BAG)


def test_unordered_rows_may_have_a_tolerance() -> None:
    rule = Rule("unordered", abs=1e-6)
    assert same([["b", 2.0000001], ["a", 1.0]], [["a", 1.0], ["b", 2.0]], rule)
    assert not same([["b", 2.1], ["a", 1.0]], [["a", 1.0], ["b", 2.0]], rule)


def test_many_unordered_rows_are_compared_in_time() -> None:
    rows = [[n, n / 3] for n in range(5_000)]
    assert same([*reversed(rows)], rows, Rule("unordered", rel=1e-9))


def test_an_iterator_is_read_out_and_a_linked_list_too() -> None:
    assert same(iter([1, 2]), [1, 2])
    assert compare.same({"n": [1, 2]}, compare.wanted({"$list": [1, 2]}), EXACT)
    assert not compare.same({"m": [1, 2]}, compare.wanted({"$list": [1, 2]}), EXACT)
    assert compare.same(None, compare.wanted({"$list": []}), EXACT)


class Yes(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


def test_what_calls_itself_equal_is_not_asked() -> None:
    assert not same(Yes(3), 4)
    assert not same([Yes(3)], [3])
    assert same(Yes(4), 4, NEAR)


@pytest.mark.parametrize(
    "line",
    [
        b'{"got": {"d": 5}}',
        b'{"got": {"d": [[1]]}}',
        b'{"got": {"x": 5}}',
        b'{"got": {"l": [], "t": []}}',
        b'{"got": {"i": "zz"}}',
        b'{"got": {"b": "abc"}}',
        b'{"got": {"o": "int", "is": [1]}}',
        b"[" * 100_000,
        b'{"got": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"got": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe",
        b"[1]",
    ],
)
def test_what_is_no_output_is_not_read(line: bytes) -> None:
    assert read_reply(b"mark" + line, "mark") is None


def test_a_line_without_the_marker_is_not_read() -> None:
    assert read_reply(b'{"got": 1}', "mark") is None
    assert read_reply(b'mark{"got": 1}', "mark") == {"got": 1}


def test_values_are_shown_as_python_writes_them_and_cut() -> None:
    assert compare.shown(encode({"a": (1,), "b": {2}, "c": b"x"})) == "{'a': (1,), 'b': {2}, 'c': b'x'}"
    assert len(compare.shown(encode(list(range(10_000))))) <= compare.SHOWN
    assert compare.shown(encode(10**5000)).startswith("an integer of about")
    assert compare.shown({"e": "KeyError"}) == "raises KeyError"


class Width(float):
    pass


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (None, "None"),
        (iter([1, 2]), "an iterator that gave [1, 2]"),
        (iter([]), "an iterator that gave nothing"),
        ([iter("a")], "[an iterator that gave ['a']]"),
        ({"b", "a", "c"}, "{'a', 'b', 'c'}"),
        (set(), "set()"),
        (Width(2.5), "Width(2.5)"),
        (Width, "an object of type type"),
        ([float("nan"), -float("inf")], "[nan, -inf]"),
    ],
)
def test_every_output_is_shown_as_its_member_would_write_it(output: Any, shown: str) -> None:
    assert compare.shown(json.loads(json.dumps(encode(output)))) == shown


def test_linked_lists_are_shown_as_nodes_while_they_are_short() -> None:
    assert compare.shown({"n": [1, [2]]}) == "ListNode(1, ListNode([2]))"
    assert compare.shown({"m": [7]}) == "nodes of its own, not those that were given: ListNode(7)"
    assert compare.shown({"n": list(range(11))}).startswith("a linked list of [0, 1, ")
    assert compare.shown_wanted({"$list": ["a", "b"]}) == "ListNode('a', ListNode('b'))"
    assert compare.shown_wanted({"$list": []}) == "None"
    assert compare.shown_wanted([None, {"$error": "KeyError"}]) == "[None, raises KeyError]"
