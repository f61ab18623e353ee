"""Sorts numeric answers into bins that are easy to read, however far off some of them are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

BINS = 10  # ours: about so many bars
WHOLE_BINS = 20  # ours: so many values side by side still have a bar each
FAR = 5  # in median deviations, near 3.5 standard ones: what is further from the middle is counted, not shown to scale
_LARGEST = 1e300  # so that a difference of two values is still a number


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values lie from `low` up to, but not including, `high`."""

    low: float
    high: float
    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins side by side, and how many values lie `below` and `above` all of them.

    `ticks` are the places on the axis that have a label: the middle of each bin where all values are whole and the
    bins are one wide, else their edges.
    """

    bins: tuple[Bin, ...]
    below: int
    above: int
    ticks: tuple[tuple[float, str], ...]
    answers: int
    middle: float | None

    @property
    def low(self) -> float:
        """The left end of the axis."""
        return self.bins[0].low

    @property
    def high(self) -> float:
        """The right end of the axis."""
        return self.bins[-1].high


def sort(values: Sequence[float], right: float) -> Bins:
    """Sort the values; the right one is always on the axis. What is no number is left out, infinity is far off."""
    known = sorted(max(-_LARGEST, min(_LARGEST, value)) for value in values if not math.isnan(value))
    right = max(-_LARGEST, min(_LARGEST, right))
    middle = median(known) if known else None
    near = _near(known, right)
    low, high = min([*near, right]), max([*near, right])
    whole = all(float(value).is_integer() for value in near or [right]) and high - low < WHOLE_BINS
    start, step, count = _whole_grid(low, high) if whole and abs(high) < 1e15 else _grid(low, high)
    edges = [start + place * step for place in range(count + 1)]
    counts = [0] * count
    for value in near:
        counts[min(max(int((value - start) / step + 1e-9), 0), count - 1)] += 1
    centred = start % 1 == 0.5 and step == 1
    bins = tuple(
        Bin(edges[place], edges[place + 1], counts[place], _label(edges[place], edges[place + 1], step, centred))
        for place in range(count)
    )
    marks = [each.low + 0.5 for each in bins] if centred else edges
    return Bins(
        bins=bins,
        below=sum(value < low for value in known),
        above=sum(value > high for value in known),
        ticks=tuple((mark, tick(mark, step)) for mark in marks),
        answers=len(known),
        middle=middle,
    )


def number(value: float) -> str:
    """Give a number as people write it, to six digits: "1,234.5", "−3", "1e20"."""
    if not math.isfinite(value) or (value != 0 and not 1e-4 <= abs(value) < 1e15):
        return f"{value:.6g}".replace("e+", "e").replace("e-0", "e-").replace("-", "−")
    digits = 0 if float(value).is_integer() else max(5 - math.floor(math.log10(abs(value))), 0)
    return _plain(value, digits)


def with_unit(value: float, unit: str) -> str:
    """Give a number with its unit."""
    return f"{number(value)}{'' if unit[:1] in ('', '%', '°') else ' '}{unit}"


def tick(value: float, step: float) -> str:
    """Give a place on an axis with as many digits as the step between two of them asks for."""
    if abs(value) < step / 1000:
        return "0"
    if not 1e-4 <= step < 1e12 or abs(value) >= 1e15:
        return number(value)
    return _plain(value, max(-math.floor(math.log10(step) + 1e-9), 0))


def _plain(value: float, digits: int) -> str:
    written = f"{value:,.{digits}f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written).replace("-", "−")


def _near(known: Sequence[float], right: float) -> list[float]:
    """Leave out what is far from the middle, as measured by how far the others are."""
    if not known:
        return []
    middle = median(known)
    spread = median(abs(value - middle) for value in known)
    reach = max(FAR * spread, 1.5 * abs(right - middle), abs(middle) / 2, 5.0 * (spread == 0 and middle == right == 0))
    return [value for value in known if abs(value - middle) <= reach]


def _whole_grid(low: float, high: float) -> tuple[float, float, int]:
    """Bins one wide around whole numbers, at least five of them."""
    first, last = math.floor(low), math.ceil(high)
    missing = max(5 - (last - first + 1), 0)
    first -= missing // 2
    return first - 0.5, 1.0, max(last - first + 1, 5)


def _grid(low: float, high: float) -> tuple[float, float, int]:
    """Bins of a width of 1, 2 or 5 times a power of ten, about ten of them."""
    if high - low <= 1e-9 * max(abs(low), abs(high)) or high - low < _LARGEST**-1:
        room = abs(low) / 2 if abs(low) > _LARGEST**-1 else 1.0
        low, high = low - room, high + room
    rough = (high - low) / BINS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    return first * step, step, max(math.floor(high / step + 1e-9) - first + 1, 1)


def _label(low: float, high: float, step: float, centred: bool) -> str:
    return tick(low + 0.5, step) if centred else f"{tick(low, step)} to {tick(high, step)}"
