"""After a restore the delivery looks for what may have been sent since the backup, and for nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from bot.core.messages import message
from bot.core.ports import OpenThread, Send
from bot.jobs.delivery import Delivery
from bot.storage import restored
from bot.storage.restored import Looking

from .conftest import House

MADE = timedelta(hours=2)
"""How long before the restore the backup was made."""


class Restored:
    """A house on a database that was restored just now."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.looking = Looking(house.clock)
        before: Any = house.delivery
        self.delivery = Delivery(
            before._catalogue,
            platforms=house.platforms,
            work=house.work,
            clock=house.clock,
            at_once=1,
            before_claim=self.looking.before_claim,
        )

    async def restore(self) -> None:
        now = self.house.clock.now()
        await self.house.work.run(restored.note, now - MADE, now)
        await self.read()

    async def read(self) -> None:
        self.looking.restore = await self.house.work.read(restored.awaiting)

    async def first_round(self) -> None:
        await self.house.work.run(restored.first_round_made, self.house.clock.now())
        await self.read()

    async def already(self, key: str, number: int = 0) -> None:
        """Let the bot before have sent this, which the backup does not know."""
        blocks = [{"type": "paragraph", "runs": [{"text": key}]}]
        await self.house.world.post(self.house.channels[number], None, blocks, {}, key)


@pytest.fixture
def after(house: House) -> Restored:
    return Restored(house)


@pytest.mark.parametrize("mode", ["history"])
async def test_what_stands_there_is_not_sent_again_and_what_does_not_is(after: Restored) -> None:
    for key in ("daily:1", "daily:2"):
        await after.house.put(key, vital=True)
    await after.already("daily:1")
    await after.restore()
    await after.delivery.drain()
    assert after.house.said() == ["daily:1", "daily:2"]
    assert await after.house.states() == {"daily:1": "sent", "daily:2": "sent"}


@pytest.mark.parametrize("mode", ["history"])
async def test_what_came_due_since_the_backup_is_looked_for_although_it_was_written_after_the_restore(
    after: Restored,
) -> None:
    await after.restore()
    await after.already("daily:2")
    await after.house.put("daily:2", vital=True)
    await after.delivery.drain()
    assert after.house.said() == ["daily:2"]


@pytest.mark.parametrize("mode", ["history"])
async def test_what_waits_for_another_row_is_looked_for_once_that_one_is_sent(after: Restored) -> None:
    await after.house.put("daily:1", vital=True)
    await after.house.put("thread:1", call=OpenThread("a thread"), after="daily:1")
    await after.house.put("reveal:1", call=Send(message("the key"), in_thread=True), after="thread:1", vital=True)
    await after.house.drain()
    said = after.house.said()
    # The same rows again, as the backup has them: nothing of it was sent.
    await after.house.work.run(lambda tx: tx.exec_driver_sql("UPDATE outbox SET state = 'pending', receipt = NULL"))
    await after.restore()
    await after.delivery.drain()
    assert after.house.said() == said
    assert set((await after.house.states()).values()) == {"sent"}


@pytest.mark.parametrize("mode", ["history"])
async def test_what_waits_for_a_row_that_dies_dies_with_it(after: Restored) -> None:
    await after.house.put("daily:1", vital=True)
    await after.house.put("more:1", call=Send(message("more")), after="daily:1")
    after.house.world.take_permission(after.house.channels[0], "send messages")
    await after.restore()
    await after.delivery.drain()
    await after.delivery.drain()
    assert await after.house.states() == {"daily:1": "dead", "more:1": "dead"}


@pytest.mark.parametrize("mode", ["bare"])
async def test_where_nobody_can_look_the_vital_is_sent_and_counted_and_the_rest_is_told(after: Restored) -> None:
    await after.house.put("daily:1", vital=True)
    await after.house.put("posted:1:to1", after.house.person())
    await after.restore()
    await after.delivery.drain()
    counts = await after.house.counts()
    assert (counts["sent"], counts["dead"], counts["maybe_doubled"]) == (1, 1, 1)
    assert after.house.said() == ["daily:1"]


@pytest.mark.parametrize("mode", ["bare"])
async def test_what_is_due_after_the_first_round_is_new(after: Restored) -> None:
    await after.restore()
    await after.delivery.drain()
    await after.first_round()
    after.house.pass_time(1)
    await after.house.put("posted:2:to1", after.house.person())
    await after.delivery.drain()
    assert (await after.house.counts())["sent"] == 1


async def test_a_restore_is_closed_once_every_suspect_is_settled(after: Restored) -> None:
    await after.house.put("daily:1", vital=True)
    await after.house.put("later:1", not_before=after.house.clock.now() + timedelta(days=1))
    await after.restore()
    await after.first_round()
    await after.house.work.run(restored.close_when_settled, after.house.clock.now())
    await after.read()
    assert after.looking.restore is not None, "the question has not been settled yet"
    await after.delivery.drain()
    await after.house.work.run(restored.close_when_settled, after.house.clock.now())
    await after.read()
    assert after.looking.restore is None


@pytest.mark.parametrize("mode", ["history"])
async def test_a_suspect_that_was_refused_for_now_is_looked_for_again(after: Restored) -> None:
    await after.house.put("daily:1", vital=True)
    await after.already("daily:1")
    await after.restore()
    after.house.world.refuse_next("history", 503)
    await after.delivery.drain()
    assert await after.house.states() == {"daily:1": "sending"}
    after.house.pass_time(60)
    await after.delivery.drain()
    assert (after.house.said(), await after.house.states()) == (["daily:1"], {"daily:1": "sent"})
