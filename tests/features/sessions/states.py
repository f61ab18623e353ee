"""A session in each of its states."""

from collections.abc import Awaitable, Callable

from bot.features.sessions.rules import State
from tests.features.sessions.pair import Pair
from tests.stage import Stage


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
    await group.reaches("twenty minutes later", lambda: pair.passes(20))
    return pair


async def paused(group: Stage) -> Pair:
    pair = await live(group)
    await group.jonas.presses("Pause")
    return pair


async def debrief(group: Stage) -> Pair:
    pair = await live(group)

    async def end() -> None:
        await group.jonas.presses("Swap")
        await pair.passes(20)
        await group.jonas.presses("End")

    await group.reaches("over", end)
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
