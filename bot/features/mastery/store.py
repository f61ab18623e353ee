"""What a member's answers are evidence of: SQL; there is no table, since an estimate is made where it is asked for."""

from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, case, cast, func, select

from bot.bank.load import Bank
from bot.core.refs import MemberId
from bot.features.answers.store import answers, hints
from bot.features.days import store as days_store
from bot.features.days.store import DayId, days
from bot.features.mastery.rules import Evidence, floor_of

NEWEST = 500  # graded answers that are looked at: two years of weekdays

_COUNTS = ~answers.c.withdrawn & ~answers.c.practice & answers.c.right.is_not(None)
_MINE = (
    select(days.c.id, answers.c.right, func.coalesce(hints.c.taken, 0).label("hints"))
    .join(answers, answers.c.day_id == days.c.id)
    .outerjoin(hints, and_(hints.c.day_id == days.c.id, hints.c.member_id == answers.c.member_id))
    .where(answers.c.member_id == bindparam("member"), days.c.state == "revealed", _COUNTS)
    .order_by(days.c.on.desc(), days.c.id.desc())
    .limit(NEWEST)
)
_OTHERS = (
    select(
        answers.c.day_id,
        func.count().label("answered"),
        func.sum(cast(case((answers.c.right, 1), else_=0), Integer)).label("right"),
    )
    .where(answers.c.day_id.in_(bindparam("of_days", expanding=True)), answers.c.member_id != bindparam("member"))
    .where(_COUNTS)
    .group_by(answers.c.day_id)
)


def evidence(tx: Connection, member: MemberId) -> list[Evidence]:
    """Read a member's graded answers to what is revealed, with how the others did, the oldest first."""
    mine = {DayId(row.id): row for row in tx.execute(_MINE, {"member": member})}
    others = {row.day_id: row for row in tx.execute(_OTHERS, {"member": member, "of_days": list(mine)})}
    asked = sorted(days_store.of_ids(tx, list(mine)), key=lambda day: (day.on, day.id))
    return [_evidence(day, mine[day.id], others.get(day.id)) for day in asked]


def _evidence(day: days_store.Day, mine: Any, others: Any) -> Evidence:
    question = day.asked
    return Evidence(
        day.on,
        question.category,
        mine.right,
        question.difficulty,
        floor_of(question),
        mine.hints,
        others=others.answered if others else 0,
        others_right=others.right if others else 0,
        topics=question.topics,
    )


def graded_areas(bank: Bank) -> list[str]:
    """The areas of the bank in which answers are graded, so that something can be learnt of them."""
    return sorted({question.category for question in bank.questions.values() if question.auto_graded})
