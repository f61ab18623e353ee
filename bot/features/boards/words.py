"""The sentences of boards: titles, rows, streaks, and what a picture shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.core.messages import Button, Buttons, Message, Part, Picture, Span, Text, Verbatim, message, text
from bot.core.parsing import echo
from bot.core.pictures import BoardCard, BoardRow
from bot.core.signs import isolated
from bot.features.boards.rules import Period, Rows, first_day
from bot.features.groups.store import Group
from bot.features.seasons import words as season_words
from bot.features.streaks.rules import Streak

TITLES = {
    Period.day: "Today's board",
    Period.week: "This week's board",
    Period.month: "This month's board",
    Period.season: "This season's board",
    Period.all: "The board of all time",
}
PAST_TITLES = {
    Period.day: "The board of the last question",
    Period.week: "Last week's board",
    Period.month: "Last month's board",
    Period.season: "Last season's board",
    Period.all: "The board of all time",
}
NAMED_TITLES = {
    Period.day: "The board of a day",
    Period.week: "The board of a week",
    Period.month: "The board of a month",
    Period.season: "The board of a season",
    Period.all: "The board of all time",
}
BUTTONS = {
    Period.day: "Day",
    Period.week: "Week",
    Period.month: "Month",
    Period.season: "Season",
    Period.all: "All time",
}
NO_POINTS = "You have no points here yet."
ONLY_YOU = "Only you see your row:"
AROUND_YOU = "Around you:"
SHARED = "Shared."
SHARED_ALREADY = "The very same board was shared here some minutes ago; nothing new was sent."
SHARED_OFTEN = (
    "You have shared several boards just now; everybody here reads them. Share the next one in twenty minutes."
)
LEFT = "You have left this group: others do not see your row, and it is there again once you come back."
AND_OTHERS = "and others who share the last place"
NOBODY_THEN = "Nobody had points."
NOTHING_TO_SHARE = "There is nothing to share yet: nobody whom everybody may see has points on this board."
NAME = 40  # characters of a name that a row has room for


@dataclass(frozen=True, slots=True)
class View:
    """A board as somebody sees it; `topic` is the id and `topic_title` what it is called, both empty for all topics.

    `member` is whether the asker has a place on it, `hidden` whether nobody but the asker sees that place.
    """

    group: Group
    period: Period
    on: date
    past: bool
    topic: str
    topic_title: str
    rows: Rows
    member: bool = False
    hidden: bool = False
    streak: Streak | None = None
    named: bool = False
    """Whether the asker named the date; else it is the newest."""
    left: bool = False
    """Whether the asker was in the group."""
    before: date | None = None
    """A date in the nearest period before in which anybody had points; `after` in the nearest after."""
    after: date | None = None
    tied: bool = False
    """Whether more members share the last place at the top."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.rows.top and not self.rows.around


# --- messages -----------------------------------------------------------------------------------------------------


def board(view: View) -> Message:
    """The board that only the asker sees, with the ways to others."""
    return message(*body(view), *_own(view), _buttons(view))


def shared(view: View) -> Message:
    """The board that everybody in the channel sees."""
    # Of the period that stands here, also when that is over.
    button = _to("Where am I?", "board", view.period, replace(view, named=True))
    return message(*body(view), Buttons((button,)))


def body(view: View) -> Iterator[Part]:
    """The board itself: title, picture, rows."""
    yield heading(view)
    if view.empty:
        yield Text((NOBODY_THEN if view.named and view.past else how_points_come(view.group),))
        return
    rows = (*view.rows.top, *view.rows.around)
    yield Picture(BoardCard(title_of(view), subtitle(view), tuple(map(_short, rows))), alt=alternative(view))
    if view.rows.top:
        yield row_lines(view.rows.top)
        if view.tied:
            yield Text((AND_OTHERS,))


def title_of(view: View) -> str:
    """The title of a board; one whose period is over says so, since points come with the reveal, a day later."""
    if view.named and view.past:
        return NAMED_TITLES[view.period]
    return (PAST_TITLES if view.past else TITLES)[view.period]


def heading(view: View) -> Text:
    """Which board it is, of which group, period and topic."""
    topic: tuple[Span, ...] = (", ", Verbatim(view.topic_title)) if view.topic else ()
    return text(f"**{title_of(view)}**: ", Verbatim(view.group.name), f", {span_of(view)}", *topic)


def _own(view: View) -> Iterator[Part]:
    rows = view.rows
    if rows.around:
        yield Text((ONLY_YOU if view.hidden else AROUND_YOU,))
        yield row_lines(rows.around)
    elif view.member and not any(row.mine for row in rows.top) and not view.empty:
        yield Text((NO_POINTS,))
    if view.left:
        yield Text((LEFT,))
    if view.streak:
        yield Text((streak_line(view.streak),))


def _buttons(view: View) -> Buttons:
    others = [_to(BUTTONS[p], "board", p, view) for p in Period if p is not view.period]
    if view.left:
        others.insert(0, Button("Come back", "join"))
    share = [] if view.empty or not view.member else [_to("Share here", "share-board", view.period, view)]
    return Buttons((*others, *share, *_back(view)))


def _back(view: View) -> Iterator[Button]:
    for label, day in (("The one before", view.before), ("The one after", view.after)):
        if day is not None:
            yield _to(label, "board", view.period, replace(view, on=day, named=True))
    if view.period is Period.season:
        yield Button("Past winners", "past-seasons")


def _to(label: str, action: str, period: Period, view: View) -> Button:
    topic = (view.topic,) if view.topic else ()
    if view.named:
        return Button(label, f"{action}-of", (period.value, view.on.isoformat(), *topic))
    return Button(label, action, (period.value, *topic))


# --- rows ---------------------------------------------------------------------------------------------------------


def row_lines(rows: Sequence[BoardRow]) -> Text:
    """The rows as a list: rank, name, points, change."""
    compared = _compared(rows)
    lines = (_row(row, "\n" if number else "", compared) for number, row in enumerate(rows))
    return Text(tuple(span for line in lines for span in line))


def _compared(rows: Sequence[BoardRow]) -> bool:
    """Whether there is a period before to compare with: then who was not on its board is new."""
    return any(row.change is not None for row in rows)


def _row(row: BoardRow, before: str, compared: bool) -> Iterator[Span]:
    yield f"{before}- **{row.rank}** "
    yield Verbatim(_short(row).name)
    # Bold, which no name can be: one that imitates a row does not pass for points.
    yield f": {', '.join((f'**{points(row.points)}**', *_said(row, compared)))}"


def _said(row: BoardRow, compared: bool) -> Iterator[str]:
    yield from _change(row, compared)
    if row.mine:
        yield "you"


def _change(row: BoardRow, compared: bool) -> Iterator[str]:
    if row.change is None:
        yield from ["new"] if compared else []
    else:
        yield f"up {row.change}" if row.change > 0 else f"down {-row.change}" if row.change else "same rank"


def _short(row: BoardRow) -> BoardRow:
    # A name with line breaks in it could otherwise make up rows of its own.
    return BoardRow(row.rank, echo(row.name, NAME), row.points, row.change, row.mine)


def alternative(view: View) -> str:
    """Everything that the picture shows, in words."""
    rows = (*view.rows.top, *view.rows.around)
    compared = _compared(rows)
    lines = "; ".join(
        f"{row.rank}. {isolated(_short(row).name)}, {', '.join((points(row.points), *_said(row, compared)))}"
        for row in rows
    )
    return f"{title_of(view)}, {subtitle(view)}: {lines}."


# --- sentences ----------------------------------------------------------------------------------------------------


def points(number: int) -> str:
    """A number of points."""
    return "1 point" if number == 1 else f"{number} points"


def days(number: int) -> str:
    """A number of days."""
    return "1 day" if number == 1 else f"{number} days"


def subtitle(view: View) -> str:
    """Whose board it is, of when and of what."""
    topic = (view.topic_title,) if view.topic else ()
    return ", ".join((echo(view.group.name, NAME), span_of(view), *topic))


def span_of(view: View) -> str:
    """The period of a board, in words."""
    on, first = view.on, first_day(view.period, view.on)
    match view.period:
        case Period.day:
            return f"{on:%A} {on.day} {on:%B %Y}"
        case Period.week:
            return f"week {on.isocalendar().week} from {first.day} {first:%B %Y}"
        case Period.month:
            return f"{on:%B %Y}"
        case Period.season:
            return season_words.span(view.group.seasons.on(on))
        case Period.all:
            return "since the beginning"


def streak_line(streak: Streak) -> str:
    """How long the asker's streak is."""
    if streak.days:
        return f"Your streak: **{days(streak.days)}**; your longest: {days(streak.longest)}."
    longest = f" Your longest was {days(streak.longest)}." if streak.longest else ""
    return f"You have no streak now; answering the next question in time starts one, right or wrong.{longest}"


def how_points_come(group: Group) -> str:
    """What to say where nobody has points."""
    numbers = group.numbers
    return (
        f"Nobody has points here yet. A right answer to the question of the day gives {numbers.right}, the first right "
        f"one {numbers.first_right} more, an answer to an open question {numbers.open_answered}. "
        "Run question to see today's."
    )


def mended(scores: int) -> str:
    """The line of the organisers' log where scores were not what the ledger says."""
    what = "1 score was" if scores == 1 else f"{scores} scores were"
    return f"{what} not what the ledger of points says; mended by it"


def unknown_topic(typed: str, near: Sequence[str]) -> str:
    """What to say where a topic is not in the bank."""
    hint = f" Did you mean {' or '.join(near)}?" if near else " Leave it out to see the board of all topics."
    periods = ", ".join(Period)
    return f"Wanted {periods}, or a topic of the question bank, such as attention; got “{echo(typed)}”.{hint}"
