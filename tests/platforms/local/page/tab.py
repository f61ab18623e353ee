"""What the browser tests do on the page again and again."""

import re

from playwright.async_api import Locator, expect
from playwright.async_api import Page as Tab


def box(tab: Tab) -> Locator:
    """The box of the channel."""
    return tab.get_by_role("combobox", name=re.compile("^Message #ml-study"))


async def run(tab: Tab, command: str) -> None:
    """Type a command and run it."""
    await box(tab).fill(f"/{command}")
    await tab.get_by_role("main").get_by_role("button", name="Send", exact=True).click()


async def set_up(tab: Tab) -> None:
    """Set the group up, so that a question stands in the channel."""
    await run(tab, "setup")
    await tab.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    await expect(tab.get_by_role("heading", name="Why does attention divide by √d?")).to_be_visible()


async def width_of(tab: Tab) -> int:
    width: int = await tab.evaluate("document.documentElement.scrollWidth")
    return width
