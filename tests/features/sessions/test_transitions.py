"""The moves of a session as they are drawn; what members can do of them stands in test_every_act.py."""

import pytest

from bot.core.errors import UserError
from bot.features.sessions import rules
from bot.features.sessions.rules import MOVES, Act, State
from tests.features.sessions.states import REACH


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
