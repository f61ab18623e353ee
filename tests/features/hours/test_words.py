"""Hours as people write them: what is read, how it is said back, and what is refused in which words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import UserError
from bot.features.hours.rules import DAY, WEEK, Hours, tidy
from bot.features.hours.words import LONGEST, SHORTEST, read, say


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Tue Thu 18-21, Sat morning", "Tue Thu 18:00-21:00, Sat 08:00-12:00"),
        ("Mon-Fri 6-9pm", "Mon-Fri 18:00-21:00"),
        ("weekdays 9-5", "Mon-Fri 09:00-17:00"),
        ("weekend", "Sat Sun 08:00-22:00"),
        ("Sat, Sun morning", "Sat Sun 08:00-12:00"),
        ("evenings Mon Wed, mornings Sat", "Mon Wed 18:00-22:00, Sat 08:00-12:00"),
        ("evenings", "Mon-Sun 18:00-22:00"),
        ("Tue 18-19, 20-21", "Tue 18:00-19:00 20:00-21:00"),
        ("18-21 Tue, Thu", "Tue Thu 18:00-21:00"),
        ("Fri 22-2", "Fri 22:00-02:00"),
        ("Sun 11pm-1am", "Sun 23:00-01:00"),
        ("Mon 9am-12", "Mon 09:00-12:00"),
        ("Mon 11-1pm", "Mon 11:00-13:00"),
        ("Mon 09:00-05:00", "Mon 09:00-05:00"),
        ("Fri-Mon 20-21", "Mon Fri Sat Sun 20:00-21:00"),
        ("daily after 18", "Mon-Sun 18:00-24:00"),
        ("Mon before noon", "Mon 06:00-12:00"),
        ("every day 18:30–21:00", "Mon-Sun 18:30-21:00"),
        ("Sat all day and Sun 10.30 to 12", "Sat 08:00-22:00, Sun 10:30-12:00"),
        ("Mondays and Wednesdays from 6 pm to 9 p.m.", "Mon Wed 18:00-21:00"),
        ("between 6pm and 9pm on Monday", "Mon 18:00-21:00"),
        ("tue/thu 17h-19h30", "Tue Thu 17:00-19:30"),
        ("Wed 20-midnight", "Wed 20:00-24:00"),
        ("Fri 20-24, Sat 0-2", "Fri 20:00-02:00"),
        ("any time", "Mon-Sun 00:00-24:00"),
        ("Any", "Mon-Sun 00:00-24:00"),
        ("any evening", "Mon-Sun 18:00-22:00"),
        ("Mo Di 18-20, Do-So 9-11, mittwochs 15-16", "Mon Tue 18:00-20:00, Wed 15:00-16:00, Thu-Sun 09:00-11:00"),
        ("Tue 21:00-18:00", "Tue 21:00-18:00"),
        ("Fri 20-8", "Fri 20:00-08:00"),
        ("Mon 18-20; Mon 19-21", "Mon 18:00-21:00"),
    ],
)  # fmt: skip
def test_what_people_write_is_said_back_in_words(typed: str, said: str) -> None:
    assert say(read(typed)) == said


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", "Wanted days and hours, such as “Tue Thu 18-21, Sat morning”."),
        ("whenever", "could not read “whenever”"),
        ("not Sunday", "could not read “not”"),
        ("Mon 18", "Wanted a stretch of time, such as 18-21; got “18”."),
        ("Mon 25-26", "Wanted a time of day between 00:00 and 24:00; got “25”."),
        ("Mon 18:75-20", "between 00:00 and 24:00"),
        ("Mon 13pm-14pm", "between 00:00 and 24:00"),
        ("Tue 21-18", "for 21 hours. Is it the other way round? If it is meant, write 21:00-18:00."),
        ("Mon 9-9", "ends later than it begins"),
        ("Mon-Foo 9-10", "Wanted days such as Mon-Fri"),
        ("18-20 Mon 9-10", "For which days is the last time meant?"),
        ("Mon 18:00-18:10", f"Wanted stretches of at least {SHORTEST} minutes; “Mon 18:00-18:10” is shorter."),
        ("x" * (LONGEST + 1), f"At most {LONGEST} characters fit here"),
        (" ".join(f"{hour:02d}:{minute:02d}-{hour:02d}:{minute + 15:02d}" for hour in range(10) for minute in (0, 20)),
         "Wanted at most 60 stretches of time in a week; these are 140."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_was_wanted(typed: str, wanted: str) -> None:
    with pytest.raises(UserError) as refused:
        read(typed)
    assert wanted in str(refused.value)


def quarters() -> st.SearchStrategy[Hours]:
    stretch = st.tuples(st.integers(0, WEEK // 15 - 1), st.integers(1, DAY // 15))
    return st.lists(stretch, min_size=1, max_size=12).map(
        lambda found: tidy((start * 15, (start + length) * 15) for start, length in found)
    )


@given(quarters())
def test_hours_in_words_are_read_back_the_same(hours: Hours) -> None:
    assert tidy(read_any_length(say(hours))) == hours


def read_any_length(said: str) -> Hours:
    return tidy(stretch for clause in said.split(", ") for stretch in read(clause))


@settings(max_examples=300)
@given(st.text(max_size=60) | st.lists(st.sampled_from(["mon", "tue", "18-21", "am", "pm", "-", ",", "9", "to", "all", "day", "noon", "24/7", "from", "+", "weekend", "00:00-24:00", "between", "and", ";", "until"]), max_size=9).map(" ".join))  # fmt: skip # noqa: E501
def test_anything_is_read_or_refused_in_words(typed: str) -> None:
    try:
        hours = read(typed)
    except UserError:
        return
    assert hours == tidy(hours)
    assert all(0 <= start < end <= WEEK for start, end in hours)
