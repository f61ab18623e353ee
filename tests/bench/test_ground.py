"""What the benchmarks measure on is a house like any other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.bench import boards, ground
from bot.bench.databases import Server, Sqlite
from bot.bench.replay import Recorder, replay
from bot.bench.sizes import Sizes
from bot.features.boards import store
from bot.features.groups import store as groups
from bot.features.reconciliation import store as reconciliation
from bot.storage.database import Database


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """SQLite files of this test."""
    return Sqlite(tmp_path)


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Database]:
    """An empty database."""
    made = await server.empty()
    yield made
    await made.close()


async def test_the_scores_of_a_filled_board_are_what_its_ledger_says(server: Server) -> None:
    filled = await boards.full(server, Sizes(members=10), 100)
    wrong = await filled.read(reconciliation.differences, boards.OURS)
    rows = await filled.read(lambda tx: tx.scalar(select(func.count()).select_from(store.ledger)))
    await filled.close()
    assert (wrong, rows) == ([], 10 * 10 + 2 * boards.BOOKINGS)


async def test_every_group_that_was_founded_is_due(database: Database) -> None:
    await database.write(ground.found_many, 1, 40, ground.wide_bank(30))
    due = await database.read(groups.due_tracks, ground.NOW, 100)
    assert [track.group for track in due] == list(range(1, 41))


async def test_a_replay_leaves_a_twin_as_the_story_left_the_first(server: Server) -> None:
    empty = await server.empty()
    await empty.close()
    first, twin = await server.twin(empty), await server.twin(empty)
    with Recorder(first) as recorder:
        await first.write(ground.found_group)
        await replay(twin, recorder.take())
    everything = select(groups.groups)
    assert await twin.read(lambda tx: tx.execute(everything).all()) == await first.read(
        lambda tx: tx.execute(everything).all()
    )
    await first.close()
    await twin.close()
