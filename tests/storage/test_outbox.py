import asyncio
from datetime import timedelta

import pytest

from bot.core.errors import DeliveryError, Refusal
from bot.core.messages import message
from bot.core.ports import Change, OpenThread, React, Receipt, Send
from bot.core.refs import Person, Place
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import LEASE

from .rows import ADA, BUSY, HELLO, HERE, STANDS, THERE, UNCLEAR, Outbox, receipt, says


@pytest.fixture
def box(database: Database) -> Outbox:
    return Outbox(database)


# --- order ----------------------------------------------------------------------------------------------------------


async def test_rows_of_one_lane_leave_one_by_one_in_the_order_in_which_they_were_written(box: Outbox) -> None:
    for key in "abc":
        await box.put(key)
    assert [await box.send() for _ in range(4)] == [["a"], ["b"], ["c"], []]


async def test_rows_of_several_lanes_leave_at_once(box: Outbox) -> None:
    await box.put("a", HERE)
    await box.put("b", THERE)
    await box.put("c", ADA)
    assert await box.keys() == ["a", "b", "c"]


async def test_a_bad_lane_holds_nobody_but_itself(box: Outbox) -> None:
    await box.put("bad")
    await box.put("behind it")
    await box.put("elsewhere", THERE)
    bad, elsewhere = await box.claim()
    await box.again(bad)
    await box.sent(elsewhere)
    await box.put("elsewhere too", THERE)
    assert await box.send() == ["elsewhere too"]
    assert await box.state("behind it") == "pending"


async def test_a_lane_goes_on_after_a_row_that_died(box: Outbox) -> None:
    await box.put("bad")
    await box.put("next")
    await box.bury(await box.one())
    assert await box.send() == ["next"]


async def test_a_row_for_later_does_not_hold_the_ones_behind_it(box: Outbox) -> None:
    await box.put("later", not_before=box.now + timedelta(minutes=5))
    await box.put("now")
    assert await box.send() == ["now"]
    box.pass_time(300)
    assert await box.send() == ["later"]


async def test_a_row_whose_time_comes_waits_for_the_one_that_is_on_its_way(box: Outbox) -> None:
    await box.put("later", not_before=box.now + timedelta(seconds=10))
    await box.put("now")
    now = await box.one()
    box.pass_time(10)
    assert await box.keys() == []
    await box.sent(now)
    assert await box.send() == ["later"]


async def test_a_row_whose_time_comes_and_a_later_one_that_was_left_over_do_not_wait_for_each_other(
    box: Outbox,
) -> None:
    await box.put("later", not_before=box.now + timedelta(seconds=10))
    await box.put("left over")
    await box.claim()
    box.pass_time(LEASE.total_seconds())
    assert [await box.send() for _ in range(3)] == [["left over"], ["later"], []]


async def test_no_more_rows_are_taken_than_wanted(box: Outbox) -> None:
    for n in range(7):
        await box.put(f"k{n}", Place("local", "home", f"c{n}"))
    assert [len(await box.claim(at_most=3)) for _ in range(4)] == [3, 3, 1, 0]


async def test_rows_of_a_platform_that_is_not_here_wait_for_it(box: Outbox) -> None:
    await box.put("a", Place("slack", "T1", "C1"))
    assert await box.claim("local", "discord") == []
    (found,) = await box.claim("slack")
    assert found.platform == "slack"


@pytest.mark.parametrize("count", [2, 5])
async def test_several_that_claim_at_once_never_take_the_same_row(box: Outbox, count: int) -> None:
    for n in range(20):
        await box.put(f"k{n}", Place("local", "home", f"c{n % 10}"))
    taken = [key for keys in await asyncio.gather(*(box.keys() for _ in range(count))) for key in keys]
    assert sorted(taken) == sorted(f"k{n}" for n in range(10))


# --- rows that depend on others -------------------------------------------------------------------------------------


async def chain(box: Outbox) -> None:
    await box.put("post")
    await box.put("thread", call=OpenThread("Why?"), after="post")
    await box.put("reply", call=Send(message("in it"), in_thread=True), after="thread")


async def test_a_row_waits_for_the_one_it_depends_on_and_gets_its_receipt(box: Outbox) -> None:
    await chain(box)
    post = await box.one()
    assert await box.keys() == []
    await box.sent(post)
    thread = await box.one()
    assert thread.sending.before == receipt("m-post")
    await box.sent(thread)
    assert (await box.one()).sending.before == receipt("m-thread")


async def test_what_depends_on_a_dead_row_dies_with_it_to_the_last_generation(box: Outbox) -> None:
    await chain(box)
    await box.put("unrelated", THERE)
    await box.bury((await box.claim())[0])
    assert [await box.state(key) for key in ("post", "thread", "reply")] == ["dead"] * 3
    assert await box.state("unrelated") == "sending"


async def test_a_row_written_after_its_parent_died_dies_too(box: Outbox) -> None:
    await box.put("post")
    await box.bury(await box.one())
    await box.put("thread", call=OpenThread("Why?"), after="post")
    assert await box.keys() == []
    assert await box.state("thread") == "dead"


async def test_a_row_waits_while_its_parent_is_put_back(box: Outbox) -> None:
    await chain(box)
    await box.again(await box.one())
    box.pass_time(1)
    assert await box.keys() == []


# --- leases ---------------------------------------------------------------------------------------------------------


async def test_a_row_under_way_is_not_taken_again_before_its_lease_ends(box: Outbox) -> None:
    await box.put("a")
    await box.claim()
    box.pass_time(LEASE.total_seconds() - 1)
    assert await box.claim() == []


@pytest.mark.parametrize(
    ("call", "unsure"),
    [(HELLO, True), (OpenThread("Why?"), False), (says("new"), False), (React(STANDS, "white_check_mark"), False)],
    ids=["send", "thread", "change", "reaction"],
)
async def test_after_its_lease_only_a_sent_message_is_unsure(box: Outbox, call: object, unsure: bool) -> None:
    await box.put("a", call=call)
    first = await box.one()
    box.pass_time(LEASE.total_seconds())
    second = await box.one()
    assert (first.unsure, second.unsure) == (False, unsure)
    assert (second.attempts, second.sending.since) == (2, first.sending.since)


async def test_released_leases_are_taken_up_at_once(box: Outbox) -> None:
    await box.put("a")
    await box.claim()
    await box.database.write(outbox.release_leases, box.now)
    assert (await box.one()).unsure


async def test_a_restart_does_not_try_before_the_platform_allows(box: Outbox) -> None:
    await box.put("a")
    await box.again(await box.one(), DeliveryError(Refusal.unclear, "503", retry_after=90))
    box.pass_time(30)
    await box.database.write(outbox.release_leases, box.now)
    assert await box.claim() == []
    box.pass_time(60)
    assert (await box.one()).unsure


# --- back-off -------------------------------------------------------------------------------------------------------


async def test_the_back_off_doubles_up_to_a_quarter_of_an_hour(box: Outbox) -> None:
    await box.put("a")
    waits = []
    for _ in range(12):
        await box.again(await box.one())
        waits.append(((await box.row("a")).not_before - box.now).total_seconds())
        box.pass_time(waits[-1])
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


async def test_a_row_is_never_tried_before_the_platform_allows(box: Outbox) -> None:
    await box.put("a")
    await box.again(await box.one(), DeliveryError(Refusal.busy, "429", retry_after=33.5))
    box.pass_time(33.4)
    assert await box.claim() == []
    box.pass_time(0.1)
    assert await box.keys() == ["a"]


async def test_a_refusal_for_now_is_tried_anew_and_a_broken_line_is_unsure(box: Outbox) -> None:
    await box.put("busy", HERE)
    await box.put("unclear", THERE)
    busy, unclear = await box.claim()
    await box.again(busy, BUSY)
    await box.again(unclear, UNCLEAR)
    box.pass_time(2)
    again = {item.sending.key: item for item in await box.claim()}
    assert (again["busy"].unsure, again["unclear"].unsure) == (False, True)
    assert (again["busy"].sending.since, again["unclear"].sending.since) == (box.now, unclear.sending.since)


async def test_a_row_that_may_have_arrived_stays_unsure_when_settling_it_is_refused_for_now(box: Outbox) -> None:
    await box.put("a")
    first = await box.one()
    await box.again(first, UNCLEAR)
    box.pass_time(2)
    await box.again(await box.one(), BUSY)
    box.pass_time(4)
    settled = await box.one()
    assert (settled.unsure, settled.sending.since) == (True, first.sending.since)


async def test_asking_later_does_not_count_as_a_try(box: Outbox) -> None:
    await box.put("a")
    await box.again(await box.one(), UNCLEAR)
    box.pass_time(2)
    item = await box.one()
    await box.database.write(outbox.ask_again_at, item, box.now + timedelta(minutes=1))
    box.pass_time(59)
    assert await box.claim() == []
    box.pass_time(1)
    later = await box.one()
    assert (later.attempts, later.unsure) == (item.attempts, True)


# --- turns ----------------------------------------------------------------------------------------------------------


async def test_a_row_without_a_turn_goes_back_with_its_lane_and_was_not_tried(box: Outbox) -> None:
    for key in ("a", "b"):
        await box.put(key)
    await box.put("elsewhere", THERE)
    first, elsewhere = await box.claim()
    await box.not_yet(first, 5)
    await box.sent(elsewhere)
    assert await box.keys() == []
    assert ((row := await box.row("a")).state, row.attempts, row.wait, row.since) == ("pending", 0, 0.0, None)
    assert await box.look(lambda tx: outbox.next_due(tx, box.now)) == box.now + timedelta(seconds=5)
    box.pass_time(5)
    assert [await box.send() for _ in range(3)] == [["a"], ["b"], []]


async def test_what_is_written_while_a_lane_waits_for_its_turn_stays_behind(box: Outbox) -> None:
    await box.put("a")
    await box.not_yet(await box.one(), 5)
    box.pass_time(1)
    await box.put("b")
    assert await box.keys() == []
    box.pass_time(4)
    assert [await box.send() for _ in range(2)] == [["a"], ["b"]]


async def test_a_row_that_was_for_later_keeps_its_time_where_that_is_later(box: Outbox) -> None:
    await box.put("a")
    await box.put("tomorrow", not_before=box.now + timedelta(days=1))
    await box.not_yet(await box.one(), 5)
    box.pass_time(5)
    assert [await box.send() for _ in range(2)] == [["a"], []]
    assert (await box.row("tomorrow")).not_before == box.now + timedelta(days=1, seconds=-5)


async def test_a_target_that_rests_holds_its_lane_and_no_other(box: Outbox) -> None:
    for key in ("a", "b"):
        await box.put(key)
    await box.put("elsewhere", THERE)
    first, elsewhere = await box.claim()
    assert await box.sent(first, rest=2)
    assert not await box.sent(elsewhere, rest=2)
    await box.put("elsewhere too", THERE)
    assert await box.send() == ["elsewhere too"]  # whoever is first after a rest is told by the platform
    box.pass_time(2)
    assert await box.send() == ["b"]
    assert (await box.row("a")).receipt == receipt("m-a")


async def test_a_row_that_may_have_arrived_stays_unsure_while_it_waits_for_its_turn(box: Outbox) -> None:
    await box.put("a")
    await box.put("b")
    await box.again(await box.one(), UNCLEAR)
    box.pass_time(60)
    unsure = await box.one()
    assert unsure.unsure
    await box.not_yet(unsure, 5)
    assert await box.keys() == []
    box.pass_time(5)
    again = await box.one()
    assert (again.sending.key, again.unsure, again.attempts) == ("a", True, unsure.attempts)
    assert again.sending.since == unsure.sending.since


# --- changes of one message -----------------------------------------------------------------------------------------


def words(call: object) -> Change:
    assert isinstance(call, Change)
    return call


async def test_of_changes_that_wait_the_newest_wins(box: Outbox) -> None:
    for text in ("one", "two", "three"):
        await box.change("show", says(text))
    assert words((await box.one()).sending.call) == says("three")
    assert await box.claim() == []


async def test_changes_of_one_message_are_five_seconds_apart(box: Outbox) -> None:
    await box.change("show", says("one"))
    await box.send()
    box.pass_time(1)
    await box.change("show", says("two"))
    await box.change("show", says("three"))
    box.pass_time(3.9)
    assert await box.claim() == []
    box.pass_time(0.1)
    assert words((await box.one()).sending.call) == says("three")


async def test_a_change_that_left_late_keeps_the_next_one_away_as_long(box: Outbox) -> None:
    await box.change("show", says("one"))
    box.pass_time(60)
    one = await box.one()
    await box.change("show", says("two"))
    await box.sent(one)
    assert await box.claim() == []
    box.pass_time(5)
    assert words((await box.one()).sending.call) == says("two")


async def test_a_change_under_way_is_not_rewritten(box: Outbox) -> None:
    await box.change("show", says("one"))
    under_way = await box.one()
    await box.change("show", says("two"))
    assert words((await box.row(under_way.sending.key)).call) == says("one")
    await box.sent(under_way)
    box.pass_time(5)
    assert words((await box.one()).sending.call) == says("two")


async def test_a_change_long_after_the_last_leaves_at_once(box: Outbox) -> None:
    await box.change("show", says("one"))
    await box.send()
    box.pass_time(60)
    await box.change("show", says("two"))
    assert len(await box.claim()) == 1


@pytest.mark.parametrize("other", ["show_b", "show%", "SHOW-B"])
async def test_keys_that_only_look_alike_are_not_the_same_message(box: Outbox, other: str) -> None:
    await box.change("show-b", says("one"), after=None)
    await box.database.write(outbox.change, other, THERE, Change(message("other")), now=box.now, after="somewhere else")
    assert words((await box.row("show-b~0")).call) == says("one")
    assert words((await box.row(f"{other}~0")).call) == Change(message("other"))


async def test_a_change_waits_for_the_message_that_it_changes(box: Outbox) -> None:
    await box.put("post")
    await box.change("show", Change(message("new")), after="post")
    assert await box.send() == ["post"]
    assert (await box.one()).sending.before == receipt("m-post")


async def test_messages_in_the_same_place_are_changed_at_once(box: Outbox) -> None:
    await box.put("a")
    await box.change("show", says("one"))
    await box.put("r", call=React(STANDS, "eyes"))
    assert len(await box.claim()) == 3


# --- keys, looking --------------------------------------------------------------------------------------------------


async def test_a_key_twice_is_one_row_and_the_first_one_stays(box: Outbox) -> None:
    assert await box.put("a")
    assert not await box.put("a", call=Send(message("other words")))
    assert (await box.one()).sending.call == HELLO
    assert await box.look(outbox.counts) == {"pending": 0, "sending": 1, "sent": 0, "dead": 0, "maybe_doubled": 0}


async def test_a_key_is_one_row_even_where_many_write_it_at_once_and_none_of_them_fails(box: Outbox) -> None:
    await asyncio.gather(*(box.put("a") for _ in range(10)))
    assert (await box.look(outbox.counts))["pending"] == 1


async def test_a_sent_key_is_not_sent_again(box: Outbox) -> None:
    await box.put("a")
    await box.send()
    await box.put("a")
    assert await box.claim() == []


async def test_the_counts_tell_every_state_and_the_doubled(box: Outbox) -> None:
    for n, key in enumerate(("sent", "dead", "sending", "pending")):
        await box.put(key, Place("local", "home", f"c{n}"), not_before=box.now + timedelta(seconds=n // 3))
    sent, dead, sending = await box.claim()
    await box.sent(sent)
    await box.bury(dead)
    await box.database.write(outbox.note_maybe_doubled, sending, box.now)
    counts = {"pending": 1, "sending": 1, "sent": 1, "dead": 1, "maybe_doubled": 1}
    assert await box.look(outbox.counts) == counts
    (row,) = await box.look(outbox.dead)
    assert (row.key, row.last_error) == ("dead", "gone")
    assert await box.state("nobody") is None


async def test_what_is_due_next_is_the_first_moment_still_to_come(box: Outbox) -> None:
    assert await box.look(lambda tx: outbox.next_due(tx, box.now)) is None
    await box.put("later", THERE, not_before=box.now + timedelta(minutes=5))
    assert await box.look(lambda tx: outbox.next_due(tx, box.now)) == box.now + timedelta(minutes=5)
    await box.put("a")
    await box.claim()
    assert await box.look(lambda tx: outbox.next_due(tx, box.now)) == box.now + LEASE


async def test_a_row_that_is_held_back_does_not_call_for_another_try_at_once(box: Outbox) -> None:
    await box.put("a")
    await box.put("behind it")
    await box.put("nobody takes it", Place("slack", "T1", "C1"))
    await box.again(await box.one(), DeliveryError(Refusal.busy, "429", retry_after=40))
    box.pass_time(1)
    assert await box.look(lambda tx: outbox.next_due(tx, box.now)) == box.now + timedelta(seconds=39)


async def test_the_row_and_its_receipt_come_back_as_they_were_written(box: Outbox) -> None:
    call = Send(message("ünïcode 🦉 \\ \" '", "two"), in_thread=True)
    await box.put("a", call=call, vital=True)
    item = await box.one()
    assert (item.sending.call, item.sending.target, item.vital) == (call, HERE, True)
    got = Receipt(STANDS, Place("local", "home", "c1", "t1"))
    await box.database.write(outbox.sent, item, got, box.now)
    assert (await box.row("a")).receipt == got


async def test_long_ids_fit_into_a_lane(box: Outbox) -> None:
    long = Place("p" * 20, "w" * 64, "c" * 64, "t" * 64)
    await box.put("a", long, call=React(STANDS, "eyes"))
    await box.put("b", Person("p" * 20, "w" * 64, "u" * 64))
    await box.database.write(
        outbox.change, "c", long, Change(message("x"), of=type(STANDS)(long, "m" * 64)), now=box.now, after=None
    )
    assert len(await box.claim("local", "p" * 20)) == 3
