"""Only patterns that no answer can make slow are allowed."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bank.patterns import LONGEST_SUBJECT, why_unsafe

PIECES = st.sampled_from(
    ["a", "b", ".", "\\w", "[ab]", "(a|b)", "(ab)", "(a|ab)", "?", "*", "+", "{1,9}", "|", "(", ")", " "]
)


@pytest.mark.parametrize(
    "regex",
    [
        *(
            "oob",
            "oob (error|score)",
            "^oob$",
            "(the )?out of bag( error)?",
            "l[12] (penalty|norm)",
            r"o\(?n\)?",
            "a{1,3}b",
        ),
        *("it is .*", r"\w+ leakage", "regulari[sz]ation", "(?:a|b)c", "-?1", r"n\^2", "pre ?fill(ing)?"),
        "^(the )?(out ?of ?(the ?)?bag|oob)( (error|score|estimate))?$",
    ],
)
def test_a_simple_pattern_is_allowed(regex: str) -> None:
    assert why_unsafe(regex) is None


@pytest.mark.parametrize(
    "regex",
    [
        *(
            "(a+)+b",
            "(a*)*",
            "(a|aa)+b",
            "(a+){2}",
            "(?=a)b",
            "(?!a)b",
            "(?<=a)b",
            r"(a)\1",
            "(?i)a",
            "(?P<x>a)",
            "a**",
            "a+?",
        ),
        *(
            "?a",
            "*",
            "a++",
            "[",
            "(",
            "a)",
            "(a",
            ".*.*.*.*",
            "a{1,99}" * 5,
            "a?" * 30,
            "",
            "a?",
            ".*",
            "(a|)",
            r"\Z",
            r"\x41",
        ),
    ],
)
def test_a_dangerous_or_empty_pattern_is_refused(regex: str) -> None:
    assert why_unsafe(regex)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_allowed_pattern_is_slow(regex: str) -> None:
    allowed = regex if why_unsafe(regex) is None else "a"
    started = time.perf_counter()
    re.fullmatch(allowed, "a" * (LONGEST_SUBJECT - 1) + "!")
    assert time.perf_counter() - started < 1.0
