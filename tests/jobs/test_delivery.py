import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.clock import SetClock, SystemClock
from bot.core.errors import DatabaseAway, NotYet
from bot.core.messages import message
from bot.core.ports import Change, OpenThread, React, Receipt, Send, Sending
from bot.core.refs import MessageRef, Place
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import Refused
from bot.platforms.local.world import World
from bot.storage import outbox

from .conftest import House, draw
from .hearing import heard

one_mode = pytest.mark.parametrize("mode", ["nonce"], indirect=True)
MINUTE = 60.0


# --- what a refusal means -------------------------------------------------------------------------------------------


@one_mode
@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_for_good_buries_the_row_and_is_heard(house: House, status: int) -> None:
    house.world.refuse_next("post", status)
    await house.put("noted:a")
    await house.put("behind it")
    await house.drain()
    assert await house.states() == {"noted:a": "dead", "behind it": "sent"}
    assert heard == [("lost", "noted:a")]
    assert house.delivery.errors == 0


@one_mode
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_refusal_for_now_is_tried_again_until_it_arrives_once(house: House, status: int) -> None:
    house.world.refuse_next("post", status, times=3)
    await house.put("a")
    assert [await house.drain(seconds) for seconds in (0, 1, 1, 3, 1, 7, 1)] == [1, 0, 1, 0, 1, 0, 1]
    assert house.said() == ["a"]
    assert await house.states() == {"a": "sent"}


@one_mode
async def test_no_call_is_made_before_the_platform_allows(house: House) -> None:
    house.world.refuse_next("post", 429, retry_after=30)
    calls: list[str] = []
    house.world.on_call = lambda moment, call, number: calls.append(moment)
    await house.put("a")
    await house.drain()
    await house.drain(29)
    assert calls == ["before"]
    await house.drain(1)
    assert house.said() == ["a"]


@one_mode
async def test_closed_private_messages_are_heard_of(house: House) -> None:
    house.world.close_dms("u1")
    await house.put("noted:hello", house.person("u1"))
    await house.put("noted:hello too", house.person("u2"))
    await house.drain()
    assert heard == [("lost", "noted:hello"), ("arrived", "noted:hello too")]


@one_mode
async def test_what_a_platform_gave_back_is_heard_once(house: House) -> None:
    await house.put("noted:a")
    await house.drain()
    await house.drain(100)
    assert heard == [("arrived", "noted:a")]


@one_mode
async def test_a_refusal_is_logged_without_a_word_of_the_message(house: House, logged: list[Any]) -> None:
    house.world.refuse_next("post", 429)
    house.world.on_call = at({("before", 2): ZeroDivisionError()})
    await house.put("a", call=Send(message("my secret words")))
    await house.drain()
    await house.drain(2)
    assert [entry["event"] for entry in logged] == ["delivery_refused", "delivery_failed", "delivery_refused"]
    assert "secret" not in repr(logged)


# --- one bad target -------------------------------------------------------------------------------------------------


def at(points: Mapping[tuple[str, int], BaseException]) -> Callable[[str, str, int], None]:
    """A hook of the world that raises before or after its k-th write."""

    def hook(moment: str, call: str, number: int) -> None:
        for error in [error for point, error in points.items() if point == (moment, number)]:
            raise error

    return hook


@one_mode
@pytest.mark.parametrize("bad", [1, 4])
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Refused(400, "malformed"), "dead"),
        (Refused(403, "forbidden"), "dead"),
        (Refused(404, "gone"), "dead"),
        (Refused(429, "too many", retry_after=9), "pending"),
        (Refused(500, "broken"), "pending"),
        (ConnectionResetError("the line broke"), "sending"),
        (TimeoutError(), "sending"),
        (ZeroDivisionError("a bug of ours"), "sending"),
    ],
    ids=lambda value: str(value)[:12],
)
async def test_the_kth_target_fails_and_all_others_arrive(house: House, bad: int, error: Exception, state: str) -> None:
    house.world.on_call = at({("before", bad): error})
    for n in range(6):
        await house.put(f"k{n}", house.place(n))
        await house.put(f"then{n}", house.place(n))
    await house.drain()
    states = await house.states()
    assert [number for number in range(6) if states[f"k{number}"] == "sent"] == [n for n in range(6) if n != bad - 1]
    assert states[f"k{bad - 1}"] == state
    for _ in range(4):
        await house.drain(30)
    assert {key: state for key, state in (await house.states()).items() if state != "sent"} == {
        f"k{bad - 1}": "dead" for _ in range({"dead": 1}.get(state, 0))
    }
    assert max(Counter(house.said()).values()) == 1


@one_mode
async def test_a_call_that_hangs_holds_nobody(house: House) -> None:
    house.at_once = 2
    house.restart()
    slow = Slow(house.world)
    house.platforms["local"] = slow
    for n in range(6):
        await house.put(f"k{n}", house.place(n))
        await house.put(f"then{n}", house.place(n))
    draining = asyncio.create_task(house.drain())
    await until_said(house, 10)
    assert not draining.done()
    assert "k0" not in house.said()
    slow.go_on.set()
    await draining
    assert sorted(house.said()) == sorted(f"{word}{n}" for word in ("k", "then") for n in range(6))


@one_mode
async def test_a_call_that_never_ends_is_given_up_and_settled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.delivery.LONGEST_CALL", 0.05)
    slow = Slow(house.world)
    house.platforms["local"] = slow
    await house.put("k0")
    await house.drain()
    assert await house.states() == {"k0": "sending"}
    slow.go_on.set()
    await house.drain(2)
    assert (house.said(), await house.states()) == (["k0"], {"k0": "sent"})


async def until_said(house: House, count: int) -> None:
    while len(house.said()) < count:  # noqa: ASYNC110  # the world calls nobody
        await asyncio.sleep(0.01)


class Slow(LocalPlatform):
    """The local platform, behind a line on which the row `k0` waits."""

    def __init__(self, world: World) -> None:
        super().__init__(world, draw)
        self.go_on = asyncio.Event()

    async def deliver(self, sending: Sending) -> Receipt:
        await {"k0": self.go_on}.get(sending.key, _SET).wait()
        return await super().deliver(sending)


class _Open:
    async def wait(self) -> bool:
        return True


_SET = _Open()


# --- whose turn has not come ------------------------------------------------------------------------------------------


class Paced(LocalPlatform):
    """The local platform, which takes one message of a channel and then wants some seconds in between."""

    def __init__(self, world: World, clock: SetClock, seconds: float, *, tells: bool = False) -> None:
        super().__init__(world, draw)
        self._clock, self._seconds, self._tells = clock, timedelta(seconds=seconds), tells
        self._free: dict[object, datetime] = {}
        self.asked: list[str] = []

    async def deliver(self, sending: Sending) -> Receipt:
        self.asked.append(sending.key)
        now, free = self._clock.now(), self._free.get(sending.target)
        if free and free > now:
            raise NotYet("no turn yet", (free - now).total_seconds())
        self._free[sending.target] = now + self._seconds
        receipt = await super().deliver(sending)
        return replace(receipt, rest=self._seconds.total_seconds()) if self._tells else receipt


@one_mode
async def test_what_has_no_turn_yet_goes_back_with_its_lane_and_keeps_no_place(house: House) -> None:
    house.at_once = 1
    house.restart()
    paced = Paced(house.world, house.clock, 10)
    house.platforms["local"] = paced
    for channel in range(3):
        for n in range(3):
            await house.put(f"{channel}.{n}", house.place(channel))
    await house.drain()
    assert house.said() == ["0.0", "1.0", "2.0"]
    # Each lane was looked at once more, and not for each of the rows that wait in it.
    assert sorted(paced.asked) == ["0.0", "0.1", "1.0", "1.1", "2.0", "2.1"]
    assert await house.drain(9) == 0
    await house.drain(1)
    await house.drain(10)
    assert [said for said in house.said() if said.startswith("1")] == ["1.0", "1.1", "1.2"]
    assert len(house.said()) == 9


@one_mode
async def test_what_waits_behind_is_not_tried_before_its_turn_where_the_platform_tells_it(house: House) -> None:
    paced = Paced(house.world, house.clock, 10, tells=True)
    house.platforms["local"] = paced
    for n in range(3):
        await house.put(f"k{n}")
    await house.drain()
    assert await house.drain(9) == 0
    await house.drain(1)
    await house.drain(10)
    assert paced.asked == house.said() == ["k0", "k1", "k2"]


@one_mode
async def test_waiting_for_a_turn_is_no_try_and_nothing_overtakes_it(house: House) -> None:
    house.platforms["local"] = Paced(house.world, house.clock, 10)
    for n in range(3):
        await house.put(f"k{n}")
    await house.drain()
    await house.put("written later")
    await house.drain(5)
    rows = await house.work.read(lambda tx: tx.execute(select(outbox.outbox.c.attempts, outbox.outbox.c.wait)).all())
    assert sorted(tuple(row) for row in rows) == [(0, 0.0)] * 3 + [(1, 0.0)]
    for _ in range(3):
        await house.drain(10)
    assert house.said() == ["k0", "k1", "k2", "written later"]


@one_mode
async def test_what_is_of_no_use_any_more_does_not_wait_for_a_turn(house: House) -> None:
    house.platforms["local"] = Paced(house.world, house.clock, 2 * 60 * MINUTE)
    await house.put("first")
    await house.drain()
    await house.put("noted:second")
    await house.drain(61 * MINUTE)
    assert await house.states() == {"first": "sent", "noted:second": "dead"}
    assert heard == [("lost", "noted:second")]


@one_mode
async def test_a_round_goes_on_until_a_turn_that_comes_soon(house: House) -> None:
    house.clock = SystemClock()  # type: ignore[assignment]  # a turn comes in real time only
    house.restart()
    house.platforms["local"] = Paced(house.world, house.clock, 0.05)
    for n in range(4):
        await house.put(f"k{n}")
    await house.delivery.drain()
    assert house.said() == ["k0", "k1", "k2", "k3"]


@one_mode
async def test_a_round_that_waits_for_a_turn_ends_at_once_where_the_process_is_to_end(house: House) -> None:
    house.platforms["local"] = Paced(house.world, house.clock, 4)
    for n in range(2):
        await house.put(f"k{n}")
    draining = asyncio.create_task(house.delivery.drain())
    while not house.delivery._turns:  # noqa: ASYNC110  # nobody is told that a turn is waited for
        await asyncio.sleep(0.01)
    house.delivery.closing = True
    house.delivery.look_again()
    assert await draining == 2
    assert await house.states() == {"k0": "sent", "k1": "pending"}


@one_mode
async def test_a_database_that_is_away_before_the_call_is_no_bug(house: House) -> None:
    house.world.on_call = at({("before", 1): DatabaseAway("on purpose")})
    await house.put("a")
    await house.drain()
    assert (house.delivery.errors, await house.states()) == (0, {"a": "sending"})
    await house.drain(MINUTE)
    assert (house.said(), await house.states()) == (["a"], {"a": "sent"})


@one_mode
async def test_what_is_written_while_a_round_waits_leaves_with_it_where_somebody_says_so(house: House) -> None:
    slow = Slow(house.world)
    house.platforms["local"] = slow
    await house.put("k0")
    draining = asyncio.create_task(house.drain())
    await asyncio.sleep(0)
    await house.put("newer", house.place(1))
    house.delivery.look_again()
    await until_said(house, 1)
    assert house.said() == ["newer"]
    slow.go_on.set()
    await draining


@one_mode
async def test_a_platform_that_is_not_here_keeps_its_rows_and_the_others_leave(house: House) -> None:
    await house.put("for slack", Place("slack", "T1", "C1"))
    await house.put("for us")
    await house.drain()
    assert await house.states() == {"for slack": "pending", "for us": "sent"}
    assert await house.work.read(outbox.next_due, house.clock.now()) is None


@one_mode
async def test_what_waited_for_a_platform_for_more_than_a_day_is_not_sent_any_more(house: House) -> None:
    here = house.platforms.pop("local")
    await house.put("noted:too old")
    await house.drain(24 * 60 * MINUTE)
    await house.put("noted:a day old")
    await house.drain(MINUTE)
    house.platforms["local"] = here
    await house.drain()
    assert await house.states() == {"noted:too old": "dead", "noted:a day old": "sent"}
    assert heard == [("lost", "noted:too old"), ("arrived", "noted:a day old")]


@one_mode
async def test_a_row_for_another_workspace_is_not_sent_here(house: House) -> None:
    await house.put("a", Place("local", "elsewhere", house.channels[0]))
    await house.drain()
    assert await house.states() == {"a": "dead"}
    assert house.said() == []


# --- was it sent? ---------------------------------------------------------------------------------------------------


async def crash(house: House, moment: str) -> None:
    """Let the process die before or after the world has the message, and let another one begin."""
    house.world.on_call = at({(moment, 1): asyncio.CancelledError()})
    await house.drain()
    house.world.on_call = None
    house.restart()
    await house.release()


@pytest.mark.parametrize("mode", ["nonce", "history"], indirect=True)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("vital", [True, False])
async def test_after_a_crash_a_platform_that_can_tell_has_the_message_once(
    house: House, moment: str, vital: bool
) -> None:
    await house.put("noted:a", vital=vital)
    await house.put("behind it")
    await crash(house, moment)
    await house.drain(3)
    assert house.said() == ["noted:a", "behind it"]
    assert heard == [("arrived", "noted:a")]
    assert (await house.counts())["maybe_doubled"] == 0


@pytest.mark.parametrize("mode", ["history"], indirect=True)
async def test_history_tells_after_any_time(house: House) -> None:
    await house.put("a")
    await crash(house, "after")
    await house.drain(3 * 24 * 60 * MINUTE)
    assert (house.said(), await house.states()) == (["a"], {"a": "sent"})


@pytest.mark.parametrize("mode", ["history"], indirect=True)
@pytest.mark.parametrize("status", [429, 500])
async def test_a_history_that_cannot_be_read_for_now_is_asked_again(house: House, status: int) -> None:
    await house.put("a")
    await crash(house, "after")
    house.world.refuse_next("history", status, times=2)
    for _ in range(4):
        await house.drain(10)
    assert (house.said(), await house.states()) == (["a"], {"a": "sent"})


@one_mode
async def test_a_refusal_for_now_while_settling_does_not_make_a_second_message(house: House) -> None:
    await house.put("a")
    await crash(house, "after")
    house.world.refuse_next("post", 429, retry_after=6 * MINUTE)
    await house.drain()
    await house.drain(6 * MINUTE)
    assert house.said() == ["a"]


bare = pytest.mark.parametrize("mode", ["bare"], indirect=True)


@bare
@pytest.mark.parametrize(("moment", "said"), [("before", 1), ("after", 2)])
async def test_where_nothing_can_tell_what_is_vital_is_sent_again_after_ten_minutes_and_counted(
    house: House, moment: str, said: int
) -> None:
    await house.put("a", vital=True)
    await house.put("behind it")
    await crash(house, moment)
    for _ in range(9):
        await house.drain(MINUTE)
    assert house.said() == ["a"] * (said - 1)
    await house.drain(MINUTE)
    assert house.said() == ["a"] * said + ["behind it"]
    assert await house.counts() == {"pending": 0, "sending": 0, "sent": 2, "dead": 0, "maybe_doubled": 1}


@bare
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_where_nothing_can_tell_the_rest_goes_to_the_organisers(house: House, moment: str) -> None:
    await house.put("noted:a")
    await house.put("behind it")
    await crash(house, moment)
    await house.drain(9 * MINUTE)
    assert heard == []
    await house.drain(MINUTE)
    assert heard == [("lost", "noted:a")]
    assert await house.states() == {"noted:a": "dead", "behind it": "sent"}


@one_mode
async def test_a_nonce_that_holds_no_longer_tells_nothing(house: House) -> None:
    await house.put("a", vital=True)
    await crash(house, "after")
    await house.drain(5 * MINUTE)
    assert house.said() == ["a"]
    await house.drain(5 * MINUTE)
    assert house.said() == ["a", "a"]
    assert (await house.counts())["maybe_doubled"] == 1


@pytest.mark.parametrize("mode", ["history"], indirect=True)
async def test_a_history_that_may_not_be_read_tells_nothing(house: House) -> None:
    house.world.take_permission(house.channels[0], "read messages")
    await house.put("a")
    await crash(house, "after")
    await house.drain(9 * MINUTE)
    assert await house.states() == {"a": "sending"}
    await house.drain(MINUTE)
    assert (house.said(), await house.states()) == (["a"], {"a": "dead"})


@pytest.mark.parametrize("mode", ["nonce", "history"], indirect=True)
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("error", [asyncio.CancelledError(), ConnectionResetError()], ids=["crash", "lost line"])
async def test_a_chain_that_is_cut_anywhere_stands_whole_and_once(
    house: House, number: int, moment: str, error: BaseException
) -> None:
    await house.put("post", vital=True)
    await house.put("thread", call=OpenThread("Why?"), after="post")
    await house.put("reply", call=Send(message("in it"), in_thread=True), after="thread")
    await house.put("show", call=Change(message("changed")), after="post")
    await house.put("mark", call=React(MessageRef(house.place(), "m1"), "eyes"), after="show")
    house.world.on_call = at({(moment, number): error})
    await house.drain()
    house.restart()
    await house.release()
    for _ in range(3):
        await house.drain(3)
    assert set((await house.states()).values()) == {"sent"}
    assert sorted(house.said()) == ["changed", "in it"]
    assert len(house.world.threads) == 1
    (first, second) = sorted(house.world.messages.values(), key=lambda entry: entry.id)
    assert (first.reactions, second.thread) == ({"eyes": ["bot"]}, first.thread_id)


@one_mode
async def test_a_delivery_that_is_stopped_half_way_loses_and_doubles_nothing(house: House) -> None:
    slow = Slow(house.world)
    house.platforms["local"] = slow
    for n in range(6):
        await house.put(f"k{n}", house.place(n))
    draining = asyncio.create_task(house.drain())
    await until_said(house, 5)
    draining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await draining
    slow.go_on.set()
    await house.release()
    await house.drain()
    assert sorted(house.said()) == [f"k{n}" for n in range(6)]
    assert set((await house.states()).values()) == {"sent"}


# --- features that have a bug ---------------------------------------------------------------------------------------


@one_mode
async def test_a_bug_in_who_hears_of_arrivals_does_not_send_again_and_holds_nobody(house: House) -> None:
    await house.put("broken:a")
    await house.put("b")
    await house.put("elsewhere", house.place(1))
    for _ in range(3):
        await house.drain(MINUTE)
    assert sorted(house.said()) == ["b", "broken:a", "elsewhere"]
    assert set((await house.states()).values()) == {"sent"}
    assert house.delivery.errors == 1


@one_mode
async def test_a_bug_in_one_who_hears_of_losses_does_not_keep_it_from_the_others(house: House) -> None:
    house.world.refuse_next("post", 403)
    await house.put("unlucky:a")
    await house.drain()
    assert (heard, house.delivery.errors) == ([("lost", "unlucky:a")], 1)
    assert await house.states() == {"unlucky:a": "dead"}


@one_mode
async def test_a_bug_that_stays_is_given_up_after_three_tries_and_counted(house: House) -> None:
    house.world.on_call = at({("before", n): ZeroDivisionError() for n in range(1, 9)})
    await house.put("noted:a")
    for _ in range(8):
        await house.drain(30)
    assert (heard, house.delivery.errors) == ([("lost", "noted:a")], 3)


# --- changes --------------------------------------------------------------------------------------------------------


@one_mode
async def test_of_many_changes_the_world_sees_few_and_in_the_end_the_newest(house: House) -> None:
    edits: list[str] = []
    await house.put("post")
    await house.drain()
    house.world.on_call = lambda moment, call, number: edits.append(f"{moment} {call}")
    for n in range(40):
        shown = Change(message(f"{n} answered"))
        await house.work.run(outbox.change, "show", house.place(), shown, now=house.clock.now(), after="post")
        await house.drain(0.5)
    await house.drain(5)
    assert house.said() == ["39 answered"]
    assert edits.count("before edit") <= 5
    assert timedelta(seconds=20) / outbox.EDIT_EVERY == 4


@pytest.mark.parametrize("mode", ["history"])
async def test_a_delivery_that_closes_finishes_what_is_under_way_and_claims_nothing_more(house: House) -> None:
    for number in range(4):
        await house.put(f"row {number}", house.place(number))
    house.delivery._at_once = 2

    def close(when: str, call: str, number: int) -> None:
        house.delivery.closing = True

    house.world.on_call = close
    assert await house.delivery.drain() == 2
    assert sorted((await house.states()).values()) == ["pending", "pending", "sent", "sent"]
