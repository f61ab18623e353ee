"""Every move of a round, and every other one tried."""

from datetime import UTC, date, datetime, time
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from bot.features.rounds import commands, store
from bot.features.rounds.rules import NEXT, IllegalMove, Schedule, State, check_move, moved
from bot.features.rounds.store import Round, RoundId, rounds
from tests.features.rounds.round import CLOSES, asks, newest, round_is_open, signs_up, state
from tests.stage import Stage

MOVES = {
    (State.open, State.closed),
    (State.open, State.cancelled),
    (State.closed, State.preview),
    (State.closed, State.announced),
    (State.closed, State.cancelled),
    (State.preview, State.closed),
    (State.preview, State.announced),
    (State.preview, State.cancelled),
    (State.announced, State.done),
}
"""The diagram, once more and by itself."""
EVERY = list(product(State, State))


@pytest.mark.parametrize(("before", "after"), [pair for pair in EVERY if pair in MOVES], ids=str)
def test_what_the_diagram_draws_is_allowed(before: State, after: State) -> None:
    check_move(before, after)


@pytest.mark.parametrize(("before", "after"), [pair for pair in EVERY if pair not in MOVES], ids=str)
def test_what_the_diagram_does_not_draw_is_refused(before: State, after: State) -> None:
    with pytest.raises(IllegalMove, match=f"a round that is {before} never becomes {after}"):
        check_move(before, after)


def test_every_state_is_reached_from_open() -> None:
    reached, edge = set[State](), {State.open}
    while edge:
        reached |= edge
        edge = {after for before in edge for after in NEXT[before]} - reached
    assert reached == set(State)


async def test_the_store_moves_a_round_as_drawn_and_in_no_other_way(group: Stage) -> None:
    await round_is_open(group)

    def moved(tx: Connection, before: State, after: State) -> Round:
        tx.execute(update(rounds).values(state=before))
        return store.move(tx, store.hold(tx, RoundId(1)), after, next_at=None)

    for before, after in EVERY:
        if (before, after) in MOVES:
            assert (await group.app.work.run(moved, before, after)).state is after
        else:
            with pytest.raises(IllegalMove):
                await group.app.work.run(moved, before, after)
    await group.app.work.run(moved, State.announced, State.done)


async def test_a_round_is_walked_through_every_state_by_what_people_do(group: Stage) -> None:
    seen = []
    await group.mira.types("/admin rounds approve=yes")
    await round_is_open(group, "Jonas")
    seen.append(await state(group))
    await signs_up(group.aiko)
    await group.at(CLOSES)  # closed and paired in the same beat
    seen.append(await state(group))
    await group.app.work.run(commands._rerun, asks(group, group.mira))
    seen.append(await state(group))
    await group.app.beat()
    seen.append(await state(group))
    await group.mira.types("/admin round-approve")
    seen.append(await state(group))
    await group.until((await newest(group)).ends_at)
    seen.append((await group.read(store.get, RoundId(1))).state)
    await group.mira.types("/admin rounds on=no")
    seen.append(await state(group))
    assert seen == [
        State.open,
        State.preview,
        State.closed,
        State.preview,
        State.announced,
        State.done,
        State.cancelled,
    ]


def test_an_open_round_keeps_its_date_while_that_can_be_and_else_moves_to_the_next_one() -> None:
    zone, now, on = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
    assert moved(on, now, Schedule(weekday=0, closes=time(18)), zone) == on
    assert moved(on, now, Schedule(weekday=0, closes=time(9)), zone) == date(2026, 11, 30)
    assert moved(on, now, Schedule(weekday=4), zone) == date(2026, 11, 27)
