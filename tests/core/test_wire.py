"""Every value of the vocabulary survives JSON both ways, as rows of the database need."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import events, forms, messages, pictures, ports, refs, wire
from bot.core.errors import Refusal
from bot.core.refs import Place

ROOMS = (refs, pictures, messages, forms, events, ports)
NOT_SENT = {"Platforms"}  # holds live platforms
CLASSES = {
    name: value
    for room in ROOMS
    for name, value in vars(room).items()
    if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__.startswith("bot.core")
}
WORD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":"), max_size=12)


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type of the vocabulary."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return st.one_of([values_of(arg) for arg in args])
    if origin is tuple:
        return _tuples(args)
    if origin is Mapping:
        return st.dictionaries(values_of(args[0]), values_of(args[1]), max_size=3)
    if dataclasses.is_dataclass(hint):
        return instances(hint)  # type: ignore[arg-type]
    return _plain(hint)


def _tuples(args: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if args[-1] is Ellipsis:
        return st.lists(values_of(args[0]), min_size=1, max_size=3).map(tuple)
    return st.tuples(*map(values_of, args))


def _plain(hint: Any) -> st.SearchStrategy[Any]:
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: WORD,
        int: st.integers(-(2**53), 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        type(None): st.none(),
        datetime: st.datetimes(timezones=st.just(UTC)),
    }
    return plain[hint] if hint in plain else st.sampled_from(list(hint))


def instances(cls: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.deferred(
        lambda: st.builds(cls, **{field.name: values_of(hints[field.name]) for field in dataclasses.fields(cls)})
    )


def test_the_whole_vocabulary_is_tried() -> None:
    assert len(CLASSES) >= 45
    assert {"Message", "Select", "FormSubmitted", "Histogram", "Sending", "MessageRef"} <= set(CLASSES)


@pytest.mark.parametrize("name", sorted(set(CLASSES) - NOT_SENT))
def test_every_value_comes_back_as_it_went(name: str) -> None:
    @settings(max_examples=12, suppress_health_check=list(HealthCheck), database=None)
    @given(instances(CLASSES[name]))
    def check(value: Any) -> None:
        back = wire.from_json(json.loads(json.dumps(wire.to_json(value))))
        assert back == value
        assert type(back) is type(value)

    check()


def test_a_field_with_its_default_is_left_out_and_comes_back() -> None:
    place = Place("discord", "1", "2")
    assert wire.to_json(place) == {"_": "Place", "platform": "discord", "workspace": "1", "channel": "2"}
    assert wire.from_json(wire.to_json(place)) == place


@pytest.mark.parametrize("style", list(messages.Style))
def test_words_of_a_closed_list_come_back_as_such(style: messages.Style) -> None:
    back = wire.from_json(json.loads(json.dumps(wire.to_json(messages.Button("Go", "go", style=style)))))
    assert isinstance(back.style, messages.Style)
    assert back.style is style


def test_dates_and_mappings_come_back() -> None:
    value = {"on": date(2027, 2, 28), "of": (1, None, True, 2.5)}
    assert wire.from_json(json.loads(json.dumps(wire.to_json(value)))) == value


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", Refusal], ids=["object", "set", "bytes", "class"])
def test_what_is_not_of_the_vocabulary_is_not_written(value: object) -> None:
    with pytest.raises(TypeError, match="not in the vocabulary"):
        wire.to_json(value)


def test_a_class_of_the_same_name_that_is_not_ours_is_not_written() -> None:
    @dataclasses.dataclass
    class Stranger:
        secret: str

    with pytest.raises(TypeError, match="Stranger is not in the vocabulary"):
        wire.to_json(Stranger("x"))


@pytest.mark.parametrize("name", ["Popen", "Stranger", "os.system", "", "Platform", "datetime.datetime"])
def test_a_row_cannot_name_a_class_outside_the_vocabulary(name: str) -> None:
    with pytest.raises(KeyError):
        wire.from_json({"_": name, "args": "ls"})


def test_a_row_of_an_older_version_gets_todays_defaults() -> None:
    assert wire.from_json({"_": "Button", "label": "Go", "action": "go"}) == messages.Button("Go", "go")
