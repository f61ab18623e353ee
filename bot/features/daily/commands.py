"""Showing the day's question, and what organisers do with the next one."""

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import action, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.ports import Reply, Send
from bot.features.answers import store as answers
from bot.features.daily import words
from bot.features.daily.jobs import open_question
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.groups.store import Group, Track
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.tracks import store as tracks
from bot.storage import outbox

CATCH_UP = 3
LOOKED_BACK = 30  # days: what is older is for practice, not for catching up


@command("question", help="Show the newest question again, with its buttons.")
async def question(ask: Ask, bank: Bank) -> Reply:
    """Show the newest question of the group."""
    return await ask.read(_newest, ask, bank)


def _newest(tx: Connection, ask: Ask, bank: Bank) -> Message:
    group = groups.here(tx, ask)
    home = homes.home_at(tx, ask.place)
    newest = days.newest(tx, group.id, 1, track=home.track if home else None)
    if not newest:
        coming = [track.next_at for track in groups.tracks_of(tx, group.id)]
        return words.nothing_open(min(coming, default=None), group)
    return words.question(newest[0], group, bank.taxonomy, answers.standing(tx, newest[0]))


@action("show-day")
async def show_day(ask: Ask, bank: Bank, id: int) -> Reply:
    """Show one question."""
    return await ask.read(_show_day, ask, bank, id)


def _show_day(tx: Connection, ask: Ask, bank: Bank, id: int) -> Message:
    day, group = days.here(tx, ask, id)
    return words.question(day, group, bank.taxonomy, answers.standing(tx, day))


@command("catchup", help="The last three questions that you missed.")
async def catchup(ask: Ask) -> Reply:
    """Offer what the asker has missed."""
    return await ask.read(_catchup, ask)


def _catchup(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    revealed = days.newest(tx, group.id, LOOKED_BACK, states=("revealed",))
    since = [day for day in revealed if day.reveal_at and day.reveal_at > member.joined_at]
    missed = answers.missed(tx, since, member.id, CATCH_UP)
    return words.catch_up(missed, groups.names_of_tracks(tx, group.id, ended=True))


# --- for organisers -----------------------------------------------------------------------------------------------


@command("admin next", help="Post the next planned question now; it takes that date's place.")
async def post_next(ask: Ask, bank: Bank) -> Reply:
    """Post the next planned question now, and spend its date."""
    return await ask.run(_post_next, ask, bank)


def _post_next(tx: Connection, ask: Ask, bank: Bank) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    track, day = _next_planned(tx, ask, group, bank)
    if not homes.homes_of(tx, track.id):
        raise UserError("Nobody would see it: no channel of this track takes posts. admin resume opens a paused one.")
    opened = open_question(tx, group, track, day, bank, now=ask.now, late=False)
    if opened is None:
        raise UserError("There is no question to post: the bank is used up, and this plan does not begin anew.")
    name = groups.names_of_tracks(tx, group.id).get(track.id, "")
    groups.note(tx, group.id, "next", f"{day.on} posted early {name}".strip(), now=ask.now, actor=str(ask.who))
    return words.posted_early(opened, name)


@command("admin test", help="Send the next question to you alone, to see how it looks.")
async def test(ask: Ask, bank: Bank) -> Reply:
    """Send the next planned question to the organiser alone."""
    return await ask.run(_test, ask, bank)


def _test(tx: Connection, ask: Ask, bank: Bank) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    _, day = _next_planned(tx, ask, group, bank)
    shown = words.test_post(bank.question(day.question_id), str(day.on), bank.taxonomy)
    outbox.enqueue(tx, f"test:{ask.id}", ask.who, Send(shown), now=ask.now)
    return words.test_sent()


def _next_planned(tx: Connection, ask: Ask, group: Group, bank: Bank) -> tuple[Track, Day]:
    track = tracks.hold_here(tx, ask, group)
    days.plan_ahead(tx, group, track, bank)
    planned = days.planned(tx, track.id)
    if not planned:
        raise UserError("Nothing is planned for the next dates: they are posted, skipped, or the bank is used up.")
    return track, planned[0]


@action("test-press")
async def test_press(ask: Ask) -> Reply:
    """A button of a test was pressed."""
    return words.test_pressed()
