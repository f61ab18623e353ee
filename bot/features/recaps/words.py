"""The sentences of a week's story."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.core import dates
from bot.core.messages import (
    Button,
    Buttons,
    Message,
    Moment,
    Part,
    Picture,
    Span,
    Style,
    Text,
    Verbatim,
    message,
    text,
)
from bot.core.parsing import echo
from bot.core.pictures import AskedOf, BoardRow, RecapCard
from bot.features.boards import words as boards
from bot.features.boards.words import View
from bot.features.groups.store import Group
from bot.features.recaps.rules import TOLD_FROM, Asked, by_track, climbers, hardest, is_silent
from bot.pictures.describe import describe

NAME = 40  # characters of a name or a title that a line has room for
LEADERS = 3  # ranks that are in the picture; the rows tell of ten


@dataclass(frozen=True, slots=True)
class Next:
    """The week that is told next, by its Monday; the date on which it is told; a later reveal that it waits for."""

    monday: date
    on: date
    reveal: datetime | None


def state(group: Group, coming: Next) -> Message:
    """Whether recaps come and when the next one does, with a button to change it."""
    if not group.numbers.weekly_recap:
        return message(
            "**No recap of the week comes.** When it is on, it comes once the week's last question is revealed.",
            Buttons((Button("Let recaps come", "admin recap", ("on",), Style.primary),)),
        )
    at = f"on {dates.named(coming.on)}, {TOLD_FROM:%H:%M} ({group.zone.key}), or as soon as the last reveal is over"
    when = ("after the reveal, ", Moment(coming.reveal, group.zone.key)) if coming.reveal else (at,)
    rest = " The group is paused: none comes until admin resume." if group.paused else ""
    head = f"**A recap of each week comes to the home.** That of {_title(coming.monday, 'the')} comes "
    return message(
        text(head, *when, f".{rest}"),
        "It has no time of its own: it follows the week's last reveal, not before eight in the morning, and is left "
        "out where nobody answered all week.",
        Buttons((Button("No more recaps", "admin recap", ("off",)),)),
    )


def recap(view: View, monday: date, asked: Sequence[Asked], mocks: int) -> Message:
    """The week in the home: question by question, who leads and who climbed, mocks, the hardest question."""
    card = picture(view, monday, asked, mocks)
    return message(
        text(f"**{_title(monday)}**: ", Verbatim(view.group.name)),
        Picture(card, alt=describe(card)),
        *(_track(track, some) for track, some in by_track(asked)),
        *_hardest(asked),
        *_climbers(view),
        *_mocks(mocks),
        *(() if view.empty else (boards.heading(view), boards.row_lines(view.rows.top))),
        Buttons((Button("Where am I?", "board-of", ("week", monday.isoformat())), Button("How am I doing?", "me"))),
    )


def picture(view: View, monday: date, asked: Sequence[Asked], mocks: int) -> RecapCard:
    """The week in one picture."""
    found = hardest(asked)
    tracks = [(echo(track, NAME), some, bool(track) and is_silent(some)) for track, some in by_track(asked)]
    return RecapCard(
        _title(monday),
        echo(view.group.name, NAME),
        tuple(_asked_of(one, of, hardest=one is found) for of, some, silent in tracks for one in some if not silent),
        leaders=tuple(_named(row for row in view.rows.top if row.rank <= LEADERS)),
        climbers=tuple(_named(climbers(view.rows.top))),
        mocks=mocks,
        silent=tuple(track for track, _, silent in tracks if silent),
    )


def _asked_of(one: Asked, track: str, *, hardest: bool) -> AskedOf:
    return AskedOf(dates.weekday(one.on), echo(one.title, 80), one.answered, one.right, hardest, track)


def _track(track: str, asked: Sequence[Asked]) -> Text:
    if track and is_silent(asked):
        return text("**", Verbatim(track), "**: nobody answered this week.")
    head = ("**", Verbatim(track), "**\n") if track else ()
    return Text((*head, *(span for number, one in enumerate(asked) for span in _line(one, "\n" if number else ""))))


def _title(monday: date, the: str = "The") -> str:
    return f"{the} week from {monday.day} {monday:%B}"


def _named(rows: Iterable[BoardRow]) -> Iterator[BoardRow]:
    return (replace(row, name=echo(row.name, NAME)) for row in rows)


def _line(one: Asked, before: str) -> Iterator[Span]:
    yield f"{before}- {dates.weekday(one.on)}: {echo(one.title, 80)}: {_answers(one)}"
    if one.first is not None:
        yield ", first right "
        yield Verbatim(echo(one.first, NAME))


def _answers(one: Asked) -> str:
    if not one.answered:
        return "nobody answered"
    answered = f"{one.answered} answered"
    return answered if one.right is None else f"{answered}, {one.right} right"


def _hardest(asked: Sequence[Asked]) -> Iterator[Part]:
    found = hardest(asked)
    if found is not None:
        yield Text((f"Hardest question: {echo(found.title, 80)} ({found.right} of {found.answered} right).",))


def _climbers(view: View) -> Iterator[Part]:
    up = climbers(view.rows.top)
    if up:
        spans: list[Span] = ["Climbed since the week before: "]
        for number, row in enumerate(up):
            spans += [", " if number else "", Verbatim(echo(row.name, NAME)), f" (up {row.change})"]
        yield Text((*spans, "."))


def _mocks(held: int) -> Iterator[Part]:
    if held:
        yield Text((f"Mock interviews held: {held}.",))
