"""When a member's note of the week comes.

May touch: the standard library and the rules of groups.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.features.groups.rules import moment

NOTE_AT = time(8, 30)  # on Mondays, or with the week's last reveal where that comes later


def next_note(now: datetime, zone: ZoneInfo) -> datetime:
    """The Monday morning that follows this moment."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    at = moment(monday, NOTE_AT, zone)
    return at if at > now else moment(monday + timedelta(days=7), NOTE_AT, zone)
