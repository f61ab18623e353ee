"""The day's question and its answers, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.bank.answers import Case, CodeAnswer
from bot.bank.schema import ChoiceQuestion, Code, MultipleChoice, MultiSelect, Question
from bot.bank.spelling import as_call, as_python
from bot.bank.taxonomy import Taxonomy
from bot.core import dates
from bot.core.limits import BUTTON_LABEL, OPTION_LABEL, THREAD_NAME
from bot.core.messages import (
    Button,
    Buttons,
    Heading,
    Message,
    Moment,
    Part,
    RoleMention,
    Select,
    SelectOption,
    Style,
    Text,
    Verbatim,
    message,
    text,
)
from bot.core.messages import (
    Code as CodePart,
)
from bot.core.refs import TrackId
from bot.features.answers.store import Standing
from bot.features.days.rules import letters
from bot.features.days.store import Day
from bot.features.groups.store import Group

# --- the question -------------------------------------------------------------------------------------------------


def question(day: Day, group: Group, taxonomy: Taxonomy, standing: Standing, *, role: str = "") -> Message:
    """The post: title, topic, level, minutes, prompt, options, and the ways to answer; `role` is named above it."""
    asked = day.asked
    return message(
        *([text(RoleMention(role))] if role else []),
        Heading(asked.title),
        text(_facts(asked, taxonomy), *_late(day)),
        asked.prompt,
        *_options(asked, day),
        *_examples(asked),
        _status(day, group, standing),
        *_ways(asked, day),
    )


def _facts(asked: Question, taxonomy: Taxonomy) -> str:
    topics = ", ".join(taxonomy.topics[topic].title if topic in taxonomy.topics else topic for topic in asked.topics)
    return f"*{topics} · {asked.level} · about {asked.minutes} minutes*"


def _late(day: Day) -> list[str]:
    return [" *(late: the bot was away)*"] if day.late else []


def _options(asked: Question, day: Day) -> list[Text]:
    if not isinstance(asked, ChoiceQuestion):
        return []
    by_id = {option.id: option for option in asked.options}
    return [Text(tuple(f"**{letter}** {by_id[id].text}\n" for id, letter in letters(day.option_order).items()))]


def _examples(asked: Question) -> list[Part]:
    if not isinstance(asked, Code):
        return []
    answer = asked.answer
    remark = "--" if answer.language == "sql" else "#"
    lines = [f"{remark} {case.why}\n{_example(answer, case, remark)}" for case in answer.tests.public]
    return [
        CodePart(answer.starter, answer.language),
        text("**Public tests**"),
        CodePart("\n".join(lines), answer.language),
    ]


def _example(answer: CodeAnswer, case: Case, remark: str) -> str:
    gives = _wanted(case.error, case.expected)
    match answer.shape:
        case "sql":
            [tables] = case.args
            assert isinstance(tables, dict)
            shown = [f"{remark} {name}: {as_python(has['rows'])}" for name, has in tables.items()]
            return "\n".join([*shown, f"{remark} {gives}"])
        case "class":
            return _in_sequence(answer.entry_point, case, remark)
        case "in-place":
            changed = gives if case.error else f"leaves {as_python(case.expected)} in the first argument"
            return f"{as_call(answer.entry_point, case.args)}  {remark} {changed}"
    return f"{as_call(answer.entry_point, case.args)}  {remark} {gives}"


def _in_sequence(name: str, case: Case, remark: str) -> str:
    made, *calls = case.args
    assert isinstance(made, list | tuple)
    lines = [f"it = {as_call(name, made)}" + (f"  {remark} {_wanted(case.error, None)}" if case.error else "")]
    wanted = case.expected if isinstance(case.expected, list | tuple) else []
    for call, want in zip(calls, wanted, strict=False):
        assert isinstance(call, list | tuple)
        error = str(want["$error"]) if isinstance(want, dict) and "$error" in want else None
        told = f"  {remark} {_wanted(error, want)}" if want is not None else ""
        lines.append(f"it.{as_call(str(call[0]), call[1:])}{told}")
    return "\n".join(lines)


def _wanted(error: str | None, expected: object) -> str:
    return f"raises {error}" if error else f"gives {as_python(expected)}"


def _status(day: Day, group: Group, standing: Standing) -> Text:
    if day.state == "revealed":
        if not standing.answered:
            return text("**Revealed.** Nobody answered in time. Answering now is practice.")
        right = f", {standing.right} of them right" if standing.right is not None else ""
        return text(f"**Revealed.** {standing.answered} answered{right}. Answering now is practice.")
    assert day.reveal_at is not None
    return text(f"**{standing.answered} answered** · reveal ", Moment(day.reveal_at, group.zone.key))


def _ways(asked: Question, day: Day) -> list[Part]:
    id = str(day.id)
    side = [Button("Something wrong?", "flag", (id,)), Button("My result", "my-result", (id,))]
    if asked.hints and day.state == "open":
        side.insert(0, Button("Hint", "hint", (id,)))
    match asked:
        case MultipleChoice():
            picks = [
                Button(letter, "pick", (id, option), Style.primary)
                for option, letter in letters(day.option_order).items()
            ]
            return [Buttons(tuple(picks)), Buttons(tuple(side))]
        case MultiSelect():
            return [_select(asked, day), Buttons(tuple(side))]
        case _:
            return [Buttons((Button("Answer", "answer", (id,), Style.primary), *side))]


def _select(asked: MultiSelect, day: Day) -> Select:
    by_id = {option.id: option for option in asked.options}
    options = tuple(
        SelectOption(id, cut(f"{letter}  {by_id[id].text}", OPTION_LABEL))
        for id, letter in letters(day.option_order).items()
    )
    return Select("choose", options, (str(day.id),), "Choose all that are right", at_least=1, at_most=len(options))


def cut(words: str, most: int) -> str:
    """The words, or as many of them as fit."""
    return words if len(words) <= most else words[: most - 1] + "…"


# --- around it ----------------------------------------------------------------------------------------------------


def nothing_open(next_at: datetime | None, group: Group) -> Message:
    """No question was posted yet."""
    if next_at is None or group.paused:
        return message("No question is open. The group is paused.")
    return message(text("No question was posted yet. The first one comes ", Moment(next_at, group.zone.key), "."))


def thread_name(day: Day, track: str) -> str:
    """What a question's thread is called: lists of threads show it beside those of other tracks and dates."""
    of = f"{track} · " if track else ""
    return cut(f"{dates.day_and_month(day.on)} · {of}{day.asked.title}", THREAD_NAME)


def catch_up(missed: Sequence[Day], tracks: Mapping[TrackId, str]) -> Message:
    """The last questions that the asker missed, of each track apart where the group names several."""
    if not missed:
        return message("You have missed nothing lately.")
    parts: list[Part] = []
    for track in sorted({day.track for day in missed}):
        parts += [text(Verbatim(tracks[track]))] if track in tracks else []
        parts.append(Buttons(tuple(_missed(day) for day in missed if day.track == track)))
    return message("**Questions you have missed.** After the reveal an answer is practice.", *parts)


def _missed(day: Day) -> Button:
    label = cut(f"{dates.day_and_month(day.on)}: {day.asked.title}", BUTTON_LABEL)
    return Button(label, "show-day", (str(day.id),))


def reminder_posted(day: Day, group: Group) -> Message:
    """The private note that a question was posted."""
    assert day.reveal_at is not None
    return message(
        text(f"**Today's question is there:** {day.asked.title}. Reveal: ", Moment(day.reveal_at, group.zone.key), "."),
        Buttons((Button("Show it", "show-day", (str(day.id),)), Button("Fewer reminders", "notices"))),
    )


def reminder_reveal(day: Day, group: Group) -> Message:
    """The private note that a reveal is near and that no answer was given."""
    assert day.reveal_at is not None
    return message(
        text(
            f"**Still open, and not answered by you:** {day.asked.title}. Reveal: ",
            Moment(day.reveal_at, group.zone.key),
            ".",
        ),
        Buttons((Button("Show it", "show-day", (str(day.id),)), Button("Fewer reminders", "notices"))),
    )


def running_dry(left: int, track: str) -> Message:
    """The note to organisers that the plan is nearly used up."""
    return message(
        f"**{left} questions are left** in the bank that the group has not had (track {track}). "
        "After that it begins anew. You can add questions of your own, or change the plan with setup."
    )


def missed_post(day: str, group: Group) -> str:
    """The line of the organisers' log for a post that was too late to catch up."""
    within = dates.lasting(group.numbers.caught_up_within)
    return f"the question of {day} was due more than {within} before the bot came back, and was left out"


def posted_nowhere(day: str) -> str:
    """The line of the organisers' log for a date of a track whose channels are all paused."""
    return f"nothing was asked on {day}: no channel of the track takes posts"


def test_post(asked: Question, on: str, taxonomy: Taxonomy) -> Message:
    """What `admin test` sends to the organiser alone."""
    letters_ = (
        [f"**{letter}** {option.text}\n" for letter, option in zip("ABCDEFGHIJ", asked.options, strict=False)]
        if isinstance(asked, ChoiceQuestion)
        else []
    )
    return message(
        f"*A test that only you see. This is how the question planned for {on} will look.*",
        Heading(asked.title),
        text(_facts(asked, taxonomy)),
        asked.prompt,
        *([Text(tuple(letters_))] if letters_ else []),
        *_examples(asked),
        Buttons((Button("Try a button", "test-press"),)),
    )


def test_sent() -> Message:
    """The answer to `admin test`."""
    return message("I have sent it to you in private. If it does not arrive, your private messages are closed to me.")


def test_pressed() -> Message:
    """The answer to a button of a test."""
    return message("Buttons work here. Nothing was recorded, since this was a test.")


def posted_early(day: Day, track: str) -> Message:
    """The answer to `admin next`; it names the track where the group has several."""
    of = (" of the track ", Verbatim(track)) if track else ()
    return message(text(f"**Posted now:** {day.asked.title}. It takes the place of {dates.named(day.on)}", *of, "."))
