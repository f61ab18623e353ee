"""What is decided about code without running it: the task of a question, the program in a message, whose turn it is."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.bank.answers import Case, CodeAnswer
from bot.bank.spelling import as_called
from bot.core.errors import UserError
from bot.core.events import File
from bot.judge import task
from bot.judge.judging import LONGEST_PROGRAM
from bot.judge.task import Growth, Rule, Shape, Task


def task_of(answer: CodeAnswer) -> Task:
    """The question as the judge sees it."""
    compare, limits, growth = answer.compare, answer.limits, answer.growth
    return Task(
        entry_point=answer.entry_point,
        shape=Shape(answer.shape),
        cases=(
            *(_case(case, called=as_called(answer, case), public=True) for case in answer.tests.public),
            *(_case(case, public=False) for case in answer.tests.hidden),
        ),
        rule=Rule(compare.mode, compare.rel, compare.abs, compare.nan == "equal"),
        seconds=limits.seconds,
        memory_mb=limits.memory_mb,
        growth=Growth(growth.wanted, growth.sizes, growth.args) if growth else None,
    )


def _case(case: Case, *, public: bool, called: str = "") -> task.Case:
    return task.Case(case.why, case.args, case.expected, case.error, case.weight, public, called)


# --- the program in a message -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Program:
    """What is run, and what was done to the text that a member sent."""

    text: str
    notes: tuple[str, ...] = ()


def holds_code(text: str, files: Sequence[File] = (), unread: Sequence[str] = ()) -> bool:
    """Whether a message is one with code, of whatever kind, also in a file that could not be read; else it is talk."""
    return bool(files or unread) or "```" in text


def program_in(
    text: str, answer: CodeAnswer, *, files: Sequence[File] = (), unread: Sequence[str] = (), bare: bool = False
) -> Program:
    """The program that a message holds: its file, or else its code blocks, or, where `bare`, the text itself.

    Raises a UserError that says what was wanted, also of one that is too long to be judged. Several blocks are one
    program, in their order; those that name another language are left out.
    """
    if unread and not files:
        raise UserError(f"Your file {unread[0][:100]} could not be fetched. Wanted it once more, or a code block.")
    if files:
        return _mended(files[0].text, _of_files(files))
    blocks = _blocks(text)
    if not blocks and not bare:
        raise UserError("Wanted code: put it between two lines of three backticks, or send it as a file.")
    if not blocks:
        return _mended(text, ())
    known = _LANGUAGES[answer.shape == "sql"]
    fitting = [code for language, code in blocks if not language or language in known]
    if not fitting:
        languages = ", ".join(sorted({language for language, _ in blocks}))
        wanted = "SQL" if answer.shape == "sql" else "Python"
        raise UserError(f"Wanted a code block in {wanted}; got {languages}.")
    notes = (f"Your {len(fitting)} code blocks were put together, in their order.",) if len(fitting) > 1 else ()
    return _mended("\n\n".join(fitting), notes)


_LANGUAGES = {False: {"py", "py3", "python3", "python"}, True: {"sqlite", "sql"}}
_FENCE = re.compile(r"(`{3,})(?:([\w+#-]*)[ \t]*\n)?(.*?)(?:\1|\Z)", re.DOTALL)


def _blocks(text: str) -> list[tuple[str, str]]:
    """The language, if any, and the text of every fenced block; one that is not closed ends with the message."""
    found = ((tag or "", code) for _, tag, code in _FENCE.findall(text.replace("\r\n", "\n")))
    return [(tag.lower(), code) for tag, code in found if code.strip()]


def _of_files(files: Sequence[File]) -> tuple[str, ...]:
    return (f"Only the first of your {len(files)} files was taken: {files[0].name}.",) if len(files) > 1 else ()


_DOUBLE, _SINGLE = "“”„‟«»＂", "‘’‚‛＇"
_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"), " "
)
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), "")
# A text that is never closed goes to the end of its line, and no part of it is tried twice: otherwise each of its
# quotes would begin a search of its own, which takes half a minute for 32,000 of them.
_TOKEN = re.compile(
    r"""'{3}.*?'{3}|\"{3}.*?\"{3}|'(?:\\.|[^'\\\n])*+(?:'|(?P<single>))|"(?:\\.|[^"\\\n])*+(?:"|(?P<double>))"""
    r"""|\#[^\n]*|(?P<smart>[“”„‟«»＂‘’‚‛＇])""",
    re.DOTALL,
)


def _mended(text: str, notes: tuple[str, ...]) -> Program:
    """The program as it was meant: what chat programs put in place of quotes and spaces is put back, and said."""
    if len(text) > LONGEST_PROGRAM:
        raise UserError(f"Wanted a program of at most {LONGEST_PROGRAM:,} characters; got {len(text):,}.")
    program = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOTHING)
    spaced = _outside_texts(program, lambda part: part.translate(_SPACES))
    quoted = _plain_quotes(spaced)
    said = list(notes)
    if spaced != text.replace("\r\n", "\n").replace("\r", "\n"):
        said.append("Spaces that no program reads were replaced by ordinary ones.")
    if quoted != spaced:
        said.append("Curly quotes were replaced by straight ones.")
    return Program(quoted, tuple(said))


def _outside_texts(program: str, mend: Callable[[str], str]) -> str:
    """The program with everything mended that stands outside of its texts and remarks."""
    out, at = [], 0
    for token in _TOKEN.finditer(program):
        if token.lastgroup is None:
            out += [mend(program[at : token.start()]), token[0]]
            at = token.end()
    return "".join([*out, mend(program[at:])])


def _plain_quotes(program: str) -> str:
    """The program with straight quotes around each text that curly ones stand around; those inside stay."""
    out, at = [], 0
    while token := _TOKEN.search(program, at):
        out.append(program[at : token.start()])
        at = token.end()
        if token["smart"] is None:
            taken = _closed(token)
            out.append(taken)
            at = token.start() + len(taken)
            continue
        alike, straight = (_DOUBLE + '"', '"') if token[0] in _DOUBLE else (_SINGLE + "'", "'")
        closes = next((n for n in range(at, len(program)) if program[n] in alike or program[n] == "\n"), len(program))
        inside = program[at:closes]
        closed = closes < len(program) and program[closes] != "\n"
        out.append(straight + inside + (straight if closed else ""))
        at = closes + 1 if closed else closes
    return "".join([*out, program[at:]])


def _closed(token: re.Match[str]) -> str:
    """A text or remark; of a text that is open, where a curly quote was meant to close it, as far as there."""
    said = token[0]
    if token.lastgroup is None or "\\" in said:
        return said
    alike = _DOUBLE if token.lastgroup == "double" else _SINGLE
    closes = next((n for n, character in enumerate(said) if character in alike), None)
    return said if closes is None else said[:closes] + said[0]


# --- whose turn it is ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A program that waits to be judged; the reference solution of a question is nobody's."""

    id: int
    group: int
    member: int | None


def next_of(waiting: Sequence[Waiting], served: Sequence[Waiting]) -> Waiting | None:
    """Whose program is judged next: of the group and, in it, the member who has had least of late; then the oldest.

    `served` are the programs that are being judged, or were in the last minute. A member's programs are judged one
    after another, and a reference solution when nobody waits.
    """
    groups, members = Counter(one.group for one in served), Counter(one.member for one in served)
    return min(
        waiting,
        key=lambda one: (one.member is None, groups[one.group], members[one.member] if one.member else 0, one.id),
        default=None,
    )
