"""Opening rooms, and saying something in them: rows of the outbox."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from bot.core.messages import Button, Message
from bot.core.ports import Change, DropEvent, LetIn, LetOut, MakeEvent, OpenRoom, Send
from bot.core.refs import GroupId, MemberId, Person, Place, Target
from bot.core.splitting import split
from bot.features.groups import store as groups
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.members.words import private_is_closed
from bot.features.rooms.rules import of_use
from bot.storage import outbox


class Held(Protocol):
    """What has a room and people in it: a session."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def group(self) -> GroupId:
        """Its group."""
        ...

    @property
    def room(self) -> Place | None:
        """Its room, where one was opened."""
        ...

    @property
    def room_state(self) -> str:
        """Opening, open, or direct where everything goes by private messages."""
        ...

    @property
    def sequence(self) -> int:
        """How often a time was agreed in the place of another."""
        ...

    @property
    def people(self) -> tuple[MemberId, ...]:
        """Who is in it."""
        ...


def open_room(tx: Connection, id: int, group: GroupId, people: Sequence[MemberId], now: datetime) -> bool:
    """Open the room of a session, and let its people in; False where they have no place in common."""
    met_in = _common_place(tx, group, people)
    if met_in is None:
        return False
    home, persons = met_in
    outbox.enqueue(tx, f"room:{id}", home, OpenRoom(f"Mock interview {id}", persons), now=now, vital=True)
    for member, person in zip(people, persons, strict=True):
        outbox.enqueue(tx, f"letin:{id}:{member}", home, LetIn(person), now=now, after=f"room:{id}", vital=True)
    return True


def let_out(
    tx: Connection, session: Held, everybody: Sequence[MemberId], leavers: Sequence[MemberId], now: datetime
) -> None:
    """Take people out of the room of a session; `everybody` are those for whom it was opened, in their order then."""
    met_in = _common_place(tx, session.group, everybody) if session.room_state != "direct" else None
    opening = f"room:{session.id}"
    # What was sent a month ago is forgotten, and whatever waited for it would wait for ever.
    after = opening if outbox.state_of(tx, opening) else None
    if met_in is None or (after is None and session.room is None):
        return
    home, persons = met_in
    by_member = dict(zip(everybody, persons, strict=True))
    staying = tuple(by_member[one] for one in session.people)
    target = home if after else session.room or home
    for one in leavers:
        key, call = f"letout:{session.id}:{one}", LetOut(by_member[one], staying)
        outbox.enqueue(tx, key, target, call, now=now, after=after, vital=True)


def make_event(tx: Connection, session: Held, platform: str, event: MakeEvent, now: datetime) -> bool:
    """Put the time that stands into the events of a home of this platform, once; give whether that is new."""
    there = homes.homes_on(tx, session.group, platform)
    return bool(there) and outbox.enqueue(tx, _event(session), there[0].place, event, now=now)


def drop_event(tx: Connection, session: Held, now: datetime) -> None:
    """Take the event away that was made of the time which does not stand any more, where there was one."""
    key = _event(session)
    target = outbox.target_of(tx, key)
    if target is not None:
        outbox.enqueue(tx, f"event-off:{session.id}:{session.sequence}", target, DropEvent(), now=now, after=key)


def _event(session: Held) -> str:
    return f"event:{session.id}:{session.sequence}"


def _common_place(
    tx: Connection, group: GroupId, people: Sequence[MemberId]
) -> tuple[Place, tuple[Person, ...]] | None:
    """A home on a platform on which all of them have an account, and those accounts."""
    accounts = [members.persons(tx, member) for member in people]
    for first in accounts[0]:
        same = [next((p for p in of_one if _together(p, first)), None) for of_one in accounts]
        there = homes.homes_on(tx, group, first.platform)
        if there and None not in same:
            # A home in their own workspace comes first; on some platforms people belong to none.
            home = min(there, key=lambda one: one.place.workspace != first.workspace)
            return home.place, tuple(person for person in same if person)
    return None


def _together(one: Person, other: Person) -> bool:
    return (one.platform, one.workspace) == (other.platform, other.workspace)


def say(tx: Connection, session: Held, what: str, words: Message, now: datetime, *, vital: bool = True) -> bool:
    """Say something to everybody of a session, once: in its room, or to each in private. Gives whether it is new."""
    if session.room_state == "open" and session.room is not None:
        return _send(tx, f"mock:{session.id}:{what}", session.room, words, now, vital)
    told = [tell(tx, session, member, what, words, now, vital=vital) for member in session.people]
    return all(told)


def tell(
    tx: Connection, session: Held, to: MemberId, what: str, words: Message, now: datetime, *, vital: bool = True
) -> bool:
    """Tell one of a session something in private, once. Gives whether it is new."""
    person = members.member(tx, to).person
    return _send(tx, f"mock:{session.id}:{what}", person, words, now, vital, f":to{to}")


def _send(tx: Connection, key: str, to: Target, words: Message, now: datetime, vital: bool, end: str = "") -> bool:
    pieces = enumerate(split(words), start=1)
    rows = [outbox.enqueue(tx, f"{key}:{n}{end}", to, Send(part), now=now, vital=vital) for n, part in pieces]
    return rows[0]


def tidy(
    tx: Connection, session: Held, everybody: Sequence[MemberId], works: Callable[[Button], bool], now: datetime
) -> None:
    """Change what was said of a session so that it offers only what still does something.

    `everybody` are those for whom the room was opened: whoever is gone has a private conversation all the same.
    """
    there: list[Target] = [members.member(tx, one).person for one in everybody]
    if session.room_state == "open" and session.room is not None:
        there.append(session.room)
    for key, target, stands in outbox.said(tx, f"mock:{session.id}:", there):
        shorter = of_use(stands, works)
        if shorter != stands:
            outbox.change(tx, f"tidy:{key}", target, Change(shorter), now=now, after=key)


def name_in_the_channel(tx: Connection, member: Member, now: datetime) -> None:
    """Say in a home of theirs that there is something for somebody who takes no private messages, once a day there.

    What it is about is not said there; who is seen by nobody is not named.
    """
    there = homes.homes_on(tx, member.group, member.person.platform)
    if there and member.left_at is None and member.seen_by != "nobody":
        # A home in the person's own workspace comes first; on some platforms people belong to none.
        home = min(there, key=lambda one: one.place.workspace != member.person.workspace)
        key = f"closed:{member.id}:{groups.group(tx, member.group).today(now)}"
        outbox.enqueue(tx, key, home.place, Send(private_is_closed(member.person)), now=now)
