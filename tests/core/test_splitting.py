from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import Button, Buttons, Code, Facts, Message, Quote, Text, Verbatim, message
from bot.core.splitting import split
from bot.pictures.draw import draw
from bot.platforms.local.formats import plain
from bot.platforms.local.render import render


def said(part: Message) -> str:
    return plain(render(part, draw).blocks)


def test_a_message_that_fits_is_given_back_as_it_is() -> None:
    one = message("short", Quote("x" * 3000))
    assert split(one) == (one,)


def test_long_text_is_cut_at_paragraph_ends() -> None:
    parts = split(message("\n\n".join(f"{n} " + "x" * 1500 for n in range(4))))
    assert [said(part)[0] for part in parts] == ["0", "2"]
    assert [said(part).count("\n\n") for part in parts] == [1, 1]


def test_text_without_ends_is_cut_where_it_must_be() -> None:
    parts = split(message(Quote("x" * 9000)))
    assert "".join(said(part) for part in parts).replace("\n", "") == "x" * 9000


def test_buttons_stay_with_what_stands_before_them() -> None:
    buttons = Buttons((Button("Go", "go"),))
    parts = split(message("x" * 3790, "y" * 3790, buttons))
    assert parts[-1].parts[-1] == buttons
    assert len(parts) == 2


def test_a_fence_that_is_cut_is_closed_and_opened_again() -> None:
    code = "\n".join(f"line {n}" for n in range(1000))
    parts = split(message(f"Look:\n```python\n{code}\n```\nDone."))
    blocks = [block for part in parts for block in render(part, draw).blocks]
    assert [block["type"] for block in blocks] == ["paragraph", "code", "code", "code", "paragraph"]
    assert "\n".join(block["text"] for block in blocks[1:-1]) == code
    assert {block["language"] for block in blocks[1:-1]} == {"python"}


def test_code_and_facts_are_cut_at_lines() -> None:
    code = "\n".join("    y" * 20 for _ in range(100))
    parts = split(message(Code(code, "python"), Facts(tuple((f"k{n}", "v" * 300) for n in range(20)))))
    pieces = [part for one in parts for part in one.parts]
    assert "\n".join(p.text for p in pieces if isinstance(p, Code)) == code
    assert sum(len(p.rows) for p in pieces if isinstance(p, Facts)) == 20


@given(
    st.lists(
        st.one_of(
            st.text(alphabet="ab \n*`", max_size=900),
            st.text(alphabet="ab \n", min_size=1, max_size=900).map(Quote),
            st.text(alphabet="ab \n", max_size=900).map(
                lambda words: Text((Verbatim(words), " and ", Verbatim(words)))
            ),
        ),
        max_size=8,
    )
)
def test_every_part_fits_and_no_letter_is_lost(parts: list[str | Quote | Text]) -> None:
    whole = message(*parts)
    cut = split(whole, 500)
    assert all(len(said(part)) <= 500 for part in cut)
    letters = [c for part in cut for c in said(part) if c in "ab"]
    assert letters == [c for c in said(whole) if c in "ab"]
