"""Finding a card, reading on, being asked."""

from typing import Annotated

from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import Option, action, command
from bot.core.errors import UserError
from bot.core.ports import Reply
from bot.features.guides import rules, words

TOPIC = Option("a word such as star, leakage or equity; empty for the list", max_length=80)


@command("guide", help="Frameworks, guides to rounds and roles, and decks of cards: read them, or be asked.")
async def guide(ask: Ask, bank: Bank, topic: Annotated[str, TOPIC] = "") -> Reply:
    """Show the card that the topic means best, or what there is to read."""
    if not topic or not bank.pages:
        return words.overview(bank.pages)
    hits = rules.search(bank.pages, topic)
    if not hits:
        return words.nothing(topic, rules.near(bank.pages, topic))
    best, *others = hits
    return words.card(best.page, best.number, others)


@action("guide-open")
async def open_chosen(ask: Ask, bank: Bank, listed: str, chosen: tuple[str, ...]) -> Reply:
    """Show the first card of the page that was chosen, or the card itself.

    `listed` names the list, since no two lists of a message may carry the same action and arguments.
    """
    if len(chosen) != 1:
        raise UserError(words.CHOOSE_ONE)
    key, _, id = chosen[0].partition("/")
    page = bank.page(key)
    return words.card(page, rules.number_of(page, id) if id else 0)


@action("guide-card")
async def card(ask: Ask, bank: Bank, page: str, card: str) -> Reply:
    """Show a card."""
    of = bank.page(page)
    return words.card(of, rules.number_of(of, card))


@action("guide-quiz")
async def quiz(ask: Ask, bank: Bank, page: str, after: str = "") -> Reply:
    """Ask about a card of the page, another one than before."""
    of = bank.page(page)
    before = rules.number_of(of, after) if after else None
    return words.question(of, rules.drawn(of, ask.id, after=before))


@action("guide-answer")
async def answer(ask: Ask, bank: Bank, page: str, card: str) -> Reply:
    """Turn the card over."""
    of = bank.page(page)
    return words.answer(of, rules.number_of(of, card))
