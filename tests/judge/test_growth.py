"""How time grows is told from three sizes."""

import pytest

from bot.judge import growth
from bot.judge.task import Growth


@pytest.mark.parametrize(("power", "said"), [(1, "fits"), (2, "a better way exists"), (3, "a better way exists")])
def test_steeper_than_asked_for_is_said(power: int, said: str) -> None:
    taken = [(n, 1e-9 * n**power + 1e-4) for n in (1_000_000, 2_000_000, 4_000_000)]
    assert said in growth.words(taken, Growth("n", (1_000_000, 2_000_000, 4_000_000), ()))


def test_what_is_too_fast_says_nothing() -> None:
    taken = [(n, 1e-5) for n in (10, 20, 40)]
    assert "too fast" in growth.words(taken, Growth("n", (10, 20, 40), ()))


def test_what_is_too_slow_names_the_size() -> None:
    assert "n = 20" in growth.words([(10, 0.5)], Growth("n", (10, 20, 40), ()))


def test_sizes_are_put_in_place_of_factors() -> None:
    assert growth.filled({"$range": [0, {"$n": 2}]}, 50) == {"$range": [0, 100]}
