"""Compares short answers as people write them: case, accents, punctuation, articles and slips of the finger.

May touch: the standard library and `numerals.visible`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from bot.bank.numerals import visible

LONGEST_SENTENCE = 12  # words; a longer text is talk, in which an accepted word proves nothing
NEGATIONS = frozenset(("not", "no", "never", "neither", "nor", "without", "cannot", "cant", "hardly")) | {
    f"{verb}nt" for verb in ("do", "does", "did", "is", "are", "was", "were", "wo", "would", "should", "could", "ai")
}
_ARTICLES = frozenset(("a", "an", "the"))
_SUPERSCRIPTS = str.maketrans({digit: f"^{unicodedata.normalize('NFKC', digit)}" for digit in "⁰¹²³⁴⁵⁶⁷⁸⁹"})
_SAME = str.maketrans({"−": "-", "‑": "-", "×": "*", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "ı": "i"})
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_MINUS = re.compile(r"(?<![\w)])-(?=\s?\d)")
_WORD = re.compile(r"-?[^\W_]+(?:[.^][^\W_]+|\+{2}|#)*|[+<>=%]")


def normalised(text: str) -> str:
    """The words of a text, parted by one space, in the form in which answers are compared.

    Compatibility forms, case, accents, invisible marks, punctuation and articles do not count; a minus sign before a
    number, a decimal point, `^`, `++` and `#` within a word do.
    """
    plain = unicodedata.normalize("NFKC", visible(text).translate(_SUPERSCRIPTS)).casefold().translate(_SAME)
    letters = unicodedata.normalize("NFKD", plain)
    plain = unicodedata.normalize("NFKC", "".join(char for char in letters if unicodedata.category(char) != "Mn"))
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)
    plain = _MINUS.sub("\x00", _APOSTROPHE.sub("", plain)).replace("-", " ").replace("\x00", "-")
    words = _WORD.findall(plain)
    return " ".join([word for word in words if word not in _ARTICLES] or words)


def runs(text: str, length: int) -> frozenset[tuple[str, ...]]:
    """Every group of so many words that follow on each other, in normalised form."""
    words = normalised(text).split()
    return frozenset(tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def shortened(text: str, most: int = 40) -> str:
    """What a member typed, safe and short enough to be echoed."""
    kept = "".join(char if char.isalnum() or char in " .,%/+-'=" else " " for char in visible(text))
    words = " ".join(kept.split())
    return f"“{words[:most].rstrip()}…”" if len(words) > most else f"“{words}”"


def contains(words: Sequence[str], phrase: Sequence[str]) -> int | None:
    """Where the phrase begins within the words, as whole words in this order, or None."""
    size = len(phrase)
    starts = (start for start in range(len(words) - size + 1) if tuple(words[start : start + size]) == tuple(phrase))
    return next(starts, None) if size else None


def states(answer: str, alias: str, rejects: Iterable[str]) -> bool:
    """Whether a short sentence gives the alias as its answer; all texts are normalised.

    The alias must appear as whole words in at most 12 words, with no negation before it, no "or" beside it that would
    make it one of several guesses, and no rejected text outside it.
    """
    words, phrase = answer.split(), alias.split()
    start = contains(words, phrase)
    if start is None or len(words) > LONGEST_SENTENCE:
        return False
    before, after = words[:start], words[start + len(phrase) :]
    if NEGATIONS.intersection(before) or "or" in (*before, *after):
        return False
    outside = [*before, "\x00", *after]
    return not any(contains(outside, reject.split()) is not None for reject in rejects)


def threshold(alias: str) -> int:
    """How many slips are forgiven: none below 5 characters, one up to 8, two from 9 on."""
    return 0 if len(alias) < 5 else 1 if len(alias) < 9 else 2


def near(answer: str, alias: str) -> int | None:
    """The number of slips between the answer and the alias, or None where it is too many to be a slip.

    A slip is a letter added, dropped or replaced, or two neighbours swapped. Word by word, each word is held to its
    own threshold, so that short words and numbers (`l1`, `type ii`) must be exact; a missing or added space is free
    from 5 characters on. Letters that are only added or dropped in front are another word (`supervised`,
    `unsupervised`), never a slip.
    """
    if len(alias) < 5 or abs(len(answer) - len(alias)) > 3:
        return None
    given, wanted = answer.split(), alias.split()
    if len(given) != len(wanted):
        return 0 if "".join(given) == "".join(wanted) else None
    slips = 0
    for mine, right in zip(given, wanted, strict=True):
        found = distance(mine, right)
        if found > threshold(right) or _another_word(mine, right):
            return None
        slips += found
    return slips if slips <= threshold(alias) else None


def distance(one: str, other: str) -> int:
    """The Damerau-Levenshtein distance: how many letters to add, drop, replace, or swap with a neighbour."""
    rows: list[list[int]] = [list(range(len(other) + 1))]
    for i, mine in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (mine != right))
            if i > 1 and j > 1 and mine == other[j - 2] and one[i - 2] == right:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _another_word(mine: str, right: str) -> bool:
    digits = [char for char in mine if char.isdigit()] != [char for char in right if char.isdigit()]
    return mine != right and (digits or mine.endswith(right) or right.endswith(mine))
