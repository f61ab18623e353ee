"""What the organisers hear of by itself: what could not be sent, and homes that refuse every post."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import dead, due
from bot.core.ports import Loss
from bot.core.refs import Person, Target
from bot.features.groups import store, words
from bot.features.members import store as members
from bot.storage import inbox, outbox
from bot.storage.unit_of_work import forget_old_events

REFUSED_FOR_GOOD = 3  # questions in a row: a permission that is away for a day is not the end of a home


@due("sweep")
def sweep(tx: Connection, now: datetime) -> None:
    """Forget what nobody needs any more: events that no platform delivers again, rows that were sent a month ago."""
    forget_old_events(tx, now)
    outbox.sweep(tx, now)
    inbox.sweep(tx, now)


@dead("log")
def not_delivered(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """What could not be sent to a home, or to a member in private, stands in the log of that group."""
    if isinstance(target, Person):
        groups = members.groups_of(tx, target)
    else:
        home = store.home_at(tx, target)
        groups = [home.group] if home else []
    for group in groups:
        store.note(tx, group, "not sent", f"{key}: {loss.why}", now=now)


@dead("homes")
def refused(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """A home that refuses one question after the other is paused; an outage or a bug of ours never counts."""
    if isinstance(target, Person) or not loss.definite or not key.startswith("daily:"):
        return
    home = store.home_at(tx, target)
    if home is None or home.paused:
        return
    refusals = store.count_refusal(tx, home.id)
    if refusals == 1:
        members.tell_organisers(tx, home.group, f"refused:{key}", words.post_refused(loss.why, REFUSED_FOR_GOOD), now)
    elif refusals >= REFUSED_FOR_GOOD:
        store.pause_home(tx, home, now)
        store.note(tx, home.group, "home paused", f"{home.place.channel}: {loss.why}", now=now)
        members.tell_organisers(tx, home.group, f"home-paused:{key}", words.home_paused(loss.why, refusals), now)
