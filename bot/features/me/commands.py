"""Looking at oneself."""

from collections import Counter

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import command
from bot.core.messages import Message
from bot.core.ports import Reply
from bot.features.feedback import rules as feedback_rules
from bot.features.feedback import store as feedback
from bot.features.feedback import words as feedback_words
from bot.features.groups import store as groups
from bot.features.mastery import rules as mastery
from bot.features.mastery import store as evidence
from bot.features.me import store, words
from bot.features.me.words import Story
from bot.features.members import store as members
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import State
from bot.features.streaks import store as streaks

MOST_MOCKS = 500
WEEKS = 26  # half a year of days in the picture


@command("me", help="See your answers, streak and mocks, and what to practise next.", private=True)
async def me(ask: Ask, bank: Bank) -> Reply:
    """Tell the asker how they are doing."""
    return await ask.read(_me, ask, bank)


def _me(tx: Connection, ask: Ask, bank: Bank) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    known = evidence.evidence(tx, member.id)
    masteries = mastery.estimate(known, evidence.graded_areas(bank))
    held = [one for one in sessions.sessions_of(tx, member.id, most=MOST_MOCKS) if one.state is State.closed]
    first, marks = streaks.marks_of(tx, group, member, ask.now, WEEKS)
    grown = feedback_rules.growth(feedback.scores_of(tx, member.id))
    story = Story(
        group=group,
        streak=streaks.streak_of(tx, group, member, ask.now),
        name=member.name,
        first=first,
        marks=marks,
        masteries=masteries,
        open_answers=Counter(day.asked.category for day in store.ungraded(tx, member.id)),
        advice=mastery.advice(known, masteries),
        mocks=len(held),
        growth=feedback_words.growth(grown) if grown else None,
        titles={id: topic.title for id, topic in bank.taxonomy.topics.items()},
    )
    return words.me(story)
