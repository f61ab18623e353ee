"""What one process of several does."""

from enum import StrEnum


class Role(StrEnum):
    """The part that a process has: everything, or a part of it where several share one PostgreSQL database.

    gateway  hears what members do, answers them, and sends
    worker   does what is due by itself, and sends
    web      serves HTTP only
    judge    runs members' code; it needs no token of any platform
    """

    all = "all"
    gateway = "gateway"
    worker = "worker"
    web = "web"
    judge = "judge"

    @property
    def hears(self) -> bool:
        """Whether it takes events of the platforms."""
        return self in {Role.all, Role.gateway}

    @property
    def ticks(self) -> bool:
        """Whether it does what is due by itself."""
        return self in {Role.all, Role.worker}

    @property
    def sends(self) -> bool:
        """Whether it empties the outbox."""
        return self not in {Role.web, Role.judge}

    @property
    def judges(self) -> bool:
        """Whether it runs members' code."""
        return self in {Role.all, Role.judge}
