"""A home with people in it who run commands, and what they are answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from bot.bank.load import Bank
from bot.bank.taxonomy import Taxonomy, Topic
from bot.core.clock import SetClock
from bot.core.commands import Catalogue, Feature
from bot.core.dispatch import Dispatcher
from bot.core.events import ActionPressed, CommandTyped
from bot.core.messages import Button, Buttons, Message, Picture, Text, Verbatim
from bot.core.ports import Answer, Send
from bot.core.refs import MemberId, MessageRef
from bot.features.boards import commands, store
from bot.features.daily.store import posts
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.storage.database import Database
from bot.storage.outbox import outbox
from bot.storage.unit_of_work import DatabaseWork

from .conftest import NOW, found, home, join, person

TODAY, LAST_WEEK = date(2026, 11, 27), date(2026, 11, 20)


class Loud:
    """A log on which nothing may appear."""

    def exception(self, event: str, **fields: Any) -> None:
        """Fail with what was raised."""
        raise AssertionError(event)

    def warning(self, event: str, **fields: Any) -> None:
        """Fail here too: nothing around this test goes wrong."""
        raise AssertionError(event)


@dataclass
class Channel:
    """A home with people in it who run commands."""

    database: Database
    dispatcher: Dispatcher
    clock: SetClock
    group: Group
    ids: dict[str, MemberId]
    events: int = 0

    async def types(self, name: str, line: str, channel: str = "study") -> Message:
        """Let somebody type a command."""
        self.events += 1
        event = CommandTyped(
            id=f"e{self.events}", who=person(name), name=name, place=home(channel), at=self.clock.now(), text=line
        )
        return said(await self.dispatcher.handle(event))

    async def presses(self, name: str, action: str, *args: str, event: str = "press") -> Answer:
        """Let somebody press a button."""
        pressed = ActionPressed(
            id=event, who=person(name), name=name, place=home(), at=self.clock.now(), action=action, args=args
        )
        return await self.dispatcher.handle(pressed)

    async def books(self, name: str, points: int, *topics: str, on: date = TODAY) -> None:
        """Book points for somebody."""
        self.events += 1
        await self.database.write(
            store.book, group=self.group.id, member=self.ids[name], key=f"b{self.events}", what="right",
            points=points, on=on, topics=topics, now=NOW,
        )  # fmt: skip

    async def sets(self, name: str, /, **settings: Any) -> None:
        """Change what somebody has set."""
        await self.database.write(lambda tx: members.change(tx, self.ids[name], **settings))

    async def shared(self) -> list[Message]:
        """What was sent to everybody."""
        rows = await self.database.read(lambda tx: tx.execute(select(outbox.c.target, outbox.c.call)).all())
        assert all(row.target == home() and isinstance(row.call, Send) for row in rows)
        return [row.call.message for row in rows]


def said(answer: Answer) -> Message:
    """The message of an answer."""
    assert isinstance(answer.reply, Message)
    return answer.reply


def words_of(message: Message) -> str:
    """All text of a message, in which what members wrote stands between «»."""
    spans = [(part, span) for part in message.parts if isinstance(part, Text) for span in (*part.spans, "\n")]
    return "".join(f"«{span.text}»" if isinstance(span, Verbatim) else str(span) for _, span in spans)


def card_of(message: Message) -> Picture:
    """The picture of a message."""
    return next(part for part in message.parts if isinstance(part, Picture))


def buttons_of(message: Message) -> dict[str, Button]:
    """The buttons of a message, by label."""
    rows: Iterable[Buttons] = (part for part in message.parts if isinstance(part, Buttons))
    return {button.label: button for row in rows for button in row.buttons}


def settle(tx: Connection, *names: str) -> tuple[Group, dict[str, MemberId]]:
    """Found a group with a home, and let people join."""
    group = found(tx)
    track = groups.add_track(tx, group, "main", "year", NOW)
    homes.add_home(tx, group.id, track.id, home())
    return group, {name: join(tx, group.id, name) for name in names}


def post(tx: Connection, day: int, *, arrived: bool = True) -> None:
    """Write that a day's question was posted in the home, where it stands now or could not be sent."""
    place = home()
    at = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}
    [of] = homes.homes_in(tx, place)
    row = {"key": f"post{day}", "day_id": day, "home_id": of.id, "changed": False, **at}
    tx.execute(posts.insert().values(**row, **({"message": MessageRef(place, str(day))} if arrived else {})))


async def open_channel(database: Database) -> Channel:
    """Open a home in which Ana, Ben, Cleo and a dozen others study."""
    clock = SetClock(NOW)
    topics = {"attention": Topic(title="Attention and transformers"), "trees": Topic(title="Decision trees")}
    taxonomy = Taxonomy(schema=1, categories=("sql", "ml-coding"), topics=topics)
    empty: MappingProxyType[Any, Any] = MappingProxyType({})
    bank = Bank(empty, empty, empty, taxonomy, "0" * 12)
    catalogue = Catalogue([Feature.of("boards", commands)], services=[Bank])
    work = DatabaseWork(database, clock)
    dispatcher = Dispatcher(catalogue, services=[bank], work=work, clock=clock, log=Loud())
    group, ids = await database.write(settle, "Ana", "Ben", "Cleo", *(f"P{number}" for number in range(12)))
    return Channel(database, dispatcher, clock, group, ids)
