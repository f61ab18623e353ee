r"""GIFT, the plain-text format of Moodle.

May touch: the standard library, `bot.core.errors` and `item.py`.

A question is a block of lines: `::name:: prompt {answers}`. In the braces `=` begins a right answer and `~` a wrong
one, `#` feedback, `####` feedback for all; `%50%` is a share of the points; `{#8.3:0.1}` a number with its tolerance.
The signs `~ = # { } :` are escaped with a backslash, a line end is `\n`. See docs.moodle.org, "GIFT format".
"""

import re
from collections.abc import Iterable, Iterator

from bot.bank.exchange.item import CHOICE, ESSAY, NUMBER, SEVERAL, WORDS, Exchanged, Reply
from bot.core.errors import ContentError

_SIGNS = "~=#{}:"
_ESCAPE = re.compile(r"([\\~=#{}:])")
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_HEAD = re.compile(r"\s*(?:::((?:\\.|[^\\])*?)::)?\s*(?:\[\w+\])?\s*", re.DOTALL)
_SHARE = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}


def write(questions: Iterable[Exchanged]) -> str:
    """The questions as one GIFT file."""
    blocks: list[str] = []
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            blocks.append(f"$CATEGORY: {category}")
        blocks.append(_block(question))
    return "\n\n".join(blocks) + "\n"


def _block(question: Exchanged) -> str:
    title = f"// title: {' '.join(question.title.split())}\n" if question.title else ""
    said = f"::{_escape(question.name)}::[markdown]{_escape(question.prompt)}"
    general = question.explanation if not question.notes else f"{question.explanation}\n\n{question.notes}"
    lines = [f"\t{line}" for line in _answers(question)]
    lines += [f"\t####{_escape(general)}"] if general else []
    sign = "#" if question.sort == NUMBER else ""
    return f"{title}{said} {{{sign}\n" + "\n".join(lines) + "\n}"


def _answers(question: Exchanged) -> Iterator[str]:
    right = sum(reply.right for reply in question.replies)
    for reply in question.replies:
        text = _escape(reply.text)
        match question.sort:
            case "choice":
                sign = "=" if reply.right else "~"
            case "several":
                sign = f"~%{100 / right:.5f}%" if reply.right else "~%-100%"
            case "number":
                sign = "=" if reply.right else "=%0%"
                text = f"{reply.text}:{reply.within:.12g}"
            case _:
                sign = "=" if reply.right else "=%0%"
        yield f"{sign}{text}" + (f"#{_escape(reply.feedback)}" if reply.feedback else "")


def _escape(text: str) -> str:
    return _ESCAPE.sub(r"\\\1", text).replace("\n", r"\n")


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text).strip()


# --- reading ------------------------------------------------------------------------------------------------------


def read(text: str) -> list[Exchanged]:
    """The questions of a GIFT file; a ContentError names the line of what cannot be read."""
    found: list[Exchanged] = []
    category = title = ""
    for line, block in _blocks(text):
        if block.startswith("$CATEGORY:"):
            category = block.partition(":")[2].strip().rpartition("/")[2]
        elif block.startswith("//"):
            name, _, value = block.removeprefix("//").strip().partition(":")
            title = value.strip() if name == "title" else title
        else:
            found.append(_question(block, line, title, category))
            title = ""
    return found


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Comments, categories and questions, each with its line. A question ends at a blank line outside its braces."""
    kept: list[str] = []
    start = 0
    for number, line in enumerate([*text.removeprefix("\ufeff").splitlines(), ""], start=1):
        special = not kept and line.startswith(("//", "$CATEGORY:"))
        if special:
            yield number, line
        elif line.strip() or (kept and _open("\n".join(kept))):
            start = start if kept else number
            kept += [] if line.startswith("//") else [line]
        elif kept:
            yield start, "\n".join(kept)
            kept = []
    if kept:
        raise ContentError(f"line {start}: the brace of this question is never closed")


def _open(text: str) -> bool:
    bare = re.sub(r"\\.", "", text)
    return bare.count("{") > bare.count("}")


def _question(block: str, line: int, title: str, category: str) -> Exchanged:
    head = _HEAD.match(block)
    assert head is not None  # it matches nothing as well
    body = block[head.end() :]
    parts = re.fullmatch(r"((?:\\.|[^\\{])*)\{((?:\\.|[^\\}])*)\}((?:\\.|[^\\])*)", body, re.DOTALL)
    if parts is None:
        raise ContentError(f"line {line}: wanted a question with its answers in braces")
    before, inside, after = (part.strip() for part in parts.groups())
    prompt = _plain(f"{before} _____ {after}" if after else before)
    inside, general = _cut(inside, "####")
    sort, replies = _replies(inside, line)
    name = _plain(head[1] or "")
    return Exchanged(sort, name, prompt, replies, _plain(general), title=title, category=category)


def _cut(text: str, sign: str) -> tuple[str, str]:
    """What stands before and after the first such sign that is not escaped."""
    at = next(_bare(text, re.escape(sign)), None)
    return (text[: at[0]].strip(), text[at[1] :].strip()) if at else (text, "")


def _bare(text: str, pattern: str) -> Iterator[tuple[int, int]]:
    """Where the pattern stands, with nothing of it escaped."""
    for found in re.finditer(rf"\\.|{pattern}", text, re.DOTALL):
        if not found[0].startswith("\\"):
            yield found.span()


def _replies(inside: str, line: int) -> tuple[str, tuple[Reply, ...]]:
    if not inside:
        return ESSAY, ()
    said = _TRUTH.get(inside.partition("#")[0].strip().upper())
    if said is not None:
        return CHOICE, (Reply("True", said), Reply("False", not said))
    number = inside.startswith("#")
    answers = list(_each(inside.removeprefix("#"), line))
    if all(sign == "=" and "->" in _cut(text, "#")[0] for sign, text in answers):
        # An arrow in a feedback, or in some answers only, is part of what is said.
        raise ContentError(f"line {line}: matching questions have no kind in the bank")
    if number:
        return NUMBER, tuple(_number(text, line) for _, text in answers)
    replies = tuple(_reply(sign, text) for sign, text in answers)
    if all(sign == "=" for sign, _ in answers):
        return WORDS, replies
    return (CHOICE if any(sign == "=" for sign, _ in answers) else SEVERAL), replies


def _each(inside: str, line: int) -> Iterator[tuple[str, str]]:
    """Each answer with the sign that begins it."""
    inside = inside.strip()
    inside = inside if inside.startswith(("=", "~")) else f"={inside}"
    starts = [start for start, _ in _bare(inside, "[=~]")]
    for start, end in zip(starts, [*starts[1:], len(inside)], strict=True):
        text = inside[start + 1 : end]
        if not text.strip():
            raise ContentError(f"line {line}: an answer is empty")
        yield inside[start], text


def _reply(sign: str, text: str) -> Reply:
    share = _SHARE.match(text.strip())
    right = float(share[1]) > 0 if share else sign == "="
    said, feedback = _cut(_SHARE.sub("", text.strip(), count=1) if share else text, "#")
    return Reply(_plain(said), right, _plain(feedback))


def _number(text: str, line: int) -> Reply:
    reply = _reply("=", text)
    value, _, within = reply.text.partition(":")
    low, dots, high = value.partition("..")
    try:
        if dots:
            return Reply(
                f"{(float(low) + float(high)) / 2:.12g}", reply.right, reply.feedback, (float(high) - float(low)) / 2
            )
        return Reply(f"{float(value):.12g}", reply.right, reply.feedback, float(within or 0))
    except ValueError:
        raise ContentError(f"line {line}: “{reply.text[:40]}” is no number with a tolerance") from None
