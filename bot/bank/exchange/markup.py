"""HTML of others as our small Markdown.

May touch: the standard library.
"""

import re
from html.parser import HTMLParser

_WRAP = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_BREAK = {"br": "\n", "li": "\n- ", "p": "\n\n", "div": "\n"}


def markdown(html: str) -> str:
    """What a reader of the HTML sees: bold, italic, code, lists and paragraphs; every other tag is dropped."""
    parser = _Reader()
    parser.feed(html)
    parser.close()
    text = "".join(parser.said).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said.append(_BREAK.get(tag, _WRAP.get(tag, "")))

    def handle_endtag(self, tag: str) -> None:
        self.said.append(_WRAP.get(tag, ""))

    def handle_data(self, data: str) -> None:
        self.said.append(data)
