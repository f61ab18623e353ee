"""Tells from the time that a program takes on growing inputs how it grows, in words; never part of the verdict.

May touch: the standard library and `task.py`.
"""

import math
from collections.abc import Sequence
from typing import Any

from bot.judge.task import Growth

SHORTEST = 0.001  # seconds: what is faster on the largest input says nothing about growth
STEEP = 0.5  # how much steeper than asked for it must be, in powers of n, before it is said: half-way from n to n^2
POWERS = {"1": 0.0, "log n": 0.1, "n": 1.0, "n log n": 1.1, "n^2": 2.0, "n^3": 3.0}


def filled(value: Any, n: int) -> Any:
    """The argument for one n: each `{"$n": factor}` becomes factor times n."""
    if isinstance(value, dict):
        if set(value) == {"$n"}:
            return int(value["$n"] * n)
        return {key: filled(item, n) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, n) for item in value]
    return value


def slope(taken: Sequence[tuple[int, float]]) -> float:
    """The power of n with which the time grows: the straight line through the logarithms, by least squares."""
    xs, ys = [math.log(n) for n, _ in taken], [math.log(max(seconds, 1e-9)) for _, seconds in taken]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


def words(taken: Sequence[tuple[int, float]], asked: Growth) -> str:
    """One or two sentences; empty where the times say nothing."""
    if len(taken) < len(asked.sizes):
        return (
            f"It was too slow to measure how it grows: n = {asked.sizes[len(taken)]:,} took longer than a case may; "
            f"O({asked.wanted}) is asked for."
        )
    times = ", ".join(f"n = {n:,}: {_time(seconds)}" for n, seconds in taken)
    if taken[-1][1] < SHORTEST:
        return f"It is too fast here to tell how it grows ({times})."
    power = slope(taken)
    near = min(POWERS, key=lambda name: abs(POWERS[name] - power))
    alike = "O(n) or O(n log n)" if near in {"n", "n log n"} else f"O({near})"
    found = f"Its time grew about as {alike} does ({times})"
    if power > POWERS[asked.wanted] + STEEP:
        return f"{found}; O({asked.wanted}) is asked for, so a better way exists."
    return f"{found}, which fits the O({asked.wanted}) that is asked for."


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
