"""Text for Anki: one note a line, with our id as the guid, so that importing again updates instead of doubling.

May touch: the standard library, `bot.core.errors`, `item.py` and `markup.py`. See docs.ankiweb.net, "Text files".
"""

import csv
import html
import io
from collections.abc import Iterable

from bot.bank.exchange.item import ESSAY, NUMBER, Exchanged
from bot.bank.exchange.markup import markdown
from bot.core.errors import ContentError

HEAD = (
    "#separator:tab\n#html:true\n#notetype:Basic\n#deck:Batchmates\n#columns:guid\tFront\tBack\tTags\n"
    "#guid column:1\n#tags column:4\n"
)


def write(questions: Iterable[Exchanged]) -> str:
    """The questions as one text file that Anki imports."""
    return HEAD + "".join(_note(question) for question in questions)


def _note(question: Exchanged) -> str:
    fields = (question.name, _html(_front(question)), _html(_back(question)), " ".join(question.tags))
    return "\t".join(fields) + "\n"


def _front(question: Exchanged) -> str:
    listed = [f"- {reply.text}" for reply in question.replies] if question.sort in ("choice", "several") else []
    return "\n".join([question.prompt, *(["", *listed] if listed else [])])


def _back(question: Exchanged) -> str:
    right = [reply for reply in question.replies if reply.right]
    if question.sort == ESSAY:
        key = question.notes
    elif question.sort == NUMBER:
        key = f"{right[0].text} ± {right[0].within:.12g}"
    else:
        key = "\n".join(reply.text for reply in right)
    return f"{key}\n\n{question.explanation}"


def _html(text: str) -> str:
    # A tab would end the field, a line end the note, a quote would begin a quoted field; indented code stays indented.
    plain = html.escape(text.replace("\t", "    "), quote=True)
    return plain.replace("  ", "&nbsp;&nbsp;").replace("\n", "<br>")


# --- reading ------------------------------------------------------------------------------------------------------

_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " ", "colon": ":"}


def read(text: str) -> list[Exchanged]:
    """The notes of a text file: the front is what is asked, the back what a good answer holds.

    A card does not say which of its words are options or a key, so that every note is a question with an open answer.
    """
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    said = [line.strip()[1:].partition(":") for line in lines if line.startswith("#")]
    head = {key.strip().lower(): value.strip() for key, _, value in said}
    word = head.get("separator", "tab")
    separator = _SEPARATORS.get(word.lower(), word)
    if len(separator) != 1:
        raise ContentError(f"“{word[:40]}” is no separator of fields")
    body = io.StringIO("".join(line for line in lines if not line.startswith("#")), newline="")
    try:
        rows = [row for row in csv.reader(body, delimiter=separator) if any(field.strip() for field in row)]
    except csv.Error as error:
        raise ContentError(f"The fields cannot be told apart: {error}") from error
    return [_read(row, number, head) for number, row in enumerate(rows, start=1)]


def _read(row: list[str], number: int, head: dict[str, str]) -> Exchanged:
    special = {name: _column(head.get(f"{name} column", ""), row) for name in ("guid", "tags", "notetype", "deck")}
    fields = [field for at, field in enumerate(row) if at not in special.values()]
    if len(fields) < 2 or not fields[0].strip():
        raise ContentError(f"note {number}: wanted a front and a back")
    front, back = map(markdown if head.get("html", "true") == "true" else str.strip, fields[:2])
    guid, tags = (row[at] if (at := special[name]) is not None else "" for name in ("guid", "tags"))
    return Exchanged(ESSAY, guid, front, notes=back, tags=tuple(tags.split()))


def _column(said: str, row: list[str]) -> int | None:
    return int(said) - 1 if said.isdecimal() and 0 < int(said) <= len(row) else None
