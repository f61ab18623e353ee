"""Having time for a mock interview now."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.ports import Reply, Send
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.interviews import store as interviews
from bot.features.interviews.words import BUSY
from bot.features.matching.rules import Pairing, solve
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.preferences import rules as wishing
from bot.features.preferences import store as preferences
from bot.features.preferences.store import Preferences
from bot.features.queue import store, words
from bot.features.queue.store import OPEN_FOR, Waiting
from bot.features.sessions import store as sessions
from bot.features.wishes.rules import Problem, Seeker, Table
from bot.features.wishes.words import CHOICES, why
from bot.storage import outbox

TOLD_EVERY = timedelta(minutes=30)  # that somebody waits, in the home


KIND = Option("what you want to practise; empty for what you have set", choices=CHOICES)


@command("mock now", help="Find a partner for the next two hours.")
async def now(ask: Ask, kind: Annotated[str, KIND] = "") -> Reply:
    """Pair the asker with somebody who waits, or let them wait."""
    return await ask.run(_now, ask, kind or None)


def _now(tx: Connection, ask: Ask, kind: str | None) -> Message:
    group = groups.here(tx, ask)
    member, _ = members.join(tx, group.id, ask.who, ask.name, now=ask.now)
    store.hold(tx, group.id)
    if interviews.busy(tx, [member.id]):
        raise UserError(BUSY)
    mine = Waiting(member.id, group.id, kind, ask.now, ask.now + OPEN_FOR)
    before = store.find(tx, member.id, ask.now)
    if before:
        mine = replace(mine, kind=kind or before.kind, since=before.since, until=before.until)
    if pairing := _best(tx, group, mine, ask):
        return _pair(tx, group, member, pairing, ask)
    store.add(tx, mine)
    if before is None:
        _tell_the_home(tx, group, mine, ask)
    return words.waits(mine.until, group, again=before is not None)


def _best(tx: Connection, group: Group, mine: Waiting, ask: Ask) -> Pairing | None:
    """The pairing with the one of those who wait that fits best; None where nobody fits."""
    waiting = store.others(tx, group.id, mine.member, ask.now)
    busy = interviews.busy(tx, [entry.member for entry in waiting])  # who has begun to practise alone meanwhile
    there = {entry.member: entry for entry in (mine, *waiting) if entry.member not in busy}
    set_by = preferences.of(tx, list(there))
    seekers = {id: _seeker(members.member(tx, id), set_by.get(id), entry, group, ask) for id, entry in there.items()}
    met = {(a, b): at for a, b, at in sorted(sessions.met(tx, group.id), key=lambda one: one[2])}
    minutes = int(OPEN_FOR.total_seconds()) // 60
    blocked = preferences.blocked_pairs(tx, group.id)
    ends = ask.now + 2 * OPEN_FOR
    problem = Problem(tuple(seekers.values()), minutes, ask.now, ends, f"{group.seed}:{ask.id}", blocked, met)
    table = Table(problem)
    (keys,) = table.keys([[one.id for one in table.seekers].index(mine.member)]).tolist()
    if max(keys) < 0:
        return None
    other = table.seekers[keys.index(max(keys))]
    return solve(replace(problem, seekers=(seekers[mine.member], other))).pairings[0]


def _seeker(member: Member, has: Preferences | None, entry: Waiting, group: Group, ask: Ask) -> Seeker:
    """What somebody who waits wants: their hours do not matter, since they have time now."""
    wishes = wishing.seeker(member, has or Preferences(member.id), group.zone, ask.now, ask.now)
    wanted = frozenset({entry.kind}) if entry.kind else wishes.wanted
    return replace(wishes, windows=((ask.now, ask.now + 2 * OPEN_FOR),), wanted=wanted)


def _pair(tx: Connection, group: Group, member: Member, pairing: Pairing, ask: Ask) -> Message:
    said = why(pairing, ask.now)
    session = sessions.open_session(
        tx, group=group.id, kind=pairing.kind, people=pairing.people, why=said,
        second_kind=pairing.second_kind, source="now", source_id=None, at=ask.now,
    )  # fmt: skip
    (other,) = (members.member(tx, id) for id in pairing.people if id != member.id)
    for one in pairing.people:
        store.leave(tx, one)
    preferences.served(tx, pairing.people)
    told = words.paired(member, said)
    outbox.enqueue(tx, f"now:{session}:to{other.id}", other.person, Send(told), now=ask.now)
    return words.paired(other, said)


def _tell_the_home(tx: Connection, group: Group, mine: Waiting, ask: Ask) -> None:
    slot = int(ask.now.timestamp() // TOLD_EVERY.total_seconds())
    for track in groups.tracks_of(tx, group.id):
        for home in homes.homes_of(tx, track.id):
            said = words.somebody_waits(mine.until, group)
            outbox.enqueue(tx, f"live:{slot}:home{home.id}", home.place, Send(said), now=ask.now)
