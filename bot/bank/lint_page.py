"""Rules on pages: 2 (cards apart), 6 (what a served page needs), 12 (what is asked), 24 (time), 26 (twice said), 29.

May touch: the standard library and the models of this room.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from bot.bank.lint_item import LONGEST_LIFE
from bot.bank.lint_text import texts
from bot.bank.pages import Deck, Framework, Page
from bot.bank.pages import texts as texts_of_cards
from bot.bank.problem import Problem
from bot.bank.shelf import Entry, Shelf, Steps
from bot.bank.terms import Status
from bot.bank.wording import normalised, runs

GRAM = 5  # as in rule 26
OVERLAP = 0.5  # as in rule 26
_AMOUNT = re.compile(r"(?:[$€£]|\b(?:USD|EUR|GBP)\b)\s?\d|\d[\d.,]*\s?(?:[$€£]|USD\b|EUR\b|GBP\b)")
_SHARE = re.compile(
    r"\b\d[\d.,]*\s?(?:%|per ?cent\b)[^.?!]{0,40}\b(?:applicants|candidates|employers|offers|recruiters)\b"
)


def page_is_complete(entry: Entry, page: Page) -> Iterator[Problem]:
    """Rule 6: a page has sources and authors, and one that is served a reviewer who is not among them."""
    if not page.sources:
        yield entry.problem("6", ("sources",), "there are no sources", "add at least one `{what, kind, ref}`")
    if not page.authors:
        yield entry.problem("6", ("authors",), "there are no authors", "write `authors: [handle]`")
    if page.status.served and not page.reviewers:
        yield entry.problem("6", ("reviewers",), "nobody has reviewed it", "have it read, or write `status: draft`")
    for name in sorted(set(page.reviewers) & set(page.authors)) if page.status.served else ():
        yield entry.problem("6", ("reviewers",), f"{name} reviews an own page", "have another person read it")


def cards_are_apart(entry: Entry, page: Page) -> Iterator[Problem]:
    """Rule 2: the cards of a page differ in id, in title, and in what is asked."""
    seen: dict[tuple[str, str], int] = {}
    for number, card in enumerate(page.cards):
        asked = normalised(page.question(number))
        for field, value in (("id", card.id), ("title", normalised(card.title)), ("recall", asked)):
            first = seen.setdefault((field, value), number)
            if first != number:
                what = f"card {number + 1} has the {field} of card {first + 1}"
                place: Steps = ("cards", number, "front" if field == "recall" and isinstance(page, Deck) else field)
                yield entry.problem("2", place, what, "write another one, or keep one of the two cards")


def cards_are_asked(entry: Entry, page: Page) -> Iterator[Problem]:
    """Rule 12: what is asked about a card is a question, and does not hold its own answer."""
    if isinstance(page, Deck):
        if not page.ask.endswith("?"):
            yield entry.problem("12", ("ask",), "`ask` is no question", "end it with a question mark")
        return
    for number, card in enumerate(page.cards):
        place = ("cards", number, "recall")
        if not card.recall.ask.endswith("?"):
            yield entry.problem("12", place, "what is asked is no question", "end it with a question mark")
        if normalised(card.recall.answer) in normalised(card.recall.ask):
            yield entry.problem("12", place, "the question holds its answer", "ask without saying it")


def shares_fill_the_time(entry: Entry, page: Page) -> Iterator[Problem]:
    """Rule 24: the steps of a framework share out the whole time, and no more."""
    if isinstance(page, Framework) and (total := sum(card.share for card in page.cards)) != 100:
        yield entry.problem("24", ("cards",), f"the shares come to {total}, not 100", "change `share` of some steps")


def pages_expire(entry: Entry, page: Page, today: date) -> Iterator[Problem]:
    """Rules 6 and 29: amounts of money and shares of a market need a day of expiry within twelve months."""
    if page.expires_on is None:
        for path, text in texts(entry):
            if found := _AMOUNT.search(text) or _SHARE.search(text):
                what = f"`{found[0][:40]}` goes out of date, but `expires_on` is missing"
                mend = f"leave it out, or write `expires_on: {today + timedelta(days=365)}`"
                yield entry.problem("29", path, what, mend)
        return
    if page.expires_on > today + LONGEST_LIFE:
        yield entry.problem("29", ("expires_on",), "it expires in more than twelve months", "choose an earlier day")
    if page.expires_on < today and page.status is not Status.retired:
        yield entry.warning("6", ("expires_on",), "it has expired and is not served", "check the facts, or retire it")


def no_card_is_written_twice(shelf: Shelf) -> Iterator[Problem]:
    """Rule 26: no two cards, of one page or of two, share half of the shorter one's 5-grams."""
    holders: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    sizes: dict[tuple[str, int], int] = {}
    for entry, page in shelf.pages():
        for number, said in enumerate(texts_of_cards(page)):
            own = runs(" ".join(said), GRAM)
            sizes[entry.file, number] = len(own)
            shared = Counter(other for gram in own for other in holders[gram])
            for (file, card), count in sorted(shared.items()):
                share = count / max(1, min(len(own), sizes[file, card]))
                if share >= OVERLAP:
                    what = f"card {number + 1} shares {share:.0%} of its word groups with card {card + 1} of {file}"
                    yield entry.problem("26", ("cards", number), what, "keep one of the two")
            for gram in own:
                holders[gram].append((entry.file, number))
