"""The time, always aware and always UTC; a zone is a name that stands beside it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Tell the time, aware and in UTC."""
        ...


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Tell the time of this machine."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is set: for the demo page and for tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Tell what it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Set the clock; it never goes back."""
        self._at = max(self._at, at.astimezone(UTC))
