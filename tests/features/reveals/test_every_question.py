"""Questions of every kind are asked, answered and revealed; nothing gives one away before its reveal."""

import re
from collections.abc import Iterable, Iterator

import pytest

from bot.bank.schema import Behavioural, ChoiceQuestion, Code, DesignDrill, MultiSelect, Numeric, Open, Question, Short
from bot.bank.terms import Kind
from bot.storage import outbox
from tests.actor import Actor
from tests.stage import Stage

GIVEN = {"numeric": "12345.678", "short": "no idea whatsoever", "code": "def f(): ...", "open": "I would look at it."}
LONG_ENOUGH = 12  # characters; shorter pieces, such as a number, stand in many a prompt


def secrets(asked: Question) -> Iterator[str]:
    """Everything of a question that nobody may read before the reveal."""
    yield asked.explanation
    for mistake in asked.mistakes:
        yield from (mistake.belief, mistake.why_wrong)
    for follow_up in asked.follow_ups:
        yield from (follow_up.ask, follow_up.expect)
    match asked:
        case ChoiceQuestion():
            yield from (option.feedback or "" for option in asked.options)
        case Numeric():
            yield from (decoy.feedback for decoy in asked.answer.decoys)
        case Short():
            yield from asked.answer.aliases
            yield from (entry.feedback for entry in asked.answer.reject)
        case Code():
            yield asked.answer.solution
            yield asked.answer.contract
            yield from (case.why for case in asked.answer.tests.hidden)
        case Open() | DesignDrill() | Behavioural():
            yield asked.answer.model_answer
            yield from (point.text for point in asked.answer.key_points)
            yield from asked_on(asked)


def asked_on(asked: Question) -> list[str]:
    """What an interviewer would have told and asked on the way."""
    match asked:
        case DesignDrill(answer=answer):
            return [*(fact.fact for fact in answer.facts), answer.failure_injection]
        case Behavioural(answer=answer):
            return [*answer.probes, answer.reverse_probe]
    return []


def bare(text: str) -> str:
    """Text without what formatting adds and takes away."""
    return re.sub(r"[\s*`-]+", " ", text)


def pieces(asked: Question) -> set[str]:
    """The secrets by line, without what the question itself says anyway."""
    public = bare(" ".join([asked.title, asked.prompt, *asked.hints, *_options(asked), *_starter(asked)]))
    lines = (bare(line).strip() for secret in secrets(asked) for line in secret.splitlines())
    return {line for line in lines if len(line) >= LONG_ENOUGH and line not in public}


def _options(asked: Question) -> list[str]:
    return [option.text for option in asked.options] if isinstance(asked, ChoiceQuestion) else []


def _starter(asked: Question) -> list[str]:
    shown = asked.answer.tests.public if isinstance(asked, Code) else ()
    return [asked.answer.starter, *(case.why for case in shown)] if isinstance(asked, Code) else []


async def gives(actor: Actor, asked: Question) -> None:
    """Answer the newest question with a wrong answer, in the way of its kind."""
    match asked:
        case MultiSelect():
            await actor.chooses("A", under=asked.title)
        case ChoiceQuestion():
            await actor.presses("A", under=asked.title)
        case _:
            await actor.answers(GIVEN.get(asked.kind, GIVEN["open"]))


async def looks_everywhere(group: Stage, asked: Question) -> None:
    """Press and run whatever there is about an open question."""
    await group.tom.presses("My result")
    for actor in (group.jonas, group.aiko):
        await gives(actor, asked)
        await actor.presses("My result")
        await actor.presses("Something wrong?")
    await group.aiko.types("/question")
    await group.aiko.types("/catchup")
    await group.jonas.presses("Hint", under=asked.title)
    for _ in asked.hints:
        await group.jonas.presses("Show it")
    await gives(group.jonas, asked)
    await group.mira.types("/admin preview")


def all_said(group: Stage, mark: int) -> str:
    """Everything that anybody was told since then: messages, forms, problems."""
    return bare(" ".join(group.said_since(mark)))


def some_of_every_kind(questions: Iterable[Question], most: int = 4) -> list[Question]:
    """A few questions of each kind: what is said about one depends on its kind, not on its subject."""
    by_kind = {kind: [item for item in questions if item.kind is kind][:most] for kind in Kind}
    return [item for items in by_kind.values() for item in items]


@pytest.mark.parametrize("whole_ground", ["sqlite"], indirect=True)
async def test_nothing_gives_an_answer_away_before_its_reveal(group: Stage) -> None:
    await group.sets_up(weekdays="daily")
    asked_about = some_of_every_kind(list(group.bank.questions.values()))
    for asked in asked_about:
        await group.plans(asked.id)
        mark = len(group.transcript.lines)
        await group.mira.types("/admin test")
        await group.until((await group.track()).next_at)
        assert group.jonas.sees(asked.title)
        await looks_everywhere(group, asked)
        day = (await group.all_days())[-1]
        assert day.question_id == asked.id
        assert day.reveal_at is not None
        hidden = pieces(asked)
        assert len(hidden) >= 4
        before = all_said(group, mark)
        assert [piece for piece in hidden if piece in before] == [], asked.id
        mark = len(group.transcript.lines)
        await group.until(day.reveal_at)
        told = all_said(group, mark)
        assert [said for said in (asked.explanation, *asked_on(asked)) if bare(said).strip()[:60] not in told] == []
    counts = await group.read(outbox.counts)
    assert (counts["dead"], counts["pending"], counts["maybe_doubled"]) == (0, 0, 0)
    assert len(group.questions) == len(asked_about)
