"""Every dialogue of the house once more on Discord and Slack; on the local one they are played beside their text."""

import pytest

from tests.dialogues.runner import Dialogue, Player
from tests.dialogues.test_dialogues import ALL
from tests.platforms.conftest import OpenDiscord, OpenSlack

pytestmark = pytest.mark.contract


@pytest.mark.parametrize("dialogue", ALL, ids=[f"discord {d.file.stem}: {d.name}" for d in ALL])
async def test_the_conversation_goes_like_this(open_discord: OpenDiscord, dialogue: Dialogue) -> None:
    async with open_discord() as stage:
        if not dialogue.begins_empty:
            await stage.sets_up()
        await Player(stage, dialogue).play()


@pytest.mark.parametrize(
    ("dialogue", "over_http"),
    [
        pytest.param(dialogue, way == "http", id=f"slack-{way} {dialogue.file.stem}: {dialogue.name}")
        for way in ("socket", "http")
        for dialogue in ALL
    ],
)
async def test_the_conversation_goes_like_this_on_slack(
    open_slack: OpenSlack, dialogue: Dialogue, over_http: bool
) -> None:
    async with open_slack(over_http=over_http) as stage:
        if not dialogue.begins_empty:
            await stage.sets_up()
        await Player(stage, dialogue).play()
