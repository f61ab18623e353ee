"""Members of a group and what they have set: tables and SQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    column,
    false,
    literal_column,
    or_,
    select,
    table,
    update,
)

from bot.core import signs
from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.messages import Button, Message
from bot.core.parsing import echo, nearest, plain_line, read_zone
from bot.core.ports import Send
from bot.core.refs import GroupId, MemberId, Person
from bot.features.away import store as away
from bot.storage import outbox
from bot.storage.columns import Instant, metadata

members = Table(
    "members",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("organiser", Boolean, nullable=False),
    Column("zone", String(64)),
    Column("level", String(10)),
    Column("role", String(80)),
    Column("interview_on", Date),
    Column("language", String(35)),
    Column("remind_posted", Boolean, nullable=False),
    Column("remind_reveal", Boolean, nullable=False),
    Column("away_until", Date),
    Column("seen_by", String(10), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("welcomed", Boolean, nullable=False),
    Column("look_at", Instant, index=True),
    Column("left_a_channel", Boolean, nullable=False, server_default=false()),
    Column("note_at", Instant, index=True),
)


def not_seen_by_all(people: FromClause) -> ColumnElement[bool]:
    """Whether somebody left, or hides from some: true of few, whom an index of their own finds."""
    # In the statement's text, as the condition of the index is: by a parameter nothing is known when it is planned.
    return or_(people.c.left_at.is_not(None), people.c.seen_by != literal_column("'public'"))


_HIDDEN, _NEW = not_seen_by_all(members), ~members.c.welcomed
Index("ix_members_hidden", members.c.group_id, sqlite_where=_HIDDEN, postgresql_where=_HIDDEN)
Index("ix_members_new", members.c.id, sqlite_where=_NEW, postgresql_where=_NEW)
identities = Table(
    "identities",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    UniqueConstraint("group_id", "platform", "workspace", "person"),
    Index("ix_identities_who", "person", "workspace", "platform"),  # people are looked for over all groups
)

LOOKED_FOR_EVERY = timedelta(days=1)

SETTINGS = frozenset(
    {"zone", "level", "role", "interview_on", "language", "remind_posted", "remind_reveal", "away_until", "seen_by"}
) | {"note_at"}


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a group. `seen_by` is public, group or nobody: who may see them on boards and in reveals."""

    id: MemberId
    group: GroupId
    name: str
    person: Person
    organiser: bool
    zone: str | None
    level: str | None
    role: str | None
    interview_on: date | None
    language: str | None
    remind_posted: bool
    remind_reveal: bool
    away_until: date | None
    seen_by: str
    joined_at: datetime
    left_at: datetime | None
    note_at: datetime | None = None
    """When the next note of their week is due; None where they want none."""
    left_a_channel: bool = False
    """Whether they left one of the group's channels since they were looked for: they may be in none of the others."""


_WITH_PERSON = select(members, identities.c.platform, identities.c.workspace, identities.c.person.label("who")).join(
    identities, identities.c.member_id == members.c.id
)
_OF_PERSON = _WITH_PERSON.where(
    identities.c.group_id == bindparam("of"),
    *(identities.c[name] == bindparam(name) for name in ("platform", "workspace", "person")),
)
_ACTIVE = _WITH_PERSON.where(members.c.group_id == bindparam("of"), members.c.left_at.is_(None)).order_by(members.c.id)


# The table itself is declared in the store of groups, which uses this one.
_ZONE = select(column("zone", String)).select_from(table("groups")).where(column("id") == bindparam("of"))
JOIN, COME_BACK = Button("Join", "join"), Button("Come back", "join")


def _member(row: Row[Any]) -> Member:
    person = Person(row.platform, row.workspace, row.who)
    return Member(
        MemberId(row.id),
        GroupId(row.group_id),
        row.name,
        person,
        row.organiser,
        row.zone,
        row.level,
        row.role,
        row.interview_on,
        row.language,
        row.remind_posted,
        row.remind_reveal,
        row.away_until,
        row.seen_by,
        row.joined_at,
        row.left_at,
        row.note_at,
        row.left_a_channel,
    )


def find(tx: Connection, of: GroupId, who: Person) -> Member | None:
    """Read a person's membership, also one that has ended."""
    person = {"platform": who.platform, "workspace": who.workspace, "person": who.id}
    row = tx.execute(_OF_PERSON, {"of": of, **person}).first()
    return _member(row) if row else None


def member(tx: Connection, id: MemberId) -> Member:
    """Read a member; one who is on two platforms is given by the platform they came from first."""
    row = tx.execute(_WITH_PERSON.where(members.c.id == id).order_by(identities.c.id)).first()
    assert row is not None  # ids come from rows that refer to members
    return _member(row)


def shown_name(name: str) -> str:
    """A name as it is shown to others: one line that is seen, and neither turns nor covers nor links anything."""
    seen = "".join(" " if sign in signs.BLANK_LETTERS else sign for sign in name)
    line = signs.without_links(signs.without_piles(plain_line(seen)))[:100].rstrip()
    return line if signs.has_ink(line) else "somebody"


def add(tx: Connection, of: GroupId, who: Person, name: str, *, now: datetime, organiser: bool = False) -> Member:
    """Write a new member."""
    values = {"name": shown_name(name), "organiser": organiser, "remind_posted": False, "remind_reveal": False}
    row = members.insert().values(group_id=of, seen_by="public", joined_at=now, welcomed=False, **values)
    row = row.values(look_at=now + LOOKED_FOR_EVERY)
    id = MemberId(tx.execute(row.returning(members.c.id)).scalar_one())
    tx.execute(
        identities.insert().values(
            member_id=id, group_id=of, platform=who.platform, workspace=who.workspace, person=who.id
        )
    )
    return member(tx, id)


def change(tx: Connection, id: MemberId, **settings: Any) -> None:
    """Write some of a member's settings; None sets one back."""
    if unknown := settings.keys() - SETTINGS - {"name", "left_at", "organiser"}:
        raise ValueError(f"no such settings: {sorted(unknown)}")
    tx.execute(update(members).where(members.c.id == id).values(**settings))


def active(tx: Connection, of: GroupId) -> list[Member]:
    """Read everybody who has not left, in the order in which they joined."""
    by_id = {row.id: row for row in reversed(tx.execute(_ACTIVE, {"of": of}).all())}
    return [_member(by_id[id]) for id in sorted(by_id)]


def keep_zone(tx: Connection, of: Member, ask: Ask) -> Member:
    """Keep the zone that the platform tells of a member who has set none: hours that they name are meant in it."""
    if of.zone is not None or not ask.zone:
        return of
    try:
        zone = read_zone(ask.zone)
    except UserError:
        return of  # a zone of the platform's own making; the group's is meant then
    change(tx, of.id, zone=zone.key)
    return member(tx, of.id)


_NOT_WELCOMED = _WITH_PERSON.where(_NEW).order_by(members.c.id).limit(bindparam("most"))


def not_welcomed(tx: Connection, most: int) -> list[Member]:
    """Read those who have joined and were not welcomed yet."""
    return [_member(row) for row in tx.execute(_NOT_WELCOMED, {"most": most})]


def set_welcomed(tx: Connection, id: MemberId) -> None:
    """Note that a member was welcomed."""
    tx.execute(update(members).where(members.c.id == id).values(welcomed=True))


def set_left(tx: Connection, id: MemberId, now: datetime) -> None:
    """Note that a member left, unless that is known already: they are off every board, and their points wait."""
    gone = update(members).where(members.c.id == id, members.c.left_at.is_(None))
    tx.execute(gone.values(left_at=now, left_a_channel=False))


def set_left_a_channel(tx: Connection, id: MemberId, now: datetime) -> None:
    """Note that a member left one of the group's channels, and look at once whether they are in another."""
    tx.execute(update(members).where(members.c.id == id).values(left_a_channel=True, look_at=now))


def set_stays(tx: Connection, id: MemberId, now: datetime) -> None:
    """Note that a member who left a channel is in another; one who has left a further one meanwhile is looked for."""
    tx.execute(update(members).where(members.c.id == id, members.c.look_at > now).values(left_a_channel=False))


def to_look_for(tx: Connection, now: datetime, most: int) -> list[Member]:
    """Take up the members who were not looked for since a day, and note when each is looked for next."""
    query = (
        select(members.c.id)
        .where(members.c.left_at.is_(None), or_(members.c.look_at.is_(None), members.c.look_at <= now))
        .order_by(members.c.look_at, members.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = [MemberId(id) for id in tx.execute(query).scalars()]
    look_at(tx, ids, now + LOOKED_FOR_EVERY)
    return [member(tx, id) for id in ids]


def look_at(tx: Connection, ids: Sequence[MemberId], at: datetime) -> None:
    """Note when members are looked for next."""
    tx.execute(update(members).where(members.c.id.in_(ids)).values(look_at=at))


def due_notes(tx: Connection, now: datetime, most: int) -> list[Member]:
    """Read the members whose note of the week is due."""
    due = (members.c.note_at <= now, members.c.left_at.is_(None))
    query = select(members.c.id).where(*due).order_by(members.c.note_at, members.c.id).limit(most)
    return [member(tx, MemberId(id)) for id in tx.scalars(query.with_for_update(skip_locked=True)).all()]


def persons(tx: Connection, id: MemberId) -> list[Person]:
    """Read every account of a member."""
    query = select(identities).where(identities.c.member_id == id).order_by(identities.c.id)
    return [Person(row.platform, row.workspace, row.person) for row in tx.execute(query)]


def hold(tx: Connection, ids: Collection[MemberId]) -> None:
    """Hold people, in all groups that they are in: two stories that begin something with one of them come in a row."""
    query = select(members.c.id).where(members.c.id.in_(everywhere(tx, ids))).order_by(members.c.id)
    tx.execute(query.with_for_update(key_share=True)).all()  # rows that refer to them may be written meanwhile


def everywhere(tx: Connection, ids: Collection[MemberId]) -> set[MemberId]:
    """Read as which members, of this and other groups, the same people are known by an account."""
    here, there = identities.alias("here"), identities.alias("there")
    same = select(there.c.member_id).join(here, same_person(here, there)).where(here.c.member_id.in_(ids))
    return {*ids, *(MemberId(id) for id in tx.scalars(same))}


def same_person(here: FromClause, there: FromClause) -> ColumnElement[bool]:
    """The condition that two rows of accounts, each with its group, are of the same account."""
    columns = ("platform", "workspace", "person")
    return and_(*(here.c[name] == there.c[name] for name in columns))


def named(name: str, people: Sequence[Member]) -> list[Member]:
    """Those of these people who have this name; raise `UserError` with the names near it where nobody has."""
    same = called(name, people)
    if not same:
        near = nearest(name, [one.name for one in people])
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UserError(f"Wanted somebody of this group by name; got “{echo(name)}”.{hint}")
    return same


def called(name: str, people: Sequence[Member]) -> list[Member]:
    """Those of these people who have exactly this name."""
    wanted = shown_name(name.removeprefix("@")).casefold()
    return [one for one in people if shown_name(one.name).casefold() == wanted]


def organisers(tx: Connection, of: GroupId) -> list[Member]:
    """Read the organisers who have not left."""
    return [member for member in active(tx, of) if member.organiser]


def groups_of(tx: Connection, who: Person) -> list[GroupId]:
    """Read the groups in which a person is now."""
    query = (
        select(members.c.group_id)
        .join(identities, identities.c.member_id == members.c.id)
        .where(
            identities.c.platform == who.platform,
            identities.c.workspace == who.workspace,
            identities.c.person == who.id,
            members.c.left_at.is_(None),
        )
        .order_by(members.c.group_id)
    )
    return [GroupId(id) for id in tx.execute(query).scalars()]


def tell_organisers(tx: Connection, of: GroupId, key: str, words: Message, now: datetime) -> None:
    """Send every organiser a private message, once for this key."""
    for organiser in organisers(tx, of):
        outbox.enqueue(tx, f"{key}:to{organiser.id}", organiser.person, Send(words), now=now)


# --- guards -------------------------------------------------------------------------------------------------------


def active_member(tx: Connection, of: GroupId, ask: Ask) -> Member:
    """The asker as a member of this group; raise `UserError` where they have not joined."""
    found = find(tx, of, ask.who)
    if found is None:
        raise UserError(
            "You are not in this group yet. Run join, or answer a question: that counts as joining.", (JOIN,)
        )
    if found.left_at is not None:
        zone = ZoneInfo(tx.execute(_ZONE, {"of": of}).scalar_one())
        on = found.left_at.astimezone(zone)
        raise UserError(
            f"You left this group on {on.day} {on:%B %Y}. Run join to come back, or answer a "
            "question: that counts as coming back. Your points and settings have waited for you.",
            (COME_BACK,),
        )
    return found


def organiser(tx: Connection, of: GroupId, ask: Ask) -> None:
    """Raise `UserError` unless the asker is an organiser of this group; whoever may manage the place is one too.

    Nothing is written, so that what is only shown can ask it; a manager is a member once they join.
    """
    if not ask.manager:
        organiser_in(tx, of, ask)


def organiser_in(tx: Connection, of: GroupId, ask: Ask) -> Member:
    """The asker as an organiser of a group that a private button names, where the place says nothing of rights."""
    found = find(tx, of, ask.who)
    if found is None or found.left_at is not None or not found.organiser:
        raise UserError("This is for the group's organisers.")
    return found


def join(tx: Connection, of: GroupId, who: Person, name: str, *, now: datetime) -> tuple[Member, bool]:
    """The person as a member, and whether they are new; one who comes back finds what they left.

    The name is empty where the platform did not tell it: then the one that is known stays.
    """
    found = find(tx, of, who)
    if found is None:
        return add(tx, of, who, name, now=now), True
    if found.left_at is not None:
        away.came_back(tx, found.id, found.left_at, now)
    called_now = shown_name(name) if name else found.name
    if found.left_at is not None or found.name != called_now:
        change(tx, found.id, left_at=None, name=called_now)
        return member(tx, found.id), found.left_at is not None
    return found, False
