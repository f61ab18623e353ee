"""The page in a real Chromium: by keyboard, read aloud, narrow, dark and full."""

import pytest
from playwright.async_api import expect

from tests.platforms.local.page.conftest import Open
from tests.platforms.local.page.scripted import Page
from tests.platforms.local.page.tab import box, run, set_up, width_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


async def test_everything_can_be_done_with_the_keyboard_alone(open_page: Open) -> None:
    tab = await open_page()
    press = tab.keyboard.press
    await press("Tab")
    await expect(tab.get_by_role("link", name="Skip to the message box")).to_be_focused()
    await press("Enter")
    await expect(box(tab)).to_be_focused()
    await tab.keyboard.type("/set")
    await press("Tab")
    await expect(box(tab)).to_have_value("/setup ")
    await press("Enter")
    await expect(tab.get_by_label("Time zone")).to_be_focused()
    await press("Enter")
    await expect(tab.get_by_test_id("open-thread")).to_be_visible()
    await tab.get_by_test_id("open-thread").focus()
    await press("Enter")
    await expect(tab.get_by_role("combobox", name="Write in the thread")).to_be_focused()
    await tab.keyboard.type("By keyboard.")
    await press("Enter")
    menu = tab.get_by_test_id("thread").get_by_test_id("message-menu")
    await menu.focus()
    await press("Enter")
    await expect(tab.get_by_role("menuitem", name="Reply")).to_be_focused()
    await press("ArrowUp")
    await expect(tab.get_by_role("menuitem", name="Delete")).to_be_focused()
    await press("Escape")
    await expect(menu).to_be_focused()
    await press("Escape")
    await expect(tab.get_by_test_id("thread")).to_be_hidden()
    await expect(tab.get_by_test_id("open-thread")).to_be_focused()


async def test_every_control_has_a_name(open_page: Open) -> None:
    tab = await open_page()
    await set_up(tab)
    await run(tab, "everything")
    await tab.get_by_test_id("open-thread").click()
    nameless = """[...document.querySelectorAll('button, select, input, textarea, a')]
        .filter((one) => !one.getAttribute('aria-label') && !one.textContent.trim())
        .filter((one) => !one.labels?.length && !one.querySelector('img[alt]'))
        .map((one) => one.outerHTML)"""
    assert await tab.evaluate(nameless) == []


async def test_a_focused_button_keeps_the_focus_when_its_message_changes(open_page: Open, page: Page) -> None:
    tab = await open_page()
    await set_up(tab)
    hint = tab.get_by_role("button", name="Hint")
    await hint.focus()
    question = page.world.view(page.ada)["messages"][0]["id"]
    await page.world.add_reaction(page.ben, question, "👍")
    await expect(tab.get_by_label("Reactions")).to_be_visible()
    await expect(hint).to_be_focused()


async def test_a_narrow_page_never_scrolls_sideways(open_page: Open) -> None:
    tab = await open_page("", **PHONE)
    await set_up(tab)
    await run(tab, "everything")
    await expect(tab.get_by_role("heading", name="Every kind of block")).to_be_visible()
    assert await width_of(tab) == 390
    await tab.get_by_test_id("open-thread").click()
    await expect(tab.get_by_role("main")).to_be_hidden()
    assert await width_of(tab) == 390
    await tab.get_by_role("button", name="Close the thread").click()
    await tab.get_by_role("button", name="Channels and threads").click()
    await tab.get_by_role("button", name="Batchmates").click()
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Batchmates")
    assert await width_of(tab) == 390


async def test_dark_follows_the_system_and_the_choice_stays(open_page: Open) -> None:
    tab = await open_page("", color_scheme="dark")
    room = tab.get_by_role("main")
    await expect(room).to_have_css("background-color", "rgb(29, 32, 36)")
    await tab.get_by_role("button", name="Dark mode").click()
    await expect(room).to_have_css("background-color", "rgb(255, 254, 251)")
    await tab.reload()
    await expect(room).to_have_css("background-color", "rgb(255, 254, 251)")


async def test_a_thousand_messages_are_shown_from_the_end(open_page: Open, page: Page) -> None:
    for number in range(1000):
        await page.world.say(page.ben, page.channel, f"number {number}")
    tab = await open_page()
    await expect(tab.get_by_text("number 999", exact=True)).to_be_in_viewport()
    await expect(tab.get_by_text("number 100", exact=True)).to_have_count(0)
    await tab.get_by_role("button", name="Show earlier messages").click()
    await expect(tab.get_by_text("number 800", exact=True)).to_have_count(1)
