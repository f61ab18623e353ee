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
    workspaces: int = 100  # on Slack, each with one channel
    channel_messages: int = 30  # due at once in each of these
    people: tuple[int, ...] = (8, 20, 60, 200, 1_000)  # who are paired
    compared: tuple[int, ...] = (20, 60, 200)  # among whom repeats are counted
    rounds: int = 12
    seeds: int = 20
    learners: int = 200  # whose mastery is estimated
    days: int = 120  # on which they are asked something
    pictures: int = 10_000  # drawn one after the other, none of them twice
    first_pictures: int = 1_000  # after which memory is looked at first
    programs: int = 40  # reference solutions that are judged
    at_once: tuple[int, ...] = (1, 10, 50)  # programs that come in the same moment


LARGE = 10_000_000
