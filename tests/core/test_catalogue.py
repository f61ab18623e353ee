"""What is declared wrongly is found at start; what is declared fits every platform."""

import inspect
import re
from datetime import date
from types import ModuleType
from typing import Annotated, Any

import pytest

from bot.app import catalogue
from bot.core import limits
from bot.core.ask import Ask
from bot.core.commands import Catalogue, Declared, Feature, Option, Parameter, action, command, due, form
from bot.core.dispatch import form_of
from bot.core.events import Deleted, Edited, Posted
from bot.core.forms import Day, Line, Paragraph
from bot.core.ports import Reply

from . import told

# --- found at start -------------------------------------------------------------------------------------------------


def catalogue_of(*handlers: Any, services: tuple[type, ...] = ()) -> Catalogue:
    module = ModuleType("made")
    for number, handler in enumerate(handlers):
        handler.__module__ = "made"
        handler.__globals__.setdefault("Any", Any)
        setattr(module, f"h{number}", handler)
    return Catalogue([Feature.of("made", module)], services)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (command("a", help="x"), command("a", help="y")),
        (action("a"), action("a")),
        (form("a"), form("a")),
        (due("a"), due("a")),
    ],
)
def test_a_name_that_stands_twice_is_refused(one: Any, other: Any) -> None:
    async def first(ask: Ask) -> Reply: ...
    async def second(ask: Ask) -> Reply: ...

    with pytest.raises(ValueError, match="'a' is declared twice"):
        catalogue_of(one(first), other(second))


def test_a_name_is_never_both_a_group_and_a_command() -> None:
    async def first(ask: Ask) -> Reply: ...
    async def second(ask: Ask) -> Reply: ...

    with pytest.raises(ValueError, match=r"both a group and a command: \['plan'\]"):
        catalogue_of(command("plan", help="x")(first), command("plan show", help="y")(second))


def test_a_form_never_has_the_name_of_a_command() -> None:
    async def first(ask: Ask) -> Reply: ...
    async def second(ask: Ask) -> Reply: ...

    with pytest.raises(ValueError, match=r"own form has its name already: \['plan'\]"):
        catalogue_of(command("plan", help="x")(first), form("plan")(second))


@pytest.mark.parametrize("unread", [float, bytes, frozenset, object, dict])
def test_a_parameter_that_cannot_be_read_is_refused(unread: type) -> None:
    async def first(ask: Ask, what: Any) -> Reply: ...

    first.__annotations__["what"] = unread
    with pytest.raises(TypeError, match=r"parameter 'what' has type .* give it Option"):
        catalogue_of(command("a", help="x")(first))


def test_a_parameter_without_a_type_is_refused() -> None:
    async def first(ask, what) -> Reply: ...  # type: ignore[no-untyped-def]

    with pytest.raises(KeyError, match="what"):
        catalogue_of(command("a", help="x")(first))


def test_a_parameter_with_a_parser_or_a_service_is_taken() -> None:
    async def first(ask: Ask, of: float, by: Annotated[frozenset[int], Option(parse=frozenset)]) -> Reply: ...

    (item,) = catalogue_of(command("a", help="x")(first), services=(float,)).commands.values()
    assert [p.name for p in item.parameters] == ["by"]
    assert item.services == {"of": float}


def test_a_signature_is_the_declaration() -> None:
    async def first(ask: Ask, on: date, period: told.Period = told.Period.week, topic: str | None = None) -> Reply: ...

    (item,) = catalogue_of(command("a", help="x")(first)).commands.values()
    assert item.parameters == (
        Parameter("on", date, Option(), True),
        Parameter("period", told.Period, Option(), False, told.Period.week),
        Parameter("topic", str, Option(), False, None),
    )


def test_what_a_module_only_imports_is_not_declared_by_it() -> None:
    module = ModuleType("made")
    vars(module).update(board=told.board)
    assert Feature.of("made", module).declared == ()


# --- what this house declares ---------------------------------------------------------------------------------------

HOUSE = catalogue()
COMMANDS = [pytest.param(item, id=name) for name, item in HOUSE.commands.items()]
NAME = re.compile(r"[-_a-z0-9]{1,32}")


@pytest.mark.parametrize("item", COMMANDS)
def test_a_commands_name_fits_every_platform(item: Declared) -> None:
    words = item.name.split(" ")
    assert all(NAME.fullmatch(word) for word in words), "lower case, 1 to 32 of a-z 0-9 - _"
    assert len(words) <= 2, "at most a group and a command"


@pytest.mark.parametrize("item", COMMANDS)
def test_a_command_says_what_it_does_in_one_short_sentence(item: Declared) -> None:
    assert 0 < len(item.help) <= 100, "Discord takes 1 to 100 characters"
    assert item.help.endswith((".", "?", "!"))


@pytest.mark.parametrize("item", COMMANDS)
def test_a_commands_options_fit_every_platform(item: Declared) -> None:
    required = [p.required for p in item.parameters]
    assert required == sorted(required, reverse=True), "Discord takes required options first"
    assert len(item.parameters) <= limits.FORM_FIELDS, "all of them stand in one form"
    for p in item.parameters:
        assert NAME.fullmatch(p.name)
        assert len(p.option.help) <= 100
        assert len(p.choices) <= limits.OPTIONS
        assert all(len(value) <= 100 and 0 < len(label) <= limits.OPTION_LABEL for value, label in p.choices)


@pytest.mark.parametrize("item", [item for item in HOUSE.commands.values() if item.parameters], ids=lambda i: i.name)
def test_a_commands_form_can_be_built(item: Declared) -> None:
    form = form_of(item, {})
    assert [field.name for field in form.fields] == [p.name for p in item.parameters]


@pytest.mark.parametrize("item", [*HOUSE.actions.values(), *HOUSE.forms.values()], ids=lambda item: item.name)
def test_a_buttons_action_leaves_room_for_its_arguments(item: Declared) -> None:
    assert ":" not in item.name
    assert len(item.name.encode()) <= 40


def test_a_group_has_at_most_as_many_commands_as_discord_takes() -> None:
    groups = [name.split()[0] for name in HOUSE.commands if " " in name]
    assert max(map(groups.count, groups)) <= 25
    assert len([name for name in HOUSE.commands if " " not in name]) + len(set(groups)) <= 25


def test_every_feature_of_the_house_declares_something() -> None:
    assert [feature.name for feature in HOUSE.features if not feature.declared] == []


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("event", [Posted, Edited, Deleted])
def test_one_feature_at_most_writes_when_members_write(event: type, direct: bool) -> None:
    """An event is tied to one effect: a second listener's would be taken for a second delivery."""
    assert len(HOUSE.listeners(event, direct=direct)) <= 1
    assert direct or HOUSE.listeners(event)


@pytest.mark.parametrize("story", [*HOUSE.due.values(), *HOUSE.receipts.values(), *HOUSE.dead.values()])
def test_what_runs_in_a_transaction_is_a_plain_function(story: Declared) -> None:
    assert not inspect.iscoroutinefunction(story.handler)


@pytest.mark.parametrize("story", HOUSE.slow.values(), ids=lambda story: story.name)
def test_what_is_slow_runs_beside_the_loop_and_not_in_a_transaction(story: Declared) -> None:
    assert inspect.iscoroutinefunction(story.handler)


# --- the derived form -----------------------------------------------------------------------------------------------


def test_a_form_is_derived_with_a_field_for_each_kind_of_parameter() -> None:
    async def first(
        ask: Ask,
        on: date,
        period: told.Period,
        sure: bool,
        line: Annotated[str, Option("one of ours", label="Which", suggest=lambda typed: ["a", "b"])],
        more: Annotated[str, Option(paragraph=True, max_length=900)] = "",
    ) -> Reply: ...

    (item,) = catalogue_of(command("admin swap", help="Swap it.")(first)).commands.values()
    made = form_of(item, {"line": "b"})
    assert (made.title, made.action, made.intro) == ("Swap", "admin swap", "Swap it.")
    day, choice, sure, line, more = made.fields
    assert day == Day(name="on", label="On")
    assert choice.options == (("week", "week"), ("month", "month"))  # type: ignore[union-attr]
    assert sure.options == (("yes", "Yes"), ("no", "No"))  # type: ignore[union-attr]
    assert line == Line(name="line", label="Which", hint="one of ours", value="b", suggestions=("a", "b"))
    assert more == Paragraph(name="more", label="More", required=False, max_length=900)
