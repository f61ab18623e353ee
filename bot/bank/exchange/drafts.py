"""Questions of others as drafts of ours: valid files, with a mark where something is still to be written.

May touch: the standard library, PyYAML, `bot.core.errors` and the models of the bank.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from string import Template

import yaml

from bot.bank.blank import BLANKS
from bot.bank.exchange import anki, gift, moodle, whole
from bot.bank.exchange.item import CHOICE, ESSAY, NUMBER, SEVERAL, WORDS, Exchanged, slug
from bot.bank.reading import MAX_BYTES, read_document
from bot.bank.schema import Question
from bot.bank.shelf import Shelf
from bot.bank.terms import Kind
from bot.core.errors import ContentError

KINDS = {
    CHOICE: Kind.multiple_choice,
    SEVERAL: Kind.multi_select,
    NUMBER: Kind.numeric,
    WORDS: Kind.short,
    ESSAY: Kind.open,
}
AUTHOR = "import"
LONGEST_FILE = 50_000_000  # ours: a bank of ten thousand questions is below it
LETTERS = "abcdefghij"
READERS: dict[str, Callable[[str], list[Exchanged] | list[Question]]] = {
    "gift": gift.read,
    "moodle": moodle.read,
    "anki": anki.read,
    "json": whole.read,
}
_ENDINGS = {".gift": "gift", ".txt": "gift", ".xml": "moodle", ".json": "json"}

Draft = dict[str, object]


def bring(path: Path, *, form: str | None, category: str, folder: Path, shelf: Shelf) -> list[Path]:
    """Write every question of a file as a draft; gives the new files, or writes none and says in a ContentError why.

    A question whose category the taxonomy does not know goes to `category`; one whose id is taken gets a number.
    """
    form = form or _ENDINGS.get(path.suffix.lower(), "")
    if form not in READERS:
        raise ContentError(f"Wanted one of the formats {', '.join(READERS)}; name it with --form.")
    known = shelf.taxonomy.categories
    if category not in known:
        raise ContentError(f"Wanted one of the categories {', '.join(known)}; got “{category[:40]}”.")
    taken = {entry.item.id for entry in shelf.entries} | shelf.retired.keys()
    files: dict[Path, str] = {}
    for question in READERS[form](_text(path)):
        draft = _draft(question, taken) if isinstance(question, Exchanged) else _whole(question, taken)
        draft["category"] = draft["category"] if draft["category"] in known else category
        taken.add(str(draft["id"]))
        files[folder / "questions" / str(draft["category"]) / f"{draft['id']}.yaml"] = _yaml(draft)
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ContentError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(raw) > LONGEST_FILE:
        raise ContentError(f"{path.name} has more than {LONGEST_FILE:,} bytes; cut it into several.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError(f"{path.name} is not UTF-8.") from error


def _whole(question: Question, taken: Iterable[str]) -> Draft:
    """A question of our own form: everything is kept but who has vouched for it."""
    dumped: Draft = question.model_dump(mode="json", exclude_unset=True)
    dumped |= {"id": slug(question.id, list(taken)), "status": "draft", "authors": [AUTHOR], "reviewers": []}
    dumped.pop("reviewed_on", None)
    return dumped


def _draft(question: Exchanged, taken: Iterable[str]) -> Draft:
    kind = KINDS[question.sort]
    id = slug(question.name or question.prompt, list(taken))
    blank = Template((BLANKS / f"{kind}.yaml").read_text(encoding="utf-8")).substitute(id=id, category="")
    draft: Draft = read_document(blank.encode()).value
    draft |= {"category": question.category, "prompt": question.prompt, "authors": [AUTHOR]}
    draft |= {"title": question.title} if question.title else {}
    draft |= {"explanation": question.explanation} if question.explanation else {}
    answer = draft["answer"]
    assert isinstance(answer, dict)
    answer |= _answer(question)
    if question.sort == NUMBER:
        answer.pop("check")
    return draft


def _answer(question: Exchanged) -> Draft:
    right = [reply for reply in question.replies if reply.right]
    wrong = [reply for reply in question.replies if not reply.right]
    match question.sort:
        case "number":
            if not right:
                raise ContentError(f"“{question.prompt[:40]}” has no right number.")
            value, within = float(right[0].text), right[0].within
            decoys = [{"value": float(one.text), "feedback": one.feedback or "WRITE: which slip"} for one in wrong]
            return {"value": value, "tolerance": {"abs": within or 1e-9}, "decoys": decoys}
        case "words":
            rejected = [{"text": one.text, "feedback": one.feedback or "WRITE: why not"} for one in wrong]
            return {"accept": [one.text for one in right], "reject": rejected}
        case "essay":
            return {"model_answer": question.notes} if question.notes else {}
    return {"options": [_option(question, number) for number in range(len(question.replies))]}


def _option(question: Exchanged, number: int) -> Draft:
    if number >= len(LETTERS):
        raise ContentError(f"“{question.prompt[:40]}” has more than {len(LETTERS)} options.")
    reply = question.replies[number]
    option: Draft = {"id": LETTERS[number], "text": reply.text, "feedback": reply.feedback or "WRITE: why"}
    return option | ({"correct": True} if reply.right else {"misconception": "write-one"})


def _yaml(draft: Draft) -> str:
    text = yaml.safe_dump(draft, sort_keys=False, allow_unicode=True, width=140)
    if len(text.encode()) > MAX_BYTES:
        raise ContentError(f"`{draft['id']}` is longer than a file of the bank may be.")
    return text
