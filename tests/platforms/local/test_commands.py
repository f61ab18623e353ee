import sys
from enum import StrEnum
from typing import Annotated

from bot.core.ask import Ask
from bot.core.commands import Catalogue, Feature, Option, command
from bot.core.parsing import suggest_zones
from bot.core.ports import Reply
from bot.platforms.local.commands import command_list, suggest


class Period(StrEnum):
    week = "week"
    all_time = "all-time"


@command("board", help="See who leads.", private=False)
async def board(ask: Ask, period: Period = Period.week) -> Reply:
    return None


@command("admin zone", help="Set the zone.")
async def zone(ask: Ask, name: Annotated[str, Option("A city.", label="Zone", suggest=suggest_zones)]) -> Reply:
    return None


def catalogue() -> Catalogue:
    return Catalogue([Feature.of("x", sys.modules[__name__])])


def test_the_page_offers_every_command_with_its_options() -> None:
    assert command_list(catalogue()) == [
        {
            "name": "board",
            "help": "See who leads.",
            "admin": False,
            "private": False,
            "options": [
                {
                    "name": "period",
                    "label": "Period",
                    "help": "",
                    "required": False,
                    "max_length": 200,
                    "paragraph": False,
                    "choices": [["week", "week"], ["all-time", "all time"]],
                    "suggests": False,
                }
            ],
        },
        {
            "name": "admin zone",
            "help": "Set the zone.",
            "admin": True,
            "private": True,
            "options": [
                {
                    "name": "name",
                    "label": "Zone",
                    "help": "A city.",
                    "required": True,
                    "max_length": 200,
                    "paragraph": False,
                    "choices": [],
                    "suggests": True,
                }
            ],
        },
    ]


def test_values_are_suggested_where_an_option_suggests() -> None:
    assert suggest(catalogue(), "admin zone", "name", "berlin") == ["Europe/Berlin"]
    assert suggest(catalogue(), "board", "period", "w") == []
    assert suggest(catalogue(), "nothing", "period", "w") == []
