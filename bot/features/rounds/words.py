"""What is said about rounds: in the home without anything private, to organisers, and to each member alone."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from bot.core import dates
from bot.core.messages import Button, Buttons, Mention, Message, Moment, Span, Style, Text, Verbatim, message, text
from bot.core.refs import EVERYWHERE, MemberId, Place
from bot.features.groups.rules import DAYS
from bot.features.groups.store import Group
from bot.features.matching.rules import Outcome, Pairing
from bot.features.members.store import Member
from bot.features.rounds.rules import BEFORE_PAIRS, Schedule, State
from bot.features.rounds.store import Round
from bot.features.wishes.rules import Reason
from bot.features.wishes.words import FIRST_NEXT, LEFT, NAMES, NO_PAIR

JOIN = Button("Sign me up", "mock join", style=Style.primary)
PREFERENCES = Button("My preferences", "mock prefs")
EVERY = Button("Every round", "mock join", ("yes",))
BACK = Button("Go on", "mock resume")
LEAVE = Button("Take my name off", "mock leave")
NOW = Button("I have time now", "mock now")
LONGEST_LIST = 40  # pairs that are named in one message
PLAIN_STATE = {
    State.open: "is open",
    State.closed: "is being paired",
    State.preview: "is paired, and waits for an organiser",
    State.announced: "is under way",
    State.done: "is over",
    State.cancelled: "was cancelled",
}


# --- in the home ----------------------------------------------------------------------------------------------------


def opened(round: Round, group: Group, signed_up: int) -> Message:
    """The post of a round, as it stands: with its button while one can sign up."""
    zone = group.zone.key
    week = ("Sessions are held between ", Moment(round.starts_at, zone), " and ", Moment(round.ends_at, zone), ".")
    if round.state is State.open:
        return message(
            "**Mock interviews: who practises with whom this time?**",
            text("Sign up until ", Moment(round.closes_at, zone), "; then everybody gets a partner who fits. ", *week),
            f"*{_count(signed_up)}*",
            Buttons((JOIN, PREFERENCES)),
        )
    if round.state is State.cancelled:
        return message("**Mock interviews:** this round does not take place.", Buttons((NOW, PREFERENCES)))
    stands = "sign-up is closed"
    if round.state in {State.announced, State.done}:
        stands = "the pairs are announced" if round.outcome.pairings else "there is no pair this time"
    return message(
        f"**Mock interviews: {stands}.**", text(*week), f"*{_count(signed_up)}*", Buttons((NOW, PREFERENCES))
    )


def _count(signed_up: int) -> str:
    return {0: "Nobody has signed up yet", 1: "1 signed up"}.get(signed_up, f"{signed_up} signed up")


def announced(
    round: Round, group: Group, outcome: Outcome, people: Mapping[MemberId, Member], place: Place, *, alone: bool
) -> Message:
    """The pairs, as everybody in a home may read them; who hides is not named.

    `alone` says that the group has no home in another workspace of the platform: then all who are on it are there.
    """
    shown = [pairing for pairing in outcome.pairings if all(people[id].seen_by != "nobody" for id in pairing.people)]
    spans = {id: _name(member, place, alone=alone) for id, member in people.items()}
    lines = [text("- ", *_named(pairing, spans)) for pairing in shown[:LONGEST_LIST]]
    # Those without a partner count too: who is named and who is not add up to those who signed up.
    named = {id for pairing in shown[:LONGEST_LIST] for id in pairing.people}
    return message(
        text("**Mock interviews: the pairs until ", Moment(round.ends_at, group.zone.key), "**"),
        *lines,
        *_not_named(len(people.keys() - named)),
        "Whoever has a partner hears from me where to meet and when.",
    )


def _not_named(rest: int) -> list[str]:
    if not rest:
        return []
    return ["*1 other has been told in private*" if rest == 1 else f"*{rest} others have been told in private*"]


def _named(pairing: Pairing, spans: Mapping[MemberId, Span]) -> list[Span]:
    names = [spans[id] for id in pairing.people]
    between: list[Span] = [*([", "] * (len(names) - 2)), " and "]
    return [span for pair in zip(names, [*between, ""], strict=True) for span in pair if span]


def _name(member: Member, place: Place, *, alone: bool) -> Span:
    # Who is not there would stand there as a number.
    there = {place.workspace, *([EVERYWHERE] if alone else [])}
    here = member.person.platform == place.platform and member.person.workspace in there
    return Mention(member.person) if here else Verbatim(member.name)


# --- to one member --------------------------------------------------------------------------------------------------


def left_out(reason: Reason, group: Group, *, any_pair: bool) -> Message:
    """The private word to somebody without a partner: why, and that they are first next time."""
    why = NO_PAIR if reason is Reason.taken and not any_pair else LEFT[reason]
    return message(
        text("**No partner this time**, in ", Verbatim(group.name), f": {why}."),
        *([] if reason is Reason.waits else [FIRST_NEXT]),
        "If you have two hours now, somebody else may have them too.",
        Buttons((NOW, PREFERENCES)),
    )


def joined(round: Round, group: Group, *, hours: str, long_enough: bool, zone: str, new: bool, every: bool) -> Message:
    """The answer to somebody who signed up."""
    return message(
        text(
            "**You are signed up.** " if new else "**You are signed up already.** ",
            "The pairs come after ",
            Moment(round.closes_at, group.zone.key),
            ".",
        ),
        text("Your hours: ", Verbatim(hours), f" ({zone})."),
        *(
            []
            if long_enough
            else [f"None of these stretches is as long as a session, which takes {round.minutes} minutes."]
        ),
        *(["You are signed up for every round, until you pause or leave."] if every else []),
        Buttons((*(() if every else (EVERY,)), PREFERENCES, LEAVE)),
    )


def cancelled(group: Group) -> Message:
    """The private word to those who signed up for a round that is called off."""
    return message(
        text("The round of mock interviews in ", Verbatim(group.name), " was called off by an organiser."),
        Buttons((NOW, PREFERENCES)),
    )


def no_round(group: Group, opens_at: datetime | None, *, every: bool) -> Message:
    """The answer where no round is open: when the next one is, and what goes at once."""
    if opens_at is None:
        return message("This group holds no rounds; an organiser can switch them on.", Buttons((NOW, PREFERENCES)))
    return message(
        text("No round is open now; the next one opens ", Moment(opens_at, group.zone.key), "."),
        *(["You are signed up for every round, so you are in it."] if every else []),
        Buttons((NOW, *(() if every else (EVERY,)), PREFERENCES)),
    )


def left(*, was_in: bool, was_waiting: bool, was_regular: bool) -> Message:
    """The answer to somebody who took their name off."""
    names = (("the round", was_in), ("the live queue", was_waiting), ("the list of those in every round", was_regular))
    out = [name for name, was in names if was]
    if not out:
        return message(
            "You are in no round that can still be left. A session that was announced is called off in its own room.",
            Buttons((JOIN,)),
        )
    return message(f"You are off {' and '.join(out)}.", Buttons((JOIN,)))


def status(
    group: Group,
    round: Round | None,
    *,
    member: MemberId,
    signed_up: Collection[MemberId],
    every: bool,
    meets: bool,
    paused_until: date | None,
    opens_at: datetime | None,
    owed: bool,
    waiting_until: datetime | None,
) -> Message:
    """Where the asker stands: round, queue, what they have set; only they read it.

    `meets` is whether an interview of this round is open that they are in.
    """
    zone = group.zone.key
    parts: list[Text] = []
    if round:
        parts.append(text(f"- The round {_stands(round)}", *_until(round, zone), f". {_count(len(signed_up))}."))
        parts += [text(f"- {line}") for line in _place_in(round, member, signed_up, meets=meets)]
    if opens_at:
        parts.append(text("- The next round opens ", Moment(opens_at, zone), "."))
    if every:
        parts.append(text("- You are signed up for every round, until you pause or leave."))
    if paused_until:
        parts.append(text(f"- You are paused until {dates.dated(paused_until)}."))
    if owed:
        parts.append(text("- You come first when the next pairs are made."))
    if waiting_until:
        parts.append(text("- You are in the live queue until ", Moment(waiting_until, zone), "."))
    is_in = round is not None and round.state in BEFORE_PAIRS and member in signed_up
    buttons = [
        *([LEAVE] if is_in or every or waiting_until else []),
        *([JOIN] if round and round.state is State.open and not is_in else []),
        *([EVERY] if opens_at and not every else []),
        *([BACK] if paused_until else []),
        *([] if waiting_until else [NOW]),
        PREFERENCES,
    ]
    said = parts or [text("- This group holds no rounds.")]
    return message("**Mock interviews**", *said, Buttons(tuple(buttons)))


def _stands(round: Round) -> str:
    if round.state is State.announced and not round.outcome.pairings:
        return "is over, and there was no pair in it"
    return PLAIN_STATE[round.state]


def _until(round: Round, zone: str) -> list[Span]:
    match round.state:
        case State.announced if not round.outcome.pairings:
            return []
        case State.open:
            return ["; sign up until ", Moment(round.closes_at, zone)]
        case State.done | State.cancelled:
            return []
    return ["; its sessions are held until ", Moment(round.ends_at, zone)]


def _place_in(round: Round, member: MemberId, signed_up: Collection[MemberId], *, meets: bool) -> list[str]:
    """Whether somebody is in a round, and once it was paired what has become of that."""
    if round.state is State.cancelled:
        return []
    if round.state in BEFORE_PAIRS:
        return ["You are in it." if member in signed_up else "You are not in it."]
    if any(member in pairing.people for pairing in round.outcome.pairings):
        return ["You had a partner in it" + ("; how that stands is below." if meets else ", and that is over now.")]
    return ["You signed up, and had no partner in it." if member in signed_up else "You are not in it."]


# --- to organisers --------------------------------------------------------------------------------------------------


def preview(round: Round, people: Mapping[MemberId, Member], *, provisional: bool) -> Message:
    """The pairs for organisers' eyes; not why somebody is left, since that tells of their hours."""
    outcome = round.outcome
    title = "as they would be now" if provisional else "to be approved"
    if not outcome.pairings:
        return message(f"**The pairs, {title}:** none; {_count(len(outcome.byes))}.")
    lines = [text("- ", *_for_organisers(pairing, people)) for pairing in outcome.pairings[:LONGEST_LIST]]
    more = len(outcome.pairings) - len(lines)
    left = [people[bye.member].name for bye in outcome.byes]
    buttons = (
        Button("Announce them", "admin round-approve", style=Style.primary),
        Button("Pair once more", "admin round-rerun"),
    )
    return message(
        f"**The pairs, {title}**",
        *lines,
        *([f"*and {more} more*"] if more else []),
        *([text("Without a partner: ", Verbatim(", ".join(left)), ".")] if left else []),
        *([] if provisional else [Buttons(buttons)]),
    )


def _for_organisers(pairing: Pairing, people: Mapping[MemberId, Member]) -> list[Span]:
    names = ", ".join(sorted(people[id].name for id in pairing.people))
    kinds = dict.fromkeys(NAMES[kind] for kind in (pairing.kind, pairing.second_kind))
    met = f"; last met {dates.day_and_month(pairing.last_met)} {pairing.last_met.year}" if pairing.last_met else ""
    return [Verbatim(names), f": {', then '.join(kinds)}{met}"]


def to_organisers(round: Round, people: Mapping[MemberId, Member]) -> Message:
    """The private word to organisers that pairs wait for them."""
    shown = preview(round, people, provisional=False)
    return Message((*shown.parts, text("Without your word they are announced after a day.")))


def approved(round: Round) -> Message:
    """The answer to the organiser who approved."""
    if round.state is State.closed:
        return message("Somebody has left or changed meanwhile; everybody is being paired once more.")
    count = len(round.outcome.pairings)
    if not count:
        return message("There is no pair this time; whoever signed up hears why.")
    return message(f"Announced: {count} pair{'' if count == 1 else 's'}.")


def rerun() -> Message:
    """The answer to the organiser who wants other pairs."""
    return message("Everybody is being paired once more; you hear from me in a moment.")


def schedule(group: Group, of: Schedule, is_open: Round | None, opens_at: datetime | None) -> Message:
    """The group's schedule of rounds as it is set now, and the rounds by it."""
    if not of.on:
        return message("**No rounds of mock interviews.** Members can still practise with whoever has time now.")
    zone = group.zone.key
    shown = "shown to organisers first" if of.approve else "announced at once"
    coming: list[Text] = []
    if is_open:
        coming.append(text("- The round that is open closes ", Moment(is_open.closes_at, zone), "."))
    if opens_at:
        coming.append(text("- The next round opens ", Moment(opens_at, zone), "."))
    return message(
        f"**Rounds of mock interviews** close every {DAYS[of.weekday]} at {of.closes:%H:%M} ({zone}).",
        f"- A session takes {of.minutes} minutes.\n- Pairs are {shown}.",
        *coming,
    )
