"""A whole mock interview between two members on the demo page, in a real Chromium."""

import re

import pytest
from playwright.async_api import Locator, expect
from playwright.async_api import Page as Tab

from tests.demo.test_page import be, browser, channel, look, scene, tab  # noqa: F401  # the fixtures of a living page
from tests.platforms.local.page.tab import run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
ROOM, DIRECT = "Mock interview 1", "Batchmates"


def dialog(tab: Tab) -> Locator:  # noqa: F811
    return tab.get_by_role("dialog")


async def become(tab: Tab, name: str) -> None:  # noqa: F811
    """Be somebody else, and wait until the page shows what they see."""
    await be(tab, name)
    user = await tab.get_by_test_id("you-are").input_value()
    await expect(tab).to_have_url(re.compile(rf"as={user}(&|$)"))


async def go(tab: Tab, place: str) -> None:  # noqa: F811
    await tab.locator("[data-place]").filter(has_text=place).first.click()


async def press_last(tab: Tab, name: str) -> None:  # noqa: F811
    await channel(tab).get_by_role("button", name=name, exact=True).last.click()


async def sees(tab: Tab, text: str) -> None:  # noqa: F811
    await expect(channel(tab).get_by_text(text).last).to_be_visible()


async def set_up(tab: Tab) -> None:  # noqa: F811
    await run(tab, "setup")
    await dialog(tab).get_by_label("Time zone of the group").fill("Europe/Berlin")
    await dialog(tab).get_by_role("button", name="Send", exact=True).click()
    await sees(tab, "The group is set up.")


async def write_feedback(tab: Tab, name: str, *, shown: bool = False) -> None:  # noqa: F811
    """Write every part of every sheet, and send them."""
    await become(tab, name)
    await go(tab, ROOM)
    for _ in range(2):
        await press_last(tab, "Give feedback")
        overview = channel(tab).get_by_test_id("private-reply").last
        await expect(overview).to_contain_text("is kept as a draft")
        for part in range(1, 6):
            # The first sheet that is not sent yet has the first buttons.
            reply = channel(tab).get_by_test_id("private-reply").last
            await reply.get_by_role("button", name=f"Part {part}", exact=True).first.click()
            await expect(dialog(tab)).to_be_visible()
            for choice in await dialog(tab).get_by_text(re.compile("^3: ")).all():
                await choice.click()
            for field in await dialog(tab).get_by_role("textbox").all():
                await field.fill("Asked what a leftover piece costs before naming a model.")
            if shown:
                await look(tab, "mock-feedback-form")
                shown = False
            await dialog(tab).get_by_role("button", name="Send", exact=True).click()
            await expect(reply).to_contain_text(re.compile(rf"Part {part + 1} is next|It is whole"))
            if "It is whole" in await reply.inner_text():
                break
        await press_last(tab, "Send")
        await sees(tab, "Sent.")


async def test_two_members_hold_an_interview_from_the_live_queue_to_the_feedback(tab: Tab) -> None:  # noqa: F811
    await set_up(tab)
    await become(tab, "Jonas")
    await run(tab, "mock now ml-system-design")
    await expect(channel(tab).get_by_test_id("private-reply").last).to_be_visible()
    await become(tab, "Aiko")
    await run(tab, "mock now ml-system-design")
    await expect(tab.locator("[data-place]").filter(has_text=ROOM)).to_be_visible()
    await go(tab, ROOM)
    await sees(tab, "you have been put together")
    await look(tab, "mock-room")
    await become(tab, "Tomás")
    await expect(tab.locator("[data-place]").filter(has_text=ROOM)).to_have_count(0)

    interviewer, candidate = await seats(tab)
    await become(tab, interviewer)
    await go(tab, DIRECT)
    await sees(tab, "Interviewer's brief:")
    await look(tab, "mock-brief")
    await become(tab, candidate)
    await go(tab, ROOM)
    await press_last(tab, "Start")
    await sees(tab, f"{candidate} is here.")
    await become(tab, interviewer)
    await go(tab, ROOM)
    await press_last(tab, "Start")
    await sees(tab, "Stage 1 of")
    await go(tab, DIRECT)
    await channel(tab).get_by_role("button", name="Tell:").first.click()
    await sees(tab, "Told in the room.")

    await become(tab, candidate)
    await go(tab, ROOM)
    await tab.get_by_role("button", name="+15 min", exact=True).click()
    await sees(tab, "Stage 2 of")
    await look(tab, "mock-live")
    await press_last(tab, "Swap")
    await expect(channel(tab).get_by_role("heading", name="2. ")).to_be_visible()
    await tab.get_by_role("button", name="+15 min", exact=True).click()
    await press_last(tab, "End")
    await sees(tab, "The interview is over.")

    await write_feedback(tab, interviewer, shown=True)
    await become(tab, candidate)
    await go(tab, DIRECT)
    await expect(channel(tab).get_by_text("Feedback about you")).to_have_count(0)
    await write_feedback(tab, candidate)
    await go(tab, DIRECT)
    await sees(tab, "Feedback about you")
    await look(tab, "mock-feedback")


async def seats(tab: Tab) -> tuple[str, str]:  # noqa: F811
    """Who interviews first, and who is the candidate: the seats are drawn."""
    await become(tab, "Jonas")
    await go(tab, ROOM)
    line = await channel(tab).get_by_text(re.compile(r"(Jonas|Aiko) interviews (Jonas|Aiko)")).first.inner_text()
    first = "Jonas" if "Jonas interviews" in line.split("2.")[0] else "Aiko"
    return first, "Aiko" if first == "Jonas" else "Jonas"
