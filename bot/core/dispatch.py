"""Event in, answer out: finds the handler, reads its values, and turns errors into words in this one place."""

import asyncio
import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from bot.core import parsing
from bot.core.ask import Ask
from bot.core.clock import Clock
from bot.core.commands import Catalogue, Declared, Parameter
from bot.core.errors import DatabaseAway, Duplicate, FormErrors, UserError
from bot.core.events import (
    ActionPressed,
    CommandInvoked,
    CommandTyped,
    Deleted,
    Edited,
    Event,
    File,
    FormSubmitted,
    Posted,
)
from bot.core.forms import AnyField, Choice, Day, Form, FormProblems, Line, Paragraph
from bot.core.messages import Buttons, Verbatim, message, text
from bot.core.ports import Answer, Reply, UnitOfWork

STALE = "This button is from an older version of the bot. Run question to see today's question, or help."


UNREADABLE = "\ufffd"  # the replacement character
AWAY = "I cannot reach my memory right now, so this may not have been taken. Please try again in a minute."


class Log(Protocol):
    """Where bugs are noted; never the text of a message or a name."""

    def exception(self, event: str, **fields: Any) -> None:
        """Note the error that is being handled, with its traceback."""
        ...

    def warning(self, event: str, **fields: Any) -> None:
        """Note what goes wrong around us."""
        ...


class Dispatcher:
    """Hands every event to the feature that declared it."""

    def __init__(
        self, catalogue: Catalogue, *, services: Sequence[object], work: UnitOfWork, clock: Clock, log: Log
    ) -> None:
        self._catalogue = catalogue
        self._services = {type(service): service for service in services}
        self._work = work
        self._clock = clock
        self._log = log
        self.errors = 0

    async def handle(self, event: Event) -> Answer:
        """Answer an event; whatever happens, the asker hears of it."""
        try:
            return await self._route(_whole(event))
        except FormErrors as error:
            return Answer(FormProblems(error.errors))
        except UserError as error:
            offers = (Buttons(error.offers),) if error.offers else ()
            return Answer(message(text(Verbatim(str(error))), *offers))
        except Duplicate:
            return Answer(None)
        except (asyncio.CancelledError, KeyboardInterrupt):
            raise
        except DatabaseAway:
            self._log.warning("database_away", kind=type(event).__name__)
            return Answer(message(AWAY))
        except Exception:
            reference = self._note_bug(event)
            return Answer(
                message(f"Something went wrong on our side, and it is noted as `{reference}`. Please try again.")
            )

    async def take(self, event: Event) -> bool:
        """Take in an event that nobody waits to have answered; False where it met a bug and may be tried again.

        Raises `DatabaseAway`, since an outage is no bug, and no try that counts.
        """
        try:
            await self._route(_whole(event))
        except (UserError, Duplicate):
            return True
        except (asyncio.CancelledError, KeyboardInterrupt, DatabaseAway):
            raise
        except Exception:
            self._note_bug(event)
            return False
        return True

    def _note_bug(self, event: Event) -> str:
        self.errors += 1
        reference = secrets.token_hex(4)
        self._log.exception("handler_failed", reference=reference, kind=type(event).__name__)
        return reference

    async def _route(self, event: Event) -> Answer:
        match event:
            case CommandTyped():
                group = parsing.plain(event.text).lower()
                # The name of a group of commands alone asks what there is in it, as nothing at all asks for everything.
                typed = f"help {group}" if group in self._catalogue.groups else event.text
                invocation = parsing.parse(typed, self._catalogue)
                return await self._command(invocation.command, event, invocation.options)
            case CommandInvoked():
                return await self._command(self._known(self._catalogue.commands, event.command), event, event.options)
            case ActionPressed():
                return await self._action(event)
            case FormSubmitted():
                return await self._form(event)
        written = isinstance(event, Posted | Edited | Deleted)
        heard = self._catalogue.listeners(type(event), direct=written and event.direct)
        replies = [await self._call(item, event, (event,), {}) for item in heard]
        return Answer(next((reply for reply in replies if reply is not None), None))

    def _known(self, where: Mapping[str, Declared], name: str) -> Declared:
        if name not in where:
            raise UserError(STALE)
        return where[name]

    async def _command(self, item: Declared, event: Event, options: Mapping[str, str]) -> Answer:
        given = {name: typed for name, typed in options.items() if parsing.plain(typed)}
        if any(p.required and p.name not in given for p in item.parameters):
            return Answer(form_of(item, given), item.private)
        values = {p.name: parsing.read(p, given[p.name]) for p in item.parameters if p.name in given}
        return Answer(await self._call(item, event, (), values), item.private)

    async def _action(self, event: ActionPressed) -> Answer:
        if event.action in self._catalogue.commands:
            command = self._catalogue.commands[event.action]
            return await self._command(
                command, event, dict(zip((p.name for p in command.parameters), event.args, strict=False))
            )
        item = self._known(self._catalogue.actions, event.action)
        by_position = [p for p in item.parameters if p.name != "chosen"]
        if len(event.args) > len(by_position) or len(event.args) < sum(p.required for p in by_position):
            raise UserError(STALE)
        values = {p.name: parsing.read(p, arg) for p, arg in zip(by_position, event.args, strict=False)}
        if any(p.name == "chosen" for p in item.parameters):
            values["chosen"] = event.chosen
        return Answer(await self._call(item, event, (), values), item.private)

    async def _form(self, event: FormSubmitted) -> Answer:
        if event.action in self._catalogue.commands:
            command = self._catalogue.commands[event.action]
            return await self._submit(command, event, event.values)
        item = self._known(self._catalogue.forms, event.action)
        args = dict(zip((p.name for p in item.parameters), event.args, strict=False))
        return await self._submit(item, event, {**event.values, **args})

    async def _submit(self, item: Declared, event: Event, typed: Mapping[str, str]) -> Answer:
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for p in item.parameters:
            if not parsing.plain(typed.get(p.name, "")):
                if p.required:
                    errors[p.name] = "This one is needed."
                continue
            try:
                values[p.name] = parsing.read(p, typed[p.name])
            except UserError as error:
                errors[p.name] = str(error)
        if errors:
            raise FormErrors(errors)
        return Answer(await self._call(item, event, (), values), item.private)

    async def _call(self, item: Declared, event: Event, args: tuple[Any, ...], values: Mapping[str, Any]) -> Reply:
        services = {name: self._services[wanted] for name, wanted in item.services.items()}
        reply: Reply = await item.handler(self._ask(event), *args, **values, **services)
        return reply

    def _ask(self, event: Event) -> Ask:
        return Ask(
            id=event.id,
            who=event.who,
            name=event.name,
            place=event.place,
            now=self._clock.now(),
            at=event.at,
            zone=event.zone,
            manager=event.manager,
            direct=event.direct,
            message=getattr(event, "message", None),
            text=getattr(event, "text", ""),
            author=getattr(event, "author", None),
            may_give=getattr(event, "may_give", ()),
            work=self._work,
        )


def form_of(item: Declared, given: Mapping[str, str]) -> Form:
    """The form that asks for a command's options, filled with what was given already."""
    fields = tuple(_field(p, given.get(p.name, "")) for p in item.parameters)
    return Form(title=item.name.split()[-1].capitalize()[:24], action=item.name, fields=fields, intro=item.help)


def _field(p: Parameter, value: str) -> AnyField:
    option = p.option
    label = option.label or p.name.replace("_", " ").capitalize()
    if p.choices:
        return Choice(name=p.name, label=label, hint=option.help, value=value, required=p.required, options=p.choices)
    if p.type is date:
        return Day(name=p.name, label=label, hint=option.help, value=value, required=p.required)
    if option.paragraph:
        return Paragraph(
            name=p.name, label=label, hint=option.help, value=value, required=p.required, max_length=option.max_length
        )
    return Line(
        name=p.name,
        label=label,
        hint=option.help,
        value=value,
        required=p.required,
        max_length=option.max_length,
        suggestions=tuple(option.suggest("")) if option.suggest else (),
    )


def _whole(event: Event) -> Event:
    """The event with a mark in place of half characters and NUL, which JSON carries and some databases cannot keep."""
    given = {f.name: getattr(event, f.name) for f in dataclasses.fields(event)}
    changed = {name: mended for name, value in given.items() if (mended := _mended(value)) != value}
    return dataclasses.replace(event, **changed) if changed else event


def _mended(value: Any) -> Any:
    match value:
        case str():
            value = value.replace("\0", UNREADABLE)
            return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case File():
            return File(_mended(value.name), _mended(value.text))
        case tuple():
            return tuple(_mended(item) for item in value)
        case Mapping():
            return {_mended(name): _mended(item) for name, item in value.items()}
    return value
