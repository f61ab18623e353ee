"""What may become of a session.

proposed ─agree─▶ agreed ─start─▶ live ⇄ paused ─end─▶ debrief ─close─▶ closed
    │  ▲            │  │            │      │
    │  └──propose───┘  ├─miss─▶ missed     │
    ├─lapse─▶ lapsed   └─lapse─▶ lapsed    │
    ├─cancel─▶ cancelled ◀─cancel─┘        │
    └─break off─▶ broken ◀─────────────────┘

A time that is agreed stands while another one is proposed (counter), until everybody has taken that one (agree); only
where it has passed does a proposal take its place (propose).

Nobody has to do anything for a session to come to an end: silence lapses it, an agreed time that passes is missed or
lapses, an interview in which nothing happens any more is ended, and feedback is opened after two days.

May touch: the standard library and the vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.errors import UserError
from bot.core.messages import Button


class State(StrEnum):
    """How far a session has come."""

    proposed = "proposed"
    agreed = "agreed"
    live = "live"
    paused = "paused"
    debrief = "debrief"
    closed = "closed"
    cancelled = "cancelled"
    missed = "missed"
    lapsed = "lapsed"
    broken = "broken"

    @property
    def open(self) -> bool:
        """Whether something can still become of it."""
        return self in MOVES

    @property
    def ahead(self) -> bool:
        """Whether it has not begun yet, and still may."""
        return self in {State.proposed, State.agreed}

    @property
    def running(self) -> bool:
        """Whether the interview is being held."""
        return self in {State.live, State.paused}


class Act(StrEnum):
    """What happens to a session."""

    agree = "agree"
    propose = "propose"
    counter = "counter"
    start = "start"
    pause = "pause"
    resume = "resume"
    swap = "swap"
    end = "end"
    close = "close"
    cancel = "cancel"
    miss = "miss"
    lapse = "lapse"
    break_off = "break off"


MOVES: Mapping[State, Mapping[Act, State]] = {
    State.proposed: {
        Act.agree: State.agreed,
        Act.propose: State.proposed,
        Act.cancel: State.cancelled,
        Act.lapse: State.lapsed,
        Act.break_off: State.broken,
    },
    State.agreed: {
        Act.counter: State.agreed,
        Act.agree: State.agreed,
        Act.propose: State.proposed,
        Act.start: State.live,
        Act.cancel: State.cancelled,
        Act.miss: State.missed,
        Act.lapse: State.lapsed,
        Act.break_off: State.broken,
    },
    State.live: {Act.pause: State.paused, Act.swap: State.live, Act.end: State.debrief, Act.break_off: State.broken},
    State.paused: {Act.resume: State.live, Act.swap: State.live, Act.end: State.debrief, Act.break_off: State.broken},
    State.debrief: {Act.close: State.closed},
}
"""Every move that there is; a state that is not named here is an end."""

_STANDS = {
    State.proposed: "No time is agreed yet.",
    State.agreed: "This interview has not begun yet.",
    State.live: "This interview is running.",
    State.paused: "This interview is paused.",
    State.debrief: "This interview is over; what is left is the feedback.",
    State.closed: "This interview is over.",
    State.cancelled: "This interview was cancelled.",
    State.missed: "This interview did not take place.",
    State.lapsed: "This interview did not come about, since no time was agreed.",
    State.broken: "This interview was called off, since somebody left it.",
}


def after(state: State, act: Act) -> State:
    """The state to which this leads; raise `UserError` that says how the session stands where it leads nowhere."""
    to = MOVES.get(state, {}).get(act)
    if to is None:
        raise UserError(f"{_STANDS[state]} Run mock status to see what can be done now.")
    return to


@dataclass(frozen=True, slots=True)
class Offers:
    """What decides which buttons of a session do something: its state, and what they may name.

    `times` are those that can be taken, `turn` is the number of the kit that runs, and `over` are the kits that were.
    """

    state: State
    times: frozenset[int] = frozenset()
    turn: int | None = None
    over: frozenset[int] = frozenset()


def works(button: Button, now: Offers) -> bool:
    """Whether a button of a session does something, or will while the session stays as it is.

    *Pause* does while the clock stands, since that clock goes on; *Go on* is said anew at each pause.
    """
    state, args = now.state, button.args
    match button.action:
        case "mock-yes":
            return state.ahead and int(args[1]) in now.times
        case "mock-keep":
            return state is State.agreed and int(args[1]) in now.times
        case "mock-other" | "mock-cancel":
            return state.ahead
        case "mock-here":
            return state is State.agreed
        case "mock-link" | "kit-brief":
            return state.ahead or state.running
        case "kit-fact" | "kit-facts":
            return (state.ahead or state.running) and int(args[0]) not in now.over
        case "mock-resume":
            return state is State.paused
        case "mock-swap":
            return state.running and int(args[1]) == now.turn
        case "mock-pause" | "mock-extend" | "mock-end" | "mock-stay" | "mock-silent" | "mock-still":
            return state.running
    return True
