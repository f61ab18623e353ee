"""Words of either direction stand inside a sentence and turn nothing but themselves."""

import pytest

from bot.core.signs import isolated


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", ""),
        ("Ana *Li* 3", "Ana *Li* 3"),
        ("Nguyễn 漢字 🎉\u200b", "Nguyễn 漢字 🎉\u200b"),
        ("אבג", "\u2068אבג\u2069"),
        ("Ana علي", "\u2068Ana علي\u2069"),
        ("٣", "\u2068٣\u2069"),
        ("אב\nAna\n", "\u2068אב\u2069\nAna\n"),
        ("א\u2069\u202eב\u2066", "\u2068אב\u2069"),
        ("א \u2067abc\u2069 ב", "\u2068א \u2067abc\u2069 ב\u2069"),
        ("é\u2066\u2067x\u2069", "é\u2067x\u2069"),
        ("Ana \u202eLi", "Ana Li"),
        ("https://e.org/אבג", "https://e.org/אבג"),
        ("https://e.org אבג", "\u2068https://e.org אבג\u2069"),
    ],
)
def test_only_words_that_run_from_right_to_left_are_isolated(typed: str, shown: str) -> None:
    assert isolated(typed) == shown
