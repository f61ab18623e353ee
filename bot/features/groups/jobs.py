"""What the organisers' log hears of by itself."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.commands import dead, due
from bot.core.ports import Loss
from bot.core.refs import Person, Target
from bot.features.groups import store
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.storage import bucket, inbox, outbox
from bot.storage.unit_of_work import forget_old_events


@due("sweep", every=timedelta(minutes=10))
def sweep(tx: Connection, now: datetime) -> None:
    """Forget what nobody needs any more: events that no platform delivers again, rows that were sent a month ago."""
    forget_old_events(tx, now)
    outbox.sweep(tx, now)
    inbox.sweep(tx, now)
    bucket.sweep(tx, now)


@dead("log")
def not_delivered(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """What could not be sent to a home, or to a member in private, stands in the log of that group."""
    if isinstance(target, Person):
        groups = members.groups_of(tx, target)
    else:
        home = homes.home_at(tx, target)
        groups = [home.group] if home else []
    for group in groups:
        store.note(tx, group, "not sent", f"{key}: {loss.why}", now=now)
