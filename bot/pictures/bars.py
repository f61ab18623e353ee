"""Draws how a group answered: a bar for each option or group of answers."""

from bot.core.pictures import Bar, BarChart
from bot.pictures import canvas as c
from bot.pictures import palette as p
from bot.pictures.lettering import Style, measure, wrap
from bot.pictures.selection import ShownBars, counted, share, short, shown_bars

BAR = 36
LINE = 42
GAP = 30
NUMBERS = 216  # room for "12,345 · 100%" beside the bar
CHECK = 40


def draw(chart: BarChart) -> bytes:
    """Give the chart as PNG."""
    shown = shown_bars(chart)
    answers = counted(shown.answers, "answer", "answers") if shown.answers else "No answers yet."
    header = c.Header(chart.title, answers)
    labels = [_label_lines(bar) for bar in shown.bars]
    body = sum(map(_height, labels)) + (LINE if shown.more else 0)
    canvas = c.Canvas(header.height + body + c.MARGIN - (0 if shown.more else GAP))
    header.draw(canvas)
    top = header.height
    for bar, lines in zip(shown.bars, labels, strict=True):
        _draw_bar(canvas, top, bar, lines, shown)
        top += _height(lines)
    if shown.more:
        canvas.text(c.MARGIN, top + 28, f"+{shown.more:,} more", c.SMALL)
    return canvas.png()


def _style(bar: Bar) -> Style:
    return c.BODY_BOLD if bar.right else c.BODY


def _label_lines(bar: Bar) -> list[str]:
    width = c.INNER - (CHECK + 14 if bar.right else 0)
    return wrap(bar.label, _style(bar), width, 2) or ["–"]


def _height(lines: list[str]) -> int:
    return LINE * len(lines) + 8 + BAR + GAP


def _draw_bar(canvas: c.Canvas, top: int, bar: Bar, lines: list[str], shown: ShownBars) -> None:
    left = c.MARGIN
    if bar.right:
        canvas.check(x=left + CHECK / 2, y=top + LINE / 2, size=CHECK)
        left += CHECK + 14
    for place, line in enumerate(lines):
        canvas.text(left, top + 31 + LINE * place, line, _style(bar))
    _draw_length(canvas, top + LINE * len(lines) + 8, bar, shown)


def _draw_length(canvas: c.Canvas, top: int, bar: Bar, shown: ShownBars) -> None:
    count = max(bar.count, 0)
    room = c.INNER - NUMBERS
    canvas.rounded((c.MARGIN, top, c.MARGIN + room, top + BAR), BAR / 2, p.TRACK)
    # The whole track stands for everybody, so that a bar is its share; a single answer is still seen.
    length = max(room * count / shown.answers, BAR) if count else 0
    box = (c.MARGIN, top, c.MARGIN + length, top + BAR)
    if bar.right:
        canvas.striped(box, BAR / 2, (p.GREEN, p.DEEP_GREEN))
    else:
        canvas.rounded(box, BAR / 2, p.BLUE)
    right = c.WIDTH - c.MARGIN
    percent = f" · {share(count, shown.answers)}"
    canvas.text(right, top + 29, percent, c.SMALL, "right")
    canvas.text(right - measure(percent, c.SMALL), top + 29, short(count), c.BODY_BOLD, "right")
