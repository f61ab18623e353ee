"""Reads numbers the way people write them: 8.3 %, 1/12, 1,234.5, 1 234,5, ½, 10^-3, Arabic digits.

May touch: the standard library only.
"""

import math
import re
import unicodedata
from dataclasses import dataclass

LONGEST_NUMERAL = 60  # characters of one number; nobody types more

_SAME = str.maketrans(
    {"−": "-", "–": "-", "‐": "-", "‑": "-", "‒": "-", "﹣": "-", "٫": ".", "٬": ",", "٪": "%"}
    | dict.fromkeys("×·⋅∙", "x")
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT_RUN = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")

_NUMERAL = re.compile(
    r"(?<![\w.,])(?P<sign>[-+]\s?)?"
    r"(?P<body>\d(?:[\d.,'’_]|\s(?=\d{3}(?!\d)))*|[.,]\d+)"
    r"(?P<e>e[-+]?\d{1,3}(?!\w))?"
)
_MIXED = re.compile(r"\s(\d{1,9})\s?/\s?(\d{1,9})(?![\d.,])")
_OVER = re.compile(r"\s?/\s?(\d[\d.]*)")
_TIMES_TEN = re.compile(r"\s?[x*]\s?10\s?\^\s?\(?([-+]?\d{1,3})\)?(?![.,]?\d)")
_RAISED = re.compile(r"\s?\^\s?\(?([-+]?\d{1,3})\)?(?![.,]?\d)")
_SCALE = re.compile(r"(k|m|bn|b|g|t)(?![\w^])")
_UNIT = re.compile(r"\s*(%|[^\W\d_]+)")
_FUNCTION = r"(?:ln|lg|log(?:_?\d+)?|exp|sqrt|cbrt)"
# What makes a number a part of a term, which is refused: read alone, the 4096 of ln(4096) would be another number.
# A word before it with a space says what the number is, and brackets and stars around it are a way of writing.
_TERM_BEFORE = re.compile(
    rf"""\w\($                                          # ln(4096), log2(8), C(5
    |(?<![^\W_]){_FUNCTION}\s?$                         # ln 4096
    |[√∛]\s?\(?$
    |[\w)]\s?[/^÷]\s?\(?$                              # n/2, e^3
    |(?<![^\W_])[b-z]\s?(?:[-+]|\*\*?)\s?\(?$          # e-5, n * 5
    |^-\s?[($€£]\s?$                                    # -(5, -$5""",
    re.VERBOSE,
)
_TERM_BEHIND = re.compile(
    rf"""[^\W\d_]+\d                                   # 6h30, 5x3
    |!
    |\s?[\^√÷]                                         # 2^n
    |\s?(?:e|π|pi)(?![\w-]|\.\w)                       # 2e, 2 pi
    |\s?(?:\*\*?|[/+x-])?\s?{_FUNCTION}\s?\(           # 3 ln(n), 1/sqrt(n)
    |\s?(?:ln|lg|log(?!\s(?:loss|odds))|sqrt)\s[^\W\d_]+(?![^\W_])  # 2 log n, which 0.69 log loss is not
    |\s?(?:\*\*?|[/+x-])\s?(?:√|(?:e|π|pi|[knpx])(?!\w))  # 1/e, 1-p, 2*n""",
    re.VERBOSE,
)
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "g": 1e9, "t": 1e12}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it was typed: every value it may mean, likeliest first, and the unit word behind it."""

    values: tuple[float, ...]
    unit: str


def visible(text: str) -> str:
    """The text without zero-width, bidirectional and other invisible marks."""
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char in "\n\t")


def read_numeral(text: str) -> Numeral | None:
    """The one number in the text, or None where there is none, more than one, a term, or one that is not finite."""
    plain = _plain(text)
    found = _NUMERAL.search(plain)
    if found is None or len(found["body"]) > LONGEST_NUMERAL:
        return None
    values, end = _expression(plain, found)
    scale = _SCALE.match(plain, end)
    if scale:
        values = [*values, *(value * _SCALES[scale[1]] for value in values)]
    if not values or not all(math.isfinite(value) for value in values) or _NUMERAL.search(plain, end):
        return None
    if _is_term(plain, found, end):
        return None
    unit = _UNIT.match(plain, end)
    return Numeral(tuple(dict.fromkeys(values)), unit[1] if unit else "")


def _is_term(plain: str, found: re.Match[str], end: int) -> bool:
    """Whether more is to be worked out than the number itself."""
    before = plain[: found.start()]
    signed = before.rstrip() if (found["sign"] or "").endswith(" ") else ""
    return bool(
        _TERM_BEFORE.search(before)
        or _TERM_BEHIND.match(plain, end)
        or re.search(r"(?<![^\W_])[b-z]$", signed)  # x - 5, which is no -5, as z -1.96 is one
    )


def leading_number(text: str) -> float | None:
    """The number that an option's text begins with, or None."""
    plain = re.sub(r"^(?:about|around|roughly|[^\w.,+-])+", "", _plain(text)).strip()
    found = _NUMERAL.match(plain)
    if found is None or len(found["body"]) > LONGEST_NUMERAL:
        return None
    values, end = _expression(plain, found)
    scale = _SCALE.match(plain, end)
    return values[0] * (_SCALES[scale[1]] if scale else 1.0) if values else None


def _plain(text: str) -> str:
    """Small letters and ASCII digits; fractions and powers are spelled out before compatibility folding joins them."""
    text = _SUPERSCRIPT_RUN.sub(lambda run: "^" + run[0].translate(_SUPERSCRIPTS), visible(text))
    text = "".join(_vulgar_fraction(char) for char in text).translate(_SAME)
    text = unicodedata.normalize("NFKC", text).translate(_SAME)
    digits = (str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return " ".join("".join(digits).casefold().split())


def _vulgar_fraction(char: str) -> str:
    if unicodedata.decomposition(char).startswith("<fraction>"):
        return " " + unicodedata.normalize("NFKC", char).replace("\u2044", "/")
    return "/" if char == "\u2044" else char


def _expression(plain: str, found: re.Match[str]) -> tuple[list[float], int]:
    """The values of a number with its fraction or power, and where it ends."""
    sign = -1.0 if (found["sign"] or "").startswith("-") else 1.0
    values, end = _bodies(found["body"]), found.end()
    if found["e"]:
        values = [_scaled(value, int(found["e"][1:])) for value in values]
    elif mixed := _MIXED.match(plain, end) if found["body"].isdigit() else None:
        values, end = [_over(value * int(mixed[2]) + int(mixed[1]), float(mixed[2])) for value in values], mixed.end()
    elif over := _OVER.match(plain, end):
        bottoms = _bodies(over[1])
        values, end = [_over(value, bottoms[0]) for value in values if bottoms], over.end()
    elif times := _TIMES_TEN.match(plain, end):
        values, end = [_scaled(value, int(times[1])) for value in values], times.end()
    elif raised := _RAISED.match(plain, end):
        values, end = [_power(value, int(raised[1])) for value in values], raised.end()
    return [sign * value for value in values], end


def _bodies(body: str) -> list[float]:
    """What digits with separators may mean; empty if the separators make no sense.

    The last separator of two kinds is the decimal one. One comma with three digits behind it may be either, unless a
    zero stands alone before it. A single dot is always the decimal point.
    """
    body = re.sub(r"(?<=\d)['’_\s](?=\d{3})", "", body.rstrip(".,'’_ "))
    if re.search(r"['’_\s]", body) or not body:
        return []
    if "," in body and "." in body:
        decimal = max(",.", key=body.rfind)
        thousands = "," if decimal == "." else "."
        whole, _, rest = body.rpartition(decimal)
        return [float(whole.replace(thousands, "") + "." + rest)] if _grouped(whole, thousands) else []
    mark = "," if "," in body else "."
    if body.count(mark) > 1:
        return [float(body.replace(mark, ""))] if _grouped(body, mark) else []
    as_decimal = float(body.replace(",", "."))
    if mark == "," and re.fullmatch(r"[1-9]\d{0,2},\d{3}", body):
        return [float(body.replace(",", "")), as_decimal]
    return [as_decimal]


def _grouped(whole: str, mark: str) -> bool:
    """Whether the thousands are where they belong; the Indian grouping 12,34,567 is one too."""
    mark = re.escape(mark)
    return bool(re.fullmatch(rf"\d{{1,3}}(?:{mark}\d{{3}})*|\d{{1,2}}(?:{mark}\d{{2}})+{mark}\d{{3}}", whole))


def _over(top: float, bottom: float) -> float:
    return top / bottom if bottom else math.nan


def _scaled(value: float, exponent: int) -> float:
    try:
        return float(f"{value!r}e{exponent}") if "e" not in repr(value) else value * 10.0**exponent
    except OverflowError:
        return math.inf if exponent > 0 else 0.0


def _power(base: float, exponent: int) -> float:
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.nan
