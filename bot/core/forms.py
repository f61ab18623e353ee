"""What the bot asks: forms of one to five fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core import limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What every field has: `name` comes back with the value, `hint` says what is wanted."""

    name: str
    label: str
    hint: str = ""
    value: str = ""
    required: bool = True

    def __post_init__(self) -> None:
        limits.check_length("a field's label", self.label, limits.FIELD_LABEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Field):
    """One line of text."""

    max_length: int = limits.LINE
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph(Field):
    """Text of several lines; `code` asks for a fixed-width font."""

    max_length: int = limits.PARAGRAPH
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A number as people write it; read by the feature, not by the platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of several, or several where `many` is set; each is (value, label)."""

    options: tuple[tuple[str, str], ...]
    many: bool = False

    def __post_init__(self) -> None:
        limits.check_length("a field's label", self.label, limits.FIELD_LABEL)
        limits.check_count("choices", len(self.options), limits.OPTIONS)
        for _, label in self.options:
            limits.check_length("a choice", label, limits.OPTION_LABEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Field):
    """A date, as YYYY-MM-DD."""


AnyField = Line | Paragraph | Number | Choice | Day


@dataclass(frozen=True, slots=True)
class Form:
    """A form; submitting it makes a `FormSubmitted` with this action, these args and the values by field name."""

    title: str
    action: str
    fields: tuple[AnyField, ...]
    args: tuple[str, ...] = ()
    intro: str = ""

    def __post_init__(self) -> None:
        limits.check_length("a form's title", self.title, limits.FORM_TITLE)
        limits.check_count("fields", len(self.fields), limits.FORM_FIELDS)
        limits.check_action(self.action, self.args)


@dataclass(frozen=True, slots=True)
class FormProblems:
    """Some fields cannot be read: the form stays as it was typed, with these lines beside its fields, by name."""

    errors: Mapping[str, str]
