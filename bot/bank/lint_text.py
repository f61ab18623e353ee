"""Rules on every text of an item: 5 (what a chat must not show) and 28 (acronyms, spelling, reading time).

May touch: the standard library and the models of this room.
"""

import re
from collections.abc import Iterator, Set

from bot.bank.problem import Problem
from bot.bank.schema import Question
from bot.bank.shelf import Entry, Steps
from bot.bank.taxonomy import Taxonomy
from bot.bank.terms import Kind
from bot.bank.vocabulary import KNOWN_ACRONYMS, SPELLINGS, STOP_WORDS

WORDS_A_MINUTE = 200  # brief, rule 28
SLACK = 0.5  # brief, rule 28: within 50 % of `minutes`

# Minutes beside reading at difficulty 2; ours, set on the brief's worked examples and the target of the kind
CONSTANT = {
    Kind.multiple_choice: 2.0,
    Kind.multi_select: 2.5,
    Kind.numeric: 3.5,
    Kind.short: 1.5,
    Kind.code: 15.0,
    Kind.open: 8.0,
    Kind.design_drill: 7.0,
    Kind.behavioural: 7.0,
}
_STEP = 0.2  # ours: how much of the constant one step of difficulty adds or takes

_NOT_PROSE = frozenset(("sources", "starter", "solution", "tests", "mutants", "compare", "check", "regex"))
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_HTML = re.compile(
    r"</?(?:a|b|br|i|u|p|em|hr|li|ol|td|th|tr|ul|h[1-6]|div|img|pre|sub|sup|code|span|bold|table|strong|script|style|iframe)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_COMPANY = (
    r"(?:google|meta|facebook|amazon|apple|netflix|microsoft|openai|anthropic|nvidia|uber|airbnb|stripe|linkedin|tesla)"
)
_FORBIDDEN: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("a link", re.compile(r"https?://|\bwww\.\w"), "move it to `sources`"),
    ("an e-mail address", re.compile(r"\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b", re.IGNORECASE), "remove it"),
    ("a mention", re.compile(r"(?<![\w.@])@[a-z]\w*|<[@#][!&]?\d+>", re.IGNORECASE), "write the name without @"),
    (
        "an absolute path",
        re.compile(r"(?<![\w/.])/(?:home|usr|etc|var|tmp|opt|root|Users|work|mnt|srv)/|\b[A-Z]:\\"),
        "name the file alone",
    ),
    ("HTML", _HTML, "write Markdown"),
    (
        "LaTeX",
        re.compile(r"\$\$|\\(?:frac|sqrt|sum|prod|int|cdot|times|left|right|text|math\w+|hat|bar|begin|[lg]eq?)\b"),
        "write Unicode",
    ),
    (
        "a company as the source of a question",
        re.compile(
            rf"\b(?:asked|interview(?:ed)?|real question)s?\b[^.?!]{{0,40}}\b(?:at|by|from) {_COMPANY}\b", re.IGNORECASE
        ),
        "describe the setting without the company",
    ),
)

_LETTERS = re.compile(r"[^\W\d_]+")
_WITH_Z = re.compile(  # `size`, `prize` and `seize` have their z in any English
    r"(?!(?:re|over|under|down|mid|out|cap)?siz|priz|seiz|maiz)\w{3,}(?:iz|yz)(?:e|ed|es|er|ers|ing|ation|ations|able)"
)
_ACRONYM = re.compile(r"(?<![\w$`-])[A-Z]{2,6}s?(?![\w`])")


def texts(entry: Entry) -> Iterator[tuple[Steps, str]]:
    """Every text that members read, with its path; code and sources are left out."""
    return _walk(entry.document.value, ())


def _walk(value: object, path: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_PROSE:
                yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, (*path, number))


def nothing_unsafe_is_shown(entry: Entry) -> Iterator[Problem]:
    """Rule 5: no links outside sources, HTML, mentions, paths, e-mail, LaTeX, no company as a source."""
    for path, text in texts(entry):
        prose = CODE.sub(" ", text)
        for name, pattern, mend in _FORBIDDEN:
            if found := pattern.search(prose):
                yield entry.problem("5", path, f"{name}: `{found[0][:40]}`", mend)


def acronyms_are_expanded(entry: Entry, taxonomy: Taxonomy) -> Iterator[Problem]:
    """Rule 28: an acronym is spelled out in the item, unless everybody knows it.

    Words in capitals for emphasis, products of one-letter symbols and accepted spellings are no acronyms.
    """
    known = KNOWN_ACRONYMS | {word.upper() for word in taxonomy.acronyms}
    prose = [
        (path, CODE.sub(" ", text)) for path, text in texts(entry) if "accept" not in path and "reject" not in path
    ]
    whole = " ".join(text for _, text in prose)
    words = set(re.findall(r"\w+", whole))
    for path, text in prose:
        for found in _ACRONYM.findall(text):
            word = found.removesuffix("s")
            if (
                word not in known
                and not _is_plain(word, words)
                and not re.search(rf"\({word}s?\b|\b{word}s? \(", whole)
            ):
                mend = f"write it out once, as in `long form ({word})`, or add it to `acronyms` in taxonomy.yaml"
                yield entry.warning("28", path, f"the acronym {word} is not expanded", mend)
            known |= {word}


def _is_plain(word: str, words: Set[str]) -> bool:
    lower = word.lower()
    return lower in STOP_WORDS or lower in words or set(word) <= words


def words_are_spelt_alike(entry: Entry) -> Iterator[Problem]:
    """Rule 28: no word of the spelling list, be it a slip or the other English; accepted answers may hold any."""
    for path, text in texts(entry):
        if "accept" in path or "reject" in path:
            continue
        for word in _LETTERS.findall(CODE.sub(" ", text)):
            if better := _spelt(word.lower()):
                yield entry.problem("28", path, f"“{word}” is not how we spell it", f"write “{better}”")


def _spelt(word: str) -> str | None:
    """How a word is to be spelt, where that is another way."""
    if _WITH_Z.fullmatch(word):
        return word.replace("iz", "is").replace("yz", "ys")
    return SPELLINGS.get(word)


def minutes_fit_the_text(entry: Entry, question: Question) -> Iterator[Problem]:
    """Rule 28: words / 200 plus the kind's constant is within half of `minutes`."""
    shown = [question.prompt, *(option.text for option in getattr(question, "options", ()))]
    reading = sum(len(text.split()) for text in shown) / WORDS_A_MINUTE
    expected = reading + CONSTANT[question.kind] * (1 + _STEP * (question.difficulty - 2))
    if abs(expected - question.minutes) > SLACK * question.minutes:
        what = f"{question.minutes} minutes, but text, kind and difficulty suggest about {expected:.0f}"
        yield entry.warning("28", ("minutes",), what, "change `minutes` or `difficulty`")
