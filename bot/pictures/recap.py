"""Draws a week: a bar for each question with its share of right answers, who leads and who climbed."""

from collections.abc import Sequence

from bot.core.pictures import AskedOf, BoardRow, RecapCard
from bot.pictures import canvas as c
from bot.pictures import palette as p
from bot.pictures.board import draw_change, draw_rank
from bot.pictures.lettering import Style, fit, measure
from bot.pictures.selection import (
    MOST_PEOPLE,
    MOST_SILENT,
    by_track,
    mocks_held,
    outcome,
    short,
    shown_asked,
    shown_people,
    silence,
)

ASKED = 96
DAY = 96  # the column of the weekdays
BAR = 18
PILL = Style(24, p.CARD, bold=True)
DAYS = Style(28, p.SOFT, bold=True)
ROW = 72  # one of those who lead or climbed
HALF = c.INNER // 2 - 24
LABEL = 56  # above a list of people
RULE = 36
GAP = 16


def draw(card: RecapCard) -> bytes:
    """Give the card as PNG."""
    shown = shown_asked(card)
    header = c.Header(card.title, card.subtitle)
    more, mocks = len(card.asked) - len(shown), mocks_held(card)
    people = max(len(card.leaders[:MOST_PEOPLE]), len(card.climbers[:MOST_PEOPLE]))
    below = (RULE + LABEL + ROW * people if people else 0) + (GAP + LABEL if mocks else 0)
    tracks = by_track(shown)
    notes = [f"+{more:,} more"] * bool(more) + [silence(track) for track in card.silent[:MOST_SILENT]]
    notes = notes or ([] if shown else ["No questions."])
    labels = len(notes) + sum(bool(track) for track, _ in tracks)
    canvas = c.Canvas(header.height + ASKED * len(shown) + LABEL * labels + below + c.MARGIN - 16)
    header.draw(canvas)
    top = _draw_tracks(canvas, header.height, tracks)
    for note in notes:
        canvas.text(c.MARGIN, top + 36, fit(note, c.SMALL, c.INNER), c.SMALL)
        top += LABEL
    if people:
        _draw_people(canvas, top, card)
        top += RULE + LABEL + ROW * people
    canvas.text(c.MARGIN, top + GAP + 36, mocks, c.BODY)
    return canvas.png()


def _draw_tracks(canvas: c.Canvas, top: int, tracks: Sequence[tuple[str, tuple[AskedOf, ...]]]) -> int:
    """Draw the questions of each track under its name; give where they end."""
    for track, asked in tracks:
        if track:
            canvas.text(c.MARGIN, top + 38, fit(track, c.BODY_BOLD, c.INNER), c.BODY_BOLD)
            top += LABEL
        for one in asked:
            _draw_asked(canvas, top, one)
            top += ASKED
    return top


def _draw_asked(canvas: c.Canvas, top: int, one: AskedOf) -> None:
    left, right = c.MARGIN + DAY, c.WIDTH - c.MARGIN
    canvas.text(c.MARGIN, top + 38, fit(one.day, DAYS, DAY - 12), DAYS)
    said = outcome(one)
    style = c.BODY_BOLD if one.answered > 0 else c.SMALL
    canvas.text(right, top + 38, said, style, "right")
    end = right - measure(said, style) - 28
    if one.hardest:
        end = _draw_pill(canvas, end, top + 6, "hardest") - 16
    canvas.text(left, top + 38, fit(one.title, c.BODY, end - left) or "–", c.BODY)
    if one.right is None or one.answered <= 0:
        return  # an empty bar would say that all were wrong
    canvas.rounded((left, top + 56, right, top + 56 + BAR), BAR / 2, p.TRACK)
    if one.right > 0:
        # A single right answer of very many is still seen.
        length = max((right - left) * min(one.right / one.answered, 1.0), BAR)
        canvas.rounded((left, top + 56, left + length, top + 56 + BAR), BAR / 2, p.RED if one.hardest else p.GREEN)


def _draw_pill(canvas: c.Canvas, right: float, top: float, label: str) -> float:
    """Draw a label on a coloured ground with its right end at `right`; give its left end."""
    left = right - measure(label, PILL) - 32
    canvas.rounded((left, top, right, top + 42), 21, p.RED)
    canvas.text(left + 16, top + 30, label, PILL)
    return left


def _draw_people(canvas: c.Canvas, top: int, card: RecapCard) -> None:
    canvas.rounded((c.MARGIN, top + 8, c.WIDTH - c.MARGIN, top + 10), 0, p.GRID)
    top += RULE
    lists = (
        (*shown_people("In front", card.leaders), _draw_leader),
        (*shown_people("Climbed", card.climbers), _draw_climber),
    )
    left = c.MARGIN
    for label, rows, draw_row in lists:
        if rows:
            canvas.text(left, top + 34, label, c.SMALL)
            for place, row in enumerate(rows):
                draw_row(canvas, left, top + LABEL + ROW * place, row)
            left += HALF + 48


def _draw_leader(canvas: c.Canvas, left: float, top: int, row: BoardRow) -> None:
    draw_rank(canvas, left + 27, top + ROW / 2, row.rank)
    points = short(row.points)
    canvas.text(left + HALF, top + 46, points, c.BODY_BOLD, "right")
    room = HALF - 72 - measure(points, c.BODY_BOLD) - 24
    canvas.text(left + 72, top + 46, fit(row.name, c.BODY, room) or "(no name)", c.BODY)


def _draw_climber(canvas: c.Canvas, left: float, top: int, row: BoardRow) -> None:
    draw_change(canvas, left + HALF, top + 46, row.change)
    canvas.text(left, top + 46, fit(row.name, c.BODY, HALF - 130) or "(no name)", c.BODY)
