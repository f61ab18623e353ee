"""The sentences of seasons."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.core import dates
from bot.core.messages import Button, Buttons, Heading, Message, Span, Text, Verbatim, message, text
from bot.core.parsing import echo
from bot.features.groups.store import Group
from bot.features.seasons.rules import Length, Season
from bot.features.seasons.store import Winner

NAME = 40  # characters of a name that a line has room for
NONE_OVER = "No season is over yet."
LENGTHS = {
    Length.month: "a month",
    Length.quarter: "a quarter of a year",
    Length.half_year: "half a year",
    Length.year: "a year",
}


def span(season: Season) -> str:
    """A season by its months."""
    first, last = season.first, season.last
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    return f"{first:%B} to {last:%B %Y}"


def winners(won: Sequence[Winner]) -> Text:
    """Who won a season, a line each."""
    return Text(tuple(span for number, one in enumerate(won) for span in _winner(one, "\n" if number else "")))


def _winner(one: Winner, before: str) -> Iterator[Span]:
    yield f"{before}- **{one.rank}** "
    yield Verbatim(echo(one.name, NAME))
    yield f": **{one.points} points**"


def announced(group: Group, season: Season, won: Sequence[Winner]) -> Message:
    """What the home reads when a season is over: those whom everybody may see."""
    parts = (text("**The season is over:** ", Verbatim(group.name), f", {span(season)}."), winners(won))
    return message(
        *parts,
        "The new season has begun: everybody starts from nothing, and the points of all time stay.",
        # By its own date, since the newest season with points in it is still the one that is over.
        Buttons((_board("Its board", season.last), _board("This season", season.last + timedelta(days=1)))),
    )


def past(over: Sequence[Season], won: Sequence[Winner]) -> Message:
    """The seasons that are over, with those who won them."""
    if not over:
        return message(NONE_OVER, Buttons((Button("This season", "board", ("season",)),)))
    boards = Buttons(tuple(_board(span(season), season.last) for season in over))
    return message(Heading("Past winners"), *(part for season in over for part in _season(season, won)), boards)


def _board(label: str, on: date) -> Button:
    return Button(label, "board-of", ("season", on.isoformat()))


def _season(season: Season, won: Sequence[Winner]) -> Iterator[Text]:
    mine = [one for one in won if one.key == season.key]
    yield Text((f"**{span(season)}**",))
    yield winners(mine) if mine else Text(("Nobody who is here now and may be seen.",))


def lengths(group: Group, running: Season, coming: Season) -> str:
    """How long seasons are, when the running one ends, and from when on another length holds, where one is coming."""
    now, then = group.seasons.length(running.first), group.seasons.length(coming.first)
    ends = f"The running one, {span(running)}, ends on {dates.dated(running.last)}."
    if now is then:
        return f"A season lasts {LENGTHS[now]}. {ends}"
    return f"{ends} From {dates.dated(coming.first)} on a season lasts {LENGTHS[then]}."
