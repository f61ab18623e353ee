"""Very many groups are due at one moment, for four processes on one PostgreSQL, one of which dies; the database too."""

import asyncio
import os
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from bot.bench import ground
from bot.demo import seen
from bot.features.groups.store import tracks
from bot.resources import folder
from bot.storage import migrate
from bot.storage.database import Database
from tests.crash.cluster import Cluster, cluster
from tests.hosting.running import Host, host

GROUPS = int(os.environ.get("BATCHMATES_TEST_GROUPS", "200"))
"""In CI 2,000."""
PROCESSES = 4
EVERY_DAY = frozenset(range(7))
PATIENCE = 420.0  # seconds of real time; what the dead had taken up is free after a minute


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(600)
async def test_every_group_gets_its_question_once_whatever_dies_meanwhile() -> None:
    with cluster() as server:
        migrate.upgrade(server.url, folder("migrations"))
        async with host(server.url, "nonce", several=True) as hosting:
            await found_all(hosting, server)
            processes = [await hosting.start() for _ in range(PROCESSES)]
            for process in processes:
                await process.logs("running")
            await due_now(server)
            await posted(hosting, GROUPS // 4)
            processes[0].tell(signal.SIGKILL)
            await posted(hosting, GROUPS // 2)
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            await posted(hosting, GROUPS)
            await asyncio.sleep(3)  # who would post a second time has the time to
            by_channel = Counter(message["channel"] for message in questions(hosting))
            bugs = [line for process in processes for line in process.lines if line["level"] == "error"]
    assert len(by_channel) == GROUPS
    assert set(by_channel.values()) == {1}
    assert bugs == [], bugs


async def found_all(hosting: Host, server: Cluster) -> None:
    """Found the groups, each in a channel of its own; they are due tomorrow."""
    channels = [str(hosting.world.add_channel(f"group {number}")["id"]) for number in range(GROUPS)]
    database, bank = Database(server.url), ground.wide_bank(0)

    def write(tx: Connection, first: int, count: int) -> None:
        ground.found_many(
            tx,
            first,
            count,
            bank,
            due=datetime.now(UTC) + timedelta(days=1),
            weekdays=EVERY_DAY,
            channel=lambda id: channels[id - 1],
            workspace="local",
        )

    for first in range(1, GROUPS + 1, ground.CHUNK):
        await database.write(write, first, min(ground.CHUNK, GROUPS + 1 - first))
    await database.close()


async def due_now(server: Cluster) -> None:
    """Let all of them be due at this moment."""
    database = Database(server.url)
    await database.write(lambda tx: tx.execute(update(tracks).values(next_at=datetime.now(UTC))))
    await database.close()


def questions(hosting: Host) -> list[dict[str, object]]:
    """Every question that stands anywhere."""
    entries = [entry.to_json() for entry in hosting.world.messages.values()]
    return [message for message in entries if seen.is_question(message, message["channel"])]


async def posted(hosting: Host, number: int) -> None:
    """Wait until so many questions stand, each with its thread."""
    async with asyncio.timeout(PATIENCE):
        while sum(bool(message["thread_id"]) for message in questions(hosting)) < number:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
