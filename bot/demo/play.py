"""The moments of a run, one after another: what members do, and when the bot has something to do."""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Protocol

from bot.bank.load import Bank
from bot.demo import seen
from bot.demo.calendar import Posting, posting_at
from bot.demo.group import Stage
from bot.demo.hands import Hands, Made, NoAnswer, NotThere
from bot.demo.script import Script
from bot.demo.steps import Act, Arrive, Deed, Reply, Withdraw
from bot.demo.telling import tell
from bot.demo.transcript import Transcript
from bot.platforms.local.formats import Json

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LOOKS = (-90, -60, -30, -15, -1, 0, 1, 6)  # minutes around what is due: nothing may come early either


class Bot(Protocol):
    """The bot as the play sees it."""

    @property
    def up(self) -> bool:
        """Whether it runs."""
        ...

    async def rest(self) -> None:
        """Tell it the time, and wait until it has nothing left to do, or is gone."""
        ...


@dataclass(slots=True)
class Play:
    """A run. `log` is everything that anybody could have seen, `deeds` is what members did."""

    stage: Stage
    script: Script
    bank: Bank
    bot: Bot
    transcript: Transcript
    log: list[Json] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    _moments: list[tuple[datetime, int, Act | None]] = field(default_factory=list)
    _waiting: dict[int, list[Act]] = field(default_factory=lambda: defaultdict(list))
    _attempts: dict[Act, int] = field(default_factory=lambda: defaultdict(int))
    _posts: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))
    _replies: dict[tuple[int, date | None], str] = field(default_factory=dict)
    _planned: set[date] = field(default_factory=set)
    _taken_over: set[int] = field(default_factory=set)
    _order: Iterator[int] = field(default_factory=count)

    def watch(self, change: Json) -> None:
        """Hear of a change of the world: keep it, and take note of new questions."""
        now = self.stage.clock.now()
        self.log.append({"moment": now, **change})
        if change["type"] == "posted" and seen.is_question(change["message"], self.stage.channel):
            posting = posting_at(now, self.script.postings)
            if posting:
                self._posts[posting.on].append(change["message"]["id"])

    # --- the moments ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Lay out the moments that are known from the start."""
        for act in self.script.life():
            self.at(act.at, act)
        for posting in self.script.postings:
            for moment in (posting.opens, posting.reveals, posting.reveals - timedelta(hours=2)):
                for after in LOOKS:
                    self.at(moment + after * MINUTE)

    def at(self, moment: datetime, act: Act | None = None) -> None:
        """Lay out a moment, with an act or without; one without is a look at what the bot does by itself."""
        if moment < self.script.ends:
            heapq.heappush(self._moments, (moment, next(self._order), act))

    @property
    def upcoming(self) -> datetime | None:
        """When the next moment is; None where there is none left."""
        return self._moments[0][0] if self._moments else None

    async def next(self) -> bool:
        """Play the next moment; False where there is none left."""
        if not self._moments:
            return False
        moment, _, act = heapq.heappop(self._moments)
        await self.pass_to(max(moment, self.stage.clock.now() + SECOND) if act else moment)
        if act:
            await self._act(act)
            await self.bot.rest()
        return True

    async def pass_to(self, moment: datetime) -> None:
        """Let time pass until then, and let everybody do what they could not do before."""
        self.stage.clock.set(moment)
        await self.bot.rest()
        self._plan()
        await self._again()

    def _plan(self) -> None:
        for on in sorted(self._posts.keys() - self._planned):
            self._planned.add(on)
            post = self.stage.world.messages[self._posts[on][0]].to_json()
            for act in self.script.about(self._posting(on), seen.question_of(post, self.bank)):
                self.at(act.at, act)

    def _posting(self, on: date) -> Posting:
        return next(posting for posting in self.script.postings if posting.on == on)

    def take_over(self, user: str) -> None:
        """Leave a member to somebody else for good: what the script still had them do could undo what is done now."""
        self._taken_over |= {number for number, id in self.stage.users.items() if id == user}

    # --- acting ---------------------------------------------------------------------------------------------------

    async def _act(self, act: Act) -> None:
        if act.member in self._taken_over:
            return
        # What one person does stays in order.
        if self._waiting[act.member] or not await self._made(act):
            self._waiting[act.member].append(act)

    async def _again(self) -> None:
        for member, acts in self._waiting.items():
            while acts and member not in self._taken_over and self.bot.up and self._ready(acts[0]):
                self.stage.clock.set(self.stage.clock.now() + SECOND)
                await self.bot.rest()
                if not await self._made(acts[0]):
                    break
                acts.pop(0)

    @property
    def unsure(self) -> bool:
        """Whether somebody got no answer, although the bot may have heard the question."""
        return any(self._attempts[act] for acts in self._waiting.values() for act in acts)

    def _ready(self, act: Act) -> bool:
        """Whether the question that this is about stands there, with its thread where one is needed."""
        if act.on is None:
            return True
        post = self._post(act.on)
        threaded = bool(post and self.stage.world.messages[post].thread_id)
        return threaded if isinstance(act.step, Reply) else post is not None

    async def _made(self, act: Act) -> bool:
        if not self._ready(act):
            return False
        if isinstance(act.step, Arrive):
            self.stage.enter(self.stage.parts[act.member])
        post, at = self._post(act.on), self.stage.clock.now()
        told = tell(act.step, self.stage.parts[act.member].name, self.stage.world.messages.get(post or ""))
        self.transcript.line(self.transcript.short(told))
        self._attempts[act] += self.bot.up
        try:
            made = await self._hands(act).make(act.step, post, self._replies.get((act.member, act.on)))
        except NoAnswer as silence:
            self.transcript.more(f"({silence})")
            return False
        except NotThere as missing:
            self.transcript.more(f"({missing})")
            made = Made(taken=False)
        self._note(Deed(at, act.member, act.step, act.on, made.message, self._attempts[act], made.taken))
        return True

    def _hands(self, act: Act) -> Hands:
        return Hands(self.stage.world, self.stage.users[act.member], self.stage.channel, self.transcript.more)

    def _note(self, deed: Deed) -> None:
        self.deeds.append(deed)
        match deed.step:
            case Reply():
                self._replies[deed.member, deed.on] = deed.message
            case Withdraw():
                self._replies.pop((deed.member, deed.on), None)

    def _post(self, on: date | None) -> str | None:
        """The post that members find: the one with a thread, where a question stands twice."""
        posts = self._posts.get(on, []) if on else []
        with_thread = [post for post in posts if self.stage.world.messages[post].thread_id]
        return next(iter([*with_thread, *reversed(posts)]), None)
