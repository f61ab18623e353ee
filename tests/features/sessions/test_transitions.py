"""Every move of a session is walked, and every other one is tried."""

from collections.abc import Awaitable, Callable

import pytest

from bot.core.errors import UserError
from bot.features.sessions import rules
from bot.features.sessions.rules import MOVES, Act, State
from tests.features.sessions.attempts import Attempts
from tests.features.sessions.pair import Pair
from tests.stage import Stage

MINE = ("sessions", "appointments", "interviews", "feedback")
LEADS = {
    "mock-yes": {Act.agree},
    "propose-time": {Act.propose},
    "cancel-mock": {Act.cancel},
    "mock-here": {Act.start},
    "mock start": {Act.start},
    "mock-pause": {Act.pause},
    "mock-resume": {Act.resume},
    "mock-swap": {Act.swap},
    "mock-end": {Act.end},
}
"""What an act of a member can do to a session; whatever is not named here changes nothing of its state."""


async def proposed(group: Stage) -> Pair:
    pair = await Pair.meet(group)
    await group.jonas.presses("1 works")  # so that one more press agrees
    return pair


async def agreed(group: Stage) -> Pair:
    pair = await Pair.meet(group)
    await pair.agrees()
    starts_at = (await pair.now()).starts_at
    assert starts_at is not None
    await group.until(starts_at)
    await group.jonas.presses("Start")  # so that one more press begins it
    return pair


async def live(group: Stage) -> Pair:
    pair = await Pair.meet(group)
    await pair.begins()
    await pair.passes(20)
    return pair


async def paused(group: Stage) -> Pair:
    pair = await live(group)
    await group.jonas.presses("Pause")
    return pair


async def debrief(group: Stage) -> Pair:
    pair = await live(group)
    await group.jonas.presses("Swap")
    await pair.passes(20)
    await group.jonas.presses("End")
    return pair


async def closed(group: Stage) -> Pair:
    pair = await debrief(group)
    await pair.passes(48 * 60 + 1)
    return pair


async def cancelled(group: Stage) -> Pair:
    pair = await proposed(group)
    await group.jonas.presses("Cancel")
    await group.jonas.fills()
    return pair


async def missed(group: Stage) -> Pair:
    pair = await agreed(group)
    await pair.passes(21)
    return pair


async def lapsed(group: Stage) -> Pair:
    pair = await proposed(group)
    await pair.passes(48 * 60 + 1)
    return pair


async def broken(group: Stage) -> Pair:
    pair = await live(group)
    await group.tom.types("/join")
    await group.aiko.types("/leave")
    return pair


REACH: dict[State, Callable[[Stage], Awaitable[Pair]]] = {
    State.proposed: proposed,
    State.agreed: agreed,
    State.live: live,
    State.paused: paused,
    State.debrief: debrief,
    State.closed: closed,
    State.cancelled: cancelled,
    State.missed: missed,
    State.lapsed: lapsed,
    State.broken: broken,
}


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


@pytest.mark.parametrize("state", State)
async def test_whatever_a_member_does_moves_a_session_as_it_is_drawn(group: Stage, state: State) -> None:
    pair = await REACH[state](group)
    assert (await pair.now()).state is state
    attempts, made = Attempts(group), set()
    for who in (group.jonas, group.aiko, group.tom, group.mira):
        for event in attempts.everything(who, group.place, MINE):
            attempt = await attempts.make(event)
            after = State(attempt.states.get(pair.id, state.value))
            name = getattr(event, "action", getattr(event, "command", ""))
            allowed = {MOVES.get(state, {}).get(act, state) for act in LEADS.get(name, set())} | {state}
            assert after in allowed, attempt.name
            assert "Something went wrong" not in attempt.said(), attempt.name
            if who.name in ("Tom", "Mira"):
                assert after is state, attempt.name
            made |= {act for act in LEADS.get(name, set()) if after is MOVES.get(state, {}).get(act) and after != state}
    wanted = {act for act in MOVES.get(state, {}) if MOVES[state][act] is not state}
    wanted -= {Act.lapse, Act.break_off, Act.miss, Act.close, Act.swap}  # these come by themselves; swap stays live
    assert made - {Act.swap} == wanted
