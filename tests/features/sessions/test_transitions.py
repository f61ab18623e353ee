"""The moves of a session as they are drawn; what members can do of them stands in test_every_act.py."""

import pytest

from bot.core.errors import UserError
from bot.features.sessions import rules
from bot.features.sessions.rules import MOVES, Act, State
from tests.features.sessions.states import REACH
from tests.stage import Stage


def test_every_state_is_reached_here_and_every_act_is_in_a_move() -> None:
    assert set(REACH) == set(State)
    assert {act for moves in MOVES.values() for act in moves} == set(Act)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_a_move_that_is_not_drawn_is_refused_with_how_it_stands(state: State, act: Act) -> None:
    if act in MOVES.get(state, {}):
        assert rules.after(state, act) is MOVES[state][act]
    else:
        with pytest.raises(UserError, match=r"interview|time is agreed"):
            rules.after(state, act)


def test_from_every_state_an_end_can_be_reached() -> None:
    ends = {state for state in State if not state.open}
    reached = set(ends)
    while grown := {s for s in State if s not in reached and set(MOVES.get(s, {}).values()) & reached}:
        reached |= grown
    assert reached == set(State)


BY_ITSELF = {
    State.proposed: {State.lapsed},
    State.agreed: {State.missed},  # one has come there
    State.live: {State.debrief, State.closed},
    State.paused: {State.debrief, State.closed},
    State.debrief: {State.closed},
}
"""The states through which a session comes to its end where nobody does anything more."""


@pytest.mark.parametrize("state", MOVES)
async def test_a_session_in_which_nobody_does_anything_comes_to_its_end_by_itself(group: Stage, state: State) -> None:
    pair = await REACH[state](group)
    passed = set()
    for _ in range(8):
        await pair.passes(12 * 60)
        passed.add((await pair.now()).state)
    assert passed - {state} == BY_ITSELF[state]
    assert not (await pair.now()).state.open
