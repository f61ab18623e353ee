"""The sentences about a session: what it is, how it stands, and what is said when people fail."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.core import dates
from bot.core.forms import Form, Paragraph
from bot.core.limits import BUTTON_LABEL
from bot.core.messages import (
    Button,
    Buttons,
    Heading,
    Mention,
    Message,
    Part,
    Quote,
    Span,
    Style,
    Text,
    Verbatim,
    message,
    text,
)
from bot.features.sessions.rules import State
from bot.features.sessions.store import Participant, Session

People = Sequence[Participant]
REASON = 500  # characters
STANDS = {
    State.proposed: "looking for a time",
    State.agreed: "a time is agreed",
    State.live: "running",
    State.paused: "paused",
    State.debrief: "over, feedback is being written",
    State.closed: "held",
    State.cancelled: "cancelled",
    State.missed: "somebody did not come",
    State.lapsed: "no time was agreed",
    State.broken: "called off",
}
NOT_NEEDED = "They sit in no kit that is left, so nobody waits for them."
NOBODY_TO_ASK = "There is nobody like this in the interview."
NOT_ASKED = "Nobody waits for your answer now. Run mock status to see how the interview stands."
SHORT_NOTICE = "It was less than two hours before, or after the start, which counts as not coming."
CAME = "You were there, so nothing counts against you, and you come first in the next round."


def greeting(people: People, turns: Sequence[Text], session: Session, rest: Sequence[Part]) -> Message:
    """The first words of a session: who meets, why, what about, and what comes next."""
    why = [Text(("Why you: " + " ".join(session.why),))] if session.why else []
    last = "" if len(people) == 2 else " Whoever does neither observes."
    met = text(*_mentions(people), f": you have been put together.{last}")
    return message(
        Heading("Mock interview"),
        _loop(people) if session.loop else met,
        *why,
        *turns,
        *rest,
    )


def _loop(people: People) -> Text:
    candidate, *partners = people
    return text(
        *_mentions([candidate]),
        " would like a whole loop, coding, design and behavioural in a row, interviewed by ",
        *_mentions(partners),
        ". It takes about two and a half hours. Take a time that you have, propose another one, or cancel.",
    )


def _mentions(people: People) -> Iterator[Span]:
    for n, one in enumerate(people):
        if n:
            yield " and " if n == len(people) - 1 else ", "
        yield Mention(one.person)


def at_once(session: Session) -> list[Part]:
    """How an interview of the live queue begins."""
    return [
        text("**It can begin at once.** Whoever interviews has the brief in private; press Start when you are here."),
        Buttons(
            (
                Button("Start", "mock-here", (str(session.id),), Style.primary),
                Button("Meeting link", "mock-link", (str(session.id),)),
                Button("Cancel", "mock-cancel", (str(session.id),), Style.danger),
            )
        ),
    ]


def no_kit() -> Text:
    """There is nothing to interview with."""
    return Text(
        ("There is no kit in the bank for this type that would be new to you, so bring a question of your own.",)
    )


# --- how it stands --------------------------------------------------------------------------------------------------


def running(session: Session) -> list[Part]:
    """What can be done while an interview runs."""
    own = (str(session.id),)
    paused = session.state is State.paused
    clock = Button("Go on", "mock-resume", own) if paused else Button("Pause", "mock-pause", own)
    return [Buttons((clock, Button("End", "mock-end", own, Style.danger)))]


def debrief(session: Session) -> list[Part]:
    """What is left after an interview."""
    return [Buttons((Button("Give feedback", "feedback", (str(session.id),), Style.primary),))]


def history(lines: Sequence[tuple[datetime, str, str, State]], growth: Sequence[Text]) -> Message:
    """The sessions of a member, the newest first, and how they grew."""
    if not lines:
        return message("You have had no mock interview yet. Run mock join for the next round, or mock solo.")
    spans: list[Span] = []
    for at, kind, names, state in lines:
        who: tuple[Span, ...] = (" with ", Verbatim(names)) if names else (" alone",)
        spans += [f"- {dates.day_and_month(at)} {at.year}: {kind}", *who, f", {STANDS[state]}\n"]
    return message("**Your mock interviews**", Text(tuple(spans)), *growth)


# --- when people fail -----------------------------------------------------------------------------------------------


def cancel_form(session: Session) -> Form:
    """The form in which a session is cancelled."""
    field = Paragraph(
        name="why", label="What shall I tell the others?", hint="optional", required=False, max_length=REASON
    )
    return Form(
        "Cancel the interview", "cancel-mock", (field,), (str(session.id),), intro="The others hear of it at once."
    )


def cancelling(*, came: bool, late: bool) -> Message:
    """The answer to whoever cancels: whether it counts as not coming."""
    return message("Cancelled; the others know." + (f" {CAME}" if came else f" {SHORT_NOTICE}" if late else ""))


def cancelled(who: str, why: str, file: Sequence[Part]) -> Message:
    """What everybody reads when somebody cancels."""
    return message(
        text("**", Verbatim(who), " has cancelled this interview.**"),
        *([Quote(why)] if why else []),
        *file,
        *_for_who_is_left(),
    )


def _for_who_is_left() -> tuple[Part, ...]:
    return (
        Text(
            ("Whoever is left without an interview comes first in the next round, or can look for somebody at once.",)
        ),
        Buttons((Button("Find me somebody now", "mock now", style=Style.primary),)),
    )


def asked_where(absent: Sequence[str], session: Session) -> Message:
    """What everybody reads when somebody has not come."""
    return message(
        text(
            "**",
            Verbatim(", ".join(absent)),
            ", are you coming?** You are waited for; in ten minutes I call this interview off.",
        ),
        Buttons(
            (
                Button("Start", "mock-here", (str(session.id),), Style.primary),
                Button("Other time", "mock-other", (str(session.id),)),
                Button("Cancel", "mock-cancel", (str(session.id),), Style.danger),
            )
        ),
    )


def nobody_came(session: Session) -> Message:
    """What everybody reads when the time has come and nobody has said that they are here."""
    past = "**The agreed time is past and nobody has pressed Start.** If you are here, start; else find another time."
    waits = "**Nobody has pressed Start yet.** If you are here, start; in twenty minutes I close this interview."
    return message(
        waits if session.at_once else past,
        Buttons(
            (
                Button("Start", "mock-here", (str(session.id),), Style.primary),
                Button("Other time", "mock-other", (str(session.id),)),
                Button("Cancel", "mock-cancel", (str(session.id),), Style.danger),
            )
        ),
    )


def missed(absent: Sequence[str], file: Sequence[Part]) -> Message:
    """What everybody reads when somebody did not come."""
    return message(
        text("**", Verbatim(", ".join(absent)), " did not come, so this interview is called off.**"),
        *file,
        *_for_who_is_left(),
    )


def nobody_started(session: Session, file: Sequence[Part]) -> Message:
    """What everybody reads when nobody has come within a day of the agreed time, or half an hour of the live queue."""
    if session.at_once:
        return message(
            "**It did not fit after all, so I have closed this interview.** Nothing counts against anybody.",
            Text(("If you have time again, somebody else may have it too.",)),
            Buttons((Button("Find me somebody now", "mock now", style=Style.primary),)),
        )
    return message(
        "**Nobody has pressed Start within a day, so this interview is called off.** Run mock join for the next round, "
        "or mock now.",
        *file,
    )


def lapsed(silent: Sequence[str], anybody: bool, file: Sequence[Part]) -> Message:
    """What everybody reads when no time was agreed within two days of silence."""
    if not anybody:
        return message(
            "**Nobody has said for two days when they can, so this interview is called off.** Run mock join for the "
            "next round, or mock now.",
            *file,
        )
    return message(
        text(
            "**",
            Verbatim(", ".join(silent)),
            " has not said anything for two days, so this interview is called off.**",
        ),
        *file,
        *_for_who_is_left(),
    )


def gone(who: Sequence[str], file: Sequence[Part]) -> Message:
    """What those who are left read when somebody is in the group no more, or does not meet them any more."""
    return message(
        text("**", Verbatim(", ".join(who)), " cannot take part any more, so this interview is called off.**"),
        *file,
        *_for_who_is_left(),
    )


def two_are_left(who: Sequence[str], session: Session, ahead: Sequence[Text], *, stands: int | None) -> Message:
    """What those who are left read when one of three is gone, while they wait or while the interview runs.

    `stands` is the number of the kit in which a seat is empty now, whose clock stands therefore.
    """
    return message(
        text(Verbatim(", ".join(who)), " does not take part any more. The two of you go on without."),
        *_what_comes(session, ahead, stands),
    )


def _what_comes(session: Session, ahead: Sequence[Text], stands: int | None) -> Iterator[Part]:
    own = (str(session.id),)
    end = Button("End", "mock-end", own, Style.danger)
    if session.state is State.agreed:
        yield from ahead
        yield Buttons((Button("Start", "mock-here", own, Style.primary),))
    elif stands is not None and ahead:
        yield text("**The clock stands, since a seat of this kit is empty.** Press Swap for the next one:")
        yield from ahead
        yield Buttons((Button("Swap", "mock-swap", (*own, str(stands)), Style.primary), end))
    elif stands is not None:
        yield text(
            "**The clock stands, since a seat of this kit is empty.** No further one is left for the two of you."
        )
        yield Buttons((end,))
    elif session.state.running and ahead:
        yield text("This kit goes on; what comes after it:")
        yield from ahead


def who_is_silent(session: Session, others: People) -> Message:
    """The question which of the others does not answer any more, while three hold an interview."""
    buttons = (Button(one.name[:BUTTON_LABEL], "mock-silent", (str(session.id), str(one.id))) for one in others)
    return message(
        "**Who does not answer any more?** I ask them; after ten minutes without an answer you two go on without.",
        Buttons(tuple(buttons)),
    )


def still_there(who: str, session: Session) -> Message:
    """What everybody reads when one of three is asked whether they are still there."""
    return message(
        text("**", Verbatim(who), ", are you still there?** In ten minutes the others go on without you."),
        Buttons((Button("I am here", "mock-still", (str(session.id),), Style.primary),)),
    )


def is_there(who: str) -> Message:
    """What everybody reads when whoever was asked is still there."""
    return message(text("**", Verbatim(who), " is still here.** The seats stay as they are."))


def cannot_be_told(who: str) -> Message:
    """What the others read where one of them has no room and takes no private messages."""
    return message(
        text("**", Verbatim(who), "'s private messages are closed to me**, so they may not know what happens here. "),
        "I have named them in the channel; write to them if you can.",
    )


def moved(people: People) -> Message:
    """The first words of a room into which two of three have moved, since the one before can lose nobody."""
    return message(
        text(*_mentions(people), ": **this is your room from now on.** Nobody can be taken out of the one before, so "),
        "what was said there stands there. Run mock status here to see how the interview stands.",
    )


def room_is_closed() -> Message:
    """What each reads in private where the room cannot be used any more."""
    return message(
        "Our room cannot be used any more, so everything of this mock interview goes by private messages now."
    )
