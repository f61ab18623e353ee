"""Draws a member's posting days as a calendar, and below it how well each area is known."""

from datetime import date, timedelta

from bot.core.pictures import Estimate, ProgressCard
from bot.pictures import canvas as c
from bot.pictures import palette as p
from bot.pictures.lettering import fit

WEEKS = 26  # half a year: as many columns as the card has room for
COLUMN = 40
CELL = 32
LEFT = c.MARGIN + 44  # behind the names of the weekdays
MONTHS = 36  # the line of the months' names
LEGEND = 64
AREA = 84
MOST_AREAS = 9
NUMBERS = 120
WEEKDAYS = ((0, "Mo"), (2, "We"), (4, "Fr"), (6, "Su"))
MARKS = (("a", "answered"), ("f", "freeze"), ("m", "missed"), ("e", "excused"), ("o", "open"))


def draw(card: ProgressCard) -> bytes:
    """Give the card as PNG."""
    header = c.Header(card.title, card.subtitle)
    areas = card.areas[:MOST_AREAS]
    calendar = MONTHS + 7 * COLUMN + LEGEND
    canvas = c.Canvas(header.height + calendar + AREA * len(areas) + c.MARGIN)
    header.draw(canvas)
    _draw_calendar(canvas, header.height, card)
    _draw_legend(canvas, header.height + MONTHS + 7 * COLUMN + 10)
    for place, one in enumerate(areas):
        _draw_area(canvas, header.height + calendar + AREA * place, one)
    return canvas.png()


def _draw_calendar(canvas: c.Canvas, top: int, card: ProgressCard) -> None:
    weeks = [card.days[start : start + 7] for start in range(0, len(card.days), 7)]
    first = date.fromisoformat(card.first) + timedelta(weeks=max(0, len(weeks) - WEEKS))
    for weekday, name in WEEKDAYS:
        canvas.text(c.MARGIN, top + MONTHS + COLUMN * weekday + 26, name, c.SMALL)
    for column, week in enumerate(weeks[-WEEKS:]):
        monday = first + timedelta(weeks=column)
        x = LEFT + COLUMN * column
        if monday.day <= 7 and column < WEEKS - 1:
            canvas.text(x, top + 24, f"{monday:%b}", c.SMALL)
        for weekday, mark in enumerate(week):
            _draw_mark(canvas, x, top + MONTHS + COLUMN * weekday, mark)


def _draw_mark(canvas: c.Canvas, x: float, y: float, mark: str) -> None:
    """Draw a day; each sort has a shape of its own, beside its colour."""
    match mark:
        case "a":
            canvas.rounded((x, y, x + CELL, y + CELL), 8, p.GREEN)
        case "f":
            canvas.striped((x, y, x + CELL, y + CELL), 8, (p.BLUE, p.CARD))
        case "m":
            _ring(canvas, x, y, p.RED)
        case "e":
            _ring(canvas, x, y, p.SOFT)
        case "o":
            _ring(canvas, x, y, p.BLUE)
            canvas.rounded((x + 10, y + 10, x + 22, y + 22), 6, p.BLUE)
        case _:
            canvas.rounded((x + 12, y + 12, x + 20, y + 20), 4, p.GRID)


def _ring(canvas: c.Canvas, x: float, y: float, colour: str) -> None:
    inset = 6 if colour == p.SOFT else 0
    canvas.rounded((x + inset, y + inset, x + CELL - inset, y + CELL - inset), 8, colour)
    canvas.rounded((x + inset + 4, y + inset + 4, x + CELL - inset - 4, y + CELL - inset - 4), 5, p.CARD)


def _draw_legend(canvas: c.Canvas, top: int) -> None:
    for place, (mark, name) in enumerate(MARKS):
        x = LEFT + 204 * place
        _draw_mark(canvas, x, top, mark)
        canvas.text(x + CELL + 12, top + 26, name, c.SMALL)


def _draw_area(canvas: c.Canvas, top: int, one: Estimate) -> None:
    room = c.INNER - NUMBERS
    canvas.text(c.MARGIN, top + 32, fit(one.label, c.BODY, room) or "–", c.BODY)
    canvas.text(c.WIDTH - c.MARGIN, top + 58, f"{_share(one.chance):.0%}", c.BODY_BOLD, "right")
    y = top + 46
    canvas.rounded((c.MARGIN, y, c.MARGIN + room, y + 20), 10, p.TRACK)
    low, high = sorted((_share(one.low), _share(one.high)))
    canvas.rounded((c.MARGIN + room * low, y, c.MARGIN + room * high, y + 20), 10, p.HIGHLIGHT_TRACK)
    at = c.MARGIN + room * _share(one.chance)
    canvas.rounded((at - 5, y - 5, at + 5, y + 25), 5, p.BLUE)


def _share(value: float) -> float:
    return min(1.0, max(0.0, value)) if value == value else 0.0
