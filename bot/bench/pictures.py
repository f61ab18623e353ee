"""How long each kind of picture takes beside a plain one of its size, and how much memory thousands of them take."""

import asyncio
import io
import resource
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from time import process_time

from PIL import Image, ImageDraw, ImageFont

from bot.bench.lag import Lag
from bot.bench.paired import Measured, Pair, measured
from bot.bench.progress import say
from bot.bench.sizes import Sizes
from bot.core.pictures import (
    AskedOf,
    Bar,
    BarChart,
    BoardCard,
    BoardRow,
    Estimate,
    Histogram,
    PictureSpec,
    ProgressCard,
    RecapCard,
)
from bot.pictures import fonts
from bot.pictures.cache import Pictures
from bot.pictures.draw import draw

ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрст",
    "αβγδεζηθικλμνξοπρ",
    "漢字王小明田中注意力的代价",
    "محمدعليسلا",
)
LINE = 48  # a line of text of the plain picture, in pixels
TEXT = "Twelve words or so that stand in the plain picture's every line"
STATUS = Path("/proc/self/status")
Numbers = dict[str, float | None]


def picture_vs_plain(repetitions: int, each: int = 3, seed: int = 7) -> dict[str, Measured]:
    """Every kind of picture beside a card of the same size with lines of text in one font, saved as Pillow does it."""
    rng = Random(seed)
    found = {}
    for kind, make in KINDS.items():
        say(f"pictures: {kind}")
        height = Image.open(io.BytesIO(draw(make(rng)))).height
        _plain(height)
        pairs = [
            Pair(_took(partial(draw, make(rng))), _took(partial(_plain, height))) for _ in range(repetitions * each)
        ]
        found[kind] = measured(pairs, repetitions)
    return found


def _took(work: Callable[[], bytes]) -> float:
    # Of the processor, since nothing is waited for: what else the machine does hardly shows.
    began = process_time()
    work()
    return process_time() - began


def _plain(height: int) -> bytes:
    image = Image.new("RGB", (1200, height), "#171B26")
    brush = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(fonts.FOLDER / fonts.TEXT), 30)
    for top in range(LINE, height - LINE, LINE):
        brush.text((56, top), TEXT, "#F4F6FB", font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


async def memory_growth(sizes: Sizes, seed: int = 11) -> tuple[float, Numbers]:
    """The most memory that the process ever took after all pictures, beside that after the first ones.

    None is drawn twice. They are drawn as the bot draws them: in a thread, the latest kept. Also how long the event
    loop hung meanwhile.
    """
    rng, pictures, makers = Random(seed), Pictures(), list(KINDS.values())
    first = 0.0
    async with Lag() as lag:
        for number in range(sizes.pictures):
            if number == sizes.first_pictures:
                first = peak_mb()
            if number % 1000 == 0:
                say(f"pictures: {number:,} of {sizes.pictures:,}")
            await asyncio.to_thread(pictures.draw, makers[number % len(makers)](rng))
    whole = peak_mb()
    seen: Numbers = {"peak_after_first_mb": round(first, 1), "peak_after_all_mb": round(whole, 1)}
    return round(whole / first, 3), seen | {"pictures": sizes.pictures, "event_loop_lag_p99_ms": lag.p99_ms}


def peak_mb() -> float:
    """The most memory that this process ever took."""
    if STATUS.exists():
        # `getrusage` also counts what the process was before it became this program.
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- pictures of which no two are alike -----------------------------------------------------------------------------


def _name(rng: Random, longest: int = 40) -> str:
    letters = rng.choice(ALPHABETS)
    return "".join(rng.choice(letters + " ") for _ in range(rng.randint(2, longest))).strip().title() or "A"


def _board(rng: Random) -> BoardCard:
    """Ten rows, and one's own with its neighbours."""
    rows = tuple(
        BoardRow(rank, _name(rng), 900 - 7 * rank - rng.randint(0, 6), rng.choice((3, -1, 0, None)), mine=rank == 30)
        for rank in (*range(1, 11), 29, 30, 31)
    )
    return BoardCard("This week's board", f"{_name(rng)}, week 48", rows)


def _recap(rng: Random) -> RecapCard:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    asked = tuple(AskedOf(day, _name(rng, 80), 20, rng.randint(0, 20), day == "Tue") for day in days)
    leaders = tuple(BoardRow(rank, _name(rng), 90 - rank) for rank in (1, 2, 3))
    climbers = tuple(BoardRow(rank, _name(rng), 60, rng.randint(1, 9)) for rank in (4, 5, 6))
    return RecapCard("The week from 23 November", _name(rng), asked, leaders, climbers, rng.randint(0, 9))


def _answers(rng: Random) -> BarChart:
    bars = tuple(Bar(_name(rng, 120), rng.randint(0, 40), right=place == 2) for place in range(5))
    return BarChart(_name(rng, 120), bars)


def _numbers(rng: Random) -> Histogram:
    return Histogram(_name(rng, 120), tuple(rng.gauss(5, 2) for _ in range(60)), 5.0, "M")


def _progress(rng: Random) -> ProgressCard:
    days = "".join(rng.choice("aaaaafme") if place % 7 < 5 else "." for place in range(26 * 7))
    areas = tuple(Estimate(_name(rng, 20), rng.random(), 0.2, 0.8) for _ in range(6))
    return ProgressCard(_name(rng), "12 days in a row now, 31 days at best", "2026-06-01", days, areas)


KINDS: dict[str, Callable[[Random], PictureSpec]] = {
    "board": _board,
    "recap": _recap,
    "answers": _answers,
    "numbers": _numbers,
    "progress": _progress,
}
