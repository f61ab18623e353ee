"""What a card shows of what it was given: the first rows, and always the ones that matter; and how it is said."""

from dataclasses import dataclass
from itertools import groupby

from bot.core.pictures import AskedOf, Bar, BarChart, BoardCard, BoardRow, RecapCard

MOST_BARS = 12  # ours: more do not fit into a glance
MOST_ASKED = 14  # ours: a week of two tracks
MOST_SILENT = 4  # ours: tracks on which nobody answered
MOST_PEOPLE = 3  # ours: in front, and of those who climbed
MOST_ROWS = 15  # ours: the top ten, and the asker with two neighbours on each side

_POWERS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))


@dataclass(frozen=True, slots=True)
class ShownBars:
    """The bars that are drawn, in order, and how many are not."""

    bars: tuple[Bar, ...]
    more: int
    answers: int


def shown_bars(chart: BarChart) -> ShownBars:
    """Choose the first bars; a right one that comes later takes the last place of a wrong one."""
    first, later = chart.bars[:MOST_BARS], [bar for bar in chart.bars[MOST_BARS:] if bar.right]
    keep = max(MOST_BARS - len(later), 0)
    bars = (*first[:keep], *later)[:MOST_BARS] if later else first
    return ShownBars(bars, len(chart.bars) - len(bars), sum(max(bar.count, 0) for bar in chart.bars))


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row that is drawn, and whether ranks are left out just above it."""

    row: BoardRow
    after_gap: bool


def shown_rows(card: BoardCard) -> tuple[ShownRow, ...]:
    """Choose the first rows; one's own that comes later takes the last place."""
    rows = card.rows[:MOST_ROWS]
    own = next((row for row in card.rows if row.mine), None)
    if own is not None and not any(row.mine for row in rows):
        rows = (*rows[:-1], own)
    return tuple(ShownRow(row, _after_gap(rows, place)) for place, row in enumerate(rows))


def _after_gap(rows: tuple[BoardRow, ...], place: int) -> bool:
    if place == 0:
        return False
    above, row = rows[place - 1], rows[place]
    return row.rank > above.rank + sum(each.rank == above.rank for each in rows)


def shown_asked(card: RecapCard) -> tuple[AskedOf, ...]:
    """Choose the first questions; the hardest one that comes later takes the last place."""
    first, later = card.asked[:MOST_ASKED], [one for one in card.asked[MOST_ASKED:] if one.hardest]
    return (*first[:-1], later[0]) if later else first


def by_track(asked: tuple[AskedOf, ...]) -> list[tuple[str, tuple[AskedOf, ...]]]:
    """Give the questions with the name of their track, each run of one track together."""
    return [(track, tuple(some)) for track, some in groupby(asked, key=lambda one: one.track)]


def silence(track: str) -> str:
    """Say that a track had no answers."""
    return f"{track}: nobody answered this week"


def outcome(one: AskedOf) -> str:
    """Say how a question went: "5 of 7 right", "4 answered"."""
    answered = max(one.answered, 0)
    if not answered:
        return "nobody answered"
    return f"{answered:,} answered" if one.right is None else f"{max(one.right, 0):,} of {answered:,} right"


def shown_people(label: str, rows: tuple[BoardRow, ...]) -> tuple[str, tuple[BoardRow, ...]]:
    """Choose the first people of a list; its label says how many share their place and are not shown."""
    more = len(rows) - MOST_PEOPLE
    return (f"{label} (+{more:,} more)" if more > 0 else label), rows[:MOST_PEOPLE]


def mocks_held(card: RecapCard) -> str:
    """Say how many mock interviews were held; nothing where none was."""
    return f"Mock interviews held: {card.mocks:,}" if card.mocks > 0 else ""


def tells_change(card: BoardCard) -> bool:
    """Tell whether any change is known; in a first period everybody is new, so nobody is called so."""
    return any(row.change is not None for row in card.rows)


def share(count: int, answers: int) -> str:
    """Give a share as a whole percentage, rounded half up; a small one is never called none."""
    if answers <= 0 or count <= 0:
        return "0%"
    percent = (200 * count + answers) // (2 * answers)
    return f"{percent}%" if percent else "<1%"


def counted(count: int, one: str, many: str) -> str:
    """Give a number with its noun: "1 answer", "1,200 answers"."""
    return f"{count:,} {one if count == 1 else many}"


def short(number: int, longest: int = 99_999) -> str:
    """Give a number so that it keeps its column: "1,240", "−5", and beyond the longest "1.2M"."""
    written = f"{number:,}"
    if abs(number) > longest:
        power, letter = next(each for each in _POWERS if abs(number) >= each[0])
        written = f"{min(abs(number) // (power // 10) / 10, 999.9):.4g}{letter}"
        written = f"-{written}" if number < 0 else written
    return written.replace("-", "−")
