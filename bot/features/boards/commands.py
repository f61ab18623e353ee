"""Looking at a board, and showing it to others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import Option, action, command
from bot.core.errors import UserError
from bot.core.messages import Message, message
from bot.core.parsing import nearest
from bot.core.ports import Reply, Send
from bot.core.refs import MemberId
from bot.features.answers import store as answers
from bot.features.boards import store, words
from bot.features.boards.rules import Period, Standing, board_rows, longest, period_key, previous, streak
from bot.features.boards.store import Board
from bot.features.boards.words import Streak, View
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.storage import outbox

SHARED_EVERY = timedelta(minutes=10)


def suggest_topics(bank: Bank, typed: str) -> list[str]:
    """The titles of topics and categories that hold what was typed."""
    word = typed.strip().lower()
    return sorted(title for title in _titles(bank).values() if word in title.lower())


TOPIC = Option("a topic or a category of the question bank; empty for all", max_length=80, suggest_from=suggest_topics)


@command("board", help="See who leads, where you stand and how long your streak is.", private=True)
async def board(ask: Ask, bank: Bank, period: Period = Period.week, topic: Annotated[str, TOPIC] = "") -> Reply:
    """Show the asker a board."""
    return await ask.read(_board, ask, period, *_topic(bank, topic))


@action("share-board")
async def share(ask: Ask, bank: Bank, period: Period, topic: Annotated[str, TOPIC] = "") -> Reply:
    """Show a board to everybody in this place."""
    return await ask.run(_share, ask, period, *_topic(bank, topic))


def _topic(bank: Bank, typed: str) -> tuple[str, str]:
    """The id and the title of what was typed; nothing for all topics."""
    titles = _titles(bank)
    by_word = {word.lower(): id for id, title in titles.items() for word in (title, id)}
    found = by_word.get(typed.lower()) or by_word.get("-".join(typed.lower().split()))
    if typed and found is None:
        raise UserError(words.unknown_topic(typed, nearest(typed, titles)))
    return (found, titles[found]) if found else ("", "")


def _titles(bank: Bank) -> Mapping[str, str]:
    categories = {category: category.replace("-", " ") for category in bank.taxonomy.categories}
    return {**categories, **{id: topic.title for id, topic in bank.taxonomy.topics.items()}}


# --- stories ------------------------------------------------------------------------------------------------------


def _board(tx: Connection, ask: Ask, period: Period, topic: str, title: str) -> Message:
    group = groups.here(tx, ask)
    asker = members.find(tx, group.id, ask.who)
    if asker is None:
        return words.board(_view(tx, ask, group, period, topic, title))
    inside = asker.left_at is None
    view = _view(tx, ask, group, period, topic, title, asker=asker.id, seen_by=store.GROUP if inside else store.ANYBODY)
    hidden = not inside or asker.seen_by == "nobody"
    return words.board(replace(view, member=True, hidden=hidden, streak=_streak(tx, group, asker)))


def _share(tx: Connection, ask: Ask, period: Period, topic: str, title: str) -> Message:
    group = groups.here(tx, ask)
    members.active_member(tx, group.id, ask)
    view = _view(tx, ask, group, period, topic, title)
    if view.empty:
        raise UserError(words.NOTHING_TO_SHARE)
    # The same board at most once in a while: everybody sees it, and pressing again shows nothing new.
    slot = int(ask.now.timestamp() // SHARED_EVERY.total_seconds())
    key = f"board:{ask.place}:{view.period}:{topic}:{slot}"
    outbox.enqueue(tx, key, ask.place, Send(words.shared(view)), now=ask.now)
    return message(words.SHARED)


def _view(
    tx: Connection,
    ask: Ask,
    group: Group,
    period: Period,
    topic: str,
    title: str,
    *,
    asker: MemberId | None = None,
    seen_by: frozenset[str] = store.ANYBODY,
) -> View:
    today = ask.now.astimezone(group.zone).date()
    # Points count for the question's date and come with its reveal: the newest revealed question says what is newest.
    revealed = days.newest(tx, group.id, 1, states=("revealed",))
    on = revealed[0].on if revealed else today
    past = period_key(period, on) != period_key(period, today)
    board = Board(group.id, period, period_key(period, on), topic, seen_by)
    top = store.top(tx, board)
    around = _around(tx, board, asker) if asker is not None else []
    before = previous(period, on)
    shown = {standing.member for standing in (*top, *around)}
    ranks = store.ranks(tx, replace(board, key=before), shown) if before is not None else {}
    return View(group, period, on, past, topic, title, board_rows(top, around, asker=asker, before=ranks))


def _around(tx: Connection, board: Board, asker: MemberId) -> list[Standing]:
    own = store.own_rank(tx, board, asker)
    if own is None:
        return []
    above, below = store.neighbours(tx, board, own)
    return [standing for standing in (above, own, below) if standing is not None]


def _streak(tx: Connection, group: Group, asker: Member) -> Streak:
    days, answered, still_open = answers.posting_days(tx, group.id, asker.id)
    return Streak(streak(days, answered, still_open), longest(days, answered))
