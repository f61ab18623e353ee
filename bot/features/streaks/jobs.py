"""The bot notes that it is there, so that its absences are known afterwards."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.commands import due
from bot.core.ports import Timekeeping
from bot.features.streaks import store

EVERY = timedelta(minutes=5)


@due("alive", every=EVERY)
def note(tx: Connection, now: datetime, timekeeping: Timekeeping) -> None:
    """Note that the bot is there, and that it was absent where it could not do so for a while."""
    parts = store.parts(works=timekeeping.works, hears=timekeeping.hears)
    if timekeeping.skips:
        store.is_there(tx, now, parts)
    else:
        # It stood still with its machine, or its database was away.
        store.came_back(tx, now, parts)
