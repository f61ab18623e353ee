"""Hours of the week as people write them, and in words that are read back the same.

A line is read clause by clause, parted at commas: days and then times ("Tue Thu 18-21"), times and then days ("evenings
Mon"), days alone, which wait for the times of the next clause ("Sat, Sun morning"), or times alone, which belong to the
days before, or to every day. Days without any time are free all day.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from bot.core.errors import UserError
from bot.core.parsing import echo
from bot.features.groups.rules import say_weekdays
from bot.features.hours.rules import DAY, Hours, tidy

LONGEST = 300  # characters; every hour of the week by itself would not fit, and nobody writes that
MOST = 60  # stretches; four a day and some
LONGEST_NIGHT = 12 * 60  # minutes; what would be longer is rather two hours in the wrong order
SHORTEST = 15  # minutes; a session is longer than that anyway
EXAMPLE = "Tue Thu 18-21, Sat morning"
PARTS = {
    "morning": (8, 12), "forenoon": (8, 12), "lunch": (12, 14), "noon": (12, 14), "afternoon": (12, 18),
    "evening": (18, 22), "night": (20, 24), "all-day": (8, 22), "daytime": (8, 18), "any-time": (0, 24),
}  # fmt: skip
"""Parts of a day, in hours of the clock."""
FROM_DAWN = 6 * 60  # "before noon" does not mean the night
ALL_DAY = (8 * 60, 22 * 60)
GERMAN = {"di": 1, "mi": 2, "do": 3, "so": 6} | {
    name: day
    for day, name in enumerate(("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"))
}
"""What is no beginning of an English name; what was read is always shown, so a word of another language is seen."""
NAMED = {"daily": range(7), "weekday": range(5), "weekend": (5, 6)}
LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPELT = (
    (r"[‐-―−]", "-"),
    (r"\b(all|whole|full)[ -]day\b( long)?", "all-day"),
    (r"\b(every|each|any) ?day\b|\ball days\b", "daily"),
    (r"\bany[ -]?time\b|\b24/7\b|\balways\b|^\s*any\s*$", "any-time"),
    (r"\bmidday\b", "noon"),
    (r"\b([ap])\.m\.?", r"\1m"),
    (r"o'?clock", ""),
    (r"/", " "),
    (r"\bbetween\s+(\S+(?:\s*[ap]m)?)\s+and\s+(?=\d|mid|noon)", r"\1-"),
    (r"\bfrom\s+(?=\S+\s*(?:[ap]m\s*)?(?:-|to\b|till?\b|until\b))", ""),
)
FILLING = frozenset({"and", "&", "on", "at", "in", "the", "from", "between", "every", "each", "any", "or", "also", "h"})
_HOUR = r"(?:midnight|noon|\d{1,2}(?:[:.h]\d{2})?h?\s*(?:[ap]m)?)"
_TOKEN = re.compile(
    rf"(?P<range>{_HOUR}\s*(?:-|to\b|till?\b|until\b)\s*{_HOUR})(?![\w:])"
    rf"|(?P<open>(?:after|from|since|before|until|till)\s+{_HOUR}|{_HOUR}\s*(?:\+|onwards?))(?![\w:])"
    r"|(?P<days>[a-z]+\.?\s*-\s*[a-z]+)(?![\w-])"
    r"|(?P<word>[^\s]+)"
)


@dataclass(frozen=True, slots=True)
class Days:
    """Days that were named."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """A stretch of a day, in minutes from its midnight; past 24:00 it goes on in the night."""

    start: int
    end: int


def read(typed: str) -> Hours:
    """Read hours as people write them: "Tue Thu 18-21, Sat morning"; raise `UserError` that says what was wanted."""
    if len(typed) > LONGEST:
        raise UserError(f"At most {LONGEST} characters fit here; these are {len(typed)}.")
    hours = tidy((day * DAY + times.start, day * DAY + times.end) for day, times in _Reader(typed).read())
    if not hours:
        raise UserError(f"Wanted days and hours, such as “{EXAMPLE}”.")
    if len(hours) > MOST:
        raise UserError(f"Wanted at most {MOST} stretches of time in a week; these are {len(hours)}.")
    if short := [stretch for stretch in hours if stretch[1] - stretch[0] < SHORTEST]:
        raise UserError(f"Wanted stretches of at least {SHORTEST} minutes; “{say(tuple(short))}” is shorter.")
    return hours


class _Reader:
    """Reads one line; keeps the days that still wait for a time, and what was read last."""

    def __init__(self, typed: str) -> None:
        self._typed = typed
        self._waiting: list[int] = []
        self._last_days: tuple[int, ...] = ()
        self._last_times: tuple[Times, ...] = ()
        self._times_first = False

    def read(self) -> list[tuple[int, Times]]:
        line = self._typed.lower()
        for spelt, plain in SPELT:
            line = re.sub(spelt, plain, line)
        found = [pair for clause in re.split(r"[,;\n]+", line) for pair in self._clause(self._tokens(clause))]
        times = self._last_times if self._times_first else (Times(*ALL_DAY),)
        return found + self._each(self._waiting, times)

    def _clause(self, tokens: Sequence[Days | Times]) -> Iterator[tuple[int, Times]]:
        runs = [(sort, list(run)) for sort, run in groupby(tokens, key=type)]
        if not runs:
            return
        if runs[0][0] is Times and len(runs) > 1 and not self._waiting:
            yield from self._times_then_days(runs)
            return
        for sort, run in runs:
            if sort is Days:
                self._waiting += [day for item in run if isinstance(item, Days) for day in item.days]
                continue
            days = self._waiting or list(self._last_days or range(7))
            times = tuple(item for item in run if isinstance(item, Times))
            self._note(days, times, times_first=False)
            yield from self._each(days, times)

    def _times_then_days(self, runs: Sequence[tuple[type, list[Days | Times]]]) -> Iterator[tuple[int, Times]]:
        if len(runs) % 2:
            raise UserError(f"For which days is the last time meant? Wanted such as “{EXAMPLE}”.")
        for (_, first), (_, then) in zip(runs[::2], runs[1::2], strict=True):
            times = tuple(item for item in first if isinstance(item, Times))
            days = [day for item in then if isinstance(item, Days) for day in item.days]
            self._note(days, times, times_first=True)
            yield from self._each(days, times)

    def _note(self, days: Sequence[int], times: tuple[Times, ...], *, times_first: bool) -> None:
        self._last_days, self._last_times, self._times_first = tuple(days), times, times_first
        self._waiting = []

    @staticmethod
    def _each(days: Sequence[int], times: Sequence[Times]) -> list[tuple[int, Times]]:
        return [(day, one) for day in days for one in times]

    def _tokens(self, clause: str) -> list[Days | Times]:
        found: list[Days | Times] = []
        for hit in _TOKEN.finditer(clause):
            if hit["word"] not in FILLING:
                found.append(self._token(hit))
        return found

    def _token(self, hit: re.Match[str]) -> Days | Times:
        if hit["range"]:
            return _range(hit["range"])
        if hit["open"]:
            return _open(hit["open"])
        if hit["days"]:
            return _day_range(re.sub(r"[\s.]", "", hit["days"]))
        return _word(hit["word"], self._typed)


def _word(word: str, typed: str) -> Days | Times:
    plain = word.strip(".:()")
    part = PARTS.get(plain) or PARTS.get(plain.removesuffix("s"))
    if part:
        return Times(part[0] * 60, part[1] * 60)
    named = NAMED.get(plain) or NAMED.get(plain.removesuffix("s"))
    if named:
        return Days(tuple(named))
    if (day := _day(plain)) is not None:
        return Days((day,))
    if plain[:1].isdigit():
        raise UserError(f"Wanted a stretch of time, such as 18-21; got “{echo(word)}”.")
    raise UserError(f"Wanted days and hours, such as “{EXAMPLE}”; could not read “{echo(word)}”.")


def _day(word: str) -> int | None:
    if len(word) < 2:
        return None
    for number, name in enumerate(LONG):
        if name.startswith(word) or word == f"{name}s" or word == f"{name[:3]}s" or word == f"{name[:4]}s":
            return number
    return GERMAN.get(word.removesuffix("s"))


def _day_range(word: str) -> Days | Times:
    first, _, last = word.partition("-")
    if word in PARTS:
        return Times(PARTS[word][0] * 60, PARTS[word][1] * 60)
    start, end = _day(first), _day(last)
    if start is None or end is None:
        raise UserError(f"Wanted days such as Mon-Fri; could not read “{echo(word)}”.")
    return Days(tuple((start + step) % 7 for step in range((end - start) % 7 + 1)))


# --- times ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clock:
    """An hour as it was written; `half` is a or p where that was said, `exact` where its minutes were."""

    hour: int
    minute: int
    half: str
    exact: bool

    @property
    def minutes(self) -> int:
        hour = self.hour % 12 + (12 if self.half == "p" else 0) if self.half else self.hour
        return hour * 60 + self.minute

    def as_half(self, half: str) -> int:
        """The minutes, had this half of the day been written."""
        return (self.hour % 12 + (12 if half == "p" else 0)) * 60 + self.minute


def _clock(written: str) -> _Clock:
    word = written.replace(" ", "")
    if word in {"noon", "midnight"}:
        return _Clock(12 if word == "noon" else 24, 0, "", exact=True)
    hit = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?h?([ap])?m?", word)
    hour, minute = (int(hit[1]), int(hit[2] or 0)) if hit else (99, 0)
    half = (hit[3] or "") if hit else ""
    if hour > 24 or minute > 59 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise UserError(f"Wanted a time of day between 00:00 and 24:00; got “{echo(written)}”.")
    return _Clock(hour, minute, half, exact=bool(hit and hit[2]))


def _range(written: str) -> Times:
    first, last = (_clock(part.strip()) for part in re.split(r"-|\bto\b|\btill?\b|\buntil\b", written, maxsplit=1))
    start, end = _both(first, last)
    if start == end:
        raise UserError(f"Wanted a stretch of time that ends later than it begins; got “{echo(written)}”.")
    start %= DAY  # from midnight on
    if end < start and end + DAY - start > LONGEST_NIGHT and not (first.exact and last.exact):
        raise UserError(
            f"“{echo(written)}” would go on until the next day, for {(end + DAY - start) // 60} hours. Is it the other "
            f"way round? If it is meant, write {_shown(start)}-{_shown(end)}."
        )
    return Times(start, end if end > start else end + DAY)


def _both(first: _Clock, last: _Clock) -> tuple[int, int]:
    """The minutes of both ends, where one of them, or neither, says which half of the day is meant."""
    if last.half and not first.half and first.hour <= 12:
        same = first.as_half(last.half)
        return (same if same < last.minutes else first.as_half("a" if last.half == "p" else "p")), last.minutes
    if first.half and not last.half and last.hour <= 12 and not last.exact:
        same = last.as_half(first.half)
        return first.minutes, same if same > first.minutes else last.as_half("p" if first.half == "a" else "a")
    office = not (first.half or last.half or first.exact or last.exact) and 1 <= last.hour < first.hour <= 12
    # "9-5" is a working day and not twenty hours; whoever means the night writes 21-5 or 09:00-05:00.
    return first.minutes, last.minutes + (12 * 60 if office else 0)


def _open(written: str) -> Times:
    word = re.sub(r"^(after|from|since|before|until|till)\s+|\s*(\+|onwards?)$", "", written)
    at = _clock(word.strip()).minutes
    if re.match(r"before|until|till", written):
        if at <= FROM_DAWN:
            raise UserError(f"Wanted a stretch of time, such as 00:00-06:00; got “{echo(written)}”.")
        return Times(FROM_DAWN, at)
    if at >= DAY:
        raise UserError(f"Wanted a time before midnight, such as after 18:00; got “{echo(written)}”.")
    return Times(at, DAY)


# --- in words -------------------------------------------------------------------------------------------------------


def say(hours: Hours) -> str:
    """Hours in words, which `read` reads back: Tue Thu 18:00-21:00, Sat 08:00-12:00."""
    by_day = [
        (day, " ".join(_clocks(start, end) for _, start, end in found))
        for day, found in groupby(_by_day(hours), key=lambda stretch: stretch[0])
    ]
    said: dict[str, list[int]] = {}
    for day, words in by_day:
        said.setdefault(words, []).append(day)
    return ", ".join(f"{say_weekdays(days)} {words}" for words, days in said.items())


def _by_day(hours: Hours) -> list[tuple[int, int, int]]:
    """The day on which each stretch begins, and its minutes from that midnight; long ones are cut at midnights."""
    pieces = sorted((start // DAY, start % DAY, end - start // DAY * DAY) for start, end in _at_midnights(hours))
    whole: list[tuple[int, int, int]] = []
    for day, start, end in pieces:
        if whole and whole[-1][0] == day - 1 and whole[-1][2] == DAY and start == 0 and end < whole[-1][1]:
            whole[-1] = (day - 1, whole[-1][1], DAY + end)  # a night: said as 22:00-02:00
        else:
            whole.append((day, start, end))
    return _over_sunday(whole)


def _over_sunday(pieces: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    if len(pieces) < 2:
        return pieces
    first, last = pieces[0], pieces[-1]
    if last[0] == 6 and last[2] == DAY and first[:2] == (0, 0) and first[2] < last[1]:
        return [*pieces[1:-1], (6, last[1], DAY + first[2])]
    return pieces


def _at_midnights(hours: Hours) -> Iterator[tuple[int, int]]:
    for start, end in hours:
        cuts = range((start // DAY + 1) * DAY, end, DAY)
        yield from pairwise((start, *cuts, end))


def _clocks(start: int, end: int) -> str:
    return f"{_shown(start)}-{_shown(end if end <= DAY else end - DAY)}"


def _shown(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
