"""Any sequence of writing, claiming, failing, crashing and waiting: nothing is lost, nothing overtakes in its lane."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, create_engine, delete, event, make_url, select

from bot.core.errors import DeliveryError, Refusal
from bot.core.messages import message
from bot.core.ports import Change, Receipt, Send
from bot.core.refs import MessageRef, Place
from bot.storage import outbox
from bot.storage.columns import metadata
from bot.storage.database import prepare_sqlite
from bot.storage.outbox import LEASE, Claimed

from .conftest import NOW

CHANNELS = [Place("local", "home", f"c{n}") for n in range(3)]
ENDINGS = [
    "arrives",
    "arrives",
    "arrives, and its target rests",
    "busy",
    "has no turn yet",
    "has no turn yet",
    "unclear",
    "dies",
    "is forgotten",
]
CALL = timedelta(seconds=45)  # the longest that a call takes before it is given up


class Sequences(RuleBasedStateMachine):
    """A process, or one after the other, with the outbox between them."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.now = NOW
        self.written: dict[str, Place] = {}
        self.under_way: dict[str, tuple[Claimed, Any]] = {}
        self.arrived: Counter[str] = Counter()
        self.do(lambda tx: tx.execute(delete(outbox.outbox)))

    def do(self, story: Any, *args: Any, **more: Any) -> Any:
        with self.engine.begin() as tx:
            return story(tx, *args, **more)

    # --- what a process does --------------------------------------------------------------------------------------

    @rule(channel=st.sampled_from(CHANNELS), later=st.sampled_from([0, 0, 0, 3, 40]), parent=st.integers(0, 9))
    def write(self, channel: Place, later: int, parent: int) -> None:
        key = f"k{len(self.written)}"
        after = dict(enumerate(self.written)).get(parent)
        self.do(
            outbox.enqueue, key, channel, Send(message(key)),
            now=self.now, after=after, not_before=self.now + timedelta(seconds=later),
        )  # fmt: skip
        self.written[key] = channel

    @rule(number=st.integers(0, 1))
    def change(self, number: int) -> None:
        call = Change(message(f"{self.now}"), of=MessageRef(CHANNELS[number], "m1"))
        self.do(outbox.change, f"show{number}", CHANNELS[number], call, now=self.now)

    @rule(at_most=st.sampled_from([1, 3, 20]))
    def claim(self, at_most: int) -> None:
        for item in self.do(outbox.claim, self.now, ["local"], at_most):
            assert item.sending.key not in self.under_way
            assert not self.arrived[item.sending.key]
            self.under_way[item.sending.key] = (item, self.now)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), end=st.sampled_from(ENDINGS))
    def end(self, data: st.DataObject, end: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.under_way)))
        item, _ = self.under_way.pop(key)
        endings: dict[str, Callable[[], None]] = {
            "arrives": lambda: self.arrive(item),
            "arrives, and its target rests": lambda: self.arrive(item, rest=1.5),
            "busy": lambda: self.do(outbox.again, item, DeliveryError(Refusal.busy, "", retry_after=7), self.now),
            "has no turn yet": lambda: self.do(outbox.not_yet, item, self.now + timedelta(seconds=1.5)),
            "unclear": lambda: self.do(outbox.again, item, DeliveryError(Refusal.unclear, ""), self.now),
            "dies": lambda: self.do(outbox.bury, item, "gone", self.now),
            "is forgotten": lambda: None,  # its process was killed
        }
        endings[end]()

    def arrive(self, item: Claimed, rest: float = 0.0) -> None:
        self.arrived[item.sending.key] += 1
        self.do(outbox.sent, item, Receipt(rest=rest), self.now)

    @rule()
    def restart(self) -> None:
        self.under_way.clear()
        self.do(outbox.release_leases, self.now)

    @rule(seconds=st.sampled_from([0.5, 2, 5, 30, 61]))
    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        kept = {key: (item, at) for key, (item, at) in self.under_way.items() if self.now - at < CALL}
        self.under_way = kept

    # --- what holds at any time -----------------------------------------------------------------------------------

    @invariant()
    def lanes_keys_and_parents_are_in_order(self) -> None:
        """One of a lane under way, every row there, what arrived stays so, and nothing goes before its parent."""
        rows = self.rows()
        states = {row.key: row.state for row in rows}
        lanes = Counter(row.lane for row in rows if row.state == "sending")
        assert all(count == 1 for count in lanes.values())
        assert set(self.written) <= set(states)
        assert all(states[key] == "sent" for key in self.arrived)
        assert all(states[row.after] == "sent" for row in rows if row.after and row.state in {"sending", "sent"})

    def rows(self) -> list[Any]:
        return list(self.do(lambda tx: tx.execute(select(outbox.outbox)).all()))

    def teardown(self) -> None:
        """In the end everything arrives or is dead, in steps of what is said to be due next."""
        self.restart()
        due: datetime | None = self.now
        while due:
            self.now = due
            while claimed := self.do(outbox.claim, self.now, ["local"]):
                for item in claimed:
                    self.arrive(item)
            due = self.do(outbox.next_due, self.now)
        assert {row.state for row in self.rows()} <= {"sent", "dead"}
        assert all(count == 1 for count in self.arrived.values())


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    target = make_url(url)
    sqlite = target.get_backend_name() == "sqlite"
    engine = create_engine(target.set(drivername={True: "sqlite", False: "postgresql+psycopg"}[sqlite]))
    prepare = {"sqlite": lambda connection, _: prepare_sqlite(connection), "postgresql": lambda *_: None}
    event.listen(engine, "connect", prepare[target.get_backend_name()])
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.mark.timeout(90)
def test_nothing_is_lost_and_nothing_overtakes(engine: Engine) -> None:
    run_state_machine_as_test(
        lambda: Sequences(engine),  # type: ignore[arg-type]  # it takes whatever makes a machine
        settings=settings(max_examples=15, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )


def test_a_lease_outlives_the_longest_call() -> None:
    from bot.jobs.delivery import LONGEST_CALL

    assert timedelta(seconds=LONGEST_CALL) == CALL
    assert CALL < LEASE
