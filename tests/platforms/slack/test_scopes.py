"""Each scope taken away in turn, and the manifest held against the calls and the events of a group's days."""

from datetime import timedelta

import pytest

from bot.features.boards.store import ledger
from bot.platforms.slack import access, commands
from tests.platforms.conftest import OpenSlack
from tests.platforms.test_mocks_sessions import met, session
from tests.servers.slack.state import PRIVATE, PUBLIC

pytestmark = pytest.mark.contract
OPEN, PICKED = "result-you-had-to-withdraw", "reading-a-p-value"
HEARD = {
    "app_mention": "app_mentions:read",
    "message.channel": "channels:history",
    "message.group": "groups:history",
    "message.im": "im:history",
    "user_change": "users:read",
    "slash_commands": "commands",
    "shortcut": "commands",
    "message_action": "commands",
}


async def days_of_a_group(open_slack: OpenSlack, kind: str) -> set[str]:
    """Play what a group does; give every scope that was needed for it."""
    async with open_slack(kind=kind) as stage:
        await stage.sets_up()
        await stage.plans(OPEN, PICKED)
        await stage.at("Mon 09:00")
        jonas, aiko = stage.person("Jonas"), stage.person("Aiko")
        await jonas.says("Mine.", in_thread=True)
        await jonas.counts()
        await aiko.mentions("join", thread=stage.thread)
        await aiko.tells("board")
        await aiko.uses(commands.ANSWER)
        await jonas.opens_home()
        await jonas.sends("answer.py", "x = 1")
        await stage.at("Tue 09:00")
        await jonas.presses("C")
        await stage.restarts()
        await stage.at("Wed 09:00")
        await met(stage)
        # An answer that is lost is looked for in the room.
        stage.server.calls.fail_next("chat.postMessage", status=500, after=True)
        await jonas.presses("1 works")
        await stage.until(stage.clock.now() + timedelta(minutes=30))
        await jonas.leaves()
        needed = set(stage.server.needed)
        for told in stage.server.told:
            event = told.payload.get("event", {})
            heard = f"message.{event['channel_type']}" if event.get("type") == "message" else event.get("type")
            needed |= {HEARD[one] for one in (heard, told.kind) if one in HEARD}
            if heard == "member_left_channel":
                needed.add("channels:read" if kind == PUBLIC else "groups:read")
        return needed


async def test_the_manifest_asks_for_what_is_needed_and_for_nothing_else(open_slack: OpenSlack) -> None:
    needed = await days_of_a_group(open_slack, PUBLIC)
    assert set(access.names()) - needed <= {"groups:history", "groups:read"}
    assert needed <= set(access.names())


async def test_a_private_channel_needs_its_own(open_slack: OpenSlack) -> None:
    needed = await days_of_a_group(open_slack, PRIVATE)
    assert set(access.names()) - needed <= {"channels:history", "channels:read"}
    assert needed <= set(access.names())


@pytest.mark.parametrize("scope", [scope for scope in access.SCOPES if scope.name not in {"users:read", "im:write"}])
async def test_what_is_missing_is_named_at_set_up_with_what_stops(open_slack: OpenSlack, scope: access.Scope) -> None:
    async with open_slack(without=frozenset({scope.name})) as stage:
        said = await stage.sets_up()
        assert f"I lack the permission “{scope.name}”: {scope.stops}." in said
        assert said.count("I lack the permission") == 1


async def test_without_files_a_reveal_comes_with_its_picture_as_text(open_slack: OpenSlack) -> None:
    async with open_slack(without=frozenset({"files:write"})) as stage:
        await stage.sets_up()
        await stage.plans(PICKED)
        await stage.at("Mon 09:00")
        await stage.person("Jonas").presses("C")
        await stage.at("Tue 08:00")
        assert "[picture: " in stage.in_thread()
        assert await stage.read(lambda tx: len(tx.execute(ledger.select()).all())) > 0


async def test_without_conversations_of_several_a_mock_interview_goes_by_private_messages(
    open_slack: OpenSlack,
) -> None:
    async with open_slack(without=frozenset({"mpim:write"})) as stage:
        await stage.sets_up()
        await met(stage)
        assert (await session(stage)).room_state == "direct"
        assert stage.person("Jonas").sees("you have been put together")
