"""Looking at a board, and showing it to others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
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
from bot.features.boards import store, words
from bot.features.boards.rules import Period, board_rows, date_in, period_key
from bot.features.boards.store import Board
from bot.features.boards.words import View
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.seasons import store as seasons
from bot.features.seasons import words as season_words
from bot.features.streaks import store as streaks
from bot.storage import bucket, outbox

SHARED_EVERY = timedelta(minutes=10)  # the same board in one place
SHARED_BY_ONE_EVERY = timedelta(minutes=20)
SHARED_AT_ONCE = 3  # boards of one member, such as those of the week, of the month and of a topic
SHOWN_SEASONS = 8  # two years of quarters


def suggest_topics(bank: Bank, typed: str) -> list[str]:
    """The titles of topics and categories that hold what was typed."""
    word = typed.strip().lower()
    return sorted(title for title in _titles(bank).values() if word in title.lower())


TOPIC = Option("a topic or a category of the question bank; empty for all", max_length=80, suggest_from=suggest_topics)


@command("board", help="See who leads, where you stand and how long your streak is.", private=True)
async def board(ask: Ask, bank: Bank, period: Period = Period.week, topic: Annotated[str, TOPIC] = "") -> Reply:
    """Show the asker a board."""
    return await ask.read(_board, ask, Wanted(period, *_topic(bank, topic)))


@action("board-of")
async def board_of(ask: Ask, bank: Bank, period: Period, on: date, topic: Annotated[str, TOPIC] = "") -> Reply:
    """Show the asker the board of the period that holds a date."""
    return await ask.read(_board, ask, Wanted(period, *_topic(bank, topic), on))


@action("share-board")
async def share(ask: Ask, bank: Bank, period: Period, topic: Annotated[str, TOPIC] = "") -> Reply:
    """Show a board to everybody in this place."""
    return await ask.run(_share, ask, Wanted(period, *_topic(bank, topic)))


@action("share-board-of")
async def share_of(ask: Ask, bank: Bank, period: Period, on: date, topic: Annotated[str, TOPIC] = "") -> Reply:
    """Show everybody in this place the board of the period that holds a date."""
    return await ask.run(_share, ask, Wanted(period, *_topic(bank, topic), on))


@action("past-seasons")
async def past_seasons(ask: Ask) -> Reply:
    """Show who won the seasons that are over."""
    return await ask.read(_past_seasons, ask)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which board somebody asks for; without a date, the newest one."""

    period: Period
    topic: str
    title: str
    on: date | None = None


def _topic(bank: Bank, typed: str) -> tuple[str, str]:
    """The id and the title of what was typed; nothing for all topics."""
    titles = _titles(bank)
    by_word = {word.lower(): id for id, title in titles.items() for word in (title, id)}
    found = by_word.get(typed.lower()) or by_word.get("-".join(typed.lower().split()))
    if typed and found is None:
        near = nearest(typed, titles) or suggest_topics(bank, typed)[:3]
        raise UserError(words.unknown_topic(typed, near))
    return (found, titles[found]) if found else ("", "")


def _titles(bank: Bank) -> Mapping[str, str]:
    categories = {category: category.replace("-", " ") for category in bank.taxonomy.categories}
    return {**categories, **{id: topic.title for id, topic in bank.taxonomy.topics.items()}}


# --- stories ------------------------------------------------------------------------------------------------------


def _board(tx: Connection, ask: Ask, wanted: Wanted) -> Message:
    group = groups.here(tx, ask)
    asker = members.find(tx, group.id, ask.who)
    if asker is None:
        return words.board(_view(tx, ask, group, wanted))
    inside = asker.left_at is None
    view = _view(tx, ask, group, wanted, asker=asker.id, seen_by=store.GROUP if inside else store.ANYBODY)
    hidden = not inside or asker.seen_by == "nobody"
    streak = streaks.streak_of(tx, group, asker, ask.now) if inside else None
    return words.board(replace(view, member=inside, left=not inside, hidden=hidden, streak=streak))


def _share(tx: Connection, ask: Ask, wanted: Wanted) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    view = _view(tx, ask, group, wanted)
    if view.empty:
        raise UserError(words.NOTHING_TO_SHARE)
    # The same board at most once in a while: everybody sees it, and pressing again shows nothing new.
    slot = int(ask.now.timestamp() // SHARED_EVERY.total_seconds())
    shown = sha256(words.alternative(view).encode()).hexdigest()[:16]
    of = period_key(view.period, view.on, group.seasons)
    key = f"board:{ask.place}:{view.period}:{of}:{view.topic}:{slot}:{shown}"
    if not outbox.enqueue(tx, key, ask.place, Send(words.shared(view)), now=ask.now):
        return message(words.SHARED_ALREADY)
    pause, at_once = SHARED_BY_ONE_EVERY.total_seconds(), SHARED_AT_ONCE - 1
    if bucket.turn(tx, f"share:{member.id}", ask.now.timestamp(), pause, at_once * pause, patience=0) > 0:
        raise UserError(words.SHARED_OFTEN)  # which takes back what was to be sent
    return message(words.SHARED)


def _view(
    tx: Connection,
    ask: Ask,
    group: Group,
    wanted: Wanted,
    *,
    asker: MemberId | None = None,
    seen_by: frozenset[str] = store.ANYBODY,
) -> View:
    period = wanted.period
    today = ask.now.astimezone(group.zone).date()
    on = _asked(tx, ask, group, wanted, today)
    key = period_key(period, on, group.seasons)
    board = Board(group.id, period, key, wanted.topic, seen_by)
    before, after = _around(tx, group, board, on)
    found = store.read(tx, board, asker)
    shown = {standing.member for standing in (*found.top, *found.around)}
    earlier = replace(board, key=period_key(period, before, group.seasons)) if before is not None else None
    ranks = store.ranks(tx, earlier, shown) if earlier else {}
    rows = board_rows(found.top, found.around, asker=asker, before=ranks)
    past = key != period_key(period, today, group.seasons)
    view = View(group, period, on, past, wanted.topic, wanted.title, rows, named=wanted.on is not None)
    return replace(view, before=before, after=after, tied=found.tied)


def _around(tx: Connection, group: Group, board: Board, on: date) -> tuple[date | None, date | None]:
    """Read dates in the periods before and after that have points; all time has neither."""
    if board.period is Period.all:
        return None, None
    if board.period is Period.season:
        earlier, later = seasons.around(tx, group.id, group.seasons.on(on))
        return _shown(tx, group, board, earlier), _shown(tx, group, board, later)
    before, after = (key and date_in(board.period, key) for key in store.periods_around(tx, board))
    return before or None, after or None


def _shown(tx: Connection, group: Group, board: Board, day: date | None) -> date | None:
    """The date, where somebody whom the audience sees has points in its season."""
    if day is None:
        return None
    there = replace(board, key=period_key(board.period, day, group.seasons))
    return day if store.has_rows(tx, there) else None


def _asked(tx: Connection, ask: Ask, group: Group, wanted: Wanted, today: date) -> date:
    """The date whose board is shown; a question asked before its date begins no week, month or season early."""
    if wanted.on is not None and wanted.on <= today:
        return wanted.on
    newest = _newest(tx, ask, group, wanted.period, today)
    if wanted.on is not None:
        return min(wanted.on, max(newest, today))  # where points stand for a date to come, that can be looked at
    return newest if wanted.period is Period.day else min(newest, today)


def _newest(tx: Connection, ask: Ask, group: Group, period: Period, today: date) -> date:
    """Points count for the question's date and come with its reveal: the newest revealed one says what is newest."""
    home = homes.home_at(tx, ask.place) if period is Period.day else None  # another channel has days of its own
    revealed = days.newest(tx, group.id, 1, states=("revealed",), track=home.track if home else None)
    return revealed[0].on if revealed else today


def _past_seasons(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    asker = members.find(tx, group.id, ask.who)
    seen_by = store.GROUP if asker is not None and asker.left_at is None else store.ANYBODY
    over = seasons.closed(tx, group.id, SHOWN_SEASONS)
    won = seasons.winners_of(tx, group.id, [season.key for season in over])
    return season_words.past(over, seasons.as_seen(won, seen_by, asker.id if asker else None))
