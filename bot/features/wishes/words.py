"""The types of interviews by name, and why people are put together or left, in words."""

from datetime import datetime

from bot.features.matching.rules import Pairing
from bot.features.wishes.rules import TYPES, Reason

NAMES = {
    "algorithm-coding": "Algorithms and data structures",
    "ml-coding": "ML coding",
    "ml-knowledge": "ML knowledge",
    "ml-system-design": "ML system design",
    "genai-system-design": "Generative AI system design",
    "system-design": "System design",
    "past-project": "Past project",
    "behavioural": "Behavioural",
    "sql-data": "SQL and data",
    "ml-debugging": "ML debugging",
    "negotiation": "Negotiation",
}
CHOICES = tuple((kind, NAMES[kind]) for kind in TYPES)
FIRST_NEXT = "You are first in line next time."
LEFT = {
    Reason.alone: "nobody else signed up",
    Reason.no_hours: "your hours leave no time for a whole session in that week",
    Reason.time: "your hours and those of the others do not meet; a second evening or a weekend hour often helps",
    Reason.types: "with those who share your hours, one side does not give the type that the other wants",
    Reason.taken: "the others were paired among themselves, and no three of you fitted",
    Reason.waits: "you missed more than one session lately, so you wait for one round",
}
"""Why somebody has no partner; never whom anybody has blocked, nor what others have set."""
NO_PAIR = "no two of those who signed up could be put together this time"
"""The same where others would have fitted and yet nobody at all was paired."""


def why(pairing: Pairing, now: datetime) -> list[str]:
    """What is said to people who were put together: how long since they met, which types, and that they are three."""
    said = [_since(pairing.last_met, now), _types(pairing)]
    if len(pairing.people) == 3:
        said.append("You are three, or somebody would be left over: one interviews, one answers, one observes.")
    return said


def _since(last: datetime | None, now: datetime) -> str:
    if last is None:
        return "You have not practised together before."
    weeks = max(1, round((now - last).days / 7))
    ago = "a week" if weeks == 1 else f"{weeks} weeks"
    return f"You practised together {ago} ago; everybody else who fitted was taken, or met you later than that."


def _types(pairing: Pairing) -> str:
    if pairing.kind == pairing.second_kind:
        of_two = "Both interviews" if len(pairing.people) == 2 else "All interviews"
        return f"{of_two} are of one type: {NAMES[pairing.kind]}."
    return f"First {NAMES[pairing.kind]}, then, with the roles swapped, {NAMES[pairing.second_kind]}."
