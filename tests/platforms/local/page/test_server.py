"""The page's server: what it gives, what it refuses, and who may ask."""

import asyncio

import pytest
from aiohttp import ClientSession

from bot.platforms.local.page.guard import MOST_BYTES
from tests.platforms.local.page.script import START
from tests.platforms.local.page.scripted import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"Content-Type": "application/json"}


async def do(http: ClientSession, page: Page, verb: str, **body: object) -> dict[str, object]:
    """Do something as Ada, and give the reply."""
    wanted = {"as": page.ada, "verb": verb, "channel": page.channel, **body}
    async with http.post("/api/do", json=wanted) as response:
        reply: dict[str, object] = {"status": response.status, **await response.json()}
        return reply


async def test_the_view_holds_the_time_the_zone_and_the_commands(http: ClientSession, page: Page) -> None:
    view = await (await http.get("/api/view", params={"as": page.ben})).json()
    assert view["me"]["name"] == "Ben Yilmaz"
    assert (view["now"], view["zone"]) == (START.isoformat(), "Europe/Berlin")
    assert "setup" in [command["name"] for command in view["commands"]]


async def test_whoever_names_nobody_is_the_organiser(http: ClientSession, page: Page) -> None:
    assert (await (await http.get("/api/view")).json())["me"]["id"] == page.ada


async def test_nobody_can_be_somebody_who_is_not_there(http: ClientSession) -> None:
    response = await http.get("/api/view?as=u99")
    assert (response.status, await response.json()) == (404, {"error": "no person u99"})


async def test_a_form_is_filled_in_and_its_question_posted(http: ClientSession, page: Page) -> None:
    form = await do(http, page, "run", text="setup")
    assert form["type"] == "form"
    wrong = await do(http, page, "submit", form="setup", values={"zone": "Berlin"})
    assert wrong["errors"] == {"zone": "Wanted a time zone such as Europe/Berlin."}
    right = await do(http, page, "submit", form="setup", values={"zone": "Europe/Berlin"})
    assert (right["type"], right["private"]) == ("message", True)
    assert [thread["name"] for thread in page.world.view(page.ben)["threads"]] == ["Why does attention divide by √d?"]


async def test_a_file_goes_with_a_message_if_it_may_be_a_program(http: ClientSession, page: Page) -> None:
    refused = await do(http, page, "say", text="", file={"name": "me.png", "text": "x"})
    assert refused["why"] == "Wanted a file that ends with .py, .sql or .txt, with 1 to 65,536 bytes."
    assert (await do(http, page, "say", text="", file={"name": "a.py", "text": "é" * 40_000}))["type"] == "failed"
    assert (await do(http, page, "say", text="", file={"name": "a.py"}))["type"] == "failed"
    assert (await do(http, page, "say", text="", file="a.py"))["status"] == 400
    assert (await do(http, page, "say", text="", file={"name": "a.py", "text": "x = 1"}))["type"] == "none"
    shown = page.world.view(page.ben)["messages"][-1]
    assert (shown["text"], shown["brought"]) == ("", ["a.py"])
    assert page.world.message(shown["id"]).brought == (("a.py", "x = 1"),)


async def test_messages_are_written_changed_counted_and_deleted(http: ClientSession, page: Page) -> None:
    thread = (await page.bot.ask_question(page.place)).thread
    await do(http, page, "say", text="Variance.", thread=thread)
    message = page.world.view(page.ada)["messages"][-1]["id"]
    await do(http, page, "edit", message=message, text="Variance grows.")
    counted = await do(http, page, "shortcut", message=message, shortcut="count-as-answer")
    assert "Recorded: count-as-answer" in str(counted["blocks"])
    assert page.world.message(message).text == "Variance grows."
    await do(http, page, "delete", message=message)
    assert message not in page.world.messages


async def test_pressing_and_choosing_give_the_bots_reply(http: ClientSession, page: Page) -> None:
    shown = await do(http, page, "run", text="everything")
    hint = await do(http, page, "press", message=shown["id"], button="hint")
    assert "variance" in str(hint["blocks"])
    chosen = await do(http, page, "choose", message=shown["id"], select="choose:many", values=["a", "b"])
    assert "Recorded: choose many a b" in str(chosen["blocks"])


@pytest.mark.parametrize(
    ("verb", "body", "why"),
    [
        ("press", {"message": "m99", "button": "x"}, "no message m99"),
        ("submit", {"form": "never", "values": {}}, "no form never"),
        ("say", {"channel": "c99", "text": "hi"}, "no channel c99"),
        ("say", {"text": "x" * 100_000}, "A message has at most 4,000 characters; this one has 100,000."),
    ],
)
async def test_what_cannot_be_done_says_why(
    http: ClientSession, page: Page, verb: str, body: dict[str, object], why: str
) -> None:
    assert await do(http, page, verb, **body) == {"status": 200, "type": "failed", "why": why}


async def test_a_form_text_of_100_kb_gets_the_bots_own_error(http: ClientSession, page: Page) -> None:
    shown = await do(http, page, "run", text="everything")
    await do(http, page, "press", message=shown["id"], button="answer")
    reply = await do(http, page, "submit", form="answer:42", values={"said": "x" * 100_000})
    assert reply["errors"] == {"said": "At most 3,000 characters fit here; these are 100,000."}


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"{", 400, "Wanted a body that is JSON."),
        (b"[" * 100_000, 400, "Wanted a body that is JSON."),
        (b"[]", 400, "Wanted a JSON object."),
        (b"{}", 400, "as: wanted a text."),
        (b'{"as": "u1", "verb": "fly"}', 400, "Nobody can 'fly' here."),
        (b'{"as": "u1", "verb": "say", "channel": "c1", "text": "\\ud800"}', 400, "text: wanted a text."),
        (
            b'{"as": "u1", "verb": "choose", "message": "m1", "select": "s", "values": [1]}',
            400,
            "values: wanted a list of texts.",
        ),
        (b'{"as": "u1", "verb": "submit", "form": "f", "values": {"a": 1}}', 400, "channel: wanted a text."),
        (b" " * (MOST_BYTES + 1), 413, "That is too long: at most 256 KB fit into one request."),
    ],
)
async def test_a_body_that_cannot_be_read_says_what_was_wanted(
    http: ClientSession, body: bytes, status: int, why: str
) -> None:
    response = await http.post("/api/do", data=body, headers=JSON)
    assert (response.status, await response.json()) == (status, {"error": why})


async def test_a_form_of_a_web_page_is_no_request(http: ClientSession) -> None:
    response = await http.post("/api/do", data={"as": "u1", "verb": "say"})
    assert response.status == 415


# --- the clock ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"by": 900}, "2026-11-20T15:35:00+00:00"),
        ({"next": True}, "2026-11-20T17:20:00+00:00"),
        ({"to": "2026-11-23T09:00"}, "2026-11-23T08:00:00+00:00"),
        ({"to": "2026-11-23T09:00:00+00:00"}, "2026-11-23T09:00:00+00:00"),
    ],
)
async def test_the_clock_moves_forward(http: ClientSession, page: Page, body: dict[str, object], now: str) -> None:
    reply = await (await http.post("/api/clock", json=body)).json()
    assert reply == {"type": "none", "now": now}
    assert page.world.now() == now


@pytest.mark.parametrize("body", [{"by": -1}, {"by": 4e7}, {"to": "2020-01-01T09:00"}, {"to": "9999-12-31T23:59"}])
async def test_the_clock_goes_neither_back_nor_too_far(
    http: ClientSession, page: Page, body: dict[str, object]
) -> None:
    reply = await (await http.post("/api/clock", json=body)).json()
    assert reply["why"] == "The clock goes forward only, by at most a year."
    assert page.world.now() == START.isoformat()


@pytest.mark.parametrize(
    "body", [b"{}", b'{"by": "1"}', b'{"by": NaN}', b'{"by": 1e300}', b'{"to": "soon"}', b'{"by": true}']
)
async def test_a_clock_that_cannot_be_read_is_refused(http: ClientSession, body: bytes) -> None:
    response = await http.post("/api/clock", data=body, headers=JSON)
    assert response.status == 400
    assert "anted" in (await response.json())["error"]


# --- the stream -----------------------------------------------------------------------------------------------------


async def test_a_page_hears_of_changes_that_its_member_sees(http: ClientSession, page: Page) -> None:
    async with http.get("/api/stream", params={"as": page.ben}) as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readuntil(b"\n\n") == b'event: changed\ndata: {"version": 1}\n\n'
        await page.world.say(page.ada, f"dm-{page.ada}", "for the bot only")
        await page.world.say(page.ada, page.channel, "for everybody")
        assert b"changed" in await stream.content.readuntil(b"\n\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 0.1)


async def test_changes_that_come_together_are_one_ping(http: ClientSession, page: Page) -> None:
    async with http.get("/api/stream", params={"as": page.ben}) as stream:
        await stream.content.readuntil(b"\n\n")
        for number in range(50):
            await page.world.say(page.ada, page.channel, f"number {number}")
        assert await stream.content.readuntil(b"\n\n") == b'event: changed\ndata: {"version": 2}\n\n'


# --- files ----------------------------------------------------------------------------------------------------------


async def test_a_file_is_given_to_who_sees_it_and_once(http: ClientSession, page: Page) -> None:
    shown = await do(http, page, "run", text="everything")
    picture = next(block["file"] for block in shown["blocks"] if block["type"] == "picture")  # type: ignore[attr-defined]
    first = await http.get(f"/api/file/{picture}", params={"as": page.ben})
    assert (first.status, first.content_type, (await first.read())[:4]) == (200, "image/png", b"\x89PNG")
    again = await http.get(
        f"/api/file/{picture}", params={"as": page.ben}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status, await again.read()) == (304, b"")
    assert (await http.get("/api/file/f99", params={"as": page.ben})).status == 404


async def test_a_text_file_is_downloaded_and_never_opened(http: ClientSession, page: Page) -> None:
    shown = await do(http, page, "run", text="everything")
    file = next(block["file"] for block in shown["blocks"] if block["type"] == "file")  # type: ignore[attr-defined]
    response = await http.get(f"/api/file/{file}", params={"as": page.ada})
    assert response.headers["Content-Disposition"] == "attachment"


# --- who may ask ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80", "Origin": "http://evil.example:80"},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
@pytest.mark.parametrize("path", ["/api/view", "/static/app.js", "/api/stream"])
async def test_another_page_is_refused(http: ClientSession, headers: dict[str, str], path: str) -> None:
    response = await http.get(path, headers=headers)
    assert response.status == 403
    assert (await response.json())["error"]


async def test_another_page_cannot_do_anything(http: ClientSession, page: Page) -> None:
    body = {"as": page.ada, "verb": "say", "channel": page.channel, "text": "not me"}
    response = await http.post("/api/do", json=body, headers={"Origin": "http://evil.example"})
    assert response.status == 403
    assert page.world.messages == {}


async def test_a_link_elsewhere_may_lead_to_the_page(http: ClientSession) -> None:
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert (await http.get("/", headers=linked)).status == 200


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/api/view", "/static/none.js"])
async def test_the_browser_is_told_to_run_nothing_else(http: ClientSession, path: str) -> None:
    response = await http.get(path)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'; img-src 'self' data:;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_names_no_script_of_its_own_and_nothing_from_elsewhere(http: ClientSession) -> None:
    page = await (await http.get("/")).text()
    assert "<script>" not in page
    assert " style=" not in page
    assert "http" not in page.replace("http-equiv", "")
