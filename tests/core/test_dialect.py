"""Our Markdown dialect, whichever platform makes something of it."""

import re

from bot.core import dialect
from bot.core.dialect import Bullets, Fenced, Leaf, Paragraph
from bot.core.messages import Span, Verbatim

TOKENS = re.compile(f"({dialect.CODE_OR_MARK})")


def leaf_of(span: Span) -> Leaf:
    return {"span": span}


def read(*spans: Span) -> list[dialect.Block]:
    return list(dialect.blocks(spans, leaf_of, lambda leaf: str(leaf["span"].text)))


def styled(line: dialect.Line) -> list[tuple[str, set[str]]]:
    runs = dialect.runs(line, TOKENS, lambda code: {"code": code[1:-1]})
    return [(run.text or str(run.leaf), set(run.styles)) for run in runs]


def test_lines_are_paragraphs_lists_and_code() -> None:
    assert read("One\nparagraph.\n\n- first\n  goes on\n- second\n```py\nx = 1\n```\nEnd.") == [
        Paragraph(["One\nparagraph."]),
        Bullets([["first goes on"], ["second"]]),
        Fenced("x = 1", "py"),
        Paragraph(["End."]),
    ]


def test_what_a_member_wrote_opens_nothing_and_closes_nothing() -> None:
    words = Verbatim("- **no list**\n```")
    assert read("He said: ", words) == [Paragraph(["He said: ", {"span": words}])]
    assert styled(["**", {"span": "x**"}, " on"]) == [("**", set()), ("{'span': 'x**'}", set()), (" on", set())]


def test_a_mark_closes_the_nearest_one_of_its_sort() -> None:
    assert styled(["**a `c` **b** d"]) == [
        ("**a ", set()),
        ("{'code': 'c'}", set()),
        (" ", set()),
        ("b", {"bold"}),
        (" d", set()),
    ]
    assert styled(["**a *b* c**"]) == [("a ", {"bold"}), ("b", {"bold", "italic"}), (" c", {"bold"})]
