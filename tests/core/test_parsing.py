from contextlib import suppress
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import parsing
from bot.core.commands import Catalogue, Feature, Option, Parameter
from bot.core.errors import UserError
from bot.core.limits import COMMAND_TEXT

from . import told


def parameter(type: Any, option: Option | None = None) -> Parameter:
    return Parameter("it", type, option or Option(), required=True)


# --- times ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("9", time(9)),
        ("09:00", time(9)),
        ("9:05", time(9, 5)),
        ("9.30", time(9, 30)),
        ("21h15", time(21, 15)),
        ("9 pm", time(21)),
        ("9pm", time(21)),
        ("9 PM", time(21)),
        ("9 p.m.", time(21)),
        ("9:45 am", time(9, 45)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("12:30 a.m.", time(0, 30)),
        ("0:00", time(0)),
        ("23:59", time(23, 59)),
        ("０９:００", time(9)),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, wanted: time) -> None:
    assert parsing.read_time(typed) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        *[
            "25:00",
            "24:00",
            "9:60",
            "13pm",
            "0am",
            "-1",
            "9:5",
            "9:000",
            "123",
            "noon",
            "９：００",
            ":",
            "9:00UTC",
            "9:00:00",
            "9am:30",
        ],
        "",
        "9:00 UTC",
    ],
)
def test_what_is_no_time_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UserError, match="such as 09:00; got"):
        parsing.read_time(typed)


@given(st.times())
def test_every_minute_of_a_day_is_read_back(at: time) -> None:
    minute = time(at.hour, at.minute)
    assert parsing.read_time(f"{minute:%H:%M}") == minute
    assert parsing.read_time(f"{minute:%I:%M %p}") == minute


# --- dates and numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2027-03-15", "2028-02-29", "1970-01-01", "2999-12-31"])
def test_a_date_is_read(typed: str) -> None:
    assert parsing.read_date(typed) == date.fromisoformat(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        *[
            "2027-02-29",
            "2027-13-01",
            "15.3.2027",
            "2027-3-5",
            "tomorrow",
            "20270315",
            "0000-01-01",
            "0001-01-01",
            "1969-12-31",
            "3000-01-01",
            "9999-12-31",
            "２０２７-０３-１５",
        ],
    ],
)
def test_what_is_no_date_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UserError, match="such as 2027-03-15; got"):
        parsing.read_date(typed)


@pytest.mark.parametrize(("typed", "wanted"), [("3", 3), ("-3", -3), ("+7", 7), ("007", 7), ("999999999", 999_999_999)])
def test_a_whole_number_is_read(typed: str, wanted: int) -> None:
    assert parsing.read_int(typed) == wanted


@pytest.mark.parametrize("typed", ["", "3.5", "three", "1e3", "1_000", "0x1f", "1234567890", "²", "--1", "9" * 5000])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="Wanted a whole number"):
        parsing.read_int(typed)


# --- zones ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("america/argentina/buenos aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_read_whatever_its_case(typed: str, wanted: str) -> None:
    assert parsing.read_zone(typed) == ZoneInfo(wanted)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Asia/Calcuta", "Asia/Calcutta"),
        ("New York", "America/New_York"),
        ("new_yrok", "America/New_York"),
        ("kathmandu", "Asia/Kathmandu"),
        ("Europe/Kiew", "Europe/Kiev"),
    ],
)
def test_a_city_alone_or_with_a_slip_is_answered_with_its_zone(typed: str, near: str) -> None:
    with pytest.raises(UserError, match=rf"Did you mean .*{near}"):
        parsing.read_zone(typed)


@pytest.mark.parametrize(
    "typed", ["", " ", *["UTC+2", "GMT-5", "+02:00", "Etc/GMT-5", "CET", "EST", "/", "xqzzy", "Mars/Base"]]
)
def test_offsets_and_what_is_no_zone_are_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UserError, match=r"such as Europe/Berlin \(not an offset\); got"):
        parsing.read_zone(typed)


def test_every_zone_of_a_place_is_read() -> None:
    placed = [zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")]
    assert {parsing.read_zone(zone.upper()).key for zone in placed} == set(placed)


@pytest.mark.parametrize(("typed", "first"), [("berl", "Europe/Berlin"), ("new y", "America/New_York"), ("ut", "UTC")])
def test_zones_are_suggested_while_one_types(typed: str, first: str) -> None:
    assert first in parsing.suggest_zones(typed)
    assert len(parsing.suggest_zones(typed)) <= 25


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_words(typed: str) -> None:
    for type in (str, int, bool, date, time, ZoneInfo, tuple, told.Colour):
        with suppress(UserError):
            assert isinstance(parsing.read(parameter(type), typed), type)


# --- choices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["dark-red", "DARK-RED", " dark-red ", "dark red", "\u200bdark-red\u200b"])
def test_a_word_of_a_closed_list_is_read_by_value_or_label(typed: str) -> None:
    assert parsing.read(parameter(told.Colour), typed) is told.Colour.dark_red


@pytest.mark.parametrize(("typed", "wanted"), [("yes", True), ("No", False), ("YES", True)])
def test_yes_and_no_are_read(typed: str, wanted: bool) -> None:
    assert parsing.read(parameter(bool), typed) is wanted


def test_a_near_miss_of_a_closed_list_is_told_the_word() -> None:
    with pytest.raises(UserError, match=r"Wanted one of green, dark-red; got “gren”. Did you mean green\?"):
        parsing.read(parameter(told.Colour), "gren")


def test_part_of_a_choice_is_answered_with_all_that_have_it_each_once() -> None:
    kinds = (("algorithm-coding", "algorithm coding"), ("ml-coding", "ml coding"), ("past-project", "past project"))
    with pytest.raises(UserError, match=r"Did you mean algorithm-coding or ml-coding\?"):
        parsing.read(parameter(str, Option(choices=kinds)), "Coding")
    with pytest.raises(UserError, match=r"Did you mean ml-coding\?"):
        parsing.read(parameter(str, Option(choices=kinds)), "ml-codin")


def test_the_choices_of_an_option_are_its_closed_list() -> None:
    one = parameter(str, Option(choices=(("a", "Apples"), ("b", "Pears"))))
    assert [parsing.read(one, typed) for typed in ("apples", "B")] == ["a", "b"]


def test_a_parser_of_its_own_is_used() -> None:
    assert parsing.read(parameter(frozenset, Option(parse=lambda typed: frozenset(typed.split()))), "a b") == {"a", "b"}


def test_text_that_is_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(UserError, match="At most 200 characters fit here; these are 1,201"):
        parsing.read(parameter(str), "x" * 1201)


def test_a_paragraph_keeps_its_white_space_and_a_line_does_not() -> None:
    assert parsing.read(parameter(str, Option(paragraph=True)), "  if x:\n    y ") == "  if x:\n    y "
    assert parsing.read(parameter(str), "  word ") == "word"


# --- commands as text -----------------------------------------------------------------------------------------------

CATALOGUE = Catalogue([Feature.of("told", told)])


@pytest.mark.parametrize(
    ("typed", "name", "options"),
    [
        ("board", "board", {}),
        ("Board", "board", {}),
        ("  board   week ", "board", {"period": "week"}),
        ("board topic=attention week", "board", {"topic": "attention", "period": "week"}),
        ("board TOPIC=attention", "board", {"topic": "attention"}),
        ("board topic attention", "board", {"topic": "attention"}),
        ("board topic decision trees period=week", "board", {"topic": "decision trees", "period": "week"}),
        ("board period week topic trees", "board", {"period": "week", "topic": "trees"}),
        ("board statistics", "board", {"topic": "statistics"}),
        ("board statistics month", "board", {"topic": "statistics", "period": "month"}),
        ("board decision trees period=month", "board", {"topic": "decision trees", "period": "month"}),
        ("board wek", "board", {"period": "wek"}),
        ("board week topic trees", "board", {"period": "week", "topic": "topic trees"}),
        ('board week "language models"', "board", {"period": "week", "topic": "language models"}),
        ("board week “language models”", "board", {"period": "week", "topic": "language models"}),
        ("board week „language models“", "board", {"period": "week", "topic": "language models"}),
        ('board topic="language models"', "board", {"topic": "language models"}),
        ("board week language models and more", "board", {"period": "week", "topic": "language models and more"}),
        ('board week "open', "board", {"period": "week", "topic": "open"}),
        ("board week what's new", "board", {"period": "week", "topic": "what's new"}),
        ("board week a\\b", "board", {"period": "week", "topic": "a\\b"}),
        ("board week x=1", "board", {"period": "week", "topic": "x=1"}),
        ("board week #tag", "board", {"period": "week", "topic": "#tag"}),
        ("board\u00a0week", "board", {"period": "week"}),
        ("board\nweek\ttopic", "board", {"period": "week", "topic": "topic"}),
        ("\u200bboard\u200b week\u2060", "board", {"period": "week"}),
        ("admin swap 2026-12-01", "admin swap", {"on": "2026-12-01"}),
        ("ADMIN SWAP on=2026-12-01", "admin swap", {"on": "2026-12-01"}),
        ("", "help", {}),
        ("  \u200b ", "help", {}),
    ],
)
def test_a_typed_command_is_read(typed: str, name: str, options: dict[str, str]) -> None:
    invocation = parsing.parse(typed, CATALOGUE)
    assert (invocation.command.name, dict(invocation.options)) == (name, options)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("bord week", "There is no command “bord”. Did you mean board"),
        ("admin", "Wanted one of: admin swap"),
        ("admin swop", "Did you mean admin swap"),
        ("board topic", "Wanted a value after topic."),
        ("board period", "Wanted one of .*week.* after period."),
        ("xyzzy", "Run help to see what there is"),
        ("help me please now", "help takes nothing more; there is no place for “me”"),
        ("admin swap 2026-12-01 2026-12-02", "admin swap takes .on.; there is no place for “2026-12-02”"),
        ("x" * 500, "…"),
        ("board " + "x" * COMMAND_TEXT, "A command has at most 3000 characters"),
        ("@everyone <!channel>", "There is no command"),
    ],
)
def test_what_is_no_command_is_refused_and_says_what_was_wanted(typed: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        parsing.parse(typed, CATALOGUE)
    assert len(str(refused.value)) < 300


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_command_or_refused_in_words(typed: str) -> None:
    for text in (typed, f"board {typed}", f"admin {typed}"):
        with suppress(UserError):
            assert parsing.parse(text, CATALOGUE).command.name in CATALOGUE.commands


def test_what_is_said_back_is_short_and_on_one_line() -> None:
    assert parsing.echo("a\nb\n  c") == "a b c"
    assert parsing.echo("x" * 100) == "x" * 39 + "…"
