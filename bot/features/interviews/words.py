"""The sentences of an interview: briefs, stages, and what is said to whom."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bot.bank.schema import Kit
from bot.core.limits import BUTTON_LABEL, BUTTONS
from bot.core.messages import (
    Button,
    Buttons,
    Divider,
    Facts,
    Heading,
    Message,
    Part,
    Span,
    Style,
    Text,
    Verbatim,
    message,
    text,
)
from bot.core.refs import MemberId
from bot.features.interviews.rules import EXTENDED_BY, Fit, Stage
from bot.features.interviews.store import Turn
from bot.features.sessions.rules import State
from bot.features.sessions.store import Participant, Session
from bot.features.timers.rules import WORD_BEFORE

TYPES = {
    "algorithm-coding": "algorithm coding",
    "ml-coding": "ML coding",
    "ml-knowledge": "ML knowledge",
    "ml-system-design": "ML system design",
    "genai-system-design": "generative AI system design",
    "system-design": "system design",
    "past-project": "past project",
    "behavioural": "behavioural",
    "sql-data": "SQL and data",
    "ml-debugging": "ML debugging",
    "negotiation": "negotiation",
}
FITS = {
    Fit.known: "the interviewer has seen this kit before, the candidate has not",
    Fit.near: "no kit of this type is left that the candidate has not seen, so it is one of the nearest type",
    Fit.again: "no kit is left that the candidate has not seen, so it is one from before",
}
FACT_IS_TOLD = "Told in the room."
TOLD_ALREADY = "The candidate has this one already."
NO_SECOND = "There is no further kit in this interview. Press End, and the feedback begins."
STAYS = "Good, it goes on. Press End when you are done."
BUSY = "Another interview of yours is running. End it first."
ENOUGH_LOOPS = "You have asked for three loops within a day. Ask again tomorrow, or run mock loop alone."
NOT_NOW = "They cannot be asked for a loop now. Ask somebody else, or run mock loop alone."
YOURSELF = "That is you. Name somebody else, or run mock loop without a name to practise alone."
_LAST = "after_the_call"  # what is told when all is over
_AGAINST = " *(against what one assumes)*"
_NUMBERED = re.compile(r"(\w+ \d+) (.+)")
Names = Mapping[MemberId, str]


def type_of(kind: str) -> str:
    """An interview type as members read it."""
    return TYPES.get(kind, kind.replace("-", " "))


def titled(kind: str) -> str:
    """An interview type at the beginning of a sentence."""
    named = type_of(kind)
    return named[:1].upper() + named[1:]


# --- before ---------------------------------------------------------------------------------------------------------


def turns_ahead(turns: Sequence[Turn], names: Names) -> Iterator[Text]:
    """Who interviews whom about what, and what has to be said of the kits before; nothing of what is in them."""
    for turn in turns:
        who: tuple[Span, ...] = ("alone",)
        if turn.interviewer is not None:
            who = (Verbatim(names[turn.interviewer]), " interviews ", Verbatim(names[turn.candidate]))
        said = f" ({FITS[turn.fit]})" if turn.fit in FITS else ""
        yield text(f"**{turn.number}.** {type_of(turn.kit.type)}, {turn.kit.minutes} minutes: ", *who, f"{said}.")


def length_of(turns: Sequence[Turn]) -> Text:
    """How many kits there are, and how long they are together."""
    kits = "1 kit" if len(turns) == 1 else f"{len(turns)} kits"
    return text(f"**{kits}, {sum(turn.kit.minutes for turn in turns)} minutes in all:**")


def brief_of_interviewer(turn: Turn, candidate: str, *, ahead: bool = True) -> Message:
    """The interviewer's part of a kit, with a button for each fact."""
    kit = turn.kit
    begins = (
        "Read this before you meet. It is for you alone: the candidate sees it after the interview."
        if ahead
        else "This was the interviewer's part."
    )
    facts = _fact_buttons(turn) if ahead else ()
    return message(
        Heading(f"Interviewer's brief: {kit.title}"),
        text(f"{titled(kit.type)}, {kit.minutes} minutes; the candidate is ", Verbatim(candidate), "."),
        begins,
        "**What the candidate is told:**",
        kit.brief_candidate,
        *interviewer_part(kit, facts),
    )


def interviewer_part(kit: Kit, buttons: Sequence[Part] = ()) -> Iterator[Part]:
    """What the interviewer alone reads of a kit, what is told when all is over at its end; `buttons` tell its facts."""
    yield Facts(tuple((f"{n}. {phase.name}", f"{phase.minutes} min") for n, phase in enumerate(kit.phases, start=1)))
    yield from _list("**Ask on:**", kit.probes)
    for name, said in kit.brief_interviewer.items():
        if name != _LAST:
            yield from _briefed(name, said)
    told = [
        f"**{fact.asked_about}:** {fact.fact}{_AGAINST if fact.contradicts else ''}" for fact in kit.facts_on_request
    ]
    yield from _list("**Facts, told only when they are asked for. A button tells one in the room:**", told)
    yield from buttons
    scores = [f"**{one.dim}** ({one.weight} %): 1 {one.anchors[0]} · 4 {one.anchors[3]}" for one in kit.rubric]
    yield from _list("**The rubric, 1 to 4:**", scores)
    yield from _list("**Red flags:**", kit.red_flags)
    yield from _list("**For the debrief:**", kit.debrief)
    if _LAST in kit.brief_interviewer:
        yield from _briefed(_LAST, kit.brief_interviewer[_LAST])


def _briefed(name: str, said: str | Sequence[str]) -> Iterator[Part]:
    title = f"**{heading_of(name)}:**"
    if isinstance(said, str) and "```" in said:
        # Not in a list: only a fence at the beginning of a line is one.
        yield from (Text((title,)), Text((said,)))
    else:
        yield from _list(title, (said,) if isinstance(said, str) else said)


def heading_of(name: str) -> str:
    """The name of a key as a heading: `question_2_peeking` becomes `Question 2: peeking`."""
    words = name.replace("_", " ")
    return _NUMBERED.sub(r"\1: \2", words[:1].upper() + words[1:])


def _fact_buttons(turn: Turn) -> tuple[Part, ...]:
    facts = list(enumerate(turn.kit.facts_on_request))[:BUTTONS]
    if not facts:
        return ()
    made = (Button(f"Tell: {fact.asked_about}"[:BUTTON_LABEL], "kit-fact", (str(turn.id), str(n))) for n, fact in facts)
    return (Buttons(tuple(made)),)


def _list(title: str, said: Sequence[str]) -> Iterator[Part]:
    if said:
        yield Text((title,))
        yield Text(("\n".join(f"- {line}" for line in said),))


def brief_is_there(session: Session, turn: Turn, to: str) -> Message:
    """What the room reads where the interviewer takes no private messages: where the brief is."""
    return message(
        text(Verbatim(to), ", your private messages are closed to me. Your interviewer's brief is behind this button:"),
        Buttons((Button("My brief", "kit-brief", (str(turn.id),)),)),
    )


# --- while it runs --------------------------------------------------------------------------------------------------


def begins(turn: Turn, names: Names, *, last: bool) -> Message:
    """The start of a turn: the candidate's part, and the first stage."""
    who: tuple[Span, ...] = (Verbatim(names[turn.candidate]), " is the candidate")
    if turn.interviewer is not None:
        who = (Verbatim(names[turn.interviewer]), " interviews, ", *who)
    if watching := [name for id, name in names.items() if id not in (turn.interviewer, turn.candidate)]:
        who = (*who, ", ", Verbatim(", ".join(watching)), " observes. Somebody is silent? Run mock no-show")
    return message(
        Heading(f"{turn.number}. {turn.kit.title}"),
        text(f"{titled(turn.kit.type)}, {turn.kit.minutes} minutes; ", *who, "."),
        turn.kit.brief_candidate,
        Divider(),
        Text((stage_line(turn, Stage(0, timedelta(minutes=turn.minutes[0]))),)),
        _running_buttons(turn, last=last),
    )


def cue(turn: Turn, stage: Stage, *, last: bool) -> Message:
    """A stage begins, or the time is up; after the `last` kit there is nothing to go on to."""
    if stage.over:
        after = "Swap for the next kit, or end here." if turn.interviewer else "Go on to the next kit, or end here."
        said = "It was the last kit: press End, and the feedback begins." if last else after
        return message(f"**Time is up.** Finish your sentence. {said}", _running_buttons(turn, last=last))
    return message(stage_line(turn, stage), _running_buttons(turn, last=last))


def stage_line(turn: Turn, stage: Stage) -> str:
    """Which stage begins, and how long it is."""
    minutes = max(1, round(stage.left.total_seconds() / 60))
    name = turn.kit.phases[stage.phase].name
    return f"**Stage {stage.phase + 1} of {len(turn.minutes)}: {name}** ({minutes} min)"


def _running_buttons(turn: Turn, *, last: bool) -> Buttons:
    own = (str(turn.session),)
    facts = () if turn.interviewer else (Button("Ask for a fact", "kit-facts", (str(turn.id),)),)
    goes_on = Button("Swap" if turn.interviewer else "Next", "mock-swap", (*own, str(turn.number)))
    return Buttons(
        (
            *facts,
            Button("Pause", "mock-pause", own),
            Button(f"{EXTENDED_BY} min more", "mock-extend", own),
            *(() if last else (goes_on,)),
            Button("End", "mock-end", own, Style.danger),
        )
    )


def waits_for_others(who: str, session: Session) -> Message:
    """What a room reads where somebody has come, and the interview waits for the others."""
    return message(
        text("**", Verbatim(who), " is here.** Press Start when you are here too, and the clock begins."),
        Buttons((Button("Start", "mock-here", (str(session.id),), Style.primary),)),
    )


def paused(who: str, turn: Turn, stage: Stage) -> Message:
    """The clock stands still."""
    left = round(stage.left.total_seconds() / 60)
    return message(
        text("**", Verbatim(who), f" paused the clock.** {left} min of this stage are left."),
        Buttons((Button("Go on", "mock-resume", (str(turn.session),), Style.primary),)),
    )


def resumed(turn: Turn, stage: Stage, *, last: bool) -> Message:
    """The clock goes on."""
    return message(f"**The clock goes on.** {stage_line(turn, stage)}", _running_buttons(turn, last=last))


def longer(who: str, turn: Turn, stage: Stage) -> Message:
    """A stage was made longer."""
    left = round(stage.left.total_seconds() / 60)
    return message(text(Verbatim(who), f" gave this stage {EXTENDED_BY} minutes more: {left} min are left."))


def as_long_as_may_be(turn: Turn, *, last: bool) -> str:
    """The answer to whoever wants a stage still longer: what there is to press instead."""
    goes_on = "Swap" if turn.interviewer else "Next"
    press = "End" if last else f"{goes_on} or End"
    return f"This stage was extended by half an hour already. Press {press} when you are done."


def fact(asked_about: str, told: str) -> Message:
    """A fact that the candidate has asked for."""
    return message(text(f"**{asked_about}:** {told}"))


def facts_to_ask(turn: Turn) -> Message:
    """What somebody who practises alone may ask for."""
    made = list(enumerate(turn.kit.facts_on_request))[:BUTTONS]
    if not made:
        return message("This kit has no facts to ask for: say what you assume.")
    buttons = (Button(one.asked_about[:BUTTON_LABEL], "kit-fact", (str(turn.id), str(n))) for n, one in made)
    return message("Ask only for what you would have asked an interviewer:", Buttons(tuple(buttons)))


def ends_soon(session: Session) -> Message:
    """The word before an interview that nobody ends is ended."""
    own, minutes = (str(session.id),), round(WORD_BEFORE.total_seconds() / 60)
    end = Button("End", "mock-end", own, Style.danger)
    if session.state is State.paused:
        return message(
            f"**Shall this go on?** The clock has stood for long. In {minutes} minutes I end this interview, and the "
            "feedback begins.",
            Buttons((Button("Go on", "mock-resume", own, Style.primary), Button("Wait", "mock-stay", own), end)),
        )
    return message(
        f"**Are you done?** The time is up, and nothing has happened here since. In {minutes} minutes I end this "
        "interview, and the feedback begins.",
        Buttons((Button("Not yet", "mock-stay", own, Style.primary), end)),
    )


def ended(turns: Sequence[Turn], session: Session, *, by_itself: bool = False) -> Message:
    """The interview is over: what comes now."""
    alone = session.alone
    kits = tuple(
        Button(f"Kit {turn.number}: interviewer's part"[:BUTTON_LABEL], "kit-open", (str(turn.id),))
        for turn in turns
        if turn.started_at is not None
    )
    after = (
        "Score yourself by the rubric while it is fresh."
        if alone
        else "Talk it over for five minutes, then write your feedback. Nobody sees the other's before both are in, or "
        "two days have passed."
    )
    rate = Button("My own score" if alone else "Give feedback", "feedback", (str(session.id),), Style.primary)
    since = "Nothing happened in it any more, so I have ended it. " if by_itself else ""
    return message(f"**The interview is over.** {since}{after}", Buttons((rate, *kits)))


def started_alone(turns: Sequence[Turn]) -> Message:
    """The answer to a simulation that begins: where it is."""
    kinds = ", ".join(type_of(turn.kit.type) for turn in turns)
    return message(f"**The clock runs: {kinds}.** Everything is in our private conversation.")


def names_of(people: Sequence[Participant]) -> dict[MemberId, str]:
    """The names of those who are in a session."""
    return {one.id: one.name for one in people}
