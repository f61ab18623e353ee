"""Moodle XML.

May touch: the standard library, `bot.core.errors`, `item.py` and `markup.py`. See docs.moodle.org, "Moodle XML format".
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from bot.bank.exchange.item import CHOICE, ESSAY, NUMBER, SEVERAL, WORDS, Exchanged, Reply
from bot.bank.exchange.markup import markdown
from bot.core.errors import ContentError

_TYPES = {CHOICE: "multichoice", SEVERAL: "multichoice", NUMBER: "numerical", WORDS: "shortanswer", ESSAY: "essay"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML 1.0 has no way to say


def write(questions: Iterable[Exchanged]) -> str:
    """The questions as one Moodle XML file."""
    quiz = Xml.Element("quiz")
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            _text(Xml.SubElement(Xml.SubElement(quiz, "question", type="category"), "category"), category)
        _question(quiz, question)
    Xml.indent(quiz)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(quiz, encoding="unicode")}\n'


def _question(quiz: Xml.Element, question: Exchanged) -> None:
    node = Xml.SubElement(quiz, "question", type=_TYPES[question.sort])
    _text(Xml.SubElement(node, "name"), question.name)
    _text(Xml.SubElement(node, "questiontext", format="markdown"), question.prompt)
    _text(Xml.SubElement(node, "generalfeedback", format="markdown"), question.explanation)
    Xml.SubElement(node, "idnumber").text = question.name
    if question.sort in (CHOICE, SEVERAL):
        Xml.SubElement(node, "single").text = "true" if question.sort == CHOICE else "false"
        Xml.SubElement(node, "shuffleanswers").text = "true"
    if question.sort == ESSAY:
        _text(Xml.SubElement(node, "graderinfo", format="markdown"), question.notes)
    for reply in question.replies:
        _reply(node, question, reply)
    tags = Xml.SubElement(node, "tags")
    for tag in (*question.tags, *([f"title: {question.title}"] if question.title else [])):
        _text(Xml.SubElement(tags, "tag"), tag)


def _reply(node: Xml.Element, question: Exchanged, reply: Reply) -> None:
    several = question.sort == SEVERAL
    right = 100 / sum(one.right for one in question.replies) if several and reply.right else 100
    fraction = right if reply.right else -100 if several else 0
    answer = Xml.SubElement(node, "answer", fraction=f"{fraction:.5f}".rstrip("0").rstrip("."), format="plain_text")
    Xml.SubElement(answer, "text").text = _CONTROL.sub("", reply.text)
    _text(Xml.SubElement(answer, "feedback", format="markdown"), reply.feedback)
    if question.sort == NUMBER:
        Xml.SubElement(answer, "tolerance").text = f"{reply.within:.12g}"


def _text(node: Xml.Element, text: str) -> None:
    Xml.SubElement(node, "text").text = _CONTROL.sub("", text)


# --- reading ------------------------------------------------------------------------------------------------------


def read(text: str) -> list[Exchanged]:
    """The questions of a Moodle XML file; a ContentError names what cannot be read."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ContentError("A file with a document type of its own is not read: it could name other files.")
    try:
        quiz = Xml.fromstring(text.removeprefix("\ufeff").encode())
    except Xml.ParseError as error:
        raise ContentError(f"This is not XML: {error}") from error
    found: list[Exchanged] = []
    category = ""
    for number, node in enumerate(quiz.iter("question"), start=1):
        if node.get("type") == "category":
            category = _said(node.find("category")).rpartition("/")[2]
        else:
            found.append(_read(node, number, category))
    return found


def _read(node: Xml.Element, number: int, category: str) -> Exchanged:
    sort = _sort(node, number)
    tags = [_said(tag) for tag in node.iter("tag")]
    title = next((tag.removeprefix("title: ") for tag in tags if tag.startswith("title: ")), "")
    return Exchanged(
        sort,
        (node.findtext("idnumber") or "").strip() or _said(node.find("name")),
        _said(node.find("questiontext")),
        tuple(_read_reply(answer, sort, number) for answer in node.iter("answer")) if sort != ESSAY else (),
        _said(node.find("generalfeedback")),
        _said(node.find("graderinfo")),
        title,
        category,
        tuple(tag for tag in tags if not tag.startswith("title: ")),
    )


def _sort(node: Xml.Element, number: int) -> str:
    match node.get("type"):
        case "multichoice":
            return SEVERAL if (node.findtext("single") or "").strip() in ("false", "0") else CHOICE
        case "truefalse":
            return CHOICE
        case "numerical":
            return NUMBER
        case "shortanswer":
            return WORDS
        case "essay":
            return ESSAY
    raise ContentError(f"question {number}: the type “{node.get('type', '')[:40]}” has no kind in the bank")


def _read_reply(answer: Xml.Element, sort: str, number: int) -> Reply:
    try:
        within = float(answer.findtext("tolerance") or 0) if sort == NUMBER else 0.0
        right = float(answer.get("fraction", "0")) > 0
        said = _said(answer)
        said = f"{float(said):.12g}" if sort == NUMBER else said
    except ValueError as error:
        raise ContentError(f"question {number}: {error}") from None
    return Reply(said, right, _said(answer.find("feedback")), within)


def _said(node: Xml.Element | None) -> str:
    if node is None:
        return ""
    text = (node.findtext("text") or "").strip()
    return markdown(text) if node.get("format", "") == "html" else text
