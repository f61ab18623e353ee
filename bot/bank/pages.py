"""Frameworks, decks and guides: pages of cards that members read one by one, and are asked about.

May touch: the standard library, pydantic and `terms.py`.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.bank.terms import SLUG, Day, Handle, Line, Minutes, Model, Remark, Slug, Source, Status, Weight, Whole

# A button carries the ids of a page and of a card beside its action, 100 bytes in all.
Short = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=36, pattern=f"^{SLUG}$")]
Heading = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=60)]
Point = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=240)]
Body = Annotated[str, StringConstraints(strict=True, min_length=40, max_length=1_200)]
Points = Annotated[tuple[Point, ...], Field(max_length=8)]
Keyword = Annotated[str, StringConstraints(strict=True, min_length=2, max_length=40)]
Keywords = Annotated[tuple[Keyword, ...], Field(max_length=20)]


class Recall(Model):
    """What brings a card back to mind: the side that is asked, and the side that answers."""

    ask: Line
    answer: Remark


class Card(Model):
    """One thing to learn, short enough to be read on a phone."""

    id: Short
    title: Heading
    keywords: Keywords = ()


class Section(Card):
    """A card of a guide: what to know, as a list where that is easier to read."""

    text: Body
    points: Points = ()
    recall: Recall


class Step(Section):
    """A card of a framework: what to do, and which share of the time it gets, in percent."""

    share: Weight


class Flashcard(Card):
    """A card of a deck: what stands on its front, and what on its back."""

    front: Line
    back: Body
    points: Points = ()


class BasePage(Model):
    """What every page has."""

    schema_: Literal[1] = Field(alias="schema")
    id: Short
    revision: Annotated[Whole, Field(ge=1)]
    status: Status
    title: Heading
    summary: Line
    keywords: Keywords = ()
    sources: Annotated[tuple[Source, ...], Field(max_length=12)] = ()
    covers: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()
    authors: Annotated[tuple[Handle, ...], Field(max_length=12)] = ()
    reviewers: Annotated[tuple[Handle, ...], Field(max_length=12)] = ()
    reviewed_on: Day | None = None
    expires_on: Day | None = None

    @property
    @abstractmethod
    def shelf(self) -> str:
        """Where the page stands in a list: framework, deck, guide or role."""

    @abstractmethod
    def question(self, number: int) -> str:
        """What is asked about a card."""

    @abstractmethod
    def answer(self, number: int) -> str:
        """What the other side of the card says."""


class Framework(BasePage):
    """Steps in their order, for an interview of so many minutes."""

    minutes: Minutes
    credit: Line | None = None
    cards: Annotated[tuple[Step, ...], Field(min_length=2, max_length=15)]

    @property
    def shelf(self) -> str:
        """Where the page stands in a list."""
        return "framework"

    def question(self, number: int) -> str:
        """What is asked about a step."""
        return self.cards[number].recall.ask

    def answer(self, number: int) -> str:
        """What the other side of the step says."""
        return self.cards[number].recall.answer


class Deck(BasePage):
    """Cards with two sides; `ask` is what one says about each front before one turns it."""

    ask: Line
    cards: Annotated[tuple[Flashcard, ...], Field(min_length=2, max_length=60)]

    @property
    def shelf(self) -> str:
        """Where the page stands in a list."""
        return "deck"

    def question(self, number: int) -> str:
        """What is asked about a card: its front, and what to say to it."""
        return f"{self.cards[number].front}\n\n{self.ask}"

    def answer(self, number: int) -> str:
        """The back of the card, with its points."""
        card = self.cards[number]
        return "\n".join([card.back, *(f"- {point}" for point in card.points)])


class Guide(BasePage):
    """Sections to read in their order; the guide to a role stands on a shelf of its own."""

    sort: Literal["guide", "role"] = "guide"
    cards: Annotated[tuple[Section, ...], Field(min_length=2, max_length=20)]

    @property
    def shelf(self) -> str:
        """Where the page stands in a list."""
        return self.sort

    def question(self, number: int) -> str:
        """What is asked about a section."""
        return self.cards[number].recall.ask

    def answer(self, number: int) -> str:
        """What the other side of the section says."""
        return self.cards[number].recall.answer


Page = Framework | Deck | Guide
FOLDERS: dict[str, type[Page]] = {"frameworks": Framework, "decks": Deck, "guides": Guide}
SHELVES = ("framework", "guide", "role", "deck")


def texts(page: Page) -> Sequence[tuple[str, ...]]:
    """Everything that each card of a page says, card by card."""
    return [_said(card) for card in page.cards]


def _said(card: Section | Flashcard) -> tuple[str, ...]:
    if isinstance(card, Flashcard):
        return (card.title, card.front, card.back, *card.points)
    return (card.title, card.text, *card.points, card.recall.ask, card.recall.answer)
