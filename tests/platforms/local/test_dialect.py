from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import ChannelLink, Mention, Message, Moment, RoleMention, Text, Verbatim, message, text
from bot.core.refs import Person, Place
from bot.platforms.local.formats import Json, plain
from bot.platforms.local.render import render

from .conftest import draw


def blocks(*spans: object) -> list[Json]:
    return render(Message((Text(spans),)), draw).blocks  # type: ignore[arg-type]


def runs(*spans: object) -> list[Json]:
    (block,) = blocks(*spans)
    found: list[Json] = block["runs"]
    return found


def test_bold_italic_and_code_are_runs() -> None:
    assert runs("a **b** *c* `d *e*`") == [
        {"text": "a "},
        {"text": "b", "bold": True},
        {"text": " "},
        {"text": "c", "italic": True},
        {"text": " "},
        {"text": "d *e*", "code": True},
    ]


def test_italic_stands_inside_bold() -> None:
    assert runs("**a *b* c**") == [
        {"text": "a ", "bold": True},
        {"text": "b", "bold": True, "italic": True},
        {"text": " c", "bold": True},
    ]


def test_marks_without_a_partner_stay_characters() -> None:
    assert runs("2 * 3 * 4 and **never closed") == [{"text": "2 * 3 * 4 and **never closed"}]


def test_bold_of_ours_holds_a_members_name_as_data() -> None:
    assert runs("**", Verbatim("*Ada* `x`"), "** leads") == [
        {"text": "*Ada* `x`", "bold": True},
        {"text": " leads"},
    ]


def test_what_a_member_wrote_stays_one_run() -> None:
    hostile = "@everyone **x** <b>\n\n- item\n```\ncode\n```"
    assert runs("Said: ", Verbatim(hostile), ".") == [{"text": "Said: "}, {"text": hostile}, {"text": "."}]


def test_a_name_from_right_to_left_is_isolated() -> None:
    said = [{"type": "list", "items": [[{"text": "1 "}, {"text": "\u2068אבג\u2069"}, {"text": ": 12 points"}]]}]
    assert render(message(text("- 1 ", Verbatim("אבג"), ": 12 points")), draw).blocks == said


def test_a_member_cannot_begin_a_list_or_a_fence() -> None:
    assert blocks(Verbatim("- not a list")) == [{"type": "paragraph", "runs": [{"text": "- not a list"}]}]
    assert [block["type"] for block in blocks(Verbatim("```"), "\n\nafter")] == ["paragraph", "paragraph"]


def test_people_roles_and_moments_are_runs_of_their_own() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert runs(Mention(Person("local", "local", "u1")), RoleMention("r"), Moment(at, "Europe/Berlin")) == [
        {"mention": "u1"},
        {"role": "r"},
        {"at": "2026-11-23T09:00:00+00:00", "zone": "Europe/Berlin"},
    ]


def test_somebody_of_another_platform_is_named_and_not_notified() -> None:
    assert runs(Mention(Person("slack", "T1", "U9"))) == [{"text": "@U9"}]


def test_a_channel_of_the_page_is_a_run_and_one_of_another_platform_is_named() -> None:
    here, there = ChannelLink(Place("local", "local", "c1")), ChannelLink(Place("slack", "T1", "C9"))
    assert runs(here, there) == [{"channel": "c1"}, {"text": "#C9"}]


def test_paragraphs_lists_and_code_become_blocks() -> None:
    words = "Intro\nsecond line\n\n- one\n  goes on\n- **two**\n\n1. stays text\n```python\nx = '**'\n\n- y\n```\nend"
    assert blocks(words) == [
        {"type": "paragraph", "runs": [{"text": "Intro\nsecond line"}]},
        {"type": "list", "items": [[{"text": "one goes on"}], [{"text": "two", "bold": True}]]},
        {"type": "paragraph", "runs": [{"text": "1. stays text"}]},
        {"type": "code", "text": "x = '**'\n\n- y", "language": "python"},
        {"type": "paragraph", "runs": [{"text": "end"}]},
    ]


def test_a_list_may_follow_its_heading_line_at_once() -> None:
    assert [block["type"] for block in blocks("Do this:\n- one\n- two\nand then")] == ["paragraph", "list", "paragraph"]


def test_a_list_item_may_hold_a_name() -> None:
    assert blocks("- ", Verbatim("**Ada**"), ": 3\n- ", Verbatim("Ben"), ": 2") == [
        {
            "type": "list",
            "items": [[{"text": "**Ada**"}, {"text": ": 3"}], [{"text": "Ben"}, {"text": ": 2"}]],
        }
    ]


def test_a_fence_that_is_never_closed_is_code_to_the_end() -> None:
    assert blocks("```\na\nb") == [{"type": "code", "text": "a\nb", "language": ""}]


def test_nothing_but_white_space_makes_no_block() -> None:
    assert blocks(" \n\n ") == []


@given(st.text(alphabet="a*`- \n@<", max_size=60))
def test_any_words_of_a_member_stand_unchanged(words: str) -> None:
    said = message(text("x ", Verbatim(words), " y"))
    assert words in plain(render(said, draw).blocks)


@given(st.text(alphabet="ab*`- \n", max_size=60))
def test_any_words_of_ours_can_be_read(words: str) -> None:
    found = blocks(words)
    read = "".join(block.get("language", "") + plain([block]) for block in found)
    assert [c for c in read if c in "ab"] == [c for c in words if c in "ab"]
