"""The platforms on which every scenario is played; a test's id says which."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.bank.load import Bank
from tests.ground import Ground, OnSqlite
from tests.platforms.discord.stage import DiscordStage
from tests.platforms.slack.stage import SlackStage
from tests.servers.discord.contract import Contract, absent
from tests.servers.slack.contract import SlackContract
from tests.servers.slack.contract import absent as slack_absent
from tests.stage import Stage

AnyStage = Stage | DiscordStage | SlackStage


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """SQLite alone: the scenarios need nothing but this machine, and the stories are told on both databases."""
    return OnSqlite(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Discord's published descriptions."""
    if why := absent():
        pytest.skip(why)
    return Contract.load()


@pytest.fixture(scope="session")
def slack_contract() -> SlackContract:
    """Slack's published types."""
    if why := slack_absent():
        pytest.skip(why)
    return SlackContract.load()


PLATFORMS = [
    pytest.param("local", id="local"),
    pytest.param("discord", id="discord", marks=pytest.mark.contract),
    pytest.param("discord-forum", id="discord-forum", marks=pytest.mark.contract),
    pytest.param("slack-socket", id="slack-socket", marks=pytest.mark.contract),
    pytest.param("slack-http", id="slack-http", marks=pytest.mark.contract),
]


@pytest.fixture(params=PLATFORMS)
async def stage(request: pytest.FixtureRequest, tmp_path: Path, bank: Bank, ground: Ground) -> AsyncIterator[AnyStage]:
    """A channel with Mira, Jonas, Aiko and Tom in it, and the bot; nobody has run setup."""
    if request.param == "local":
        local = await Stage.open(tmp_path, bank, ground)
        yield local
        await local.stops()
        assert local.errors == 0
        return
    if request.param.startswith("slack"):
        held_to = request.getfixturevalue("slack_contract")
        slack = await SlackStage.open(tmp_path, bank, ground, held_to, over_http=request.param == "slack-http")
        yield slack
        await slack.closes()
        return
    contract: Contract = request.getfixturevalue("contract")
    discord = await DiscordStage.open(tmp_path, bank, ground, contract, forum=request.param == "discord-forum")
    yield discord
    await discord.closes()


@pytest.fixture
async def group(stage: AnyStage) -> AnyStage:
    """The same with a group: a question at nine in Berlin, Monday to Friday."""
    await stage.sets_up()
    return stage


OpenDiscord = Callable[..., AbstractAsyncContextManager[DiscordStage]]


@pytest.fixture
def open_discord(tmp_path: Path, bank: Bank, ground: Ground, contract: Contract) -> OpenDiscord:
    """Open a stage on Discord in another way than the usual one."""

    @asynccontextmanager
    async def opened(**how: object) -> AsyncIterator[DiscordStage]:
        stage = await DiscordStage.open(tmp_path, bank, ground, contract, **how)  # type: ignore[arg-type]
        try:
            yield stage
        finally:
            await stage.closes()

    return opened


OpenSlack = Callable[..., AbstractAsyncContextManager[SlackStage]]


@pytest.fixture
def open_slack(tmp_path: Path, bank: Bank, ground: Ground, slack_contract: SlackContract) -> OpenSlack:
    """Open a stage on Slack in another way than the usual one."""

    @asynccontextmanager
    async def opened(**how: object) -> AsyncIterator[SlackStage]:
        stage = await SlackStage.open(tmp_path, bank, ground, slack_contract, **how)  # type: ignore[arg-type]
        try:
            yield stage
        finally:
            await stage.closes()

    return opened
