"""Faults are planted in the evidence of a run without any, and the oracle is to count each of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.demo import seen
from bot.demo.oracle import Evidence, judge
from bot.demo.steps import Deed, Pick
from bot.platforms.local.formats import BOT, Json

from .conftest import Played

Wanted = Callable[[Json, Evidence], bool]


def verdict(evidence: Evidence) -> tuple[int, int]:
    found = judge(evidence)
    return sum(finding.lost for finding in found), sum(finding.doubled for finding in found)


def is_question(message: Json, evidence: Evidence) -> bool:
    return seen.is_question(message, evidence.channel)


def is_reveal(message: Json, evidence: Evidence) -> bool:
    return message["thread"] is not None and seen.is_reveal(message)


def is_middle_part(message: Json, evidence: Evidence) -> bool:
    return str(message["id"]) == "part 2"


def is_last_part(message: Json, evidence: Evidence) -> bool:
    return message["thread"] is not None and seen.ends_reveal(message) and not seen.is_reveal(message)


def is_welcome(message: Json, evidence: Evidence) -> bool:
    return message["author"] == BOT and seen.words(message).startswith("Welcome to")


def is_tour(message: Json, evidence: Evidence) -> bool:
    return message["author"] == BOT and seen.pressable(message, "join") is not None


def is_reminder(message: Json, evidence: Evidence) -> bool:
    return message["author"] == BOT and seen.words(message).startswith("Still open")


def is_note(message: Json, evidence: Evidence) -> bool:
    return message["author"] == BOT and seen.pressable(message, "flag-keep") is not None


def first(evidence: Evidence, wanted: Wanted) -> int:
    said = ((number, change) for number, change in enumerate(evidence.log) if change["type"] == "posted")
    return next(number for number, change in said if wanted(change["message"], evidence))


def without(evidence: Evidence, wanted: Wanted) -> Evidence:
    gone = evidence.log[first(evidence, wanted)]["message"]["id"]
    log = [change for change in evidence.log if change.get("message", {}).get("id") != gone]
    return replace(evidence, log=log)


def twice(evidence: Evidence, wanted: Wanted) -> Evidence:
    number = first(evidence, wanted)
    change = evidence.log[number]
    again = {**change, "message": {**change["message"], "id": "again", "thread_id": None}}
    return replace(evidence, log=[*evidence.log[: number + 1], again, *evidence.log[number + 1 :]])


def in_parts(evidence: Evidence) -> Evidence:
    """The log as it were if the first reveal had been too long for one message, and even for two."""
    number = first(evidence, is_reveal)
    change = evidence.log[number]
    blocks = change["message"]["blocks"]
    cuts = (0, 2, len(blocks) - 1, len(blocks))
    parts = [
        {**change, "message": {**change["message"], "id": f"part {start}", "blocks": blocks[start:end]}}
        for start, end in pairwise(cuts)
    ]
    return replace(evidence, log=[*evidence.log[:number], *parts, *evidence.log[number + 1 :]])


def reworded(evidence: Evidence, before: str, after: str) -> Evidence:
    """The log as it were if the bot had said something else."""

    def said(value: Any) -> Any:
        match value:
            case str():
                return value.replace(before, after)
            case list():
                return [said(item) for item in value]
            case dict():
                return {key: said(item) for key, item in value.items()}
        return value

    return replace(
        evidence,
        log=[
            {**change, "message": said(change.get("message", {"id": ""}))} if "message" in change else change
            for change in evidence.log
        ],
    )


def test_a_run_without_faults_is_clean(played: Played) -> None:
    assert judge(played.evidence()) == []


WHOLE = [is_question, is_reveal, is_welcome, is_tour, is_reminder, is_note]


@pytest.mark.parametrize("wanted", WHOLE)
def test_what_is_missing_is_lost(played: Played, wanted: Wanted) -> None:
    lost, doubled = verdict(without(played.evidence(), wanted))
    assert lost > 0
    assert doubled == 0


@pytest.mark.parametrize("wanted", WHOLE)
def test_what_is_there_twice_is_doubled(played: Played, wanted: Wanted) -> None:
    assert verdict(twice(played.evidence(), wanted)) == (0, 1)


def test_a_reveal_in_parts_is_whole(played: Played) -> None:
    assert judge(in_parts(played.evidence())) == []


@pytest.mark.parametrize("part", [is_reveal, is_middle_part, is_last_part])
def test_each_part_of_a_reveal_is_to_come_once(played: Played, part: Wanted) -> None:
    evidence = in_parts(played.evidence())
    assert verdict(without(evidence, part))[0] > 0
    assert verdict(twice(evidence, part)) == (0, 1)


def test_a_question_before_the_first_date_is_one_too_many(played: Played) -> None:
    evidence = played.evidence()
    change = evidence.log[first(evidence, is_question)]
    early = {**change, "moment": change["moment"] - timedelta(days=1), "message": {**change["message"], "id": "early"}}
    assert verdict(replace(evidence, log=[early, *evidence.log])) == (0, 1)


@pytest.mark.parametrize("late", [timedelta(minutes=-1), timedelta(minutes=1)])
def test_a_reveal_at_another_moment_is_noticed(played: Played, late: timedelta) -> None:
    evidence = played.evidence()
    number = first(evidence, is_reveal)
    change = {**evidence.log[number], "moment": evidence.log[number]["moment"] + late}
    log = [*evidence.log[:number], change, *evidence.log[number + 1 :]]
    assert verdict(replace(evidence, log=log)) == (1, 0)


def test_a_late_reveal_is_no_fault_where_the_bot_may_be_away(played: Played) -> None:
    evidence = played.evidence()
    number = first(evidence, is_reveal)
    change = {**evidence.log[number], "moment": evidence.log[number]["moment"] + timedelta(hours=1)}
    log = [*evidence.log[:number], change, *evidence.log[number + 1 :]]
    assert verdict(replace(evidence, log=log, punctual=False)) == (0, 0)


def test_an_answer_that_was_given_and_not_counted_is_lost(played: Played) -> None:
    evidence = played.evidence()
    posting = evidence.postings[0]
    absent = next(member for member in range(7) if member not in evidence.standings[posting.on].answers)
    deed = Deed(posting.opens + timedelta(hours=1), absent, Pick("a", right=False), posting.on)
    lost, doubled = verdict(replace(evidence, deeds=[*evidence.deeds, deed]))
    assert lost >= 2  # in the status of the post and in the reveal
    assert doubled == 0


def test_an_answer_that_was_counted_and_never_given_is_doubled(played: Played) -> None:
    evidence = played.evidence()
    posting = evidence.postings[0]
    member = next(iter(evidence.standings[posting.on].answers))
    deeds = [deed for deed in evidence.deeds if (deed.on, deed.member) != (posting.on, member)]
    assert verdict(replace(evidence, deeds=deeds))[1] >= 2


def test_points_too_many_are_doubled_and_points_too_few_are_lost(played: Played) -> None:
    evidence = played.evidence()
    assert verdict(replace(evidence, points={**evidence.points, 0: evidence.points[0] + 2})) == (0, 1)
    assert verdict(replace(evidence, points={**evidence.points, 0: evidence.points[0] - 2})) == (1, 0)


def test_a_wrong_count_of_right_answers_is_noticed(played: Played) -> None:
    right = max(standing.right for standing in played.evidence().standings.values())
    assert verdict(reworded(played.evidence(), f"{right} right", f"{right - 1} right"))[0] >= 1
    assert verdict(reworded(played.evidence(), f"{right} of them right", f"{right + 1} of them right"))[1] >= 1


def test_an_explanation_that_is_missing_from_the_reveal_is_lost(played: Played) -> None:
    evidence = played.evidence()
    question = seen.question_of(evidence.questions(evidence.postings[0].on)[0], evidence.bank)
    other = question.model_copy(
        update={"explanation": "Quite another explanation, of which no single word was ever said there."}
    )
    bank = replace(evidence.bank, questions={**evidence.bank.questions, question.key: other})
    assert verdict(replace(evidence, bank=bank)) == (1, 0)


def test_a_reply_without_its_mark_is_lost(played: Played) -> None:
    evidence = played.evidence()
    replies = [stands.message for standing in evidence.standings.values() for stands in standing.answers.values()]
    marked = next(reply for reply in replies if reply)
    log = [
        {**change, "message": {**change["message"], "reactions": {}}}
        if change.get("message", {}).get("id") == marked
        else change
        for change in evidence.log
    ]
    assert verdict(replace(evidence, log=log)) == (1, 0)
