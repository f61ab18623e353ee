"""Calendar files are read by two parsers that know nothing of each other, and times are right over clock changes."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from bot.core.errors import UserError
from bot.features.appointments import rules, words
from bot.features.groups.rules import moment
from bot.features.hours.rules import shared, windows
from tests.features.sessions.pair import Pair
from tests.stage import Stage

AT = datetime(2027, 3, 28, 17, 30, tzinfo=UTC)
NOW = datetime(2027, 3, 20, 12, 0, tzinfo=UTC)
ZONES = sorted(
    zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
)
CHANGES = (datetime(2027, 3, 14, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC))
"""The days around which most zones change their clocks: North America's and Europe's in spring, Europe's in autumn."""


def file_of(
    *, sequence: int = 0, cancelled: bool = False, link: str | None = "https://meet.example.org/a", title: str = "Mock"
) -> str:
    return rules.calendar_file(
        uid="1f0c",
        sequence=sequence,
        starts_at=AT,
        length=rules.LENGTH,
        now=NOW,
        title=title,
        description="With Jonas, Aiko; and \\ Łukasz.\nBring water.",
        link=link,
        cancelled=cancelled,
    )


def test_icalendar_reads_what_was_written() -> None:
    (entry,) = icalendar.Calendar.from_ical(file_of()).walk("VEVENT")
    assert entry["UID"] == "1f0c@batchmates"
    assert entry.decoded("dtstart") == AT
    assert entry.decoded("dtend") - entry.decoded("dtstart") == rules.LENGTH
    assert str(entry["DESCRIPTION"]) == "With Jonas, Aiko; and \\ Łukasz.\nBring water."


def test_another_parser_reads_the_same() -> None:
    calendar = IcsCalendarStream.calendar_from_ics(file_of())
    (event,) = calendar.events
    assert (event.uid, event.summary, event.sequence) == ("1f0c@batchmates", "Mock", 0)
    assert event.dtstart == AT
    assert event.dtend == AT + rules.LENGTH
    assert event.description == "With Jonas, Aiko; and \\ Łukasz.\nBring water."
    assert str(event.url) == "https://meet.example.org/a"


@pytest.mark.parametrize("cancelled", [False, True])
def test_an_update_and_a_cancellation_are_the_same_entry_later(cancelled: bool) -> None:
    text = file_of(sequence=3, cancelled=cancelled)
    calendar = IcsCalendarStream.calendar_from_ics(text)
    (event,) = calendar.events
    assert (event.uid, event.sequence) == ("1f0c@batchmates", 3)
    (entry,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert str(entry["STATUS"]) == ("CANCELLED" if cancelled else "CONFIRMED")
    assert str(icalendar.Calendar.from_ical(text)["METHOD"]) == ("CANCEL" if cancelled else "PUBLISH")


def test_every_line_ends_as_the_standard_wants_and_is_short_enough() -> None:
    text = file_of(title="Mock interview: " + "ü" * 120)
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert all("\n" not in line and len(line.encode()) <= 75 for line in lines)


async def test_the_files_of_a_session_are_one_entry_that_grows(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.agrees()
    await group.jonas.presses("Other time")
    await group.jonas.fills(on="2026-11-28", at="10:00")
    await group.aiko.presses("1 works", under="asks for another time")
    await group.aiko.presses("Cancel")
    await group.aiko.fills()
    # A message whose buttons went has its file anew, so they stand in another order.
    files = sorted(
        {file.data.decode() for file in group.world.files.values() if file.name.endswith(".ics")}, key=_number
    )
    events = [IcsCalendarStream.calendar_from_ics(text).events[0] for text in files]
    assert len({event.uid for event in events}) == 1
    assert [event.sequence for event in events] == [0, 1, 2]
    assert [str(event.status.value) for event in events if event.status] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert events[1].dtstart == group.moment("2026-11-28 10:00")


def _number(file: str) -> int:
    return int(IcsCalendarStream.calendar_from_ics(file).events[0].sequence or 0)


# --- zones ----------------------------------------------------------------------------------------------------------


def pairs_of_zones() -> list[tuple[str, str]]:
    drawn = random.Random(7)
    return [(drawn.choice(ZONES), drawn.choice(ZONES)) for _ in range(200)]


@pytest.mark.parametrize("day", CHANGES, ids=lambda day: f"{day:%Y-%m-%d}")
def test_offered_times_are_inside_the_hours_of_both_for_200_pairs_of_zones(day: datetime) -> None:
    now = day - timedelta(days=4)
    offered_to = 0
    for one, other in pairs_of_zones():
        open_to = [windows(rules.USUAL_HOURS, zone, now, now + rules.WITHIN) for zone in (one, other)]
        times = rules.offered_times(shared(*open_to), rules.LENGTH, now)
        offered_to += bool(times)
        assert len(times) == len(set(times)) <= rules.OFFERED
        for start in times:
            assert start >= now + rules.NOTICE
            for zone in (one, other):
                for minute in range(0, int(rules.LENGTH.total_seconds() // 60), 15):
                    clock = (start + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
                    week = clock.weekday() * 24 * 60 + clock.hour * 60 + clock.minute
                    assert any(begins <= week < ends for begins, ends in rules.USUAL_HOURS), (zone, start)
    assert offered_to > 120


@pytest.mark.parametrize("day", CHANGES, ids=lambda day: f"{day:%Y-%m-%d}")
def test_what_one_types_is_the_same_moment_for_the_other_and_in_the_calendar(day: datetime) -> None:
    drawn = random.Random(11)
    for one, other in pairs_of_zones():
        on = (day + timedelta(days=drawn.randrange(-2, 3))).date()
        typed = datetime(2000, 1, 1, drawn.randrange(24), drawn.choice((0, 30))).time()  # noqa: DTZ001
        wanted = rules.wanted_time(
            on, typed, ZoneInfo(one), datetime(2027, 3, 1, tzinfo=UTC) if day.month == 3 else day - timedelta(days=9)
        )
        assert wanted == moment(on, typed, ZoneInfo(one))
        seen, there = wanted.astimezone(ZoneInfo(one)), wanted.astimezone(ZoneInfo(other))
        assert seen.astimezone(UTC) == there.astimezone(UTC) == wanted
        skipped = seen.replace(tzinfo=None) != datetime.combine(on, typed)
        if skipped:  # a time that did not exist that day has moved by the length of the gap
            assert timedelta(0) < seen.replace(tzinfo=None) - datetime.combine(on, typed) <= timedelta(hours=1)
        text = rules.calendar_file(
            uid="z",
            sequence=0,
            starts_at=wanted,
            length=rules.LOOP_LENGTH,
            now=day,
            title="t",
            description="d",
            link=None,
            cancelled=False,
        )
        assert IcsCalendarStream.calendar_from_ics(text).events[0].dtstart == wanted
        (entry,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
        assert entry.decoded("dtstart") == wanted
        assert entry.decoded("dtend") - wanted == timedelta(minutes=150)


def test_a_link_is_read_as_it_stands() -> None:
    assert words.read_link(" https://meet.example.org/a?b=c ") == "https://meet.example.org/a?b=c"
    assert words.read_link("  ") is None
    with pytest.raises(UserError):
        words.read_link("https://[::1")
