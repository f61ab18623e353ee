"""What a late answer is worth."""

from bot.features.groups.rules import Numbers


def late_points(right: bool | None, numbers: Numbers) -> int:
    """What an answer after the reveal is worth: half for open kinds (rounded down), nothing where there is a key."""
    return numbers.open_answered // 2 if right is None else 0
