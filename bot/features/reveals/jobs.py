"""Reveals what is due: grades are known, points are booked, the thread hears of it, in one transaction."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from sqlalchemy import Connection

from bot.bank.schema import Code
from bot.core.commands import due
from bot.core.messages import Message
from bot.core.points import Point, reached
from bot.core.ports import Send
from bot.core.splitting import split
from bot.features.answers import store as given
from bot.features.answers.store import Answer
from bot.features.boards import store as boards
from bot.features.code import store as code
from bot.features.daily import store as daily
from bot.features.daily.store import Post
from bot.features.days import store as days
from bot.features.days.store import Day, DayId
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.members import store as members
from bot.features.recaps import store as recaps
from bot.features.reveals import rules, words
from bot.features.streaks import store as streaks
from bot.storage import outbox
from bot.storage.unit_of_work import work_off

BATCH = 20
REVEAL_WAITS = timedelta(minutes=5)  # how long the reveal waits for what was sent in time
WHILE_JUDGED = timedelta(seconds=2)  # until a reveal that waits for verdicts is looked at again


@due("reveals")
def reveal_due(tx: Connection, now: datetime) -> datetime | None:
    """Every open question whose time has come is revealed."""

    # What was sent in time has its verdict first, so that it counts.
    awaited = _awaited(tx, now)

    def of_days(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {id: partial(_reveal, tx, id, now) for id in days.due_reveals(tx, now, BATCH, {*without, *awaited})}

    again = work_off(tx, "reveal", of_days).again(days.next_reveal(tx), now)
    return max(again, now + WHILE_JUDGED) if awaited and again else again


def _awaited(tx: Connection, now: datetime) -> set[DayId]:
    """The days that wait for a verdict: from their moment on, or from the bot's return, which finds what it missed."""
    judged = code.days_being_judged(tx)
    back = streaks.last_return(tx) if judged else None
    return {id for id, since in judged.items() if now < max(since, back or since) + REVEAL_WAITS}


def _reveal(tx: Connection, id: DayId, now: datetime) -> None:
    reveal(tx, days.get(tx, id), now)


def reveal(tx: Connection, day: Day, now: datetime) -> None:
    """Reveal a day: book the points, write to the thread, close the post."""
    group = groups.group(tx, day.group)
    answers = given.in_time(tx, day.id)
    days.set_state(tx, day.id, "revealed")
    reached(Point.reveal_closed)
    recaps.begin(tx, group, day.on)
    _book(tx, day, group, answers, now)
    reached(Point.reveal_booked)
    picture = rules.how_answered(day.asked, day.option_order, answers)
    told = words.reveal(day, answers, picture, _first_right(tx, answers))
    daily.set_changed(tx, day.id)
    for post in daily.posts_of(tx, day.id):
        if outbox.state_of(tx, f"daily:{post.key}") != "dead":  # nobody there has seen the question
            _tell(tx, post, told, now)
    reached(Point.reveal_written)


def _book(tx: Connection, day: Day, group: Group, answers: list[Answer], now: datetime) -> None:
    hints = {answer.member: given.hints_taken(tx, day.id, answer.member) for answer in answers}
    awards = rules.awards(answers, hints, group.numbers, in_part=isinstance(day.asked, Code))
    # By member, since scores stay held: two reveals at once would else wait for each other's.
    for award in sorted(awards, key=attrgetter("member")):
        boards.book(
            tx,
            group=group.id,
            member=award.member,
            key=f"{award.what}:{day.id}:{award.member}",
            what=award.what,
            points=award.points,
            on=day.on,
            topics=(day.asked.category, *day.asked.topics),
            now=now,
            day=day.id,
        )
    several = len(groups.tracks_of(tx, group.id, ended=True)) > 1
    for answer in sorted(answers, key=attrgetter("member")) if several else ():
        boards.keep_best_track(tx, group.id, answer.member, day.on, now)


def _first_right(tx: Connection, answers: list[Answer]) -> str | None:
    first = next((answer.member for answer in answers if answer.grade.right), None)
    who = members.member(tx, first) if first is not None else None
    return who.name if who and who.left_at is None and who.seen_by == "public" else None


def _tell(tx: Connection, post: Post, told: Message, now: datetime) -> None:
    # A home without the right to open threads still gets its reveal, in the channel itself.
    opened = outbox.state_of(tx, f"thread:{post.key}")
    in_thread = opened not in {"dead", None}
    before = f"thread:{post.key}" if in_thread else None
    # The outbox forgets after a month, in which the bot may have been away; the post knows its thread all the same.
    place = post.thread or post.place if opened is None else post.place
    for number, part in enumerate(split(told)):
        outbox.enqueue(
            tx,
            f"reveal:{post.key}" + (f":{number}" if number else ""),
            place,
            Send(part, in_thread=in_thread),
            now=now,
            after=before,
            vital=True,
        )
