"""What is judged and what comes of it, as plain values.

May touch: the standard library and `bot.core`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Shape(StrEnum):
    """What a program is: how it is called, and what of it is looked at."""

    function = "function"
    in_place = "in-place"
    of_class = "class"
    sql = "sql"


@dataclass(frozen=True, slots=True)
class Rule:
    """How an output is held against the wanted one; `mode` is exact, approx or unordered."""

    mode: str = "exact"
    rel: float = 0.0
    abs: float = 0.0
    nan_equal: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """One call: its arguments with their `$forms`, and the value or the error that is wanted."""

    why: str
    args: tuple[Any, ...]
    expected: Any = None
    error: str | None = None
    weight: float = 1.0
    public: bool = False
    called: str = ""
    """The call as Python, for people."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Inputs that grow with n, written `{"$n": factor}`, and the growth that is asked for, such as `n` or `n^2`."""

    wanted: str
    sizes: tuple[int, ...]
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A question as the judge sees it; `seconds` is for one case, `memory_mb` for the whole program."""

    entry_point: str
    shape: Shape
    cases: tuple[Case, ...]
    rule: Rule
    seconds: float
    memory_mb: int
    growth: Growth | None = None

    def part(self, *, public: bool) -> tuple[Case, ...]:
        """The public cases, or the hidden ones."""
        return tuple(case for case in self.cases if case.public is public)


class Fate(StrEnum):
    """What became of one case."""

    passed = "passed"
    wrong = "wrong"  # another value, or a value instead of an error
    raised = "raised"  # an error that was not wanted
    changed = "changed"  # the arguments were changed
    too_slow = "too slow"
    too_large = "too large"  # memory, or an output that is too large to look at
    ended = "ended"  # the program ended by itself, or crashed
    not_run = "not run"  # the whole run had no time left


class Refused(StrEnum):
    """Why a program could not be called at all."""

    nothing = ""
    empty = "empty"
    too_long = "too long"
    syntax = "syntax"
    query = "query"  # the database does not take it as a query on the question's tables
    entry = "entry"  # it does not define what was asked for
    raised = "raised"  # it fails as soon as it is loaded
    too_slow = "too slow"
    ended = "ended"
    unjudged = "unjudged"  # the judge itself died of it, again and again


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case and what became of it. Of a hidden one there is neither input nor output nor message, ever."""

    why: str
    public: bool
    fate: Fate
    weight: float = 1.0
    error: str = ""
    called: str = ""
    wanted: str = ""
    got: str = ""
    printed: str = ""
    differs: str = ""
    """In what the output differs from the wanted one, in words where there is something to say."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a program is worth: every case, the time of the slowest, the memory, and the back end that ran it."""

    backend: str
    refused: Refused = Refused.nothing
    said: str = ""
    outcomes: tuple[Outcome, ...] = ()
    seconds: float = 0.0
    memory_mb: float = 0.0
    grows: str = ""

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(one.fate is Fate.passed for one in self.outcomes)

    @property
    def right(self) -> bool:
        """Whether every case passed."""
        return bool(self.outcomes) and self.passed == len(self.outcomes)

    @property
    def share(self) -> float:
        """The part of the cases' weights that passed, from 0 to 1."""
        whole = sum(one.weight for one in self.outcomes)
        got = sum(one.weight for one in self.outcomes if one.fate is Fate.passed)
        return 1.0 if self.right else got / whole if whole else 0.0

    @property
    def outcome(self) -> str:
        """What it came to, in one word: accepted, wrong, or why it was refused."""
        return self.refused.value or ("accepted" if self.right else "wrong")

    def first_failure(self, *, public: bool) -> Outcome | None:
        """The first case of a part that did not pass."""
        return next((one for one in self.outcomes if one.public is public and one.fate is not Fate.passed), None)

    def to_json(self) -> dict[str, Any]:
        """A mapping that JSON keeps whole."""
        return {
            "backend": self.backend,
            "refused": self.refused.value,
            "said": self.said,
            "outcomes": [_outcome_to_json(one) for one in self.outcomes],
            "seconds": self.seconds,
            "memory_mb": self.memory_mb,
            "grows": self.grows,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Verdict":
        """The verdict that `to_json` was called on."""
        outcomes = tuple(Outcome(**{**one, "fate": Fate(one["fate"])}) for one in kept["outcomes"])
        return cls(**{**kept, "refused": Refused(kept["refused"]), "outcomes": outcomes})


def _outcome_to_json(one: Outcome) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Outcome.__slots__} | {"fate": one.fate.value}
