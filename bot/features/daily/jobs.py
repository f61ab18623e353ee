"""Posts what is due, keeps the posts true, reminds, and notes where things stand once they were sent."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.bank.plans import left
from bot.bank.terms import QuestionId
from bot.core.commands import due, receipt
from bot.core.points import Point, reached
from bot.core.ports import Change, OpenThread, Receipt, Send
from bot.features.answers import store as answers
from bot.features.daily import store, words
from bot.features.daily.store import Post
from bot.features.days import rules as day_rules
from bot.features.days import store as days
from bot.features.days.store import Day, DayId
from bot.features.groups import store as groups
from bot.features.groups.store import Group, Track
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.storage import outbox
from bot.storage.unit_of_work import apart, work_off

BATCH = 50
WARNED_AT = 7  # questions before the bank is used up


@due("posts")
def post_due(tx: Connection, now: datetime, bank: Bank) -> datetime | None:
    """Every track whose moment has come gets its question, or a line in the log where it is too late for it."""

    def tracks(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {t.id: partial(_post_track, tx, t, bank, now) for t in groups.due_tracks(tx, now, BATCH, without)}

    return work_off(tx, "post", tracks).again(groups.next_due(tx), now)


def _post_track(tx: Connection, track: Track, bank: Bank, now: datetime) -> None:
    group = groups.group(tx, track.group)
    days.plan_ahead(tx, group, track, bank)
    day = days.day_on(tx, track.id, track.next_on)
    if day and day.state == "planned":
        _post_or_miss(tx, group, track, day, bank, now)
    # One date at a time: what fell into an absence is missed or caught up, each date for itself.
    ahead = groups.set_next(tx, track, group, track.next_at)
    days.plan_ahead(tx, group, ahead, bank)


def _post_or_miss(tx: Connection, group: Group, track: Track, day: Day, bank: Bank, now: datetime) -> None:
    if not homes.homes_of(tx, track.id):
        # All channels of the track are paused: its question waits for a date on which somebody sees it.
        days.set_state(tx, day.id, "missed")
        groups.note(tx, group.id, "missed", words.posted_nowhere(str(day.on)), now=now)
        return
    late_by = now - track.next_at
    if late_by > timedelta(minutes=group.numbers.caught_up_within):
        days.set_state(tx, day.id, "missed")
        groups.note(tx, group.id, "missed", words.missed_post(str(day.on), group), now=now)
    else:
        open_question(tx, group, track, day, bank, now=now, late=late_by >= timedelta(minutes=5))


def open_question(
    tx: Connection, group: Group, track: Track, day: Day, bank: Bank, *, now: datetime, late: bool
) -> Day | None:
    """Open a planned day: post its question in every home, each with a thread; None where the bank has nothing."""
    question: QuestionId | None = day.question_id
    if day.question_id not in bank.questions:
        question = days.another(tx, group, track, bank, day, may_be_planned=True)
    if question is None:
        groups.note(tx, group.id, "empty", f"there was no question for {day.on}", now=now)
        return None
    asked = bank.questions[question]
    reveal_at = day_rules.reveal_moment(now, days.next_moment(tx, group, track, day.on), group.numbers)
    opened = days.open_day(tx, day, group, asked, reveal_at=reveal_at, now=now, late=late)
    _post(tx, opened, group, track, bank, now)
    _tell_members(tx, opened, group, now)
    _warn_before_dry(tx, group, track, bank, now)
    reached(Point.post_written)
    return opened


def _post(tx: Connection, day: Day, group: Group, track: Track, bank: Bank, now: datetime) -> None:
    standing = answers.standing(tx, day)
    name = words.thread_name(day, groups.names_of_tracks(tx, group.id).get(track.id, ""))
    for home in homes.homes_of(tx, track.id):
        message = words.question(day, group, bank.taxonomy, standing, role=group.role_in(home.place))
        post = store.add_post(tx, day, home)
        outbox.enqueue(tx, f"daily:{post.key}", home.place, Send(message), now=now, vital=True)
        outbox.enqueue(tx, f"thread:{post.key}", home.place, OpenThread(name), now=now, after=f"daily:{post.key}")


def _warn_before_dry(tx: Connection, group: Group, track: Track, bank: Bank, now: datetime) -> None:
    asked = [item for item in days.log_of(tx, track.id) if item.on <= track.next_on]
    if len(asked) < len(bank.questions) - WARNED_AT:
        return  # whatever was asked, more than that is unused
    unused = left(bank, asked)
    if unused <= WARNED_AT:
        # Once for each pass through the bank, however many questions were left when it was noticed.
        key = f"dry:{track.id}:{(len(asked) - 1) // max(1, len(bank.questions))}"
        members.tell_organisers(tx, group.id, key, words.running_dry(unused, track.name), now)


def _tell_members(tx: Connection, day: Day, group: Group, now: datetime) -> None:
    for member in members.active(tx, group.id):
        if member.remind_posted and _is_here(member, day):
            reminder = words.reminder_posted(day, group)
            outbox.enqueue(tx, f"posted:{day.id}:to{member.id}", member.person, Send(reminder), now=now)


def _is_here(member: Member, day: Day) -> bool:
    return member.away_until is None or member.away_until < day.on


@due("reminders")
def remind_due(tx: Connection, now: datetime) -> datetime | None:
    """Before the reveal, those who asked for it and have not answered are reminded."""

    def of_days(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {id: partial(_remind, tx, id, now) for id in days.due_reminders(tx, now, BATCH, without)}

    return work_off(tx, "remind", of_days).again(days.next_reminder(tx), now)


def _remind(tx: Connection, id: DayId, now: datetime) -> None:
    day = days.get(tx, id)
    group = groups.group(tx, day.group)
    days.set_reminded(tx, day.id)
    for member in members.active(tx, group.id):
        if member.remind_reveal and _is_here(member, day) and not answers.answer_of(tx, day.id, member.id):
            reminder = words.reminder_reveal(day, group)
            outbox.enqueue(tx, f"remind:{day.id}:to{member.id}", member.person, Send(reminder), now=now)


@due("standings")
def show_standings(tx: Connection, now: datetime, bank: Bank) -> datetime | None:
    """Posts show how many have answered; those that are no longer true are changed."""
    stale = store.changed(tx, BATCH)
    for post in stale:
        apart(tx, "show", post.key, partial(_show, tx, post, bank, now))
    return now if len(stale) == BATCH else None


def _show(tx: Connection, post: Post, bank: Bank, now: datetime) -> None:
    day = days.get(tx, post.day)
    group = groups.group(tx, day.group)
    # The role stays named, as it was when it was posted; a change notifies nobody.
    role = group.role_in(post.place)
    message = words.question(day, group, bank.taxonomy, answers.standing(tx, day), role=role)
    if outbox.state_of(tx, f"daily:{post.key}") is not None:
        outbox.change(tx, f"show:{post.key}", post.place, Change(message), now=now, after=f"daily:{post.key}")
    elif post.message:
        # The outbox has forgotten the post, as after a month in which the bot was away.
        outbox.change(tx, f"show-old:{post.key}", post.place, Change(message, post.message), now=now)


@receipt("daily")
def posted(tx: Connection, key: str, receipt: Receipt) -> None:
    """Note where a question stands."""
    store.set_message(tx, key.removeprefix("daily:"), receipt.message)
    if receipt.message:
        homes.forget_refusals(tx, receipt.message.place)


@receipt("thread")
def thread_opened(tx: Connection, key: str, receipt: Receipt) -> None:
    """Note which thread belongs to a question."""
    if receipt.thread:
        store.set_thread(tx, key.removeprefix("thread:"), receipt.thread)
