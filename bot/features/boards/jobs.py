"""What boards do by night: they are compared with the ledger, and a season that is over gets its winners."""

from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import Connection

from bot.core.commands import slow
from bot.core.errors import DatabaseAway
from bot.core.ports import Send, UnitOfWork
from bot.core.refs import MemberId
from bot.features.boards import store, words
from bot.features.boards.rules import Period, shared_ranks
from bot.features.boards.store import ANYBODY, Board
from bot.features.crowns import store as crowns
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups.rules import moment
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.reconciliation import store as reconciliation
from bot.features.seasons import store as seasons
from bot.features.seasons import words as season_words
from bot.features.seasons.store import Running
from bot.storage import outbox

log = structlog.get_logger()
BATCH = 10  # groups a minute: 14,400 a day
AT = time(3, 30)  # of the group's clock, when hardly anybody answers
TOLD_FROM = time(9)  # nobody is woken by an announcement
SOON = timedelta(minutes=10)  # where the last reveal of a season waits for something
STALE = timedelta(days=14)  # what ended longer ago, as before an upgrade, is archived and not announced


@slow("boards", every=timedelta(minutes=1))
async def look_at_boards(work: UnitOfWork, now: datetime) -> None:
    """Every group's scores are compared with its ledger once a night; a season that is over is closed."""
    for running in await work.read(seasons.due, now, BATCH):
        try:
            # What is wrong is looked for while others write, and once more where it is mended.
            nightly = await work.read(_is_running, running, now)
            wrong = await work.read(reconciliation.differences, running.group) if nightly else []
            await work.run(look, running, now, wrong=bool(wrong))
        except DatabaseAway:
            raise  # for anybody
        except Exception:
            # A bug about one group must not hold the others' boards.
            log.exception("part_failed", part="boards", key=f"{running.group}:{running.season.key}")
            await work.run(seasons.look_again, running, now + timedelta(days=1))


def _is_running(tx: Connection, running: Running, now: datetime) -> bool:
    return now.astimezone(groups.group(tx, running.group).zone).date() <= running.season.last


def look(tx: Connection, running: Running, now: datetime, *, wrong: bool = False) -> None:
    """Look at a season, unless another process does: mend scores that are wrong, and close it where it is over."""
    if not seasons.hold(tx, running, now):
        return
    group = groups.group(tx, running.group)
    if wrong:
        _mend(tx, group, now)
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
    if group.paused and today - last <= STALE:
        return moment(today + timedelta(days=1), TOLD_FROM, group.zone)  # it is told once the group goes on
    revealed, told_from = days.last_reveal(tx, group.id, last), moment(today, TOLD_FROM, group.zone)
    if revealed is not None:
        return max(revealed, told_from, now + SOON)
    return told_from if now < told_from else None


def _mend(tx: Connection, group: Group, now: datetime) -> None:
    wrong = reconciliation.differences(tx, group.id)
    reconciliation.mend(tx, wrong)
    log.warning("scores_mended", group=int(group.id), scores=len(wrong))
    groups.note(tx, group.id, "boards", words.mended(len(wrong)), now=now)


def _close(tx: Connection, group: Group, running: Running, now: datetime) -> None:
    season = running.season
    seasons.close(tx, running, _won(tx, group, season.key), now)
    if now.astimezone(group.zone).date() - season.last > STALE:
        return  # as before an upgrade, or where a late answer was the first one of a season long ago
    shown = seasons.as_seen(seasons.winners_of(tx, group.id, [season.key]), ANYBODY)
    # Who is hidden wears no crown, and keeps it from nobody.
    crowns.settle(tx, group, {one.member for one in shown if one.rank == 1}, now)
    if not shown or group.paused:
        return
    told = season_words.announced(group, season, shown)
    for home in homes.homes_of_group(tx, group.id):
        outbox.enqueue(tx, f"season:{group.id}:{season.key}:home{home.id}", home.place, Send(told), now=now)


def _won(tx: Connection, group: Group, season: str) -> list[tuple[MemberId, int, int]]:
    """Member, rank and points of all who won in anybody's eyes, or would if they came back or showed themselves."""
    everybody = store.everybody_on(tx, Board(group.id, Period.season, season))
    shown = [points for _, points, seen in everybody if seen]
    placed = zip(shown, shared_ranks(shown), strict=True)
    least = min((points for points, rank in placed if rank <= seasons.WINNERS), default=1)
    ranked = zip(everybody, shared_ranks([points for _, points, _ in everybody]), strict=True)
    return [(member, rank, points) for (member, points, _), rank in ranked if points >= least]
