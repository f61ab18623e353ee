"""The sentences about times: offers, agreements, reminders, and the calendar file."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from bot.core import dates
from bot.core.errors import UserError
from bot.core.forms import Day, Form, Line
from bot.core.messages import Attachment, Button, Buttons, Message, Part, Span, Style, Text, Verbatim, message, text
from bot.core.parsing import echo
from bot.core.refs import MemberId
from bot.features.appointments import rules
from bot.features.appointments.store import Offered
from bot.features.interviews.words import titled, type_of
from bot.features.sessions.rules import State
from bot.features.sessions.store import Participant, Session
from bot.features.sessions.words import STANDS, debrief, running

People = Sequence[Participant]
LINK = 500  # characters
NONE = "none"
AGREED_ALREADY = "This time is agreed already, and it stands."
PROPOSED = "Proposed. I tell you what they say."
PROPOSED_BESIDE = "Proposed. The agreed time stands until the new one is taken; I tell you what they say."
NEVER_SHARED = (
    "**I found no time that you both have** in the next eight days. Press Other time and propose one; each sees it in "
    "their own zone."
)


ENOUGH_PROPOSED = (
    "You have proposed three times in a row, so it is the others' turn. I ask them, and call it off if nobody answers."
)
ENOUGH_BESIDE = (
    "You have proposed three times in a row, so it is the others' turn. I ask them; the agreed time stands meanwhile."
)
NO_TIME_YET = "An event can be made once a time is agreed, and before it has come."
EVENT_STANDS = "It was asked for already; where it could be made it stands among the server's events."
EVENT_ASKED = "Asked. It appears among the server's events, without your names, and goes away if the time changes."
EVENT_ABOUT = "Members of the study group hold a mock interview. It is theirs alone."
VOICE = "https://discord.com/channels/"
"""How the link of a voice channel begins, which anybody on the server may read."""


def event_place(session: Session) -> str:
    """Where an event says that it is; a meeting link is a secret of those who meet, a channel of the server is not."""
    return session.link if session.link and session.link.startswith(VOICE) else "a room of their own"


def no_event() -> Message:
    """What those who meet read where no event could be made."""
    return message(
        "**No event was made.** On Discord I need the permission Create Events for it; elsewhere there are no events. "
        "The calendar file does the same for you alone."
    )


def shown(at: datetime, people: People) -> list[Span]:
    """A moment as each of them sees it on the wall, with the zone's name beside it."""
    zones = {one.zone.key for one in people}
    if len(zones) == 1:
        return [f"{dates.at(at.astimezone(people[0].zone))} ({people[0].zone.key})"]
    spans: list[Span] = []
    for one in people:
        spans += ["; " if spans else "", f"{dates.at(at.astimezone(one.zone))} for ", Verbatim(one.name)]
        spans.append(f" ({one.zone.key})")
    return spans


def _lines(offered: Sequence[Offered], people: People) -> Text:
    spans: list[Span] = []
    for one in offered:
        can = [person.name for person in people if person.id in one.yes]
        spans += [f"- **{one.number}.** ", *shown(one.at, people)]
        for n, name in enumerate(can):
            spans += [", " if n else " · can: ", Verbatim(name)]
        spans.append("\n")
    return Text(tuple(spans[:-1]))


def when(offered: Sequence[Offered]) -> list[Part]:
    """What stands above the first times, where there are some."""
    return [Text(("**When?** Press each time that you have.",))] if offered else []


def times(session: Session, offered: Sequence[Offered], people: People) -> list[Part]:
    """The times that stand, with the ways to take one."""
    own = str(session.id)
    takes = [Button(f"{one.number} works", "mock-yes", (own, str(one.id)), Style.primary) for one in offered]
    others = [Button("Other time", "mock-other", (own,)), Button("Cancel", "mock-cancel", (own,), Style.danger)]
    lines = _lines(offered, people) if offered else Text((NEVER_SHARED,))
    return [lines, Buttons((*takes, *others))]


def times_beside(session: Session, proposed: Sequence[Offered], people: People, *, other: bool = True) -> list[Part]:
    """The time that is proposed instead of the agreed one, with the ways to take and to decline it."""
    own = str(session.id)
    takes = [Button(f"{one.number} works", "mock-yes", (own, str(one.id)), Style.primary) for one in proposed]
    keeps = [Button("Keep the agreed time", "mock-keep", (own, str(one.id))) for one in proposed]
    others = [Button("Other time", "mock-other", (own,))] if other else []
    return [_lines(proposed, people), Buttons((*takes, *keeps, *others))]


def _stands(session: Session, people: People) -> list[Span]:
    assert session.starts_at is not None  # it was agreed
    return ["Agreed is ", *shown(session.starts_at, people)]


def took(who: str, one: Offered, people: People, session: Session, offered: Sequence[Offered]) -> Message:
    """What the room reads when one of them can at a time, and somebody else has not said so yet."""
    said = text("**", Verbatim(who), f" can at {one.number}:** ", *shown(one.at, people), ". What about you?")
    if session.state is State.agreed:
        return message(said, *times_beside(session, offered, people))
    return message(said, *times(session, offered, people))


def countered(who: str, offered: Sequence[Offered], people: People, session: Session, *, past: bool) -> Message:
    """What the room reads when somebody proposes another time; `past` is whether the agreed one has gone by."""
    if session.state is State.agreed:
        asks = text("**", Verbatim(who), " asks for another time.** ", *_stands(session, people), _UNTIL_TAKEN)
        return message(asks, *times_beside(session, offered, people))
    asks = text(
        "**", Verbatim(who), "** asks for another time, since the agreed one has passed." if past else "** proposes:"
    )
    return message(asks, *times(session, offered, people))


_UNTIL_TAKEN = ", and it stands unless everybody takes the new one:"


def proposed_already(number: int, *, mine: bool) -> str:
    """The answer to whoever proposes a time that is offered already."""
    return (
        "You have proposed this time already; I wait for the others."
        if mine
        else f"This time is offered already. Press {number} works to take it."
    )


def kept(who: str, session: Session, people: People, *, own: bool) -> Message:
    """What the room reads when what was proposed instead of the agreed time is declined, or taken back."""
    does = " takes the proposal back.** " if own else " keeps the agreed time.** "
    return message(text("**", Verbatim(who), does, *_stands(session, people), ", and it stands."))


def let_go(session: Session, people: People) -> Message:
    """What the room reads when nobody has answered what was proposed instead of the agreed time."""
    return message(
        text(
            "**Not everybody has taken the other time, so it is off.** ", *_stands(session, people), ", and it stands."
        )
    )


def passed(session: Session, proposed: Sequence[Offered], people: People) -> Message:
    """What the room reads when the agreed time has passed without anybody, and another one is proposed."""
    asks = "**The agreed time has passed and nobody has pressed Start.** What stands now is what was proposed instead:"
    return message(asks, *times(session, proposed, people))


def nudge_beside(session: Session, proposed: Sequence[Offered], people: People) -> Message:
    """A day has gone by and not everybody has answered what was proposed instead of the agreed time."""
    asks = text("**Another time was proposed.** ", *_stands(session, people), _UNTIL_TAKEN)
    return message(asks, *times_beside(session, proposed, people))


def agreed(session: Session, people: People, now: datetime) -> Message:
    """The time that stands, with a calendar file and the ways to change it."""
    assert session.starts_at is not None  # it was agreed
    changed = " Your calendar takes it as a change of the same entry." if session.sequence else ""
    return message(
        text("**Agreed:** ", *shown(session.starts_at, people), "."),
        *link_line(session),
        f"The file is for your calendar.{changed} I remind you a day, an hour and ten minutes before.",
        calendar(session, people, now),
        _buttons_of_agreed(session),
    )


def agreed_before(session: Session, person: Participant, pressed: Offered | None) -> str:
    """The answer to whoever takes a time once one is agreed: what stands, on their own clock."""
    assert session.starts_at is not None  # it was agreed
    stands = f"{dates.at(session.starts_at.astimezone(person.zone))} ({person.zone.key})"
    if pressed and pressed.at == session.starts_at:
        return f"This time is agreed already: {stands}."
    return f"That time was replaced; agreed is {stands}. Press Other time if you cannot."


def link_line(session: Session) -> list[Part]:
    """Where they meet by video, where there is a link."""
    return [text("Meeting link: ", Verbatim(session.link))] if session.link else []


def _buttons_of_agreed(session: Session) -> Buttons:
    own = (str(session.id),)
    return Buttons(
        (
            Button("Start", "mock-here", own, Style.primary),
            Button("Meeting link", "mock-link", own),
            Button("Other time", "mock-other", own),
            Button("Cancel", "mock-cancel", own, Style.danger),
        )
    )


def status_of_agreed(session: Session, people: People, offered: Sequence[Offered]) -> list[Part]:
    """The same as parts, for whoever asks how things stand; what is proposed instead stands below it."""
    assert session.starts_at is not None  # it was agreed
    when = text("**Agreed:** ", *shown(session.starts_at, people), ".")
    beside = [] if any(one.at == session.starts_at for one in offered) else offered
    instead = [Text(("Proposed instead:",)), *times_beside(session, beside, people, other=False)] if beside else []
    return [when, *link_line(session), _buttons_of_agreed(session), *instead]


def reminder(session: Session, people: People, minutes: int) -> Message:
    """The mock interview is near."""
    assert session.starts_at is not None  # it was agreed
    near = {24 * 60: "tomorrow", 60: "in an hour", 10: "in ten minutes"}[minutes]
    return message(
        text(f"**Your mock interview is {near}:** ", *shown(session.starts_at, people), "."),
        *link_line(session),
        _buttons_of_agreed(session),
    )


def nudge(session: Session, offered: Sequence[Offered], people: People) -> Message:
    """A day has gone by and no time is agreed."""
    return message("**No time is agreed yet.** Which of these can you?", *times(session, offered, people))


def time_form(session: Session, person: Participant, now: datetime) -> Form:
    """The form in which another time is proposed."""
    return Form(
        "Another time",
        "propose-time",
        (
            Day(name="on", label="Date", hint="year-month-day"),
            Line(name="at", label="Time of day", hint=f"such as 18:30, on a clock of {person.zone.key}", max_length=10),
        ),
        (str(session.id),),
        intro=_before_another(session, person, now) + f"Your time zone is {person.zone.key}; settings changes it.",
    )


def _before_another(session: Session, person: Participant, now: datetime) -> str:
    if session.state is not State.agreed or session.starts_at is None or session.starts_at <= now:
        return ""
    agreed = dates.at(session.starts_at.astimezone(person.zone))
    return f"Agreed is {agreed}, and it stands until everybody has taken the new one. "


# --- the link and the calendar --------------------------------------------------------------------------------------


def link_form(session: Session) -> Form:
    """The form in which a meeting link is set."""
    hint = "https://… of your own meeting; empty takes it away"
    field = Line(
        name="link", label="Meeting link", hint=hint, value=session.link or "", required=False, max_length=LINK
    )
    return Form("Meeting link", "set-link", (field,), (str(session.id),))


def read_link(typed: str) -> str | None:
    """An address of http or https with a host, or nothing; raise `UserError` for whatever else."""
    typed = typed.strip()
    if not typed:
        return None
    try:
        parts = urlsplit(typed)
        whole = parts.scheme in {"http", "https"} and parts.hostname and typed.isprintable() and " " not in typed
        allowed = bool(whole) and "@" not in parts.netloc
    except ValueError:
        allowed = False
    if not allowed:
        raise UserError(
            f"Wanted an address that begins with https://, without a name or password; got “{echo(typed)}”."
        )
    return typed


def meeting_place(link: str | None) -> Message:
    """Where interviews of the group are proposed to be held, and how that is changed."""
    if link is None:
        return message(
            "**No meeting place is set for this group.** Give the link of a meeting, or of a voice channel (Copy Link "
            "on Discord), and each interview is proposed there."
        )
    return message(
        text("**Interviews are proposed at:** ", Verbatim(link)),
        f"Whoever meets can set another link. “{NONE}” instead of a link ends it.",
    )


def link_set(who: str, session: Session) -> Message:
    """What the room reads when the link was changed."""
    if session.link is None:
        return message(text(Verbatim(who), " took the meeting link away."))
    return message(text(Verbatim(who), " set the meeting link: ", Verbatim(session.link)))


def calendar(session: Session, people: People, now: datetime, *, cancelled: bool = False) -> Attachment:
    """The calendar file of a session: the same UID always, and a SEQUENCE that grows."""
    assert session.starts_at is not None  # it was agreed
    file = rules.calendar_file(
        uid=session.uid,
        sequence=session.sequence,
        starts_at=session.starts_at,
        length=rules.length(len(session.people), loop=session.loop),
        now=now,
        title=f"Mock interview: {type_of(session.kind)}",
        description="With " + ", ".join(one.name for one in people) + ".",
        link=session.link,
        cancelled=cancelled,
    )
    return Attachment("mock-interview.ics", file, "text/calendar")


def cancelled_file(session: Session, people: People, now: datetime) -> list[Part]:
    """The file that takes an entry out of the calendars, where there was one."""
    if session.starts_at is None or session.at_once:
        return []
    return [calendar(replace(session, sequence=session.sequence + 1), people, now, cancelled=True)]


def standing(session: Session, people: People, offered: Sequence[Offered], to: MemberId) -> list[Part]:
    """How an interview stands for one of those who are in it, and what can be done about it."""
    others = " and ".join(one.name for one in people if one.id != to)
    who = (", with ", Verbatim(others)) if others else (", alone",)
    title = text(f"**{titled(session.kind)}**", *who, f": {STANDS[session.state]}.")
    match session.state:
        case State.proposed:
            return [title, *times(session, offered, people)]
        case State.agreed:
            return [title, *status_of_agreed(session, people, offered)]
        case State.live | State.paused:
            return [title, *running(session)]
        case State.debrief:
            return [title, *debrief(session)]
    return [title]
