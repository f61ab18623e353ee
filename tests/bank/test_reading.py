"""Text stays text, nothing is lost silently, and every key knows its line."""

import math

import pytest

from bot.bank.reading import MAX_BYTES, Document, ReadingError, read_document


def read(text: str) -> Document:
    return read_document(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "no",
            "on",
            "yes",
            "off",
            "Yes",
            "True",
            "y",
            "12:30",
            "010",
            "0x10",
            "0o7",
            "1_000",
            "2026-01-02",
            "=",
            "<<",
        ),
        *("1e-3", "1.0e3", "Null", "1.2.3", "+-1", "nan", "2026-01-02 03:04:05"),
    ],
)
def test_a_bare_scalar_stays_text(text: str) -> None:
    assert read(f"a: {text}").value == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("true", True), ("false", False), ("null", None), ("~", None), ("", None)),
        *(("0", 0), ("-12", -12), ("+3", 3), ("2026", 2026)),
        *(("1.5", 1.5), (".5", 0.5), ("1.0e-3", 0.001), ("-2.5e+3", -2500.0), (".inf", math.inf), ("-.inf", -math.inf)),
    ],
)
def test_a_plain_number_or_truth_is_one(text: str, value: object) -> None:
    found = read(f"a: {text}").value["a"]
    assert (found, type(found)) == (value, type(value))


def test_nan_is_read() -> None:
    assert str(read("a: .nan").value["a"]) == "nan"


@pytest.mark.parametrize("text", ['"1"', "'1'", '"no"', '"1.5"', '"null"'])
def test_a_quoted_scalar_is_text(text: str) -> None:
    assert read(f"a: {text}").value == {"a": text[1:-1]}


def test_a_block_keeps_its_lines() -> None:
    assert read("a: |\n  one\n  12\n").value == {"a": "one\n12\n"}


def test_keys_may_be_numbers() -> None:
    assert read('anchors: {1: "a", 2: "b"}').value == {"anchors": {1: "a", 2: "b"}}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3", 3, "`a` is given twice (first in line 1)"),
        ("a:\n  b: 1\n  b: 2", 3, "`b` is given twice (first in line 2)"),
        ("a:\n  1: b\n  1.0: c", 3, "`1.0` is given twice (first in line 2)"),
        ("a:\n  1: b\n  true: c", 3, "`true` is given twice (first in line 2)"),
        ("a: 1\n\tb: 2", 2, "a tab"),
        ("a: &x 1\nb: *x", 2, "an alias (`*name`)"),
        ("a: !!python/name:os.system 1", 1, "a tag (tag:yaml.org,2002:python/name:os.system)"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("- 1\n- 2", 1, "the file is not a mapping"),
        ("", 1, "the file is empty"),
        ("# nothing\n", 1, "the file is empty"),
        ("? [a, b]\n: 1", 1, "a key that is not text"),
        ('a: 1\nb: "\\0"', 2, "a character that no database keeps"),
        ("a: " + "[" * 40 + "]" * 40, 1, "nested more than 24 deep"),
        ("a: " + "[" * 100_000, 1, "nested more than 24 deep"),
        ("a:\n" + "- " * 50_000 + "1", 2, "nested more than 24 deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read(text)
    assert (refused.value.line, refused.value.what) == (line, what)
    assert refused.value.mend


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", 'a: "open', "a: @b", "a: %b", "a: `b`", "\x01: 2"])
def test_what_is_not_yaml_is_refused_with_a_way_to_mend_it(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read(text)
    assert refused.value.mend


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    laughs = 'a: &a ["lol"]\n' + "".join(
        f"{b}: &{b} [*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(ReadingError, match="an alias"):
        read(laughs)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(ReadingError, match="more than 262,144 bytes"):
        read("a: " + "x" * MAX_BYTES)


def test_text_that_is_not_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(ReadingError, match="line 2: not UTF-8"):
        read_document(b"a: 1\nb: \xff\n")


def test_every_path_knows_its_line() -> None:
    document = read("a: 1\nb:\n  - c: 2\n  -\n    d:\n      e: 3\n")
    assert [document.line(*path) for path in [("a",), ("b",), ("b", 0, "c"), ("b", 1, "d"), ("b", 1, "d", "e")]] == [
        *(1, 2, 3, 5, 6)
    ]


def test_an_unknown_path_has_the_line_of_what_is_known() -> None:
    assert read("a: 1\nb:\n  c: 2\n").line("b", "nothing") == 2


@pytest.mark.parametrize("text", ["no", "12:30", "010", "1_000", "2026-01-02", "True", "="])
def test_a_scalar_that_others_read_differently_is_doubtful(text: str) -> None:
    assert read(f"a: {text}").doubtful == {("a",): text}


@pytest.mark.parametrize("text", ["word", "12", "1.0e-3", "true", "null", '"no"', "1e-3", ".nan"])
def test_a_scalar_that_everybody_reads_alike_is_not_doubtful(text: str) -> None:
    assert read(f"a: {text}").doubtful == {}
