"""Two processes at once: a round is opened once and announced once."""

from datetime import timedelta

from sqlalchemy import Connection

from bot.features.matching.rules import solve
from bot.features.rounds import jobs, store
from bot.features.rounds.rules import State
from bot.storage.outbox import outbox
from tests.features.rounds.round import pairs, round_to_pair, state
from tests.stage import Stage, rows
from tests.storage.together import together


async def test_two_processes_that_pair_the_same_round_announce_it_once(group: Stage) -> None:
    round, now = await round_to_pair(group, "Mira", "Jonas", "Aiko", "Tom")
    problem = await group.read(jobs.problem_of, round.id, now)
    outcome = solve(problem)

    def takes(tx: Connection) -> None:
        jobs._take(tx, round, problem, outcome, now)

    await together(group.database_url, takes, takes)
    assert len(await pairs(group)) == 2
    assert await state(group) is State.announced


async def test_two_processes_that_open_the_same_round_post_it_once(group: Stage) -> None:
    await group.jonas.types("/join")
    opens = group.moment("Thu 18:00")
    await group.until(opens - timedelta(seconds=1))
    group.clock.set(opens)
    before = await group.read(rows, outbox)

    def open_it(tx: Connection) -> None:
        jobs.open_due(tx, opens)

    await together(group.database_url, open_it, open_it)
    assert await group.read(rows, store.rounds) == 1
    assert await group.read(rows, outbox) == before + 1
