"""The bot notes that it is there, so that its absences are known afterwards."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.commands import due
from bot.features.streaks import store


@due("alive", every=timedelta(minutes=5))
def note(tx: Connection, now: datetime) -> None:
    """Note that the bot is there."""
    store.is_there(tx, now)
