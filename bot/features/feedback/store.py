"""Sheets of feedback, what members think of kits, and thanks: tables and SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    select,
    update,
)

from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import MemberId
from bot.features.feedback import rules
from bot.features.feedback.rules import Asked, Scored, Sort
from bot.features.interviews import store as interviews
from bot.features.interviews.store import Turn, TurnId
from bot.features.members.store import Member
from bot.features.sessions import store as sessions_store
from bot.features.sessions.rules import State
from bot.features.sessions.store import Session, SessionId, sessions
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer
from bot.storage.columns import Instant, metadata

SheetId = NewType("SheetId", int)

sheets = Table(
    "sheets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.id"), nullable=False, index=True),
    Column("turn_id", ForeignKey("turns.id"), nullable=False),
    Column("author_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("about_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("sort", String(12), nullable=False),
    Column("needed", Boolean, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("strength", Text, nullable=False),
    Column("gap", Text, nullable=False),
    Column("sent_at", Instant),
    Column("thanked_at", Instant),
    UniqueConstraint("turn_id", "author_id", "sort"),
)
kit_ratings = Table(
    "kit_ratings",
    metadata,
    Column("turn_id", ForeignKey("turns.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("kit_id", String(80), nullable=False, index=True),
    Column("stars", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one says of another about one turn; a draft until it is sent."""

    id: SheetId
    session: SessionId
    turn: TurnId
    author: MemberId
    about: MemberId
    sort: Sort
    needed: bool
    scores: Mapping[str, Scored]
    strength: str
    gap: str
    sent_at: datetime | None
    thanked_at: datetime | None

    def missing_step(self, turn: Turn) -> int | None:
        """The first form that has something left open."""
        return rules.missing_step(self.sort, self.asked(turn), self.scores, self.strength, self.gap)

    def asked(self, turn: Turn) -> tuple[Asked, ...]:
        """What it asks for."""
        return rules.asked_in(self.sort, turn.kit)


def open_sheets(tx: Connection, session: Session, held: Iterable[Turn], now: datetime) -> None:
    """Write an empty sheet for everybody who has something to say of a turn; two days later they are opened."""
    for turn in held:
        for one in rules.sheets(turn.interviewer, turn.candidate, session.people):
            if not {one.author, one.about} <= set(session.people):
                continue  # of three one has gone: nobody waits for their word, nor is there anybody to tell
            whose = {"session_id": session.id, "turn_id": turn.id, "author_id": one.author, "about_id": one.about}
            empty: dict[str, Any] = {
                "sort": one.sort.value,
                "needed": one.needed,
                "scores": {},
                "strength": "",
                "gap": "",
            }
            tx.execute(sheets.insert().values(**whose, **empty))
    nudge = Timer("feedback nudge", now + rules.NUDGE_AFTER)
    timers.put(tx, session.id, [nudge, Timer("feedback", now + rules.BLIND_FOR)])


def _sheet(row: Row[Any]) -> Sheet:
    return Sheet(
        SheetId(row.id),
        SessionId(row.session_id),
        TurnId(row.turn_id),
        MemberId(row.author_id),
        MemberId(row.about_id),
        Sort(row.sort),
        row.needed,
        {name: Scored(*scored) for name, scored in row.scores.items()},
        row.strength,
        row.gap,
        row.sent_at,
        row.thanked_at,
    )


def of_session(tx: Connection, session: SessionId) -> list[Sheet]:
    """Read the sheets of a session."""
    query = select(sheets).where(sheets.c.session_id == session).order_by(sheets.c.turn_id, sheets.c.id)
    return [_sheet(row) for row in tx.execute(query)]


def awaited(tx: Connection, session: Session) -> list[Sheet]:
    """Read the sheets that hold up the opening: not sent, needed, and between two who are both in the session still."""
    there = set(session.people)
    found = of_session(tx, session.id)
    return [one for one in found if one.needed and one.sent_at is None and {one.author, one.about} <= there]


def find(tx: Connection, id: int) -> Sheet | None:
    """Read a sheet."""
    row = tx.execute(select(sheets).where(sheets.c.id == id)).first()
    return _sheet(row) if row else None


def mine(tx: Connection, ask: Ask, id: int, *, held: bool = True) -> tuple[Sheet, Turn, Session, Member]:
    """A sheet that the asker writes, with its turn and its session; whoever does not write it hears of nothing."""
    sheet = find(tx, id)
    if sheet is None:
        raise UserError("This feedback is not yours to write.")
    session, member = sessions_store.mine(tx, ask, sheet.session, held=held)
    turn = interviews.find(tx, sheet.turn)
    if sheet.author != member.id or turn is None:
        raise UserError("This feedback is not yours to write.")
    return sheet, turn, session, member


def about_me(tx: Connection, ask: Ask, id: int) -> tuple[Sheet, Session, Member]:
    """A sheet about the asker that is open; whoever else asks, or asks before its time, hears of nothing."""
    sheet = find(tx, id)
    if sheet is None:
        raise UserError("There is no such feedback about you.")
    session, member = sessions_store.mine(tx, ask, sheet.session)
    if sheet.about != member.id or session.state is not State.closed or sheet.sent_at is None:
        raise UserError("There is no such feedback about you.")
    return sheet, session, member


def write(tx: Connection, sheet: Sheet, scores: Mapping[str, Scored], strength: str, gap: str) -> Sheet:
    """Keep a part of a sheet; what was written of it before stays where nothing new is given."""
    together = {**sheet.scores, **scores}
    plain = {name: [one.score, one.evidence] for name, one in together.items()}
    values = {"scores": plain, "strength": strength or sheet.strength, "gap": gap or sheet.gap}
    tx.execute(update(sheets).where(sheets.c.id == sheet.id).values(**values))
    found = find(tx, sheet.id)
    assert found is not None  # it was read a moment ago
    return found


def set_sent(tx: Connection, sheet: Sheet, now: datetime) -> None:
    """Note that a sheet is final."""
    tx.execute(update(sheets).where(sheets.c.id == sheet.id).values(sent_at=now))


def set_thanked(tx: Connection, sheet: Sheet, now: datetime) -> None:
    """Note that the author was thanked."""
    tx.execute(update(sheets).where(sheets.c.id == sheet.id).values(thanked_at=now))


def rate(tx: Connection, turn: Turn, member: MemberId, stars: int, now: datetime) -> None:
    """Write what somebody thinks of a kit; a newer word takes the place of the older one."""
    tx.execute(delete(kit_ratings).where(kit_ratings.c.turn_id == turn.id, kit_ratings.c.member_id == member))
    row = {"turn_id": turn.id, "member_id": member, "kit_id": turn.kit.id, "stars": stars, "at": now}
    tx.execute(kit_ratings.insert().values(**row))


def scores_of(tx: Connection, member: MemberId) -> list[dict[str, int]]:
    """Read how somebody was scored as a candidate, interview by interview, the oldest first; only what is open."""
    query = (
        select(sheets)
        .join(sessions, sessions.c.id == sheets.c.session_id)
        .where(
            sheets.c.about_id == member,
            sheets.c.sent_at.is_not(None),
            sheets.c.sort != Sort.interviewing.value,
            sessions.c.state == State.closed.value,
        )
        .order_by(sheets.c.session_id, sheets.c.turn_id, sheets.c.id)
    )
    found = [_sheet(row) for row in tx.execute(query)]
    return [{name: scored.score for name, scored in sheet.scores.items()} for sheet in found]
