"""Looks at everything that a host depends on, and says what to mend."""

import asyncio
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.app import declared_schema
from bot.bank.load import load_bank
from bot.features.boards import store as boards
from bot.resources import folder
from bot.settings import Settings, hide
from bot.storage import migrate, outbox
from bot.storage.database import Database

T = TypeVar("T")
OK, WARN, FAIL = "ok", "warn", "fail"
OLDEST_SQLITE = (3, 35)  # RETURNING


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how it stands, what was looked at, what was found, and the mend where one is needed."""

    state: str
    what: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.state:<4}  {self.what}: {self.found}" + (f"  → {self.mend}" if self.mend else "")


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other; a look that fails is a finding too."""
    for look in (_python, _zones, _content, database, _outbox, boards_and_ledger, _platforms, _secret):
        yield from _guarded(look, settings)


def _guarded(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except (OSError, SQLAlchemyError) as error:
        yield Finding(FAIL, look.__name__.strip("_"), type(error).__name__, "see the setting BATCHMATES_DATABASE_URL")


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(OK if sys.version_info >= (3, 11) else FAIL, "Python", version)
    new_enough = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    yield Finding(
        OK if new_enough else FAIL, "SQLite", sqlite3.sqlite_version, "" if new_enough else "wanted 3.35 or newer"
    )


def _zones(_: Settings) -> Iterator[Finding]:
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        yield Finding(FAIL, "time zones", "no zone files", "install the package tzdata")
    else:
        yield Finding(OK, "time zones", f"present; the clock says {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")


def _content(settings: Settings) -> Iterator[Finding]:
    bank = load_bank(settings.content_folders, today=date.today())  # noqa: DTZ011  (the host's own day)
    state = OK if bank.questions else FAIL
    yield Finding(state, "content", f"{len(bank.questions)} questions, {len(bank.kits)} kits, revision {bank.revision}")
    for problem in bank.problems[:10]:
        yield Finding(WARN, "content", f"{problem.file}:{problem.line}: {problem.what}", problem.mend)


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the database is at the newest schema, and is as declared."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield Finding(WARN, "database", f"{hide(settings.database_url)} is not there yet", "run batchmates db upgrade")
        return
    late = migrate.pending(settings.database_url, folder("migrations"))
    yield Finding(
        WARN if late else OK,
        "database",
        f"{hide(settings.database_url)}, {'not at' if late else 'at'} the newest schema",
        "run batchmates db upgrade (run and demo do it by themselves)" if late else "",
    )
    if not late and (wrong := migrate.differences(settings.database_url, declared_schema())):
        yield Finding(FAIL, "database", f"{len(wrong)} differences from the declared schema", "restore a backup")


def _outbox(settings: Settings) -> Iterator[Finding]:
    if not _ready(settings):
        return
    counts = asyncio.run(_read(settings, outbox.counts))
    waiting = f"{counts['pending']} waiting, {counts['sent']} sent, {counts['dead']} could not be delivered"
    mend = "see the organisers' log of each group" if counts["dead"] else ""
    yield Finding(WARN if counts["dead"] else OK, "sending", waiting, mend)


def boards_and_ledger(settings: Settings) -> Iterator[Finding]:
    """Whether every score is what the ledger says."""
    if not _ready(settings):
        return
    wrong = asyncio.run(_read(settings, boards.differences))
    found = f"{len(wrong)} scores differ from the ledger" if wrong else "every score equals its ledger"
    yield Finding(FAIL if wrong else OK, "boards", found, "this is a bug: please report it" if wrong else "")


def _ready(settings: Settings) -> bool:
    url = make_url(settings.database_url)
    there = url.get_backend_name() != "sqlite" or Path(url.database or "").exists()
    return there and not migrate.pending(settings.database_url, folder("migrations"))


async def _read(settings: Settings, story: Callable[..., T]) -> T:
    database = Database(settings.database_url)
    try:
        return await database.read(story)
    finally:
        await database.close()


def _platforms(settings: Settings) -> Iterator[Finding]:
    set_ = [name for name in ("discord_token", "slack_bot_token", "slack_app_token") if getattr(settings, name)]
    if settings.discord_token:
        from bot import on_discord

        for well, found, mend in asyncio.run(on_discord.look(settings)):
            yield Finding(OK if well else WARN, "Discord", found, mend)
    elif set_:
        names = ", ".join(name.upper() for name in set_)
        yield Finding(WARN, "platforms", f"{names} set", "this version speaks to Discord and the local page only")
    else:
        yield Finding(OK, "platforms", "no tokens set; batchmates demo needs none")


def _secret(settings: Settings) -> Iterator[Finding]:
    yield Finding(OK, "secret key", "set" if settings.secret_key else "not set; needed for Slack installations only")
