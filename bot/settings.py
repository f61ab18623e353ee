"""Settings, read once from a mapping that is handed in; whatever is wrong is said together, by name."""

import base64
import difflib
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import SettingsError
from bot.judge.backends import Backend
from bot.resources import folder

PREFIX = "BATCHMATES_"
OF_DEVELOPERS = ("BATCHMATES_TEST_", "BATCHMATES_BENCH_")  # read by tests and measurements only
HIGHEST_PORT = 65535
MOST_SHARDS = 10_000
MOST_WORKERS = 64
SHORTEST_DISCORD_TOKEN = 50  # characters; the shortest that are known have 59


def _database_url(value: str) -> str:
    try:
        backend = make_url(value).get_backend_name()
    except (ArgumentError, ValueError):  # a ValueError of its own where the port is no number
        backend = ""
    if backend not in {"sqlite", "postgresql"}:
        # The value may hold a password, so it is not said back.
        raise ValueError("wanted a database URL such as sqlite:///batchmates.db or postgresql://user@host/name")
    return value


def _folders(value: str) -> str:
    for part in filter(None, value.split(":")):
        if not Path(part).is_dir():
            raise ValueError(f"wanted folders, parted by ':'; there is no folder {part!r}")
    return value


def address(value: str) -> tuple[str, int]:
    """Part `host:port`; an IPv6 host stands in brackets. Raises `ValueError` where it is no address."""
    host, _, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or int(port) > HIGHEST_PORT:
        raise ValueError("wanted host:port, such as 127.0.0.1:8018")
    return host, int(port)


def _address(value: str) -> str:
    address(value)
    return value


def _loopback(value: str) -> str:
    host, port = address(value)
    try:
        here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        here = False
    if not here or not port:
        raise ValueError("wanted 127.0.0.1 or localhost, and the port of the local world that was started there")
    return value


def _meeting_url(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s?#@]+(/[^\s?#]*)?", value):
        raise ValueError("wanted the address of a meeting server, such as https://meet.example.org/")
    return value


def _token(start: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(start):
            raise ValueError(f"wanted a token that starts with {start}")
        return value

    return AfterValidator(check)


def _secret_key(value: SecretStr) -> SecretStr:
    # Several, with commas between, where a new one is put in front of an old one.
    if any(len(part.strip()) < 32 for part in value.get_secret_value().split(",")):
        raise ValueError("wanted at least 32 characters, such as the output of: openssl rand -base64 32")
    return value


def _discord_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    first, *others = token.split(".")
    try:
        application = base64.b64decode(first + "=" * (-len(first) % 4), validate=True)
    except ValueError:
        application = b""
    if not application.isdigit() or len(others) != 2 or not all(others) or len(token) < SHORTEST_DISCORD_TOKEN:
        raise ValueError("wanted a bot token of Discord, which has three parts with dots between")
    return value


def _backend(value: object) -> object:
    names = [backend.value for backend in Backend]
    if value not in names:
        raise ValueError(f"wanted one of {', '.join(names)}")
    return value


def _workers(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal()) or int(text) > MOST_WORKERS:
        raise ValueError(f"wanted a number of programs to run at once, at most {MOST_WORKERS}; 0 for one a core")
    return int(text)


def _long(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:
        raise ValueError("wanted all of it, as it stands under Basic Information of the Slack app")
    return value


def _client_id(value: str) -> str:
    if not re.fullmatch(r"\d+\.\d+", value):
        raise ValueError("wanted two numbers with a dot between, as under Basic Information of the Slack app")
    return value


def _shard_count(value: object) -> object:
    number = str(value).strip()
    if not number.isdecimal() or not 1 <= int(number) <= MOST_SHARDS:
        raise ValueError(f"wanted a whole number from 1 to {MOST_SHARDS}")
    return int(number)


def _shards(value: str) -> str:
    _shard_numbers(value)
    return value


def _shard_numbers(value: str) -> list[int]:
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in value.split(","))):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
            raise ValueError("wanted numbers of shards, such as 0-3 or 0,2,5")
        found.update(range(int(first), int(last) + 1))
    return sorted(found)


class Settings(BaseModel):
    """What a host sets; every field is an environment variable of the same name in capitals."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        "sqlite:///batchmates.db",
        alias="BATCHMATES_DATABASE_URL",
        repr=False,  # it may hold a password
    )
    content: Annotated[str, AfterValidator(_folders)] = Field("", alias="BATCHMATES_CONTENT")
    web: Annotated[str, AfterValidator(_address)] = Field("127.0.0.1:8018", alias="BATCHMATES_WEB")
    public_url: str | None = Field(None, alias="BATCHMATES_PUBLIC_URL", pattern=r"^https://[^/\s]+$")
    meeting_url: Annotated[str, AfterValidator(_meeting_url)] | None = Field(None, alias="BATCHMATES_MEETING_URL")
    judge: Annotated[Backend, BeforeValidator(_backend)] = Field(Backend.auto, alias="BATCHMATES_JUDGE")
    judge_workers: Annotated[int, BeforeValidator(_workers)] = Field(0, alias="BATCHMATES_JUDGE_WORKERS")
    local_world: Annotated[str, AfterValidator(_loopback)] | None = Field(None, alias="BATCHMATES_LOCAL_WORLD")
    secret_key: Annotated[SecretStr, AfterValidator(_secret_key)] | None = Field(None, alias="BATCHMATES_SECRET_KEY")
    discord_token: Annotated[SecretStr, AfterValidator(_discord_token)] | None = Field(None, alias="DISCORD_TOKEN")
    discord_shards: Annotated[int, BeforeValidator(_shard_count)] | None = Field(
        None, alias="BATCHMATES_DISCORD_SHARDS"
    )
    discord_shard_ids: Annotated[str, AfterValidator(_shards)] = Field("", alias="BATCHMATES_DISCORD_SHARD_IDS")
    slack_bot_token: Annotated[SecretStr, _token("xoxb-")] | None = Field(None, alias="SLACK_BOT_TOKEN")
    slack_app_token: Annotated[SecretStr, _token("xapp-")] | None = Field(None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_long)] | None = Field(None, alias="SLACK_SIGNING_SECRET")
    slack_client_id: Annotated[str, AfterValidator(_client_id)] | None = Field(None, alias="SLACK_CLIENT_ID")
    slack_client_secret: Annotated[SecretStr, AfterValidator(_long)] | None = Field(None, alias="SLACK_CLIENT_SECRET")

    @property
    def discord_shard_numbers(self) -> list[int] | None:
        """The shards of this process; None for all of them."""
        return _shard_numbers(self.discord_shard_ids) or None

    @property
    def content_folders(self) -> list[Path]:
        """The host's own folders first, the public bank last."""
        return [*(Path(part) for part in self.content.split(":") if part), folder("content")]


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raise `SettingsError` that names everything which is malformed. Empty means not set."""
    given = {name: value for name, value in environment.items() if value.strip()}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, fault['loc'][:1]))}: {_said(fault['msg'])}" for fault in error.errors()]
    # Raised out here, where it has no context: that would show the values, which may be secrets.
    raise SettingsError("\n".join(lines))


def unknown(environment: Mapping[str, str]) -> Iterator[str]:
    """What is set under a name of ours that means nothing, each in one line, with the name that was meant."""
    names = [field.alias for field in Settings.model_fields.values() if field.alias]
    ours = [name for name in names if name.startswith(PREFIX)]
    for name in sorted(environment):
        if name.startswith(PREFIX) and not name.startswith(OF_DEVELOPERS) and name not in names:
            near = difflib.get_close_matches(name.removeprefix(PREFIX), [n.removeprefix(PREFIX) for n in ours], n=1)
            yield f"{name} is no setting" + (f"; is {PREFIX}{near[0]} meant?" if near else "")


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def hide(url: str) -> str:
    """A database URL without its password, to be shown."""
    # What stands behind the '?' may be a password too.
    return make_url(url).set(query={}).render_as_string(hide_password=True)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{quote(str(path))}"
