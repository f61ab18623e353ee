"""Every kind of message and every question of the bank as Discord takes it: within each limit, and uncut."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot import proof
from bot.bank.load import Bank
from bot.core.forms import AnyField, Choice, Day, Form, Line, Number, Paragraph
from bot.core.messages import (
    Attachment,
    Button,
    Buttons,
    ChannelLink,
    Code,
    Divider,
    Facts,
    Heading,
    Mention,
    Message,
    Moment,
    Picture,
    Quote,
    RoleMention,
    Select,
    SelectOption,
    Style,
    Typed,
    Verbatim,
    message,
    text,
)
from bot.core.pictures import Bar, BarChart
from bot.core.refs import EVERYWHERE, Person, Place
from bot.core.splitting import split
from bot.platforms.discord.ids import mark, nonce
from bot.platforms.discord.render import Rendered, fits, pieces, render, render_form
from tests.content import kits_and_pages
from tests.servers.discord import rules
from tests.servers.discord.contract import Contract
from tests.servers.discord.state import V2

Json = dict[str, Any]
EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
CREATE = ("POST", "/channels/1/messages")
NASTY = (
    "@everyone <@1> <@&2> <#3> <t:0:f> **b** _i_ ~~s~~ ||x|| `c` ```f``` [l](https://e.org)\n# h\n> q\n- l\n1. n\n-# s"
)


def body(said: Message) -> tuple[Json, list[str]]:
    """A message as it goes over the wire, and the names of its files."""
    drawn = [b"PNG" for part in said.parts if isinstance(part, Picture)]
    rendered = render(said, drawn, mark=mark("a key"))
    return {"components": _components(rendered), "flags": V2}, [file.filename for file in rendered.files]


def _components(rendered: Rendered) -> list[Json]:
    made: list[Json] = rendered.view.to_components()  # type: ignore[no-untyped-call]
    return made


def check(contract: Contract, said: Message) -> Json:
    """Hold a message to the rules and to the contract, and give it."""
    wire, files = body(said)
    rules.check_message(wire, files)
    operation = contract.operation(*CREATE)
    assert operation is not None
    assert contract.request(operation, wire) == []
    return wire


def texts(wire: Json) -> list[str]:
    return [item["content"] for item in rules.walk(wire["components"]) if item["type"] == rules.TEXT]


EVERY_PART = message(
    Heading("A *heading* #1"),
    text("Our **words**, `code` and a_b, ", Verbatim(NASTY), Mention(Person("discord", EVERYWHERE, "20"))),
    Quote(NASTY),
    Code("print('```')\nx = 1", "python"),
    Facts((("Zone", "Europe/Berlin"), ("**Plan**", "year"))),
    Divider(),
    Picture(BarChart("t", (Bar("A", 1),)), alt="A: 1 answer"),
    Attachment("notes for me.txt", "text"),
    text(
        Moment(datetime(2026, 11, 23, 8, tzinfo=UTC), "Europe/Berlin"),
        RoleMention("30"),
        Mention(Person("slack", "T", "U1")),
        ChannelLink(Place("discord", EVERYWHERE, "40")),
        ChannelLink(Place("slack", "T", "C1")),
    ),
    Select("choose", (SelectOption("a", "A  first"), SelectOption("b", "B  second")), ("1",), "Choose", 1, 2),
    Buttons(tuple(Button(f"B{n}", "pick", ("1", str(n)), list(Style)[n % 3]) for n in range(7))),
)


def test_every_part_has_its_place(contract: Contract) -> None:
    wire = check(contract, EVERY_PART)
    assert [item["type"] for item in wire["components"]] == [10, 14, 12, 13, 10, 1, 1, 1]
    assert wire["components"][0]["id"] == mark("a key")
    assert texts(wire)[0].startswith("## A \\*heading\\* #1\n\nOur **words**, `code` and a\\_b, @\u200beveryone")
    assert texts(wire)[1] == "<t:1795420800:f><@&30>@\u200bU1<#40>\\#C1"


def test_nobody_is_notified_but_whom_we_name_ourselves() -> None:
    mentions: object = render(EVERY_PART, [b""]).mentions.to_dict()
    assert mentions == {"parse": [], "users": ["20"], "roles": ["30"]}


def test_a_member_s_words_are_read_as_nothing() -> None:
    (said,) = texts(body(message(text(Verbatim(NASTY))))[0])
    for sign in ("*", "_", "~", "|", "`", "<", "["):
        assert sign not in said.replace(f"\\{sign}", "")
    assert "@everyone" not in said
    assert not any(line.startswith(("#", ">", "-", "1.")) for line in said.split("\n"))


def test_a_name_from_right_to_left_is_isolated_as_one_with_its_escapes() -> None:
    (said,) = texts(body(message(text("1 ", Verbatim("_אבג_"), ": 12 points")))[0])
    assert said == "1 \u2068\\_אבג\\_\u2069: 12 points"


def test_text_that_does_not_fit_is_cut_and_stands_whole_in_a_file(contract: Contract) -> None:
    said = message(Quote("*" * 3000), text("The end."), Buttons((Button("Board", "board"),)))
    assert not fits(said)
    wire = check(contract, said)
    assert wire["components"][-1]["type"] == 13
    assert "The end." in texts(wire)[-1] or "All of it stands in the file" in texts(wire)[0]


def test_code_that_does_not_fit_is_cut_within_its_fence(contract: Contract) -> None:
    wire = check(contract, message(Code("x = 1\n" * 900, "python"), Divider(), text("The end.")))
    assert texts(wire)[0].endswith("\n```…\n*All of it stands in the file.*")
    assert texts(wire)[1] == "The end."


@pytest.mark.parametrize("sign", ["*", "a", "\n", "🎉"])
def test_a_reply_of_any_length_comes_in_pieces_that_fit(contract: Contract, sign: str) -> None:
    for piece in pieces(message(text("Before. ", Verbatim(sign * 9000 + "z")), Code(sign * 5000 + "z"))):
        assert fits(piece)
        check(contract, piece)


def fields() -> tuple[AnyField, ...]:
    return (
        Line(name="zone", label="Time zone", hint="such as Europe/Berlin" * 9, value="Europe/Berlin"),
        Paragraph(name="why", label="Why", value="x" * 3000, required=False),
        Number(name="n", label="Number"),
        Choice(name="plan", label="Plan", value="b", options=(("a", "A"), ("b", "B"))),
        Day(name="on", label="Date", required=False),
    )


@pytest.mark.parametrize("how_many", [1, 4, 5])
def test_a_form_has_its_fields_and_its_intro_where_there_is_room(contract: Contract, how_many: int) -> None:
    form = Form("A form", "send", fields()[:how_many], ("1",), intro="What this is for.")
    data = render_form(form).to_dict()
    rules.check_modal(data)
    operation = contract.operation("POST", "/interactions/1/token/callback")
    assert operation is not None
    assert contract.request(operation, {"type": 9, "data": data}) == []
    assert (data["components"][0]["type"] == rules.TEXT) == (how_many < 5)


def test_every_question_of_the_bank_fits_uncut_with_its_reveal(contract: Contract, bank: Bank) -> None:
    for item in bank.questions.values():
        post = proof.post(item, bank.taxonomy)
        assert fits(post), item.id
        check(contract, post)
        for piece in split(proof.reveal(item)):
            assert fits(piece), item.id
            check(contract, piece)


def test_every_kit_and_page_of_the_bank_comes_in_pieces_that_fit(contract: Contract) -> None:
    said = kits_and_pages()
    assert len({id for id, _ in said}) > 70
    for _, whole in said:
        for piece in pieces(whole):
            assert fits(piece)
            check(contract, piece)


def test_the_nonce_and_the_mark_of_a_key_are_its_own() -> None:
    keys = [f"daily:{track}:2026-11-23:home{track}" for track in range(5000)]
    assert len({nonce(key) for key in keys}) == len({mark(key) for key in keys}) == len(keys)
    assert all(len(nonce(key)) == 24 and nonce(key).isalnum() for key in keys)
    assert all(0 < mark(key) < 2**31 for key in keys)


def test_a_command_is_written_as_it_is_typed_here() -> None:
    said = message(text(Typed("board", "[period]"), " ", Typed("admin pause"), " ", Typed("setup")))
    assert texts(body(said)[0]) == ["`/study board [period]` `/study-admin pause` `/study-admin setup`"]
