"""The command line: `batchmates`."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import structlog
import typer
from sqlalchemy.exc import OperationalError

from bot import logs, settings
from bot.cli_content import content, must_have_a_schema
from bot.cli_judge import judge
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
db = typer.Typer(help="The database: bring it up to date, check it, back it up.", no_args_is_help=True)
app.add_typer(content, name="content")
app.add_typer(db, name="db")
app.add_typer(judge, name="judge")
discord = typer.Typer(help="Discord: the link that invites the bot.", no_args_is_help=True)
app.add_typer(discord, name="discord")
slack = typer.Typer(help="Slack: the manifest of the app.", no_args_is_help=True)
app.add_typer(slack, name="slack")

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
    logs.configure()
    _fits_together(world, kill, headless)
    url = database_url or None
    if not headless:
        from bot.demo.page import show

        page = show(members=members, seed=seed, port=port, fresh=fresh, database_url=url, judge=_settings().judge)
        sys.exit(asyncio.run(page))
    if not kill and processes == 1:
        from bot.demo.headless import run_headless

        told = {"out": sys.stdout, "progress": sys.stderr}
        sys.exit(asyncio.run(run_headless(days=days, members=members, seed=seed, database_url=url, **told)))
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


def _fits_together(world: str, kill: int, headless: bool) -> None:
    from bot.platforms.local.formats import Mode

    if world not in (worlds := [mode.value for mode in Mode]):
        raise SettingsError(f"--world: wanted one of {', '.join(worlds)}")
    if kill and not headless:
        raise SettingsError("--kill: goes with --headless only")


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
    name: Annotated[
        str, typer.Argument(help="core, boards, bank, matching, mastery, pictures, judge, discord or slack")
    ] = "core",
    as_json: AsJson = False,
    repetitions: Annotated[int, typer.Option(min=1, max=200, help="interleaved repetitions")] = 20,
    large: Annotated[bool, typer.Option("--large", help="boards beside ten million rows too; takes long")] = False,
) -> None:
    """Measure, as ratios side by side in one run."""
    from bot import bench as measure

    logs.configure(level=40)
    result = asyncio.run(measure.run(name, repetitions, large=large))
    typer.echo(json.dumps(result, sort_keys=True, indent=None if as_json else 2))


# --- database -----------------------------------------------------------------------------------------------------


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
    must_have_a_schema(given, newest=False)  # an older one is what a host saves before an upgrade
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
def invite(
    with_events: Annotated[
        bool, typer.Option("--with-events", help="ask for Create Events too, for mock event")
    ] = False,
) -> None:
    """Print the link that lets the bot into a server, with exactly the permissions and scopes that it uses."""
    from bot import on_discord

    typer.echo(on_discord.invite(_settings(), with_events=with_events))


@discord.callback()
def _discord() -> None:
    """Discord: the link that invites the bot."""


# --- Slack --------------------------------------------------------------------------------------------------------


@slack.command("manifest")
def manifest(
    name: Annotated[str, typer.Option(help="what members see")] = "Batchmates",
    address: Annotated[str, typer.Option(help="the public https address, for HTTP instead of Socket Mode")] = "",
) -> None:
    """Print the manifest from which an app is created, with exactly the commands, events and scopes that are used."""
    from bot import on_slack

    typer.echo(json.dumps(on_slack.manifest(name, address), indent=2))


@slack.command("seal-anew")
def seal_anew() -> None:
    """Encrypt every workspace's token with the first key of BATCHMATES_SECRET_KEY; then the others can go."""
    from bot import on_slack

    typer.echo(f"{asyncio.run(on_slack.seal_anew(_settings()))} workspaces")


@slack.callback()
def _slack() -> None:
    """Slack: the manifest of the app."""
