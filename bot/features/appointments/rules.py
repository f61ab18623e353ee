"""Which times are offered, and what falls due around the one that was agreed.

May touch: the standard library, the vocabulary and the group's wall clock.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.errors import UserError
from bot.core.refs import MemberId
from bot.features.groups.rules import moment
from bot.features.hours.rules import DAY, Window, tidy
from bot.features.timers.rules import Timer

Interval = Window
LENGTH = timedelta(minutes=90)  # two kits of 45 minutes, or one with its feedback
LOOP_LENGTH = timedelta(minutes=150)  # three kits of 45 minutes, as three people have too, and a breath between them

# --- times ----------------------------------------------------------------------------------------------------------

OFFERED = 3
NOTICE = timedelta(hours=12)  # nobody is offered a time that comes before they have looked
WITHIN = timedelta(days=8)  # a day more than the week after which availability repeats
STEP = timedelta(minutes=30)
LATEST_AHEAD = timedelta(days=60)
PROPOSED_IN_A_ROW = 3  # by one, without a word of another
USUAL_HOURS = tidy(
    [(day * DAY + 18 * 60, day * DAY + 22 * 60) for day in range(5)]
    + [(day * DAY + 10 * 60, day * DAY + 20 * 60) for day in (5, 6)]
)
"""When somebody who has set no hours is asked: evenings from Monday to Friday, and the days of a weekend."""


def length(people: int, *, loop: bool) -> timedelta:
    """How long a session takes: of three, each is interviewed once."""
    return LOOP_LENGTH if loop or people > 2 else LENGTH


def offered_times(
    shared: Sequence[Interval], length: timedelta, now: datetime, *, taken: Collection[Interval] = ()
) -> list[datetime]:
    """Up to three starts of this length in the time that everybody has, the first one of as many days as there are.

    `taken` is when somebody of them has another session. Days are those of UTC, so that the same input gives the same
    times whoever asks.
    """
    free = [start for start in _starts(shared, length, now) if not any(_meet(start, length, one) for one in taken)]
    first_of_day: dict[object, datetime] = {}
    for start in free:
        first_of_day.setdefault(start.date(), start)
    chosen = sorted(first_of_day.values())[:OFFERED]
    for start in free:
        if len(chosen) == OFFERED:
            break
        if all(abs(start - other) >= length for other in chosen):
            chosen.append(start)
    return sorted(chosen)


def _starts(shared: Sequence[Interval], length: timedelta, now: datetime) -> list[datetime]:
    found: set[datetime] = set()
    for begins, ends in shared:
        start = _rounded_up(max(begins, now + NOTICE))
        while start + length <= ends and start <= now + WITHIN:
            found.add(start)
            start += STEP
    return sorted(found)


def _rounded_up(at: datetime) -> datetime:
    past = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    return at + (STEP - past) if past else at


def _meet(start: datetime, length: timedelta, other: Interval) -> bool:
    return start < other[1] and other[0] < start + length


def wanted_time(on: date, at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment of a date and a time of day in a zone; raise `UserError` where it is not ahead, or too far."""
    wanted = moment(on, at, zone)
    if not now < wanted <= now + LATEST_AHEAD:
        raise UserError(f"Wanted a time from now on, at most {LATEST_AHEAD.days} days ahead.")
    return wanted


def agreed(said_yes: Collection[MemberId], people: Collection[MemberId]) -> bool:
    """Whether everybody can at this time."""
    return set(people) <= set(said_yes)


# --- what falls due -------------------------------------------------------------------------------------------------

REMINDERS = (24 * 60, 60, 10)  # minutes before the start
NUDGE_AFTER = timedelta(hours=24)
SILENT_AFTER = timedelta(hours=48)
LATE_AFTER = timedelta(minutes=10)
GRACE = timedelta(minutes=10)
STALE_AFTER = timedelta(hours=24)
STALE_AT_ONCE = timedelta(minutes=20)  # of the live queue: with LATE_AFTER half an hour, since both wanted it now
BRIEFED_BEFORE = timedelta(hours=24)


def timers_of_agreed(starts_at: datetime, now: datetime) -> list[Timer]:
    """What falls due around a time that was agreed now: the reminders still ahead, and what comes when it is late."""
    reminders = [Timer("remind", starts_at - timedelta(minutes=m), m) for m in REMINDERS]
    return [
        *(one for one in reminders if one.at > now),
        Timer("brief", max(now, starts_at - BRIEFED_BEFORE)),
        Timer("late", starts_at + LATE_AFTER),
    ]


def timers_of_proposed(now: datetime) -> list[Timer]:
    """What falls due while a time is looked for."""
    return [Timer("nudge", now + NUDGE_AFTER), Timer("silence", now + SILENT_AFTER)]


def timers_of_countered(proposed: datetime, now: datetime) -> list[Timer]:
    """What falls due while another time than the agreed one is looked for: it lapses at the latest when it comes."""
    silence = min(now + SILENT_AFTER, proposed)
    nudge = now + NUDGE_AFTER
    return [*([Timer("nudge", nudge)] if nudge < silence else []), Timer("silence", silence)]


def reminder_is_of_use(minutes: int, starts_at: datetime, now: datetime) -> bool:
    """Whether a reminder that comes now is not overtaken by the next one, or by the interview itself."""
    later = [m for m in REMINDERS if m < minutes]
    return now < starts_at - timedelta(minutes=max(later, default=0))


# --- the calendar ---------------------------------------------------------------------------------------------------


def calendar_file(
    *,
    uid: str,
    sequence: int,
    starts_at: datetime,
    length: timedelta,
    now: datetime,
    title: str,
    description: str,
    link: str | None,
    cancelled: bool,
) -> str:
    """A calendar file of one entry (RFC 5545), its times in UTC so that no clock change can move it.

    An update has the same UID and a greater SEQUENCE; a cancellation has METHOD and STATUS besides.
    """
    import icalendar

    entry = icalendar.Event()
    entry.add("uid", f"{uid}@batchmates")
    entry.add("sequence", sequence)
    entry.add("dtstamp", now.replace(microsecond=0))
    entry.add("dtstart", starts_at)
    entry.add("dtend", starts_at + length)
    entry.add("summary", title)
    entry.add("description", description)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if link:
        entry.add("url", link)
        entry.add("location", link)
    file = icalendar.Calendar()
    file.add("prodid", "-//Batchmates//mock interviews//EN")
    file.add("version", "2.0")
    file.add("method", "CANCEL" if cancelled else "PUBLISH")
    file.add_component(entry)
    return bytes(file.to_ical()).decode()
