"""Everybody with everybody: what may never be broken, and what each wish weighs.

Hard, and never broken: no block in either direction, a start that leaves both a whole session inside their hours, and a
type of interview each way that one wants and the other gives. What is left is weighed in integers, in tiers: a later
tier decides only where the earlier ones are equal.

    PAIR   everybody who can be paired is: one more pair outweighs all that follows
    OWED   who was left out is served first: the sum, over everybody paired, of how often in a row they were left out
    FIT    the sum over the pairs of
             FRESH      1,000 for two who never met, else 5 for each day since they met, at most 900
             LANGUAGE   60 for a common language, 40 where one of them named none
             LEVEL      40 for the same level, 25 for neighbours or where one is unknown, 10 for two apart
             TOPIC      30 for a type that both want and both give: one preparation serves both
             ROLE       15 for the same target role, 5 where one of them named none
    DRAW   a number below 2**40 for each two people, drawn from the round's seed

The draw makes the best pairs the only best ones (two sums that are equal down to it are as likely as two equal lots),
so that the same people, seed and history give the same pairs in whatever order they come and whichever solver looks.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from bot.bank.schema import KitType
from bot.bank.terms import Level
from bot.core.refs import MemberId
from bot.features.hours.rules import Window

if TYPE_CHECKING:
    import numpy as np

    Grid = np.ndarray[Any, np.dtype[Any]]

TYPES: tuple[str, ...] = get_args(KitType)
LEVELS = tuple(Level)

NEVER_MET, LONG_AGO, A_DAY = 1_000, 900, 5
SAME_LANGUAGE, ANY_LANGUAGE = 60, 40
BY_LEVELS_APART, UNKNOWN_LEVEL = (40, 25, 10, 0), 25
SAME_TOPIC = 30
SAME_ROLE, ANY_ROLE = 15, 5
BEST_FIT = NEVER_MET + SAME_LANGUAGE + BY_LEVELS_APART[0] + SAME_TOPIC + SAME_ROLE
MOST_OWED = 15
DRAW_BITS = 40

QUARTER = timedelta(minutes=15)
ROWS = 512  # people whose partners are weighed at once: bounds the memory


class Reason(StrEnum):
    """Why somebody has no partner; it never tells of a block."""

    alone = "alone"  # nobody else signed up
    no_hours = "no-hours"  # no start in that week leaves them a whole session
    time = "time"  # their hours and those of everybody else do not meet
    types = "types"  # with everybody who has time, one side does not give what the other wants
    taken = "taken"  # the others were paired among themselves
    waits = "waits"  # they missed sessions and wait for a round


@dataclass(frozen=True, slots=True)
class Seeker:
    """Somebody who wants a partner; no types wanted or given means any, and `owed` is how often they were left out."""

    id: MemberId
    windows: tuple[Window, ...]
    wanted: frozenset[str] = frozenset()
    giving: frozenset[str] = frozenset()
    level: str | None = None
    role: str | None = None
    languages: frozenset[str] = frozenset()
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that decides who is paired; `met` says when two last met, the smaller id first."""

    seekers: tuple[Seeker, ...]
    minutes: int
    start: datetime
    end: datetime
    seed: str
    blocked: frozenset[tuple[MemberId, MemberId]] = frozenset()
    met: Mapping[tuple[MemberId, MemberId], datetime] | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Two people by their places in the order of ids, who may be paired, and what that weighs."""

    one: int
    other: int
    weight: int


# --- the table --------------------------------------------------------------------------------------------------------


class Table:
    """Everybody with everybody, in the order of ids: who may be paired, and what that weighs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.seekers = sorted(problem.seekers, key=lambda one: one.id)
        self._place = {one.id: place for place, one in enumerate(self.seekers)}
        if len(self._place) != len(self.seekers):
            raise ValueError("somebody stands twice among those who want a partner")

    def owed(self, place: int) -> int:
        """How often in a row somebody was left out."""
        return min(self.seekers[place].owed, MOST_OWED)

    def draw(self, what: str) -> int:
        """A number from the round's seed."""
        return int.from_bytes(hashlib.blake2b(f"{self.problem.seed}:{what}".encode(), digest_size=8).digest(), "big")

    def lot(self, *places: int) -> int:
        """The lot of somebody, or of a pair, where nothing else decides."""
        return self.draw("lot:" + ":".join(str(self.seekers[place].id) for place in places))

    def keys(self, places: Sequence[int]) -> "Grid":
        """Fit and draw of these people with everybody, a row each; -1 where two may not be paired."""
        return self._rows(places).key

    def three_have_time(self, *places: int) -> bool:
        """Whether some start leaves all of them a whole session."""
        return bool(self._starts[list(places)].all(axis=0).any())

    def reason(self, place: int) -> Reason:
        """Why somebody is left; told as if nobody had blocked anybody."""
        row = self._rows([place])
        if not self._starts[place].any():
            return Reason.no_hours
        if not row.time[0].any():
            return Reason.time
        return Reason.taken if (row.time[0] & row.types[0]).any() else Reason.types

    def edges(self, places: Sequence[int], most: int | None = None) -> list[Edge]:
        """The pairs that these people may be in, or the best so many of each, with their weights."""
        import numpy as np

        everybody = len(self.seekers)
        codes, keys = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for start in range(0, len(places), ROWS):
            own = np.asarray(places[start : start + ROWS])
            rows = self._rows(own)
            mine, others = np.nonzero(rows.may if most is None else rows.may & _largest(rows.key, most))
            one, other = np.minimum(own[mine], others), np.maximum(own[mine], others)
            codes.append(one * everybody + other)
            keys.append(rows.key[mine, others])
        ends, first = np.unique(np.concatenate(codes), return_index=True)
        return self._weighed(ends // everybody, ends % everybody, np.concatenate(keys)[first])

    def _weighed(self, ones: "Grid", others: "Grid", keys: "Grid") -> list[Edge]:
        a_fit, a_turn, a_pair = tiers(len(self.seekers))
        owed = [self.owed(place) for place in range(len(self.seekers))]
        below = (1 << DRAW_BITS) - 1
        return [
            Edge(one, other, a_pair + a_turn * (owed[one] + owed[other]) + a_fit * (key >> DRAW_BITS) + (key & below))
            for one, other, key in zip(ones.tolist(), others.tolist(), keys.tolist(), strict=True)
        ]

    # --- rows of the table ------------------------------------------------------------------------------------------

    def _rows(self, places: "Sequence[int] | Grid") -> "_Rows":
        """Some people with everybody."""
        import numpy as np

        own = np.asarray(places)
        starts = self._starts_as_numbers
        wanted, giving = self._types
        time = starts[own] @ starts.T > 0
        types = (wanted[own] @ giving.T > 0) & (giving[own] @ wanted.T > 0)
        time[np.arange(len(own)), own] = False
        may = time & types
        mine, others, _ = self._of(own, self._blocked)
        may[mine, others] = False
        fresh = np.full(may.shape, NEVER_MET, dtype=np.int64)
        mine, others, days = self._of(own, self._met)
        fresh[mine, others] = np.minimum(LONG_AGO, A_DAY * days)
        fit = fresh + self._alike(own)
        return _Rows(time, types, may, np.where(may, (fit << DRAW_BITS) | self._draws(own), -1))

    def _of(self, own: "Grid", pairs: "Grid") -> "Grid":
        """Of these pairs, both ways round, those that begin in one of some rows; their first column becomes the row."""
        import numpy as np

        row_of = np.full(len(self.seekers), -1, dtype=np.int64)
        row_of[own] = np.arange(len(own))
        found: Grid = pairs.copy()
        found[0] = row_of[pairs[0]]
        return found[:, found[0] >= 0]

    def _alike(self, own: "Grid") -> "Grid":
        """Languages, levels, topics and roles of some people beside everybody's."""
        import numpy as np

        wanted, giving = self._types
        topics = (wanted * giving)[own] @ (wanted * giving).T > 0
        levels, roles, languages, named = self._wishes
        by_apart = np.array([*BY_LEVELS_APART, UNKNOWN_LEVEL], dtype=np.int64)
        apart = np.abs(levels[own][:, None] - levels[None, :])
        known = np.logical_and(levels[own][:, None] >= 0, levels[None, :] >= 0)
        level = by_apart[np.where(known, apart, len(BY_LEVELS_APART))]
        has_role = np.logical_and(roles[own][:, None] >= 0, roles[None, :] >= 0)
        role = np.where(has_role, SAME_ROLE * (roles[own][:, None] == roles[None, :]), ANY_ROLE)
        speak = np.logical_and(named[own][:, None], named[None, :])
        language = np.where(speak, SAME_LANGUAGE * (languages[own] @ languages.T > 0), ANY_LANGUAGE)
        found: Grid = language + level + SAME_TOPIC * topics + role
        return found

    def _draws(self, own: "Grid") -> "Grid":
        import numpy as np

        lots = self._lots
        mixed = lots[own][:, None] * lots[None, :]  # the same from either side, and modulo 2**64
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)  # splitmix64's finalizer
        drawn: Grid = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(64 - DRAW_BITS)).astype(np.int64)
        return drawn

    # --- what is known of each --------------------------------------------------------------------------------------

    @cached_property
    def _starts(self) -> "Grid":
        """The quarters of an hour of the week at which a whole session fits into each one's hours."""
        import numpy as np

        begin = _quarter(self.problem.start)
        count = max(1, -(-(self.problem.end - begin) // QUARTER))
        starts = np.zeros((len(self.seekers), count), dtype=bool)
        length = timedelta(minutes=self.problem.minutes)
        for place, seeker in enumerate(self.seekers):
            for opens, closes in seeker.windows:
                first = -(-(max(opens, self.problem.start) - begin) // QUARTER)
                last = (min(closes, self.problem.end) - length - begin) // QUARTER
                if first <= last:
                    starts[place, first : last + 1] = True
        return starts

    @cached_property
    def _starts_as_numbers(self) -> "Grid":
        return self._starts.astype("float32")

    @cached_property
    def _types(self) -> "tuple[Grid, Grid]":
        import numpy as np

        def table(of: Iterable[frozenset[str]]) -> "Grid":
            return np.array([[not some or kind in some for kind in TYPES] for some in of], dtype=np.float32)

        return table(one.wanted for one in self.seekers), table(one.giving for one in self.seekers)

    @cached_property
    def _wishes(self) -> "tuple[Grid, Grid, Grid, Grid]":
        import numpy as np

        roles = {role: number for number, role in enumerate(sorted({_plain(one.role) for one in self.seekers}))}
        spoken = sorted({language for one in self.seekers for language in one.languages})
        far = -len(LEVELS) * 10
        levels = [LEVELS.index(Level(one.level)) if one.level in set(LEVELS) else far for one in self.seekers]
        return (
            np.array(levels, dtype=np.int64),
            np.array([roles[_plain(one.role)] if one.role else -1 for one in self.seekers], dtype=np.int64),
            np.array(
                [[tongue in one.languages for tongue in spoken or [""]] for one in self.seekers], dtype=np.float32
            ),
            np.array([bool(one.languages) for one in self.seekers], dtype=bool),
        )

    @cached_property
    def _blocked(self) -> "Grid":
        return self._both_ways((a, b, 0) for a, b in self.problem.blocked)

    @cached_property
    def _met(self) -> "Grid":
        """Who met whom how many days before the week."""
        met = (self.problem.met or {}).items()
        return self._both_ways((a, b, max(0, (self.problem.start - at).days)) for (a, b), at in met)

    def _both_ways(self, pairs: Iterable[tuple[MemberId, MemberId, int]]) -> "Grid":
        import numpy as np

        known = [(self._place[a], self._place[b], n) for a, b, n in pairs if a in self._place and b in self._place]
        one = np.array(known, dtype=np.int64).reshape(-1, 3).T
        return np.concatenate([one, one[[1, 0, 2]]], axis=1)

    @cached_property
    def _lots(self) -> "Grid":
        import numpy as np

        return np.array([self.draw(f"draw:{one.id}") | 1 for one in self.seekers], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some people with everybody: time and types that fit, who may be paired, and fit and draw as one number."""

    time: "Grid"
    types: "Grid"
    may: "Grid"
    key: "Grid"


def _largest(keys: "Grid", most: int) -> "Grid":
    """Where the largest so many of each row stand."""
    import numpy as np

    if keys.shape[1] <= most:
        return np.ones(keys.shape, dtype=bool)
    found = np.zeros(keys.shape, dtype=bool)
    np.put_along_axis(found, np.argpartition(keys, -most, axis=1)[:, -most:], True, axis=1)
    return found


def tiers(people: int) -> tuple[int, int, int]:
    """What a point of fit, a turn owed and a pair weigh, so that no sum of a later tier reaches an earlier one."""
    pairs = people // 2
    a_fit = (pairs + 1) << DRAW_BITS
    a_turn = a_fit * (BEST_FIT * pairs + 1)
    return a_fit, a_turn, a_turn * (MOST_OWED * people + 1)


def _plain(role: str | None) -> str:
    return " ".join((role or "").casefold().split())


def _quarter(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
