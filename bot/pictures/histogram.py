"""Draws numeric answers as bars over an axis, with the right value as a line."""

import math
from dataclasses import dataclass

from bot.core.pictures import Histogram
from bot.pictures import canvas as c
from bot.pictures import palette as p
from bot.pictures.binning import Bins, sort, with_unit
from bot.pictures.lettering import Style, fit, measure
from bot.pictures.selection import counted, short

PLOT = 380
ABOVE = 92  # room for the label of the right value
SIDE = 92  # the bar of the values that are off the axis
APART = 28
PILL = 56


def draw(chart: Histogram) -> bytes:
    """Give the chart as PNG."""
    bins = sort(chart.values, chart.right)
    header = c.Header(chart.title, _summary(chart, bins))
    canvas = c.Canvas(header.height + ABOVE + PLOT + 62 + c.MARGIN - 16)
    header.draw(canvas)
    floor = header.height + ABOVE + PLOT
    left = c.MARGIN + (SIDE + APART if bins.below else 0)
    right = c.WIDTH - c.MARGIN - (SIDE + APART if bins.above else 0)
    columns = _columns(bins, (left, right), floor)
    for column in columns:
        _draw_column(canvas, column, floor)
    canvas.rounded((c.MARGIN, floor, c.WIDTH - c.MARGIN, floor + 3), 0, p.GRID)
    _draw_right(canvas, chart, bins, (left, right), floor)
    for column in columns:
        _draw_count(canvas, column)
    _draw_ticks(canvas, bins, (left, right), floor)
    return canvas.png()


@dataclass(frozen=True, slots=True)
class _Column:
    """A bar: its sides, its top, its colour and the number above it."""

    left: float
    right: float
    top: float
    colour: str
    count: int


def _summary(chart: Histogram, bins: Bins) -> str:
    if bins.middle is None:
        return "No answers yet."
    return f"{counted(bins.answers, 'answer', 'answers')} · median {with_unit(bins.middle, chart.unit)}"


def _columns(bins: Bins, ends: tuple[int, int], floor: int) -> list[_Column]:
    """Place the bars that have a height; those of values off the axis stand apart from it, in another colour."""
    width = (ends[1] - ends[0]) / len(bins.bins)
    lefts = [ends[0] + place * width for place in range(len(bins.bins))]
    sides = [(left + 4, left + width - 4, each.count, p.BLUE) for left, each in zip(lefts, bins.bins, strict=True)]
    sides.append((c.MARGIN, c.MARGIN + SIDE, bins.below, p.SOFT))
    sides.append((c.WIDTH - c.MARGIN - SIDE, c.WIDTH - c.MARGIN, bins.above, p.SOFT))
    tallest = max(count for _, _, count, _ in sides)
    return [
        _Column(left, right, floor - max((PLOT - 44) * count / tallest, 10), colour, count)
        for left, right, count, colour in sides
        if count
    ]


def _draw_column(canvas: c.Canvas, column: _Column, floor: int) -> None:
    canvas.rounded((column.left, column.top, column.right, floor), 10, column.colour)
    canvas.rounded((column.left, max(floor - 12, column.top + 5), column.right, floor), 0, column.colour)


def _draw_count(canvas: c.Canvas, column: _Column) -> None:
    """Write the number above a bar, readable also where the line of the right value runs behind it."""
    label = short(column.count)
    middle, half = (column.left + column.right) / 2, measure(label, c.SMALL) / 2 + 8
    canvas.rounded((middle - half, column.top - 42, middle + half, column.top - 6), 8, p.CARD)
    canvas.text(middle, column.top - 14, label, c.SMALL, "centre")


def _place(value: float, bins: Bins, ends: tuple[int, int]) -> float:
    return ends[0] + (ends[1] - ends[0]) * (value - bins.low) / (bins.high - bins.low)


def _draw_ticks(canvas: c.Canvas, bins: Bins, ends: tuple[int, int], floor: int) -> None:
    """Label the axis, as many of the places as fit side by side."""
    widest = max(measure(label, c.SMALL) for _, label in bins.ticks) + 20
    between = (ends[1] - ends[0]) / len(bins.bins)
    every = max(math.ceil(widest / between), 1)
    for value, label in bins.ticks[::every]:
        x, half = _place(value, bins, ends), measure(label, c.SMALL) / 2
        # The outermost labels may reach into the margin, but not into the label of what is off the axis.
        if not (bins.above and x + half > ends[1] + APART / 2):
            canvas.text(min(max(x, 24 + half), c.WIDTH - 24 - half), floor + 42, label, c.SMALL, "centre")
    _draw_far_labels(canvas, bins, floor)


def _draw_far_labels(canvas: c.Canvas, bins: Bins, floor: int) -> None:
    middles = ((bins.below, c.MARGIN + SIDE / 2, "below"), (bins.above, c.WIDTH - c.MARGIN - SIDE / 2, "above"))
    for count, middle, label in middles:
        if count:
            canvas.text(middle, floor + 42, label, c.SMALL, "centre")


def _draw_right(canvas: c.Canvas, chart: Histogram, bins: Bins, ends: tuple[int, int], floor: int) -> None:
    """Draw the right value as a line, its label in a pill that stays on the card."""
    if not math.isfinite(chart.right):
        return
    x = min(max(_place(chart.right, bins, ends), ends[0]), ends[1])
    top = floor - PLOT - ABOVE + 8
    canvas.rounded((x - 5, top + PILL, x + 5, floor), 0, p.CARD)
    canvas.rounded((x - 2, top + PILL, x + 2, floor + 10), 0, p.GREEN)
    style = Style(28, p.CARD, bold=True)
    label = fit(f"right: {with_unit(chart.right, chart.unit)}", style, c.INNER - 100)
    half = (measure(label, style) + 84) / 2
    middle = min(max(x, c.MARGIN + half), c.WIDTH - c.MARGIN - half)
    canvas.rounded((middle - half, top, middle + half, top + PILL), PILL / 2, p.GREEN)
    canvas.check(x=middle - half + 32, y=top + PILL / 2, size=34, disc=p.CARD, tick=p.GREEN)
    canvas.text(middle - half + 58, top + 38, label, style)
