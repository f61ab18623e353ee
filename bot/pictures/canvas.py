"""The card that every picture is drawn on: smooth shapes, text, and the way to PNG.

All lengths are in pixels of a picture that is shown at half its size, so that it is sharp on dense screens.
"""

import io
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageColor, ImageDraw

from bot.pictures.lettering import Style, measure, wrap, write
from bot.pictures.palette import CARD, EDGE, GREEN, INK, OPAQUE, SOFT, swatches

WIDTH = 1200
MARGIN = 56
INNER = WIDTH - 2 * MARGIN
RADIUS = 36

TITLE = Style(44, INK, bold=True)
SUBTITLE = Style(28, SOFT)
BODY = Style(30, INK)
BODY_BOLD = Style(30, INK, bold=True)
SMALL = Style(26, SOFT)

_SMOOTH = 4  # shapes are drawn this much larger and scaled down, since Pillow's own edges are jagged

_ABOVE, _BELOW = 1.25, 0.5  # how far a line may reach from its baseline, in sizes of its letters

_CORNER_SHADES = 256 - OPAQUE
_EFFORT = 6  # of zlib: nine takes ten times as long and saves a twelfth of the file

Box = tuple[float, float, float, float]


class Canvas:
    """A card of a fixed size while it is being drawn."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH, height), EDGE)
        self._brush = ImageDraw.Draw(self._image)
        self.rounded((2, 2, WIDTH - 2, height - 2), RADIUS - 2, CARD)

    def rounded(self, box: Box, radius: float, colour: str) -> None:
        """Fill a box with round corners; nothing where it has no area."""
        left, top, right, bottom = (round(edge) for edge in box)
        if right <= left or bottom <= top:
            return
        radius = min(radius, (right - left) / 2, (bottom - top) / 2)
        side = math.ceil(radius)
        self._image.paste(colour, (left + side, top, max(right - side, left + side), bottom))
        self._image.paste(colour, (left, top + side, right, max(bottom - side, top + side)))
        for corner, place in _corners((left, top, right, bottom), radius):
            self._image.paste(colour, place, corner)

    def striped(self, box: Box, radius: float, colours: tuple[str, str]) -> None:
        """Fill a box with slanting stripes inside of an outline in the first colour: a second sign beside colour."""
        left, top, right, bottom = (round(edge) for edge in box)
        self.rounded(box, radius, colours[0])
        inner = (right - left - 8, bottom - top - 8)
        if min(inner) <= 0:
            return
        mask = _rounded_mask(*inner, min(radius, *(side / 2 for side in inner)))
        self._image.paste(_stripes(inner, colours), (left + 4, top + 4), mask)

    def line(self, points: Sequence[tuple[float, float]], colour: str, thickness: int) -> None:
        """Draw a smooth line through points, with round ends."""
        reach = thickness
        left, top = (int(min(point[axis] for point in points)) - reach for axis in (0, 1))
        right, bottom = (int(max(point[axis] for point in points)) + reach for axis in (0, 1))
        mask = Image.new("L", ((right - left) * _SMOOTH, (bottom - top) * _SMOOTH))
        brush = ImageDraw.Draw(mask)
        scaled = [((x - left) * _SMOOTH, (y - top) * _SMOOTH) for x, y in points]
        brush.line(scaled, 255, thickness * _SMOOTH, joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            brush.circle((x, y), thickness * _SMOOTH / 2, 255)
        self._image.paste(colour, (left, top), mask.resize((right - left, bottom - top), Image.Resampling.BOX))

    def triangle(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill a small triangle with smooth edges."""
        left, top = (int(min(point[axis] for point in points)) - 1 for axis in (0, 1))
        right, bottom = (int(max(point[axis] for point in points)) + 2 for axis in (0, 1))
        mask = Image.new("L", ((right - left) * _SMOOTH, (bottom - top) * _SMOOTH))
        ImageDraw.Draw(mask).polygon([((x - left) * _SMOOTH, (y - top) * _SMOOTH) for x, y in points], 255)
        self._image.paste(colour, (left, top), mask.resize((right - left, bottom - top), Image.Resampling.BOX))

    def check(self, *, x: float, y: float, size: float, disc: str = GREEN, tick: str = CARD) -> None:
        """Draw the check mark of a right answer, a disc with its centre at x and y."""
        half = size / 2
        self.rounded((x - half, y - half, x + half, y + half), half, disc)
        corners = ((-0.22, 0.02), (-0.06, 0.18), (0.24, -0.16))
        self.line([(x + right * size, y + down * size) for right, down in corners], tick, max(round(size / 9), 2))

    def text(
        self, x: float, baseline: float, line: str, style: Style, align: Literal["left", "centre", "right"] = "left"
    ) -> None:
        """Write a line that is already fitted, with its left end, its centre or its right end at x."""
        shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        start = round(x - shift * measure(line, style)) if shift else x
        if line.isascii():
            write(self._brush, x=start, baseline=baseline, line=line, style=style)
            return
        # Some scripts have signs of any height: each line is cut where it would reach into its neighbours'.
        top = math.floor(baseline - _ABOVE * style.size)
        row = self._image.crop((0, top, WIDTH, math.ceil(baseline + _BELOW * style.size)))
        write(ImageDraw.Draw(row), x=start, baseline=baseline - top, line=line, style=style)
        self._image.paste(row, (0, top))

    def png(self) -> bytes:
        """Give the card as PNG, its corners transparent."""
        # A palette makes the file a third as large; its last places are the edge's colour, ever less transparent.
        card = self._image.quantize(palette=swatches(), dither=Image.Dither.NONE)
        card.putpalette([*(swatches().getpalette() or [])[: 3 * OPAQUE], *ImageColor.getrgb(EDGE) * _CORNER_SHADES])
        for corner, place in _corners((0, 0, WIDTH, self.height), RADIUS):
            shades = corner.point([OPAQUE + alpha // 17 for alpha in range(256)])
            card.paste(shades, place, corner.point([255] * 255 + [0]))
        opacity = bytes([255] * OPAQUE + [17 * shade for shade in range(_CORNER_SHADES)])
        out = io.BytesIO()
        card.save(out, "PNG", compress_level=_EFFORT, transparency=opacity)
        return out.getvalue()


class Header:
    """The title and the line below it, measured before the card has its height."""

    def __init__(self, title: str, subtitle: str) -> None:
        self._title = wrap(title, TITLE, INNER, 3)
        self._subtitle = wrap(subtitle, SUBTITLE, INNER, 2)
        self.height = MARGIN + 56 * len(self._title) + 40 * len(self._subtitle) + 24

    def draw(self, canvas: Canvas) -> None:
        """Write both at the top of the card."""
        for place, line in enumerate(self._title):
            canvas.text(MARGIN, MARGIN + 40 + 56 * place, line, TITLE)
        top = MARGIN + 56 * len(self._title)
        for place, line in enumerate(self._subtitle):
            canvas.text(MARGIN, top + 32 + 40 * place, line, SUBTITLE)


@lru_cache(maxsize=32)
def _rounded_mask(width: int, height: int, radius: float) -> Image.Image:
    """Give a mask of a box with round corners."""
    mask = Image.new("L", (width, height), 255)
    for corner, place in _corners((0, 0, width, height), radius):
        mask.paste(corner, place)
    return mask


def _corners(box: tuple[int, int, int, int], radius: float) -> Iterator[tuple[Image.Image, tuple[int, int]]]:
    """Give the masks of the four corners of a box, each with its place."""
    side = math.ceil(radius)
    if side:
        left, top, right, bottom = box
        places = ((left, top), (left, bottom - side), (right - side, bottom - side), (right - side, top))
        yield from zip(_quarters(radius), places, strict=True)


# Corners alone are kept: a mask of a whole card takes more than a megabyte, and hardly two cards are of one height.
@lru_cache(maxsize=128)
def _quarters(radius: float) -> tuple[Image.Image, ...]:
    """Give the masks of the four corners, drawn large and scaled down."""
    side = math.ceil(radius)
    large = Image.new("L", (side * _SMOOTH, side * _SMOOTH), 0)
    middle = radius * _SMOOTH
    ImageDraw.Draw(large).circle((middle, middle), middle, 255)
    corner = large.resize((side, side), Image.Resampling.BOX)
    return tuple(corner.rotate(90 * turned) for turned in range(4))


@lru_cache(maxsize=32)
def _stripes(size: tuple[int, int], colours: tuple[str, str]) -> Image.Image:
    """Give a field of slanting stripes."""
    width, height = size
    large = Image.new("RGB", (width * 2, height * 2), colours[1])
    brush = ImageDraw.Draw(large)
    for start in range(-2 * height, 2 * width, 40):
        brush.line([(start, 2 * height), (start + 2 * height, 0)], colours[0], 14)
    return large.resize(size, Image.Resampling.BOX)
