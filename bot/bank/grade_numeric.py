"""Whether a typed number is the right one: units, percent and fraction forms, decoys.

May touch: `bot.core.errors`, `numerals.py` and the answer blocks.

The rule for percent. A `%` or the word percent is taken at its word: where the unit is percent, 8.3 % is 8.3; elsewhere
it is 0.083. A bare number is compared as it is. Only where the unit is percent, a bare number of at most 1 that misses
is tried once more as a fraction: 0.083 then counts as 8.3, with a note. A number that `1,234` leaves open is right if
one of its readings is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.bank.answers import NumericAnswer
from bot.bank.numerals import Numeral, read_numeral
from bot.bank.wording import normalised, shortened
from bot.core.errors import UserError

PERCENT = frozenset(("%", "percent", "percents", "pct", "pc", "prozent", "percentage", "pp"))
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}
_SECONDS |= {
    "nanosecond": 1e-9,
    "microsecond": 1e-6,
    "millisecond": 1e-3,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
}
_SECONDS |= {"day": 86400.0, "d": 86400.0}
_BYTES = {"byte": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12}
_BYTES |= {"kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40}
_FAMILIES = (_SECONDS, _BYTES)
_SLACK = 1e-9  # relative; decimal fractions such as 0.1 are not exact, and the edge of the tolerance is inside


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a number is right, what to say, and the number in the question's unit."""

    right: bool
    feedback: str
    number: float


def read(answer: NumericAnswer, text: str) -> float:
    """The number in the question's unit, or a UserError that says what was wanted."""
    return judge(answer, text).number


def judge(answer: NumericAnswer, text: str) -> Verdict:
    """The verdict on a typed number; the likeliest reading counts where none is right."""
    typed = read_numeral(text)
    is_accepted = any(isinstance(entry, str) and normalised(entry) == normalised(text) for entry in answer.accept)
    if typed is None and is_accepted:
        return Verdict(True, "", answer.value)
    if typed is None:
        raise UserError(f"Wanted one number such as {_example(answer)}; got {shortened(text)}.")
    readings = list(_readings(answer, typed))
    for number, note in readings:
        if _is_right(answer, number):
            return Verdict(True, note, number)
    if is_accepted:
        return Verdict(True, "", answer.value)
    for number, _ in readings:
        for decoy in answer.decoys:
            if abs(number - decoy.value) <= _reach(answer, decoy.value):
                return Verdict(False, decoy.feedback, number)
    return Verdict(False, "", readings[0][0])


def _readings(answer: NumericAnswer, typed: Numeral) -> Iterator[tuple[float, str]]:
    """Every number that the text may mean in the question's unit, likeliest first, with what to say about it."""
    wants_percent = _is_percent(answer.unit)
    says_percent = typed.unit in PERCENT
    factors = _factors(typed.unit, answer.unit)
    for value in typed.values:
        for factor in factors:
            yield value / 100 if says_percent and not wants_percent else value * factor, ""
    for value in typed.values:
        if wants_percent and not says_percent and abs(value) <= 1:
            yield value * 100, f"Read as {value * 100:.6g} %: a `%` makes it clear."


def _factors(typed: str, unit: str | None) -> list[float]:
    """What to multiply with to come to the question's unit: 1 unless both are units of time, or both of bytes.

    People write GB for GiB, so a unit without the i may mean either.
    """
    mine, wanted = _singular(typed), _singular((unit or "").partition(" ")[0])
    for family in _FAMILIES:
        if mine in family and wanted in family:
            loose = mine[0] + "ib" if family is _BYTES and len(mine) == 2 else mine
            return list(dict.fromkeys((family[mine] / family[wanted], family[loose] / family[wanted])))
    return [1.0]


def _singular(unit: str) -> str:
    unit = unit.casefold().strip().rstrip(".")
    return unit[:-1] if len(unit) > 3 and unit.endswith("s") else unit


def _is_percent(unit: str | None) -> bool:
    return bool(unit) and str(unit).casefold().split()[0].rstrip(",.") in PERCENT


def _is_right(answer: NumericAnswer, number: float) -> bool:
    keys = (answer.value, *(entry for entry in answer.accept if not isinstance(entry, str)))
    return any(abs(number - key) <= _reach(answer, key) for key in keys)


def _reach(answer: NumericAnswer, value: float) -> float:
    return answer.tolerance.around(value) * (1 + _SLACK) + abs(value) * _SLACK


def _example(answer: NumericAnswer) -> str:
    return "8.3, 8.3 % or 1/12" if _is_percent(answer.unit) or not answer.unit else f"8.3, 1/12 or 8.3 {answer.unit}"
