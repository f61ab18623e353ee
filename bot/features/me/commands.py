"""Looking at oneself."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import command
from bot.core.messages import Message
from bot.core.ports import Reply
from bot.features.days import store as days
from bot.features.feedback import rules as feedback_rules
from bot.features.feedback import store as feedback
from bot.features.feedback import words as feedback_words
from bot.features.feedback.rules import Growth
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.mastery import rules as mastery
from bot.features.mastery import store as evidence
from bot.features.mastery.rules import Evidence
from bot.features.me import store, words
from bot.features.me.words import Story
from bot.features.members import store as members
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import State
from bot.features.streaks import rules as streak_rules
from bot.features.streaks import store as streaks
from bot.features.streaks.rules import Outlook, Streak

MOST_MOCKS = 500
WEEKS = 26  # half a year of days in the picture


@dataclass(frozen=True, slots=True)
class Found:
    """What the database tells of a member; the rest is worked out of it."""

    group: Group
    name: str
    today: date
    streak: Streak
    freezes: int
    outlooks: Sequence[Outlook]
    next_at: datetime | None
    first: date
    marks: str
    evidence: Sequence[Evidence]
    open_answers: Mapping[str, int]
    mocks: int
    growth: Sequence[Growth]


@command("me", help="See your answers, streak and mocks, and what to practise next.", private=True)
async def me(ask: Ask, bank: Bank) -> Reply:
    """Tell the asker how they are doing."""
    found = await ask.read(_found, ask)
    # An estimate from a year of answers takes some 30 ms of computing, in which others want answers.
    return await asyncio.to_thread(_told, found, bank)


def _found(tx: Connection, ask: Ask) -> Found:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    held = [one for one in sessions.sessions_of(tx, member.id, most=MOST_MOCKS) if one.state is State.closed]
    met, today, freezes = (
        streaks.posting_days(tx, group.id, member),
        group.today(ask.now),
        streaks.freezes_of(tx, group),
    )
    first = streak_rules.first_shown(met, today, WEEKS)
    return Found(
        group=group,
        name=member.name,
        today=today,
        streak=streak_rules.streak(met, today, freezes),
        freezes=freezes.of(today),
        outlooks=streak_rules.outlooks(met, freezes),
        next_at=None if group.paused else days.next_question(tx, group),
        first=first,
        marks=streak_rules.marks(met, first, today, freezes),
        evidence=evidence.evidence(tx, member.id),
        open_answers=Counter(day.asked.category for day in store.ungraded(tx, member.id)),
        mocks=len(held),
        growth=feedback_rules.growth(feedback.scores_of(tx, member.id)),
    )


def _told(found: Found, bank: Bank) -> Message:
    masteries = mastery.estimate(found.evidence, evidence.graded_areas(bank))
    story = Story(
        group=found.group,
        name=found.name,
        today=found.today,
        streak=found.streak,
        freezes=found.freezes,
        outlooks=found.outlooks,
        next_at=found.next_at,
        first=found.first,
        marks=found.marks,
        masteries=masteries,
        open_answers=found.open_answers,
        advice=mastery.advice(found.evidence, masteries),
        mocks=found.mocks,
        growth=feedback_words.growth(found.growth) if found.growth else None,
        titles=words.titles(bank.taxonomy),
    )
    return words.me(story)
