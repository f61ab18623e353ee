"""Puts text of both directions into the order in which it is drawn.

Unicode's bidirectional algorithm (UAX 9) without explicit embeddings, which `cleaning` takes out. Lines are drawn in
pieces, one a font, so the order of the pieces is ours to find, whatever the shaping library does inside of one.
"""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

_NUMBERS = ("EN", "AN")
_OPENING, _CLOSING = "([{", ")]}"
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def base_level(text: str) -> int:
    """Give 1 where the first strong letter is written from right to left, else 0."""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    return next((int(kind != "L") for kind in strong if kind in ("L", "R", "AL")), 0)


def levels(text: str) -> list[int]:
    """Give each character its embedding level: odd ones are drawn from right to left."""
    base = base_level(text)
    kinds = _resolve_weak([unicodedata.bidirectional(sign) or "ON" for sign in text], base)
    _resolve_brackets(text, kinds, base)
    _resolve_neutral(kinds, base)
    found = [_level(kind, base) for kind in kinds]
    for place in range(len(text) - 1, -1, -1):
        if not text[place].isspace():
            break
        found[place] = base
    return found


def reorder(items: Sequence[tuple[int, T]]) -> list[T]:
    """Turn pieces, each with its level, from reading order into drawing order (rule L2)."""
    line = list(items)
    for level in range(max((level for level, _ in line), default=0), 0, -1):
        start = 0
        while start < len(line):
            end = start
            while end < len(line) and line[end][0] >= level:
                end += 1
            line[start:end] = reversed(line[start:end])
            start = end + 1
    return [item for _, item in line]


def mirror(text: str) -> str:
    """Turn brackets around, for a piece that is drawn from right to left without a shaping library."""
    return text.translate(_MIRRORED)


def _resolve_weak(kinds: list[str], base: int) -> list[str]:
    """Rules W1 to W7: marks follow their letter, numbers their neighbours."""
    start = "R" if base else "L"
    before, strong = start, start
    for place, given in enumerate(kinds):
        kind = before if given == "NSM" else given
        if kind in ("L", "R", "AL"):
            strong = kind
        before = "AN" if kind == "EN" and strong == "AL" else kind
        kinds[place] = before
    _join_numbers(kinds)
    strong = start
    for place, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kind
        kinds[place] = "L" if kind == "EN" and strong == "L" else "R" if kind == "AL" else kind
    return kinds


def _join_numbers(kinds: list[str]) -> None:
    """Rules W4 to W6: a separator inside of a number, and a sign beside one, belong to it."""
    for place in range(1, len(kinds) - 1):
        sides = {kinds[place - 1], kinds[place + 1]}
        if (kinds[place] in ("ES", "CS") and sides == {"EN"}) or (kinds[place] == "CS" and sides == {"AN"}):
            kinds[place] = kinds[place - 1]
    for places in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        for one, other in pairwise(places):
            if kinds[other] == "ET" and kinds[one] == "EN":
                kinds[other] = "EN"


def _resolve_brackets(text: str, kinds: list[str], base: int) -> None:
    """Rule N0: a pair of brackets takes the direction of the line where that stands inside, else that inside of it."""
    line = "R" if base else "L"
    for start, end in _pairs(text):
        inside = {_side(kind) for kind in kinds[start + 1 : end]} & {"L", "R"}
        before = next((_side(kind) for kind in reversed(kinds[:start]) if _side(kind) in ("L", "R")), line)
        if inside:
            kinds[start] = kinds[end] = line if line in inside or before == line else before


def _pairs(text: str) -> list[tuple[int, int]]:
    """Give the places of brackets that belong together, in the order of the opening ones."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for place, sign in enumerate(text):
        if sign in _OPENING:
            opened.append(place)
        elif sign in _CLOSING:
            match = next((each for each in reversed(opened) if text[each] == _OPENING[_CLOSING.index(sign)]), None)
            if match is not None:
                pairs.append((match, place))
                del opened[opened.index(match) :]
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], base: int) -> None:
    """Rules N1 and N2: what has no direction takes that of both its sides, else that of the line."""
    edge = "R" if base else "L"
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] not in ("L", "R", *_NUMBERS):
            end += 1
        before = _side(kinds[start - 1]) if start else edge
        after = _side(kinds[end]) if end < len(kinds) else edge
        kinds[start:end] = [before if before == after else edge] * (end - start)
        start = end + 1


def _side(kind: str) -> str:
    return "R" if kind in _NUMBERS else kind


def _level(kind: str, base: int) -> int:
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)
