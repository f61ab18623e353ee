"""Lengths and dialect: every question, its post and its reveal fit the platform's messages, and no fence is torn."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.bank.load import Bank
from bot.bank.schema import Question
from bot.core import dates
from bot.core.limits import MESSAGE, THREAD_NAME
from bot.core.messages import Message
from bot.core.refs import GroupId, TrackId
from bot.core.splitting import split
from bot.features.answers.store import Standing
from bot.features.daily import words as posts
from bot.features.days.rules import option_order
from bot.features.days.store import Day, DayId
from bot.features.groups.rules import WEEKDAYS, Numbers
from bot.features.groups.store import Group
from bot.features.reveals import words as reveals
from bot.platforms.local.botside import check
from bot.platforms.local.formats import plain
from bot.platforms.local.render import render
from tests.stage import Stage, stand_in

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
GROUP = Group(
    GroupId(1), "G", ZoneInfo("Europe/Berlin"), NOW.time(), WEEKDAYS, "mid", "seed", False, Numbers()
)  # fmt: skip


def day_of(asked: Question) -> Day:
    """An open day with this question."""
    on = date(2026, 11, 23)
    order = option_order(asked, "seed", on)
    return Day(DayId(1), GROUP.id, TrackId(1), on, "open", asked.key, asked, order, True, NOW, NOW)


def fits(message: Message) -> bool:
    """Whether each part of a message is taken, and every fence became a block of code."""
    parts = [render(part, stand_in).blocks for part in split(message)]
    for blocks in parts:
        check(blocks)
        assert len(plain(blocks)) <= MESSAGE + 200
    return "```" not in "".join(map(plain, parts))


def test_every_post_and_every_reveal_fits(bank: Bank) -> None:
    for asked in bank.questions.values():
        day = day_of(asked)
        assert fits(posts.question(day, GROUP, bank.taxonomy, Standing(10_000, 9_999))), asked.id
        assert fits(posts.test_post(asked, "2026-11-23", bank.taxonomy)), asked.id
        assert fits(reveals.reveal(day, [], None, "N" * 100)), asked.id
        assert len(f"{dates.day_and_month(day.on)} · {asked.title}") <= THREAD_NAME, asked.id


async def test_the_longest_answers_and_names_are_shown(group: Stage) -> None:
    long = group.comes("Ṉ" * 300)
    await group.plans("result-you-had-to-withdraw", "reading-a-p-value")
    await group.at("Mon 09:00")
    assert "Recorded" in await long.answers("w" * 4000)
    assert "Your answer: www" in await long.presses("My result")
    await long.presses("Answer")
    assert len(long.form["fields"][0]["value"]) == 3000
    await group.at("Tue 09:00")
    await long.presses("C", under="Reading")
    await group.at("Wed 08:00")
    assert "First right: ṈṈṈ" in group.in_thread()
    assert "ṈṈṈ" in await long.types("/board all")
    await long.presses("Share here")
