"""Who left without a word is off the boards within a day; whoever is here, or cannot be asked for, stays."""

from sqlalchemy import Connection

from bot.core.refs import GroupId
from bot.features.members import store as members
from tests.stage import Stage


def names(tx: Connection) -> list[str]:
    return [member.name for member in members.active(tx, GroupId(1))]


def go_unheard(stage: Stage, name: str) -> None:
    """Let somebody leave, and the platform not tell."""
    stage.world.people[stage.people[name].id].here = False


async def test_who_left_unheard_is_off_the_boards_within_a_day(group: Stage) -> None:
    for actor in (group.jonas, group.aiko):
        await actor.types("/join")
    go_unheard(group, "Jonas")
    await group.at("Mon 20:00")
    assert await group.read(names) == ["Mira", "Jonas", "Aiko"]
    await group.at("Tue 08:00")
    assert await group.read(names) == ["Mira", "Aiko"]


async def test_everybody_is_asked_for_once_a_day_and_a_few_at_a_time(group: Stage) -> None:
    for number in range(25):
        await group.comes(f"Member {number}").types("/join")
    asked: list[str] = []
    is_here = group.world.is_here

    async def noting(user: str) -> bool:
        asked.append(user)
        return await is_here(user)

    group.world.is_here = noting  # type: ignore[method-assign]
    await group.at("Tue 12:00")
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == 26
    await group.at("Wed 12:00")
    assert len(asked) == 52
    group.clock.set(group.moment("Thu 13:00"))
    assert [await group.app.leavers.look() for _ in range(4)] == [10, 10, 6, 0]


async def test_an_outage_says_nothing_about_anybody(group: Stage) -> None:
    await group.jonas.types("/join")
    go_unheard(group, "Jonas")
    group.world.refuse_next("is_here", 503, times=2)
    await group.at("Tue 07:30")
    assert await group.read(names) == ["Mira", "Jonas"]
    await group.at("Tue 09:00")
    assert await group.read(names) == ["Mira"]


async def test_who_is_unknown_when_a_private_message_is_sent_is_looked_for_at_once(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.jonas.types("/settings")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_posted="yes")
    go_unheard(group, "Jonas")
    group.world.close_dms(group.jonas.id)
    await group.at("Mon 09:00")
    assert await group.read(names) == ["Mira"]


async def test_who_left_is_welcome_back_with_their_points(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.jonas.types("/join")
    await group.at("Mon 09:00")
    await group.jonas.presses("C")
    go_unheard(group, "Jonas")
    await group.at("Tue 08:30")
    assert await group.read(names) == ["Mira"]
    group.world.people[group.jonas.id].here = True
    await group.jonas.types("/join")
    assert "12 points" in await group.jonas.presses("My result", under="Reading")
