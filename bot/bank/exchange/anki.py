"""Text for Anki: one note a line, with our id as the guid, so that importing again updates instead of doubling.

May touch: the standard library and `item.py`. See docs.ankiweb.net, "Importing, text files".
"""

import html
from collections.abc import Iterable

from bot.bank.exchange.item import ESSAY, NUMBER, Exchanged

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
