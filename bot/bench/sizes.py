"""How much of everything a benchmark measures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of what is made before, and measured in, a run; the defaults are what the targets mean."""

    answers: int = 30  # in one repetition
    groups: int = 10_000  # due at the same moment
    questions: int = 366  # a bank that lasts a year
    members: int = 200  # on the board
    boards: int = 10  # read in one repetition
    ledger: int = 10_000
    grown: int = 1_000_000
    large: int | None = None
    guilds: int = 1_000  # on Discord, each with a group
    guild_members: int = 50
    people: tuple[int, ...] = (8, 20, 60, 200, 1_000)  # who are paired
    compared: tuple[int, ...] = (20, 60, 200)  # among whom repeats are counted
    rounds: int = 12
    seeds: int = 20


LARGE = 10_000_000
