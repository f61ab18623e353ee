"""Settings, read once from a mapping that is handed in; whatever is wrong is said together, by name."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import SettingsError
from bot.resources import folder

PREFIX = "BATCHMATES_"
HIGHEST_PORT = 65535


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
        raise ValueError("wanted host:port of this machine, such as 127.0.0.1:8020")
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
    local_world: Annotated[str, AfterValidator(_loopback)] | None = Field(None, alias="BATCHMATES_LOCAL_WORLD")
    secret_key: Annotated[SecretStr, AfterValidator(_secret_key)] | None = Field(None, alias="BATCHMATES_SECRET_KEY")
    discord_token: SecretStr | None = Field(None, alias="DISCORD_TOKEN", min_length=50)
    discord_shards: int | None = Field(None, alias="BATCHMATES_DISCORD_SHARDS", ge=1, le=10_000)
    discord_shard_ids: Annotated[str, AfterValidator(_shards)] = Field("", alias="BATCHMATES_DISCORD_SHARD_IDS")
    slack_bot_token: Annotated[SecretStr, _token("xoxb-")] | None = Field(None, alias="SLACK_BOT_TOKEN")
    slack_app_token: Annotated[SecretStr, _token("xapp-")] | None = Field(None, alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET", min_length=16)
    slack_client_id: str | None = Field(None, alias="SLACK_CLIENT_ID", pattern=r"^\d+\.\d+$")
    slack_client_secret: SecretStr | None = Field(None, alias="SLACK_CLIENT_SECRET", min_length=16)

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


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def hide(url: str) -> str:
    """A database URL without its password, to be shown."""
    # What stands behind the '?' may be a password too.
    return make_url(url).set(query={}).render_as_string(hide_password=True)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{quote(str(path))}"
