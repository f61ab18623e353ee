"""Which regular expressions an author may write: those that no answer can make slow.

May touch: the standard library only.

Python's matcher backtracks, so `(a+)+b` takes for ever on thirty letters. The subset has literals, classes, groups,
`|`, `?`, `*`, `+` and `{m,n}`; a group may only carry `?`, and the number of ways to match is bounded beforehand.
"""

import re
from functools import lru_cache

LONGEST_SUBJECT = 200  # longer normalised answers are not held against patterns
MOST_WAYS = 2_000_000  # an upper bound of backtracking; measured below 0.1 s

_TOKEN = re.compile(
    r"""(?P<escape>\\[wsdbWSDB.+*?()\[\]{}|^$/\\-])
      | (?P<class>\[\^?(?:\\[wsd\]\\^-]|[^\\\[\]])+\])
      | (?P<open>\((?:\?:)?(?!\?))
      | (?P<close>\))
      | (?P<either>\|)
      | (?P<many>[*+]|\{\d{1,2},\})
      | (?P<some>\{\d{1,2}(?:,\d{1,2})?\})
      | (?P<maybe>\?)
      | (?P<plain>[^\\()\[\]{}|*+?^$])""",
    re.VERBOSE,
)


@lru_cache(maxsize=4096)  # a question that is read back from a row is validated again
def why_unsafe(regex: str) -> str | None:
    """What is wrong with the pattern, or None if it may be used; a `^` in front and a `$` behind change nothing."""
    body = regex.removeprefix("^").removesuffix("$")
    ways, before, at = _Ways(), "start", 0
    while at < len(body):
        token = _TOKEN.match(body, at)
        if token is None:
            return f"`{body[at : at + 6]}` is outside the safe patterns"
        kind = str(token.lastgroup)
        if kind in ("many", "some", "maybe") and before not in _repeatable(kind):
            return f"`{token.group()}` may not follow {before}"
        ways.take(kind, token.group())
        before, at = kind, token.end()
    return "the pattern can match in too many ways" if ways.total > MOST_WAYS else _uncompilable(regex)


class _Ways:
    """Counts the paths through a pattern: sequences multiply, alternatives add up, `?` adds the empty one."""

    def __init__(self) -> None:
        self._open = [[0, 1]]  # for each open group: the sum over finished alternatives, the product of the current one

    def take(self, kind: str, token: str) -> None:
        top = self._open[-1]
        match kind:
            case "open":
                self._open.append([0, 1])
            case "close" if len(self._open) > 1:
                done, current = self._open.pop()
                self._open[-1][1] *= done + current
            case "either":
                top[0], top[1] = top[0] + top[1], 1
            case "many":
                top[1] *= LONGEST_SUBJECT
            case "some":
                top[1] *= max(int(number) for number in re.findall(r"\d+", token)) + 1
            case "maybe":
                top[1] *= 2

    @property
    def total(self) -> int:
        return self._open[-1][0] + self._open[-1][1]


def _repeatable(kind: str) -> tuple[str, ...]:
    single = ("escape", "class", "plain")
    return (*single, "close") if kind == "maybe" else single


def _uncompilable(regex: str) -> str | None:
    try:
        compiled = re.compile(regex)
    except re.error as error:
        return f"not a pattern: {error}"
    return "the pattern matches an empty answer" if compiled.fullmatch("") else None
