"""Commands, forms and answers as Discord wants them: in time, in private, and never lost."""

import asyncio

import pytest

from bot.core.commands import Catalogue, Feature, command
from bot.core.events import Event
from bot.core.ports import Answer
from bot.platforms.discord import commands
from tests.platforms.conftest import OpenDiscord
from tests.platforms.discord.stage import DiscordStage
from tests.servers.discord import rules
from tests.servers.discord.interactions import DEFERRED

pytestmark = pytest.mark.contract


def slowly(stage: DiscordStage, seconds: float) -> None:
    """Let the house take its time with the next event."""
    handle = stage.platform._hearing._handle
    assert handle is not None

    async def slow(event: Event) -> Answer:
        stage.platform._hearing._handle = handle
        await asyncio.sleep(seconds)
        return await handle(event)

    stage.platform._hearing._handle = slow


async def test_slow_work_is_deferred_in_private_and_answered_later(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        slowly(stage, 1.8)
        aiko = stage.person("Aiko")
        assert "What you can do here" in await aiko.types("/help")
        assert aiko.last is not None
        assert aiko.last.response["type"] == DEFERRED
        assert all(message.only_for == aiko.user.id for message in aiko.last.said)


async def test_a_form_that_comes_too_late_waits_behind_a_button(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("result-you-had-to-withdraw")
        await stage.at("Mon 09:00")
        slowly(stage, 1.8)
        jonas = stage.person("Jonas")
        assert "[Open the form]" in await jonas.presses("Answer")
        await jonas.presses("Open the form")
        assert "Recorded: In the end." in await jonas.fills("In the end.")


async def test_the_button_of_a_late_form_does_again_what_brought_it_after_a_restart(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("result-you-had-to-withdraw")
        await stage.at("Mon 09:00")
        slowly(stage, 1.8)
        jonas = stage.person("Jonas")
        await jonas.presses("Answer")
        await stage.restarts()
        assert "Your answer" in await jonas.presses("Open the form")
        assert "Recorded: In the end." in await jonas.fills("In the end.")


async def test_what_was_typed_into_a_form_comes_back_with_what_is_wrong(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.person("Mira").types("/setup")
        said = await stage.person("Mira").fills(zone="Berlin", at="9.30")
        assert "Did you mean Europe/Berlin?" in said
        again = await stage.person("Mira").presses("Try again")
        assert "Time zone of the group = Berlin; Time of the question = 9.30" in again


async def test_a_form_that_cannot_be_read_after_a_restart_says_what_was_typed(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        mira = stage.person("Mira")
        await mira.types("/setup")
        await stage.restarts()
        await mira.fills(zone="Berlin", at="9.30")
        assert mira.sees("Did you mean Europe/Berlin?")
        assert mira.sees("as you typed it: Berlin")
        assert mira.sees("as you typed it: 9.30")


async def test_who_acts_twice_is_answered_twice_in_order(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("reading-a-p-value")
        await stage.at("Mon 09:00")
        slowly(stage, 1.6)
        jonas, post = stage.person("Jonas"), stage.questions[-1]
        ids = [item["custom_id"] for item in rules.walk(post.components) if item.get("label") in ("A", "B")]
        acts = [stage.server.user_clicks(jonas.user, post, id) for id in ids]
        for act in acts:
            await jonas._waits_for(act)
        await stage.settles()
        assert stage.server.late == []
        assert "Your answer: B" in await jonas.presses("My result")


async def test_options_complete_while_they_are_typed(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        jonas = stage.person("Jonas")
        assert "Europe/Berlin" in await jonas.completes("study settings", "zone", "berl")
        assert len(await jonas.completes("study settings", "zone", "")) == 25
        assert "Hypothesis tests" in await jonas.completes("study board", "topic", "hypoth")
        assert "reading-a-p-value" in await jonas.completes("study-admin swap", "question", "p-value")
        assert await jonas.completes("study board", "topic", "no such topic") == []


async def test_the_home_may_be_picked_instead_of_the_place_where_the_command_is_run(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        mira = stage.person("Mira")
        other = stage.server.make_channel(stage.guild, "quiet")
        await stage.restarts()
        run = stage.server.user_runs(mira.user, stage.here, "study-admin setup", channel=other.id)
        await mira._answered(run)
        said = await mira.fills(zone="Europe/Berlin")
        assert "The group is set up." in said
        tours = [m.channel for m in stage.server.messages.values() if "This is now a study group" in stage.words_of(m)]
        assert tours == [other.id]
        assert "The next 14 questions" in await mira.presses("See what is planned")


async def test_one_person_on_two_servers_leaves_one_of_them(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        jonas = stage.person("Jonas")
        await jonas.types("/join")
        other = stage.server.found_guild(
            "Other", stage.person("Mira").user, type(stage.server.needed)(stage.guild.bot_may)
        )
        stage.server.user_joins(jonas.user, other)
        stage.server.user_leaves(jonas.user, other)
        await stage.settles()
        assert "Your settings" in await jonas.types("/settings")


async def test_commands_are_registered_once_and_again_only_when_they_change(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.restarts()
        assert len(stage.server.calls.of("PUT /applications")) == 1
        stage.server.commands.pop()
        await stage.restarts()
        assert len(stage.server.calls.of("PUT /applications")) == 2


async def test_a_command_of_two_words_becomes_a_group_and_needed_options_come_first() -> None:
    @command("mock join", help="Join the round.")
    async def join(ask: object, kind: str = "", level: int = 1) -> None: ...

    @command("story add", help="x" * 200)
    async def add(ask: object, later: bool = False, *, text: str) -> None: ...

    declared = Feature("mocks", (join._batchmates_declared[0], add._batchmates_declared[0]))  # type: ignore[attr-defined]
    made = commands.payload(Catalogue([declared]))
    rules.check_commands(made)
    groups = {option["name"]: option for option in made[0]["options"]}
    assert groups["mock"]["options"][0]["name"] == "join"
    assert [one["type"] for one in groups["mock"]["options"][0]["options"]] == [3, 4]
    assert [one["name"] for one in groups["story"]["options"][0]["options"]] == ["text", "later"]


async def test_a_bug_of_ours_is_told_to_whoever_waits(
    open_discord: OpenDiscord, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise KeyError("a member's words")

    async with open_discord() as stage:
        await stage.sets_up()
        with monkeypatch.context() as broken:
            broken.setattr("bot.platforms.discord.answers.opener_of", breaks)
            assert "Something went wrong" in await stage.person("Mira").types("/setup")
        assert "event_not_taken error=KeyError at=test_interactions.py" in caplog.text
        assert "a member's words" not in caplog.text


async def test_an_answer_that_comes_after_discord_stopped_waiting_has_had_its_effect(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("reading-a-p-value")
        await stage.at("Mon 09:00")
        jonas = stage.person("Jonas")
        stage.server.calls.fail_next(r"POST /interactions", 404, {"code": 10062, "message": "Unknown interaction"})
        (button,) = [one for one in rules.walk(stage.questions[-1].components) if one.get("label") == "A"]
        stage.server.user_clicks(jonas.user, stage.questions[-1], button["custom_id"])
        await stage.settles()
        assert "Your answer: A" in await jonas.presses("My result")


async def test_the_organisers_command_is_for_those_who_manage_the_server(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        (organisers,) = [one for one in stage.server.commands if one["name"] == "study-admin"]
        assert organisers["default_member_permissions"] == "32"
        said = await stage.person("Jonas").types("/setup")
        assert "Setting up is for those who may manage this place." in said
