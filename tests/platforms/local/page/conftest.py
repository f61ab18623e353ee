"""The page as a running server, and a real Chromium that opens it where one is installed.

Everything of a module runs in one event loop, since starting a browser takes longer than a test.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, async_playwright
from playwright.async_api import Page as Tab

from tests.platforms.local.page.scripted import Page, running_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


@pytest_asyncio.fixture(loop_scope="module")
async def page() -> AsyncIterator[Page]:
    async with running_page() as page:
        yield page


@pytest_asyncio.fixture(loop_scope="module")
async def http(page: Page) -> AsyncIterator[ClientSession]:
    async with ClientSession(page.url) as session:
        yield session


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("browser: no Chromium is installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


Open = Callable[..., Awaitable[Tab]]


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(page: Page, browser: Browser) -> AsyncIterator[Open]:
    """Open the page as a member, in a window of its own; when the test ends the console must be without errors."""
    said: list[str] = []
    windows: list[BrowserContext] = []

    async def opened(user: str = "", **window: object) -> Tab:
        context = await browser.new_context(**window)  # type: ignore[arg-type]
        windows.append(context)
        tab = await context.new_page()
        tab.set_default_timeout(10_000)
        tab.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        await tab.goto(f"{page.url}/#as={user}")
        await tab.get_by_test_id("you-are").locator("option").first.wait_for(state="attached")
        return tab

    yield opened
    for window in windows:
        await window.close()
    assert said == []
