"""The answer block of every kind of question.

May touch: the standard library, pydantic, `terms.py`, `patterns.py`, `literals.py`.
"""

import keyword
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from bot.bank.literals import Literal as TestValue
from bot.bank.patterns import LONGEST_SUBJECT, why_unsafe
from bot.bank.terms import (
    SLUG,
    Essay,
    Finite,
    Label,
    Line,
    Minutes,
    Model,
    OptionId,
    Passage,
    Program,
    Remark,
    Slug,
    Truth,
    Weight,
    Whole,
    refused,
)


class Option(Model):
    """One answer to choose, with what to say to whoever chose it."""

    id: OptionId
    text: Line
    correct: Truth = False
    feedback: Remark | None = None
    misconception: Slug | None = None


class ChoiceAnswer(Model):
    """Options of which one or several are correct."""

    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=10)]

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> "ChoiceAnswer":
        ids = [option.id for option in self.options]
        if len(set(ids)) < len(ids):
            raise refused("two options share an id", mend="give each option its own id: a, b, c, d")
        return self

    @property
    def correct(self) -> frozenset[str]:
        """The ids of the correct options."""
        return frozenset(option.id for option in self.options if option.correct)


class Tolerance(Model):
    """How far off a number may be: absolutely, relatively, or the wider of both."""

    abs: Annotated[Finite | None, Field(gt=0)] = None
    rel: Annotated[Finite | None, Field(gt=0, lt=1)] = None

    @model_validator(mode="after")
    def _one_is_given(self) -> "Tolerance":
        if self.abs is None and self.rel is None:
            raise refused("neither abs nor rel is given", mend="write `tolerance: {abs: 0.1}`", rule="16")
        return self

    def around(self, value: float) -> float:
        """The greatest distance from the value that still counts as right."""
        return max(self.abs or 0.0, (self.rel or 0.0) * abs(value))


class Decoy(Model):
    """A wrong number that tells which step was missed."""

    value: Finite
    feedback: Remark


Figure = Annotated[
    Annotated[Finite, Tag("(number)")] | Annotated[Label, Tag("(text)")],
    Discriminator(lambda value: "(text)" if isinstance(value, str) else "(number)"),
]


class NumericAnswer(Model):
    """A number with its unit and tolerance; `accept` lists other right forms, as numbers or as typed text."""

    value: Finite
    unit: Label | None = None
    tolerance: Tolerance
    check: Annotated[Line | None, Field(max_length=300)] = None
    accept: Annotated[tuple[Figure, ...], Field(max_length=20)] = ()
    decoys: Annotated[tuple[Decoy, ...], Field(max_length=12)] = ()


class Pattern(Model):
    """A regular expression of the safe subset, matched against the whole normalised answer."""

    regex: Line

    @model_validator(mode="after")
    def _is_safe(self) -> "Pattern":
        if reason := why_unsafe(self.regex):
            raise refused(reason, mend="list the spellings in `accept` instead, or use a simpler pattern")
        return self

    def matches(self, normalised: str) -> bool:
        """Whether the whole of a normalised answer matches; a very long answer never does."""
        return len(normalised) <= LONGEST_SUBJECT and re.fullmatch(self.regex, normalised, re.IGNORECASE) is not None


class Reject(Model):
    """A wrong text that deserves its own feedback."""

    text: Label
    feedback: Remark


Wording = Annotated[
    Annotated[Label, Tag("(text)")] | Annotated[Pattern, Tag("(pattern)")],
    Discriminator(lambda value: "(pattern)" if isinstance(value, dict | Pattern) else "(text)"),
]


class ShortAnswer(Model):
    """Words: accepted ones, rejected ones with feedback, and what every right answer must name."""

    accept: Annotated[tuple[Wording, ...], Field(min_length=1, max_length=60)]
    reject: Annotated[tuple[Reject, ...], Field(max_length=40)] = ()
    must_mention: Annotated[tuple[Label, ...], Field(max_length=10)] = ()

    @property
    def aliases(self) -> tuple[str, ...]:
        """The accepted texts, without the patterns."""
        return tuple(entry for entry in self.accept if isinstance(entry, str))


class Case(Model):
    """One call of the member's function: why it is made, its arguments, and the value or error wanted.

    `weight` is what it counts among all cases where only some of them pass.
    """

    why: Line
    args: tuple[TestValue, ...] = ()
    weight: Annotated[Finite, Field(gt=0, le=100)] = 1.0
    expected: TestValue = None
    error: Annotated[str | None, Field(strict=True, max_length=60, pattern=r"^[A-Z]\w*$")] = None

    @model_validator(mode="after")
    def _wants_one_thing(self) -> "Case":
        if self.error is None and "expected" not in self.model_fields_set:
            raise refused("has neither `expected` nor `error`", mend="add `expected: …` or `error: ValueError`")
        if self.error is not None and self.expected is not None:
            raise refused("has both `expected` and `error`", mend="keep one of them")
        return self


class Cases(Model):
    """The public cases are shown, of the hidden ones only the reason."""

    public: Annotated[tuple[Case, ...], Field(min_length=1, max_length=60)]
    hidden: Annotated[tuple[Case, ...], Field(min_length=1, max_length=60)]


class Compare(Model):
    """How a returned value is held against the wanted one."""

    mode: Literal["exact", "approx", "unordered"] = "exact"
    rel: Annotated[Finite, Field(ge=0)] = 0.0
    abs: Annotated[Finite, Field(ge=0)] = 0.0
    nan: Literal["equal", "different"] = "equal"


class Limits(Model):
    """What a run may use."""

    seconds: Annotated[Finite, Field(gt=0, le=60)]
    memory_mb: Annotated[int, Field(strict=True, ge=16, le=2048)]


class Growth(Model):
    """How the time of a good solution grows, and inputs for three sizes in which `{"$n": factor}` stands for a size."""

    wanted: Literal["1", "log n", "n", "n log n", "n^2", "n^3"]
    sizes: tuple[Whole, Whole, Whole]
    args: tuple[TestValue, ...]

    @model_validator(mode="after")
    def _sizes_rise(self) -> "Growth":
        if not 0 < 2 * self.sizes[0] <= self.sizes[1] <= self.sizes[2] / 2:
            raise refused("sizes do not at least double", mend="write three such as [2000, 4000, 8000]")
        return self


class Mutant(Model):
    """A plausible wrong solution that a hidden case must catch."""

    why: Line
    solution: Program


def _identifier(value: object) -> object:
    if isinstance(value, str) and value.isidentifier() and not keyword.iskeyword(value):
        return value
    raise refused(f"{value!r:.40} is not the name of a function", mend="write a Python identifier")


class CodeAnswer(Model):
    """A function, a class or a query to write, its contract and its tests.

    The arguments of a case are those of the call. For `in-place`, `expected` is the first argument after the call. For
    `class` the first argument is the list of the constructor's arguments, each further one `[method, arguments...]`,
    and `expected` has one result for each of those calls (`{"$error": name}` where it raises). For `sql` the one
    argument maps tables to `{columns: "id integer, ...", rows: [...]}`, and `expected` is a list of rows.
    """

    shape: Literal["function", "in-place", "class", "sql"] = "function"
    entry_point: Annotated[Label, BeforeValidator(_identifier)]
    signature: Line
    contract: Passage
    starter: Program
    solution: Program
    tests: Cases
    compare: Compare = Compare()
    limits: Limits
    mutants: Annotated[tuple[Mutant, ...], Field(max_length=12)] = ()
    growth: Growth | None = None

    @property
    def language(self) -> str:
        """What the programs are written in, as code blocks name it."""
        return "sql" if self.shape == "sql" else "python"


class KeyPoint(Model):
    """Something that a good answer covers."""

    id: Annotated[str, Field(strict=True, max_length=60, pattern=f"^{SLUG}$")]
    text: Line
    weight: Weight
    required: Truth = False


def _four_anchors(value: object) -> object:
    if not isinstance(value, dict):
        return value
    by_score = {str(score): text for score, text in value.items()}
    if set(by_score) != {"1", "2", "3", "4"}:
        raise refused(
            f"anchors are given for {', '.join(by_score) or 'no score'}",
            mend='write four: `anchors: {1: "…", 2: "…", 3: "…", 4: "…"}`',
            rule="22",
        )
    return tuple(by_score[score] for score in "1234")


class Dimension(Model):
    """One row of a rubric: what is looked at, its weight, and what scores 1 to 4 look like."""

    dim: Label
    weight: Weight
    anchors: Annotated[tuple[Line, Line, Line, Line], BeforeValidator(_four_anchors)]

    def anchor(self, score: int) -> str:
        """What an answer of this score, 1 to 4, looks like."""
        return self.anchors[score - 1]


class OpenAnswer(Model):
    """A model answer with what it covers and the rubric that reviewers score by."""

    model_answer: Essay
    key_points: Annotated[tuple[KeyPoint, ...], Field(min_length=1, max_length=12)]
    rubric: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=8)]


class Phase(Model):
    """A stretch of an interview."""

    name: Label
    minutes: Minutes
    framework: Annotated[tuple[Slug, ...], Field(max_length=9)] = ()


class Fact(Model):
    """What is told when it is asked about; `contradicts` marks what overturns the obvious assumption."""

    asked_about: Label
    fact: Remark
    contradicts: Truth = False


class DesignAnswer(OpenAnswer):
    """An open answer with phases, facts on request and something that breaks half-way."""

    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=12)]
    facts: Annotated[tuple[Fact, ...], Field(min_length=1, max_length=20)]
    failure_injection: Remark


class BehaviouralAnswer(OpenAnswer):
    """An open answer with the interviewer's probes and the question from the other side."""

    probes: Annotated[tuple[Line, ...], Field(min_length=1, max_length=6)]
    reverse_probe: Line
