"""Every kind of message and every question of the bank as Slack takes it: valid, within each limit, and uncut."""

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
    Verbatim,
    message,
    text,
)
from bot.core.pictures import Bar, BarChart
from bot.core.refs import Person, Place
from bot.core.splitting import split
from bot.features.answers import words as answer_words
from bot.platforms.slack import dialect, forms, ids
from bot.platforms.slack.deliver import REACTIONS
from bot.platforms.slack.render import WRITTEN_IN_ALL, Rendered, pieces, render
from tests.content import kits_and_pages
from tests.servers.slack import rules
from tests.servers.slack.contract import SlackContract
from tests.servers.slack.state import Upload

Json = dict[str, Any]
NASTY = "@everyone <!channel> <@U1> <#C1> <https://e.org|l> *b* _i_ ~s~ `c` ```f``` :tada: &amp;\n> q\n- l\n1. n"
FILES = {"F1": Upload("F1", "picture.png", 1, b"x", complete=True)}


def check(contract: SlackContract, said: Message) -> Rendered:
    """Hold a message to the rules, the SDK's validators and the contract, and give it."""
    pictured = ["F1" for part in said.parts if isinstance(part, Picture)]
    rendered = render(said, pictured, mark=ids.mark("a key"))
    wire = {"channel": "C1", "text": rendered.text, "blocks": rendered.blocks}
    rules.check_message(wire, FILES)
    assert contract.arguments("chat.postMessage", wire) == []
    return rendered


def leaves(rendered: Rendered) -> list[Json]:
    return [dict(leaf) for b in rendered.blocks if b["type"] == "rich_text" for leaf in rules.leaves(b)]


EVERY_PART = message(
    Heading("A *heading* #1"),
    text("Our **words**, `code` and a_b, https://e.org/x. ", Verbatim(NASTY), Mention(Person("slack", "T1", "U20"))),
    "A list:\n\n- *one*\n- two\n\n```python\nx = '**'\n```\n\nThe end.",
    Quote(NASTY),
    Code("print('```')\nx = 1", "python"),
    Facts((("Zone", "Europe/Berlin"), ("**Plan**", "year"))),
    Divider(),
    Picture(BarChart("t", (Bar("A", 1),)), alt="A: 1 answer"),
    Attachment("notes for me.txt", "text"),
    text(
        Moment(datetime(2026, 11, 23, 8, tzinfo=UTC), "Europe/Berlin"),
        RoleMention("S30"),
        Mention(Person("discord", "everywhere", "1")),
        ChannelLink(Place("slack", "T1", "C20")),
        ChannelLink(Place("discord", "everywhere", "2")),
    ),
    Select("choose", (SelectOption("a", "A  first"), SelectOption("b", "B  second")), ("1",), "Choose", 1, 2),
    Select("one", (SelectOption("a", "A  first"),)),
    Buttons(tuple(Button(f"B{n}", "pick", ("1", str(n)), list(Style)[n % 3]) for n in range(7))),
)


@pytest.mark.contract
def test_every_part_has_its_place(slack_contract: SlackContract) -> None:
    rendered = check(slack_contract, EVERY_PART)
    kinds = ["header", "rich_text", "divider", "image", "rich_text", "section", "actions", "actions", "actions"]
    assert [block["type"] for block in rendered.blocks] == kinds
    assert rendered.blocks[0]["block_id"] == ids.mark("a key")
    assert [leaf["type"] for leaf in leaves(rendered) if leaf["type"] not in {"text", "link"}] == [
        "user",
        "date",
        "usergroup",
        "channel",
    ]
    assert rendered.files[0].name == "notes for me.txt"


def test_a_member_s_words_are_one_leaf_in_which_nothing_is_read() -> None:
    rendered = render(message(text(Verbatim(NASTY)), Quote(NASTY), Code(NASTY)))
    assert [leaf for leaf in leaves(rendered) if leaf["text"] != "\n\n"] == [{"type": "text", "text": NASTY}] * 3


def test_a_name_from_right_to_left_is_isolated_also_in_the_line_for_notifications() -> None:
    rendered = render(message(text("1 ", Verbatim("אבג"), ": 12 points")))
    assert [leaf["text"] for leaf in leaves(rendered)] == ["1 ", "\u2068אבג\u2069", ": 12 points"]
    assert rendered.text == "1 \u2068אבג\u2069: 12 points"


def test_the_line_for_notifications_mentions_nobody() -> None:
    rendered = render(EVERY_PART)
    assert "<" not in rendered.text
    assert "&lt;!channel&gt;" in rendered.text


def test_our_own_markdown_is_styled() -> None:
    said = leaves(render(message("**b *both* b** and `c` 2 * 3 * 4 see https://e.org/a?b=c.")))
    assert said == [
        {"type": "text", "text": "b ", "style": {"bold": True}},
        {"type": "text", "text": "both", "style": {"bold": True, "italic": True}},
        {"type": "text", "text": " b", "style": {"bold": True}},
        {"type": "text", "text": " and "},
        {"type": "text", "text": "c", "style": {"code": True}},
        {"type": "text", "text": " 2 * 3 * 4 see "},
        {"type": "link", "url": "https://e.org/a?b=c"},
        {"type": "text", "text": "."},
    ]


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt; stays", "&lt; stays"),
        ("see <https://e.org/x|e.org/x> and <https://e.org>", "see e.org/x and https://e.org"),
        ("<@U1> <@U1|mira> <#C1|ml-study> <!here> <!subteam^S1|@staff>", "@U1 @mira #ml-study @here @staff"),
        ("mail <mailto:a@e.org|a@e.org>", "mail a@e.org"),
        ("&copy; and &quot;", "&copy; and &quot;"),
    ],
)
def test_what_a_member_wrote_is_read_as_they_typed_it(told: str, typed: str) -> None:
    assert dialect.written(told) == typed


@pytest.mark.contract
@pytest.mark.parametrize("sign", ["*", "a", "\n", "🎉", '"'])
def test_a_reply_of_any_length_comes_in_pieces_that_fit(slack_contract: SlackContract, sign: str) -> None:
    for piece in pieces(message(text("Before. ", Verbatim(sign * 9000 + "z")), Code(sign * 5000 + "z"))):
        check(slack_contract, piece)


@pytest.mark.contract
def test_a_message_of_many_small_styles_stays_within_what_slack_takes(slack_contract: SlackContract) -> None:
    check(slack_contract, message("**a** *b* " * 380))


def fields() -> tuple[AnyField, ...]:
    return (
        Line(name="zone", label="Time zone", hint="such as Europe/Berlin" * 9, value="Europe/Berlin"),
        Paragraph(name="why", label="Why", value="x" * 3000, required=False),
        Number(name="n", label="Number"),
        Choice(name="plan", label="Plan", value="b", options=(("a", "A"), ("b", "B"))),
        Day(name="on", label="Date", required=False, value="2026-11-23"),
    )


@pytest.mark.contract
@pytest.mark.parametrize("intro", ["", "What **this** is for."])
def test_a_form_is_a_modal_that_carries_what_it_needs(slack_contract: SlackContract, intro: str) -> None:
    meant = forms.Meant("", "C1", "1.000001", "https://hooks.example.org/x")
    view = forms.modal(Form("A form", "send", fields(), ("1",), intro=intro), meant)
    rules.check_view(view, {})
    assert slack_contract.arguments("views.open", {"trigger_id": "t", "view": view}) == []
    assert forms.Meant.read(view["private_metadata"]) == forms.Meant("send:1", "C1", "1.000001", meant.url)


@pytest.mark.contract
def test_a_form_that_comes_back_late_holds_what_was_typed(slack_contract: SlackContract) -> None:
    view = forms.modal(Form("A form", "send", fields()), forms.Meant())
    typed = {"zone": "Mars", "why": "because", "plan": "a", "on": "2027-01-01", "n": ""}
    again = forms.refilled(view, {"zone": "no such zone"}, typed)
    rules.check_view(again, {})
    assert slack_contract.view({"view": again}) == []
    assert "Time zone: no such zone" in str(again["blocks"][0])
    held = {block["block_id"]: block["element"] for block in again["blocks"] if block["type"] == "input"}
    assert held["zone"]["initial_value"] == "Mars"
    assert held["plan"]["initial_option"]["value"] == "a"
    assert held["on"]["initial_date"] == "2027-01-01"
    assert "initial_value" not in held["n"]


@pytest.mark.contract
def test_every_question_of_the_bank_fits_uncut_with_its_reveal(slack_contract: SlackContract, bank: Bank) -> None:
    for item in bank.questions.values():
        for piece in (proof.post(item, bank.taxonomy), *split(proof.reveal(item))):
            assert len(pieces(piece)) == 1, item.id
            check(slack_contract, piece)


@pytest.mark.contract
def test_every_kit_and_page_of_the_bank_comes_in_pieces_that_fit(slack_contract: SlackContract) -> None:
    said = kits_and_pages()
    assert len({id for id, _ in said}) > 70
    for _, whole in said:
        for piece in pieces(whole):
            check(slack_contract, piece)


def test_every_reaction_of_the_house_has_a_name_on_slack() -> None:
    assert {answer_words.RECORDED, answer_words.UNREADABLE, answer_words.USE_BUTTON} <= set(REACTIONS)


def test_the_mark_of_a_key_is_its_own() -> None:
    keys = [f"daily:{track}:2026-11-23:home{track}" for track in range(5000)]
    assert len({ids.mark(key) for key in keys}) == len(keys)
    assert WRITTEN_IN_ALL < rules.ALL_BLOCKS
