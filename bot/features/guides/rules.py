"""Which card is meant by what was typed, which one comes next, and which one is asked."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from bot.bank.pages import Page, texts
from bot.bank.vocabulary import STOP_WORDS
from bot.bank.wording import normalised
from bot.core.errors import UserError
from bot.core.parsing import nearest

MOST_HITS = 10  # what one reads of a list before one types another word
TITLE, KEYWORD, TEXT = 6, 5, 1  # ours: a word in a title or among the keywords says what a card is about
STEM, ALIKE = 5, 0.6  # letters, and the share of the longer word, in which two forms of a word must agree
GONE = "This card is not there any more. Run guide to see what there is."


@dataclass(frozen=True, slots=True)
class Hit:
    """A card of a page, by its number."""

    page: Page
    number: int


def search(pages: Mapping[str, Page], typed: str) -> list[Hit]:
    """The cards that are meant, the best first; those that match most of the words, and at least half of them."""
    words = _words(typed)
    found: list[tuple[int, int, Hit]] = []
    for page in pages.values():
        for number, weights in enumerate(_weights(page, words)):
            matched = sum(weight > 0 for weight in weights)
            if 2 * matched >= len(words) and matched:
                found.append((matched, sum(weights) + _named(page, number, words), Hit(page, number)))
    most = max((matched for matched, _, _ in found), default=0)
    best = sorted((score for score in found if score[0] == most), key=lambda score: -score[1])
    return [hit for _, _, hit in best[:MOST_HITS]]


def _words(typed: str) -> list[str]:
    words = normalised(typed).split()
    return [word for word in words if word not in STOP_WORDS] or words


def _named(page: Page, number: int, words: list[str]) -> int:
    """What it counts that the words are exactly a name: of the page, for its first card, or of a card."""
    card = page.cards[number]
    if number == 0 and words in map(_words, (page.id, page.title, *page.keywords)):
        return 2 * TITLE
    return TITLE if words in map(_words, (card.id, card.title, *card.keywords)) else 0


def _weights(page: Page, words: Sequence[str]) -> Iterator[list[int]]:
    """For each card, how much each word counts. What only the page is about is found at its first card."""
    about, cards = _indexes(page)
    whole = [_weight(word, about) for word in words]
    for number, own in enumerate(cards):
        weights = [_weight(word, own) for word in words]
        if number == 0:
            yield [max(both) for both in zip(weights, whole, strict=True)]
        elif any(weights):
            # The card's own words say more than those of its page.
            yield [max(mine, its // 2) for mine, its in zip(weights, whole, strict=True)]
        else:
            yield [0] * len(words)


@lru_cache(maxsize=1_000)
def _indexes(page: Page) -> tuple[dict[str, int], tuple[dict[str, int], ...]]:
    """The words of the page as a whole and of each card, with their weights; made once for a page."""
    about = _index([(page.title, TITLE), (page.id, TITLE), (page.summary, TEXT), *_each(page.keywords)])
    cards = [
        _index([(card.title, TITLE), *_each(card.keywords), *((text, TEXT) for text in said)])
        for card, said in zip(page.cards, texts(page), strict=True)
    ]
    return about, tuple(cards)


def _each(keywords: Iterable[str]) -> Iterator[tuple[str, int]]:
    return ((word, KEYWORD) for word in keywords)


def _index(fields: Iterable[tuple[str, int]]) -> dict[str, int]:
    index: dict[str, int] = {}
    for text, weight in fields:
        for word in normalised(text).split():
            index[word] = max(index.get(word, 0), weight)
    return index


def _weight(word: str, index: Mapping[str, int]) -> int:
    if word in index:
        return 2 * index[word]
    return max((weight for other, weight in index.items() if _akin(word, other)), default=0)


def _akin(one: str, other: str) -> bool:
    """Whether two words begin alike: "negotiate" and "negotiation", "overfits" and "overfitting"."""
    if len(one) < STEM or one[:STEM] != other[:STEM]:
        return False
    shared = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False)))
    return shared >= ALIKE * max(len(one), len(other))


def near(pages: Mapping[str, Page], typed: str) -> dict[str, Hit]:
    """Up to three titles or keywords that look like what was typed, with the cards they lead to, each card once."""
    known: dict[str, Hit] = {}
    for page in pages.values():
        for name, number in _names(page):
            known.setdefault(name, Hit(page, number))
    names = nearest(" ".join(typed.split()), known) or nearest(_longest(typed), known)
    by_card = {(known[name].page.id, known[name].number): name for name in reversed(names)}
    return {name: known[name] for name in names if name in by_card.values()}


def _names(page: Page) -> Iterator[tuple[str, int]]:
    yield from ((name, 0) for name in (page.title, *page.keywords))
    for number, card in enumerate(page.cards):
        yield from ((name, number) for name in (card.title, *card.keywords))


def _longest(typed: str) -> str:
    return max(typed.split(), key=len, default="")


def number_of(page: Page, card: str) -> int:
    """Which card of the page has this id; a UserError where it has gone."""
    found = next((number for number, one in enumerate(page.cards) if one.id == card), None)
    if found is None:
        raise UserError(GONE)
    return found


def drawn(page: Page, event: str, *, after: int | None = None) -> int:
    """The card that is asked: the same one for the same event, and not the one that was asked before."""
    numbers = [number for number in range(len(page.cards)) if number != after]
    return min(numbers, key=lambda number: hashlib.sha256(f"{event} {page.id} {number}".encode()).digest())
