"""What the house needs from outside: a place to write, and platforms to speak through."""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot.core.events import Attached, Event, File, Posted
from bot.core.forms import Form, FormProblems
from bot.core.messages import Edit, Message
from bot.core.refs import MessageRef, Person, Place, Target

P = ParamSpec("P")
T = TypeVar("T")

Reply = Message | Form | FormProblems | Edit | None
"""What a handler gives back to the asker."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and whether only the asker sees it."""

    reply: Reply
    private: bool = True


class UnitOfWork(Protocol):
    """Runs a story, a plain function whose first argument is the database connection, as one transaction."""

    async def run(self, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Write: all of it, or nothing where it raises."""
        ...

    async def run_once(
        self, event: str, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Write, unless this event was written before: then raise `Duplicate`."""
        ...

    async def read(self, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read; writing here fails."""
        ...


# --- what is sent: a row of the outbox is exactly one of these ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message; `in_thread` means the thread which the row before opened."""

    message: Message
    in_thread: bool = False


@dataclass(frozen=True, slots=True)
class OpenThread:
    """Open a thread on the message which the row before sent."""

    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """Replace a message of ours: the one named, else the one which the row before sent."""

    message: Message
    of: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class React:
    """Put a reaction on a message."""

    to: MessageRef
    reaction: str


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Open a private room off the channel that it is sent to; no other room there has this name.

    Where a room is opened together with its people these are they; elsewhere each is let in by a row of their own.
    """

    name: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class LetIn:
    """Let a person into the room which the row before opened; where they are in it already nothing happens."""

    person: Person


@dataclass(frozen=True, slots=True)
class LetOut:
    """Take a person out of a room: the one which the row before opened, else the target; who is out already stays out.

    Where a room loses nobody another one is opened for those who stay: the receipt says which is theirs from then on.
    """

    person: Person
    staying: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class MakeEvent:
    """Put an event into the calendar that everybody on the server of the target sees; no other one has this name."""

    name: str
    about: str
    where: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DropEvent:
    """Take away the event which the row before made; one that is gone already stays gone."""


@dataclass(frozen=True, slots=True)
class GiveRole:
    """Give a person a role in the workspace that it is sent to, or take it; doing it twice changes nothing."""

    person: Person
    role: str
    take: bool = False


Call = Send | OpenThread | Change | React | OpenRoom | LetIn | LetOut | MakeEvent | DropEvent | GiveRole


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform gave back: the message that stands there now, and the thread or the room that was opened."""

    message: MessageRef | None = None
    thread: Place | None = None
    event: str = ""
    """The id of the event that was made."""
    rest: float = 0.0
    """Seconds for which the target takes nothing more; it is for now, and is not kept."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One call on its way out. `key` is the same however often the call is tried; `since` is the first try."""

    key: str
    target: Target
    call: Call
    since: datetime
    before: Receipt = field(default_factory=Receipt)


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a row could not be delivered; `definite` where the platform itself said that it cannot be done here."""

    why: str
    definite: bool = False
    gone: bool = False
    """Whether what it was sent to does not exist any more."""


class CannotLook(Exception):
    """The platform has no history here to look into."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A permission that the bot lacks in a place, and what does not work without it."""

    permission: str
    stops: str


Handle = Callable[[Event], Awaitable[Answer]]
"""Answers an event that somebody waits for: a command, a button, a form."""
Keep = Callable[[Event], Awaitable[Awaitable[object]]]
"""Writes down an event that nobody waits for, so that it may be acknowledged; gives what waits until it is handled."""
Missed = Callable[[], Awaitable[None]]
"""Reads what was written meanwhile; called where a platform has lost events that it will not tell again."""


class Platform(Protocol):
    """A chat platform, as the house sees it. Every method raises `DeliveryError` where the platform refuses."""

    name: str
    nonce_holds: timedelta
    """How long sending the same key again gives the first message back; zero where it does not."""
    gives_roles: bool
    """Whether people have roles here that a bot can give, where it is allowed to."""

    async def start(self, handle: Handle, keep: Keep, *, missed: Missed | None = None) -> None:
        """Begin to hand over events: what somebody waits for to `handle`, the rest to `keep`.

        `missed` is called after every time in which events were lost.
        """
        ...

    async def stop(self) -> None:
        """Finish what has begun, and hand over no more events."""
        ...

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the one native call; raise `NotYet` at once where its turn is not soon."""
        ...

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key; raise `CannotLook` where there is no history."""
        ...

    async def replies(self, thread: Place) -> Sequence[Posted]:
        """Read what members have written in a thread, as it stands now; raise `CannotLook` where it cannot be read."""
        ...

    async def in_private(self, who: Person, since: datetime) -> Sequence[Posted]:
        """Read what somebody has written to the bot alone since a moment; `CannotLook` where it cannot be read."""
        ...

    async def read_file(self, place: Place, file: Attached) -> File:
        """Read a file that came with a message in a place."""
        ...

    async def missing(self, place: Place) -> Sequence[Missing]:
        """Name the permissions that the bot lacks in a place."""
        ...

    async def still_here(self, who: Person, place: Place, channels: Set[str] = frozenset()) -> bool:
        """Tell whether a person is in the workspace of a place; an outage raises and is never a no.

        Where channels are named, and the platform tells when somebody leaves one of them, they are in one of these.
        """
        ...


@dataclass(frozen=True, slots=True)
class Platforms:
    """The platforms that this process speaks to, by name."""

    by_name: Mapping[str, Platform]

    async def missing(self, place: Place) -> Sequence[Missing]:
        """Name the permissions that the bot lacks in a place."""
        return await self.by_name[place.platform].missing(place)

    def give_roles(self, place: Place) -> bool:
        """Whether people have roles in a place that a bot can give."""
        return self.by_name[place.platform].gives_roles


@dataclass(frozen=True, slots=True)
class Meetings:
    """Where interviews are held by video: rooms of a meeting server, each under a name that nobody guesses."""

    address: str = ""
    """What a room's name is put behind, such as https://meet.example.org/; empty where no links are made."""

    def link(self, name: str) -> str | None:
        """The address of the room of this name."""
        return f"{self.address.rstrip('/')}/{name}" if self.address else None


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """How the clock goes, and what this process is there for.

    A clock that is set, as in the demo and in tests, skips hours in which nothing was away. Where several processes
    part the work, one may be away alone, and members can answer only while one that hears them is there.
    """

    skips: bool = False
    works: bool = True
    """Whether it does what is due by itself."""
    hears: bool = True
    """Whether it hears members."""


@dataclass(slots=True)
class Judging:
    """Whether members' code is judged, by this process or by another one; known once the house has started."""

    runs: bool = False
