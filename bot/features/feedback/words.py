"""The sentences of feedback: what is asked, what is told, and how somebody grew."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.forms import AnyField, Choice, Form, Paragraph
from bot.core.limits import FIELD_LABEL, OPTION_LABEL
from bot.core.messages import Button, Buttons, Heading, Message, Part, Quote, Style, Text, Verbatim, message, text
from bot.core.parsing import echo
from bot.core.refs import MemberId
from bot.features.feedback import rules
from bot.features.feedback.rules import Asked, Growth, Scored, Sort
from bot.features.feedback.store import Sheet
from bot.features.interviews import words as interviews
from bot.features.interviews.store import Turn
from bot.features.sessions.store import Session

EVIDENCE = 600  # characters; what they said or did, in two or three sentences
LETTERS = "abc"
RATED = "Thank you: that helps whoever keeps the kits."
SENT_ALREADY = "You have sent this one already."
OVER = "This feedback was sent, and cannot be changed any more."
AUTHOR_GONE = "They are not here any more, so I cannot pass it on."
THANKED = "I have passed your thanks on."
Names = Mapping[MemberId, str]


# --- writing --------------------------------------------------------------------------------------------------------


def overview(session: Session, own: Sequence[Sheet], turns: Mapping[int, Turn], names: Names) -> Message:
    """What somebody has to write, and the kits to rate.

    With the buttons of the sheet that comes next alone: those of three kits and all ratings do not fit in a message.
    """
    if not own:
        return message("There is nothing for you to write about this interview.")
    in_order = sorted(own, key=lambda sheet: not sheet.needed)
    comes_next = next((sheet for sheet in in_order if sheet.sent_at is None), None)
    return message(
        "**Your feedback.** What you write is kept as a draft until you send it.",
        *(part for sheet in in_order for part in _line(sheet, turns[sheet.turn], names, next=sheet is comes_next)),
        *(part for turn in turns.values() if turn.started_at is not None for part in _rating(turn)),
    )


def _line(sheet: Sheet, turn: Turn, names: Names, *, next: bool) -> Iterator[Part]:
    yield text(f"**{turn.number}.** ", *_about(sheet, turn, names), f": {_standing(sheet, turn)}")
    if next:
        yield Buttons(tuple(_buttons(sheet, turn)))


def _about(sheet: Sheet, turn: Turn, names: Names) -> tuple[str | Verbatim, ...]:
    if sheet.sort is Sort.own:
        return (turn.kit.title,)
    role = "as the interviewer" if sheet.sort is Sort.interviewing else "as the candidate"
    return (Verbatim(names.get(sheet.about, "somebody")), f" {role}")


def _standing(sheet: Sheet, turn: Turn) -> str:
    if sheet.sent_at is not None:
        return "sent"
    missing = sheet.missing_step(turn)
    needed = "" if sheet.needed else ", if you like"
    count = len(rules.steps(sheet.sort, sheet.asked(turn)))
    return f"ready to be sent{needed}" if missing is None else f"part {missing + 1} of {count} is next{needed}"


def _buttons(sheet: Sheet, turn: Turn) -> Iterator[Button]:
    missing = sheet.missing_step(turn)
    for step in range(len(rules.steps(sheet.sort, sheet.asked(turn)))):
        style = Style.primary if step == missing else Style.plain
        yield Button(f"Part {step + 1}", "sheet", (str(sheet.id), str(step)), style)
    if missing is None:
        yield Button("Send", "send-sheet", (str(sheet.id),), Style.primary)


def _rating(turn: Turn) -> Iterator[Part]:
    yield Text((f"How good was kit {turn.number}?",))
    yield Buttons(tuple(Button("★" * stars, "rate-kit", (str(turn.id), str(stars))) for stars in range(1, 6)))


def form(sheet: Sheet, turn: Turn, step: int) -> Form:
    """One part of a sheet, with what was written before."""
    dimensions = rules.steps(sheet.sort, sheet.asked(turn))[step]
    last = not dimensions or sheet.sort is Sort.interviewing
    fields = [field for letter, one in zip(LETTERS, dimensions, strict=False) for field in _fields(sheet, letter, one)]
    return Form("Feedback", "fill-sheet", (*fields, *(_ends(sheet) if last else ())), (str(sheet.id), str(step)))


def _fields(sheet: Sheet, letter: str, asked: Asked) -> Iterator[AnyField]:
    before = sheet.scores.get(asked.name)
    options = tuple(
        (str(n), echo(f"{n}: {anchor}", OPTION_LABEL)) for n, anchor in zip(rules.SCORES, asked.anchors, strict=True)
    )
    value = str(before.score) if before else ""
    yield Choice(name=f"score_{letter}", label=asked.name[:FIELD_LABEL], value=value, options=options)
    if sheet.sort is not Sort.interviewing:
        label = f"Seen by: {asked.name}"[:FIELD_LABEL]
        hint = "what they said or did that shows it"
        said = before.evidence if before else ""
        yield Paragraph(name=f"why_{letter}", label=label, hint=hint, value=said, max_length=EVIDENCE)


def _ends(sheet: Sheet) -> Iterator[AnyField]:
    yield Paragraph(
        name="strength", label="One strength", hint="with a quotation", value=sheet.strength, max_length=EVIDENCE
    )
    gap = "and how to practise it"
    yield Paragraph(name="gap", label="One gap", hint=gap, value=sheet.gap, max_length=EVIDENCE)


def kept(sheet: Sheet, turn: Turn, names: Names) -> Message:
    """The answer to a part that was filled: of whom it is, and what comes next."""
    missing = sheet.missing_step(turn)
    about = _about(sheet, turn, names)
    ways = Buttons(tuple(_buttons(sheet, turn)))
    if missing is None:
        return message(text("**Kept:** ", *about, ". It is whole: send it, or change a part."), ways)
    return message(text("**Kept as a draft:** ", *about, f". Part {missing + 1} is next."), ways)


def sent(*, waits: bool, more: bool, alone: bool) -> Message:
    """The answer to a sheet that was sent."""
    if alone and not more:
        return message("**Kept.** Your report comes in a moment.")
    if more:
        return message("**Sent.** There is one more of yours that is not sent yet: press Give feedback again.")
    if waits:
        return message("**Sent.** You read theirs when everybody's is in, or after two days.")
    return message("**Sent.** Everybody's is in, so I send you theirs in a moment.")


def nudge(session: Session) -> Message:
    """The reminder to write feedback."""
    return message(
        "**Your feedback on the last mock interview is still a draft.** The other one waits for it, and tomorrow what "
        "was sent is opened.",
        Buttons((Button("Give feedback", "feedback", (str(session.id),), Style.primary),)),
    )


# --- reading --------------------------------------------------------------------------------------------------------


def opened(
    own: Sequence[tuple[Sheet, Turn]], names: Names, *, growth: Sequence[Growth], late: bool, loop: bool = False
) -> Message:
    """What the others have said of somebody, for that one alone; of a loop it is one report over all kits."""
    if not own:
        return message(
            "**Nobody has written feedback about you** for the last mock interview within two days. If something comes "
            "later, I send it on."
        )
    lines = [part for sheet, turn in own for part in sheet_parts(sheet, turn, names)]
    title = "Late feedback about you" if late else "Feedback about you"
    whole = _whole(own) if loop else ()
    return message(Heading(f"{title}, for you alone"), *lines, *whole, *_growth(growth), _thanks(own, names))


def report(own: Sequence[tuple[Sheet, Turn]], growth: Sequence[Growth]) -> Message:
    """How somebody who practised alone has scored, kit by kit."""
    lines = [part for sheet, turn in own for part in sheet_parts(sheet, turn, {})]
    return message(Heading("Your report"), *lines, *_whole(own), *_growth(growth))


def _whole(own: Sequence[tuple[Sheet, Turn]]) -> Iterator[Part]:
    scored = ((sheet, turn) for sheet, turn in own if sheet.sort is not Sort.interviewing)
    means = [mean for sheet, turn in scored if (mean := rules.average(turn.kit, sheet.scores)) is not None]
    if len(means) > 1:
        yield Text((f"**All kits together: {sum(means) / len(means):.1f} of 4.**",))


def sheet_parts(sheet: Sheet, turn: Turn, names: Names) -> Iterator[Part]:
    """A sheet in full."""
    mean = rules.average(turn.kit, sheet.scores) if sheet.sort is not Sort.interviewing else None
    by = () if sheet.sort is Sort.own else (", by ", Verbatim(names.get(sheet.author, "somebody")))
    role = " as an interviewer" if sheet.sort is Sort.interviewing else ""
    whole = f": {mean:.1f} of 4" if mean is not None else ""
    yield text(f"**{interviews.titled(turn.kit.type)}{role}**", *by, whole)
    for name, scored in sheet.scores.items():
        yield Text((f"**{name}: {scored.score}** {_anchor(sheet, turn, name, scored)}",))
        if scored.evidence:
            yield Quote(scored.evidence)
    for title, said in (("One strength", sheet.strength), ("One gap", sheet.gap)):
        if said:
            yield Text((f"**{title}:**",))
            yield Quote(said)


def _anchor(sheet: Sheet, turn: Turn, name: str, scored: Scored) -> str:
    found = next((one for one in sheet.asked(turn) if one.name == name), None)
    return f"({found.anchors[scored.score - 1]})" if found else ""


def _thanks(own: Sequence[tuple[Sheet, Turn]], names: Names) -> Buttons:
    first = {sheet.author: sheet for sheet, _ in reversed(own)}
    labels = ((f"Thank {names.get(author, 'them')}"[:70], sheet) for author, sheet in first.items())
    return Buttons(tuple(Button(label, "thank", (str(sheet.id),)) for label, sheet in labels))


def thanks(who: str) -> Message:
    """What the author of a sheet reads."""
    return message(text("**", Verbatim(who), " thanks you** for your feedback."))


def _growth(found: Sequence[Growth]) -> Iterator[Part]:
    several = [one for one in found if one.times > 1]
    if several:
        yield growth(several)


def growth(found: Sequence[Growth]) -> Text:
    """How somebody grew, a line for each dimension."""
    lines = (f"- {one.name}: {one.first:.1f} → {one.latest:.1f} ({_times(one.times)})" for one in found[:12])
    return Text(("**Over your interviews:**\n" + "\n".join(lines),))


def _times(times: int) -> str:
    return "once" if times == 1 else f"{times} times"
