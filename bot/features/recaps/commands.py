"""Whether the home hears of each week is for organisers to say."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.parsing import echo
from bot.core.ports import Reply
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups.rules import moment
from bot.features.groups.store import Group
from bot.features.members import store as members
from bot.features.recaps import store, words
from bot.features.recaps.rules import TOLD_FROM
from bot.features.recaps.store import WEEK


class Switch(StrEnum):
    """Whether recaps come."""

    on = "on"
    off = "off"


def read_switch(typed: str) -> Switch:
    """Read on or off, or yes or no; raises a `UserError` that says what is wanted."""
    meant = {"on": Switch.on, "yes": Switch.on, "off": Switch.off, "no": Switch.off}
    if typed.lower() not in meant:
        raise UserError(f"Wanted on or off; got “{echo(typed)}”.")
    return meant[typed.lower()]


@command("admin recap", help="See whether a recap of each week comes to the home, and when; switch it on or off.")
async def recap(
    ask: Ask,
    switch: Annotated[
        Switch | None,
        Option("on or off; empty to see", label="Recaps", parse=read_switch, choices=(("on", "On"), ("off", "Off"))),
    ] = None,
) -> Reply:
    """Show whether the weekly recap comes, and switch it where that was asked for."""
    return await (ask.read(_see, ask) if switch is None else ask.run(_switch, ask, switch is Switch.on))


def _see(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    return words.state(group, _next(tx, ask, group))


def _switch(tx: Connection, ask: Ask, on: bool) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    if on is not group.numbers.weekly_recap:
        group = groups.set_number(tx, group.id, "weekly_recap", on)
        groups.note(tx, group.id, "recap", "on" if on else "off", now=ask.now, actor=str(ask.who))
    return words.state(group, _next(tx, ask, group))


def _next(tx: Connection, ask: Ask, group: Group) -> words.Next:
    """The week that is told next, and when; a reveal that it waits for is known once the question is open."""
    today = group.today(ask.now)
    monday = today - timedelta(days=today.weekday())
    if store.is_untold(tx, group.id, monday - WEEK):
        monday -= WEEK
    over: date = monday + WEEK
    reveal = days.last_reveal(tx, group.id, over - timedelta(days=1))
    return words.Next(monday, over, reveal if reveal and reveal > moment(over, TOLD_FROM, group.zone) else None)
