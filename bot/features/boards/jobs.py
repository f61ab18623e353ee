"""What boards do by night: they are compared with the ledger, and a season that is over gets its winners."""

from datetime import datetime, time, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.core.commands import due
from bot.core.ports import GiveRole, Send
from bot.core.refs import MemberId, Place
from bot.features.boards import store, words
from bot.features.boards.rules import Period
from bot.features.boards.store import ANYBODY, EVERYBODY, Board
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups.rules import moment
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.seasons import store as seasons
from bot.features.seasons import words as season_words
from bot.features.seasons.store import Running
from bot.storage import outbox
from bot.storage.unit_of_work import apart

log = structlog.get_logger()
BATCH = 10  # groups a minute: 14,400 a day
AT = time(3, 30)  # of the group's clock, when hardly anybody answers
TOLD_FROM = time(9)  # nobody is woken by an announcement
SOON = timedelta(minutes=10)  # where the last reveal of a season waits for something
WINNERS = 3  # ranks that are archived, with everybody who shares them
STALE = timedelta(days=14)  # what ended longer ago, as before an upgrade, is archived and not announced


def _crown(tx: Connection, group: Group, running: Running, now: datetime) -> None:
    """Let the new champions have the role that those of the season before had, where the group has one."""
    last, before = running.season.key, seasons.closed_before(tx, group.id, running.season)
    won = seasons.winners_of(tx, group.id, [last, before] if before else [last])
    # Who is hidden wears no crown; a crown is taken from everybody who had one.
    new = {one.member for one in won if one.key == last and one.rank == 1 and one.seen_by in ANYBODY}
    old = {one.member for one in won if one.key == before and one.rank == 1} - new
    seen: set[str] = set()
    for home in homes.homes_of_group(tx, group.id):
        role = group.champions_in(home.place)
        if role and home.place.workspace not in seen:
            seen.add(home.place.workspace)
            for member in (*sorted(old), *sorted(new)):
                _give(tx, home.place, role, member, f"{last}:{home.id}", take=member in old, now=now)


def _give(tx: Connection, place: Place, role: str, member: MemberId, of: str, *, take: bool, now: datetime) -> None:
    for person in members.persons(tx, member):
        if person.platform == place.platform:
            key = f"champion:{role}:{of}:{'from' if take else 'to'}:{person.id}"
            outbox.enqueue(tx, key, place, GiveRole(person, role, take), now=now)


@due("boards", every=timedelta(minutes=1))
def look_at_boards(tx: Connection, now: datetime) -> None:
    """Every group's scores are compared with its ledger once a night; a season that is over is closed."""
    for running in seasons.due(tx, now, BATCH):
        if not apart(tx, "boards", f"{running.group}:{running.season.key}", partial(_look, tx, running, now)):
            seasons.look_again(tx, running, now + timedelta(days=1))


def _look(tx: Connection, running: Running, now: datetime) -> None:
    group = groups.group(tx, running.group)
    _compare(tx, group, now)
    at = _closes(tx, group, running, now)
    if at is None:
        _close(tx, group, running, now)
    else:
        seasons.look_again(tx, running, at)


def _closes(tx: Connection, group: Group, running: Running, now: datetime) -> datetime | None:
    """When to look at a season again; None where it is over, its last question is revealed, and it is day."""
    today, last = now.astimezone(group.zone).date(), running.season.last
    if today <= last:
        return moment(today + timedelta(days=1), AT, group.zone)
    revealed, told_from = days.last_reveal(tx, group.id, last), moment(today, TOLD_FROM, group.zone)
    if revealed is not None:
        return max(revealed, told_from, now + SOON)
    return told_from if now < told_from else None


def _compare(tx: Connection, group: Group, now: datetime) -> None:
    wrong = store.differences(tx, group.id)
    if wrong:
        store.mend(tx, wrong)
        log.warning("scores_mended", group=int(group.id), scores=len(wrong))
        groups.note(tx, group.id, "boards", words.mended(len(wrong)), now=now)


def _close(tx: Connection, group: Group, running: Running, now: datetime) -> None:
    season = running.season
    # Members whom nobody sees are archived too: they may show themselves later, and until then only they know.
    board = Board(group.id, Period.season, season.key, seen_by=EVERYBODY)
    won = [one for one in store.top(tx, board, most=20) if one.rank <= WINNERS]
    seasons.close(tx, running, [(one.member, one.rank, one.points) for one in won], now)
    _crown(tx, group, running, now)
    shown = [one for one in seasons.winners_of(tx, group.id, [season.key]) if one.seen_by in ANYBODY]
    fresh = now.astimezone(group.zone).date() - season.last <= STALE
    if not shown or not fresh or group.paused:
        return
    told = season_words.announced(group, season, shown)
    for home in homes.homes_of_group(tx, group.id):
        outbox.enqueue(tx, f"season:{group.id}:{season.key}:home{home.id}", home.place, Send(told), now=now)
