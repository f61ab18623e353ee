"""What a member of the demo can do."""

from dataclasses import dataclass
from datetime import date, datetime

Right = bool | None
"""Whether an answer is meant to be right; None where there is no key."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Press the letter of an option; `twice` is an impatient double press."""

    option: str
    right: bool
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Choose:
    """Choose from the select."""

    options: tuple[str, ...]
    right: bool


@dataclass(frozen=True, slots=True)
class Fill:
    """Press Answer and send the form; `readable` is False for what the bot should refuse."""

    text: str
    right: Right
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """Write into the thread; `answer` is False for talk on a question that is answered with its button."""

    text: str
    answer: bool = True


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Edit the newest reply of one's own."""

    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Delete the newest reply of one's own."""


@dataclass(frozen=True, slots=True)
class Hints:
    """Look at so many hints."""

    wanted: int


@dataclass(frozen=True, slots=True)
class Flag:
    """Say that something is wrong with a question."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class MyResult:
    """Press My result."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run a command; `joins` is whether that makes one a member."""

    command: str
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Remind:
    """Ask for both reminders, by the form."""


@dataclass(frozen=True, slots=True)
class Keep:
    """As an organiser, keep a question that was flagged, by the button of the note."""


@dataclass(frozen=True, slots=True)
class Arrive:
    """Come into the workspace."""


@dataclass(frozen=True, slots=True)
class Depart:
    """Leave the workspace."""


@dataclass(frozen=True, slots=True)
class Return:
    """Come back into the workspace."""


Step = (
    Pick
    | Choose
    | Fill
    | Reply
    | Rewrite
    | Withdraw
    | Hints
    | Flag
    | MyResult
    | Run
    | Remind
    | Keep
    | Arrive
    | Depart
    | Return
)


@dataclass(frozen=True, slots=True)
class Act:
    """A step that a member, counted from 0, means to make; `on` is the posting date whose question it is about."""

    at: datetime
    member: int
    step: Step
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that was made: when, as how many attempts, on which message, and whether the bot took it."""

    at: datetime
    member: int
    step: Step
    on: date | None = None
    message: str = ""
    attempts: int = 1
    taken: bool = True
