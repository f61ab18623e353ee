"""What boards do by night: they are compared with the ledger, and a season that is over gets its winners."""

from datetime import datetime, time, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.core.commands import due
from bot.core.ports import Send
from bot.features.boards import store, words
from bot.features.boards.rules import Period
from bot.features.boards.store import ANYBODY, GROUP, Board
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups.rules import moment
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.seasons import store as seasons
from bot.features.seasons import words as season_words
from bot.features.seasons.store import Running
from bot.storage import outbox
from bot.storage.unit_of_work import apart

log = structlog.get_logger()
BATCH = 10  # groups a minute: 14,400 a day
AT = time(3, 30)  # of the group's clock, when hardly anybody answers
TOLD_FROM = time(9)  # nobody is woken by an announcement
WINNERS = 3  # ranks that are archived, with everybody who shares them
STALE = timedelta(days=14)  # what ended longer ago, as before an upgrade, is archived and not announced


@due("boards", every=timedelta(minutes=1))
def look_at_boards(tx: Connection, now: datetime) -> None:
    """Every group's scores are compared with its ledger once a night; a season that is over is closed."""
    for running in seasons.due(tx, now, BATCH):
        if not apart(tx, "boards", f"{running.group}:{running.season.key}", partial(_look, tx, running, now)):
            seasons.look_again(tx, running, now + timedelta(days=1))


def _look(tx: Connection, running: Running, now: datetime) -> None:
    group = groups.group(tx, running.group)
    _compare(tx, group, now)
    today = now.astimezone(group.zone).date()
    tonight, told_from = moment(today + timedelta(days=1), AT, group.zone), moment(today, TOLD_FROM, group.zone)
    if today <= running.season.last or days.open_until(tx, group.id, running.season.last):
        seasons.look_again(tx, running, tonight)
    elif now < told_from:
        seasons.look_again(tx, running, told_from)
    else:
        _close(tx, group, running, now)


def _compare(tx: Connection, group: Group, now: datetime) -> None:
    wrong = store.differences(tx, group.id)
    if wrong:
        store.mend(tx, wrong)
        log.warning("scores_mended", group=int(group.id), scores=len(wrong))
        groups.note(tx, group.id, "boards", words.mended(len(wrong)), now=now)


def _close(tx: Connection, group: Group, running: Running, now: datetime) -> None:
    season = running.season
    # Members whom nobody sees are archived too: they may show themselves later, and until then only they know.
    board = Board(group.id, Period.season, season.key, seen_by=GROUP | {"nobody"})
    won = [one for one in store.top(tx, board, most=20) if one.rank <= WINNERS]
    seasons.close(tx, running, [(one.member, one.rank, one.points) for one in won], now)
    shown = [one for one in seasons.winners_of(tx, group.id, [season.key]) if one.seen_by in ANYBODY]
    fresh = now.astimezone(group.zone).date() - season.last <= STALE
    if not shown or not fresh or group.paused:
        return
    told = season_words.announced(group, season, shown)
    for home in homes.homes_of_group(tx, group.id):
        outbox.enqueue(tx, f"season:{group.id}:{season.key}:home{home.id}", home.place, Send(told), now=now)
