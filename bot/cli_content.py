"""The command line of the content bank: `batchmates content`."""

import asyncio
import json
import os
import sys
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot import settings
from bot.core.errors import SettingsError
from bot.resources import folder
from bot.settings import Settings

content = typer.Typer(help="The content bank: check it, count it, look at it.", no_args_is_help=True)

Folders = Annotated[list[Path] | None, typer.Argument(help="content folders; by default those of the settings")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


def _settings() -> Settings:
    return settings.read(os.environ)


def _content_folders(given: list[Path] | None) -> list[Path]:
    return given or _settings().content_folders


@content.command("lint")
def lint(
    folders: Folders = None,
    inventory: Annotated[
        Path | None, typer.Option(help="a file whose `items` have the ids that `covers` names")
    ] = None,
    run: Annotated[
        bool, typer.Option("--run", help="also run the programs of code questions in the sandbox; takes minutes")
    ] = False,
) -> None:
    """Hold every file against the rules; silent where there is nothing to say."""
    from bot import proof, trial
    from bot.bank import stats as count
    from bot.bank.problem import Severity

    with trial.runner(_settings().judge) if run else nullcontext() as runner:
        findings = proof.findings(
            _content_folders(folders),
            today=datetime.now(UTC).date(),
            inventory=count.read_inventory(inventory) if inventory else None,
            runner=runner,
        )
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding} [rule {finding.rule}]")
    sys.exit(1 if any(finding.severity is Severity.error for finding in findings) else 0)


@content.command("stats")
def stats(
    folders: Folders = None,
    as_json: AsJson = False,
    inventory: Annotated[
        Path | None, typer.Option(help="a file whose `items` have ids: say which of them are served")
    ] = None,
) -> None:
    """Count the bank: by category, kind, level, topic, type and status, and where its keys stand."""
    from bot.bank import stats as count
    from bot.bank.load import load_bank
    from bot.bank.shelf import read_shelf

    where, today = _content_folders(folders), datetime.now(UTC).date()
    bank, shelf = load_bank(where, today=today), read_shelf(where)
    axes = count.by_axis(bank)
    totals = {"questions": len(bank.questions), "kits": len(bank.kits), "pages": len(bank.pages)}
    covered = count.coverage(shelf, count.read_inventory(inventory), today) if inventory else None
    if as_json:
        more = {"coverage": asdict(covered)} if covered else {}
        lists = {"plans": sorted(bank.plans), "cards": count.cards(bank)}
        keys = {"status": count.by_status(shelf), "key_positions": count.key_positions(bank)}
        typer.echo(json.dumps({**totals, "revision": bank.revision, **axes, **lists, **keys, **more}))
        return
    table = Table(
        "axis",
        "value",
        "number",
        title=f"{', '.join(f'{number} {what}' for what, number in totals.items())}, revision {bank.revision}",
    )
    for axis, counts in (*axes.items(), *count.by_status(shelf).items()):
        for name, number in counts.items():
            table.add_row(axis, name, str(number))
    for name, ids in asdict(covered).items() if covered else ():
        table.add_row("coverage", name, str(len(ids)))
    Console().print(table)


@content.command("preview")
def preview(
    item: Annotated[str, typer.Argument(help="the id of a question, a kit or a page, drafts too")],
    folders: Folders = None,
    platform: Annotated[str, typer.Option(help="local, discord, slack or all")] = "local",
) -> None:
    """Show a question and its reveal, both parts of a kit, or every card of a page, as their readers see them."""
    from bot import preview as show
    from bot.bank.shelf import read_shelf

    names = show.platforms(platform)
    shown = show.preview(read_shelf(_content_folders(folders)), item)
    for name in names:
        if len(names) > 1:
            typer.echo(f"### {name}\n")
        for line in show.lines(shown, name):
            typer.echo(line)


@content.command("new")
def new(
    kind: Annotated[str, typer.Argument(help="such as multiple-choice, numeric, code, kit or guide")],
    id: Annotated[str, typer.Argument(help="small letters, digits and hyphens; never used again")],
    category: Annotated[str | None, typer.Option(help="category of a question, or type of a kit")] = None,
    into: Annotated[
        Path | None, typer.Option(help="content folder; by default the first of BATCHMATES_CONTENT")
    ] = None,
) -> None:
    """Begin a question, a kit or a page: everything that its kind has, with WRITE where you have to."""
    from bot.bank.blank import begin
    from bot.bank.shelf import read_shelf

    target = into or _own_folder()
    shelf = read_shelf([target, folder("content")])  # an id of the public bank is taken too
    typer.echo(str(begin(kind, id, category=category, folder=target, shelf=shelf)))


def _own_folder() -> Path:
    """Where a new file goes by default; never into the program as it is installed."""
    given = _settings()
    if given.content:
        return given.content_folders[0]
    if (checkout := Path("content")).is_dir() and Path("pyproject.toml").is_file():
        return checkout
    raise SettingsError("--into: wanted the folder of your own content (or name it in BATCHMATES_CONTENT)")


@content.command("export")
def export(
    form: Annotated[str, typer.Argument(help="gift, moodle, anki or json")],
    folders: Folders = None,
    out: Annotated[Path | None, typer.Option(help="a file; by default it is printed")] = None,
) -> None:
    """Write the served questions in a format of others; our id is the name there, and the guid for Anki."""
    from bot.bank.exchange.out import send
    from bot.bank.load import load_bank

    text = send(load_bank(_content_folders(folders), today=datetime.now(UTC).date()).questions.values(), form)
    if out:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"--out: {out} cannot be written: {error.strerror}") from error
    else:
        typer.echo(text, nl=False)


@content.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="GIFT (.gift, .txt), Moodle XML (.xml) or our JSON (.json)")],
    form: Annotated[str | None, typer.Option(help="gift, moodle, anki or json; by default by the name's end")] = None,
    category: Annotated[str, typer.Option(help="where the file names none that we know")] = "theory",
    into: Annotated[Path | None, typer.Option(help="content folder; by default the first of the settings")] = None,
) -> None:
    """Take questions of others as drafts; what they lack is marked with WRITE, and no group is asked a draft."""
    from bot.bank.exchange.drafts import bring
    from bot.bank.shelf import read_shelf

    folders = [into] if into else _content_folders(None)
    for path in bring(file, form=form, category=category, folder=folders[0], shelf=read_shelf(folders)):
        typer.echo(str(path))


@content.command("flags")
def flags() -> None:
    """What members said is wrong, the newest first."""
    from bot.core.parsing import plain_line
    from bot.features.flags import store
    from bot.storage.database import Database

    given = _settings()
    must_have_a_schema(given, newest=True)

    async def read() -> None:
        database = Database(given.database_url)
        try:
            for row in await database.read(store.all_flags):
                typer.echo(
                    f"{row.at:%Y-%m-%d %H:%M}  {row.question_id} r{row.revision}  {row.what}  {plain_line(row.text)}"
                )
        finally:
            await database.close()

    asyncio.run(read())


def must_have_a_schema(given: Settings, *, newest: bool) -> None:
    """Refuse a database that has no schema yet, or not the `newest`, without making a file where there is none."""
    from sqlalchemy import make_url

    url = make_url(given.database_url)
    missing = url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()
    if missing or not _has_a_schema(given, newest=newest):
        state = "is not there yet" if missing else "is not at the newest schema" if newest else "has no schema yet"
        raise SettingsError(f"{settings.hide(given.database_url)} {state}: run batchmates db upgrade")


def _has_a_schema(given: Settings, *, newest: bool) -> bool:
    from bot.storage import migrate

    if newest:
        return not migrate.pending(given.database_url, folder("migrations"))
    with migrate.connected(given.database_url) as tx:
        return migrate.current_on(tx) is not None
