"""Draws a leaderboard as a card."""

from bot.core.pictures import BoardCard, BoardRow
from bot.pictures import canvas as c
from bot.pictures import palette as p
from bot.pictures.lettering import Style, fit, measure
from bot.pictures.selection import ShownRow, short, shown_rows, tells_change

ROW = 88
GAP = 36
RANK = 96  # the column of the ranks
CHANGE = 144
MOST_POINTS = 9_999_999  # written out up to here, since people compare them
MEDALS = {1: p.GOLD, 2: p.SILVER, 3: p.BRONZE}
POINTS = Style(32, p.INK, bold=True)
RANKED = Style(28, p.SOFT, bold=True)
MEDAL = Style(28, p.CARD, bold=True)


def draw(card: BoardCard) -> bytes:
    """Give the card as PNG."""
    rows = shown_rows(card)
    more = len(card.rows) - len(rows)
    header = c.Header(card.title, card.subtitle)
    body = ROW * len(rows) + GAP * sum(row.after_gap for row in rows)
    note = f"+{more:,} more" if more else "" if rows else "Nobody is on this board yet."
    canvas = c.Canvas(header.height + body + (56 if note else 0) + c.MARGIN - 16)
    header.draw(canvas)
    columns = _Columns(card, rows)
    top = header.height
    for row in rows:
        if row.after_gap:
            _draw_gap(canvas, top)
            top += GAP
        columns.draw(canvas, top, row.row)
        top += ROW
    canvas.text(c.MARGIN, top + 40, note, c.SMALL if rows else c.BODY)
    return canvas.png()


class _Columns:
    """Where the parts of every row stand, which depends on the widest of them."""

    def __init__(self, card: BoardCard, rows: tuple[ShownRow, ...]) -> None:
        widest = max((measure(short(row.row.points, MOST_POINTS), POINTS) for row in rows), default=0.0)
        self._changes = tells_change(card)
        self._most = max((row.row.points for row in rows), default=0)
        self._left = c.MARGIN + RANK
        self._change = c.WIDTH - c.MARGIN - 24 - widest - 40
        self._right = self._change - (CHANGE if self._changes else 0)

    def draw(self, canvas: c.Canvas, top: int, row: BoardRow) -> None:
        """Draw one row."""
        if row.mine:
            box = (c.MARGIN - 20, top + 2, c.WIDTH - c.MARGIN + 20, top + ROW - 2)
            canvas.rounded(box, 20, p.BLUE)
            canvas.rounded((box[0] + 3, box[1] + 3, box[2] - 3, box[3] - 3), 17, p.HIGHLIGHT)
        draw_rank(canvas, c.MARGIN + 32, top + ROW / 2, row.rank)
        self._draw_name(canvas, top, row)
        if self._changes:
            draw_change(canvas, self._change, top + 54, row.change)
        canvas.text(c.WIDTH - c.MARGIN - 16, top + 56, short(row.points, MOST_POINTS), POINTS, "right")

    def _draw_name(self, canvas: c.Canvas, top: int, row: BoardRow) -> None:
        style = c.BODY_BOLD if row.mine else c.BODY
        room = self._right - self._left
        canvas.text(self._left, top + 42, fit(row.name, style, room) or "(no name)", style)
        bar = (self._left, top + 60, self._right, top + 70)
        canvas.rounded(bar, 5, p.HIGHLIGHT_TRACK if row.mine else p.TRACK)
        share = max(row.points, 0) / self._most if self._most > 0 else 0
        length = max(room * share, 10) if share else 0
        canvas.rounded((bar[0], bar[1], bar[0] + length, bar[3]), 5, MEDALS.get(row.rank, p.BLUE))


def draw_rank(canvas: c.Canvas, x: float, y: float, rank: int) -> None:
    """Draw a rank around a middle, the first three as medals."""
    if rank in MEDALS:
        canvas.rounded((x - 27, y - 27, x + 27, y + 27), 27, MEDALS[rank])
    canvas.text(x, y + 10, short(rank), MEDAL if rank in MEDALS else RANKED, "centre")


def draw_change(canvas: c.Canvas, right: float, baseline: float, change: int | None) -> None:
    """Draw how many ranks somebody climbed or fell, its right end at `right`."""
    if not change:
        canvas.text(right, baseline, "new" if change is None else "–", c.SMALL, "right")
        return
    colour = p.GREEN if change > 0 else p.RED
    style = Style(26, colour, bold=True)
    label = short(abs(change))
    canvas.text(right, baseline, label, style, "right")
    left = right - measure(label, style) - 30
    base, tip = (baseline - 1, baseline - 18) if change > 0 else (baseline - 18, baseline - 1)
    canvas.triangle(((left, base), (left + 22, base), (left + 11, tip)), colour)


def _draw_gap(canvas: c.Canvas, top: int) -> None:
    for place in range(3):
        x, y = c.MARGIN + 32, top + GAP / 2 - 13 + 13 * place
        canvas.rounded((x - 4, y - 4, x + 4, y + 4), 4, p.SOFT)
