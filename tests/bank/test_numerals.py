"""Numbers are read the way people write them, and only numbers are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.numerals import leading_number, read_numeral

READ = [
    *(("0.083", 0.083), (".5", 0.5), (",5", 0.5), ("12.", 12), ("12,", 12), ("007", 7), ("-5", -5), ("- 5", -5)),
    *(("8.3%", 8.3), ("8.3 %", 8.3), ("8.3 percent", 8.3), ("12 GiB", 12), ("≈ 12", 12), ("~12", 12), ("$5", 5)),
    *(("**12**", 12), ("answer *12*", 12), ("(12)", 12), ("12x faster", 12), ("5/s", 5), ("12 GiB/s", 12), ("3rd", 3)),
    *(
        ("log loss 0.3", 0.3),
        ("log odds -1.2", -1.2),
        ("1.11 log-odds", 1.11),
        ("ln(x) = 0.69", 0.69),
        ("z -1.96", -1.96),
    ),
    *(("k = 5", 5), ("n=-5", -5), ("1.5h", 1.5), ("12 e-mails", 12), ("top-5", 5), ("12-fold", 12), ("10 logits", 10)),
    *(("about 12 tokens", 12), ("x = 12", 12), ("F1 is 0.5", 0.5), ("it's 3", 3), ("p99: 40 ms", 40)),
    *(("1e-3", 0.001), ("3e5", 300_000), ("1.2E+3", 1_200), ("10^-3", 0.001), ("10⁻³", 0.001), ("2^10", 1024)),
    *(("1.2×10^6", 1.2e6), ("1.2 x 10⁶", 1.2e6), ("1.2*10^(6)", 1.2e6), ("1,5·10^2", 150)),
    *(("½", 0.5), ("1½", 1.5), ("2 ¾", 2.75), ("1/12", 1 / 12), ("-1/2", -0.5), ("1 1/2", 1.5), ("1 ⁄ 4", 0.25)),
    *(
        ("1,5", 1.5),
        ("0,083", 0.083),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("1'234.5", 1234.5),
    ),
    *(("1,234,567", 1_234_567), ("1.234.567", 1_234_567), ("12,34,567", 1_234_567), ("1 000 000", 1e6), ("1_000", 1e3)),
    *(("1\u00a0234,5", 1234.5), ("1\u202f234", 1234), ("1\u2009234", 1234)),
    *(("−5", -5), ("–5", -5), ("８.３", 8.3), ("８．３％", 8.3), ("٨٫٣", 8.3), ("٨٫٣٪", 8.3), ("१२", 12)),
    *(("0.69 log loss", 0.69), ("1.2 log odds", 1.2)),
    *(("\u200f12\u200f", 12), ("1\u200b2", 12), ("\u202a8.3\u202c", 8.3), ("\ufeff7", 7)),
]
NOT_ONE_NUMBER = [
    *(
        "",
        "abc",
        "twelve",
        "%",
        "-",
        ".",
        ",",
        "5 or 6",
        "10-12",
        "1/0",
        "0/0",
        "1/2/3",
        "1.2.3",
        "1,2,3",
        "12:30",
        "1 12",
    ),
    *("9" * 400, "1e999", "10^999", "1e5/2", "F1", "٫", "½½", "1,23,4", "1.234.5,6", "1,234,5"),
]
TERMS = [
    *("ln(4096)", "log2(8)", "log_2(8)", "log₂(8)", "log2 8", "ln 4096", "sqrt(2)", "√2", "√(2)", "exp(-3)", "C(5,2)"),
    *("6h30", "1h30m", "5x3", "5C2", "0x10", "1e5000", "2e", "2π", "2 pi", "3!", "2^n", "2**n", "2^0.5", "10^3.5"),
    *("1/e", "1/√n", "1/sqrt(n)", "1-p", "2*pi", "5·e", "3 ln(n)", "2 log n", "n/2", "e^3", "e^-2", "e-5", "n * 5"),
    *("x - 5", "k + 1", "-(5)", "-$5", "-ln(2)"),
]


@pytest.mark.parametrize(("text", "number"), READ)
def test_a_number_is_read(text: str, number: float) -> None:
    found = read_numeral(text)
    assert found is not None
    assert found.values[0] == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("text", NOT_ONE_NUMBER + TERMS)
def test_what_is_not_one_finite_number_is_not_read(text: str) -> None:
    assert read_numeral(text) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [("1,234", (1234, 1.234)), ("12k", (12, 12_000)), ("3M", (3, 3e6)), ("0,234", (0.234,)), ("1.234", (1.234,))],
)
def test_a_number_that_may_mean_two_things_has_both_readings(text: str, values: tuple[float, ...]) -> None:
    found = read_numeral(text)
    assert found is not None
    assert found.values == values


@pytest.mark.parametrize(
    ("text", "unit"),
    [("8.3%", "%"), ("8.3 Percent", "percent"), ("12GiB", "gib"), ("40 ms", "ms"), ("5", ""), ("5 µs", "μs")],
)
def test_the_word_behind_a_number_is_its_unit(text: str, unit: str) -> None:
    found = read_numeral(text)
    assert found is not None
    assert found.unit == unit


@pytest.mark.parametrize(
    ("text", "number"), [("8 GB", 8), ("≈ 2 TB", 2), ("about 5", 5), ("-3", -3), ("64k tokens", 64_000), ("10^3", 1000)]
)
def test_an_option_may_begin_with_a_number(text: str, number: float) -> None:
    assert leading_number(text) == number


@pytest.mark.parametrize("text", ["none", "by 8 GB", "F1", "", "Adam with rate 0.1"])
def test_an_option_of_words_begins_with_none(text: str) -> None:
    assert leading_number(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read_numeral(text)
    assert found is None or found.values


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_what_python_prints_is_read_back(number: float) -> None:
    found = read_numeral(repr(number))
    assert found is not None
    assert found.values[0] == pytest.approx(number, rel=1e-12)
