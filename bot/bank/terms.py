"""The words and the small types that every content model is built from.

May touch: the standard library and pydantic.
"""

import math
import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, NewType

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

QuestionId = NewType("QuestionId", str)
KitId = NewType("KitId", str)


class Kind(StrEnum):
    """How a question is answered and graded."""

    multiple_choice = "multiple-choice"
    multi_select = "multi-select"
    numeric = "numeric"
    short = "short"
    code = "code"
    open = "open"
    design_drill = "design-drill"
    behavioural = "behavioural"


class Level(StrEnum):
    """The seniority an item is written for, lowest first."""

    junior = "junior"
    mid = "mid"
    senior = "senior"
    staff = "staff"


class Status(StrEnum):
    """Where an item is between being written and being withdrawn."""

    draft = "draft"
    reviewed = "reviewed"
    live = "live"
    retired = "retired"

    @property
    def served(self) -> bool:
        """Whether groups may be shown an item of this status."""
        return self in (Status.reviewed, Status.live)


class Model(BaseModel):
    """A frozen value of the bank that knows every key it may have."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


def refused(what: str, *, mend: str, rule: str = "1") -> PydanticCustomError:
    """A validation error in our own words, for `problem.faults`."""
    return PydanticCustomError("refused", "{what}", {"what": what, "mend": mend, "rule": rule})


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    raise refused(f"wanted a day, got {value!r:.40}", mend="write it as 2026-11-23")


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise refused(f"wanted a finite number, got {value}", mend="write a plain decimal such as 0.5")
    return value


def _text(most: int, least: int = 1) -> StringConstraints:
    return StringConstraints(strict=True, min_length=least, max_length=most)


SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

Slug = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=80, pattern=f"^{SLUG}$")]
OptionId = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=20, pattern=f"^{SLUG}$")]
Name = Annotated[str, StringConstraints(strict=True, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Handle = Annotated[str, _text(60)]
Label = Annotated[str, _text(80)]  # a title, a dimension, a unit
Line = Annotated[str, _text(300)]  # a hint, an option, an anchor, a probe
Remark = Annotated[str, _text(600)]  # feedback, a follow-up, a mistake
Passage = Annotated[str, _text(1_500)]  # a prompt, an explanation
Essay = Annotated[str, _text(4_000)]  # a model answer
Program = Annotated[str, _text(20_000)]  # as long as a member's own code may be
Whole = Annotated[int, Field(strict=True)]
Weight = Annotated[int, Field(strict=True, ge=0, le=100)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=120)]
Truth = Annotated[bool, Field(strict=True)]
Finite = Annotated[float, Field(strict=True), AfterValidator(_finite)]
Day = Annotated[date, BeforeValidator(_day)]
SourceKind = Literal["textbook", "paper", "docs", "own", "spec"]


class Source(Model):
    """Where a fact can be looked up."""

    what: Line
    kind: SourceKind
    ref: Line


class Mistake(Model):
    """A wrong belief and why it is wrong."""

    belief: Remark
    why_wrong: Remark


class FollowUp(Model):
    """What an interviewer asks next, and what a good answer holds."""

    ask: Remark
    expect: Remark
