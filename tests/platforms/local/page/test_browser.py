"""The page in a real Chromium: what members see and do."""

import re

import pytest
from playwright.async_api import FilePayload, expect

from bot.core.messages import message, text
from bot.core.ports import Send
from tests.platforms.local.page.conftest import Open
from tests.platforms.local.page.scripted import Page
from tests.platforms.local.page.tab import box, run, set_up

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_before_set_up_the_page_says_how_to_begin(open_page: Open) -> None:
    tab = await open_page()
    await tab.get_by_role("button", name="Type /setup").click()
    await expect(box(tab)).to_have_value("/setup")
    await expect(tab.get_by_role("option", name="/setup")).to_have_attribute("aria-selected", "true")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("dialog", name="Set up the group")).to_be_visible()


async def test_a_member_who_may_not_set_up_is_led_to_who_may(open_page: Open, page: Page) -> None:
    tab = await open_page(page.ben)
    await tab.get_by_role("button", name="Be Ada Okafor").click()
    await expect(tab.get_by_test_id("you-are")).to_have_value(page.ada)
    await expect(tab.get_by_role("button", name="Type /setup")).to_be_visible()


async def test_a_wrong_field_is_named_in_place_and_nothing_typed_is_lost(open_page: Open) -> None:
    tab = await open_page()
    await run(tab, "setup")
    form = tab.get_by_role("dialog")
    await form.get_by_label("Time zone").fill("Berlin")
    await form.get_by_label("Posting time").fill("08:30")
    await form.get_by_label("Sat").check()
    await form.get_by_role("button", name="Send", exact=True).click()
    await expect(form.get_by_text("Wanted a time zone such as Europe/Berlin.")).to_be_visible()
    await expect(form.get_by_label("Time zone")).to_be_focused()
    await expect(form.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_label("Posting time")).to_have_value("08:30")
    await expect(form.get_by_label("Sat")).to_be_checked()
    await form.get_by_label("Time zone").fill("Asia/Kolkata")
    await form.get_by_role("button", name="Send", exact=True).click()
    await expect(form).to_have_count(0)
    await expect(tab.get_by_test_id("private-reply")).to_contain_text("The group is set up.")


async def test_a_closed_form_can_be_opened_again_as_it_was(open_page: Open) -> None:
    tab = await open_page()
    await run(tab, "story add")
    await tab.get_by_label("The story").fill("It began in March.")
    await tab.keyboard.press("Escape")
    await tab.get_by_role("button", name="Open it again").click()
    await expect(tab.get_by_label("The story")).to_have_value("It began in March.")


async def test_a_text_of_100_kb_is_refused_kindly_and_stays(open_page: Open) -> None:
    tab = await open_page()
    await set_up(tab)
    await box(tab).fill("x" * 100_000)
    await tab.get_by_role("main").get_by_role("button", name="Send", exact=True).click()
    await expect(tab.get_by_role("alert").filter(has_text="A message has at most 4,000 characters")).to_be_visible()
    await expect(box(tab)).to_have_value("x" * 100_000)
    await tab.get_by_role("button", name="Answer in a form").click()
    field = tab.get_by_role("dialog").get_by_label("Your answer")
    await field.fill("y" * 100_000)
    await tab.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    await expect(tab.get_by_text("At most 3,000 characters fit here; these are 100,000.")).to_be_visible()
    await expect(field).to_have_value("y" * 100_000)


async def test_a_request_that_is_too_long_is_not_even_sent(open_page: Open) -> None:
    tab = await open_page()
    await box(tab).fill("x" * 300_000)
    await box(tab).press("Enter")
    await expect(tab.get_by_text("That is too long: at most 256 KB fit into one request.")).to_be_visible()


async def test_a_file_is_chosen_looked_at_and_sent(open_page: Open, page: Page) -> None:
    tab = await open_page()
    chooser = tab.get_by_role("main").get_by_test_id("file").first
    await chooser.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"x"})
    await expect(tab.get_by_role("alert").first).to_contain_text("Wanted a file that ends with .py, .sql or .txt; got")
    await chooser.set_input_files({"name": "long.py", "mimeType": "text/plain", "buffer": b"#" * 70_000})
    await expect(tab.get_by_role("alert").first).to_have_text("A file has at most 64 KB; long.py has 69 KB.")
    program: FilePayload = {"name": "answer.py", "mimeType": "text/x-python", "buffer": b"def f(x):\n    return x\n"}
    await chooser.set_input_files(program)
    await tab.get_by_role("button", name="Do not send answer.py").click()
    await expect(tab.get_by_text("With answer.py")).to_be_hidden()
    await chooser.set_input_files(program)
    await expect(tab.get_by_text("With answer.py")).to_be_visible()
    await tab.get_by_role("main").get_by_role("button", name="Send", exact=True).click()
    await expect(tab.get_by_test_id("message").last).to_contain_text("answer.py")
    await expect(tab.get_by_text("With answer.py")).to_be_hidden()
    [sent] = [entry for entry in page.world.messages.values() if entry.brought]
    assert sent.brought == (("answer.py", "def f(x):\n    return x\n"),)


async def test_every_kind_of_block_is_shown(open_page: Open) -> None:
    tab = await open_page()
    await run(tab, "everything")
    shown = tab.get_by_test_id("channel-messages").get_by_test_id("message").last
    await expect(shown.get_by_role("heading", name="Every kind of block")).to_be_visible()
    await expect(shown.get_by_text("<b>&amp; @everyone")).to_be_visible()
    await expect(shown.locator("time[title='Mon 23 Nov, 15:20 UTC']")).to_have_text("Mon 23 Nov, 16:20")
    await expect(shown.get_by_role("region", name="Code, python")).to_contain_text("def softmax")
    await expect(shown.locator("blockquote")).to_contain_text("Then measure.")
    await expect(shown.get_by_role("term").first).to_have_text("Topic")
    await expect(shown.get_by_role("img", name="How the group answered: A 1, B 5 (right), C 0, D 2.")).to_be_visible()
    await expect(shown.get_by_role("link", name=re.compile("mock.ics"))).to_have_attribute("download", "mock.ics")
    await expect(shown.locator(".mention.mine")).to_have_text("@Ada Okafor")


async def test_what_is_chosen_is_sent_once_and_answered_in_private(open_page: Open, page: Page) -> None:
    tab = await open_page()
    await run(tab, "everything")
    await tab.get_by_role("combobox", name="Choose one").select_option("b")
    await tab.get_by_role("button", name="Choose", exact=True).click()
    await expect(tab.get_by_test_id("private-reply")).to_contain_text("Recorded: choose b")
    await tab.get_by_label("Option a").check()
    await tab.get_by_label("Option c").check()
    await tab.get_by_role("button", name="Send choice").click()
    await expect(tab.get_by_test_id("private-reply").last).to_contain_text("Only you can see this")
    await expect(tab.get_by_role("main").get_by_text("Recorded: choose many a c")).to_be_visible()
    assert [one["only_for"] for one in page.world.view(page.ben)["messages"]] == [None]


async def test_a_private_reply_stands_under_its_button_changes_in_place_and_can_be_dismissed(open_page: Open) -> None:
    tab = await open_page()
    await set_up(tab)
    await box(tab).fill("Good luck everybody!")
    await box(tab).press("Enter")
    await expect(tab.get_by_text("Good luck everybody!")).to_be_visible()
    await tab.get_by_role("button", name="Hint").click()
    hint = tab.get_by_test_id("private-reply").filter(has_text="Think of the variance")
    await expect(
        tab.locator("[data-testid=message] + [data-testid=private-reply]").filter(has_text="variance")
    ).to_be_visible()
    await hint.get_by_role("button", name="Another hint").click()
    await expect(tab.get_by_text("Second hint")).to_be_visible()
    await expect(hint).to_have_count(0)
    second = tab.get_by_test_id("private-reply").filter(has_text="Second hint")
    await second.get_by_role("button", name="Dismiss this private reply").click()
    await expect(second).to_have_count(0)


async def test_a_thread_is_answered_replied_to_changed_counted_and_cleared(open_page: Open, page: Page) -> None:
    tab = await open_page()
    await set_up(tab)
    await tab.get_by_test_id("open-thread").click()
    thread = tab.get_by_test_id("thread")
    await thread.get_by_role("combobox", name="Write in the thread").fill("The variance grows.")
    await tab.keyboard.press("Enter")
    mine = thread.locator(f"[data-author={page.ada}]")
    await expect(mine.get_by_text("✅")).to_be_visible()
    await mine.get_by_role("button", name=re.compile("^Menu for the message")).click()
    await tab.get_by_role("menuitem", name="Count as my answer").click()
    await expect(thread.get_by_test_id("private-reply")).to_contain_text("Recorded: count-as-answer")
    await mine.get_by_role("button", name=re.compile("^Menu for the message")).click()
    await tab.get_by_role("menuitem", name="Edit").click()
    await tab.get_by_label("Edit your message").fill("The variance grows with d.")
    await tab.keyboard.press("Enter")
    await expect(mine).to_contain_text("The variance grows with d.(edited)")
    await mine.get_by_role("button", name="Reply", exact=True).click()
    await expect(thread.get_by_text("Replying to Ada Okafor")).to_be_visible()
    await thread.get_by_role("combobox").last.fill("So it saturates.")
    await tab.keyboard.press("Enter")
    await expect(thread.locator(".answers")).to_contain_text("The variance grows with d.")
    await mine.last.get_by_role("button", name=re.compile("^Menu for the message")).click()
    await tab.get_by_role("menuitem", name="Delete").click()
    await expect(mine).to_have_count(1)


async def test_others_messages_arrive_by_themselves_and_are_read_aloud(open_page: Open, page: Page) -> None:
    tab = await open_page()
    await page.world.say(page.ben, page.channel, "Hello from Ben")
    await expect(tab.get_by_test_id("channel-messages")).to_contain_text("Hello from Ben")
    await expect(tab.locator("#live")).to_have_text("Ben Yilmaz: Hello from Ben")


async def test_places_with_something_new_are_marked(open_page: Open, page: Page) -> None:
    tab = await open_page()
    sent = Send(message(text("Your reminder.")))
    await page.bot.deliver(page.place, sent)
    await page.world.post(None, None, [{"type": "heading", "text": "Hi"}], {}, to_person=page.ada)
    await expect(tab.get_by_role("button", name=re.compile("Batchmates 1 unread"))).to_be_visible()
    await tab.get_by_role("button", name=re.compile("Batchmates 1 unread")).click()
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Batchmates")
    await expect(tab.get_by_role("button", name=re.compile("unread"))).to_have_count(0)


async def test_one_becomes_another_member_and_sees_what_they_see(open_page: Open, page: Page) -> None:
    tab = await open_page()
    await set_up(tab)
    await expect(tab.get_by_test_id("private-reply")).to_be_visible()
    await tab.get_by_label("You are").select_option(page.ben)
    await expect(tab.get_by_role("heading", name="Why does attention divide by √d?")).to_be_visible()
    await expect(tab.get_by_test_id("private-reply")).to_have_count(0)
    assert f"as={page.ben}" in tab.url


async def test_the_clock_is_moved_by_its_buttons(open_page: Open) -> None:
    tab = await open_page()
    clock = tab.get_by_test_id("clock")
    await expect(clock).to_have_text("Fri 20 Nov 16:20")
    for name, shown in (
        ("+15 min", "Fri 20 Nov 16:35"),
        ("+1 hour", "Fri 20 Nov 17:35"),
        ("To the next event", "Fri 20 Nov 19:35"),
        ("+1 day", "Sat 21 Nov 19:35"),
        ("To Monday 9:00", "Mon 23 Nov 09:00"),
        ("To Monday 9:00", "Mon 30 Nov 09:00"),
    ):
        await tab.get_by_role("button", name=name).click()
        await expect(clock).to_have_text(shown)


async def test_the_week_goes_by_until_it_is_paused(open_page: Open) -> None:
    tab = await open_page()
    play = tab.get_by_role("button", name="Let the week go by")
    await play.click()
    await expect(tab.get_by_test_id("clock")).to_have_text("Fri 20 Nov 18:20")
    await play.click()
    await expect(play).to_have_attribute("aria-pressed", "false")
