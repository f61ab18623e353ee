"""Measures the bot on Slack: `python -m tools.bench_slack --workspaces 100`, from a checkout; prints JSON.

Every workspace has one channel, for which its messages are all due at once. The test Slack runs in a process of its own
and keeps Slack's limits itself: a message that comes too early is refused with 429, and counted. `posts_vs_rate_limit`
is the time from a channel's first to its last message, against the least that one message a second allows; of all
channels the slowest counts.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot import on_slack
from bot.app import App
from bot.bank.load import load_bank
from bot.core.clock import SystemClock
from bot.core.messages import message
from bot.core.ports import Send
from bot.core.refs import Place
from bot.resources import folder
from bot.settings import Settings, read, sqlite_url
from bot.storage import installations, migrate, outbox
from bot.storage.database import Database
from bot.storage.installations import Installation
from bot.storage.vault import Vault

Json = dict[str, Any]
BETWEEN_MESSAGES = 1.0  # seconds, in one channel
KEY = "a key of a measurement that is long enough to be one"
LOOK_EVERY = 0.5  # seconds between looks at whether all is sent
WITHIN = 600.0  # seconds after which a measurement is given up


# --- the test Slack, in a process of its own --------------------------------------------------------------------------


async def serve(workspaces: int) -> None:
    """Serve until told to report; say where, and what stands there, in one line."""
    from bot.platforms.slack.access import names
    from tests.servers.slack.contract import SlackContract
    from tests.servers.slack.limits import Limits
    from tests.servers.slack.server import SlackServer

    class Unchecked(SlackContract):
        def arguments(self, *_: object) -> list[str]:
            return []

        def answer(self, *_: object) -> list[str]:
            return []

        def payload(self, *_: object) -> list[str]:
            return []

    server = SlackServer(SystemClock(), Unchecked({}))
    server.limits = Limits()
    teams = [server.found_team(f"Team {number}", set(names())) for number in range(workspaces)]
    homes = [
        {
            "team": team.id,
            "bot": team.bot,
            "bot_id": team.bot_id,
            "token": team.token,
            "channel": server.add_channel(team, "ml-study", "channel", team.bot).id,
        }
        for team in teams
    ]
    await server.start()
    print(json.dumps({"base_url": server.base_url, "homes": homes}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    at: dict[str, list[float]] = defaultdict(list)
    for call in server.calls.of("chat.postMessage"):
        if call.ok:
            at[str(call.args["channel"])].append(call.at)
    print(json.dumps(told(list(at.values())) | {"limited": sum(1 for call in server.calls.made if call.status == 429)}))
    await server.stop()


def told(channels: list[list[float]]) -> Json:
    """What the moments of each channel's messages say."""
    spans = [times[-1] - times[0] for times in channels]
    least = [(len(times) - 1) * BETWEEN_MESSAGES for times in channels]
    ratios = sorted(span / needed for span, needed in zip(spans, least, strict=True) if needed)
    first = min((times[0] for times in channels), default=0.0)
    return {
        "requests": sum(map(len, channels)),
        "seconds": round(max((times[-1] for times in channels), default=first) - first, 2),
        "first_posts_within_seconds": round(max((times[0] for times in channels), default=first) - first, 2),
        "median_channel": round(ratios[len(ratios) // 2], 3) if ratios else None,
        "posts_vs_rate_limit": round(ratios[-1], 3) if ratios else None,
    }


# --- the bot ----------------------------------------------------------------------------------------------------------


def furnish(tx: Connection, homes: list[Json], vault: Vault) -> None:
    """Let every workspace have installed the bot."""
    for home in homes:
        given = Installation(
            workspace=home["team"], bot_user=home["bot"], bot_id=home["bot_id"], scopes="", token=home["token"]
        )
        installations.put(tx, "slack", given, vault, SystemClock().now())


def fill(tx: Connection, homes: list[Json], messages: int) -> None:
    """Let every channel have its messages due at this moment."""
    now = SystemClock().now()
    for number in range(messages):
        for home in homes:
            said = Send(message(f"Message {number} of {messages}, with *marks* and a `piece of code` in it."))
            key = f"bench:{home['channel']}:{number}"
            outbox.enqueue(tx, key, Place("slack", home["team"], home["channel"]), said, now=now)


def memory() -> float:
    """The megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 2**20, 1)


def settings(database_url: str) -> Settings:
    """What a host of many workspaces has set."""
    return read(
        {
            "BATCHMATES_DATABASE_URL": database_url,
            "BATCHMATES_SECRET_KEY": KEY,
            "BATCHMATES_PUBLIC_URL": "https://study.example.org",
            "SLACK_SIGNING_SECRET": "signing-secret-of-a-measurement",
            "SLACK_CLIENT_ID": "1.2",
            "SLACK_CLIENT_SECRET": "client-secret-of-a-measurement",
        }
    )


async def measure(stands: Json, messages: int, url: str, processes: int) -> Json:
    """Let every message be due, start the bot, and tell what it took."""
    homes = stands["homes"]
    migrate.upgrade(url, folder("migrations"))
    database = Database(url)
    await database.write(furnish, homes, Vault(KEY))
    await database.write(fill, homes, messages)
    command = [sys.executable, "-m", "tools.bench_slack", "--bot", "--database", url, "--base-url", stands["base_url"]]
    others = [await asyncio.create_subprocess_exec(*command) for _ in range(processes - 1)]
    told = await bot(url, stands["base_url"])
    for other in others:
        await other.wait()
    told["outbox"] = await database.read(outbox.counts)
    await database.close()
    grown = told["memory_mb"]["after_posting"] - told["memory_mb"]["before"]
    return {**told, "memory_per_100_workspaces_mb": round(grown * 100 / len(homes), 2)}


async def bot(url: str, base_url: str) -> Json:
    """Send until nothing is left to send."""
    async with AsyncExitStack() as stack:
        database = Database(url)
        platform, _ = await on_slack.open_over_http(settings(url), stack, base_url=base_url)
        bank = load_bank([folder("content")], today=date(2026, 11, 23))
        app = App(database=database, bank=bank, platforms={"slack": platform}, clock=SystemClock())
        before, cpu, began = memory(), time.process_time(), time.perf_counter()
        beat = await app.run()
        await all_sent(database, began)
        seconds, busy, after = time.perf_counter() - began, time.process_time() - cpu, memory()
        beat.stop()
        await app.stop()
    return {
        "posting_seconds": round(seconds, 1),
        "cpu_seconds": round(busy, 1),
        "memory_mb": {"before": before, "after_posting": after},
        "errors": app.errors,
    }


async def all_sent(database: Database, began: float) -> None:
    """Wait until nothing is left to send, or for so long that something is wrong."""
    while time.perf_counter() - began < WITHIN:
        counts = await database.read(outbox.counts)
        if not counts["pending"] + counts["sending"]:
            return
        await asyncio.sleep(LOOK_EVERY)


def main() -> None:
    """Measure, or serve for a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=100)
    parser.add_argument("--messages", type=int, default=30)
    parser.add_argument("--processes", type=int, default=1, help="more than one need --database, on PostgreSQL")
    parser.add_argument(
        "--database", default="", help="the URL of an empty database; a SQLite file where none is named"
    )
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--bot", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--base-url", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.workspaces))
    elif given.bot:
        asyncio.run(bot(given.database, given.base_url))
    else:
        print(json.dumps(measured(given), indent=2))


def measured(given: argparse.Namespace) -> Json:
    """Let the test Slack serve in a process of its own meanwhile; give what both have seen."""
    command = [sys.executable, "-m", "tools.bench_slack", "--serve", "--workspaces", str(given.workspaces)]
    with (
        tempfile.TemporaryDirectory() as place,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        url = given.database or sqlite_url(Path(place) / "bench.sqlite3")
        bots = asyncio.run(measure(json.loads(server.stdout.readline()), given.messages, url, given.processes))
        server.stdin.write("report\n")
        server.stdin.flush()
        seen = json.loads(server.stdout.readline())
    asked = {"workspaces": given.workspaces, "messages": given.messages, "processes": given.processes}
    return {**asked, **bots, **seen}


if __name__ == "__main__":
    main()
