"""Slack's limits, on a clock that goes only when somebody waits."""

import contextlib
import itertools

import pytest

from bot.core.errors import DatabaseAway, DeliveryError, NotYet, Refusal
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
    await pace.hold("T1", "chat.postMessage", "C1", 10)
    await pace.hold("T1", "users.info", "", 10)
    await pace.turn("T1", "chat.postMessage", "C2")
    await pace.turn("T2", "chat.postMessage", "C1")
    await pace.turn("T2", "users.info")
    assert clock.at == 1000


async def test_what_slack_holds_waits_as_long_as_it_says() -> None:
    pace, clock = paced()
    await pace.hold("T1", "chat.postMessage", "C1", 10)
    await pace.turn("T1", "chat.postMessage", "C1")
    assert clock.at == pytest.approx(1010)


async def test_what_would_wait_for_long_goes_back_and_takes_no_turn() -> None:
    pace, clock = paced()
    await pace.hold("T1", "chat.postMessage", "C1", 300)
    for _ in range(3):
        with pytest.raises(DeliveryError) as busy:
            await pace.turn("T1", "chat.postMessage", "C1")
        assert busy.value.refusal is Refusal.busy
        assert busy.value.retry_after == pytest.approx(300)
    assert clock.at == 1000


# --- told beforehand --------------------------------------------------------------------------------------------------


async def test_what_has_no_turn_soon_is_told_when_and_takes_none() -> None:
    pace, clock = paced()
    await pace.turn("T1", "chat.postMessage", "C1")
    pace.ready("T1", "chat.postMessage", "C2")
    pace.ready("T2", "chat.postMessage", "C1")
    with pytest.raises(NotYet) as early:
        pace.ready("T1", "chat.postMessage", "C1")
    assert early.value.seconds == pytest.approx(1)
    clock.at += 1
    pace.ready("T1", "chat.postMessage", "C1")
    await pace.turn("T1", "chat.postMessage", "C1")
    assert clock.at == 1001


async def test_many_that_have_no_turn_are_told_moments_of_their_own() -> None:
    pace, _ = paced()
    await pace.turn("T1", "chat.postMessage", "C1")
    told = []
    for _ in range(4):
        with pytest.raises(NotYet) as early:
            pace.ready("T1", "chat.postMessage", "C1")
        told.append(early.value.seconds)
    assert told == pytest.approx([1, 2, 3, 4])


async def test_a_tier_that_has_room_is_ready_at_once() -> None:
    pace, _ = paced()
    for _ in range(TIERS[METHODS["chat.update"]] // 5):
        pace.ready("T1", "chat.update")
        await pace.turn("T1", "chat.update")
    with pytest.raises(NotYet):
        pace.ready("T1", "chat.update")


# --- over several processes -------------------------------------------------------------------------------------------


class InMemory:
    """A book as a database keeps it, on the same clock."""

    def __init__(self, clock: Time) -> None:
        self._clock = clock
        self.free: dict[str, float] = {}

    async def turn(self, name: str, interval: float, ahead: float, patience: float) -> float:
        mine = max(self.free.get(name, 0.0), self._clock.at - ahead)
        if mine - self._clock.at <= patience:
            self.free[name] = mine + interval
        return mine - self._clock.at

    async def hold(self, name: str, seconds: float) -> None:
        self.free[name] = max(self.free.get(name, 0.0), self._clock.at + seconds)


def two_processes() -> tuple[Pace, Pace, Time]:
    clock = Time()
    book = InMemory(clock)
    one, other = (Pace(book=book, now=clock.now, sleep=clock.sleep) for _ in range(2))
    return one, other, clock


async def test_two_processes_send_no_more_into_a_channel_than_one() -> None:
    one, other, clock = two_processes()
    sent = []
    for pace in (one, other, other, one, other):
        await pace.turn("T1", "chat.postMessage", "C1")
        sent.append(clock.at)
    assert sent == pytest.approx([1000, 1001, 1002, 1003, 1004])


async def test_two_processes_keep_a_tier_together() -> None:
    one, other, clock = two_processes()
    at = []
    for number in range(120):
        await (one, other)[number % 2].turn("T1", "chat.update")
        at.append(clock.at)
    assert max(sum(1 for later in at if first <= later < first + 60) for first in at) <= TIERS[METHODS["chat.update"]]


async def test_what_slack_holds_is_held_by_the_other_process_too() -> None:
    one, other, clock = two_processes()
    await one.hold("T1", "users.info", "", 300)
    with pytest.raises(NotYet) as held:
        await other.turn("T1", "users.info")
    assert held.value.seconds == pytest.approx(300)
    with pytest.raises(NotYet):
        other.ready("T1", "users.info")
    assert clock.at == 1000


async def test_a_burst_that_is_left_is_known_after_a_call() -> None:
    one, _, clock = two_processes()
    await one.turn("T1", "chat.update")
    one.ready("T1", "chat.update")
    assert clock.at == 1000


async def test_without_the_book_a_process_keeps_to_what_it_knows() -> None:
    class Away:
        async def turn(self, name: str, interval: float, ahead: float, patience: float) -> float:
            raise DatabaseAway("on purpose")

        async def hold(self, name: str, seconds: float) -> None:
            raise DatabaseAway("on purpose")

    clock = Time()
    pace = Pace(book=Away(), now=clock.now, sleep=clock.sleep)
    for _ in range(3):
        await pace.turn("T1", "chat.postMessage", "C1")
    assert clock.at == pytest.approx(1002)
    await pace.hold("T1", "users.info", "", 300)
    with pytest.raises(NotYet):
        pace.ready("T1", "users.info")
