"""Groups, members, days and a bank to measure on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.bank.load import Bank, load_bank
from bot.bank.schema import Question
from bot.bank.terms import QuestionId
from bot.core.refs import Person, Place
from bot.features.days.store import AHEAD, days
from bot.features.groups import store as groups
from bot.features.groups.rules import WEEKDAYS, dates
from bot.features.groups.store import Group, Track
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.resources import folder

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, at the posting time of every group."""
BERLIN = ZoneInfo("Europe/Berlin")
CHUNK = 500
HOME = Place("local", "bench", "home")


def wide_bank(size: int) -> Bank:
    """The bank that ships, its questions repeated under other ids until there are at least as many as asked for."""
    bank = load_bank([folder("content")], today=NOW.date())
    questions: dict[QuestionId, Question] = dict(bank.questions)
    for number in range(size - len(questions)):
        one = list(bank.questions.values())[number % len(bank.questions)]
        again = one.model_copy(update={"id": f"{one.id}-{number}"})
        questions[again.key] = again
    return replace(bank, questions=MappingProxyType(questions))


def person(number: int) -> Person:
    """One of many people."""
    return Person("local", "bench", f"person{number}")


def found_group(tx: Connection, place: Place = HOME) -> tuple[Group, Track]:
    """Found one group, through its stores."""
    group = groups.found_group(
        tx, name="the study group", zone=BERLIN, post_at=time(9), weekdays=WEEKDAYS, level="mid", now=NOW
    )
    track = groups.add_track(tx, group, "main", "year", NOW)
    homes.add_home(tx, group.id, track.id, place)
    return group, track


def plan(tx: Connection, group: Group, track: Track, questions: Sequence[QuestionId]) -> list[date]:
    """Plan these questions for the next dates of a track; give the dates."""
    coming = list(islice(dates(track.next_on, group.weekdays), len(questions)))
    rows = [_planned(group.id, track.id, on, question) for on, question in zip(coming, questions, strict=True)]
    tx.execute(days.insert(), rows)
    return coming


def found_many(
    tx: Connection,
    first: int,
    count: int,
    bank: Bank,
    *,
    due: datetime = NOW,
    weekdays: frozenset[int] = WEEKDAYS,
    channel: Callable[[int], str] = "home{}".format,
    workspace: str = "bench",
) -> None:
    """Write groups `first` to `first + count`, each with an organiser and two weeks planned, all due at once."""
    ids = range(first, first + count)
    person_of = {"platform": "local", "workspace": workspace}
    on = due.astimezone(BERLIN).date()
    tx.execute(groups.groups.insert(), [_group(id, weekdays) for id in ids])
    tx.execute(groups.tracks.insert(), [_track(id, on, due) for id in ids])
    tx.execute(
        homes.homes.insert(), [{"group_id": id, "track_id": id, "channel": channel(id), **person_of} for id in ids]
    )
    tx.execute(members.members.insert(), [_organiser(id) for id in ids])
    tx.execute(
        members.identities.insert(),
        [{"member_id": id, "group_id": id, "person": f"person{id}", **person_of} for id in ids],
    )
    coming, keys = list(islice(dates(on, weekdays), AHEAD)), list(bank.questions)
    tx.execute(
        days.insert(),
        [_planned(id, id, on, keys[(id + step) % len(keys)]) for id in ids for step, on in enumerate(coming)],
    )


def _group(id: int, weekdays: frozenset[int]) -> dict[str, object]:
    days = "".join(map(str, sorted(weekdays)))
    when = {"zone": BERLIN.key, "post_at": "09:00", "weekdays": days, "created_at": NOW - timedelta(days=1)}
    return {"name": f"group {id}", "level": "mid", "seed": f"{id:016x}", "state": "active", "settings": {}, **when}


def _track(id: int, on: date, due: datetime) -> dict[str, object]:
    return {"group_id": id, "name": "main", "plan": "year", "next_on": on, "next_at": due}


def _organiser(id: int) -> dict[str, object]:
    said = {"organiser": True, "remind_posted": False, "remind_reveal": False, "seen_by": "public", "welcomed": True}
    return {"group_id": id, "name": f"person {id}", "joined_at": NOW, **said}


def _planned(group: int, track: int, on: date, question: QuestionId) -> dict[str, object]:
    what = {"state": "planned", "question_id": question, "option_order": [], "late": False}
    return {"group_id": group, "track_id": track, "on": on, **what}
