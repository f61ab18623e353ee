"""The questions and kits of the bank as frozen models; what an author may write is exactly what these accept.

May touch: the standard library, pydantic, `bot.core.errors` and the models of this room.
"""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, ValidationError, field_validator

from bot.bank.answers import (
    BehaviouralAnswer,
    ChoiceAnswer,
    CodeAnswer,
    DesignAnswer,
    Dimension,
    Fact,
    NumericAnswer,
    OpenAnswer,
    Option,
    Phase,
    ShortAnswer,
)
from bot.bank.numerals import leading_number
from bot.bank.problem import faults
from bot.bank.terms import (
    Day,
    FollowUp,
    Handle,
    Kind,
    KitId,
    Label,
    Level,
    Line,
    Minutes,
    Mistake,
    Model,
    Name,
    Passage,
    QuestionId,
    Remark,
    Slug,
    Source,
    Status,
    Truth,
    Whole,
    refused,
)
from bot.core.errors import ContentError

Slugs = Annotated[tuple[Slug, ...], Field(max_length=40)]


class Item(Model):
    """What questions and kits have in common."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    revision: Annotated[Whole, Field(ge=1)]
    status: Status
    title: Label
    level: Level
    difficulty: Annotated[Whole, Field(ge=1, le=5)]
    minutes: Annotated[Minutes, Field(ge=2)]
    rounds: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=11)]
    sources: Annotated[tuple[Source, ...], Field(max_length=12)] = ()
    covers: Slugs = ()
    authors: Annotated[tuple[Handle, ...], Field(max_length=12)] = ()
    reviewers: Annotated[tuple[Handle, ...], Field(max_length=12)] = ()
    reviewed_on: Day | None = None
    expires_on: Day | None = None
    related: Slugs = ()
    excludes: Slugs = ()


class BaseQuestion(Item):
    """What every kind of question has."""

    kind: Kind
    minutes: Annotated[Minutes, Field(ge=2, le=60)]
    category: Slug
    topics: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=4)]
    prompt: Passage
    premise_flawed: Truth = False
    hints: Annotated[tuple[Line, ...], Field(max_length=3)] = ()
    explanation: Annotated[str, Field(strict=True, min_length=40, max_length=1_200)]
    mistakes: Annotated[tuple[Mistake, ...], Field(max_length=8)] = ()
    follow_ups: Annotated[tuple[FollowUp, ...], Field(max_length=3)] = ()

    @property
    def key(self) -> QuestionId:
        """The id as its own type."""
        return QuestionId(self.id)

    @cached_property
    def written(self) -> str:
        """The question as JSON text, which `parse_question` reads back."""
        return json.dumps(self.model_dump(mode="json"))

    @property
    def blind(self) -> bool:
        """Whether answers stay hidden until the reveal."""
        return self.kind not in (Kind.open, Kind.design_drill, Kind.behavioural)

    @property
    def has_key(self) -> bool:
        """Whether `grade` says right or wrong; code is judged by running it instead."""
        return self.blind and self.kind is not Kind.code

    @property
    def auto_graded(self) -> bool:
        """Whether a program says right or wrong, by a key or by running the answer."""
        return self.blind


class ChoiceQuestion(BaseQuestion):
    """What the two kinds with options share."""

    answer: ChoiceAnswer

    @property
    def options(self) -> tuple[Option, ...]:
        """The options as written; shown in another order if `shuffled`."""
        return self.answer.options

    @property
    def shuffled(self) -> bool:
        """Whether the options are shown in changing order; numbers stay ascending."""
        return not all(leading_number(option.text) is not None for option in self.options)


class MultipleChoice(ChoiceQuestion):
    """One option is right."""

    kind: Literal[Kind.multiple_choice]

    @field_validator("answer")
    @classmethod
    def _one_is_correct(cls, answer: ChoiceAnswer) -> ChoiceAnswer:
        if len(answer.correct) != 1:
            raise refused(
                f"{len(answer.correct)} options are correct, wanted exactly one",
                mend="set `correct: true` on one option, or use kind multi-select",
                rule="7",
            )
        return answer


class MultiSelect(ChoiceQuestion):
    """Two or more options are right, and all of them are wanted."""

    kind: Literal[Kind.multi_select]

    @field_validator("answer")
    @classmethod
    def _several_are_correct(cls, answer: ChoiceAnswer) -> ChoiceAnswer:
        if len(answer.correct) < 2:
            raise refused(
                f"{len(answer.correct)} options are correct, wanted two or more",
                mend="set `correct: true` on more options, or use kind multiple-choice",
                rule="7",
            )
        return answer


class Numeric(BaseQuestion):
    """A number is wanted."""

    kind: Literal[Kind.numeric]
    answer: NumericAnswer


class Short(BaseQuestion):
    """A word or a phrase is wanted."""

    kind: Literal[Kind.short]
    answer: ShortAnswer


class Code(BaseQuestion):
    """A function is wanted."""

    kind: Literal[Kind.code]
    answer: CodeAnswer


class Open(BaseQuestion):
    """Free text, reviewed by members on the rubric."""

    kind: Literal[Kind.open]
    answer: OpenAnswer


class DesignDrill(BaseQuestion):
    """A small design in ten minutes, reviewed on the rubric."""

    kind: Literal[Kind.design_drill]
    answer: DesignAnswer


class Behavioural(BaseQuestion):
    """A story from one's own work, reviewed on the rubric."""

    kind: Literal[Kind.behavioural]
    answer: BehaviouralAnswer


Question = MultipleChoice | MultiSelect | Numeric | Short | Code | Open | DesignDrill | Behavioural
Choice = MultipleChoice | MultiSelect

QUESTIONS: dict[Kind, type[Question]] = {
    Kind.multiple_choice: MultipleChoice,
    Kind.multi_select: MultiSelect,
    Kind.numeric: Numeric,
    Kind.short: Short,
    Kind.code: Code,
    Kind.open: Open,
    Kind.design_drill: DesignDrill,
    Kind.behavioural: Behavioural,
}

KitType = Literal[
    "algorithm-coding",
    "ml-coding",
    "ml-knowledge",
    "ml-system-design",
    "genai-system-design",
    "system-design",
    "past-project",
    "behavioural",
    "sql-data",
    "ml-debugging",
    "negotiation",
]


Brief = Annotated[
    Annotated[Passage, Tag("(text)")] | Annotated[tuple[Remark, ...], Field(max_length=20), Tag("(list)")],
    Discriminator(lambda value: "(text)" if isinstance(value, str) else "(list)"),
]


class Kit(Item):
    """A mock interview: one text for the candidate, the rest for the interviewer alone."""

    kind: Literal["kit"]
    type: KitType
    category: Slug | None = None
    topics: Annotated[tuple[Slug, ...], Field(max_length=4)] = ()
    brief_candidate: Passage
    brief_interviewer: dict[Name, Brief]
    facts_on_request: Annotated[tuple[Fact, ...], Field(max_length=20)] = ()
    probes: Annotated[tuple[Remark, ...], Field(max_length=20)] = ()
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=12)]
    rubric: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=8)]
    red_flags: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    debrief: Annotated[tuple[Line, ...], Field(max_length=12)] = ()

    @property
    def key(self) -> KitId:
        """The id as its own type."""
        return KitId(self.id)


def parse_question(mapping: Mapping[str, object]) -> Question:
    """The question that `model_dump(mode="json")` or an author wrote, or a ContentError that names every fault."""
    model = question_model(mapping)
    try:
        return model.model_validate(mapping)
    except ValidationError as error:
        raise ContentError("\n".join(str(fault) for fault in faults(error, model))) from error


def parse_kit(mapping: Mapping[str, object]) -> Kit:
    """The kit that `model_dump(mode="json")` or an author wrote, or a ContentError that names every fault."""
    try:
        return Kit.model_validate(mapping)
    except ValidationError as error:
        raise ContentError("\n".join(str(fault) for fault in faults(error, Kit))) from error


def question_model(mapping: Mapping[str, object]) -> type[Question]:
    """The class of the question's kind."""
    kind = mapping.get("kind")
    if kind not in list(Kind):
        raise ContentError(f"`kind` {kind!r:.40} is not known (mend: write one of {', '.join(Kind)})")
    return QUESTIONS[Kind(str(kind))]
