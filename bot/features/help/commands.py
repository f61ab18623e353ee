"""What can I do here?"""

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Catalogue, command
from bot.core.errors import UserError
from bot.core.ports import Reply
from bot.features.groups import store as groups
from bot.features.help import words
from bot.features.members import store as members


@command("help", help="What can I do here?")
async def help(ask: Ask, catalogue: Catalogue) -> Reply:
    """Show what the asker can do here."""
    return words.overview(catalogue, organiser=await ask.read(_organises, ask))


def _organises(tx: Connection, ask: Ask) -> bool:
    if ask.manager:
        return True
    try:
        group = groups.here(tx, ask)
    except UserError:
        return False  # no group here yet: the member's commands are shown
    member = members.find(tx, group.id, ask.who)
    return member is not None and member.organiser
