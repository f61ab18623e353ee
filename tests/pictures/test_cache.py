"""Pictures are drawn off the event loop, one at a time, and the latest are kept."""

import asyncio

import pytest

from bot.core.pictures import Bar, BarChart, BoardCard, BoardRow, Histogram, PictureSpec
from bot.pictures.cache import MOST_ITEMS, MOST_TEXT, Pictures
from bot.pictures.draw import draw
from tests.pictures.samples import ALL, BOARD


def chart(number: int) -> BarChart:
    return BarChart(f"Question {number}", (Bar("yes", number),))


async def drawn(pictures: Pictures, spec: PictureSpec) -> bytes:
    """Draw it as platforms do."""
    return await asyncio.to_thread(pictures.draw, spec)


async def test_a_picture_is_the_one_that_is_drawn() -> None:
    assert await drawn(Pictures(), BOARD) == draw(BOARD)


async def test_the_event_loop_goes_on_while_pictures_are_drawn() -> None:
    pictures = Pictures()
    drawing = asyncio.gather(*(drawn(pictures, spec) for spec in ALL))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 20


async def test_the_same_content_is_drawn_once() -> None:
    pictures = Pictures()
    first, second, third = await asyncio.gather(
        drawn(pictures, chart(1)), drawn(pictures, chart(1)), drawn(pictures, chart(2))
    )
    assert first is second
    assert first != third


async def test_the_least_recently_used_picture_goes_first() -> None:
    pictures = Pictures(pictures=2)
    one, two = await drawn(pictures, chart(1)), await drawn(pictures, chart(2))
    assert await drawn(pictures, chart(1)) is one
    await drawn(pictures, chart(3))
    assert await drawn(pictures, chart(1)) is one
    assert await drawn(pictures, chart(2)) is not two


async def test_kept_pictures_take_no_more_than_their_room() -> None:
    pictures = Pictures(size=1)
    one = await drawn(pictures, chart(1))
    assert await drawn(pictures, chart(1)) is one
    await drawn(pictures, chart(2))
    assert await drawn(pictures, chart(1)) is not one


@pytest.mark.parametrize(
    "spec",
    [
        BarChart("Q", (Bar("a", 1),) * (MOST_ITEMS + 1)),
        BarChart("Q", (Bar("a" * MOST_TEXT, 1),)),
        Histogram("Q", (1.0,) * (MOST_ITEMS + 1), 1),
        BoardCard("Week", "", (BoardRow(1, "a", 1),) * (MOST_ITEMS + 1)),
    ],
    ids=["bars", "text", "values", "rows"],
)
async def test_absurd_sizes_are_refused(spec: PictureSpec) -> None:
    with pytest.raises(ValueError, match="wanted at most"):
        await drawn(Pictures(), spec)


async def test_the_largest_allowed_pictures_are_drawn() -> None:
    board = BoardCard("Week", "", tuple(BoardRow(n, f"M{n}", n) for n in range(1, MOST_ITEMS + 1)))
    assert (await drawn(Pictures(), board)).startswith(b"\x89PNG")
