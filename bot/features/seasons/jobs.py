"""What follows where champions cannot be given their role."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import dead
from bot.core.ports import Loss
from bot.core.refs import Person, Target
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.seasons import words


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
