"""Every kind of picture is drawn, whatever is in it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageColor, features

from bot.core.pictures import Bar, BarChart, BoardCard, BoardRow, PictureSpec, ProgressCard
from bot.pictures import board, canvas, palette, progress
from bot.pictures.draw import draw
from tests.pictures.samples import ALL, BARS, BOARD, HISTOGRAM, opened

KILOBYTE = 1024
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: f"{type(spec).__name__}-{spec.title[:12]!a}")
def test_every_picture_is_a_small_png_of_the_right_width(spec: PictureSpec) -> None:
    png = draw(spec)
    assert png.startswith(b"\x89PNG")
    assert len(png) < 80 * KILOBYTE
    assert opened(png).width == 1200
    assert opened(png).height < 2200


@pytest.mark.parametrize("spec", [BARS, HISTOGRAM, BOARD], ids=lambda spec: type(spec).__name__)
def test_the_same_specification_gives_the_same_bytes(spec: PictureSpec) -> None:
    assert draw(spec) == draw(replace(spec))


def test_another_process_draws_the_same_bytes() -> None:
    program = "import hashlib; from tests.pictures.samples import BOARD; from bot.pictures.draw import draw; "
    program += "print(hashlib.sha256(draw(BOARD)).hexdigest())"
    assert _printed(program) == _printed(program)


def test_pillow_is_loaded_with_the_first_picture_only() -> None:
    program = "import sys, bot.pictures.cache, bot.pictures.draw, bot.pictures.describe; print('PIL' in sys.modules)"
    assert _printed(program) == "False\n"


def _printed(program: str) -> str:
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=ROOT)
    return run.stdout


@pytest.mark.parametrize("spec", [BARS, HISTOGRAM, BOARD], ids=lambda spec: type(spec).__name__)
def test_the_card_is_opaque_but_for_its_corners(spec: PictureSpec) -> None:
    opacity = opened(draw(spec)).getchannel("A")
    width, height = opacity.size
    assert opacity.getpixel((0, 0)) == opacity.getpixel((width - 1, height - 1)) == 0
    assert opacity.crop((0, 40, width, height - 40)).getextrema() == (255, 255)


@pytest.mark.parametrize("name", ["ก" + "\u0e47" * 39, "ب" + "\u064b\u064c\u064d\u064e" * 9], ids=["Thai", "Arabic"])
def test_a_name_stays_in_its_row(name: str) -> None:
    def image(named: str) -> Image.Image:
        return opened(draw(BoardCard("Week", "", tuple(BoardRow(n, named if n == 2 else "Ana", 9) for n in (1, 2, 3)))))

    changed = ImageChops.difference(image("").convert("RGB"), image(name).convert("RGB")).getbbox()
    assert changed is not None
    top = canvas.Header("Week", "").height + board.ROW
    assert top <= changed[1] < changed[3] <= top + board.ROW


@pytest.mark.parametrize("sign", ["\u0e47", "\u064e"], ids=["Thai", "Arabic"])
def test_a_line_is_cut_where_it_would_reach_into_another(sign: str) -> None:
    card = canvas.Canvas(400)
    clear = opened(card.png())
    card.text(200, 200, "ก" + sign * 60, canvas.BODY)
    changed = ImageChops.difference(clear.convert("RGB"), opened(card.png()).convert("RGB")).getbbox()
    assert changed is not None
    assert changed[1] >= 200 - 1.3 * canvas.BODY.size


def test_ones_own_row_stands_out() -> None:
    rows = tuple(BoardRow(rank, f"Member {rank}", 100 - rank) for rank in range(1, 5))
    plain = BoardCard("Week", "", rows)
    mine = replace(plain, rows=(*rows[:2], replace(rows[2], mine=True), rows[3]))
    changed = ImageChops.difference(opened(draw(plain)).convert("RGB"), opened(draw(mine)).convert("RGB"))
    box = changed.point([255 * (value > 40) for value in range(256)] * 3).getbbox()
    assert box is not None
    assert box[0] < canvas.MARGIN
    assert box[2] > canvas.WIDTH - canvas.MARGIN
    assert 70 < box[3] - box[1] < 95


def test_the_right_bar_differs_in_pattern_and_not_in_colour_alone() -> None:
    spec = BarChart("Q", (Bar("one", 5), Bar("two", 5, right=True)))
    picture = opened(draw(spec)).convert("L")
    # A line through the middle of each bar: the wrong one is plain, the right one is striped.
    shades = {len(set(_row(picture, y)[90:400])) for y in range(130, picture.height - 40)}
    greys = [sorted(_row(picture, y)[90:400]) for y in range(130, picture.height - 40)]
    assert 1 in shades
    assert max(row[-20] - row[20] for row in greys) > 50


def _row(picture: Image.Image, y: int) -> list[int]:
    return list(picture.crop((0, y, picture.width, y + 1)).tobytes())


@pytest.mark.parametrize("spec", [BARS, BOARD], ids=lambda spec: type(spec).__name__)
def test_nothing_is_drawn_beyond_the_edges(spec: PictureSpec) -> None:
    picture = opened(draw(spec)).convert("RGB")
    strip = picture.crop((6, 60, 30, picture.height - 60))
    assert strip.getcolors() == [(strip.width * strip.height, ImageColor.getrgb(palette.CARD))]


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: f"{type(spec).__name__}-{spec.title[:12]!a}")
def test_the_palette_has_every_colour_that_is_drawn(spec: PictureSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Image.Image] = []
    save = canvas.Canvas.png

    def spied(card: canvas.Canvas) -> bytes:
        drawn.append(card._image.copy())
        return save(card)

    monkeypatch.setattr(canvas.Canvas, "png", spied)
    written, exact = opened(draw(spec)).convert("RGB"), drawn[0]
    inside = (40, 40, canvas.WIDTH - 40, exact.height - 40)  # without the corners, which are transparent
    parts = ImageChops.difference(written.crop(inside), exact.crop(inside)).split()
    furthest = max(int(part.getextrema()[1]) for part in parts)  # type: ignore[arg-type]
    assert furthest <= 16  # of 255: far less than anybody sees at an edge


def test_every_sort_of_day_has_a_shape_of_its_own_and_not_a_colour_alone() -> None:
    shapes = set()
    for mark in "afmeo.":
        picture = opened(draw(ProgressCard("Days", "", "2026-11-23", mark, ()))).convert("RGB")
        top = progress.MONTHS + 136  # below the title, which is one line
        cell = picture.crop((progress.LEFT, top, progress.LEFT + progress.CELL, top + progress.CELL))
        ground = Image.new("RGB", cell.size, palette.CARD)
        shapes.add(ImageChops.difference(cell, ground).convert("L").point([0] + [255] * 255).tobytes())
    assert len(shapes) == 6


def test_the_palette_has_room_for_its_colours_and_the_corners() -> None:
    colours = palette.swatches().getpalette()
    assert colours is not None
    assert len(colours) == 3 * palette.OPAQUE


@pytest.mark.parametrize("ground", [palette.CARD, palette.HIGHLIGHT])
@pytest.mark.parametrize("ink", [palette.INK, palette.SOFT, palette.GREEN, palette.RED])
def test_every_ink_has_enough_contrast(ink: str, ground: str) -> None:
    assert _contrast(ink, ground) >= 4.5


@pytest.mark.parametrize("ground", [palette.GREEN, palette.RED, palette.GOLD, palette.SILVER, palette.BRONZE])
def test_dark_ink_has_enough_contrast_on_pills_and_medals(ground: str) -> None:
    assert _contrast(palette.CARD, ground) >= 4.5


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in ImageColor.getrgb(colour)[:3]]
    linear = [((part + 0.055) / 1.055) ** 2.4 if part > 0.04045 else part / 12.92 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_without_a_shaping_library_the_same_card_is_drawn_a_little_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    shaped = draw(BOARD)
    monkeypatch.setattr(features, "check", lambda _: False)
    plain = draw(BOARD)
    assert opened(plain).size == opened(shaped).size
    assert plain != shaped
