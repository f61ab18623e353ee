"""Which question comes when: the same for the same seed, never twice in a pass, and steady while the bank changes."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.features.days.store import days
from tests.content import Content
from tests.ground import Ground
from tests.stage import Stage

EIGHT = (
    "reading-a-p-value", "batch-norm-when-serving", "two-detectors-in-a-row", "phase-before-the-first-token",
    "result-you-had-to-withdraw", "customers-without-orders", "most-frequent-values", "rows-a-tree-never-saw",
)  # fmt: skip


def calendar(tx: Connection) -> dict[date, str]:
    """Every date with its question, planned or asked."""
    rows = tx.execute(select(days.c.on, days.c.question_id).where(days.c.state != "skipped").order_by(days.c.on))
    return {row.on: row.question_id for row in rows}


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A bank of eight questions, to edit."""
    return Content(tmp_path / "content", EIGHT)


@pytest.fixture
async def small(stage: Stage, content: Content) -> Stage:
    """A group over the bank of eight."""
    await stage.restarts(content.load())
    await stage.sets_up()
    return stage


async def test_the_same_seed_and_the_same_bank_choose_the_same_questions(
    tmp_path: Path, ground: Ground, group: Stage
) -> None:
    (tmp_path / "twin").mkdir()
    twin = await Stage.open(tmp_path / "twin", group.bank, ground)
    await twin.sets_up()
    await group.at("Wed 10:00")
    await twin.at("Wed 09:30")
    await twin.restarts()
    await twin.at("Wed 10:00")
    assert await twin.read(calendar) == await group.read(calendar)
    await twin.stops()


async def test_seven_questions_before_the_bank_is_used_up_the_organisers_hear_of_it_once(small: Stage) -> None:
    assert not small.mira.sees("questions are left")
    await small.at("Mon 09:01")
    assert small.mira.sees("7 questions are left in the bank that the group has not had (track main).")
    mark = len(small.transcript.lines)
    await small.at("Wed 09:01")
    assert "questions are left" not in " ".join(small.said_since(mark))
    assert not small.jonas.sees("questions are left")


async def test_nothing_comes_twice_until_the_bank_is_used_up(small: Stage) -> None:
    await small.at("Wed 10:00")
    await small.restarts()
    await small.at("2026-12-14 10:00")
    asked = [day.question_id for day in await small.all_days()]
    assert len(asked) == 16
    assert sorted(asked[:8]) == sorted(EIGHT) == sorted(asked[8:])


async def test_organisers_hear_once_in_each_pass_that_seven_are_left(small: Stage) -> None:
    await small.at("2026-12-15 10:00")
    told = [line for line in small.said_since(0) if "questions are left" in line]
    assert len(told) == 3
    assert all(line.startswith("bot (to Mira): 7 questions are left") for line in told)


async def test_edits_of_the_bank_move_no_date_that_is_planned(small: Stage, content: Content) -> None:
    await small.at("Tue 10:00")
    before = await small.read(calendar)
    open_now = before[date(2026, 11, 24)]
    content.add("a-new-one", like="reading-a-p-value")
    content.add("another-new-one", like="batch-norm-when-serving")
    await small.restarts(content.load())
    await small.at("Thu 10:00")
    after = await small.read(calendar)
    assert {on: after[on] for on in before} == before
    assert after[date(2026, 11, 24)] == open_now


async def test_new_questions_come_before_any_is_repeated(small: Stage, content: Content) -> None:
    await small.at("Mon 10:00")
    content.add("a-new-one", like="reading-a-p-value")
    await small.restarts(content.load())
    await small.at("2026-12-17 10:00")
    asked = [str(day.question_id) for day in await small.all_days()]
    assert asked.count("a-new-one") == 2
    assert {asked.count(id) for id in EIGHT} == {2, 3}


async def test_a_planned_question_that_left_the_bank_is_replaced_when_it_is_posted(
    small: Stage, content: Content
) -> None:
    await small.plans("reading-a-p-value", "two-detectors-in-a-row", "rows-a-tree-never-saw")
    await small.at("Mon 10:00")
    before = await small.read(calendar)
    content.retire("two-detectors-in-a-row")
    await small.restarts(content.load())
    assert "this one left the bank; another is chosen" in await small.mira.types("/admin preview")
    await small.at("Wed 10:00")
    after = await small.read(calendar)
    replaced = after.pop(date(2026, 11, 24))
    assert replaced in set(EIGHT) - {"two-detectors-in-a-row", "rows-a-tree-never-saw"}
    assert after[date(2026, 11, 23)] == before[date(2026, 11, 23)]
    assert after[date(2026, 11, 25)] == "rows-a-tree-never-saw"


async def test_where_every_question_is_planned_already_a_lost_one_is_replaced_all_the_same(
    stage: Stage, tmp_path: Path
) -> None:
    content = Content(tmp_path / "tiny", EIGHT[:3])
    await stage.restarts(content.load())
    await stage.sets_up()
    planned = await stage.mira.types("/admin preview")
    assert all(planned.count(id) > 1 for id in EIGHT[:3])
    lost = (await stage.read(calendar))[date(2026, 11, 23)]
    content.retire(lost)
    await stage.restarts(content.load())
    await stage.at("Mon 09:00")
    assert len(stage.questions) == 1


async def test_an_open_question_is_revealed_as_it_was_asked(small: Stage, content: Content) -> None:
    await small.plans("reading-a-p-value")
    await small.at("Mon 10:00")
    await small.jonas.presses("C")
    content.edit("reading-a-p-value", "Reading a p-value of 0.03", "Another title")
    content.edit("reading-a-p-value", "{id: d, correct: true", "{id: e, correct: true")
    await small.restarts(content.load())
    await small.aiko.presses("C")
    await small.at("Tue 08:00")
    assert "Reveal: Reading a p-value of 0.03" in small.in_thread()
    assert "2 answered, 2 right" in small.in_thread()


async def test_a_private_folder_is_served_first(stage: Stage, content: Content, tmp_path: Path) -> None:
    private = Content(tmp_path / "private", ("undo-negative-downsampling",))
    private.edit("undo-negative-downsampling", "id: undo-negative-downsampling", "id: our-own-question")
    await stage.restarts(content.load(private))
    await stage.sets_up()
    planned = await stage.mira.types("/admin preview")
    assert "Mon 23 Nov Probability after thinning the negatives" in planned


async def test_a_private_question_with_a_taken_id_takes_its_place(
    stage: Stage, content: Content, tmp_path: Path
) -> None:
    private = Content(tmp_path / "private", ("reading-a-p-value",))
    private.edit("reading-a-p-value", "Reading a p-value of 0.03", "Our own reading")
    bank = content.load(private)
    await stage.restarts(bank)
    await stage.sets_up()
    await stage.plans("reading-a-p-value")
    await stage.at("Mon 09:00")
    assert stage.jonas.sees("Our own reading")


async def test_a_swap_for_a_planned_question_exchanges_the_two_dates(group: Stage) -> None:
    await group.mira.types("/admin preview")
    before = await group.read(calendar)
    monday, friday = date(2026, 11, 23), date(2026, 11, 27)
    await group.mira.types(f"/admin swap {monday} {before[friday]}")
    after = await group.read(calendar)
    assert (after[monday], after[friday]) == (before[friday], before[monday])
    assert len(set(after.values())) == len(after)


async def test_a_pulled_question_leaves_the_dates_to_come(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.aiko.types("/join")
    await group.at("2026-12-01 10:00")
    await group.plans("reading-a-p-value")
    await group.at("Wed 09:00")
    await group.jonas.presses("Something wrong?")
    await group.jonas.fills(what="outdated")
    await group.aiko.presses("Something wrong?")
    await group.aiko.fills(what="typo")
    await group.at("2026-12-15 10:00")
    later = [day.question_id for day in await group.all_days() if day.on > date(2026, 12, 2)]
    assert len(later) == 9
    assert "reading-a-p-value" not in later
