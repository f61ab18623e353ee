"""What organisers hear about the bank by itself."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.commands import due
from bot.features.days import words
from bot.features.groups import store as groups
from bot.features.members import store as members

BATCH = 50
BROKEN = "broken content"


@due("broken-content")
def tell_of_broken_content(tx: Connection, now: datetime, bank: Bank) -> datetime | None:
    """Where files of the bank are broken, each group's organisers hear of it once, until other files are."""
    if not bank.problems:
        return None
    digest = hashlib.sha256("\n".join(map(str, bank.problems)).encode()).hexdigest()[:16]
    detail = f"{len(bank.problems)} problems ({digest})"
    untold = groups.not_noted(tx, BROKEN, detail, BATCH)
    for group in untold:
        groups.note(tx, group, BROKEN, detail, now=now)
        members.tell_organisers(tx, group, f"content:{digest}", words.broken_content(bank.problems), now)
    return now if len(untold) == BATCH else None
