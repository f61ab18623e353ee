"""What a member has answered that nobody grades: SQL; there is no table."""

from sqlalchemy import Connection, bindparam, select

from bot.core.refs import MemberId
from bot.features.answers.store import answers
from bot.features.days import store as days_store
from bot.features.days.store import Day, DayId, days

_UNGRADED = (
    select(days.c.id)
    .join(answers, answers.c.day_id == days.c.id)
    .where(
        answers.c.member_id == bindparam("member"),
        days.c.state == "revealed",
        answers.c.right.is_(None),
        ~answers.c.withdrawn,
        ~answers.c.practice,
    )
)


def ungraded(tx: Connection, member: MemberId) -> list[Day]:
    """Read the revealed days whose questions a member answered in time and nobody grades."""
    ids = [DayId(id) for id in tx.execute(_UNGRADED, {"member": member}).scalars()]
    return days_store.of_ids(tx, ids)
