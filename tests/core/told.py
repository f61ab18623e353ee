"""A few commands, declared as features declare them."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.ports import Reply


class Period(StrEnum):
    """How far back."""

    week = "week"
    month = "month"


class Colour(StrEnum):
    """A closed list with a word of two parts."""

    green = "green"
    dark_red = "dark-red"


def suggest_topics(typed: str) -> list[str]:
    """A topic."""
    return ["statistics"]


@command("board", help="See who leads.")
async def board(
    ask: Ask, period: Period = Period.week, topic: Annotated[str, Option("a topic", suggest=suggest_topics)] = ""
) -> Reply:
    """Do nothing: the tests of parsing only read."""


@command("help", help="See what there is.")
async def help(ask: Ask) -> Reply:
    """Do nothing."""


@command("admin swap", help="Swap the question of a date.")
async def swap(ask: Ask, on: date) -> Reply:
    """Do nothing."""
