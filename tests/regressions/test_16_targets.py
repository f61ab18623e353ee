"""A target always names its platform and workspace; nothing falls back on another one."""

import pytest

from bot.core.errors import DeliveryError, Refusal
from bot.core.messages import message
from bot.core.ports import Send, Sending
from bot.core.refs import Person, Place
from bot.features.members import store as members
from bot.storage import outbox
from tests.stage import Stage


@pytest.mark.parametrize("target", [Place("local", "another", "c1"), Place("slack", "local", "c1"),
                                    Person("discord", "local", "u1"), Person("local", "", "u1")])  # fmt: skip
async def test_a_platform_refuses_what_is_not_its_own(group: Stage, target: Place | Person) -> None:
    sending = Sending("k", target, Send(message("hello")), group.clock.now())
    with pytest.raises(DeliveryError) as refused:
        await group.app.platforms["local"].deliver(sending)
    assert refused.value.refusal is Refusal.malformed
    assert not group.jonas.sees("hello")


async def test_a_row_for_a_platform_of_another_process_stays_for_it(group: Stage) -> None:
    place = Place("slack", "T1", "C1")
    await group.app.work.run(outbox.enqueue, "k", place, Send(message("hello")), now=group.clock.now())
    await group.at("Mon 09:00")
    assert await group.read(outbox.state_of, "k") == "pending"
    assert not group.jonas.sees("hello")
    assert len(group.questions) == 1


def test_a_reference_has_no_default_to_fall_back_on() -> None:
    with pytest.raises(TypeError):
        Place("local")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Person(id="u1")  # type: ignore[call-arg]


async def test_the_same_person_in_another_workspace_is_somebody_else(group: Stage) -> None:
    await group.jonas.types("/join")
    elsewhere = Person("local", "another", group.jonas.id)
    assert await group.read(members.groups_of, elsewhere) == []
    assert await group.read(members.groups_of, group.jonas.person) == [1]
