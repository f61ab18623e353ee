"""The states of a round and its moments.

open ──closing time──▶ closed ──paired──▶ announced ──its week is over──▶ done
                       │  ▲               ▲
                       │  │once more      │approved, or a day has gone
    paired, where it   ▼  │               │
    is to be approved  preview ───────────┘

open, closed and preview ──nobody signed up, or rounds are off──▶ cancelled
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.errors import BatchmatesError
from bot.core.refs import MemberId
from bot.features.groups.rules import dates, moment
from bot.features.matching.rules import Bye, Outcome, Pairing
from bot.features.wishes.rules import Reason

OPEN_FOR = timedelta(days=3)  # long enough for everybody who looks in on working days
STILL_OPENS = timedelta(hours=12)  # before its closing: a round that would be open for less is left out
APPROVED_WITHIN = timedelta(days=1)  # then it is announced all the same: members wait, and the week runs
SHORTEST_WEEK = timedelta(days=3)  # what is announced late has at least that long
WEEK = timedelta(days=7)


class State(StrEnum):
    """Where a round stands."""

    open = "open"
    closed = "closed"
    preview = "preview"
    announced = "announced"
    done = "done"
    cancelled = "cancelled"


NEXT: dict[State, frozenset[State]] = {
    State.open: frozenset({State.closed, State.cancelled}),
    State.closed: frozenset({State.preview, State.announced, State.cancelled}),
    State.preview: frozenset({State.closed, State.announced, State.cancelled}),
    State.announced: frozenset({State.done}),
    State.done: frozenset(),
    State.cancelled: frozenset(),
}
BEFORE_PAIRS = frozenset({State.open, State.closed, State.preview})
"""The states in which a sign-up can be taken back."""


class IllegalMove(BatchmatesError):
    """A round cannot go from the one state to the other: a bug of ours, or another process was first."""


def check_move(state: State, to: State) -> None:
    """Raise `IllegalMove` where a round in this state never comes to that one."""
    if to not in NEXT[state]:
        raise IllegalMove(f"a round that is {state} never becomes {to}")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a group's rounds close, how long a session is, and whether organisers approve the pairs."""

    on: bool = True
    weekday: int = 6
    closes: time = time(18)
    approve: bool = False
    minutes: int = 60


def closing_date(after: datetime, schedule: Schedule, zone: ZoneInfo) -> date:
    """The first closing date that leaves enough time to sign up after this moment."""
    start = after.astimezone(zone).date() - timedelta(days=1)
    within = (on for on in dates(start, {schedule.weekday}) if moment(on, schedule.closes, zone) > after + STILL_OPENS)
    return next(within)


def next_date(now: datetime, schedule: Schedule, zone: ZoneInfo, *, after: date | None) -> date:
    """The first closing date after this one whose round opens from now on: a new schedule opens none at once."""
    on = closing_date(now, schedule, zone)
    while opening(on, schedule, zone) <= now or (after is not None and on <= after):
        on = closing_date(closing(on, schedule, zone), schedule, zone)
    return on


def moved(closes_on: date, now: datetime, schedule: Schedule, zone: ZoneInfo) -> date:
    """The date on which an open round closes once its schedule is changed: its own where that is still one."""
    same_day = closes_on.weekday() == schedule.weekday and closing(closes_on, schedule, zone) > now
    return closes_on if same_day else closing_date(now, schedule, zone)


def opening(closes_on: date, schedule: Schedule, zone: ZoneInfo) -> datetime:
    """When the round that closes on this date opens."""
    return moment(closes_on - OPEN_FOR, schedule.closes, zone)


def closing(closes_on: date, schedule: Schedule, zone: ZoneInfo) -> datetime:
    """When the round that closes on this date closes."""
    return moment(closes_on, schedule.closes, zone)


def week(closes_on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The seven days in which the sessions of a round are held: from the midnight after its closing on."""
    first = closes_on + timedelta(days=1)
    return moment(first, time(), zone), moment(first + WEEK, time(), zone)


def week_left(start: datetime, end: datetime, now: datetime) -> tuple[datetime, datetime]:
    """What of the week is left; where it is late, the end moves so that there is time enough."""
    begin = max(start, now)
    return begin, max(end, begin + SHORTEST_WEEK)


# --- an outcome as it is kept ---------------------------------------------------------------------------------------


def kept(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON."""
    pairs = [
        {
            "people": list(pairing.people),
            "kind": pairing.kind,
            "second_kind": pairing.second_kind,
            "last_met": pairing.last_met.isoformat() if pairing.last_met else None,
        }
        for pairing in outcome.pairings
    ]
    return {"pairs": pairs, "byes": [[bye.member, bye.reason] for bye in outcome.byes], "weight": str(outcome.weight)}


def read_outcome(of: Mapping[str, Any] | None) -> Outcome:
    """The outcome that `kept` wrote; an empty one where there is none."""
    if of is None:
        return Outcome((), ())
    pairings = tuple(
        Pairing(
            tuple(MemberId(id) for id in pair["people"]),
            pair["kind"],
            pair["second_kind"],
            datetime.fromisoformat(pair["last_met"]) if pair["last_met"] else None,
        )
        for pair in of["pairs"]
    )
    return Outcome(pairings, tuple(Bye(MemberId(id), Reason(why)) for id, why in of["byes"]), int(of["weight"]))
