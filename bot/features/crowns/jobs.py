"""Nobody who has left or is hidden wears a crown, and organisers hear where it cannot be given."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.commands import dead, due
from bot.core.ports import Loss
from bot.core.refs import Person, Target
from bot.features.crowns import store, words
from bot.features.homes import store as homes
from bot.features.members import store as members

BATCH = 50


@due("crowns", every=timedelta(minutes=1))
def take_lost(tx: Connection, now: datetime) -> None:
    """Whoever leaves the group or hides has the role of champions no more."""
    store.take_lost(tx, now, BATCH)


@dead("champions")
def refused(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """The organisers hear once for each role and server that it cannot be given; the log has every time."""
    if isinstance(target, Person) or not key.startswith("champion:") or not loss.definite:
        return
    home = homes.home_at(tx, target)
    if home is not None:
        role = key.split(":")[1]
        told = f"champions-refused:{home.group}:{role}"
        members.tell_organisers(tx, home.group, told, words.refused(loss.why), now)
