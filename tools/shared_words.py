"""Finds wording of the content bank that also stands in other texts: eight words in a row, in whatever case and marks.

    .venv/bin/python tools/shared_words.py FOLDER [CONTENT]

FOLDER holds the texts to compare with, such as saved pages of public question banks; they stay out of this repository.
Every text file in it is read, however deep. Compared is prose only: no code, no formulas, no ids, no references.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from bot.bank.reading import read_document

WORDS = 8
FEWEST_SPOKEN = 6  # of the eight; a run with more numbers and letters than that is a formula or a table
# What no reader reads as prose: names of things, code and what is compared with an answer.
_NOT_PROSE = re.compile(
    "schema|id|revision|status|kind|category|topics|level|rounds|type|misconception|excludes|related|covers|sources|"
    "authors|reviewers|reviewed_on|expires_on|unit|check|value|accept|regex|entry_point|signature|starter|solution|"
    "args|expected|error|compare|limits|mutants|reference_solution.*"
)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|`")
Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """Words of an item that stand in another text too."""

    file: str
    place: str
    words: str
    text: str

    def __str__(self) -> str:
        return f"{self.file} {self.place}: “{self.words}” stands in {self.text} too"


def words(text: str) -> list[str]:
    """The words of a text in small letters, without marks; in the place of code stands a backtick."""
    return [word.replace("’", "'") for word in _WORD.findall(_CODE.sub(" ` ", text).casefold())]


def runs(text: str, length: int = WORDS) -> Iterator[Run]:
    """Each run of so many words that code does not interrupt, but for those of numbers and single letters."""
    found = words(text)
    for start in range(len(found) - length + 1):
        run = tuple(found[start : start + length])
        if "`" not in run and sum(len(word) > 1 and not word[0].isdigit() for word in run) >= FEWEST_SPOKEN:
            yield run


def prose(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """The prose below a value of a content file, each piece with its place in it."""
    match value:
        case str():
            yield at, value
        case list():
            for number, one in enumerate(value):
                yield from prose(one, f"{at}[{number}]")
        case dict():
            for key, one in value.items():
                if not _NOT_PROSE.fullmatch(str(key)):
                    yield from prose(one, f"{at}.{key}".lstrip("."))


def shared(content: Path, texts: Path) -> list[Shared]:
    """Every stretch of an item's prose whose runs of eight words stand in the texts, told once at its full length."""
    own = [
        (str(file.relative_to(content)), place, list(runs(text)))
        for file in sorted(content.rglob("*.yaml"))
        for place, text in prose(read_document(file.read_bytes()).value)
    ]
    holders = _holders(texts, {run for _, _, said in own for run in said})
    return [
        Shared(file, place, " ".join(stretch), holders[stretch[:WORDS]])
        for file, place, said in own
        for stretch in _stretches(said, holders)
    ]


def _holders(texts: Path, wanted: Set[Run]) -> dict[Run, str]:
    """Which of the texts holds a run; of the many runs there only the wanted are kept."""
    found: dict[Run, str] = {}
    for file in sorted(file for file in texts.rglob("*") if file.is_file()):
        for run in runs(file.read_text(encoding="utf-8", errors="replace")):
            if run in wanted:
                found.setdefault(run, str(file.relative_to(texts)))
    return found


def _stretches(said: Iterable[Run], holders: Mapping[Run, str]) -> Iterator[Run]:
    """Runs that follow on each other, as one."""
    stretch: Run = ()
    for run in said:
        if run not in holders:
            continue
        follows = stretch[1 - WORDS :] == run[:-1]
        if stretch and not follows:
            yield stretch
        stretch = (*stretch, run[-1]) if follows else run
    if stretch:
        yield stretch


def main(arguments: list[str]) -> int:
    """Print what is shared; fail where there is something."""
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0]).is_dir():
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    content = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).parents[1] / "content"
    found = shared(content, Path(arguments[0]))
    print(*found, f"{len(found)} stretches of {WORDS} or more words are shared", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
