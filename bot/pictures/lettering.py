"""Lines of text: how wide they are, cut or wrapped to a width, and in which pieces they are drawn."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TypedDict

from PIL import ImageDraw

from bot.pictures import bidi, fonts, joining
from bot.pictures.cleaning import clean

ELLIPSIS = "…"
_ZWJ = "\u200d"


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; the size is in pixels."""

    size: int
    colour: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line in one font and one direction."""

    file: str
    text: str
    backwards: bool


def fit(text: str, style: Style, width: float) -> str:
    """Give the text as one line that is at most so wide, cut with an ellipsis where it must be."""
    return _cut(_clusters(clean(text, fonts.drawable)), style, width)


def wrap(text: str, style: Style, width: float, lines: int) -> list[str]:
    """Give the text as at most so many lines, parted between words where that can be, the last one cut."""
    rest = _clusters(clean(text, fonts.drawable))
    wrapped: list[str] = []
    while rest and len(wrapped) < lines - 1:
        taken = _line_end(rest, style, width)
        wrapped.append("".join(rest[:taken]).strip())
        rest = rest[taken:]
    return [*wrapped, _cut(rest, style, width)] if rest else wrapped


def measure(line: str, style: Style) -> float:
    """Give the width of a line in pixels."""
    return sum(_advance(piece, style.size, fonts.shapes()) for piece in _pieces(line, style.bold))


def write(brush: ImageDraw.ImageDraw, *, x: float, baseline: float, line: str, style: Style) -> None:
    """Draw a line with its left end at x."""
    for piece in _pieces(line, style.bold):
        # Only the text font comes in two weights; a thin stroke stands in for the others.
        stroke = style.size / 60 if style.bold and piece.file != fonts.TEXT_BOLD else 0
        shaped = fonts.shapes()
        face = fonts.font(piece.file, style.size, shaped)
        text, options = _prepared(piece, shaped)
        brush.text((x, baseline), text, style.colour, face, anchor="ls", stroke_width=stroke, **options)
        x += _advance(piece, style.size, shaped)


class _Options(TypedDict, total=False):
    direction: str
    features: list[str]


def _prepared(piece: Piece, shaped: bool) -> tuple[str, _Options]:
    """Give what Pillow is asked to draw; without a shaping library joining and turning around are up to us."""
    if shaped:
        return piece.text, {"direction": "rtl" if piece.backwards else "ltr", "features": ["tnum"]}
    if piece.backwards:
        return "".join(reversed(_clusters(bidi.mirror(joining.join(piece.text))))), {}
    return piece.text, {}


@lru_cache(maxsize=4096)
def _advance(piece: Piece, size: int, shaped: bool) -> float:
    text, options = _prepared(piece, shaped)
    return float(fonts.font(piece.file, size, shaped).getlength(text, **options))


@lru_cache(maxsize=1024)
def _pieces(line: str, bold: bool) -> tuple[Piece, ...]:
    japanese = fonts.is_japanese(line)
    files: list[str] = []
    for sign in line:
        follows = files and (unicodedata.category(sign)[0] == "M" or sign in "\u200c\u200d")
        stays = follows and sign in fonts.coverage(files[-1])
        files.append(files[-1] if stays else fonts.file_for(sign, bold=bold, japanese=japanese))
    runs: list[tuple[int, Piece]] = []
    for (level, file), group in groupby(zip(bidi.levels(line), files, line, strict=True), key=lambda each: each[:2]):
        runs.append((level, Piece(file, "".join(sign for _, _, sign in group), bool(level % 2))))
    return tuple(bidi.reorder(runs))


def _clusters(text: str) -> list[str]:
    """Part a text where a reader would: marks stay with their letter."""
    parted: list[str] = []
    for sign in text:
        joined = parted and (unicodedata.category(sign)[0] == "M" or sign in "\u200c\u200d" or parted[-1][-1] == _ZWJ)
        if joined:
            parted[-1] += sign
        else:
            parted.append(sign)
    return parted


def _longest(clusters: list[str], style: Style, width: float, tail: str = "") -> int:
    """Give how many clusters fit, by halving; a line does not get narrower when it gets longer."""
    low, high = 0, len(clusters)
    while low < high:
        middle = (low + high + 1) // 2
        if measure("".join(clusters[:middle]).rstrip() + tail, style) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(clusters: list[str], style: Style, width: float) -> str:
    whole = "".join(clusters).strip()
    if measure(whole, style) <= width:
        return whole
    return "".join(clusters[: _longest(clusters, style, width, ELLIPSIS)]).rstrip() + ELLIPSIS


def _line_end(clusters: list[str], style: Style, width: float) -> int:
    most = max(_longest(clusters, style, width), 1)
    if most == len(clusters):
        return most
    # A word that would leave more than half of the line empty is parted instead.
    return next((end for end in _breaks(clusters, most) if end > most // 2), most)


def _breaks(clusters: list[str], most: int) -> Iterator[int]:
    for end in range(most, 0, -1):
        wide = unicodedata.east_asian_width(clusters[end - 1][0]) == "W"
        if clusters[end] == " " or clusters[end - 1] in (" ", "-", "/") or wide:
            yield end
