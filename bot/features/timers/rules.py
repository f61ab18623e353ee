"""What can fall due.

May touch: the standard library.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that falls due for a session; `number` tells apart what comes several times."""

    what: str
    at: datetime
    number: int = 0
