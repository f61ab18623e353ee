"""Setting what one wants of mock interviews, pausing, and naming people with whom one is never paired."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, action, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.parsing import echo, nearest
from bot.core.ports import Reply
from bot.core.refs import MemberId
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.hours import words as hours
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.preferences import rules, store, words
from bot.features.preferences.store import Preferences
from bot.features.queue import store as queue
from bot.features.rounds import store as rounds

LONGEST_PAUSE = timedelta(days=400)
NAME = Option("as it is shown in the group; empty to choose from a list", max_length=100)


@command("mock prefs", help="See and change your hours, types and languages for mock interviews.")
async def prefs(ask: Ask) -> Reply:
    """Show what the asker has set, with the ways to change it."""
    return await ask.read(_shown, ask)


def _shown(tx: Connection, ask: Ask) -> Message:
    return _show(tx, *_me(tx, ask))


def _show(tx: Connection, group: Group, member: Member, *, saved: bool = False) -> Message:
    of = store.find(tx, member.id) or Preferences(member.id)
    blocked = len(store.blocked_by(tx, member.id))
    return words.shown(of, member, rules.zone_of(member, group.zone), blocked=blocked, saved=saved)


def _me(tx: Connection, ask: Ask) -> tuple[Group, Member]:
    group = groups.here(tx, ask)
    return group, members.active_member(tx, group.id, ask)


@action("mock-change")
async def change(ask: Ask) -> Reply:
    """Open the form with what the asker has set."""
    _, member = await ask.read(_me, ask)
    return words.form("prefs", member, await ask.read(store.find, member.id))


@action("mock-hours")
async def choose_hours(ask: Ask, chosen: tuple[str, ...]) -> Reply:
    """Take hours that were chosen from the common ones."""
    return await ask.run(_choose_hours, ask, chosen)


def _choose_hours(tx: Connection, ask: Ask, chosen: tuple[str, ...]) -> Message:
    group, member = _me(tx, ask)
    known = {value: hours.read(said) for value, _, said in rules.COMMON}
    if not chosen or not set(chosen) <= known.keys():
        raise UserError("Wanted some of the hours in the list.")
    store.save(tx, member.id, now=ask.now, hours=rules.chosen_hours(chosen, known))
    rounds.note_change(tx, group.id)
    return _show(tx, group, members.keep_zone(tx, member, ask), saved=True)


# --- pausing --------------------------------------------------------------------------------------------------------


@command("mock pause", help="Take part in no mock interviews until a date.")
async def pause(ask: Ask, until: Annotated[date, Option("the first date on which you are back")]) -> Reply:
    """Pause the asker."""
    return await ask.run(_pause, ask, until)


def _pause(tx: Connection, ask: Ask, until: date) -> Message:
    group, member = _me(tx, ask)
    today = ask.now.astimezone(group.zone).date()
    if not timedelta(0) < until - today <= LONGEST_PAUSE:
        raise UserError(f"Wanted a date after {today}, at most {LONGEST_PAUSE.days} days ahead.")
    store.save(tx, member.id, now=ask.now, paused_until=until)
    queue.leave(tx, member.id)
    round = rounds.hold_current(tx, group.id)
    # A week that begins later than the pause ends is not touched by it.
    begins_within = round is not None and round.starts_at.astimezone(group.zone).date() < until
    was_in = bool(round and begins_within and rounds.take_back(tx, round.id, member.id))
    rounds.note_change(tx, group.id)
    return words.paused(until, was_in=was_in)


@command("mock resume", help="End your pause from mock interviews.")
async def resume(ask: Ask) -> Reply:
    """End the asker's pause."""
    return await ask.run(_resume, ask)


def _resume(tx: Connection, ask: Ask) -> Message:
    group, member = _me(tx, ask)
    has = store.find(tx, member.id)
    was_paused = has and rules.paused_until(has, ask.now.astimezone(group.zone).date())
    if has:
        store.save(tx, member.id, now=ask.now, paused_until=None)
    return words.resumed(was_paused=bool(was_paused))


# --- blocks ---------------------------------------------------------------------------------------------------------


@command("mock block", help="Name somebody with whom you are never paired; nobody is told.")
async def block(ask: Ask, name: Annotated[str, NAME] = "") -> Reply:
    """Block somebody, or show whom the asker could block."""
    if name:
        return await ask.run(_by_name, ask, name, _to_block, _block)
    return await ask.read(_choose, ask, "mock-block-chosen", _others)


@action("mock-block-chosen")
async def block_chosen(ask: Ask, chosen: tuple[str, ...]) -> Reply:
    """Block somebody who was chosen from the list."""
    return await ask.run(_by_id, ask, chosen, _others, _block)


@command("mock unblock", help="Take a block back.")
async def unblock(ask: Ask, name: Annotated[str, NAME] = "") -> Reply:
    """Take a block back, or show whom the asker has blocked."""
    if name:
        return await ask.run(_by_name, ask, name, _to_unblock, _unblock)
    return await ask.read(_choose, ask, "mock-unblock-chosen", _blocked)


@action("mock-unblock-chosen")
async def unblock_chosen(ask: Ask, chosen: tuple[str, ...]) -> Reply:
    """Take back a block that was chosen from the list."""
    return await ask.run(_by_id, ask, chosen, _blocked, _unblock)


Some = Callable[[Connection, Group, Member], list[Member]]
Find = Callable[[Connection, Group, Member, str], list[Member]]
Do = Callable[[Connection, Ask, Group, Member, Member], Message]


def _others(tx: Connection, group: Group, member: Member) -> list[Member]:
    return store.known_to(tx, group.id, member.id, without=store.blocked_by(tx, member.id))


def _blocked(tx: Connection, group: Group, member: Member) -> list[Member]:
    return [members.member(tx, id) for id in store.blocked_by(tx, member.id)]


def _choose(tx: Connection, ask: Ask, action: str, some: Some) -> Message:
    return words.choose_whom(action, some(tx, *_me(tx, ask)), blocked=some is _blocked)


def _to_block(tx: Connection, group: Group, member: Member, name: str) -> list[Member]:
    """Whom a name means; who hides is in no list, and yet can be named by whoever knows the name."""
    known = _others(tx, group, member)
    if same := members.called(name, known):
        return same
    if members.called(name, [member]):
        raise UserError(words.YOURSELF)
    if members.called(name, _blocked(tx, group, member)):
        raise UserError(f"You have blocked “{echo(name)}” already.")
    return members.called(name, members.active(tx, group.id))[:1] or members.named(name, known)


def _to_unblock(tx: Connection, group: Group, member: Member, name: str) -> list[Member]:
    blocked = _blocked(tx, group, member)
    if same := members.called(name, blocked):
        return same
    near = nearest(name, [one.name for one in blocked])
    raise UserError(f"You have not blocked “{echo(name)}”." + (f" Did you mean {' or '.join(near)}?" if near else ""))


def _by_name(tx: Connection, ask: Ask, name: str, find: Find, do: Do) -> Message:
    group, member = _me(tx, ask)
    same = find(tx, group, member, name)
    if len(same) > 1:
        return words.choose_whom(_chosen_action(do), same, blocked=do is _unblock)
    return do(tx, ask, group, member, same[0])


def _chosen_action(do: Do) -> str:
    return "mock-unblock-chosen" if do is _unblock else "mock-block-chosen"


def _by_id(tx: Connection, ask: Ask, chosen: tuple[str, ...], some: Some, do: Do) -> Message:
    group, member = _me(tx, ask)
    by_id = {str(one.id): one for one in some(tx, group, member)}
    if len(chosen) != 1 or chosen[0] not in by_id:
        raise UserError("Wanted one person of the list; it may have changed meanwhile.")
    return do(tx, ask, group, member, by_id[chosen[0]])


def _block(tx: Connection, ask: Ask, group: Group, member: Member, other: Member) -> Message:
    if len(store.blocked_by(tx, member.id)) >= store.MOST_BLOCKED:
        raise UserError(f"At most {store.MOST_BLOCKED} people can be blocked; take a block back first.")
    store.block(tx, member.id, MemberId(other.id))
    rounds.note_change(tx, group.id)
    return words.has_blocked(other)


def _unblock(tx: Connection, ask: Ask, group: Group, member: Member, other: Member) -> Message:
    store.unblock(tx, member.id, other.id)
    rounds.note_change(tx, group.id)
    return words.has_unblocked(other)
