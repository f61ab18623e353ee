"""Buttons live in rows and not in memory: they work after a restart, and while the database is slow."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import make_url

from bot.storage.database import prepare_sqlite
from tests.stage import Stage


async def test_every_button_of_an_old_message_works_after_a_restart(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    await group.jonas.presses("Hint")
    await group.jonas.presses("Something wrong?")
    await group.restarts()
    assert "Recorded: C" in await group.jonas.presses("C")
    assert "Hint 1." in await group.jonas.presses("Show it")
    assert "Thank you" in await group.jonas.fills(what="typo")
    assert "Your answer: C" in await group.jonas.presses("My result")
    assert "A question was flagged" in " ".join(group.mira.reads())
    await group.restarts()
    assert "stays in your plan" in await group.mira.presses("Keep it")


async def test_a_select_and_a_form_outlive_a_restart(group: Stage) -> None:
    await group.plans("when-fraud-becomes-rarer", "two-detectors-in-a-row")
    await group.at("Mon 09:00")
    await group.restarts()
    assert "Recorded: A, C" in await group.jonas.chooses("A", "C")
    await group.at("Tue 09:00")
    await group.jonas.presses("Answer")
    await group.restarts()
    assert "Recorded: 65" in await group.jonas.fills("65")


@pytest.mark.parametrize("whole_ground", ["sqlite"], indirect=True)
async def test_a_press_while_the_database_is_held_is_recorded_when_it_is_free(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    holder = sqlite3.connect(str(make_url(group.database_url).database))
    prepare_sqlite(holder)
    holder.execute("BEGIN IMMEDIATE")
    pressing = asyncio.create_task(group.jonas.presses("C"))
    await asyncio.sleep(0.3)
    assert not pressing.done()
    holder.execute("ROLLBACK")
    holder.close()
    assert "Recorded: C" in await pressing
