"""`batchmates run` as a host runs it: real processes, real signals."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.core.errors import SettingsError
from bot.roles import Role
from bot.serve import check
from bot.settings import read
from tests.hosting.running import ROOT, Host
from tests.storage.databases import sqlite_url


async def test_a_bot_that_runs_answers_posts_and_stops_gracefully(house: Host) -> None:
    bot = await house.start(BATCHMATES_JUDGE="auto")
    await house.set_up()
    await house.world.run(house.mira, house.channel, "admin next")
    await house.until(house.questions)
    assert await bot.get("/healthz") == (200, "alive\n")
    assert await bot.get("/readyz") == (200, "ready\n")
    bot.tell(signal.SIGTERM)
    assert await bot.ended() == 0
    # Whether there is a judge is the machine's business; the rest is said in this order.
    said = [line["event"] for line in bot.lines if not line["event"].startswith("judge")]
    assert said == ["starting", "running", "told_to_stop", "stopping", "stopped"]
    assert bot.other == []
    assert not house.world.line.connected


async def test_the_metrics_are_what_the_outbox_holds(house: Host) -> None:
    bot = await house.start()
    await house.set_up()
    await house.until(lambda messages: [m for m in messages if "study group" in str(m["blocks"])])
    await asyncio.sleep(0.3)
    _, text = await bot.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    states = {sample.labels["state"]: sample.value for sample in families["batchmates_outbox_rows"].samples}
    assert states["sent"] >= 1
    assert states["dead"] == 0
    assert families["batchmates_beats"].samples[0].value >= 1
    assert families["batchmates_errors"].samples[0].value == 0
    bot.tell(signal.SIGINT)
    assert await bot.ended() == 0


async def test_what_happens_while_it_is_down_is_taken_up_by_the_next_one(house: Host) -> None:
    bot = await house.start()
    await house.set_up()
    await house.world.run(house.mira, house.channel, "admin next")
    (question,) = await house.until(house.questions)
    bot.tell(signal.SIGTERM)
    assert await bot.ended() == 0
    await house.world.say(house.mira, house.channel, "B, since it is", thread=question["thread_id"])
    again = await house.start()
    await house.until(lambda messages: [m for m in messages if m["reactions"]])
    assert len(await house.until(house.questions)) == 1
    again.tell(signal.SIGTERM)
    assert await again.ended() == 0


async def test_a_send_that_has_begun_is_finished_before_the_end(house: Host) -> None:
    bot = await house.start()
    await house.set_up()
    await bot.logs("running")

    def stop_it(when: str, call: str, _: int) -> None:
        if (when, call) == ("before", "open_thread"):
            bot.tell(signal.SIGTERM)

    house.world.on_call = stop_it
    await house.world.run(house.mira, house.channel, "admin next")
    assert await bot.ended() == 0
    house.world.on_call = None
    again = await house.start()
    await again.logs("running")
    assert len(await house.until(house.questions)) == 1
    _, text = await again.get("/metrics")
    assert 'batchmates_outbox_rows{state="maybe_doubled"} 0.0' in text


async def test_a_second_signal_ends_it_at_once(house: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = await house.start()
    await house.set_up()
    await house.until(lambda messages: [m for m in messages if "study group" in str(m["blocks"])])
    asked = asyncio.Event()

    async def never_answers(*_: object, **__: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(house.world, "post", never_answers)
    await house.world.run(house.mira, house.channel, "admin next")
    await asyncio.wait_for(asked.wait(), 20)
    bot.tell(signal.SIGTERM)
    await bot.logs("stopping")
    await asyncio.sleep(0.5)
    assert bot.process.returncode is None, "it waits for the send that has begun"
    bot.tell(signal.SIGTERM)
    assert await bot.ended() == -signal.SIGTERM
    for task in house.server._serving:
        task.cancel()  # the world would wait for ever for what never answers


async def test_a_world_that_is_gone_ends_the_process_with_an_error(house: Host) -> None:
    bot = await house.start()
    await bot.logs("running")
    await house.server.close()
    assert await bot.ended() == 1
    assert bot.lines[-1]["event"] == "stopped"
    assert bot.lines[-1]["gone"] is True


# --- one process, several processes ---------------------------------------------------------------------------------


async def test_a_second_process_on_the_same_sqlite_file_is_refused(house: Host) -> None:
    first = await house.start()
    await first.logs("running")
    second = await house.start()
    assert await second.ended() == 2
    (line,) = second.other
    assert line.startswith("batchmates: another process runs on ")
    assert await first.get("/readyz") == (200, "ready\n")


async def test_a_killed_process_leaves_no_lock_behind(house: Host) -> None:
    first = await house.start()
    await first.logs("running")
    first.tell(signal.SIGKILL)
    assert await first.ended() == -signal.SIGKILL
    second = await house.start()
    await second.logs("running")


@pytest.mark.postgres
async def test_two_processes_that_start_together_migrate_once(big_house: Host) -> None:
    both = [await big_house.start("--role", role) for role in ("gateway", "worker")]
    for bot in both:
        await bot.logs("running")
    for bot in both:
        bot.tell(signal.SIGTERM)
    assert [await bot.ended() for bot in both] == [0, 0]


@pytest.mark.postgres
async def test_with_roles_apart_all_is_done_all_the_same(big_house: Host) -> None:
    gateway = await big_house.start("--role", "gateway")
    worker = await big_house.start("--role", "worker")
    web = await big_house.start("--role", "web")
    await gateway.logs("running")
    await worker.logs("running")
    await web.logs("running")
    await big_house.set_up()
    await big_house.world.run(big_house.mira, big_house.channel, "admin next")
    await big_house.until(big_house.questions)
    # A welcome is due by itself: only the worker does that.
    await big_house.until(lambda messages: [m for m in messages if m["channel"] == f"dm-{big_house.mira}"])
    for bot in (gateway, worker, web):
        assert await bot.get("/readyz") == (200, "ready\n")
        bot.tell(signal.SIGTERM)
        assert await bot.ended() == 0


@pytest.mark.postgres
async def test_a_worker_alone_does_what_is_due_and_a_gateway_does_not(big_house: Host) -> None:
    gateway = await big_house.start("--role", "gateway")
    await big_house.set_up()
    await asyncio.sleep(6)  # longer than the clock of the house waits
    assert [m for m in big_house.world.messages.values() if m.channel == f"dm-{big_house.mira}"] == []
    gateway.tell(signal.SIGTERM)
    assert await gateway.ended() == 0
    await big_house.start("--role", "worker")
    await big_house.until(lambda messages: [m for m in messages if m["channel"] == f"dm-{big_house.mira}"])
    assert not big_house.world.line.connected


# --- backups of a running bot ----------------------------------------------------------------------------------------


def command(*words: str, database: str) -> tuple[int, str]:
    """Run `batchmates` beside the bot; give its status, and what it says."""
    environment = {**os.environ, "BATCHMATES_DATABASE_URL": database}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.postgres
async def test_a_running_bot_is_backed_up_and_goes_on_elsewhere(
    big_house: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, elsewhere = str(tmp_path / "running.backup"), sqlite_url(tmp_path)
    bot = await big_house.start()
    await big_house.set_up()
    await big_house.world.run(big_house.mira, big_house.channel, "admin next")
    await big_house.until(big_house.questions)
    status, said = await asyncio.to_thread(command, "db", "backup", file, database=big_house.database)
    assert (status, said.startswith(f"{file}: ")) == (0, True)
    status, said = await asyncio.to_thread(command, "db", "restore", file, "--replace", database=big_house.database)
    assert (status, "a bot runs on this database" in said) == (2, True)
    assert (await asyncio.to_thread(command, "db", "check", database=big_house.database))[0] == 0
    bot.tell(signal.SIGKILL)
    await bot.ended()
    status, said = await asyncio.to_thread(command, "db", "restore", file, database=elsewhere)
    assert (status, " rows, as of " in said) == (0, True)
    monkeypatch.setattr(big_house, "database", elsewhere)
    await (await big_house.start()).logs("running")
    (question,) = await big_house.until(big_house.questions)
    await big_house.world.say(big_house.mira, big_house.channel, "B, as I see it", thread=question["thread_id"])
    await big_house.until(lambda messages: [m for m in messages if m["reactions"]])
    assert len(big_house.questions([entry.to_json() for entry in big_house.world.messages.values()])) == 1


# --- settings -------------------------------------------------------------------------------------------------------


def test_all_that_is_missing_is_said_together() -> None:
    settings = read({"SLACK_BOT_TOKEN": "xoxb-1", "BATCHMATES_DATABASE_URL": "sqlite:////no/such/folder/x.db"})
    with pytest.raises(SettingsError) as error:
        check(settings, Role.worker)
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "SLACK_APP_TOKEN",
        "BATCHMATES_DATABASE_URL",
        "BATCHMATES_DATABASE_URL",
    ]


def test_without_anybody_to_speak_to_it_does_not_begin() -> None:
    with pytest.raises(
        SettingsError,
        match="BATCHMATES_LOCAL_WORLD, DISCORD_TOKEN, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET: none of them",
    ):
        check(read({}), Role.all)


@pytest.mark.parametrize("role", [Role.gateway, Role.worker, Role.web])
def test_roles_need_postgresql(role: Role) -> None:
    with pytest.raises(SettingsError, match=f"--role {role} needs PostgreSQL"):
        check(read({"BATCHMATES_LOCAL_WORLD": "127.0.0.1:1"}), role)


def test_a_web_process_needs_no_platform() -> None:
    check(read({"BATCHMATES_DATABASE_URL": "postgresql://u@127.0.0.1/x"}), Role.web)


async def test_a_world_that_is_not_there_is_said_in_one_line(house: Host) -> None:
    bot = await house.start(BATCHMATES_LOCAL_WORLD="127.0.0.1:1")
    assert await bot.ended() == 2
    assert bot.other == ["batchmates: BATCHMATES_LOCAL_WORLD: no world answers at 127.0.0.1:1"]


@asynccontextmanager
async def something_that_says(line: bytes) -> AsyncIterator[str]:
    """Something that listens and is no world: it says this, or nothing, to whoever calls."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(line)
        await reader.read()  # until the caller hangs up
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_web_server_is_no_world(house: Host) -> None:
    async with something_that_says(b"HTTP/1.1 400 Bad Request\r\n\r\n") as where:
        bot = await house.start(BATCHMATES_LOCAL_WORLD=where)
        assert await bot.ended() == 2
    assert bot.other == [f"batchmates: BATCHMATES_LOCAL_WORLD: no world answers at {where}"]


async def test_a_platform_that_is_silent_keeps_neither_health_nor_the_signal_waiting(house: Host) -> None:
    async with something_that_says(b"") as where:
        bot = await house.start(BATCHMATES_LOCAL_WORLD=where)
        assert (await bot.logs("starting"))["platforms"] == ["local"]
        assert await bot.get("/healthz") == (200, "alive\n")
        assert await bot.get("/readyz") == (503, "starting\n")
        bot.tell(signal.SIGTERM)
        assert await bot.ended() == 0
    assert [line["event"] for line in bot.lines] == ["starting", "told_to_stop", "stopping", "stopped"]
    assert bot.other == []


async def test_a_database_that_does_not_answer_is_said_in_one_line_without_its_password(house: Host) -> None:
    bot = await house.start(BATCHMATES_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/nowhere")
    assert await bot.ended() == 2
    (line,) = bot.other
    assert line.startswith("batchmates: the database postgresql://me:***@127.0.0.1:1/nowhere does not answer: ")


async def test_a_port_that_is_taken_is_said_in_one_line(house: Host) -> None:
    bot = await house.start("--port", str(house.server.port))
    assert await bot.ended() == 2
    (line,) = bot.other
    said = (
        r"batchmates: BATCHMATES_WEB: cannot listen at 127\.0\.0\.1:\d+: Address already in use; set BATCHMATES_WEB.*"
    )
    assert re.fullmatch(said, line)


def test_the_house_keeps_no_file_of_a_bot_that_did_not_begin(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        check(read({"BATCHMATES_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}), Role.all)
    assert list(tmp_path.iterdir()) == []
