"""The closed lists of the bank, and the plans that choose from it.

May touch: pydantic and `terms.py`.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.bank.terms import Day, Label, Line, Model, Remark, Slug, Truth

Slugs = Annotated[tuple[Slug, ...], Field(max_length=60)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Theme = Annotated[tuple[Slug, ...], Field(min_length=1, max_length=12)]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Topic(Model):
    """A topic; the facts of a perishable one expire."""

    title: Label
    perishable: Truth = False


class Taxonomy(Model):
    """The words that items may use for category, topic, level, round, kind and misconception.

    `qualifiers` and `absolutes` are the words that must not tell a key from its distractors.
    """

    schema_: Literal[1] = Field(alias="schema", default=1)
    categories: Slugs = ()
    levels: Slugs = ()
    rounds: Slugs = ()
    kinds: Slugs = ()
    qualifiers: Slugs = ()
    absolutes: Slugs = ()
    topics: dict[Slug, Topic] = Field(default_factory=dict)
    misconceptions: dict[Slug, Line] = Field(default_factory=dict)
    acronyms: Annotated[tuple[Label, ...], Field(max_length=400)] = ()

    def joined(self, other: "Taxonomy") -> "Taxonomy":
        """This taxonomy with what the other one adds."""
        return Taxonomy(
            schema=1,
            categories=_union(self.categories, other.categories),
            levels=_union(self.levels, other.levels),
            rounds=_union(self.rounds, other.rounds),
            kinds=_union(self.kinds, other.kinds),
            qualifiers=_union(self.qualifiers, other.qualifiers),
            absolutes=_union(self.absolutes, other.absolutes),
            topics={**other.topics, **self.topics},
            misconceptions={**other.misconceptions, **self.misconceptions},
            acronyms=_union(self.acronyms, other.acronyms),
        )


class Week(Model):
    """A week with themes of its own, and what is done in it beside the daily question."""

    title: Label
    beside: Line | None = None
    weekdays: Annotated[dict[Weekday, Theme], Field(min_length=1)]


class Plan(Model):
    """Which categories a weekday prefers, and whether the bank starts over when it is used up.

    `weeks` are the first weeks of the plan, counted from the day on which a group takes it; after them, and on
    weekdays that a week leaves out, `weekdays` holds.
    """

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    title: Label
    description: Remark
    covers: Slugs = ()
    weekdays: dict[Weekday, Theme] = Field(default_factory=dict)
    weeks: Annotated[tuple[Week, ...], Field(max_length=60)] = ()
    repeat: Truth = True

    def week(self, on: date, since: date | None) -> int | None:
        """Which of its weeks a date falls in, counted from 0, in a group that has had the plan since a day."""
        number = (on - since).days // 7 if since else -1
        return number if 0 <= number < len(self.weeks) else None

    def theme(self, on: date, since: date | None) -> tuple[str, ...]:
        """The categories that a date prefers, in this order."""
        weekday = WEEKDAYS[on.weekday()]
        number = self.week(on, since)
        own = self.weeks[number].weekdays.get(weekday) if number is not None else None
        return own or self.weekdays.get(weekday, ())


class Retired(Model):
    """Why an id is not used again, and what replaces it."""

    reason: Remark
    replacement: Slug | None = None
    retired_on: Day | None = None


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
