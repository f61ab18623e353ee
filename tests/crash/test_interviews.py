"""The process dies at every point of a round and of the interview that comes of it, and is started again.

Nothing is lost, and nothing doubled.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.points import Point
from bot.demo.group import Stage, database
from bot.demo.nursery import Nursery
from bot.demo.ward import Ward
from bot.platforms.local.botside import pressables
from bot.platforms.local.formats import Json, Mode
from bot.platforms.local.standing import Entry
from bot.storage.outbox import LEASE
from tests.storage.databases import postgresql_url
from tests.transcript import words

PLAN = (
    Point.effect_committed,
    Point.event_answered,
    Point.round_closed,
    Point.round_paired,
    Point.round_announced,
    Point.tick_committed,
    Point.claim_committed,
    Point.call_made,
    Point.settle_begins,
    Point.session_agreed,
    Point.receipt_written,
    Point.cue_written,
    Point.tick_begins,
    Point.call_made,
    Point.settle_begins,
    Point.feedback_opened,
    Point.claim_written,
    Point.call_made,
    Point.settle_begins,
)
"""In this order, since a round closes, a time is agreed, a stage begins and feedback is opened one after the other.

Between these come moments that are reached again and again; test_points.py dies at all of those.
"""
LOOKED_FOR = (
    Point.round_announced,
    Point.call_made,
    Point.settle_begins,
    Point.session_agreed,
    Point.call_made,
    Point.cue_written,
    Point.call_made,
    Point.feedback_opened,
    Point.call_made,
)
ON_POSTGRESQL = (
    Point.round_paired,
    Point.round_announced,
    Point.call_made,
    Point.settle_begins,
    Point.session_agreed,
    Point.cue_written,
    Point.feedback_opened,
    Point.claim_committed,
)
"""One of each step, and of what is sent: what a transaction does when it is cut off depends on the database."""
MARKS = (
    "Sign up until",
    "the pairs until",
    "put together",
    "proposes:",
    "Agreed:",
    "is tomorrow",
    "is in an hour",
    "is here.",
    "Interviewer's brief:",
    "Stage 1 of",
    "paused the clock",
    "The clock goes on",
    "The interview is over.",
    "Feedback about you",
)
"""What is said as often whatever the kits are; how many stages pass depends on the kit, and the play waits for one."""
UNDISTURBED: list[Counter[tuple[str, str]]] = []
"""What is said where nobody dies, which is played once."""
TRIES = 60


@dataclass
class Play:
    """A mock interview that two members hold, whatever becomes of the bot; who gets no answer tries again."""

    stage: Stage
    ward: Ward
    forms: dict[str, Json] = field(default_factory=dict)
    deaths: int = 0
    leased: bool = False
    """Whether what the dead had taken up is free only once its lease ends; on SQLite the next life takes it back."""

    async def lives(self) -> None:
        """Let the bot live and come to rest; it may be dead afterwards."""
        if not self.ward.up:
            self.deaths += 1
            await self.ward.start()
        await self.ward.rest()

    async def calms(self) -> None:
        """Let the bot come to rest: what a death left unsettled is settled while the platform's nonce still holds."""
        for _ in range(TRIES):
            await self.lives()
            if self.ward.up:
                return
        raise AssertionError("the bot died again and again")

    async def outlives(self, done: Callable[[], bool]) -> None:
        """Let the leases of the dead end, where that is what this waits for."""
        if self.leased and self.ward.up and not done():
            self.stage.clock.set(self.stage.clock.now() + LEASE + timedelta(seconds=1))
            await self.lives()

    async def until(self, done: Callable[[], bool]) -> None:
        """Let the bot live until this is seen."""
        for _ in range(TRIES):
            if done():
                return
            await self.lives()
            await self.outlives(done)
        raise AssertionError("this never came")

    async def does(self, act: Callable[[], Awaitable[Json]], done: Callable[[], bool] | None = None) -> Json:
        """Do something until it is answered, and until its effect is seen."""
        for _ in range(TRIES):
            await self.lives()
            if done and done():
                return {}
            reply = await act() if self.ward.up else {"type": "failed"}
            await self.lives()
            await self.outlives(done or (lambda: True))
            if reply["type"] != "failed" and (done is None or done()):
                return reply
        raise AssertionError("this was never answered")

    async def runs(self, user: str, line: str, done: Callable[[], bool] | None = None) -> None:
        await self.does(lambda: self.stage.world.run(user, self.stage.channel, line), done)

    async def presses(self, user: str, label: str, done: Callable[[], bool] | None = None) -> Json:
        async def press() -> Json:
            for entry in reversed(self.seen(user)):
                for item in (one for block in entry.blocks or () for one in pressables(block)):
                    if item.get("label") == label:
                        return await self.stage.world.press(user, entry.id, item["id"])
            raise AssertionError(f"there is no button [{label}]: {words(self.seen(user)[-1].blocks or [])}")

        reply = await self.does(press, done)
        if reply.get("type") == "form":
            self.forms[user] = reply["form"]
        return reply

    async def fills(self, user: str, given: dict[str, str], done: Callable[[], bool] | None = None) -> None:
        form = self.forms[user]["id"]
        await self.does(lambda: self.stage.world.submit(user, form, given, self.stage.channel), done)

    # --- seeing -----------------------------------------------------------------------------------------------------

    def seen(self, user: str) -> list[Entry]:
        return [one for one in self.stage.world.messages.values() if one.blocks and self.stage.world.sees(user, one)]

    def said(self) -> Iterator[tuple[str, str]]:
        """What the bot has said of mock interviews, to several and in private messages: to whom, and what."""
        for one in self.stage.world.messages.values():
            said = words(one.blocks or [])
            if said and not one.only_for and (one.channel != self.stage.channel or "Mock interviews:" in said):
                yield one.channel, said

    def reads(self, text: str) -> bool:
        return any(text in said for _, said in self.said())

    def hears(self, user: str, text: str) -> bool:
        return any(text in said for channel, said in self.said() if channel == f"dm-{user}")


async def hold(play: Play) -> None:
    """From the sign-up to the feedback."""
    mira, jonas, aiko = (play.stage.users[number] for number in range(3))
    for user in (jonas, aiko):
        await play.runs(user, "join")
    await play.runs(mira, "admin rounds weekday=Thu closes=20:00")
    await at(play, "2026-11-23T19:00", lambda: play.reads("Sign up until Thu 26 Nov"))
    for number, user in enumerate((jonas, aiko), start=1):
        reply = await play.presses(user, "Sign me up")
        assert reply["type"] == "form"
        await play.fills(user, {"hours": "any time", "wanted": "ml-system-design"})
        await later(play, 1, lambda number=number: play.reads(f"{number} signed up"))  # type: ignore[misc]
    await at(play, "2026-11-26T19:00", lambda: play.reads("you have been put together"))
    await play.until(lambda: play.reads("the pairs until") and play.reads("the pairs are announced"))
    await play.presses(jonas, "Other time")
    await play.fills(jonas, {"on": "2026-11-29", "at": "13:00"}, lambda: play.reads("Jonas proposes:"))  # New York
    await play.presses(aiko, "1 works", lambda: play.reads("Agreed:"))
    await at(play, "2026-11-28T18:00", lambda: play.reads("is tomorrow"))
    await at(play, "2026-11-29T17:00", lambda: play.reads("in an hour"))
    await at(play, "2026-11-29T18:00", lambda: True)
    await play.presses(jonas, "Start", lambda: play.reads("is here."))
    await play.presses(aiko, "Start", lambda: play.reads("Stage 1 of"))
    while not play.reads("Stage 2 of"):
        await later(play, 1, lambda: True)
        await play.calms()
    await play.presses(aiko, "Pause", lambda: play.reads("paused the clock"))
    await play.presses(jonas, "Go on", lambda: play.reads("The clock goes on"))
    await play.presses(jonas, "Swap", lambda: any(said.startswith("2. ") for _, said in play.said()))
    await later(play, 15, lambda: True)
    await play.presses(aiko, "End", lambda: play.reads("The interview is over."))
    for user in (jonas, aiko):
        await write(play, user)
    await play.until(lambda: play.hears(jonas, "Feedback about you") and play.hears(aiko, "Feedback about you"))
    await play.lives()


async def write(play: Play, user: str) -> None:
    """Write both sheets and send them."""
    while True:
        await play.presses(user, "Give feedback")
        open_parts = [
            item["label"]
            for block in play.seen(user)[-1].blocks or ()
            for item in pressables(block)
            if item.get("style") == "primary"
        ]
        if not open_parts:
            return
        await play.presses(user, open_parts[0])
        if open_parts[0] != "Send":
            fields = play.forms[user]["fields"]
            await play.fills(user, {f["name"]: "3" if f["name"].startswith("score") else "Words." for f in fields})


async def at(play: Play, when: str, done: Callable[[], bool]) -> None:
    await play.calms()
    play.stage.clock.set(datetime.fromisoformat(when).replace(tzinfo=UTC))
    await play.lives()
    await play.until(done)


async def later(play: Play, minutes: int, done: Callable[[], bool]) -> None:
    await play.calms()
    play.stage.clock.set(play.stage.clock.now() + timedelta(minutes=minutes))
    await play.lives()
    await play.until(done)


async def told(
    mode: str, points: tuple[Point, ...], database_url: str | None = None
) -> tuple[Counter[tuple[str, str]], int]:
    """Hold an interview while the bot dies at these points; give what was said, and how often it died."""
    bugs: list[str] = []
    with database(database_url) as url:
        stage = Stage(3, Mode(mode))
        stage.furnish(late=True)
        nursery = await Nursery.open()
        ward = Ward(stage, url, nursery, bugs)
        await ward.open()
        try:
            await ward.start()
            await ward.rest()
            await stage.set_up()
            await ward.order(seed="4", organiser=stage.users[0])
            ward.points.extend(points)
            play = Play(stage, ward, leased=database_url is not None)
            if points:
                ward.kill()
            await hold(play)
            assert ward.unreached == []
            await ward.stop()
        finally:
            await ward.close()
            await nursery.close()
    assert bugs == []
    return Counter(play.said()), play.deaths


async def undisturbed() -> Counter[tuple[str, str]]:
    """What is said where nobody dies."""
    if not UNDISTURBED:
        said, deaths = await told("nonce", ())
        assert deaths == 0
        UNDISTURBED.append(said)
    return UNDISTURBED[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    # In the second world what was sent is looked for, so there the deaths are those after which that matters.
    ("mode", "points"),
    [("nonce", PLAN), ("history", LOOKED_FOR)],
)
async def test_death_at_every_point_of_a_round_and_an_interview_neither_loses_nor_doubles(
    mode: str, points: tuple[Point, ...]
) -> None:
    wanted = await undisturbed()
    assert max(wanted.values()) == 1
    said, deaths = await told(mode, points)
    assert deaths >= len(points)
    assert said == wanted


@pytest.mark.slow
@pytest.mark.postgres
async def test_on_postgresql_death_at_each_step_neither_loses_nor_doubles() -> None:
    wanted = await undisturbed()
    with postgresql_url() as url:
        said, deaths = await told("nonce", ON_POSTGRESQL, url)
    assert deaths >= len(ON_POSTGRESQL)
    # A transaction that is cut off there leaves a gap in the ids, and kits are drawn by the session's: other kits, the
    # same messages about them.
    assert max(said.values()) == 1
    assert kinds(said) == kinds(wanted)


def kinds(said: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """How often each thing that there is to say was said, and where."""
    return Counter((channel, mark) for channel, text in said for mark in MARKS if mark in text)
