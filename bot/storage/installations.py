"""Workspaces that have installed the bot, and their tokens, which are sealed.

An organisation of several workspaces has a row of its own with its token; the rows of its workspaces name it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Row, String, Table, Text, UniqueConstraint, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.columns import Instant, metadata
from bot.storage.vault import Vault

installations = Table(
    "installations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("workspace", String(100), nullable=False),
    Column("bot_user", String(100), nullable=False),
    Column("bot_id", String(100), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("token", Text),
    Column("refresh_token", Text),
    Column("expires_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Column("enterprise", String(100)),
    UniqueConstraint("platform", "workspace"),
)
_GIVEN = ("bot_user", "bot_id", "scopes", "token", "refresh_token", "expires_at", "changed_at")
_UPSERT = {
    dialect: insert.on_conflict_do_update(
        index_elements=["platform", "workspace"], set_={name: insert.excluded[name] for name in _GIVEN}
    )
    for dialect, insert in (
        ("sqlite", sqlite.insert(installations)),
        ("postgresql", postgresql.insert(installations)),
    )
}


_WITHIN = {
    dialect: insert.on_conflict_do_update(
        index_elements=["platform", "workspace"],
        set_={name: insert.excluded[name] for name in ("enterprise", "changed_at")},
    )
    for dialect, insert in (
        ("sqlite", sqlite.insert(installations)),
        ("postgresql", postgresql.insert(installations)),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What who installed the bot gave us, a workspace or an organisation; `refresh_token` where tokens are rotated."""

    workspace: str
    bot_user: str
    bot_id: str
    scopes: str
    token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None


def put(tx: Connection, platform: str, given: Installation, vault: Vault, now: datetime) -> None:
    """Note an installation, in place of the one before."""
    values = {
        "platform": platform,
        "workspace": given.workspace,
        "bot_user": given.bot_user,
        "bot_id": given.bot_id,
        "scopes": given.scopes,
        "token": vault.seal(given.token),
        "refresh_token": vault.seal(given.refresh_token) if given.refresh_token else None,
        "expires_at": given.expires_at,
        "changed_at": now,
    }
    tx.execute(_UPSERT[tx.dialect.name], values)


def within(tx: Connection, platform: str, workspace: str, enterprise: str | None, now: datetime) -> None:
    """Note the organisation whose installation counts in a workspace; None for none."""
    values = {"platform": platform, "workspace": workspace, "bot_user": "", "bot_id": "", "scopes": ""}
    tx.execute(_WITHIN[tx.dialect.name], values | {"enterprise": enterprise, "changed_at": now})


def find(tx: Connection, platform: str, workspace: str, vault: Vault) -> Installation | None:
    """Read the installation that counts in a workspace, its own before its organisation's; None where there is none."""
    row = _row(tx, platform, workspace)
    if row is not None and row.token is None and row.enterprise:
        row = _row(tx, platform, row.enterprise)
    if row is None or row.token is None:
        return None
    return Installation(
        workspace=row.workspace,
        bot_user=row.bot_user,
        bot_id=row.bot_id,
        scopes=row.scopes,
        token=vault.open(row.token),
        refresh_token=vault.open(row.refresh_token) if row.refresh_token else "",
        expires_at=row.expires_at,
    )


def _row(tx: Connection, platform: str, workspace: str) -> Row[Any] | None:
    own = (installations.c.platform == platform, installations.c.workspace == workspace)
    return tx.execute(select(installations).where(*own)).first()


def forget(tx: Connection, platform: str, workspace: str, now: datetime) -> None:
    """Erase the tokens of a workspace that has uninstalled the bot."""
    own = (installations.c.platform == platform, installations.c.workspace == workspace)
    tx.execute(
        update(installations).where(*own).values(token=None, refresh_token=None, expires_at=None, changed_at=now)
    )


def seal_anew(tx: Connection, vault: Vault) -> int:
    """Seal every token with the first key; give how many there are."""
    rows = tx.execute(select(installations).where(installations.c.token.is_not(None))).all()
    for row in rows:
        again = {
            name: vault.sealed_anew(getattr(row, name)) for name in ("token", "refresh_token") if getattr(row, name)
        }
        tx.execute(update(installations).where(installations.c.id == row.id).values(**again))
    return len(rows)
