"""The bundled fonts: which of them has which sign, and each at the size that is wanted."""

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from PIL import ImageFont, features

FOLDER = Path(__file__).parent / "fonts"
TEXT = "Inter-Regular.otf"
TEXT_BOLD = "Inter-SemiBold.otf"
JAPANESE = "NotoSansCJKjp-Regular.otf"
# In the order in which they are asked; the big ones come last.
OTHERS = (
    *(f"NotoSans{script}-Regular.ttf" for script in ("ArabicUI", "Hebrew", "Armenian", "Georgian", "Ethiopic")),
    *(f"NotoSans{script}UI-Regular.ttf" for script in ("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya")),
    *(f"NotoSans{script}UI-Regular.ttf" for script in ("Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala")),
    *(f"NotoSans{script}UI-Regular.ttf" for script in ("Thai", "Lao", "Myanmar", "Khmer")),
    "NotoSansCJKsc-Regular.otf",
    JAPANESE,
    "NotoEmoji-Regular.ttf",
)

_KANA_FIRST, _KANA_LAST = "\u3041", "\u30ff"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The signs that a font can draw, as ranges in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, sign: str) -> bool:
        place = bisect_right(self.starts, ord(sign)) - 1
        return place >= 0 and ord(sign) <= self.ends[place]


@cache
def coverage(file: str) -> Coverage:
    """Read which signs a font has from its `cmap` (OpenType 1.9, formats 4 and 12, the only ones in our files)."""
    data = (FOLDER / file).read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    tables = {data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    cmap = tables[b"cmap"]
    subtables = struct.unpack_from(">H", data, cmap + 2)[0]
    offsets = [cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * each)[0] for each in range(subtables)]
    by_format = {struct.unpack_from(">H", data, offset)[0]: offset for offset in offsets}
    ranges = _ranges_12(data, by_format[12]) if 12 in by_format else _ranges_4(data, by_format[4])
    return Coverage(tuple(first for first, _ in ranges), tuple(last for _, last in ranges))


def _ranges_12(data: bytes, at: int) -> list[tuple[int, int]]:
    groups = struct.unpack_from(">I", data, at + 12)[0]
    return [struct.unpack_from(">II", data, at + 16 + 12 * group) for group in range(groups)]


def _ranges_4(data: bytes, at: int) -> list[tuple[int, int]]:
    segments = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", data, at + 14)
    starts = struct.unpack_from(f">{segments}H", data, at + 16 + 2 * segments)
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF]


def drawable(sign: str) -> bool:
    """Tell whether any of our fonts has the sign."""
    return any(sign in coverage(file) for file in (TEXT, *OTHERS))


def file_for(sign: str, *, bold: bool, japanese: bool) -> str:
    """Choose the font for a sign that is drawable."""
    text = TEXT_BOLD if bold else TEXT
    first = (text, JAPANESE) if japanese else (text,)
    return next((file for file in chain(first, OTHERS) if sign in coverage(file)), text)


def is_japanese(text: str) -> bool:
    """Tell a text with kana: its Chinese characters have Japanese forms."""
    return any(_KANA_FIRST <= sign <= _KANA_LAST for sign in text)


def shapes() -> bool:
    """Tell whether Pillow shapes and joins letters here: it needs Raqm, and on most systems the FriBiDi library."""
    return bool(features.check("raqm") and features.check("fribidi"))


@cache
def font(file: str, size: int, shaped: bool) -> ImageFont.FreeTypeFont:
    """Open a bundled font at a size in pixels."""
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(FOLDER / file), size, layout_engine=engine)
