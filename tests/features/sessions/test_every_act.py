"""Every act, as everybody, in every state, with every id that could be copied.

Nobody reads what is not theirs, and a session moves as it is drawn.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import pytest

from bot.bank.schema import Kit
from bot.core.refs import Person, Place
from bot.features.interviews.store import Turn
from bot.features.sessions.rules import MOVES, Act, State
from bot.features.sessions.store import Session
from bot.platforms.local.formats import Refused
from tests.actor import Actor
from tests.features.sessions.attempts import Attempt, Attempts, as_text
from tests.features.sessions.pair import Pair
from tests.features.sessions.states import REACH
from tests.features.sessions.test_held import fill_sheets
from tests.ground import Ground, OnSqlite
from tests.stage import Stage

OF_MOCKS = ("sessions", "appointments", "interviews", "feedback", "preferences", "rounds", "queue")
"""The features in which it may matter where something is done."""
OF_FEEDBACK = (*OF_MOCKS, "boards", "members")
"""The features that read what belongs to a session, or to people as a whole."""
LEADS = {
    "mock-yes": {Act.agree},
    "propose-time": {Act.propose},
    "cancel-mock": {Act.cancel},
    "mock-here": {Act.start},
    "mock start": {Act.start},
    "mock-pause": {Act.pause},
    "mock-resume": {Act.resume},
    "mock-swap": {Act.swap},
    "mock-end": {Act.end},
}
"""What an act of a member can do to a session; whatever is not named here changes nothing of its state."""
SHORTEST = 25
"""Characters; shorter texts of a kit may stand in another one by chance."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """SQLite alone: who may read what does not depend on the database, and these are a thousand acts a state."""
    return OnSqlite(tmp_path_factory.mktemp("migrated"))


def interviewers_part(kit: Kit) -> set[str]:
    """Everything of a kit that its candidate may not read before the debrief."""
    found = [*kit.probes, *kit.red_flags, *kit.debrief]
    for said in kit.brief_interviewer.values():
        found += [said] if isinstance(said, str) else list(said)
    for dimension in kit.rubric:
        found += dimension.anchors
    found += [fact.fact for fact in kit.facts_on_request]
    return {text for text in found if len(text) >= SHORTEST and text not in kit.brief_candidate}


def heard(attempt: Attempt, who: Actor, pair: Pair) -> Iterator[tuple[str, str]]:
    """What each of the cast would read of an act: their name, and the words."""
    yield who.name, attempt.said()
    room = {pair.stage.people["Jonas"].name, pair.stage.people["Aiko"].name}
    for target, call in attempt.rows:
        words = as_text(call)
        if isinstance(target, Person):
            yield from ((one.name, words) for one in pair.stage.people.values() if one.person == target)
        elif isinstance(target, Place) and target.channel != pair.stage.channel:
            yield from ((name, words) for name in room)
        else:
            yield from ((name, words) for name in pair.stage.people)


def secrets_of(turns: Sequence[Turn], names: dict[int, str], state: State) -> dict[str, set[str]]:
    """What each of the cast may not read in this state."""
    hidden: dict[str, set[str]] = {name: set() for name in ("Jonas", "Aiko", "Tom", "Mira")}
    parts = [interviewers_part(turn.kit) for turn in turns]
    common = set.intersection(*parts)  # what every kit says, such as that both rate it
    over = state in {State.debrief, State.closed}
    for turn in turns:
        part = interviewers_part(turn.kit) - common
        for name in ("Tom", "Mira"):
            hidden[name] |= part | {turn.kit.brief_candidate[:60]}
        if not over:
            hidden[names[turn.candidate]] |= part
    return hidden


def all_but_told(pair: Pair, hidden: dict[str, set[str]], turns: Iterable[Turn]) -> dict[str, set[str]]:
    """The same without the facts that a button tells: to tell one is what the button is for."""
    facts = {fact.fact for turn in turns for fact in turn.kit.facts_on_request}
    return {name: texts - facts if name in ("Jonas", "Aiko") else texts for name, texts in hidden.items()}


@pytest.mark.parametrize("state", State)
async def test_whatever_anybody_does_reads_what_is_theirs_and_moves_a_session_as_it_is_drawn(
    group: Stage, state: State
) -> None:
    pair = await REACH[state](group)
    turns, session = await pair.turns(), await pair.now()
    assert session.state is state
    hidden = hidden_in(state, turns)
    assert all(len(hidden[name]) > 20 for name in ("Tom", "Mira"))
    check_what_stands(group, hidden, turns, session)
    told_in_room = in_wire(all_but_told(pair, hidden, turns))
    hidden = in_wire(hidden)
    attempts, made = Attempts(group), set()
    for who in (group.jonas, group.aiko, group.tom, group.mira):
        in_room = attempts.everything(who, session.room, OF_MOCKS) if session.room else ()
        for event in (*attempts.everything(who, group.place), *in_room):
            attempt = await attempts.make(event)
            # A fact goes to the room where its interviewer tells it, and nowhere by anything else.
            tells = getattr(event, "action", "") == "kit-fact" and state in {State.live, State.paused}
            allowed = told_in_room if tells and who.name == "Jonas" else hidden
            for name, words in heard(attempt, who, pair):
                found = [secret for secret in allowed[name] if secret in words]
                assert not found, f"{attempt.name} in {state}: {name} would read {found[0]!r}"
            made |= check_move(attempt, pair, state, outsider=who.name in ("Tom", "Mira"))
    by_itself = {Act.lapse, Act.break_off, Act.miss, Act.close, Act.swap}  # swap stays live
    assert made - by_itself == {act for act, to in MOVES.get(state, {}).items() if to is not state} - by_itself


def hidden_in(state: State, turns: Sequence[Turn]) -> dict[str, set[str]]:
    jonas, aiko = turns[0].interviewer, turns[0].candidate
    assert jonas is not None
    return secrets_of(turns, {jonas: "Jonas", aiko: "Aiko"}, state)


def check_what_stands(group: Stage, hidden: dict[str, set[str]], turns: Sequence[Turn], session: Session) -> None:
    """What stands in the world is seen by those whose it is: messages, what the page asks for, and files.

    No more goes out: `content export` and `db backup` are for whoever has the host's shell, an event of Discord is a
    row that an act writes, and the page's stream says no more than that something has changed.
    """
    for name, texts in hidden.items():
        read, asked_for, files = whatever_is_read(group.people[name])
        assert not [text for text in texts if " ".join(text.split()) in read], name
        assert not [text for text in map(_as_wire, texts) if text in asked_for], name
        assert not [text for text in texts if any(text in file for file in files)], name
    for name in ("Tom", "Mira"):
        read, asked_for, files = whatever_is_read(group.people[name])
        assert "put together" not in read + asked_for
        assert files == []
    # The same looks do find what is theirs to read, so that not to find something tells something.
    _, asked_for, files = whatever_is_read(group.jonas)
    brief = {
        _as_wire(text) for text in interviewers_part(turns[0].kit) - {f.fact for f in turns[0].kit.facts_on_request}
    }
    assert any(text in asked_for for text in brief) == (turns[0].briefed_at is not None)
    assert any("BEGIN:VEVENT" in file for file in files) == (session.starts_at is not None)


def whatever_is_read(who: Actor) -> tuple[str, str, list[str]]:
    """What somebody reads on the page, what the page asks for on their behalf, and the files that it may fetch."""
    world = who.stage.world
    files = []
    for id in list(world.files):
        with suppress(Refused):
            files.append(world.file(who.id, id).data.decode(errors="replace"))
    return "\n".join(who.reads()), json.dumps(world.view(who.id), ensure_ascii=False), files


def check_move(attempt: Attempt, pair: Pair, before: State, *, outsider: bool) -> set[Act]:
    """An act changes nothing, or what it is drawn to change; give what it did."""
    after = State(attempt.states.get(pair.id, before.value))
    name = getattr(attempt.event, "action", getattr(attempt.event, "command", ""))
    leads = LEADS.get(name, set())
    assert after in {MOVES.get(before, {}).get(act, before) for act in leads} | {before}, attempt.name
    assert "Something went wrong" not in attempt.said(), attempt.name
    assert not outsider or after is before, attempt.name
    return {act for act in leads if after is MOVES.get(before, {}).get(act)} if after is not before else set()


def in_wire(hidden: dict[str, set[str]]) -> dict[str, set[str]]:
    return {name: set(map(_as_wire, texts)) for name, texts in hidden.items()}


def _as_wire(text: str) -> str:
    return as_text(text)[1:-1]  # as it stands inside of other texts


async def test_feedback_reaches_the_one_it_is_about_when_both_are_in_and_nobody_else_ever(group: Stage) -> None:
    pair = await REACH[State.debrief](group)
    await fill_sheets(group.jonas)
    attempts = Attempts(group)
    for who in (group.aiko, group.tom, group.mira):
        for event in attempts.everything(who, group.place, OF_FEEDBACK):
            attempt = await attempts.make(event)
            for name, words in heard(attempt, who, pair):
                assert name == "Jonas" or "Jonas's own words" not in words, f"{attempt.name}: {name}"
    await fill_sheets(group.aiko)
    assert (await pair.now()).state is State.closed
    assert group.aiko.sees("Jonas's own words")
    for who in (group.tom, group.mira):
        for event in attempts.everything(who, group.place, OF_FEEDBACK):
            attempt = await attempts.make(event)
            for name, words in heard(attempt, who, pair):
                assert name in ("Jonas", "Aiko") or "own words" not in words, f"{attempt.name}: {name}"
        assert not any("own words" in text for text in (*whatever_is_read(who)[:2], *whatever_is_read(who)[2]))


async def test_an_observer_reads_what_the_candidate_reads_and_no_more(group: Stage) -> None:
    pair = await Pair.meet(group, "Jonas", "Aiko", "Tom")
    await pair.agrees()
    await group.tom.presses("1 works")
    starts_at = (await pair.now()).starts_at
    assert starts_at is not None
    await group.until(starts_at)
    for who in (group.jonas, group.aiko, group.tom):
        await who.presses("Start")
    turns = await pair.turns()
    attempts = Attempts(group)
    secrets = interviewers_part(turns[0].kit) - interviewers_part(turns[2].kit)
    for event in attempts.everything(group.tom, group.place, OF_MOCKS):
        attempt = await attempts.make(event)
        assert not [one for one in secrets if _as_wire(one) in attempt.said()], attempt.name
        assert not attempt.rows or "kit-fact" not in attempt.name, attempt.name
