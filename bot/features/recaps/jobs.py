"""Tells the week in the home, in the morning after its last question is revealed."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.core.commands import due
from bot.core.ports import Send
from bot.features.answers import store as answers
from bot.features.boards import store as boards
from bot.features.boards.rules import Period, board_rows, period_key, previous
from bot.features.boards.store import ANYBODY, Board
from bot.features.boards.words import View
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.groups.rules import moment
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.recaps import store, words
from bot.features.recaps.rules import TOLD_FROM, Asked
from bot.features.recaps.store import WEEK, Week
from bot.storage import outbox
from bot.storage.unit_of_work import apart

BATCH = 20
SOON = timedelta(minutes=10)  # where the last reveal of a week waits for something
STALE = timedelta(days=5)  # a week that could not be told until then is not told any more


@due("recaps", every=timedelta(minutes=1))
def tell_weeks(tx: Connection, now: datetime) -> None:
    """Every week that is over is told once."""
    for week in store.due(tx, now, BATCH):
        if not apart(tx, "recap", f"{week.group}:{week.monday}", partial(_look, tx, week, now)):
            store.look_again(tx, week, now + timedelta(days=1))


def _look(tx: Connection, week: Week, now: datetime) -> None:
    group = groups.group(tx, week.group)
    over = week.monday + WEEK
    open_until = days.last_reveal(tx, group.id, over - timedelta(days=1))
    told_from = moment(over, TOLD_FROM, group.zone)
    if open_until is not None:
        store.look_again(tx, week, max(open_until, told_from, now + SOON))
    elif now < told_from:
        store.look_again(tx, week, told_from)
    else:
        store.look_again(tx, week, None)
        if group.numbers.weekly_recap and not group.paused and now < told_from + STALE:
            _tell(tx, group, week, now)


def _tell(tx: Connection, group: Group, week: Week, now: datetime) -> None:
    told = store.days_of(tx, week)
    names = groups.names_of_tracks(tx, group.id, ended=True) if len({day.track for day in told}) > 1 else {}
    asked = [_asked(tx, day, names.get(day.track, "")) for day in told]
    if not any(one.answered for one in asked):
        return  # nobody wants to read of a week in which nobody was there
    recap = words.recap(_board(tx, group, week), week.monday, asked, store.mocks_held(tx, group, week))
    for home in homes.homes_of_group(tx, group.id):
        key = f"recap:{group.id}:{week.monday}:home{home.id}"
        outbox.enqueue(tx, key, home.place, Send(recap), now=now)


def _board(tx: Connection, group: Group, week: Week) -> View:
    on = week.monday
    board = Board(group.id, Period.week, period_key(Period.week, on), seen_by=ANYBODY)
    top = boards.top(tx, board)
    last = Board(group.id, Period.week, previous(Period.week, on) or "", seen_by=ANYBODY)
    before = boards.ranks(tx, last, [standing.member for standing in top])
    rows = board_rows(top, [], asker=None, before=before)
    return View(group, Period.week, on, past=True, topic="", topic_title="", rows=rows)


def _asked(tx: Connection, day: Day, track: str) -> Asked:
    given = answers.in_time(tx, day.id)
    graded = [answer for answer in given if answer.grade.right is not None]
    rights = [answer for answer in graded if answer.grade.right]
    first = members.member(tx, rights[0].member) if rights else None
    named = first is not None and first.left_at is None and first.seen_by in ANYBODY
    name = first.name if first is not None and named else None
    return Asked(day.on, day.asked.title, len(given), len(rights) if graded else None, name, track)
