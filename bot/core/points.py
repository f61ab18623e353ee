"""The moments at which a process may die, named so that a test can kill it at each of them.

Between any two of these nothing else outside the process changes: every one stands before or after a commit, a native
call, or an answer. In a running house reaching one costs a comparison.
"""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """A moment in the life of a process."""

    # the tick
    tick_begins = "tick begins"  # a story is about to look for what is due
    tick_written = "tick written"  # its rows are written, not committed
    tick_committed = "tick committed"
    post_written = "post written"  # a question is opened and its rows are written, not committed
    # the reveal
    reveal_read = "reveal read"  # the thread was read once more, nothing is decided
    reveal_closed = "reveal closed"  # the day is closed, no points are booked
    reveal_booked = "reveal booked"  # the points are booked, nobody hears of it yet
    reveal_written = "reveal written"  # the rows are written, not committed
    # the round, and the interview
    round_closed = "round closed"  # nobody signs up any more, not committed
    round_paired = "round paired"  # the pairs are known to this process alone
    round_announced = "round announced"  # the sessions and what is told are written, not committed
    session_agreed = "session agreed"  # a time stands and its timers are written, nobody hears of it yet
    cue_written = "cue written"  # a stage is named and the next one is due, not committed
    feedback_opened = "feedback opened"  # what both have written is open, nobody hears of it yet
    # the delivery
    claim_written = "claim written"  # rows are taken, not committed
    claim_committed = "claim committed"  # rows are taken, no call is made
    settle_begins = "settle begins"  # an earlier try may have arrived
    call_made = "call made"  # the platform has done it, nobody here knows
    receipt_written = "receipt written"  # the receipt is noted, not committed
    receipt_committed = "receipt committed"
    # what comes in
    event_received = "event received"  # nothing is noted
    event_kept = "event kept"  # it is noted, and not acknowledged
    effect_written = "effect written"  # the event had its effect, not committed
    effect_committed = "effect committed"  # the effect stands, the asker has no answer
    event_answered = "event answered"
    # the judge
    program_claimed = "program claimed"  # under a lease, not judged
    program_judged = "program judged"  # the verdict is known to this process alone
    verdict_written = "verdict written"  # with what follows from it, not committed
    verdict_committed = "verdict committed"


OF_INTERVIEWS = frozenset(
    {
        Point.round_closed,
        Point.round_paired,
        Point.round_announced,
        Point.session_agreed,
        Point.cue_written,
        Point.feedback_opened,
    }
)
"""The moments that are reached only where people are paired and an interview is held."""

Hook = Callable[[Point], None]
_hook: Hook | None = None


def reached(point: Point) -> None:
    """Say that this moment has come."""
    if _hook is not None:
        _hook(point)


def watch(hook: Hook | None) -> None:
    """Call this at every point from now on; None ends it. For tests and for runs that kill."""
    global _hook  # noqa: PLW0603  # one process dies as a whole, so there is one hook in it
    _hook = hook
