"""Whoever has waited long enough hears so."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.core.commands import due
from bot.core.ports import Send
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.queue import store, words
from bot.features.queue.store import Waiting
from bot.features.rounds import store as rounds
from bot.storage import outbox
from bot.storage.unit_of_work import work_off

BATCH = 50


@due("queue")
def end_waiting(tx: Connection, now: datetime) -> datetime | None:
    """After two hours nobody is kept waiting."""

    def over(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {one.member: partial(_end, tx, one, now) for one in store.expired(tx, now, BATCH, without)}

    return work_off(tx, "queue", over).again(store.next_end(tx), now)


def _end(tx: Connection, entry: Waiting, now: datetime) -> None:
    store.leave(tx, entry.member)
    member = members.member(tx, entry.member)
    if member.left_at is None:
        said = words.over(groups.group(tx, entry.group), rounds.next_opening(tx, entry.group))
        key = f"waited:{entry.since:%Y%m%dT%H%M%S}:to{member.id}"
        outbox.enqueue(tx, key, member.person, Send(said), now=now)
