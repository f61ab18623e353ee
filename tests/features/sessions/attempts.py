"""Trying things without their effect: what would be said to whom, and what would become of a session."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, func, select

from bot.core import wire
from bot.core.commands import Declared
from bot.core.dispatch import Dispatcher
from bot.core.events import ActionPressed, CommandInvoked, Event, FormSubmitted
from bot.core.ports import Answer
from bot.core.refs import Place
from bot.features.sessions.store import sessions
from bot.storage.outbox import outbox
from tests.actor import Actor
from tests.stage import Stage

P = ParamSpec("P")
T = TypeVar("T")
FIRST, SECOND = ("1", "2", "4"), ("0", "1", "5")
"""The ids that copied and guessed buttons carry: of sessions, turns, times and sheets, some that there are not."""


class Undone(Exception):
    """The story has been told, and its effect is taken back."""


@dataclass
class Trial:
    """A unit of work in which every story is told and taken back."""

    stage: Stage
    rows: list[tuple[object, object]] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)

    async def run(self, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Tell a story, note what it would send and what would become of sessions, and take it back."""
        told: list[T] = []

        def undone(tx: Connection) -> None:
            last = tx.scalar(select(func.max(outbox.c.id))) or 0
            told.append(story(tx, *args, **kwargs))
            new = tx.execute(select(outbox.c.target, outbox.c.call).where(outbox.c.id > last))
            self.rows = [(row.target, row.call) for row in new]
            self.states = {row.id: row.state for row in tx.execute(select(sessions.c.id, sessions.c.state))}
            raise Undone

        with suppress(Undone):
            await self.stage.app.database.write(undone)
        return told[0]

    async def run_once(
        self, event: str, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same."""
        return await self.run(story, *args, **kwargs)

    async def read(self, story: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read."""
        return await self.stage.app.work.read(story, *args, **kwargs)


@dataclass(frozen=True)
class Attempt:
    """What one act would do: the answer, what others would be sent, and how sessions would stand."""

    event: Event
    answer: Answer
    rows: list[tuple[object, object]]
    states: dict[int, str]

    @property
    def name(self) -> str:
        """What was tried, to be read where a test fails."""
        match self.event:
            case CommandInvoked(command=command):
                return f"/{command} as {self.event.name}"
            case ActionPressed(action=action, args=args) | FormSubmitted(action=action, args=args):
                return f"{action}{args} as {self.event.name}"
        return str(self.event)

    def said(self) -> str:
        """The answer, as text."""
        return as_text(self.answer.reply)


def as_text(said: object) -> str:
    """Something that is sent or answered, as text."""
    return json.dumps(wire.to_json(said), ensure_ascii=False)


class Attempts:
    """Everything that one could do, one after the other."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.trial = Trial(stage)
        app = stage.app
        services = (stage.bank, app.catalogue, *app.dispatcher._services.values())
        self.dispatcher = Dispatcher(
            app.catalogue, services=services, work=self.trial, clock=stage.clock, log=app.dispatcher._log
        )

    async def make(self, event: Event) -> Attempt:
        """Try one act."""
        self.trial.rows, self.trial.states = [], {}
        answer = await self.dispatcher.handle(event)
        return Attempt(event, answer, self.trial.rows, self.trial.states)

    def everything(self, who: Actor, place: Place, features: tuple[str, ...] = ()) -> Iterator[Event]:
        """Every command, action and form of these features, or of all, with every id that could be copied."""
        catalogue = self.stage.app.catalogue
        wanted = {
            id(item.handler)
            for feature in catalogue.features
            for item in feature.declared
            if not features or feature.name in features
        }
        common: dict[str, Any] = {"who": who.person, "name": who.name, "place": place, "at": self.stage.clock.now()}
        for name, item in catalogue.commands.items():
            if id(item.handler) in wanted:
                yield CommandInvoked(**common, id=f"t-{name}", command=name)
        for name, item in catalogue.actions.items():
            for args in _args(item) if id(item.handler) in wanted else ():
                yield ActionPressed(**common, id=f"t-{name}-{args}", action=name, args=args)
        for name, item in catalogue.forms.items():
            for args in _args(item) if id(item.handler) in wanted else ():
                yield FormSubmitted(**common, id=f"t-{name}-{args}", action=name, args=args, values=_values(item))


def _args(item: Declared) -> Iterator[tuple[str, ...]]:
    numbers = [p for p in item.parameters if p.type is int and p.required]
    if len(numbers) > 2 or any(p.required and p.type is not int for p in item.parameters if p.name != "chosen"):
        yield from product(FIRST, ["x"]) if item.sort == "action" else product(FIRST)
        return
    yield from product(*(FIRST, SECOND)[: len(numbers)])


def _values(item: Declared) -> dict[str, str]:
    given = {"on": "2026-12-01", "at": "18:00"}
    return {p.name: given.get(p.name, "2" if p.type is int else "some words") for p in item.parameters}
