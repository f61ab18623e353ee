"""Joins Arabic letters where Pillow has no shaping library.

Unicode keeps the four forms of each letter as compatibility characters, and the standard library knows which form is
whose, so nothing but the rule for joining stands here.
"""

import unicodedata
from functools import cache

_LETTERS = (*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFC00), *range(0xFE80, 0xFEF5))
_LAM_ALEF = range(0xFEF5, 0xFEFD)
_TATWEEL, _JOINER, _LAM = "\u0640", "\u200d", "\u0644"


def join(text: str) -> str:
    """Give the text with each Arabic letter in the form that its neighbours ask for, lam and alef as one."""
    units = _units(text)
    solid = [unit for unit in units if not _is_mark(unit)]
    neighbours = zip(["", *solid], solid, [*solid[1:], ""], strict=False)
    forms = iter([_form(before, letter, after) for before, letter, after in neighbours])
    return "".join(unit if _is_mark(unit) else _shapes().get((unit, next(forms)), unit) for unit in units)


@cache
def _shapes() -> dict[tuple[str, str], str]:
    """Give, for a letter and one of isolated, initial, medial and final, the character that shows it so."""
    found: dict[tuple[str, str], str] = {}
    for code in (*_LETTERS, *_LAM_ALEF):
        form, *letters = unicodedata.decomposition(chr(code)).split() or ("",)
        found["".join(chr(int(letter, 16)) for letter in letters), form.strip("<>")] = chr(code)
    return found


def _units(text: str) -> list[str]:
    units: list[str] = []
    for sign in text:
        if units and units[-1] == _LAM and (_LAM + sign, "isolated") in _shapes():
            units[-1] += sign
        else:
            units.append(sign)
    return units


def _is_mark(unit: str) -> bool:
    return len(unit) == 1 and unicodedata.category(unit) == "Mn"


def _form(before: str, letter: str, after: str) -> str:
    tied_before = _reaches_on(before) and _reaches_back(letter)
    tied_after = _reaches_on(letter) and _reaches_back(after)
    return (("isolated", "initial"), ("final", "medial"))[tied_before][tied_after]


def _reaches_on(letter: str) -> bool:
    return letter in (_TATWEEL, _JOINER) or (letter, "initial") in _shapes()


def _reaches_back(letter: str) -> bool:
    return letter in (_TATWEEL, _JOINER) or (letter, "final") in _shapes()
