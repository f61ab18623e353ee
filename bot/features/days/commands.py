"""What organisers change about the days to come."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import Option, action, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.parsing import read_date
from bot.core.ports import Reply
from bot.features.days import store, words
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.groups.store import Group, Track
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.tracks import store as tracks

LONGEST_BLACKOUT = timedelta(days=120)
FURTHEST_AHEAD = timedelta(days=550)


def _organised(tx: Connection, ask: Ask, bank: Bank) -> tuple[Group, Track]:
    """The group and the track of this place, for one of its organisers, with its next dates planned."""
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    track = tracks.hold_here(tx, ask, group)
    store.plan_ahead(tx, group, track, bank)
    return group, track


@command("admin preview", help="The next 14 dates with their questions; each can be swapped.")
async def preview(ask: Ask, bank: Bank) -> Reply:
    """Show what is planned."""
    return await ask.run(_preview, ask, bank)


def _preview(tx: Connection, ask: Ask, bank: Bank) -> Message:
    group, track = _organised(tx, ask, bank)
    planned = store.planned(tx, track.id)
    off = sorted(on for on in groups.blackout_dates(tx, group.id) if on >= track.next_on)
    return words.preview(planned, off, group, track, bank, named=len(groups.tracks_of(tx, group.id)) > 1)


def suggest_questions(bank: Bank, typed: str) -> list[str]:
    """The ids of questions that hold what was typed in their id or title, those that start with it first."""
    word = typed.strip().lower()
    hits = [str(key) for key, item in bank.questions.items() if word in str(key).lower() or word in item.title.lower()]
    return sorted(hits, key=lambda key: (not key.lower().startswith(word), key))


@command("admin swap", help="Give a date another question.")
async def swap(
    ask: Ask,
    bank: Bank,
    on: Annotated[date, Option("the date, such as 2027-03-15", label="Date")],
    question: Annotated[
        str, Option("the id of a question; empty to let me choose", max_length=80, suggest_from=suggest_questions)
    ] = "",
) -> Reply:
    """Give a planned date another question."""
    return await ask.run(_swap, ask, bank, on, question)


def _swap(tx: Connection, ask: Ask, bank: Bank, on: date, question: str) -> Message:
    group, track = _organised(tx, ask, bank)
    day = store.day_on(tx, track.id, on)
    if day is None or day.state != "planned":
        dates = ", ".join(str(item.on) for item in store.planned(tx, track.id))
        raise UserError(f"Wanted one of the dates that are planned: {dates or 'none is'}.")
    return _swapped(tx, ask, bank, group, track, day, question)


def _swapped(tx: Connection, ask: Ask, bank: Bank, group: Group, track: Track, day: Day, question: str) -> Message:
    if question:
        store.exchange(tx, track.id, day, bank.question(question).key)
    elif store.another(tx, group, track, bank, day) is None:
        raise UserError("There is no other question that is not planned already. Name one by its id.")
    now = store.find(tx, day.id)
    assert now is not None
    groups.note(
        tx, group.id, "swap", f"{day.on}: {day.question_id} -> {now.question_id}", now=ask.now, actor=str(ask.who)
    )
    return words.swapped(now, bank)


@action("swap-day")
async def swap_day(ask: Ask, bank: Bank, chosen: tuple[str, ...]) -> Reply:
    """A date was chosen in the preview."""
    return await ask.run(_swap_day, ask, bank, chosen)


def _swap_day(tx: Connection, ask: Ask, bank: Bank, chosen: tuple[str, ...]) -> Message:
    group, track = _organised(tx, ask, bank)
    day = store.day_on(tx, track.id, read_date(chosen[0])) if chosen else None
    if day is None or day.state != "planned":
        raise UserError("This date is not planned any more. Run admin preview again.")
    return _swapped(tx, ask, bank, group, track, day, "")


@command(
    "admin skip", help="Post nothing on a date, the next one if you name none; in another track's channel there only."
)
async def skip(
    ask: Ask,
    bank: Bank,
    on: Annotated[date | None, Option("the date, such as 2027-03-15", label="Date")] = None,
    off: Annotated[bool, Option("yes to make it an ordinary date again", label="Take back")] = False,
) -> Reply:
    """Skip a date, or take a skip back: on every track, or on one in the channel that is its own."""
    return await ask.run(_unskip if off else _skip, ask, bank, on)


def _within_reach(tx: Connection, ask: Ask, bank: Bank) -> tuple[Group, list[Track]]:
    """The group, and the tracks whose dates a skip here is about, held and planned: all in the first one's home.

    Who says there that a day is free means the group's day; in the channel of another track it is that track's alone.
    """
    group, here = _organised(tx, ask, bank)
    if not tracks.leads(tx, here):
        return group, [here]
    every = groups.tracks_of(tx, group.id)
    for track in every[1:]:
        store.plan_ahead(tx, group, groups.hold_track(tx, track.id), bank)
    return group, every


def _unskip(tx: Connection, ask: Ask, bank: Bank, on: date | None) -> Message:
    group, reached = _within_reach(tx, ask, bank)
    skipped = {track.id: store.skipped(tx, track.id) for track in reached}
    back = [track for track in reached if on in skipped[track.id]]
    if on is None or not back:
        dates = sorted({each for some in skipped.values() for each in some})
        raise UserError(f"Wanted one of the dates that are skipped: {', '.join(map(str, dates)) or 'none is'}.")
    for track in back:
        store.unskip(tx, track.id, on)
        store.plan_ahead(tx, group, track, bank)
    shown = _shown(tx, group, back)
    groups.note(tx, group.id, "skip", words.noted(f"{on} off", shown), now=ask.now, actor=str(ask.who))
    return words.unskipped(on, shown)


def _skip(tx: Connection, ask: Ask, bank: Bank, on: date | None) -> Message:
    group, reached = _within_reach(tx, ask, bank)
    planned = [day for track in reached for day in store.planned(tx, track.id) if on in {None, day.on}]
    if not planned:
        raise UserError("Wanted one of the next dates on which a question is planned. Run admin preview to see them.")
    skipped = min(day.on for day in planned)
    of = {day.track: day for day in planned if day.on == skipped}
    for day in of.values():
        store.set_state(tx, day.id, "skipped")
    shown = _shown(tx, group, [track for track in reached if track.id in of])
    groups.note(tx, group.id, "skip", words.noted(str(skipped), shown), now=ask.now, actor=str(ask.who))
    return words.skipped(skipped, shown, _asking(tx, group, skipped))


def _shown(tx: Connection, group: Group, some: Sequence[Track]) -> list[words.Shown]:
    """The tracks with their channels, to be named; none where the group has only one."""
    if len(groups.tracks_of(tx, group.id)) == 1:
        return []
    return [words.Shown(track.name, [home.place for home in homes.homes_of(tx, track.id)]) for track in some]


def _asking(tx: Connection, group: Group, on: date) -> list[str]:
    """The names of the tracks that ask, or have asked, something on a date."""
    asked = [(track, store.day_on(tx, track.id, on)) for track in groups.tracks_of(tx, group.id)]
    return [track.name for track, day in asked if day and day.state in {"planned", "open", "revealed"}]


@command("admin blackout", help="Dates on which nothing is posted, such as holidays.")
async def blackout(
    ask: Ask,
    bank: Bank,
    first: Annotated[date, Option("the first date, such as 2026-12-24", label="First date")],
    last: Annotated[date | None, Option("the last date; empty for one date", label="Last date")] = None,
    off: Annotated[bool, Option("yes to make them ordinary dates again", label="Take back")] = False,
) -> Reply:
    """Make dates blackouts, or ordinary again."""
    last = last or first
    if not first <= last <= first + LONGEST_BLACKOUT:
        raise UserError(f"Wanted a last date from the first on, at most {LONGEST_BLACKOUT.days} days later.")
    if not -timedelta(days=1) <= first - ask.now.date() <= FURTHEST_AHEAD:
        raise UserError(f"Wanted a first date from today on, at most {FURTHEST_AHEAD.days} days ahead.")
    return await ask.run(_blackout, ask, bank, first, last, off)


def _blackout(tx: Connection, ask: Ask, bank: Bank, first: date, last: date, off: bool) -> Message:
    group, _ = _organised(tx, ask, bank)
    for step in range((last - first).days + 1):
        groups.set_blackout(tx, group.id, first + timedelta(days=step), not off)
        for track in groups.tracks_of(tx, group.id) if off else ():
            store.unskip(tx, track.id, first + timedelta(days=step))
    _organised(tx, ask, bank)
    groups.note(tx, group.id, "blackout", f"{first} {last}{' off' if off else ''}", now=ask.now, actor=str(ask.who))
    return words.blackout(first, last, off=off)
