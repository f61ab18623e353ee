"""Slack's limits, on a clock that goes only when somebody waits."""

import contextlib
import itertools

import pytest

from bot.core.errors import DeliveryError, Refusal
from bot.platforms.slack.pace import METHODS, TIERS, Pace


class Time:
    """A clock that whoever sleeps puts forward."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


def paced() -> tuple[Pace, Time]:
    clock = Time()
    return Pace(now=clock.now, sleep=clock.sleep), clock


async def test_thirty_messages_of_a_channel_take_twenty_nine_seconds() -> None:
    pace, clock = paced()
    sent = []
    for _ in range(30):
        await pace.turn("T1", "chat.postMessage", "C1")
        sent.append(clock.at)
    assert sent[-1] - sent[0] == pytest.approx(29)
    assert min(later - earlier for earlier, later in itertools.pairwise(sent)) >= 0.999


async def test_messages_alone_and_for_all_share_the_limit_of_their_channel() -> None:
    pace, clock = paced()
    await pace.turn("T1", "chat.postMessage", "C1")
    await pace.turn("T1", "chat.postEphemeral", "C1")
    assert clock.at == pytest.approx(1001)


@pytest.mark.parametrize("method", METHODS)
async def test_a_method_is_called_no_oftener_than_its_tier_allows(method: str) -> None:
    pace, clock = paced()
    at = []
    for _ in range(3 * TIERS[METHODS[method]]):
        with contextlib.suppress(DeliveryError):
            await pace.turn("T1", method)
            at.append(clock.at)
            continue
        clock.at += 60 / TIERS[METHODS[method]]
    assert len(at) > TIERS[METHODS[method]]
    most = max(sum(1 for other in at if first <= other < first + 60) for first in at)
    assert most <= TIERS[METHODS[method]]


async def test_another_workspace_and_another_channel_wait_for_nobody() -> None:
    pace, clock = paced()
    pace.hold("T1", "chat.postMessage", "C1", 10)
    pace.hold("T1", "users.info", "", 10)
    await pace.turn("T1", "chat.postMessage", "C2")
    await pace.turn("T2", "chat.postMessage", "C1")
    await pace.turn("T2", "users.info")
    assert clock.at == 1000


async def test_what_slack_holds_waits_as_long_as_it_says() -> None:
    pace, clock = paced()
    pace.hold("T1", "chat.postMessage", "C1", 10)
    await pace.turn("T1", "chat.postMessage", "C1")
    assert clock.at == pytest.approx(1010)


async def test_what_would_wait_for_long_goes_back_and_takes_no_turn() -> None:
    pace, clock = paced()
    pace.hold("T1", "chat.postMessage", "C1", 300)
    for _ in range(3):
        with pytest.raises(DeliveryError) as busy:
            await pace.turn("T1", "chat.postMessage", "C1")
        assert busy.value.refusal is Refusal.busy
        assert busy.value.retry_after == pytest.approx(300)
    assert clock.at == 1000
