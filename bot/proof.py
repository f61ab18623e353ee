"""Content as members will see it: for authors who preview an item, and for the linter that checks that it fits."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bank.answers import Dimension
from bot.bank.grade import Grade, Response
from bot.bank.lint import Finding, lint
from bot.bank.lint_code import Runner
from bot.bank.pages import Page
from bot.bank.schema import ChoiceQuestion, Kit, Question
from bot.bank.shelf import read_taxonomy
from bot.bank.taxonomy import Taxonomy
from bot.core.limits import MESSAGE
from bot.core.messages import Heading, Message, message
from bot.core.refs import GroupId, MemberId, TrackId
from bot.core.splitting import split
from bot.features.answers import words as answer_words
from bot.features.answers.store import Answer, AnswerId, Standing
from bot.features.daily import words as daily_words
from bot.features.days import rules as day_rules
from bot.features.days.store import Day, DayId
from bot.features.groups.rules import WEEKDAYS, Numbers
from bot.features.groups.store import Group
from bot.features.guides import words as guide_words
from bot.features.interviews import words as interview_words
from bot.features.reveals import rules as reveal_rules
from bot.features.reveals import words as reveal_words
from bot.resources import folder

MOST_PARTS_OF_A_REVEAL = 3  # ours: a reveal is read on a phone
POSTED = datetime(2027, 1, 4, 9, tzinfo=UTC)

GROUP = Group(
    GroupId(1), "the study group", ZoneInfo("UTC"), time(9), WEEKDAYS, "mid", "preview", paused=False, numbers=Numbers()
)


def day_of(question: Question, state: str = "open") -> Day:
    """A day on which a question is asked, in a group of no members."""
    order = day_rules.option_order(question, GROUP.seed, date(2027, 1, 4))
    return Day(
        DayId(1),
        GROUP.id,
        TrackId(1),
        date(2027, 1, 4),
        state,
        question.key,
        question,
        order,
        late=False,
        opened_at=POSTED,
        reveal_at=POSTED + timedelta(hours=23),
    )


def post(question: Question, taxonomy: Taxonomy) -> Message:
    """The question as it is posted."""
    return daily_words.question(day_of(question), GROUP, taxonomy, Standing())


def reveal(question: Question) -> Message:
    """The reveal, as if one member had answered, and wrongly."""
    day = day_of(question, "revealed")
    answers = [_an_answer(question)]
    picture = reveal_rules.how_answered(question, day.option_order, answers)
    return reveal_words.reveal(day, answers, picture, None)


def _an_answer(question: Question) -> Answer:
    choices = (question.options[0].id,) if isinstance(question, ChoiceQuestion) else ()
    grade = Grade(right=False if question.has_key else None, feedback="", share=0.0)
    response = Response(choices=choices, text="1", number=1.0)
    return Answer(AnswerId(1), DayId(1), MemberId(1), response, grade, False, POSTED, False, False)


def findings(
    folders: Sequence[Path], *, today: date, inventory: Collection[str] | None = None, runner: Runner | None = None
) -> list[Finding]:
    """What the linter says of content folders, with the words of the bot for what has to fit into a message."""
    # A host's own folder may use the words of the public bank without repeating them.
    taxonomy = read_taxonomy([folder("content"), *folders])
    return lint(
        folders,
        today=today,
        renderers=(lambda question: complaints(question, taxonomy),),
        page_renderers=(page_complaints,),
        runner=runner,
        inventory=inventory,
        taxonomy=taxonomy,
    )


def complaints(question: Question, taxonomy: Taxonomy) -> list[str]:
    """What of an item does not fit into a message of every platform; made by the words that the bot uses."""
    found: list[str] = []
    try:
        posted = split(post(question, taxonomy))
        told = split(reveal(question))
        if not isinstance(question, ChoiceQuestion):
            answer_words.answer_form(day_of(question), "")
    except ValueError as error:
        return [str(error)]
    if len(posted) > 1:
        found.append(f"the post does not fit into one message of {MESSAGE} characters")
    if len(told) > MOST_PARTS_OF_A_REVEAL:
        found.append(f"the reveal takes {len(told)} messages, at most {MOST_PARTS_OF_A_REVEAL} are read")
    return found


def cards(page: Page) -> list[list[Message]]:
    """Each card of a page as members see it: to read, asked, and answered."""
    return [
        [guide_words.card(page, number), guide_words.question(page, number), guide_words.answer(page, number)]
        for number in range(len(page.cards))
    ]


def page_complaints(page: Page) -> list[str]:
    """What of a page does not fit into a message of every platform."""
    try:
        made = cards(page)
    except ValueError as error:
        return [str(error)]
    return [
        f"card {number} does not fit into one message of {MESSAGE} characters"
        for number, sides in enumerate(made, start=1)
        if any(len(split(side)) > 1 for side in sides)
    ]


# --- kits -------------------------------------------------------------------------------------------------------------


def candidate_part(kit: Kit) -> Message:
    """What the candidate of a mock interview reads, and nothing else."""
    return message(Heading(kit.title), f"*{kit.type}, {kit.level}, {kit.minutes} minutes*", kit.brief_candidate)


def interviewer_part(kit: Kit) -> Message:
    """What the interviewer alone reads, and the rubric as the form of the feedback tells it."""
    return message(Heading(kit.title), *interview_words.interviewer_part(kit), *(_scored(row) for row in kit.rubric))


def _scored(row: Dimension) -> str:
    anchors = "\n".join(f"- {score}: {anchor}" for score, anchor in enumerate(row.anchors, start=1))
    return f"**{row.dim} ({row.weight} of 100)**\n{anchors}"
