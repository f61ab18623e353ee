"""The scores held against the ledger: SQL.

The ledger is the truth. Scores are written in its transactions, so where they differ there is a bug, or somebody wrote
into the database by hand.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal,
    select,
    true,
    union,
    union_all,
)

from bot.core.refs import GroupId, MemberId
from bot.features.boards import store as boards
from bot.features.boards.rules import Period
from bot.features.boards.store import ALL_TOPICS, DATED, Key, ledger, scores


@dataclass(frozen=True, slots=True)
class Difference:
    """A score that is not what the ledger says."""

    group: GroupId
    of: Key
    score: int
    ledger: int


def differences(tx: Connection, group: GroupId | None = None) -> list[Difference]:
    """Find the scores of a group, or of all, that are not what the ledger says; a missing one counts as nothing."""
    ids = [group] if group is not None else [GroupId(id) for id in tx.execute(_GROUPS_WITH_POINTS).scalars()]
    return [difference for id in ids for difference in sorted(_differences(tx, id), key=lambda one: one.of)]


def _differences(tx: Connection, group: GroupId) -> Iterator[Difference]:
    # Added up where the rows are: those of a large group would take seconds, and very much memory, to bring here.
    for period in Period:
        for row in tx.execute(_UNEQUAL[tx.dialect.name][period], {"of": group, "period": period.value}):
            yield Difference(group, (period, row.key, row.topic, MemberId(row.member_id)), row.score, row.ledger)


def mend(tx: Connection, wrong: Sequence[Difference]) -> None:
    """Add to each of these scores what it lacks, which what is booked meanwhile does not undo."""
    for one in wrong:
        boards.add(tx, one.group, {one.of: one.ledger - one.score})


def rebuild(tx: Connection, group: GroupId) -> dict[Key, int]:
    """Compute every score of a group from its ledger alone."""
    totals: Counter[Key] = Counter()
    for points, member, named, *keys in tx.execute(_SUMS, {"of": group}):
        for topic in (ALL_TOPICS, *json.loads(named)):
            for period, key in (*zip(DATED, keys, strict=True), (Period.all, "")):
                totals[period, key, topic, MemberId(member)] += points
    return dict(totals)


def kept(tx: Connection, group: GroupId) -> dict[Key, int]:
    """Read every score of a group as it stands."""
    rows = tx.execute(select(scores).where(scores.c.group_id == group))
    return {(Period(row.period), row.period_key, row.topic, MemberId(row.member_id)): row.points for row in rows}


def repair(tx: Connection, group: GroupId) -> None:
    """Write the scores of a group anew from its ledger."""
    tx.execute(delete(scores).where(scores.c.group_id == group))
    for key, points in sorted(rebuild(tx, group).items()):
        boards.add(tx, group, {key: points})


# --- the statements, built once -----------------------------------------------------------------------------------

_SUMMED = (ledger.c.member_id, cast(ledger.c.topics, Text), *(ledger.c[period] for period in DATED))
"""What a score is of; PostgreSQL cannot compare JSON, so topics are grouped as text."""
_SUMS = (
    select(cast(func.sum(ledger.c.points), Integer), *_SUMMED)
    .where(ledger.c.group_id == bindparam("of"))
    .group_by(*_SUMMED)
)
_GROUPS_WITH_POINTS = union(select(ledger.c.group_id), select(scores.c.group_id)).order_by("group_id")


def _unequal(topics: Any, period: Period) -> Select[Any]:
    # In one statement, so that what another process books meanwhile is seen on both sides or on neither.
    key = literal("") if period is Period.all else ledger.c[period]
    of = ledger.c.group_id == bindparam("of")
    booked = (ledger.c.member_id, ledger.c.points.label("ledger"), literal(0).label("score"))
    rows = union_all(
        select(key.label("key"), literal(ALL_TOPICS).label("topic"), *booked).where(of),
        select(key, topics.c.value, *booked).select_from(ledger.join(topics, true())).where(of),
        select(scores.c.period_key, scores.c.topic, scores.c.member_id, literal(0), scores.c.points).where(
            scores.c.group_id == bindparam("of"), scores.c.period == bindparam("period")
        ),
    ).subquery()
    whose, booked_points, score = (rows.c.key, rows.c.topic, rows.c.member_id), *_sums(rows.c.ledger, rows.c.score)
    unequal = select(*whose, booked_points.label("ledger"), score.label("score")).group_by(*whose)
    return unequal.having(booked_points != score)


def _sums(*sides: Any) -> Iterator[Any]:
    return (cast(func.sum(side), Integer) for side in sides)


_TOPICS = {
    "sqlite": func.json_each(ledger.c.topics).table_valued("value", name="topics"),
    "postgresql": func.json_array_elements_text(ledger.c.topics).table_valued("value", name="topics"),
}
_UNEQUAL = {name: {period: _unequal(topics, period) for period in Period} for name, topics in _TOPICS.items()}
