"""What every run has: a beginning, an end, and a verdict as one line of JSON."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TextIO

from bot.bank.load import Bank
from bot.core import dates
from bot.core.errors import SettingsError
from bot.demo import seen
from bot.demo.calendar import ZONE, postings
from bot.demo.group import SET_UP_AT, Stage, midnight
from bot.demo.oracle import Evidence, judge
from bot.demo.play import MINUTE, Bot, Play
from bot.demo.script import Script
from bot.demo.transcript import Transcript
from bot.platforms.local.formats import Mode

MOST_DAYS, MOST_MEMBERS, MOST_KILLS, MOST_PROCESSES = 366, 200, 1000, 8
LAST_HOUR = timedelta(hours=1)
SETTLING = (1, 3, 6, 11, 16, 27)  # minutes of the last hour: longer than the bot asks what arrived


def check_limits(
    *, days: int, members: int, kills: int = 0, processes: int = 1, database_url: str | None = None
) -> None:
    """Raise `SettingsError` that names everything which is out of bounds."""
    bounds = (
        ("days", days, 1, MOST_DAYS),
        ("members", members, 1, MOST_MEMBERS),
        ("kill", kills, 0, MOST_KILLS),
        ("processes", processes, 1, MOST_PROCESSES),
    )
    wrong = [f"{name}: wanted {low} to {high}; got {got}" for name, got, low, high in bounds if not low <= got <= high]
    if processes > 1 and not (database_url or "").startswith("postgresql"):
        wrong.append("processes: wanted 1, since several need PostgreSQL; name one by --database-url")
    if wrong:
        raise SettingsError("\n".join(wrong))


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of a run besides what everybody could see."""

    errors: int
    maybe_doubled: int
    more: dict[str, Any]


@dataclass(slots=True)
class Run:
    """A run on a stage."""

    stage: Stage
    days: int
    seed: int
    bank: Bank
    play: Play
    transcript: Transcript
    progress: TextIO
    punctual: bool = True
    _told: int = -1

    @classmethod
    def on(cls, stage: Stage, bot: Bot, bank: Bank, *, days: int, seed: int, out: TextIO, progress: TextIO) -> "Run":
        """Put up a run: the world is watched from now on, and people come in."""
        start = midnight(stage.start)
        ends = midnight(stage.start + timedelta(days=days)) - LAST_HOUR
        script = Script(seed, stage.members, start, ends, postings(stage.start, days))
        transcript = Transcript(out, stage.clock, ZONE)
        play = Play(stage, script, bank, bot, transcript)
        stage.world.watch(play.watch)
        stage.world.watch(transcript.watch)
        stage.furnish()
        return cls(stage, days, seed, bank, play, transcript, progress)

    async def open(self, set_seed: Callable[[], Awaitable[None]]) -> None:
        """Let the organiser set up, and lay out what follows."""
        self.transcript.plain(
            f"{self.days} days from {dates.dated(self.stage.start)}, {self.stage.members} members, seed {self.seed}; "
            f"times are those of {ZONE.key}."
        )
        await self.play.pass_to(self.play.script.start + SET_UP_AT)
        self.transcript.line(f"{self.stage.parts[0].name} runs: setup, and sends the form")
        await self.stage.set_up()
        await set_seed()
        await self.play.bot.rest()
        self.play.begin()

    def tell_progress(self) -> None:
        """Tell on which day the run is."""
        day = (self.stage.clock.now() - self.play.script.start).days + 1
        if day > self._told:
            self._told = day
            self.progress.write(f"day {day} of {self.days}\n")
            self.progress.flush()

    async def close(self) -> dict[int, int]:
        """Let the last hour pass, and let everybody look at the board; give everybody's own points."""
        for minutes in SETTLING:
            await self.play.pass_to(self.play.script.ends + minutes * MINUTE)
        points = {}
        for number, user in self.stage.users.items():
            if self.stage.world.people[user].here:
                self.transcript.line(f"{self.stage.parts[number].name} runs: board all")
                board = await self.stage.world.run(user, self.stage.channel, "board all")
                points[number] = seen.own_points(board)
                for row in seen.board(board) if number == 0 else ():
                    self.transcript.more(f"{row.rank}. {row.name}: {row.points}{' (you)' if row.mine else ''}")
        return points

    def evidence(self, points: dict[int, int]) -> Evidence:
        """What the oracle judges this run by."""
        return Evidence(
            log=self.play.log,
            channel=self.stage.channel,
            users=self.stage.users,
            deeds=self.play.deeds,
            postings=self.play.script.postings,
            bank=self.bank,
            points=points,
            sure=self.stage.world.mode is not Mode.bare,
            punctual=self.punctual,
        )

    def conclude(self, points: dict[int, int], ending: Ending) -> int:
        """Judge the run and write the verdict; give 0 where it is as promised."""
        evidence = self.evidence(points)
        findings = judge(evidence)
        for finding in findings:
            self.progress.write(f"lost {finding.lost}, doubled {finding.doubled}: {finding.what}\n")
        lost, doubled = sum(finding.lost for finding in findings), sum(finding.doubled for finding in findings)
        verdict: dict[str, Any] = {"lost": lost, "doubled": doubled, "errors": ending.errors}
        verdict["maybe_doubled"] = ending.maybe_doubled
        self.transcript.plain(
            json.dumps(verdict | self._seen(evidence) | ending.more, ensure_ascii=False, sort_keys=True)
        )
        return int(bool(lost or ending.errors or (doubled and evidence.sure)))

    def _seen(self, evidence: Evidence) -> dict[str, Any]:
        posts = [post for posting in evidence.postings for post in evidence.questions(posting.on)]
        counts = [seen.status(seen.words(post)) for post in posts if post["thread_id"]]
        names = {part.number: part.name for part in self.stage.parts}
        board = sorted(([names[number], points] for number, points in evidence.points.items()), key=_best_first)
        return {
            "posts": len(posts),
            "answers": sum(count.answered for count in counts if count),
            "reveals": sum(map(seen.is_reveal, evidence.posted)),
            "board": board,
        }


def _best_first(row: list[Any]) -> tuple[int, str]:
    return -row[1], row[0]
