"""The colours of every picture, and the palette of its file: each colour, and the shades between the ones that meet.

A palette that is known beforehand costs nothing to find; finding one for each picture took more time than drawing it.
"""

from functools import cache

from PIL import Image, ImageColor

# An opaque dark card with a light edge stands out on white and on dark chats. Each ink has a contrast of 4.5 or more
# on the card and on the highlight; a test computes it.
CARD = "#171B26"
EDGE = "#3A4257"
HIGHLIGHT = "#263152"
TRACK = "#2A3040"
HIGHLIGHT_TRACK = "#3B4979"
GRID = "#343B4D"
INK = "#F4F6FB"
SOFT = "#AEB7CA"
BLUE = "#7AA2FF"
GREEN = "#4FD89A"
DEEP_GREEN = "#1F8A5C"
RED = "#FF9C8F"
GOLD, SILVER, BRONZE = "#F5C451", "#C9D1DE", "#E0A070"

OPAQUE = 240
"""So many places of a palette are colours; the last sixteen are the shades of the corners, ever less transparent."""

_FLAT = (CARD, EDGE, HIGHLIGHT, TRACK, HIGHLIGHT_TRACK, GRID)
_INKS = (INK, SOFT, BLUE, GREEN, DEEP_GREEN, RED, GOLD, SILVER, BRONZE)
# Which colours meet at smooth edges, and in how many steps one becomes the other: text takes about one for every
# sixteen shades, which nobody sees; the ends of bars take fewer.
_MEET = {
    CARD: {INK: 15, SOFT: 12, GREEN: 12, RED: 12, BLUE: 11, GOLD: 11, SILVER: 10, BRONZE: 10, DEEP_GREEN: 5, EDGE: 2},
    HIGHLIGHT: {INK: 13, SOFT: 9, GREEN: 9, RED: 9, BLUE: 7, GOLD: 6, SILVER: 6, BRONZE: 5, CARD: 1},
    TRACK: {BLUE: 6, GREEN: 6, RED: 5, GOLD: 6, SILVER: 5, BRONZE: 5, DEEP_GREEN: 3},
    HIGHLIGHT_TRACK: {BLUE: 4, GOLD: 5, SILVER: 4, BRONZE: 4, CARD: 2},
    GREEN: {DEEP_GREEN: 5},
}


@cache
def swatches() -> Image.Image:
    """Give an image whose palette has every colour, for `Image.quantize`."""
    shades = [_parts(colour) for colour in (*_FLAT, *_INKS)]
    for ground, inks in _MEET.items():
        for ink, steps in inks.items():
            shades += [_between(ground, ink, step / (steps + 1)) for step in range(1, steps + 1)]
    shades += [shades[0]] * (OPAQUE - len(shades))
    image = Image.new("P", (1, 1))
    image.putpalette([part for shade in shades for part in shade])
    return image


def _between(one: str, other: str, share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))


def _parts(colour: str) -> tuple[int, ...]:
    return ImageColor.getrgb(colour)[:3]
