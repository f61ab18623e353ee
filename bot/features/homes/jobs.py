"""What becomes of a home that refuses one question after the other."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import dead
from bot.core.ports import Loss
from bot.core.refs import Person, Target
from bot.features.groups import store as groups
from bot.features.homes import store, words
from bot.features.members import store as members

REFUSED_FOR_GOOD = 3  # questions in a row: a permission that is away for a day is not the end of a home


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
        groups.pause_home(tx, home, now)
        groups.note(tx, home.group, "home paused", f"{home.place.channel}: {loss.why}", now=now)
        members.tell_organisers(tx, home.group, f"home-paused:{key}", words.home_paused(loss.why, refusals), now)
