"""Two times of the same work side by side, and the ratio that is drawn from many of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Pair:
    """How many seconds the same work took in one way and in another, one right after the other."""

    ours: float
    bare: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out: the ratio, and the median of either side in milliseconds."""

    ratio: float
    ours_ms: float
    bare_ms: float


def measured(pairs: Sequence[Pair], repetitions: int) -> Measured:
    """The median, over the repetitions, of the ratio of the medians in each.

    The ratio is made within a repetition, where both sides had the same share of a noisy machine.
    """
    ratios = [_median_ours(some) / _median_bare(some) for some in _repetitions(pairs, repetitions)]
    return Measured(round(median(ratios), 3), round(_median_ours(pairs) * 1e3, 3), round(_median_bare(pairs) * 1e3, 3))


def _repetitions(pairs: Sequence[Pair], repetitions: int) -> list[Sequence[Pair]]:
    each = max(1, len(pairs) // repetitions)
    return [pairs[start : start + each] for start in range(0, len(pairs), each)]


def _median_ours(pairs: Sequence[Pair]) -> float:
    return median(pair.ours for pair in pairs)


def _median_bare(pairs: Sequence[Pair]) -> float:
    return median(pair.bare for pair in pairs)
