"""What somebody reads about themselves, word for word."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.bank.taxonomy import Taxonomy, Topic
from bot.core.messages import Message, Text
from bot.core.refs import GroupId
from bot.features.groups.rules import WEEKDAYS, Numbers
from bot.features.groups.store import Group
from bot.features.mastery.rules import Advice, Mastery
from bot.features.me.words import Story, me, note, titles
from bot.features.streaks.rules import Streak

ON = date(2026, 12, 4)
GROUP = Group(
    GroupId(1),
    "Night owls",
    ZoneInfo("Europe/Berlin"),
    time(9),
    WEEKDAYS,
    "mid",
    "seed",
    paused=False,
    numbers=Numbers(),
)
TAXONOMY = Taxonomy(
    schema=1, categories=("llm", "ml-coding", "algorithm"), topics={"rag": Topic(title="Retrieval")}, acronyms=("LoRA",)
)


def area(name: str, right: int = 0, answered: int = 0) -> Mastery:
    return Mastery(name, 0.7, 0.55, 0.82, 0.0, 1.0, right, answered)


def said(message: Message) -> str:
    spans = [span for part in message.parts if isinstance(part, Text) for span in (*part.spans, "\n")]
    return "".join(span if isinstance(span, str) else str(getattr(span, "text", "AT")) for span in spans)


def about_me(masteries: list[Mastery], open_answers: dict[str, int]) -> str:
    unknown = tuple(one for one in masteries if not one.known)
    story = Story(
        group=GROUP,
        name="Ana",
        today=ON,
        streak=Streak(),
        freezes=2,
        outlooks=(),
        next_at=datetime(2026, 12, 7, 8, tzinfo=UTC),
        first=ON,
        marks=".",
        masteries=masteries,
        open_answers=open_answers,
        advice=Advice(None, False, (), unknown),
        mocks=0,
        growth=None,
        titles=titles(TAXONOMY),
    )
    return said(me(story))


def test_each_area_is_named_once_as_it_is_called_with_all_its_answers() -> None:
    told = about_me(
        [area("llm", 3, 4), area("algorithm", 1, 1), area("ml-coding")], {"algorithm": 1, "past-projects": 2}
    )
    assert (
        "**Your answers, by area**\n- LLM: 3 of 4 right; estimate **70%** (55 to 82%)\n"
        "- Algorithm: 1 of 1 right; 1 more that nobody grades\n- Past projects: 2 answered that nobody grades\n"
    ) in told
    assert "fewer than 4 graded answers: Algorithm (1), ML coding (0)." in told


def test_what_is_hardly_known_names_all_that_was_answered_and_says_how_many_more_there_are() -> None:
    many = [*(area(f"a{number}", 0, 1) for number in range(6)), *(area(f"b{number}") for number in range(3))]
    assert "answers: A0 (1), A1 (1), A2 (1), A3 (1), A4 (1), A5 (1) and 3 more." in about_me(many, {})


def test_areas_and_topics_are_called_by_titles_and_acronyms() -> None:
    assert titles(TAXONOMY.model_copy(update={"categories": ("lora",)})) == {"rag": "Retrieval", "lora": "LoRA"}


def test_a_note_says_kindly_how_few_answers_went() -> None:
    def first_line(*rights: bool) -> str:
        told = note(GROUP, ["Your streak stands at 1 day."], (), rights, Advice(None, False, (), ()), {})
        return said(told).splitlines()[1]

    assert first_line(True) == "- You had one graded answer, and it was right."
    assert first_line(False) == "- You had one graded answer, and it was not right: its explanation is in its thread."
    assert first_line(False, False).endswith("none of them right: their explanations are in their threads.")
    assert first_line(False, True) == "- 1 of 2 graded answers were right."
