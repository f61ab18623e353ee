"""What does not fit on every platform cannot be built."""

from collections.abc import Callable

import pytest

from bot.core import limits
from bot.core.forms import Choice, Form, Line
from bot.core.messages import Button, Buttons, Select, SelectOption


def fields(count: int) -> tuple[Line, ...]:
    return tuple(Line(name=f"f{n}", label="Why") for n in range(count))


def choices(count: int) -> tuple[tuple[str, str], ...]:
    return tuple((f"v{n}", f"label {n}") for n in range(count))


def options(count: int) -> tuple[SelectOption, ...]:
    return tuple(SelectOption(f"v{n}", f"label {n}") for n in range(count))


@pytest.mark.parametrize(
    ("build", "most"),
    [
        (lambda n: Button("x" * n, "go"), 75),
        (lambda n: Button("Go", "x" * n), 100),
        (lambda n: Button("Go", "go", ("x" * (n - 3),)), 100),
        (lambda n: Button("Go", "go", ("x", "y" * (n - 5))), 100),
        (lambda n: Buttons((Button("Go", "go"),) * n), 25),
        (lambda n: SelectOption("v", "x" * n), 75),
        (lambda n: Select("go", options(n)), 25),
        (lambda n: Select("x" * n, options(1)), 100),
        (lambda n: Form("x" * n, "go", fields(1)), 24),
        (lambda n: Form("Title", "go", fields(n)), 5),
        (lambda n: Form("Title", "x" * n, fields(1)), 100),
        (lambda n: Line(name="f", label="x" * n), 45),
        (lambda n: Choice(name="f", label="x" * n, options=choices(1)), 45),
        (lambda n: Choice(name="f", label="Why", options=choices(n)), 25),
        (lambda n: Choice(name="f", label="Why", options=(("v", "x" * n),)), 75),
    ],
)
def test_what_just_fits_is_built_and_one_more_is_not(build: Callable[[int], object], most: int) -> None:
    build(most)
    with pytest.raises(ValueError, match=rf"{most + 1}.*{most}|at most {most}"):
        build(most + 1)


@pytest.mark.parametrize(
    "build", [lambda: Buttons(()), lambda: Select("go", ()), lambda: Form("Title", "go", ()),
              lambda: Choice(name="f", label="Why", options=())]
)  # fmt: skip
def test_nothing_to_choose_from_is_refused(build: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^0 "):
        build()


@pytest.mark.parametrize(("letter", "bytes_each"), [("a", 1), ("é", 2), ("日", 3), ("🦉", 4)])
def test_an_action_is_measured_in_bytes_whatever_the_alphabet(letter: str, bytes_each: int) -> None:
    room = limits.ACTION_AND_ARGS - len("go:")
    Button("Go", "go", (letter * (room // bytes_each),))
    with pytest.raises(ValueError, match="at most 100 fit"):
        Button("Go", "go", (letter * (room // bytes_each + 1),))


@pytest.mark.parametrize(("action", "args"), [("a:b", ()), ("go", ("a:b",)), ("go", ("a", ":"))])
def test_the_sign_that_parts_arguments_is_refused_within_one(action: str, args: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="contains ':'"):
        Button("Go", action, args)


def test_labels_are_measured_in_characters() -> None:
    assert len(Button("日" * 75, "go").label) == 75
    assert len(Line(name="f", label="ж" * 45).label) == 45
