"""The private note of a member's week, for those who asked for it."""

from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.commands import due
from bot.core.ports import Send
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.mastery import rules as mastery
from bot.features.mastery import store as evidence
from bot.features.me import words
from bot.features.members import store as members
from bot.features.members.rules import next_note
from bot.features.members.store import Member
from bot.features.streaks import store as streaks
from bot.features.streaks import words as streak_words
from bot.storage import outbox
from bot.storage.unit_of_work import apart

BATCH = 5  # members at a time: an estimate from a year of answers takes some 30 ms
SOON = timedelta(minutes=10)  # where the last reveal of a week waits for something
LATE = timedelta(days=2)  # a note that could not be written until then waits for the next week


@due("weekly-notes")
def write_notes(tx: Connection, now: datetime, bank: Bank) -> datetime | None:
    """Whoever asked for it and answered something gets a note of their week, on Monday or with its last reveal."""
    waiting = members.due_notes(tx, now, BATCH)
    for member in waiting:
        group = groups.group(tx, member.group)
        open_until = days.last_reveal(tx, group.id, _monday(group, now) - timedelta(days=1))
        if open_until is not None and now < open_until + LATE:
            # As the week in the home does: the week's last question would else be in no note.
            members.change(tx, member.id, note_at=max(open_until, now + SOON))
            continue
        members.change(tx, member.id, note_at=next_note(now, group.zone))
        if member.note_at is not None and now - member.note_at < LATE and not group.paused:
            apart(tx, "note", member.id, partial(_write, tx, member, bank, now))
    return now if len(waiting) == BATCH else None


def _monday(group: Group, now: datetime) -> date:
    today = group.today(now)
    return today - timedelta(days=today.weekday())


def _write(tx: Connection, member: Member, bank: Bank, now: datetime) -> None:
    group = groups.group(tx, member.group)
    known = evidence.evidence(tx, member.id)
    today, monday = group.today(now), _monday(group, now)
    of_week = [met for met in known if monday - timedelta(days=7) <= met.on < monday]
    if not of_week:
        return
    masteries = mastery.estimate(known, evidence.graded_areas(bank))
    freezes = streaks.freezes_of(tx, group).of(today)
    told = words.note(
        group,
        streak_words.of_week(streaks.streak_of(tx, group, member, now), freezes, today),
        mastery.topics(of_week),
        [one.right for one in of_week],
        mastery.advice(known, masteries),
        words.titles(bank.taxonomy),
    )
    outbox.enqueue(tx, f"note:{monday}:to{member.id}", member.person, Send(told), now=now)
