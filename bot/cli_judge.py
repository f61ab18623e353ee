"""The command line of the judge: `batchmates judge`."""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot import settings
from bot.core.errors import SettingsError, UserError
from bot.judge.backends import REAL, Backend, choose

judge = typer.Typer(help="Members' code: run it, attack the sandbox, prepare it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]
WORKS, NOT_WELL = 0, 1


@judge.command("run")
def run(
    file: Annotated[Path, typer.Argument(help="a file with the program", exists=True, dir_okay=False)],
    question: Annotated[str, typer.Option(help="the id of a code question")],
    as_json: AsJson = False,
) -> None:
    """Judge a file against a question's tests; 0 where all of them pass, 1 where not."""
    from bot.bank.schema import Code
    from bot.bank.shelf import read_shelf
    from bot.features.code.rules import task_of
    from bot.features.code.words import plainly
    from bot.judge.judging import judge as judged
    from bot.judge.task import Verdict

    given = settings.read(os.environ)
    asked = next((q for _, q in read_shelf(given.content_folders).questions() if q.id == question), None)
    if not isinstance(asked, Code):
        raise UserError(f"--question: wanted the id of a code question; {question[:80]!r} is none")

    async def once() -> Verdict:
        chosen = await choose(given.judge)
        if not chosen.runs:
            raise SettingsError(chosen.nothing_runs())
        try:
            return await judged(chosen.runner, task_of(asked.answer), file.read_text("utf-8", "replace"))
        finally:
            await chosen.runner.stop()

    verdict = asyncio.run(once())
    if as_json:
        counts = {"question": question, "right": verdict.right, "passed": verdict.passed, "share": verdict.share}
        typer.echo(json.dumps(counts | {"total": len(verdict.outcomes)} | verdict.to_json()))
    else:
        typer.echo(plainly(verdict))
    sys.exit(WORKS if verdict.right else NOT_WELL)


@judge.command("attack")
def attack(
    as_json: AsJson = False,
    backend: Annotated[Backend, typer.Option(help="one back end; by default each that works here")] = Backend.auto,
) -> None:
    """Run every attack on the sandbox; 1 where one got through, and where no back end ran that could contain any."""
    from bot.bench.lag import Lag
    from bot.judge.attack import Result, attacks, run_attacks

    lag = Lag()

    async def all_of_them() -> tuple[list[Result], list[str], dict[str, str]]:
        results: list[Result] = []
        ran: list[str] = []
        refused: dict[str, str] = {}
        for one in REAL if backend is Backend.auto else (backend,):
            chosen = await choose(one)
            if chosen.runs:
                async with lag:
                    results += await run_attacks(chosen.runner, attacks())
                ran.append(chosen.runner.name)
            refused |= chosen.why_not  # one that refused to start has contained nothing
            await chosen.runner.stop()
        return results, ran, refused

    results, ran, refused = asyncio.run(all_of_them())
    escapes = [result for result in results if result.escaped]
    if as_json:
        shown = [asdict(result) | {"escaped": result.escaped} for result in results]
        counts = {"programs": len(attacks()), "escapes": len(escapes), "backends": ran}
        more = {"refused": refused, "event_loop_lag_p99_ms": lag.p99_ms}
        typer.echo(json.dumps({**counts, "results": shown, **more}))
    else:
        for result in escapes:
            typer.echo(f"{result.backend}: {result.name}: {result.how}")
        for name, why in refused.items():
            typer.echo(f"{name} did not run: {why}")
        typer.echo(f"{len(attacks())} programs, {len(escapes)} escapes, on {', '.join(ran) or 'no back end'}")
    sys.exit(NOT_WELL if escapes or not ran else WORKS)


@judge.command("compare")
def compare(
    question: Annotated[str, typer.Option(help="the id of one code question; by default every one that is live")] = "",
    as_json: AsJson = False,
) -> None:
    """Judge the solutions, starters and wrong solutions of the bank on both back ends; 1 where verdicts differ."""
    from bot.agree import Compared, compared
    from bot.bank.schema import Code
    from bot.bank.shelf import read_shelf

    given = settings.read(os.environ)
    every = [q for _, q in read_shelf(given.content_folders).questions() if isinstance(q, Code)]
    asked = [q for q in every if (q.id == question if question else q.status == "live")]
    if not asked:
        raise UserError(f"--question: wanted the id of a code question; {question[:80]!r} is none")

    async def all_of_them() -> list[Compared]:
        runners = []
        try:
            for one in REAL:
                chosen = await choose(one, warm=1)
                if not chosen.runs:
                    raise SettingsError(chosen.nothing_runs())
                runners.append(chosen.runner)
            return [one async for one in compared(runners, asked)]
        finally:
            for runner in runners:
                await runner.stop()

    found = asyncio.run(all_of_them())
    differing = {f"{one.question}: {one.program}": one.differences for one in found if one.differences}
    shown = sum(one.shown_otherwise for one in found)
    if as_json:
        counts = {"questions": len(asked), "programs": len(found), "differ": len(differing), "shown_otherwise": shown}
        typer.echo(json.dumps({**counts, "differences": differing}))
    else:
        for name, lines in differing.items():
            typer.echo("\n".join([name, *(f"    {line}" for line in lines)]))
        typer.echo(f"{len(asked)} questions, {len(found)} programs, {len(differing)} with different verdicts")
    sys.exit(NOT_WELL if differing else WORKS)


@judge.command("warm-up")
def warm_up() -> None:
    """Do ahead what the back end wasi needs once: compile its interpreter, which takes about a minute and 2.4 GB."""
    from bot.judge.runner import Unavailable
    from bot.judge.wasi import compile_ahead

    try:
        typer.echo(asyncio.run(compile_ahead()))
    except Unavailable as error:
        raise SettingsError(f"wasi: {error}") from error
