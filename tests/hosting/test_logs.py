"""Logs and metrics carry no text of a member and no name, whatever goes wrong."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from bot import logs
from bot.bank.load import Bank
from bot.core.ask import Ask
from bot.core.commands import Catalogue, Feature, command
from bot.core.dispatch import Dispatcher
from bot.core.events import CommandTyped
from bot.core.pictures import PictureSpec
from bot.core.ports import Reply
from bot.core.refs import Person, Place
from bot.serve import _note_a_stray_error
from bot.web.metrics import exposition
from bot.web.pulse import Pulse
from tests.ground import Ground
from tests.stage import MONDAY, Stage

NAME, WORDS = "Xanthippe Marked", "marked words that nobody else may read"
MARKS = ("Xanthippe", "Marked", "marked words")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the logs of a process would hold."""
    stream, root, before = io.StringIO(), logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    logs.configure(json=True, level=logging.DEBUG, to=stream)
    yield stream
    structlog.configure(**before)
    logging.basicConfig(handlers=handlers, level=level, force=True)


def entries(logged: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def clean(said: str) -> None:
    assert [mark for mark in MARKS if mark in said] == []


def breaks(spec: PictureSpec) -> bytes:
    raise ValueError(f"cannot draw {spec} for {NAME}: {WORDS}")


async def test_a_story_with_everything_going_wrong_leaves_no_word_of_it(
    logged: io.StringIO, tmp_path: Path, bank: Bank, ground: Ground
) -> None:
    stage = await Stage.open(tmp_path, bank, ground, draw=breaks)
    xanthippe = stage.comes(NAME)
    await stage.sets_up()
    await stage.plans("reading-a-p-value")
    await stage.at("Mon 09:00")
    await xanthippe.types("/join")
    await xanthippe.presses("A")
    await xanthippe.types(f"/{WORDS}")
    await xanthippe.says(WORDS, in_thread=True)
    await xanthippe.presses("Something wrong?")
    await xanthippe.fills(what="wrong-key", why=WORDS)
    await stage.settles()
    stage.world.close_dms(xanthippe.id)
    await stage.at("Tue 08:00")  # the reveal has a picture, which cannot be drawn
    await stage.at("Tue 09:00")
    await stage.app.work.run(lambda tx: tx.execute(text("DROP TABLE hints")))
    await xanthippe.presses("Hint")
    await stage.world.say(xanthippe.id, stage.channel, WORDS, thread=stage.thread)
    await stage.settles()
    pulse = Pulse(stage.app)
    await pulse.count_rows()
    figures = exposition(pulse).decode()
    await stage.stops()
    found = entries(logged)
    assert {"delivery_failed", "handler_failed"} <= {entry["event"] for entry in found}
    errors = {entry.get("error") for entry in found}
    assert "ValueError" in errors
    assert errors & {"sqlalchemy.exc.OperationalError", "sqlalchemy.exc.ProgrammingError"}, "a table is missing"
    clean(logged.getvalue())
    clean(figures)
    assert 'batchmates_outbox_rows{state="sent"}' in figures


async def test_an_error_tells_its_kind_and_its_place_but_not_its_words(logged: io.StringIO) -> None:
    @command("boom", help="Breaks.")
    async def boom(ask: Ask) -> Reply:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(f"{ask.name} said {ask.text}") from error

    module = ModuleType("booming")
    boom.__module__ = "booming"
    vars(module)["boom"] = boom
    catalogue = Catalogue([Feature.of("booming", module)])
    no_work: Any = None
    house = Dispatcher(catalogue, services=(), work=no_work, clock=no_clock(), log=structlog.get_logger())
    who, place = Person("local", "local", "u1"), Place("local", "local", "c1")
    answer = await house.handle(CommandTyped(id="e1", who=who, name=NAME, place=place, at=MONDAY, text="boom"))
    assert "Something went wrong" in str(answer)
    (entry,) = entries(logged)
    assert (entry["event"], entry["error"], entry["kind"]) == ("handler_failed", "ValueError", "CommandTyped")
    assert "test_logs.py" in entry["traceback"]
    assert "in boom" in entry["traceback"]
    assert "because of\nKeyError" in entry["traceback"]
    assert entry["reference"] in str(answer)
    clean(logged.getvalue())


def no_clock() -> Any:
    class Standing:
        def now(self) -> Any:
            return MONDAY

    return Standing()


def test_a_library_is_heard_by_its_template_only(logged: io.StringIO) -> None:
    library = logging.getLogger("some.library")
    library.warning("message of %s could not be parsed: %r", NAME, WORDS)
    library.error(f"unhandled request of {NAME}: {WORDS}")
    library.info("chatter")
    try:
        raise RuntimeError(WORDS)
    except RuntimeError:
        library.exception("job %s raised", NAME)
    first, second, third = entries(logged)
    assert (first["event"], first["logger"]) == ("message of %s could not be parsed: %r", "some.library")
    assert second["event"] == "library_log"
    assert second["at"].startswith("test_logs:")
    assert (third["event"], third["error"]) == ("job %s raised", "RuntimeError")
    clean(logged.getvalue())


def test_our_own_lines_are_whole(logged: io.StringIO) -> None:
    logging.getLogger("bot.platforms.local.adapter").warning("nobody_to_answer status=%s", 404)
    (entry,) = entries(logged)
    assert (entry["event"], entry["level"]) == ("nobody_to_answer status=404", "warning")


async def test_a_task_that_nobody_waited_for_tells_no_words(logged: io.StringIO) -> None:
    asyncio.get_running_loop().set_exception_handler(_note_a_stray_error)

    async def breaks() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(breaks())
    await asyncio.wait({task})
    del task
    await asyncio.sleep(0)
    (entry,) = entries(logged)
    assert (entry["event"], entry["error"]) == ("stray_error", "ValueError")
    assert entry["what"] == "Task exception was never retrieved"
    clean(logged.getvalue())


def test_errors_that_go_round_in_circles_are_told_once() -> None:
    one, two = ValueError(WORDS), KeyError(WORDS)
    one.__cause__, two.__cause__ = two, one
    assert list(logs.told(one)) == ["ValueError, raised", "because of", "KeyError, raised", "because of"]


async def test_every_metric_is_explained_to_hosts(stage: Stage) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "hosting.md").read_text()
    helps = [line for line in exposition(Pulse(stage.app)).decode().splitlines() if line.startswith("# HELP")]
    assert [name for line in helps if f"`{(name := line.split()[2])}" not in guide] == []
