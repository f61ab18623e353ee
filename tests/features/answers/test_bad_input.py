"""What cannot be read is refused with what was wanted, and nothing breaks."""

import pytest

from bot.core.dispatch import STALE
from bot.core.events import ActionPressed, FormSubmitted
from bot.core.messages import Message, Text, Verbatim
from bot.core.ports import Answer
from bot.features.answers.store import answers
from bot.platforms.local.formats import Refused
from tests.actor import Actor
from tests.stage import Stage, rows

HUGE = "a" * 100_000


def said(answer: Answer) -> str:
    """What an answer says."""
    assert isinstance(answer.reply, Message)
    spans = [span for part in answer.reply.parts if isinstance(part, Text) for span in part.spans]
    return "".join(span.text if isinstance(span, Verbatim) else str(span) for span in spans)


async def pressed(group: Stage, who: Actor, action: str, *args: str) -> str:
    """A press as a platform hands it over, whatever stands on the button."""
    event = ActionPressed(
        id=f"{action}{args}", who=who.person, name=who.name, place=group.place, at=group.clock.now(), action=action,
        args=args,
    )  # fmt: skip
    return said(await group.app.dispatcher.handle(event))


@pytest.fixture
async def asked(group: Stage) -> Stage:
    """An open numeric question."""
    await group.plans("two-detectors-in-a-row", "result-you-had-to-withdraw", "reading-a-p-value")
    await group.at("Mon 09:00")
    return group


NUMBERS = {
    "65,0": "Right.", "\u200f65.0\u200e": "Right.", "6\u200b5": "Right.", "６５": "Right.", "٦٥": "Right.",
    "65 percent": "Right.", "13/20": "Right.", "6.5e1": "Right.", "<b>65</b>": "Right.", "٦٥ percent or so": "Right.",
    "\u202e56": "Not right.", "-65": "Not right.",
    "1e308": "Not right.", "-1e308": "Not right.", "1e-320": "Not right.",
}  # fmt: skip
NO_NUMBERS = ("dunno", "1e999", "nan", "inf", "1/0", "65 or 66", "sixty", HUGE, "\u200b\u200e", "💯")


async def test_numbers_are_read_as_people_write_them(asked: Stage) -> None:
    people = {typed: asked.comes(f"P{number}") for number, typed in enumerate(NUMBERS)}
    for typed, person in people.items():
        assert "Recorded" in await person.answers(typed)
    await asked.at("Tue 08:00")
    assert f"{len(NUMBERS)} answered, 10 right" in asked.in_thread()
    told = {typed: await person.presses("My result") for typed, person in people.items()}
    assert {typed: result for typed, result in NUMBERS.items() if f" {result}" not in told[typed]} == {}


async def test_what_is_no_number_leaves_the_form_open(asked: Stage) -> None:
    await asked.jonas.presses("Answer")
    for typed in NO_NUMBERS:
        said = await asked.jonas.fills(given=typed)
        assert said.startswith("Number: ")
        assert len(said) < 300
    assert await asked.read(rows, answers) == 0
    assert "Recorded" in await asked.jonas.fills(given="65")


async def test_an_answer_of_100_kb_is_refused_by_form_and_marked_in_the_thread(asked: Stage) -> None:
    await asked.at("Tue 09:00")
    await asked.jonas.presses("Answer")
    assert "At most 4,000 characters fit here; these are 100,000." in await asked.jonas.fills(given=HUGE)
    await asked.jonas.says(HUGE, in_thread=True)
    assert "bot reacts ❓ to Jonas" in asked.said_since(0)
    await asked.jonas.edits("Shorter.")
    assert "bot reacts ✅ to Jonas" in asked.said_since(0)
    assert await asked.read(rows, answers) == 1


async def test_an_answer_of_marks_alone_is_none(asked: Stage) -> None:
    await asked.at("Tue 09:00")
    await asked.jonas.says("\u200b\u200e\u2060", in_thread=True)
    assert asked.said_since(0)[-1] == "bot reacts ❓ to Jonas"
    assert await asked.read(rows, answers) == 0
    assert "You are not in this group yet." in await asked.jonas.types("/settings")


async def test_nul_and_half_a_character_are_kept_as_a_mark_each(asked: Stage) -> None:
    await asked.at("Tue 09:00")
    await asked.jonas.says("one\0two\ud800three", in_thread=True)
    assert "bot reacts ✅ to Jonas" in asked.said_since(0)
    assert "one\ufffdtwo\ufffdthree" in await asked.jonas.presses("My result")


async def test_right_to_left_text_is_kept_as_it_is(asked: Stage) -> None:
    await asked.at("Tue 09:00")
    text = "مرحبا \u2067abc\u2069 שלום"
    await asked.jonas.says(text, in_thread=True)
    assert text in await asked.jonas.presses("My result")


async def test_a_command_of_100_kb_is_refused(asked: Stage) -> None:
    assert "A command has at most 3000 characters" in await asked.jonas.types(f"/board week {HUGE}")


OLD = [
    ("pick-old", ("1", "a")), ("pick", ()), ("pick", ("1",)), ("pick", ("1", "a", "b")), ("hint", ("1", "2", "3")),
    ("my-result", ()),
]  # fmt: skip
FORGED = [
    ("pick", ("x", "a"), "Wanted a whole number"),
    ("pick", ("999", "a"), "This question is not open."),
    ("pick", ("-1", "a"), "This question is not open."),
    ("hint", ("99999999999999999999",), "Wanted a whole number"),
    ("take-hint", ("1", "-5"), "Hint 1 of 2 costs"),
    ("take-hint", ("1", "7"), "Hint 1 of 2 costs"),
    ("show-day", ("2",), "This question is not open."),
    ("share-board", ("fortnight",), "Wanted one of day"),
    ("flag-keep", ("999",), "This flag is not there any more."),
]


async def test_a_button_from_an_older_version_says_so(asked: Stage) -> None:
    assert {await pressed(asked, asked.jonas, action, *args) for action, args in OLD} == {STALE}


async def test_a_forged_button_is_refused_in_words(asked: Stage) -> None:
    for action, args, wanted in FORGED:
        assert wanted in await pressed(asked, asked.jonas, action, *args)


async def test_an_option_that_the_question_does_not_have_is_refused(asked: Stage) -> None:
    await asked.at("Wed 09:00")
    assert "which it does not have" in await pressed(asked, asked.jonas, "pick", "3", "zz")
    assert await asked.read(rows, answers) == 0


async def test_a_form_that_is_sent_twice_has_one_effect(asked: Stage) -> None:
    await asked.jonas.answers("65")
    with pytest.raises(Refused):
        await asked.jonas.fills(given="66")
    form = FormSubmitted(
        id="the same", who=asked.aiko.person, name="Aiko", place=asked.place, at=asked.clock.now(), action="give",
        args=("1",), values={"given": "65"},
    )  # fmt: skip
    first, second = [await asked.app.dispatcher.handle(form) for _ in range(2)]
    assert "Recorded" in said(first)
    assert second.reply is None
    assert await asked.read(rows, answers) == 2


async def test_setting_up_twice_at_once_founds_one_group(stage: Stage) -> None:
    await stage.mira.types("/setup")
    values = {"zone": "Europe/Berlin", "at": "09:00", "weekdays": "Mon-Fri", "plan": "year", "level": "mid"}
    for id in ("one", "two"):
        form = FormSubmitted(
            id=id, who=stage.mira.person, name="Mira", place=stage.place, at=stage.clock.now(), manager=True,
            action="set-up", values=values,
        )  # fmt: skip
        await stage.app.dispatcher.handle(form)
    await stage.settles()
    await stage.at("Mon 09:00")
    assert len(stage.questions) == 1
    assert sum("This is now a study group" in line for line in stage.said_since(0)) == 1
