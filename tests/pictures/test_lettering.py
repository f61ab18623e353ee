"""Text of any origin becomes a line that fits and is safe to draw."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures import bidi, fonts, joining
from bot.pictures.cleaning import LONGEST, clean
from bot.pictures.lettering import Style, fit, measure, wrap

STYLE = Style(30, "#FFFFFF")
BOLD = Style(30, "#FFFFFF", bold=True)
TEXTS = st.text(max_size=120) | st.text("אבגدمحABC 12()[]\u202e\u200f\u0301漢🚀", max_size=60)


def cleaned(text: str) -> str:
    return clean(text, fonts.drawable)


@given(TEXTS)
def test_a_fitted_line_is_never_wider_than_asked(text: str) -> None:
    assert measure(fit(text, STYLE, 200), STYLE) <= 200


@given(TEXTS)
def test_wrapped_lines_are_never_wider_or_more_than_asked(text: str) -> None:
    lines = wrap(text, BOLD, 220, 2)
    assert len(lines) <= 2
    assert all(measure(line, BOLD) <= 220 for line in lines)


@given(TEXTS)
def test_clean_text_has_only_what_can_be_drawn(text: str) -> None:
    shown = cleaned(text)
    assert all(fonts.drawable(sign) for sign in shown)
    assert len(shown) <= LONGEST


@given(TEXTS)
def test_reordering_loses_and_adds_nothing(text: str) -> None:
    levels = bidi.levels(text)
    assert sorted(bidi.reorder(list(zip(levels, text, strict=True)))) == sorted(text)


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    name = fit("Wilhelmina " * 8, STYLE, 400)
    assert name.startswith("Wilhelmina")
    assert name.endswith("…")


def test_a_long_label_takes_two_lines_and_an_ellipsis() -> None:
    lines = wrap("a fairly long answer that goes on and on and never ends " * 9, STYLE, 600, 2)
    assert len(lines) == 2
    assert not lines[0].endswith(" ")
    assert lines[1].endswith("…")


def test_a_text_without_spaces_is_parted_where_the_line_ends() -> None:
    assert "".join(wrap("漢字" * 20, STYLE, 650, 2)) == "漢字" * 20


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ana\u200b\u202e\u2066\ufeff Li", "Ana Li"),
        (" \t a \n\n b ", "a b"),
        ("𝓕𝓪𝓷𝓬𝔂 🇩🇪", "Fancy DE"),
        ("👩🏽‍💻 dev", "👩 dev"),
        ("1️⃣", "1"),
        ("ᚠᚢᚦ x", "••• x"),
        ("\u3164\u2800\u115f", ""),
        ("\ud800\udfff\x00", ""),
        ("Z̸̧̡͓a̶͉͎̅ e\u0301\u0302\u0303", "Za é\u0302"),
        ("Nguyễn", "Nguyễn"),
        ("ก" + "\u0e47" * 39 + "ที่", "ก\u0e47\u0e47\u0e47ที่"),
        ("ب" + "\u064b\u064c\u2060\u064d\ufe0f\u064e" * 9, "ب\u064b\u064c\u064d"),
        ("مُحَمَّدٌ שָׁלוֹם", "مُحَمَّدٌ שָׁלוֹם"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_is_cleaned(typed: str, shown: str) -> None:
    assert cleaned(typed) == unicodedata.normalize("NFC", shown)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("abc אבג 12", "abc 12 גבא"),
        ("אבג (Momo) 42", "42 )Momo( גבא"),
        ("אבג 1,234.5 x", "x 1,234.5 גבא"),
        ("x (אב) y", "x (בא) y"),
        ("אב!", "!בא"),
        ("", ""),
    ],
)
def test_lines_of_both_directions_are_put_in_drawing_order(typed: str, shown: str) -> None:
    signs = list(zip(bidi.levels(typed), typed, strict=True))
    assert "".join(bidi.reorder(signs)) == shown


@pytest.mark.parametrize(
    ("typed", "joined"),
    [
        ("محمد", "\ufee3\ufea4\ufee4\ufeaa"),
        ("دار", "\ufea9\ufe8d\ufead"),
        ("سلام", "\ufeb3\ufefc\ufee1"),
        ("عَلي", "\ufecb\u064e\ufee0\ufef2"),
        ("abc", "abc"),
        ("", ""),
    ],
)
def test_arabic_letters_are_joined_without_a_shaping_library(typed: str, joined: str) -> None:
    assert joining.join(typed) == joined


@pytest.mark.parametrize("text", ["Añß", "Жя", "Ωώ", "中國", "あ桜", "한글", "ابپ", "אב", "हिन्दी", "ไทย", "🚀", "አማ"])
def test_our_fonts_have_the_scripts_of_our_members(text: str) -> None:
    for sign in text:
        file = fonts.file_for(sign, bold=False, japanese=fonts.is_japanese(text))
        assert sign in fonts.coverage(file)
        font = fonts.font(file, 30, False)
        assert bytes(font.getmask(sign)) != bytes(font.getmask("\U000e0fff"))


def test_japanese_text_has_japanese_forms_of_chinese_characters() -> None:
    assert fonts.file_for("直", bold=False, japanese=True) == fonts.JAPANESE
    assert fonts.file_for("直", bold=False, japanese=False) != fonts.JAPANESE


def test_the_fonts_are_small_and_have_their_licence_beside_them() -> None:
    files = {path.name: path.stat().st_size for path in fonts.FOLDER.iterdir()}
    assert sum(files.values()) < 6_000_000
    assert {"OFL.txt", "README.md", fonts.TEXT, fonts.TEXT_BOLD, *fonts.OTHERS} == set(files)
