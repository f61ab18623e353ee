"""Flagging a question, and deciding what becomes of it."""

import hashlib
from enum import StrEnum
from typing import Annotated

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import Option, action, form
from bot.core.errors import UserError
from bot.core.limits import PARAGRAPH
from bot.core.messages import Message
from bot.core.ports import Reply
from bot.features.days import store as days
from bot.features.flags import store, words
from bot.features.flags.store import Flag
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.storage.locks import one_by_one

What = StrEnum("What", {key.replace("-", "_"): key for key, _ in words.KINDS})  # type: ignore[misc]


@action("flag")
async def flag(ask: Ask, id: int) -> Reply:
    """Open the form in which something wrong is told."""
    await ask.read(days.here, ask, id)
    return words.form(id)


@form("send-flag")
async def send_flag(
    ask: Ask, bank: Bank, id: int, what: What, why: Annotated[str, Option(max_length=PARAGRAPH)] = ""
) -> Reply:
    """Take the form in which something wrong is told."""
    return await ask.run(_send_flag, ask, bank, id, str(what), why)


def _send_flag(tx: Connection, ask: Ask, bank: Bank, id: int, what: str, why: str) -> Message:
    day, group = days.here(tx, ask, id)
    member = members.active_member(tx, group.id, ask)
    asked = day.asked
    # Of two flags at once neither would count the other, and the question would stay.
    one_by_one(tx, f"flags {group.id} {asked.key}")
    flagged = store.add(tx, Flag(group.id, member.id, asked.key, asked.revision, what, why, ask.now))
    pulled = store.counted(tx, group.id, asked.key, ask.now) >= store.PULLED_BY
    if pulled and asked.key not in store.pulled(tx, group.id):
        store.decide(tx, group.id, asked.key, "pulled", ask.now)
        days.replan_without(tx, group, bank, asked.key)
    told = words.to_organisers(asked.title, asked.id, what, why, flagged, pulled=pulled)
    # The same word is told once until it is decided; a new word about the same question is told again.
    decided = store.decided_at(tx, group.id, asked.key)
    word = hashlib.sha256(f"{what} {why} {decided}".encode()).hexdigest()[:12]
    members.tell_organisers(tx, group.id, f"flag:{flagged}:{word}", told, ask.now)
    return words.thanks(pulled=pulled)


@action("flag-keep")
async def keep(ask: Ask, id: int) -> Reply:
    """An organiser keeps a question."""
    return await ask.run(_decide, ask, None, id, "kept")


@action("flag-out")
async def leave_out(ask: Ask, bank: Bank, id: int) -> Reply:
    """An organiser leaves a question out."""
    return await ask.run(_decide, ask, bank, id, "out")


def _decide(tx: Connection, ask: Ask, bank: Bank | None, id: int, decision: str) -> Message:
    flagged = store.find(tx, id)
    if flagged is None:
        raise UserError("This flag is not there any more.")
    group = groups.group(tx, flagged.group)
    members.organiser_in(tx, group.id, ask)
    store.decide(tx, group.id, flagged.question, decision, ask.now)
    if bank is not None:
        days.replan_without(tx, group, bank, flagged.question)
    groups.note(tx, group.id, f"flag {decision}", flagged.question, now=ask.now, actor=str(ask.who))
    return words.decided(flagged.question, out=decision == "out")
