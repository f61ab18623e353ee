"""Looks at everything that a host depends on, and says what to mend."""

import asyncio
import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.request import urlopen
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, func, make_url, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.app import declared_schema
from bot.bank.load import load_bank
from bot.connections import CONNECTIONS, lacking
from bot.features.reconciliation import store as reconciliation
from bot.judge.backends import Backend, choose
from bot.resources import folder
from bot.settings import Settings, address, hide
from bot.storage import locks, migrate, outbox, restored
from bot.storage.database import Database

T = TypeVar("T")
OK, WARN, FAIL = "ok", "warn", "fail"
OLDEST_SQLITE = (3, 35)  # RETURNING
CLOCKS_DIFFER = timedelta(seconds=5)  # as long as the clock of the house may sleep
CLOCK_WRONG = timedelta(minutes=1)  # members see minutes


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
    looks = (_python, _zones, _content, database, _clock, _outbox, _restore, boards_and_ledger)
    for look in (*looks, _running, _web, _platforms, _sandbox, _secret):
        yield from _guarded(look, settings)


def _guarded(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except (OSError, SQLAlchemyError) as error:
        found = f"{_named(settings)} does not answer ({_reason(error)})"
        mend = "does the server run, and is BATCHMATES_DATABASE_URL right?"
        yield Finding(FAIL, look.__name__.strip("_"), found, mend)


def _reason(error: Exception) -> str:
    # The driver's own words name host, port, database and user, never the password; the first line says it all.
    behind = getattr(error, "orig", None) or error
    return (str(behind).strip().splitlines() or [type(behind).__name__])[0]


def _named(settings: Settings) -> str:
    """The database as it is shown: without a password, and a file by its whole path."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return hide(str(url.set(database=str(Path(url.database).absolute()))))
    return hide(settings.database_url)


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
        yield Finding(WARN, "database", f"{_named(settings)} is not there yet", "run batchmates db upgrade")
        return
    late = migrate.pending(settings.database_url, folder("migrations"))
    yield Finding(
        WARN if late else OK,
        "database",
        f"{_named(settings)}, {'not at' if late else 'at'} the newest schema",
        "run batchmates db upgrade (run and demo do it by themselves)" if late else "",
    )
    if not late and (wrong := migrate.differences(settings.database_url, declared_schema())):
        yield Finding(FAIL, "database", f"{len(wrong)} differences from the declared schema", "restore a backup")


def _clock(settings: Settings) -> Iterator[Finding]:
    """Whether this machine's clock can be right: never behind what was written, and as the database server's."""
    if not _ready(settings):
        return
    newest, theirs = asyncio.run(_read(settings, _clocks))
    now = datetime.now(UTC)
    mend = "set the clock by NTP (timedatectl set-ntp true): every posting time hangs on it"
    if newest and newest - now > CLOCKS_DIFFER:
        found = f"{now:%Y-%m-%d %H:%M:%S} UTC is before the newest row, {newest:%Y-%m-%d %H:%M:%S}"
        yield Finding(FAIL, "clock", found, mend)
        return
    apart = abs(now - theirs) if theirs else timedelta(0)
    state = OK if apart <= CLOCKS_DIFFER else WARN if apart <= CLOCK_WRONG else FAIL
    beside = f", {apart.total_seconds():.1f} s from the database server's" if theirs else ""
    yield Finding(state, "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC{beside}", "" if state == OK else mend)


def _clocks(tx: Connection) -> tuple[datetime | None, datetime | None]:
    newest = tx.scalar(select(func.max(outbox.outbox.c.changed_at)))
    # statement_timestamp and not now(), which is when the transaction began.
    return newest, tx.scalar(text("SELECT statement_timestamp()")) if tx.dialect.name == "postgresql" else None


def _outbox(settings: Settings) -> Iterator[Finding]:
    if not _ready(settings):
        return
    counts = asyncio.run(_read(settings, outbox.counts))
    waiting = f"{counts['pending']} waiting, {counts['sent']} sent, {counts['dead']} could not be delivered"
    mend = "see the organisers' log of each group" if counts["dead"] else ""
    yield Finding(WARN if counts["dead"] else OK, "sending", waiting, mend)


def _restore(settings: Settings) -> Iterator[Finding]:
    if not _ready(settings):
        return
    if open_one := asyncio.run(_read(settings, restored.awaiting)):
        found = f"from a backup of {open_one.backup_made_at:%Y-%m-%d %H:%M} UTC, and not caught up with yet"
        yield Finding(WARN, "restore", found, "run the bot: it looks for what was sent since")


def boards_and_ledger(settings: Settings) -> Iterator[Finding]:
    """Whether every score is what the ledger says."""
    if not _ready(settings):
        return
    wrong = asyncio.run(_read(settings, reconciliation.differences))
    if not wrong:
        yield Finding(OK, "boards", "every score equals its ledger")
        return
    where = ", ".join(map(str, sorted({one.group for one in wrong})))
    found = f"scores that differ from the ledger: {len(wrong)}, of the groups {where}"
    yield Finding(FAIL, "boards", found, "this is a bug: please report it; the bot mends them by night")


def _ready(settings: Settings) -> bool:
    """Whether the database can be read; where it cannot, one finding has said so already."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    try:
        return not migrate.pending(settings.database_url, folder("migrations"))
    except OperationalError:
        return False


async def _read(settings: Settings, story: Callable[..., T]) -> T:
    database = Database(settings.database_url)
    try:
        return await database.read(story)
    finally:
        await database.close()


def _running(settings: Settings) -> Iterator[Finding]:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        if not _ready(settings):
            return
        others = asyncio.run(_read(settings, locks.others_running))
        yield Finding(
            OK, "processes", f"bots are running, with {others} connections in all" if others else "no bot is running"
        )
        return
    if not Path(url.database or "").exists():
        return
    try:
        with locks.alone(settings.database_url):
            yield Finding(OK, "processes", "no bot is running on this file")
    except locks.InUse:
        yield Finding(OK, "processes", "a bot is running on this file, as it should: alone")


def _web(settings: Settings) -> Iterator[Finding]:
    host, port = address(settings.web)
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            yield Finding(OK, "web port", f"{settings.web} is free")
    except OSError as error:
        if _is_a_bot(settings.web):
            yield Finding(OK, "web port", f"a bot answers at {settings.web}")
        else:
            found = f"{settings.web} cannot be used: {os.strerror(error.errno or 0)}"
            yield Finding(FAIL, "web port", found, "set BATCHMATES_WEB to another host:port, or end what listens there")
    if not _is_loopback(host):
        mend = "let a firewall or a container's network keep it from the internet"
        yield Finding(WARN, "web port", f"{host} may be reached from other machines", mend)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, which may be of any address
        return False


def _is_a_bot(where: str) -> bool:
    try:
        with urlopen(f"http://{where}/healthz", timeout=3) as answer:
            return bool(answer.read(16) == b"alive\n")
    except OSError:
        return False


def _platforms(settings: Settings) -> Iterator[Finding]:
    wanted = [connection.name for connection in CONNECTIONS if connection.wanted(settings)]
    lacks = lacking(settings)
    if not wanted and all("none of them" in line for line in lacks):
        found = "no tokens set: batchmates run would refuse to begin (batchmates demo needs none)"
        yield Finding(WARN, "platforms", found, "set DISCORD_TOKEN, in the environment of this command too")
        return
    for line in lacks:
        name, _, what = line.partition(": ")
        yield Finding(FAIL, "platforms", f"{name} {what}", f"set {name}")
    for name in wanted:
        yield Finding(OK, "platforms", f"{name} is set")
    if settings.discord_token:
        from bot import on_discord

        for well, found, mend in asyncio.run(on_discord.look(settings)):
            yield Finding(OK if well else WARN, "Discord", found, mend)


def _sandbox(settings: Settings) -> Iterator[Finding]:
    if settings.judge is Backend.off:
        yield Finding(OK, "sandbox", "off: code questions are shown with their public tests, to be run at home")
        return
    chosen, why_not = asyncio.run(_first_that_works(settings.judge))
    for name, why in why_not.items():
        found, _, mend = why.rpartition(" (")
        yield Finding(OK if chosen else WARN, "sandbox", f"{name} does not run: {found or why}", _mend(mend, chosen))
    if chosen:
        yield Finding(OK, "sandbox", f"{chosen} runs members' code, shut off from this machine")


async def _first_that_works(wanted: Backend) -> tuple[str, Mapping[str, str]]:
    chosen = await choose(wanted)
    await chosen.runner.stop()
    return (chosen.runner.name if chosen.runs else ""), chosen.why_not


def _mend(said: str, chosen: str) -> str:
    return "" if chosen else said.removesuffix(")") or "docs/judge.md tells what it needs"


def _secret(settings: Settings) -> Iterator[Finding]:
    yield Finding(OK, "secret key", "set" if settings.secret_key else "not set; needed for Slack installations only")
