"""A feature that hears what became of rows."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import dead, receipt
from bot.core.ports import Loss, Receipt
from bot.core.refs import Target

heard: list[tuple[str, str]] = []


@receipt("noted")
def noted(tx: Connection, key: str, receipt: Receipt) -> None:
    """Note where it stands."""
    heard.append(("arrived", key))


@receipt("broken")
def broken(tx: Connection, key: str, receipt: Receipt) -> None:
    """Have a bug."""
    raise ZeroDivisionError


@dead("first")
def first(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """Have a bug where the key says so."""
    assert not key.startswith("unlucky")


@dead("second")
def second(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """Note what was lost."""
    heard.append(("lost", key))
