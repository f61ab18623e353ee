"""The whole story on the demo page, in a real Chromium: from the empty channel to a board with a tie."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, async_playwright, expect
from playwright.async_api import Page as Tab

from bot.demo.page import Living, living, served
from tests.platforms.local.page.conftest import CHROMIUM, FLAGS
from tests.platforms.local.page.tab import run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

OPEN, CHOICE = "launch-note-after-four-days", "reading-a-p-value"
expect.set_options(timeout=20_000)  # a shared machine may be slow
SHOTS = os.environ.get("BATCHMATES_SCREENSHOTS")


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("browser: no Chromium is installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Living]:
    async with living(members=5, seed=1, fresh=True, database_url=None) as scene:
        yield scene


@pytest_asyncio.fixture
async def tab(scene: Living, browser: Browser) -> AsyncIterator[Tab]:
    said: list[str] = []
    async with served(scene, 0) as address:
        window = await browser.new_context(viewport={"width": 1360, "height": 1000})
        tab = await window.new_page()
        tab.set_default_timeout(15_000)
        tab.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        await tab.goto(address)
        yield tab
        await window.close()
    assert said == []


async def be(tab: Tab, name: str) -> None:
    people = tab.get_by_test_id("you-are")
    label = await people.locator("option").filter(has_text=re.compile(f"^{name}")).text_content()
    await people.select_option(label=label)


async def press(tab: Tab, name: str) -> None:
    await tab.get_by_role("button", name=name, exact=True).click()


async def look(tab: Tab, name: str) -> None:
    """Keep a picture for the README where one is asked for."""
    if SHOTS:
        await tab.wait_for_timeout(700)
        await tab.screenshot(path=Path(SHOTS) / f"{name}.png")


def channel(tab: Tab) -> Locator:
    return tab.get_by_test_id("channel-messages")


async def set_up_by_form(tab: Tab) -> None:
    await run(tab, "setup")
    form = tab.get_by_role("dialog")
    await form.get_by_label("Time zone of the group").fill("Europe/Berln")
    await form.get_by_role("button", name="Send", exact=True).click()
    await expect(form.get_by_text("Did you mean Europe/Berlin")).to_be_visible()
    await form.get_by_label("Time zone of the group").fill("Europe/Berlin")
    await form.get_by_role("button", name="Send", exact=True).click()
    await expect(channel(tab).get_by_text("The group is set up.")).to_be_visible()
    await run(tab, f"admin swap 2026-11-23 {OPEN}")
    await expect(channel(tab).get_by_text("Monday 23 November now has")).to_be_visible()
    await run(tab, f"admin swap 2026-11-24 {CHOICE}")
    await expect(channel(tab).get_by_text("Tuesday 24 November now has")).to_be_visible()


async def answer_in_the_thread_and_edit(tab: Tab) -> None:
    await be(tab, "Jonas")
    await channel(tab).get_by_role("button", name="Open thread").first.click()
    await tab.get_by_role("combobox", name="Write in the thread").fill("Peeking inflates the false positives.")
    await tab.get_by_test_id("thread").get_by_role("button", name="Send", exact=True).click()
    mine = tab.get_by_test_id("thread-messages").get_by_test_id("message").filter(has_text="Peeking inflates")
    await expect(mine.get_by_text("✅")).to_be_visible()
    await mine.hover()
    await mine.get_by_test_id("message-menu").click()
    await tab.get_by_role("menuitem", name="Edit").click()
    await tab.get_by_role("textbox", name="Edit your message").fill(
        "Peeking inflates the false positives; wait for the planned end."
    )
    await tab.get_by_role("button", name="Save").click()
    await expect(tab.get_by_test_id("thread-messages").get_by_text("wait for the planned end")).to_be_visible()


async def answer_by_form(tab: Tab, name: str, words: str) -> None:
    await be(tab, name)
    await channel(tab).get_by_role("button", name="Answer", exact=True).last.click()
    form = tab.get_by_role("dialog")
    await form.get_by_role("textbox").fill(words)
    await form.get_by_role("button", name="Send", exact=True).click()
    await expect(channel(tab).get_by_text("Recorded:").last).to_be_visible()


async def test_a_group_is_set_up_answers_sees_the_reveal_and_a_board_with_a_tie(tab: Tab) -> None:
    await set_up_by_form(tab)
    await press(tab, "+1 hour")
    await expect(channel(tab).get_by_text("A launch note on day four").first).to_be_visible()
    await answer_in_the_thread_and_edit(tab)
    await answer_by_form(tab, "Aiko", "The planned number of users is not reached; the note must wait.")
    await answer_by_form(tab, "Tomás", "Two looks were taken and one was planned, so the bound is not the one stated.")
    await press(tab, "+15 min")
    await expect(channel(tab).get_by_text("3 answered").first).to_be_visible()

    await press(tab, "+1 day")
    await expect(tab.get_by_text("Reveal: A launch note on day four").first).to_be_visible()
    question = channel(tab).get_by_test_id("message").filter(has_text="Reading a p-value").last
    options = (await question.get_by_text("With no true difference").inner_text()).splitlines()
    right = next(line.split()[0] for line in options if "With no true difference" in line)
    for name in ("Jonas", "Aiko", "Tomás"):
        await be(tab, name)
        await question.get_by_role("button", name=right, exact=True).click()
        await expect(channel(tab).get_by_text(f"Recorded: {right}").last).to_be_visible()
    await look(tab, "demo-question")

    await press(tab, "+1 day")
    await expect(channel(tab).get_by_text("3 of them right").last).to_be_visible()
    await tab.locator("[data-place]").filter(has_text="24 Nov").click()
    await expect(tab.get_by_text("Reveal: Reading a p-value").last).to_be_visible()
    await look(tab, "demo-reveal")
    await run(tab, "board all")
    board = channel(tab).get_by_text("The board of all time").last
    await expect(board).to_be_visible()
    ranks = await channel(tab).get_by_test_id("private-reply").last.get_by_role("listitem").all_inner_texts()
    await look(tab, "demo-board")
    assert [" ".join(line.split()) for line in ranks] == [
        "1 Jonas: 17 points",
        "2 Aiko: 15 points",
        "2 Tomás: 15 points, you",
    ]
