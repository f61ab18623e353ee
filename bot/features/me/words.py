"""What somebody reads about themselves: answers, streak, mocks, what to practise next and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.bank.taxonomy import Taxonomy
from bot.bank.vocabulary import KNOWN_ACRONYMS
from bot.core.messages import Button, Buttons, Message, Part, Picture, Text, Verbatim, message, text
from bot.core.parsing import echo
from bot.core.pictures import Estimate, ProgressCard
from bot.features.groups.store import Group
from bot.features.mastery.rules import ENOUGH, Advice, Mastery, Topic
from bot.features.streaks import words as streaks
from bot.features.streaks.rules import Outlook, Streak
from bot.pictures.describe import describe

NOTHING_YET = "You have no graded answers yet: they come with the reveals of what you answer."
SHOWN_UNKNOWN = 4  # areas hardly known; those in which something was graded are named all
MOST_WELL = 4
NAME = 40  # characters of a name that the picture has room for


@dataclass(frozen=True, slots=True)
class Story:
    """What is told of a member: `freezes` are those of this month, `next_at` is None in a pause.

    `open_answers` are those that nobody grades, by area.
    """

    group: Group
    name: str
    today: date
    streak: Streak
    freezes: int
    outlooks: Sequence[Outlook]
    next_at: datetime | None
    first: date
    marks: str
    masteries: Sequence[Mastery]
    open_answers: Mapping[str, int]
    advice: Advice
    mocks: int
    growth: Text | None
    titles: Mapping[str, str]


def me(story: Story) -> Message:
    """Everything, in the order in which it is wanted; where there is something to see, with a picture."""
    return message(
        text("**You in ", Verbatim(story.group.name), "**"),
        "\n".join(f"- {line}" for line in streaks.standing(story.streak, story.freezes, story.today)),
        streaks.ahead(story.streak, story.outlooks, story.next_at, story.group.zone.key),
        *_picture(story),
        *_answers(story),
        *_mocks(story),
        *_next(story),
        streaks.rule(story.freezes),
        Buttons(
            (
                Button("Board", "board"),
                Button("Missed questions", "catchup"),
                Button("Mock interviews", "mock history"),
                Button("Settings", "settings"),
            )
        ),
    )


def _picture(story: Story) -> Iterator[Part]:
    known = tuple(
        Estimate(_called(one.area, story.titles), one.chance, one.low, one.high) for one in story.masteries if one.known
    )
    if not set(story.marks) <= {".", "o"}:
        streak = f"{streaks.days(story.streak.days)} in a row now, {streaks.days(story.streak.longest)} at best"
        card = ProgressCard(echo(story.name, NAME), streak, story.first.isoformat(), story.marks, known)
        yield Picture(card, alt=describe(card))


def _answers(story: Story) -> Iterator[Part]:
    met = [one for one in story.masteries if one.answered]
    graded = {one.area: _graded(one) for one in met}
    areas = [*graded, *sorted(area for area in story.open_answers if area not in graded)]
    lines = [
        f"{_called(area, story.titles)}: {_answered(graded.get(area), story.open_answers.get(area, 0))}"
        for area in areas
    ]
    if not met:
        yield Text((NOTHING_YET,))
    if lines:
        yield Text(("**Your answers, by area**\n" + "\n".join(f"- {line}" for line in lines),))
    if any(one.known for one in met):
        yield Text(
            (
                "The estimate is the chance that you are right about a question of middling difficulty, without "
                "guessing; in brackets, where it lies with 80 % probability.",
            )
        )


def _graded(one: Mastery) -> str:
    rights = f"{one.right} of {one.answered} right"
    return f"{rights}; estimate **{one.chance:.0%}** ({estimate(one)})" if one.known else rights


def estimate(one: Mastery) -> str:
    """Where the chance lies, as a range."""
    return f"{one.low:.0%} to {one.high:.0%}".replace("% to", " to")


def _answered(graded: str | None, ungraded: int) -> str:
    if not ungraded:
        return graded or ""
    return f"{graded}; {ungraded} more that nobody grades" if graded else f"{ungraded} answered that nobody grades"


def titles(taxonomy: Taxonomy) -> dict[str, str]:
    """How areas and topics are called; of areas the taxonomy has no titles, but knows their acronyms."""
    acronyms = {word.upper(): word for word in (*KNOWN_ACRONYMS, *taxonomy.acronyms)}
    areas = {
        area: _spelt([acronyms.get(word.upper(), word) for word in area.split("-")]) for area in taxonomy.categories
    }
    return {**{id: topic.title for id, topic in taxonomy.topics.items()}, **areas}


def _spelt(words: Sequence[str]) -> str:
    whole = " ".join(words)
    return whole[:1].upper() + whole[1:]


def _called(name: str, titles: Mapping[str, str]) -> str:
    # An item may be older than the taxonomy.
    return titles.get(name) or _spelt(name.split("-"))


def _mocks(story: Story) -> Iterator[Part]:
    if story.mocks:
        held = "1 mock interview" if story.mocks == 1 else f"{story.mocks} mock interviews"
        yield Text((f"**{held} held.**",))
    if story.growth is not None:
        yield story.growth


def _next(story: Story) -> Iterator[Part]:
    lines = list(next_lines(story.advice, story.titles))
    if lines:
        yield Text(("**What to practise next, and why**\n" + "\n".join(f"- {line}" for line in lines),))


def next_lines(advice: Advice, titles: Mapping[str, str]) -> Iterator[str]:
    """The weakest area with the evidence for it, topics, and what is hardly known."""
    weakest = advice.weakest
    if weakest is not None:
        yield (
            f"**{_called(weakest.area, titles)}** is your weakest area so far: {weakest.right} of {weakest.answered} "
            f"right, estimate {weakest.chance:.0%} ({estimate(weakest)})."
        )
    elif advice.compared:
        yield "No area stands out as weak yet."
    for topic in advice.topics:
        yield f"{_called(topic.name, titles)}: {_missed(topic)}."
    if advice.unknown:
        shown = max(SHOWN_UNKNOWN, sum(one.answered > 0 for one in advice.unknown))
        named = ", ".join(f"{_called(one.area, titles)} ({one.answered})" for one in advice.unknown[:shown])
        more = f" and {len(advice.unknown) - shown} more" if len(advice.unknown) > shown else ""
        yield f"Hardly known, with fewer than {ENOUGH} graded answers: {named}{more}."


def _missed(topic: Topic) -> str:
    return f"{topic.answered - topic.right} of {topic.answered} wrong"


# --- the note of a week ---------------------------------------------------------------------------------------------


def note(
    group: Group,
    of_streak: Iterable[str],
    topics: Sequence[Topic],
    rights: Sequence[bool],
    advice: Advice,
    titles: Mapping[str, str],
) -> Message:
    """The private note: what went well, what is `of_streak`, the weakest area with its evidence, what comes next."""
    well = [_called(one.name, titles) for one in topics if one.right == one.answered]
    lines = [_rights(rights)]
    if well:
        lines.append(f"It went well in: {', '.join(well[:MOST_WELL])}.")
    lines += of_streak
    ahead = list(next_lines(advice, titles))
    return message(
        text("**Your week in ", Verbatim(group.name), "**"),
        "\n".join(f"- {line}" for line in lines),
        *((Text(("**Next**\n" + "\n".join(f"- {line}" for line in ahead),)),) if ahead else ()),
        Buttons((Button("More about me", "me"), Button("No more notes", "notices"))),
    )


def _rights(rights: Sequence[bool]) -> str:
    if len(rights) == 1:
        end = "right" if rights[0] else "not right: its explanation is in its thread"
        return f"You had one graded answer, and it was {end}."
    if not any(rights):
        return f"You had {len(rights)} graded answers, none of them right: their explanations are in their threads."
    return f"{sum(rights)} of {len(rights)} graded answers were right."
