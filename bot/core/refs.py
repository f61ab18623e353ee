"""Who and where: references that always name the platform and the workspace, with no default to fall back on."""

from dataclasses import dataclass, replace
from typing import NewType

GroupId = NewType("GroupId", int)
HomeId = NewType("HomeId", int)
TrackId = NewType("TrackId", int)
MemberId = NewType("MemberId", int)
EVERYWHERE = "everywhere"
"""The workspace of people where an account is the same in all workspaces of its platform."""


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """A person as a platform knows them."""

    platform: str
    workspace: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}/{self.workspace}/@{self.id}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A channel, or a thread in it."""

    platform: str
    workspace: str
    channel: str
    thread: str | None = None

    def __str__(self) -> str:
        return f"{self.platform}/{self.workspace}/{self.channel}" + (f"/{self.thread}" if self.thread else "")

    @property
    def outside(self) -> "Place":
        """The channel itself, whether or not this is a thread."""
        return replace(self, thread=None)


@dataclass(frozen=True, slots=True, order=True)
class MessageRef:
    """A message that stands somewhere."""

    place: Place
    id: str


Target = Place | Person
"""Where something is sent: a place that several people read, or one person in private."""
