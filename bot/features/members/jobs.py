"""What is due for members by itself, and what follows where a private message could not be delivered."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import dead, due
from bot.core.ports import Loss, Send
from bot.core.refs import MemberId, Person, Target
from bot.features.groups import store as groups
from bot.features.members import store, words
from bot.features.rooms import store as rooms
from bot.storage import outbox

BATCH = 100
ANNOUNCED = frozenset({"welcome", "posted", "remind", "verdict"})
"""The private messages of which the room may know that there was one; of what is in them it never hears."""


@due("welcome")
def welcome(tx: Connection, now: datetime) -> datetime | None:
    """Everybody who has joined, by whatever way, gets one private welcome."""
    newcomers = store.not_welcomed(tx, BATCH)
    for member in newcomers:
        store.set_welcomed(tx, member.id)
        hello = words.welcome(groups.group(tx, member.group))
        outbox.enqueue(tx, f"welcome:{member.id}", member.person, Send(hello), now=now)
    return now if len(newcomers) == BATCH else None


@dead("private")
def not_told(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """Whoever takes no private messages is named in the room instead, once a day; who is gone is looked for at once."""
    if not isinstance(target, Person) or not loss.definite:
        return
    store.look_at(tx, [found.id for of in store.groups_of(tx, target) if (found := store.find(tx, of, target))], now)
    what, _, rest = key.partition(":")
    if loss.gone or what not in ANNOUNCED:
        return
    rooms.name_in_the_channel(tx, store.member(tx, MemberId(int(rest.rpartition("to")[2]))), now)
