"""A bot that runs: migrates, opens the platforms, beats until it is told to stop, and finishes what it has begun.

The first SIGTERM or SIGINT stops it gracefully: no further round begins, sends and events under way are finished and
noted, so that no lease is left behind. A second one ends it at once, which loses nothing either: it is a crash.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from bot.app import App
from bot.bank.load import Bank, load_bank
from bot.connections import Opened, first_open, lacking, open_each, wanted
from bot.core.clock import SystemClock
from bot.core.errors import BatchmatesError, ContentError, SettingsError
from bot.core.ports import Judging, Meetings, Platform
from bot.judge.backends import Backend, choose
from bot.resources import folder
from bot.roles import Role
from bot.settings import Settings, address, hide
from bot.storage import locks, migrate
from bot.storage.database import Database
from bot.web.pulse import Pulse
from bot.web.server import LateRoutes, served

log = structlog.get_logger()
STOPPED, FAILED = 0, 1
MOST_AT_ONCE = 4  # programs, where nothing is set: each takes a core
LONGEST_STOP = 60.0  # seconds; longer than the longest call, shorter than service managers wait before they kill


def run(settings: Settings, *, role: Role = Role.all, port: int | None = None) -> int:
    """Run until told to stop; give the exit status. Settings that are missing or cannot work are raised together."""
    check(settings, role)
    with locks.alone(settings.database_url):
        try:
            migrate.upgrade(settings.database_url, folder("migrations"))
        except OperationalError as error:
            where = hide(settings.database_url)
            raise BatchmatesError(f"the database {where} does not answer: {reason(error)}") from None
        bank = _bank(settings)
        try:
            return asyncio.run(_live(settings, bank, role, port))
        except BatchmatesError:
            raise
        except Exception:
            # Not shown by the interpreter, which would print the values that an error carries.
            log.exception("ended_by_a_bug")
            return FAILED


def check(settings: Settings, role: Role) -> None:
    """Raise `SettingsError` that names everything which keeps this role from running."""
    url = make_url(settings.database_url)
    wrong = lacking(settings) if role.sends else []
    if url.get_backend_name() == "sqlite":
        if role is not Role.all:
            wrong.append(f"BATCHMATES_DATABASE_URL: --role {role} needs PostgreSQL; SQLite takes one process")
        if not url.database or url.database == ":memory:":
            wrong.append("BATCHMATES_DATABASE_URL: wanted a SQLite file, such as sqlite:///batchmates.db")
        elif not Path(url.database).absolute().parent.is_dir():
            wrong.append(f"BATCHMATES_DATABASE_URL: there is no folder {Path(url.database).parent}")
    if wrong:
        raise SettingsError("\n".join(wrong))


def reason(error: OperationalError) -> str:
    """What a database says of itself, without the statement that it was told."""
    # The driver's own words name host, port, database and user, never the password; the first line says it all.
    return (str(error.orig).strip().splitlines() or [type(error).__name__])[0]


def _bank(settings: Settings) -> Bank:
    bank = load_bank(settings.content_folders, today=datetime.now(UTC).date())
    if not bank.questions:
        raise ContentError("there is no question to ask: batchmates content lint says why")
    for problem in bank.problems:
        log.warning("content_left_out", file=str(problem.file), line=problem.line)
    return bank


async def _live(settings: Settings, bank: Bank, role: Role, port: int | None) -> int:
    asyncio.get_running_loop().set_exception_handler(_note_a_stray_error)
    told = _told_to_stop()
    async with AsyncExitStack() as stack:
        platforms: dict[str, Platform] = {}  # filled once they are open; nothing speaks before the house is started
        app = App(
            database=Database(locks.named(settings.database_url)),
            bank=bank,
            platforms=platforms,
            clock=SystemClock(),
            role=role,
            meetings=Meetings(settings.meeting_url or ""),
            # Where several processes share a database, one of the role `judge` is expected.
            judging=Judging(runs=role is not Role.all and settings.judge is not Backend.off),
        )
        pulse = Pulse(app)
        routes = LateRoutes()
        try:
            where = await _serve(pulse, stack, settings, port, routes)
            names = [] if not role.sends else sorted(one.name for one in wanted(settings))
            log.info("starting", role=role.value, web=where, platforms=names)
            opening = open_each(settings, stack, bank, pulse.away) if names else {}
            opened = await _unless_told(first_open(opening), told)
        except BaseException:
            await app.database.close()
            raise
        if told.is_set():
            await _stop(pulse)
            log.info("stopped", gone=False)
            return STOPPED
        platforms.update({name: one.platform for name, one in opened.items()})
        for one in opened.values():
            routes.add(one.routes)
        await _judge(app, settings)
        gone = [one.gone() for one in opened.values() if one.gone]
        late = [join_late(app, name, task, routes) for name, task in opening.items() if name not in opened]
        return await _until_told(pulse, told, [*gone, *late, app.listens()])


async def join_late(app: App, name: str, opening: asyncio.Task[Opened], routes: LateRoutes) -> None:
    """Let a platform that was away at the start join once it answers; return where it is gone for good."""
    one = await opening
    routes.add(one.routes)
    await app.join(name, one.platform)
    log.info("platform_joined", platform=name)
    await (one.gone() if one.gone else asyncio.Event().wait())


async def _judge(app: App, settings: Settings) -> None:
    """Give the house what runs members' code in this process; one that is there for nothing else needs it."""
    if not app.role.judges:
        return
    chosen = await choose(settings.judge, warm=2 * _at_once(settings))
    for name, why in chosen.why_not.items():
        log.warning("judge_does_not_work", backend=name, why=why)
    if app.role is Role.judge and not chosen.runs:
        await app.database.close()
        raise SettingsError("BATCHMATES_JUDGE: no back end works here: batchmates doctor says why")
    log.info("judge", backend=chosen.runner.name, at_once=_at_once(settings) if chosen.runs else 0)
    if chosen.runs:
        app.judged_by(chosen.runner, _at_once(settings))


def _at_once(settings: Settings) -> int:
    return settings.judge_workers or min(os.cpu_count() or 1, MOST_AT_ONCE)


async def _serve(pulse: Pulse, stack: AsyncExitStack, settings: Settings, port: int | None, routes: LateRoutes) -> str:
    host, settled_port = address(settings.web)
    chosen = settled_port if port is None else port
    try:
        bound = await stack.enter_async_context(served(pulse, host, chosen, routes))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        mend = "set BATCHMATES_WEB or --port to another one"
        raise SettingsError(f"BATCHMATES_WEB: cannot listen at {host}:{chosen}: {why}; {mend}") from error
    return f"{host}:{bound}"


async def _unless_told(opening: Coroutine[Any, Any, Mapping[str, Opened]], told: asyncio.Event) -> Mapping[str, Opened]:
    """What was opened; nothing where the signal to stop came first."""
    opens, waiting = asyncio.ensure_future(opening), asyncio.ensure_future(told.wait())
    try:
        await asyncio.wait({opens, waiting}, return_when=asyncio.FIRST_COMPLETED)
        return await opens if opens.done() else {}
    finally:
        for task in (opens, waiting):
            task.cancel()
        await asyncio.wait({opens, waiting})


async def _until_told(pulse: Pulse, told: asyncio.Event, gone: Iterable[Awaitable[None]]) -> int:
    watched = [asyncio.ensure_future(one) for one in gone]
    starting = asyncio.ensure_future(pulse.start())
    waiting = asyncio.ensure_future(told.wait())
    try:
        await asyncio.wait({starting, waiting, *watched}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            log.info("running")
            await asyncio.wait({waiting, *watched}, return_when=asyncio.FIRST_COMPLETED)
        for one in watched:
            if one.done():
                one.result()  # a platform that was away at the start may say now that its token is wrong
    finally:
        for task in (starting, waiting, *watched):
            task.cancel()
        await asyncio.wait({starting})
        await _stop(pulse)
    log.info("stopped", gone=not told.is_set())
    return STOPPED if told.is_set() else FAILED


async def _stop(pulse: Pulse) -> None:
    log.info("stopping")
    try:
        async with asyncio.timeout(LONGEST_STOP):
            await pulse.stop()
    except TimeoutError:
        log.warning("not_all_was_finished")  # it is settled at the next start


def _told_to_stop() -> asyncio.Event:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hear(name: signal.Signals) -> None:
        log.info("told_to_stop", signal=name.name)
        told.set()
        for either in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(either)
            signal.signal(either, signal.SIG_DFL)  # the next one ends the process, also where the loop is stuck

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, hear, name)
    return told


def _note_a_stray_error(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    # asyncio's own handler logs the task with its error's words, which may be a member's.
    error = context.get("exception")
    log.error("stray_error", what=context.get("message"), exc_info=error if isinstance(error, BaseException) else None)
