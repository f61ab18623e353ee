"""From two people who were paired to a time that both can."""

from zoneinfo import ZoneInfo

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
    assert "2 kits, 70 minutes in all:" in said
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
    # What was taken too late, or twice, hears what stands; the time that stands does not go by proposing it again.
    at = session.starts_at.astimezone(ZoneInfo("Europe/Berlin")) if session.starts_at else None
    assert at is not None
    stands = f"{at:%a %d %b, %H:%M} (Europe/Berlin)."
    assert f"This time is agreed already: {stands}" in await group.jonas.presses("1 works")
    assert f"That time was replaced; agreed is {stands}" in await group.jonas.presses("2 works")
    assert "does not stand any more" in await group.jonas.presses("Other time")
    assert "agreed already, and it stands" in await group.jonas.fills(on=f"{at:%Y-%m-%d}", at=f"{at:%H:%M}")
    assert (await pair.now()).state.value == "agreed"
