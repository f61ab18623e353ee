"""Names as others see them, whatever somebody calls themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.members.store import shown_name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "\u3164",
        "\u2800 \u115f\u1160",
        "\u034f",
        "\uffa0",
        "\u00ad",
        "\u0301\u0302",
        "\ue000",
        "\U000e0100",
        "\ufff0",
    ],
)
def test_a_name_that_nobody_sees_is_somebody(name: str) -> None:
    assert shown_name(name) == "somebody"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("ที่รัก", "ที่รัก"),
        ("مُحَمَّد", "مُحَمَّد"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("🫨", "🫨"),
        ("w.w.w", "w.w.w"),
        ("Ana\u3164\u3164\u3164Li", "Ana Li"),
        ("ก" + "\u0e47" * 100, "ก\u0e47\u0e47\u0e47"),
        ("e\u0301\u200b\u0301\u2060\u0301\u0301 x", "e\u0301\u0301\u0301 x"),
        ("https://evil.example", "https: //evil.example"),
        ("h:\u200b//x WWW.evil.example", "h: //x WWW. evil.example"),
    ],
)
def test_a_name_is_seen_links_nothing_and_stays_in_its_line(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@given(st.text(max_size=120) | st.text(":/w. \u3164\u0e47\u200b\u2800", max_size=120))
def test_a_shown_name_shows_as_itself(name: str) -> None:
    shown = shown_name(name)
    assert shown_name(shown) == shown
    assert 0 < len(shown) <= 100
    assert "://" not in shown
