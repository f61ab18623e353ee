"""Two processes that meet in the middle of the same session: both do, and it happens once."""

from functools import partial

from sqlalchemy import select

from bot.core.ask import Ask
from bot.core.ports import Meetings
from bot.features.appointments import commands as times
from bot.features.appointments import store as appointments
from bot.features.feedback import commands as feedback
from bot.features.interviews import commands as interviews
from bot.features.sessions.rules import State
from bot.storage.outbox import outbox
from tests.actor import Actor
from tests.features.sessions.pair import Pair
from tests.stage import Stage
from tests.storage.together import together


def asks(group: Stage, who: Actor, id: str) -> Ask:
    now = group.clock.now()
    return Ask(id=id, who=who.person, name=who.name, place=group.place, now=now, at=now, work=group.app.work)


async def said(group: Stage, what: str) -> int:
    """How many rows of this kind there are."""
    keys = await group.read(lambda tx: list(tx.execute(select(outbox.c.key)).scalars()))
    return sum(f":{what}:" in key for key in keys)


async def test_two_who_take_the_same_time_at_once_agree_once(group: Stage) -> None:
    pair = await Pair.meet(group)
    first = (await group.read(appointments.offered, await pair.now()))[0]
    yes = (partial(times._yes, ask=asks(group, who, who.name), meetings=Meetings(), id=pair.id, time=first.id)
           for who in (group.jonas, group.aiko))  # fmt: skip
    await together(group.database_url, *yes)
    assert (await pair.now()).state is State.agreed
    await group.settles()
    assert await said(group, "agreed") == 1


async def test_two_who_come_at_once_begin_once(group: Stage) -> None:
    pair = await Pair.meet(group, source="now")
    come = (partial(interviews._come, ask=asks(group, who, who.name), id=pair.id) for who in (group.jonas, group.aiko))
    await together(group.database_url, *come)
    assert (await pair.now()).state is State.live
    assert await said(group, "turn") == 1


async def test_where_both_partners_of_one_come_at_once_only_one_interview_begins(group: Stage) -> None:
    with_tom = await Pair.meet(group, "Aiko", "Tom", source="now")
    await group.aiko.presses("Start")
    with_jonas = await Pair.meet(group, source="now")
    await group.aiko.presses("Start")
    come = (partial(interviews._come, ask=asks(group, who, who.name), id=pair.id)
            for who, pair in ((group.tom, with_tom), (group.jonas, with_jonas)))  # fmt: skip
    await together(group.database_url, *come)
    assert {(await pair.now()).state for pair in (with_tom, with_jonas)} == {State.live, State.agreed}


async def test_two_who_swap_at_once_swap_once(group: Stage) -> None:
    pair = await Pair.meet(group, "Jonas", "Aiko", "Tom", source="now")
    for who in (group.jonas, group.aiko, group.tom):
        await who.presses("Start")
    swap = (partial(interviews._swap, ask=asks(group, who, who.name), id=pair.id, number=1)
            for who in (group.jonas, group.aiko))  # fmt: skip
    await together(group.database_url, *swap)
    assert [turn.number for turn in await pair.turns() if turn.running] == [2]


async def test_two_who_send_the_last_sheets_at_once_close_it_once(group: Stage) -> None:
    pair = await Pair.meet(group)
    await pair.begins()
    await pair.passes(20)
    await group.jonas.presses("End")
    for who in (group.jonas, group.aiko):
        said_last = await who.presses("Give feedback")
        part = 0
        while "[Send]" not in said_last:
            part += 1
            await who.presses(f"Part {part}")
            fields = who.form["fields"]
            said_last = await who.fills({f["name"]: "3" if f["name"].startswith("score") else "Words." for f in fields})
    send = (partial(feedback._send, ask=asks(group, who, f"send-{who.name}"), id=id)
            for who, id in ((group.jonas, 1), (group.aiko, 2)))  # fmt: skip
    await together(group.database_url, *send)
    await group.settles()
    assert (await pair.now()).state is State.closed
    assert "Feedback about you" in pair.direct(group.jonas)
    assert "Feedback about you" in pair.direct(group.aiko)
