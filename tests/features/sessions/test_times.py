"""From two people who were paired to a time that both can."""

from tests.features.sessions.pair import Pair
from tests.stage import Stage


async def test_the_two_meet_in_a_room_of_their_own_with_three_times(group: Stage) -> None:
    pair = await Pair.meet(group)
    session = await pair.now()
    assert (session.state.value, session.room_state) == ("proposed", "open")
    said = pair.room()
    assert "you have been put together" in said
    assert "Jonas interviews Aiko" in said
    assert "Aiko interviews Jonas" in said
    assert said.count(" works]") == 3
    assert group.jonas.sees("you have been put together")
    assert not group.tom.sees("you have been put together")
    assert not group.mira.sees("you have been put together")


async def test_a_time_is_agreed_once_both_can(group: Stage) -> None:
    pair = await Pair.meet(group)
    await group.jonas.presses("1 works")
    assert "Jonas can at 1" in pair.room()
    assert (await pair.now()).state.value == "proposed"
    await group.aiko.presses("1 works")
    session = await pair.now()
    assert session.state.value == "agreed"
    assert "[file: mock-interview.ics]" in pair.room()
