"""From what a member has set to what they want of one week."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.features.groups.rules import moment
from bot.features.hours.rules import Hours, tidy, windows
from bot.features.members.store import Member
from bot.features.preferences.store import Preferences
from bot.features.wishes.rules import Seeker

COMMON = (
    ("weekday-mornings", "Mon-Fri mornings, 8-12", "Mon-Fri 08:00-12:00"),
    ("weekday-lunch", "Mon-Fri lunch, 12-14", "Mon-Fri 12:00-14:00"),
    ("weekday-afternoons", "Mon-Fri afternoons, 14-18", "Mon-Fri 14:00-18:00"),
    ("weekday-evenings", "Mon-Fri evenings, 18-22", "Mon-Fri 18:00-22:00"),
    ("saturday-mornings", "Saturday, 8-12", "Sat 08:00-12:00"),
    ("saturday-afternoons", "Saturday, 12-18", "Sat 12:00-18:00"),
    ("saturday-evenings", "Saturday, 18-22", "Sat 18:00-22:00"),
    ("sunday-mornings", "Sunday, 8-12", "Sun 08:00-12:00"),
    ("sunday-afternoons", "Sunday, 12-18", "Sun 12:00-18:00"),
    ("sunday-evenings", "Sunday, 18-22", "Sun 18:00-22:00"),
)
"""Hours to choose from: value, label, and what it stands for."""


def zone_of(member: Member, group_zone: ZoneInfo) -> str:
    """The zone in which a member's hours are meant."""
    return member.zone or group_zone.key


def takes_part_from(preferences: Preferences, member: Member) -> date | None:
    """The first date that counts for a member who is paused or away."""
    away = member.away_until + timedelta(days=1) if member.away_until else None  # that date is the last one away
    return max((on for on in (preferences.paused_until, away) if on), default=None)


def paused_until(preferences: Preferences, today: date) -> date | None:
    """The date on which a pause ends; None for whoever is not paused today."""
    until = preferences.paused_until
    return until if until and until > today else None


def seeker(
    member: Member, preferences: Preferences, group_zone: ZoneInfo, start: datetime, end: datetime, owed: int = 0
) -> Seeker:
    """What a member wants in the time between two moments."""
    zone = zone_of(member, group_zone)
    since = takes_part_from(preferences, member)
    begin = max(start, moment(since, time(), ZoneInfo(zone))) if since else start
    open = tuple(windows(preferences.hours, zone, begin, end)) if begin < end else ()
    wishes = (preferences.wanted, preferences.giving, member.level, member.role, languages(member.language))
    return Seeker(member.id, open, *wishes, owed)


def languages(named: str | None) -> frozenset[str]:
    """The languages that somebody named: "English, a little German" are two, whatever is said of them."""
    parts = re.split(r"[,;/&+]|\band\b", (named or "").casefold())
    return frozenset(" ".join(part.split()) for part in parts if part.strip())


def chosen_hours(values: tuple[str, ...], read: dict[str, Hours]) -> Hours:
    """The hours that were chosen from the common ones, joined."""
    return tidy(stretch for value in values for stretch in read[value])
