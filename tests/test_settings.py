import traceback
from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from bot.settings import Settings, address, hide, read, sqlite_url, unknown

SECRET = "hunter2-correct-horse-battery"
TOKEN = f"MTIzNDU2Nzg5MDEyMzQ1Njc4.{SECRET}.{SECRET}"
GOOD = {
    "BATCHMATES_DATABASE_URL": f"postgresql://batchmates:{SECRET}@db.example/batchmates",
    "BATCHMATES_SECRET_KEY": SECRET * 2,
    "BATCHMATES_WEB": "[::1]:0",
    "BATCHMATES_MEETING_URL": "https://meet.example.org/rooms/",
    "BATCHMATES_LOCAL_WORLD": "localhost:8020",
    "DISCORD_TOKEN": TOKEN,
    "SLACK_BOT_TOKEN": f"xoxb-{SECRET}",
    "SLACK_APP_TOKEN": f"xapp-{SECRET}",
    "SLACK_SIGNING_SECRET": SECRET,
    "SLACK_CLIENT_ID": "123456.789",
    "SLACK_CLIENT_SECRET": SECRET,
}
BAD = {
    "BATCHMATES_DATABASE_URL": f"mysql://root:{SECRET}@db/name",
    "BATCHMATES_CONTENT": "/nowhere/at/all",
    "BATCHMATES_DISCORD_SHARDS": "many",
    "BATCHMATES_SECRET_KEY": "hunter2-short",
    "BATCHMATES_WEB": "hunter2",
    "BATCHMATES_MEETING_URL": "hunter2",
    "BATCHMATES_LOCAL_WORLD": "hunter2.example:8020",
    "DISCORD_TOKEN": "hunter2-discord",
    "SLACK_BOT_TOKEN": f"xapp-{SECRET}",
    "SLACK_APP_TOKEN": SECRET,
    "SLACK_SIGNING_SECRET": "hunter2",
    "SLACK_CLIENT_ID": "hunter2",
    "SLACK_CLIENT_SECRET": "hunter2",
}


def everything_shown(error: BaseException) -> str:
    """An error with all that hangs on it, as a debugger or a log would show it."""
    shown = [str(error), repr(error), *traceback.format_exception(error)]
    for behind in (error.__cause__, error.__context__):
        shown += [str(behind), repr(behind)]
    return "\n".join(shown)


def test_nothing_need_be_set() -> None:
    settings = read({})
    assert settings == Settings.model_validate({})
    assert (settings.database_url, settings.discord_token) == ("sqlite:///batchmates.db", None)
    assert [folder.name for folder in settings.content_folders] == ["content"]


def test_what_is_well_formed_is_read() -> None:
    settings = read(GOOD)
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == TOKEN
    assert settings.database_url == GOOD["BATCHMATES_DATABASE_URL"]


def test_empty_means_not_set_and_other_variables_are_nobodys_business() -> None:
    assert read(dict.fromkeys(GOOD, " ") | {"PATH": "/bin", "DISCORD_TOKENS": "x"}) == read({})


def test_everything_that_is_malformed_is_said_together_by_name() -> None:
    with pytest.raises(SettingsError) as error:
        read(BAD)
    assert sorted(line.split(":")[0] for line in str(error.value).splitlines()) == sorted(BAD)


@pytest.mark.parametrize("name", BAD)
def test_each_one_alone_is_said_and_no_other(name: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(GOOD | {name: BAD[name]})
    (line,) = str(error.value).splitlines()
    assert line.startswith(f"{name}: ")


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://root:{SECRET}@db/name",
        f"postgresql://u:p@{SECRET}:{SECRET}@db/name",
        f"postgresql://u:{SECRET}",
        f"{SECRET}",
        "://",
        f"postgresql+nothing://u:{SECRET}@db:port/name",
    ],
)
def test_a_malformed_database_url_is_refused_without_saying_it_back(url: str) -> None:
    with pytest.raises(SettingsError, match="BATCHMATES_DATABASE_URL: wanted a database URL such as") as error:
        read({"BATCHMATES_DATABASE_URL": url})
    assert SECRET not in everything_shown(error.value)


def test_no_error_shows_a_secret() -> None:
    with pytest.raises(SettingsError) as error:
        read(BAD)
    assert "hunter2" not in everything_shown(error.value)


def test_every_fault_is_told_in_our_words() -> None:
    with pytest.raises(SettingsError) as error:
        read(BAD)
    for line in str(error.value).splitlines():
        assert line.partition(": ")[2].startswith("wanted ")
        assert "validation" not in line


@pytest.mark.parametrize(
    "token",
    [
        TOKEN.rpartition(".")[0],  # its last part is missing
        TOKEN + ".more",
        TOKEN[:49],
        "bm90IGEgbnVtYmVy" + TOKEN[TOKEN.index(".") :],
        "é" + TOKEN,
        "." + TOKEN,
    ],
)
def test_what_has_not_the_form_of_a_token_of_discord_is_refused(token: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^DISCORD_TOKEN: wanted a bot token of Discord, which has three parts"
    ) as error:
        read({"DISCORD_TOKEN": token})
    assert SECRET not in everything_shown(error.value)


@pytest.mark.parametrize("given", ["0", "10001", "-1", "1.5", "two"])
def test_a_number_of_shards_is_a_whole_one(given: str) -> None:
    with pytest.raises(SettingsError, match=r"^BATCHMATES_DISCORD_SHARDS: wanted a whole number from 1 to 10000$"):
        read({"BATCHMATES_DISCORD_SHARDS": given})


def test_a_name_that_is_nearly_a_setting_is_told_with_the_one_that_was_meant() -> None:
    given = {"BATCHMATES_DATABASE": "x", "BATCHMATES_QQ": "", "BATCHMATES_TEST_POSTGRES": "x", "PATH": "/bin", **GOOD}
    assert list(unknown(given)) == [
        "BATCHMATES_DATABASE is no setting; is BATCHMATES_DATABASE_URL meant?",
        "BATCHMATES_QQ is no setting",
    ]


def test_settings_show_no_secret() -> None:
    settings = read(GOOD)
    shown = f"{settings!r} {settings} {settings.model_copy()!r}"
    assert "hunter2" not in shown
    assert "discord_token" in shown


def test_a_database_url_is_shown_without_its_password() -> None:
    assert hide(GOOD["BATCHMATES_DATABASE_URL"]) == "postgresql://batchmates:***@db.example/batchmates"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read({}).content = "/tmp"


def test_a_hosts_own_folders_come_first(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    folders = read({"BATCHMATES_CONTENT": f"{one}:{two}"}).content_folders
    assert [folder.name for folder in folders] == ["one", "two", "content"]


@pytest.mark.parametrize(
    ("given", "read_as"),
    [("127.0.0.1:8018", ("127.0.0.1", 8018)), ("[::1]:0", ("::1", 0)), ("bot.example:65535", ("bot.example", 65535))],
)
def test_an_address_is_parted(given: str, read_as: tuple[str, int]) -> None:
    assert address(given) == read_as
    assert read({"BATCHMATES_WEB": given}).web == given


@pytest.mark.parametrize("given", ["8018", ":8018", "host:", "host:x", "host:65536", "host:-1", "host:１"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="BATCHMATES_WEB: wanted host:port"):
        read({"BATCHMATES_WEB": given})


@pytest.mark.parametrize("given", ["0.0.0.0:8020", "192.168.0.7:8020", "world.example:8020", "127.0.0.1:0"])
def test_a_local_world_is_on_this_machine(given: str) -> None:
    with pytest.raises(SettingsError, match=r"BATCHMATES_LOCAL_WORLD: wanted 127\.0\.0\.1 or localhost"):
        read({"BATCHMATES_LOCAL_WORLD": given})


@pytest.mark.parametrize("name", ["a b.db", "ünï.db", "50%.db", "a?b#c.db"])
def test_any_file_name_becomes_a_url(tmp_path: Path, name: str) -> None:
    url = sqlite_url(tmp_path / name)
    assert read({"BATCHMATES_DATABASE_URL": url}).database_url == url
