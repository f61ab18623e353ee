"""A feature with one command, button and form of each kind that a dispatcher meets."""

import asyncio
from datetime import date
from typing import Annotated, NoReturn

from sqlalchemy import Connection, text

from bot.core.ask import Ask
from bot.core.commands import Option, action, command, form, on
from bot.core.errors import UserError
from bot.core.events import Posted
from bot.core.messages import Message, message
from bot.core.ports import Reply

from .told import Colour

asked_last: list[Ask] = []


class Library:
    """A service of the house."""

    books = "three books"


@command("echo", help="Say it.")
@action("press-echo")
@form("form-echo")
async def echo(ask: Ask, on: date, colour: Colour = Colour.green) -> Reply:
    """Say what was read."""
    return message(f"{on} {colour.value}")


@command("asked", help="Remember who asked.")
async def asked(ask: Ask) -> Reply:
    """Remember it."""
    asked_last.append(ask)
    return message("yes")


@action("choose")
async def choose(ask: Ask, number: int, chosen: tuple[str, ...]) -> Reply:
    """Say what was chosen."""
    return message(f"{number} {' '.join(chosen)}")


@command("library", help="Look into the library.")
async def library(ask: Ask, shelf: Library) -> Reply:
    """Use a service."""
    return message(shelf.books)


@command("secret", help="Answer in private.")
async def secret(ask: Ask) -> Reply:
    """Answer."""
    return message("psst")


@command("open", help="Answer everybody.", private=False)
async def opened(ask: Ask, on: date | None = None) -> Reply:
    """Answer."""
    return message("hear")


@on(Posted)
async def heard(ask: Ask, event: Posted) -> Reply:
    """Answer what was written."""
    asked_last.append(ask)
    return message(f"heard {event.text}")


@form("three")
async def three(ask: Ask, count: int, on: date, note: str | None = None) -> Reply:
    """Say what was filled in."""
    return message(f"{count} {on} {note or 'none'}")


@command("refuse", help="Refuse.")
async def refuse(ask: Ask, why: Annotated[str, Option("why")]) -> Reply:
    """Refuse."""
    raise UserError(f"No: {why}")


@command("bug", help="Have a bug.")
@action("bug-button")
@form("bug-form")
async def bug(ask: Ask) -> NoReturn:
    """Have a bug."""
    raise ZeroDivisionError(ask.name)


@command("half", help="Write, then have a bug.")
async def half(ask: Ask) -> Reply:
    """Write, then have a bug."""

    def story(tx: Connection) -> None:
        _write(tx, "half")
        raise ZeroDivisionError

    await ask.run(story)
    return None


@command("note", help="Write a note.")
@action("note-button")
async def note(ask: Ask, what: str) -> Message:
    """Write a note."""
    await ask.run(_write, what)
    return message(f"noted {what}")


@command("slow", help="Take long.")
async def slow(ask: Ask) -> Reply:
    """Take long."""
    await asyncio.sleep(60)
    return None


def _write(tx: Connection, what: str) -> None:
    tx.execute(text("INSERT INTO notes (what) VALUES (:what)"), {"what": what})
