"""What members of the demo write of their own."""

from random import Random

_OPENINGS = (
    "I would start from what the user loses when this goes wrong.",
    "First I would look at ten cases by hand.",
    "My guess before any numbers: the data changed, not the model.",
    "I would ask who decides with this number.",
    "Let me split it into what we can measure and what we can only watch.",
)
_MIDDLES = (
    "Then a baseline that costs nothing, and one metric that everybody accepts.",
    "Then I would compare the last good week with this one, slice by slice.",
    "The risky part is the label, so I would check how it is made.",
    "I would roll it out to a small share first and keep the way back short.",
    "Two options come to mind, and I would take the duller one.",
)
_ENDINGS = (
    "I would stop when the answer no longer changes the decision.",
    "If that does not help, I was wrong about the cause.",
    "In my last project the second step saved us.",
    "The price is one more week, which seems fair.",
    "I would write down what would change my mind.",
)
TALK = (
    "Nice one, I had to draw it first.",
    "Is there a paper about this?",
    "I have met this in production, not fun.",
    "No spoilers, but read the second sentence twice.",
    "Took me longer than the minutes say.",
)
UNREADABLE = ("dunno", "no idea", "somewhere in the middle")
WRONG_WORDS = ("something quite different", "the other thing", "I would have to look it up")


def essay(rng: Random, title: str) -> str:
    """An answer of a few sentences."""
    return f"{title}: {rng.choice(_OPENINGS)} {rng.choice(_MIDDLES)} {rng.choice(_ENDINGS)}"
