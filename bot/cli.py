"""The command line: `batchmates`."""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import OperationalError

from bot import logs, settings
from bot.core.errors import BackupError, BatchmatesError, SettingsError
from bot.resources import folder
from bot.roles import Role
from bot.settings import Settings

app = typer.Typer(
    help="The study-group bot for machine-learning interviews.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks can show the values of variables, and those may be secrets
)
content = typer.Typer(help="The content bank: check it, count it, look at it.", no_args_is_help=True)
db = typer.Typer(help="The database: bring it up to date, check it, back it up.", no_args_is_help=True)
app.add_typer(content, name="content")
app.add_typer(db, name="db")
discord = typer.Typer(help="Discord: the link that invites the bot.", no_args_is_help=True)
app.add_typer(discord, name="discord")

Folders = Annotated[list[Path] | None, typer.Argument(help="content folders; by default those of the settings")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


def main() -> None:
    """Run `batchmates`; what is wrong on purpose is said in one line, without a traceback."""
    try:
        app()
    except BatchmatesError as error:
        for line in str(error).splitlines():
            typer.echo(f"batchmates: {line}", err=True)
        sys.exit(2)
    except OperationalError as error:
        from bot.serve import reason

        typer.echo(f"batchmates: BATCHMATES_DATABASE_URL: the database says: {reason(error)}", err=True)
        sys.exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"batchmates {version('batchmates')}")
        raise typer.Exit


@app.callback()
def _batchmates(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="say the version")
    ] = False,
) -> None:
    """The study-group bot for machine-learning interviews."""


def _settings() -> Settings:
    return settings.read(os.environ)


# --- running ------------------------------------------------------------------------------------------------------


@app.command()
def demo(
    headless: Annotated[bool, typer.Option(help="play a script to standard output instead of opening a page")] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="calendar days, from a Monday on")] = 28,
    members: Annotated[int, typer.Option(min=1, max=200, help="members of the group")] = 12,
    seed: Annotated[int, typer.Option(help="the same seed gives the same days")] = 7,
    kill: Annotated[int, typer.Option(min=0, max=1000, help="kill the bot this many times (with --headless)")] = 0,
    world: Annotated[
        str, typer.Option(help="nonce, history or bare: what the platform remembers (with --kill)")
    ] = "nonce",
    processes: Annotated[
        int, typer.Option(min=1, max=8, help="processes of the bot on one PostgreSQL (with --headless)")
    ] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="port of the page; 0 takes a free one")] = 8017,
    fresh: Annotated[bool, typer.Option(help="begin with an empty channel, where nobody has set up a group")] = False,
    database_url: Annotated[str, typer.Option(help="by default a temporary SQLite file")] = "",
) -> None:
    """Show a living study group: a browser page on this machine, without tokens; or its script, with --headless."""
    from bot.platforms.local.formats import Mode

    logs.configure()
    if world not in (worlds := [mode.value for mode in Mode]):
        raise SettingsError(f"--world: wanted one of {', '.join(worlds)}")
    if kill and not headless:
        raise SettingsError("--kill: goes with --headless only")
    url = database_url or None
    if not headless:
        from bot.demo.page import show

        sys.exit(asyncio.run(show(members=members, seed=seed, port=port, fresh=fresh, database_url=url)))
    if not kill and processes == 1:
        from bot.demo.headless import run_headless

        sys.exit(asyncio.run(run_headless(days=days, members=members, seed=seed, out=sys.stdout, progress=sys.stderr)))
    from bot.demo.kill import run_killed

    sys.exit(
        asyncio.run(
            run_killed(
                days=days,
                members=members,
                seed=seed,
                kills=kill,
                world_mode=world,
                processes=processes,
                database_url=url,
                out=sys.stdout,
                progress=sys.stderr,
            )
        )
    )


@app.command("run")
def serve(
    role: Annotated[Role, typer.Option(help="what this process does, where several share PostgreSQL")] = Role.all,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="port for health and metrics, instead of the setting's")
    ] = None,
) -> None:
    """Run the bot on the platforms whose tokens are set, until it is told to stop."""
    from bot.serve import run as run_house

    logs.configure(json=not sys.stderr.isatty())
    given = _settings()
    for line in settings.unknown(os.environ):
        structlog.get_logger().warning("unknown_setting", what=line)
    sys.exit(run_house(given, role=role, port=port))


@app.command()
def doctor() -> None:
    """Look at everything that a host depends on; each line is ok, warn or fail, with the mend."""
    from bot import doctor as ward

    logs.configure(level=40)
    misspelt = [
        ward.Finding(ward.WARN, "settings", line, "mend its name, or take it away")
        for line in settings.unknown(os.environ)
    ]
    findings = [*misspelt, *ward.examine(_settings())]
    for finding in findings:
        typer.echo(str(finding))
    sys.exit(1 if any(finding.state == ward.FAIL for finding in findings) else 0)


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="core")] = "core",
    as_json: AsJson = False,
    repetitions: Annotated[int, typer.Option(min=1, max=200, help="interleaved repetitions")] = 20,
) -> None:
    """Measure, as ratios side by side in one run."""
    from bot import bench as measure

    logs.configure(level=40)
    result = asyncio.run(measure.run(name, repetitions))
    typer.echo(json.dumps(result, sort_keys=True, indent=None if as_json else 2))


# --- content ------------------------------------------------------------------------------------------------------


def _content_folders(given: list[Path] | None) -> list[Path]:
    return given or _settings().content_folders


@content.command("lint")
def lint(
    folders: Folders = None,
    inventory: Annotated[
        Path | None, typer.Option(help="a file whose `items` have the ids that `covers` names")
    ] = None,
) -> None:
    """Hold every file against the rules; silent where there is nothing to say."""
    from bot import proof
    from bot.bank import stats as count
    from bot.bank.lint import lint as find
    from bot.bank.problem import Severity
    from bot.bank.shelf import read_shelf, read_taxonomy

    where = _content_folders(folders)
    public = read_taxonomy(folder("content"))
    taxonomy = public.joined(read_shelf(where).taxonomy)
    today = datetime.now(UTC).date()
    findings = find(
        where,
        today=today,
        renderers=(lambda question: proof.complaints(question, taxonomy),),
        page_renderers=(proof.page_complaints,),
        inventory=count.read_inventory(inventory) if inventory else None,
        taxonomy=public,
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
        keys = {"status": count.by_status(shelf), "key_positions": count.key_positions(bank)}
        typer.echo(json.dumps({**totals, "revision": bank.revision, **axes, **keys, **more}))
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
    item: Annotated[str, typer.Argument(help="the id of a served question, or of any page")], folders: Folders = None
) -> None:
    """Show a question and its reveal, or every card of a page, as members read them."""
    from bot import proof
    from bot.bank.load import load_bank
    from bot.bank.shelf import read_shelf
    from bot.pictures.draw import draw
    from bot.platforms.local.formats import plain
    from bot.platforms.local.render import render

    where = _content_folders(folders)
    page = next((page for _, page in read_shelf(where).pages() if page.id == item), None)
    if page is not None:
        messages = [message for sides in proof.cards(page) for message in sides]
    else:
        bank = load_bank(where, today=datetime.now(UTC).date())
        question = bank.question(item)
        messages = [proof.post(question, bank.taxonomy), proof.reveal(question)]
    for message in messages:
        typer.echo(plain(render(message, draw).blocks))
        typer.echo("\n" + "─" * 80 + "\n")


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
    _must_be_up_to_date(given)

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


# --- database -----------------------------------------------------------------------------------------------------


def _must_be_up_to_date(given: Settings) -> None:
    """Refuse a database that has no schema yet or an old one, without making a file where there is none."""
    from sqlalchemy import make_url

    from bot.storage import migrate

    url = make_url(given.database_url)
    missing = url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()
    if missing or migrate.pending(given.database_url, folder("migrations")):
        state = "is not there yet" if missing else "is not at the newest schema"
        raise SettingsError(f"{settings.hide(given.database_url)} {state}: run batchmates db upgrade")


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest schema."""
    from bot.storage import migrate

    given = _settings()
    late = migrate.pending(given.database_url, folder("migrations"))
    migrate.upgrade(given.database_url, folder("migrations"))
    typer.echo(f"{settings.hide(given.database_url)}: {'upgraded' if late else 'was up to date'}")


@db.command("revision", hidden=True)
def revision(what: Annotated[str, typer.Argument(help="what changes, in a few words")]) -> None:
    """Write a new migration from what the declared schema has otherwise; read it and mend it by hand."""
    from bot.app import declared_schema
    from bot.storage import migrate

    migrations = folder("migrations")
    if not (migrations.parent / "pyproject.toml").is_file():
        raise SettingsError("db revision is for developers: run it in a checkout of the repository")
    with TemporaryDirectory() as place:
        url = settings.sqlite_url(Path(place) / "newest.db")
        migrate.upgrade(url, migrations)
        if not migrate.differences(url, declared_schema()):
            typer.echo("the migrations give the declared schema already; nothing was written")
            return
        typer.echo(str(migrate.revision(url, migrations, what)))


@db.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="where to")],
    replace: Annotated[bool, typer.Option(help="take the place of an older file of this name")] = False,
) -> None:
    """Write one moment's state to a file, also while the bot runs; it restores into SQLite and PostgreSQL."""
    from bot.storage.backup import make

    given = _settings()
    if file.exists() and not replace:
        raise BackupError(f"{file}: is there already: choose another name, or add --replace")
    _must_be_up_to_date(given)
    made = make(given.database_url, file, migrations=folder("migrations"), now=datetime.now(UTC))
    typer.echo(f"{file}: {made.rows} rows of {len(made.tables)} tables, schema {made.revision}")


@db.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="what db backup wrote")],
    replace: Annotated[bool, typer.Option(help="take it in place of all that the database holds")] = False,
) -> None:
    """Put a backup into an empty database, all of it or nothing, and bring it to the newest schema."""
    from bot.storage.backup import restore as put_back

    given = _settings()
    now = datetime.now(UTC)
    done = put_back(given.database_url, file, migrations=folder("migrations"), replace=replace, now=now)
    typer.echo(f"{settings.hide(given.database_url)}: {done.rows} rows, as of {done.created_at:%Y-%m-%d %H:%M:%S} UTC")


@db.command("check")
def check() -> None:
    """Compare the database with the declared schema, and every board with its ledger."""
    from bot import doctor as ward

    findings = [*ward.database(_settings()), *ward.boards_and_ledger(_settings())]
    for finding in findings:
        typer.echo(str(finding))
    # A database that is missing or old has not been checked, so it is not well either.
    sys.exit(0 if all(finding.state == ward.OK for finding in findings) else 1)


# --- Discord ------------------------------------------------------------------------------------------------------


@discord.command("invite")
def invite() -> None:
    """Print the link that lets the bot into a server, with exactly the permissions and scopes that it uses."""
    from bot import on_discord

    typer.echo(on_discord.invite(_settings()))


@discord.callback()
def _discord() -> None:
    """Discord: the link that invites the bot."""
