"""The doctor finds what is wrong, and says the mend."""

import asyncio
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from discord.http import Route
from sqlalchemy import update
from typer.testing import CliRunner

from bot import doctor
from bot.cli import app
from bot.core.messages import message
from bot.core.ports import Send
from bot.core.refs import Place
from bot.doctor import FAIL, OK, WARN, Finding
from bot.features.boards import store as boards
from bot.resources import folder
from bot.settings import read
from bot.storage import locks, migrate, outbox, restored
from tests.features.boards.conftest import NOW, join
from tests.features.boards.conftest import found as found_group
from tests.hosting.running import Host
from tests.storage.databases import sqlite_url
from tests.test_on_discord import TOKEN

HERE = Place("local", "local", "c1")


def found(what: str, **environment: str) -> list[Finding]:
    given = {"BATCHMATES_WEB": "127.0.0.1:0", **environment}
    return [finding for finding in doctor.examine(read(given)) if finding.what == what]


@pytest.fixture(autouse=True)
def _no_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers where Discord would be."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = sqlite_url(tmp_path)
    migrate.upgrade(url, folder("migrations"))
    return url


def test_a_host_where_all_is_well_hears_of_nothing_to_mend(url: str) -> None:
    well = {"BATCHMATES_DATABASE_URL": url, "BATCHMATES_WEB": "127.0.0.1:0", "BATCHMATES_LOCAL_WORLD": "127.0.0.1:1"}
    findings = list(doctor.examine(read(well)))
    assert {finding.state for finding in findings} == {OK}
    assert {finding.mend for finding in findings} == {""}
    assert {"Python", "SQLite", "time zones", "content", "database", "clock", "sending", "boards"} <= {
        finding.what for finding in findings
    }
    assert {"processes", "web port", "platforms", "sandbox", "secret key"} <= {finding.what for finding in findings}


def test_whatever_is_not_well_has_a_mend(tmp_path: Path) -> None:
    environment = {"BATCHMATES_DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/x", "BATCHMATES_WEB": "0.0.0.0:0"}
    findings = list(doctor.examine(read(environment | {"SLACK_BOT_TOKEN": "xoxb-1"})))
    assert [finding for finding in findings if finding.state != OK and not finding.mend] == []
    assert "hunter2" not in "".join(map(str, findings))
    (database,) = [finding for finding in findings if "does not answer" in finding.found]
    assert (database.state, database.found) == (
        FAIL,
        "postgresql://me:***@127.0.0.1:1/x does not answer (connection failed: "
        'connection to server at "127.0.0.1", port 1 failed: Connection refused)',
    )


def test_a_clock_that_went_back_is_a_failure(url: str) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    with migrate.connected(url) as tx:
        outbox.enqueue(tx, "daily:1", HERE, Send(message("Q")), now=ahead)
    (clock,) = found("clock", BATCHMATES_DATABASE_URL=url)
    assert (clock.state, "is before the newest row" in clock.found) == (FAIL, True)


@pytest.mark.postgres
def test_the_clock_of_the_database_server_stands_beside_ours(postgresql: str) -> None:
    migrate.upgrade(postgresql, folder("migrations"))
    (clock,) = found("clock", BATCHMATES_DATABASE_URL=postgresql)
    assert (clock.state, "s from the database server's" in clock.found) == (OK, True)


def test_a_database_that_is_not_migrated_is_a_warning(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    migrate.upgrade(url, folder("migrations"), "0001")
    (database,) = found("database", BATCHMATES_DATABASE_URL=url)
    assert (database.state, "db upgrade" in database.mend) == (WARN, True)


def test_a_restore_that_nobody_caught_up_with_is_a_warning(url: str) -> None:
    now = datetime.now(UTC)
    with migrate.connected(url) as tx:
        restored.note(tx, now - timedelta(days=1), now)
    (restore,) = found("restore", BATCHMATES_DATABASE_URL=url)
    assert (restore.state, restore.mend) == (WARN, "run the bot: it looks for what was sent since")


def test_scores_that_are_not_what_the_ledger_says_are_found_in_every_group(url: str) -> None:
    with migrate.connected(url) as tx:
        for number in range(3):
            of = found_group(tx, f"group {number}").id
            ana = join(tx, of, "Ana")
            boards.book(
                tx, group=of, member=ana, key=f"{of}", what="right", points=10, on=NOW.date(), topics=[], now=NOW
            )
        tx.execute(update(boards.scores).where(boards.scores.c.group_id == 2).values(points=11))
        tx.execute(boards.scores.delete().where(boards.scores.c.group_id == 3, boards.scores.c.period == "all"))
    for _ in range(2):  # looking changes nothing
        (finding,) = found("boards", BATCHMATES_DATABASE_URL=url)
        assert (finding.state, finding.found) == (FAIL, "scores that differ from the ledger: 6, of the groups 2, 3")


def test_a_port_that_something_else_holds_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        (port,) = found("web port", BATCHMATES_WEB=f"127.0.0.1:{other.getsockname()[1]}")
    assert (port.state, "BATCHMATES_WEB" in port.mend) == (FAIL, True)


def test_an_address_that_others_reach_is_a_warning() -> None:
    free, reached = found("web port", BATCHMATES_WEB="0.0.0.0:0")
    assert (free.state, reached.state) == (OK, WARN)


async def test_a_running_bot_is_seen_at_its_port_and_on_its_file(house: Host) -> None:
    bot = await house.start()
    web = (await bot.logs("starting"))["web"]
    await bot.logs("running")
    environment = {"BATCHMATES_DATABASE_URL": house.database, "BATCHMATES_WEB": web}
    (port,) = await asyncio.to_thread(found, "web port", **environment)
    assert (port.state, port.found) == (OK, f"a bot answers at {web}")
    (processes,) = await asyncio.to_thread(found, "processes", **environment)
    assert processes.found.startswith("a bot is running on this file")


def test_a_process_on_a_sqlite_file_is_seen_without_being_disturbed(url: str) -> None:
    with locks.alone(url):
        (processes,) = found("processes", BATCHMATES_DATABASE_URL=url)
        assert processes.state == OK
        with pytest.raises(locks.InUse), locks.alone(url):
            raise AssertionError("two processes at once")


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, WARN),
        ({"BATCHMATES_LOCAL_WORLD": "127.0.0.1:1"}, OK),
        ({"DISCORD_TOKEN": TOKEN}, OK),
        ({"SLACK_APP_TOKEN": "xapp-1"}, FAIL),
    ],
)
def test_platforms_are_ok_where_run_would_begin(environment: dict[str, str], wanted: str) -> None:
    assert {finding.state for finding in found("platforms", **environment)} == {wanted}


def test_a_sqlite_file_is_named_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (finding,) = found("database", BATCHMATES_DATABASE_URL="sqlite:///here.db")
    assert finding.found == f"sqlite:///{tmp_path}/here.db is not there yet"


def test_a_misspelt_setting_is_a_warning_and_stops_nothing(url: str) -> None:
    environment = {
        **os.environ,
        "BATCHMATES_DATABASE_URL": url,
        "BATCHMATES_CONTENTS": "x",
        "BATCHMATES_WEB": "127.0.0.1:0",
    }
    done = CliRunner().invoke(app, ["doctor"], env=environment)
    assert "warn  settings: BATCHMATES_CONTENTS is no setting; is BATCHMATES_CONTENT meant?" in done.output
    assert done.exit_code == 0


def test_a_discord_that_cannot_be_asked_is_a_warning_and_no_error() -> None:
    (finding,) = found("Discord", DISCORD_TOKEN=TOKEN)
    assert (finding.state, finding.found.partition(":")[0]) == (WARN, "Discord cannot be asked")
