"""What is due for members by itself."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import due
from bot.core.ports import Send
from bot.features.groups import store as groups
from bot.features.members import store, words
from bot.storage import outbox

BATCH = 100


@due("welcome")
def welcome(tx: Connection, now: datetime) -> datetime | None:
    """Everybody who has joined, by whatever way, gets one private welcome."""
    newcomers = store.not_welcomed(tx, BATCH)
    for member in newcomers:
        store.set_welcomed(tx, member.id)
        hello = words.welcome(groups.group(tx, member.group))
        outbox.enqueue(tx, f"welcome:{member.id}", member.person, Send(hello), now=now)
    return now if len(newcomers) == BATCH else None
