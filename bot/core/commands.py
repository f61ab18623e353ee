"""How a feature declares what it does; every platform, the help and the tests read the same declaration.

    @command("board", help="See who leads.", private=True)
    async def board(ask: Ask, period: Period = Period.week) -> Reply: ...

The signature is the declaration: a parameter whose type is a service of the house is filled in; every other parameter
is an option that the member gives, with its type, default and `Annotated[..., Option(...)]`.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from enum import StrEnum
from types import ModuleType
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from bot.core import limits

Handler = Callable[..., Awaitable[Any]]
_MARK = "_batchmates_declared"
_READABLE = (str, int, bool, date, time, ZoneInfo, tuple)


@dataclass(frozen=True, slots=True)
class Option:
    """What a parameter means to the member; `parse` raises `UserError` and says what was wanted.

    `suggest` gives the values that start with what was typed, `suggest_from` does so from a service of the house, whose
    type its first parameter names; `choices` is the closed list, as (value, label).
    """

    help: str = ""
    label: str = ""
    max_length: int = limits.LINE
    paragraph: bool = False
    parse: Callable[[str], Any] | None = None
    suggest: Callable[[str], Sequence[str]] | None = None
    suggest_from: Callable[[Any, str], Sequence[str]] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    role: bool = False
    """Whether it is a role of the platform: picked where the platform lets people pick one, else typed by its name."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a command, or one value of a form."""

    name: str
    type: Any
    option: Option
    required: bool
    default: Any = None

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The closed list of values, as (value, label); empty where anything goes."""
        if self.option.choices:
            return self.option.choices
        if self.type is bool:
            return (("yes", "Yes"), ("no", "No"))
        if inspect.isclass(self.type) and issubclass(self.type, StrEnum):
            return tuple((item.value, item.value.replace("_", " ").replace("-", " ")) for item in self.type)
        return ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A function and what it was declared to be: command, action, form, event, due, slow or receipt."""

    sort: str
    name: str
    handler: Handler
    help: str = ""
    private: bool = True
    parameters: tuple[Parameter, ...] = ()
    services: Mapping[str, type] = field(default_factory=dict)
    every: timedelta = timedelta(0)
    """How long a process leaves a due story alone after it has run it."""

    @property
    def admin(self) -> bool:
        """Whether it is for organisers."""
        return self.name.startswith("admin ") or self.name == "setup"


def _declare(sort: str, name: str, **more: Any) -> Callable[[Handler], Handler]:
    def mark(handler: Handler) -> Handler:
        setattr(handler, _MARK, (*getattr(handler, _MARK, ()), Declared(sort, name, handler, **more)))
        return handler

    return mark


def command(name: str, *, help: str, private: bool = True) -> Callable[[Handler], Handler]:
    """Declare a command, `name` or `group name`; its parameters are its options."""
    return _declare("command", name, help=help, private=private)


def action(name: str, *, private: bool = True) -> Callable[[Handler], Handler]:
    """Declare what a button or select does; its parameters are the button's args, in order, then `chosen`."""
    return _declare("action", name, private=private)


def form(name: str, *, private: bool = True) -> Callable[[Handler], Handler]:
    """Declare what a sent form does; its parameters are the form's args, in order, then the fields by name."""
    return _declare("form", name, private=private)


def on(event: type, *, direct: bool = False) -> Callable[[Handler], Handler]:
    """Declare what happens when members write, edit, delete or leave: `async def f(ask, event)`.

    What is written `direct`, in a private conversation with the bot, is heard apart from the rest.
    """
    return _declare("event", _heard(event, direct))


def _heard(event: type, direct: bool) -> str:
    return f"{event.__name__} in private" if direct else event.__name__


def due(name: str, *, every: timedelta = timedelta(0)) -> Callable[[Any], Any]:
    """Declare a story that does what is due: `def f(tx, now, ...services) -> datetime | None` (what is due next).

    One that only tidies up need not be asked at every beat: `every` says how often a process does.
    """
    return _declare("due", name, every=every)


def slow(name: str, *, every: timedelta = timedelta(0)) -> Callable[[Any], Any]:
    """Declare what is due and takes long: `async def f(work, now, ...services) -> datetime | None`.

    It reads, computes in a thread, and writes, each for itself: what was read may have changed when it writes. `every`
    is as for `due`.
    """
    return _declare("slow", name, every=every)


def receipt(prefix: str) -> Callable[[Any], Any]:
    """Declare a story that notes where a sent row ended up: `def f(tx, key, receipt)`; by the key's first word."""
    return _declare("receipt", prefix)


def dead(name: str) -> Callable[[Any], Any]:
    """Declare a story that hears of every row that could not be delivered: `def f(tx, key, target, loss, now)`."""
    return _declare("dead", name)


@dataclass(frozen=True, slots=True)
class Feature:
    """A name and everything that its modules declare."""

    name: str
    declared: tuple[Declared, ...]

    @classmethod
    def of(cls, name: str, *modules: ModuleType) -> "Feature":
        """Gather what these modules declare, in the order in which it is written."""
        return cls(name, tuple(item for module in modules for item in _declared_in(module)))


def _declared_in(module: ModuleType) -> Iterator[Declared]:
    for value in vars(module).values():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            yield from getattr(value, _MARK, ())


class Catalogue:
    """Everything that the features declare, looked up by name; a name that stands twice is a bug found at start."""

    def __init__(self, features: Sequence[Feature], services: Sequence[type] = ()) -> None:
        self.features = tuple(features)
        self._all = [_with_parameters(item, services) for feature in features for item in feature.declared]
        self.commands = self._by_name("command")
        self.actions = self._by_name("action")
        self.forms = self._by_name("form")
        self.due = self._by_name("due")
        self.slow = self._by_name("slow")
        self.receipts = self._by_name("receipt")
        self.dead = self._by_name("dead")
        self._check_names()

    @property
    def groups(self) -> frozenset[str]:
        """The first words of commands of two words, such as admin."""
        return frozenset(name.split()[0] for name in self.commands if " " in name)

    def listeners(self, event: type, *, direct: bool = False) -> list[Declared]:
        """Who wants to hear of this kind of event."""
        return [item for item in self._all if item.sort == "event" and item.name == _heard(event, direct)]

    def suggest(self, command: str, option: str, typed: str, services: Sequence[object]) -> Sequence[str]:
        """Give values that could be meant, for an option that has suggestions; empty for any other."""
        item = self.commands.get(command)
        found = next((p.option for p in item.parameters if p.name == option), Option()) if item else Option()
        if found.suggest:
            return found.suggest(typed)
        if found.suggest_from is None:
            return ()
        first = next(iter(inspect.signature(found.suggest_from).parameters))
        wanted = get_type_hints(found.suggest_from)[first]
        service = next((one for one in services if isinstance(one, wanted)), None)
        return found.suggest_from(service, typed) if service is not None else ()

    def _by_name(self, sort: str) -> dict[str, Declared]:
        found: dict[str, Declared] = {}
        for item in self._all:
            if item.sort == sort:
                if item.name in found:
                    raise ValueError(f"{sort} {item.name!r} is declared twice")
                found[item.name] = item
        return found

    def _check_names(self) -> None:
        if both := set(self.groups) & set(self.commands):
            raise ValueError(f"a name is never both a group and a command: {sorted(both)}")
        if both := set(self.forms) & set(self.commands):
            raise ValueError(f"a command's own form has its name already: {sorted(both)}")


def _with_parameters(item: Declared, services: Sequence[type]) -> Declared:
    hints = get_type_hints(item.handler, include_extras=True)
    names = list(inspect.signature(item.handler).parameters.values())
    # The first parameter is `ask` (or the connection); listeners, due and receipts have their own fixed ones as well.
    injected = {p.name: hints[p.name] for p in names if hints.get(p.name) in services}
    given = [p for p in names[1:] if p.name not in injected]
    read = item.sort in {"command", "action", "form"}
    parameters = tuple(_parameter(p, hints[p.name]) for p in given) if read else ()
    return replace(item, parameters=parameters, services=injected)


def _parameter(p: inspect.Parameter, hint: Any) -> Parameter:
    option = Option()
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        option = next((extra for extra in extras if isinstance(extra, Option)), option)
    wanted = _plain(hint)
    if option.parse is None and wanted not in _READABLE and not _is_words(wanted):
        raise TypeError(f"parameter {p.name!r} has type {wanted!r}: give it Option(parse=...) or make it a service")
    required = p.default is inspect.Parameter.empty
    return Parameter(p.name, wanted, option, required, None if required else p.default)


def _plain(hint: Any) -> Any:
    """The type itself: X of X | None, and tuple of tuple[X, ...]."""
    if get_origin(hint) is tuple:
        return tuple
    return next((arg for arg in get_args(hint) if arg is not type(None)), hint)


def _is_words(wanted: Any) -> bool:
    return inspect.isclass(wanted) and issubclass(wanted, StrEnum)
