"""Draws pictures one at a time, and keeps the latest: the same board is often asked for many times."""

import hashlib
from collections import OrderedDict
from functools import cache
from threading import Lock

from bot.core.pictures import BarChart, BoardCard, Histogram, PictureSpec, ProgressCard, RecapCard
from bot.pictures.draw import draw

PICTURES = 128
BYTES = 16 * 1024 * 1024

# Ours: far beyond any group, and still drawn in well under a second.
MOST_ITEMS = 20_000
MOST_TEXT = 2_000_000


class Pictures:
    """Draws on demand, one picture at a time; platforms call it in threads, so that the event loop goes on."""

    def __init__(self, *, pictures: int = PICTURES, size: int = BYTES) -> None:
        self._most, self._most_bytes = pictures, size
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        # One at a time: what a picture takes while it is drawn is taken once, and answering needs the other core.
        self._turn = Lock()

    def draw(self, spec: PictureSpec) -> bytes:
        """Give the picture as PNG, drawn or kept; raise ValueError where there is absurdly much to draw."""
        check_size(spec)
        key = _key(spec)
        with self._turn:
            if key not in self._kept:
                self._keep(key, draw(spec))
            self._kept.move_to_end(key)
            return self._kept[key]

    def _keep(self, key: str, picture: bytes) -> None:
        self._kept[key] = picture
        self._bytes += len(picture)
        # The newest always stays, since it is about to be handed out.
        while len(self._kept) > 1 and (len(self._kept) > self._most or self._bytes > self._most_bytes):
            self._bytes -= len(self._kept.popitem(last=False)[1])


@cache
def pictures() -> Pictures:
    """Those of this process, for all of its platforms."""
    return Pictures()


def check_size(spec: PictureSpec) -> None:
    """Raise ValueError for more bars, values, rows or text than any group can have made."""
    items, text = _amount(spec)
    if items > MOST_ITEMS:
        raise ValueError(f"{items} items to draw, wanted at most {MOST_ITEMS}")
    if text > MOST_TEXT:
        raise ValueError(f"{text} characters to draw, wanted at most {MOST_TEXT}")


def _amount(spec: PictureSpec) -> tuple[int, int]:
    match spec:
        case BarChart():
            return len(spec.bars), len(spec.title) + sum(len(bar.label) for bar in spec.bars)
        case Histogram():
            return len(spec.values), len(spec.title) + len(spec.unit)
        case BoardCard():
            return len(spec.rows), len(spec.title) + len(spec.subtitle) + sum(len(row.name) for row in spec.rows)
        case ProgressCard():
            text = len(spec.title) + len(spec.subtitle) + sum(len(one.label) for one in spec.areas)
            return len(spec.days) + len(spec.areas), text
        case RecapCard():
            named = (*(one.title for one in spec.asked), *(row.name for row in (*spec.leaders, *spec.climbers)))
            return len(named), len(spec.title) + len(spec.subtitle) + sum(map(len, named))


def _key(spec: PictureSpec) -> str:
    return hashlib.sha256(repr(spec).encode("utf-8", "surrogatepass")).hexdigest()
