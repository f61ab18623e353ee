"""What can I do here?"""

from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Catalogue, Option, command
from bot.core.errors import UserError
from bot.core.parsing import echo
from bot.core.ports import Reply
from bot.features.groups import store as groups
from bot.features.help import words
from bot.features.members import store as members


@command("help", help="What can I do here?")
async def help(
    ask: Ask,
    catalogue: Catalogue,
    about: Annotated[str, Option("a command or its first word, such as mock; empty for all", max_length=40)] = "",
) -> Reply:
    """Show what the asker can do here, or one command, or what there is under a first word."""
    organiser = await ask.read(_organises, ask)
    if not about:
        return words.overview(catalogue, organiser=organiser)
    first = " ".join(about.lower().split())
    found = [item for name, item in catalogue.commands.items() if f"{name} ".startswith(f"{first} ")]
    if not found:
        known = ", ".join(sorted({name.split()[0] for name in catalogue.commands}))
        raise UserError(f"Wanted one of {known}; got “{echo(about)}”.")
    if not organiser and all(item.admin for item in found):
        raise UserError("These commands are for organisers of a group. Run help to see what you can do here.")
    return words.about(first, found)


def _organises(tx: Connection, ask: Ask) -> bool:
    if ask.manager:
        return True
    try:
        group = groups.here(tx, ask)
    except UserError:
        return False  # no group here yet: the member's commands are shown
    member = members.find(tx, group.id, ask.who)
    return member is not None and member.organiser
