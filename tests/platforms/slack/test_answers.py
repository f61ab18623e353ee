"""How acts are answered: mentions, messages to the bot, shortcuts, the home, forms that come late."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.core.errors import DeliveryError, Refusal
from bot.core.refs import GroupId
from bot.features.answers.store import answers
from bot.features.members import store as members
from bot.platforms.slack import commands
from bot.platforms.slack.acts import ACK_AFTER, TO_SHOW
from tests.platforms.conftest import OpenSlack
from tests.platforms.slack.stage import SlackStage
from tests.platforms.slack.words import words
from tests.servers.slack.interactions import TRIGGER_SECONDS, Act
from tests.servers.slack.state import PRIVATE, View

pytestmark = pytest.mark.contract
AT_ONCE = 0.01  # seconds; how late an acknowledgement comes is a constant, which a test of its own looks at
PICKED, OPEN = "reading-a-p-value", "result-you-had-to-withdraw"


async def asks(stage: SlackStage, question: str = PICKED) -> None:
    await stage.sets_up()
    await stage.plans(question)
    await stage.at("Mon 09:00")


def seen(stage: SlackStage, view: View) -> str:
    return words(view.body["blocks"], stage.zone)


async def test_a_command_is_typed_after_the_bot_s_name_in_a_thread(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage, OPEN)
        jonas = stage.person("Jonas")
        assert await jonas.mentions("join", thread=stage.thread)
        told = stage.server.message_of(jonas.user.id, 0)[-1]
        assert (told.thread_ts, told.only_for) == (stage.thread, jonas.user.id)
        assert "There is no command “borad”. Did you mean board" in await jonas.mentions("borad")
        assert "You have not answered this one" in await jonas.presses("My result")  # a command is no answer


async def test_a_command_is_typed_as_a_message_to_the_bot(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage)
        jonas = stage.person("Jonas")
        await jonas.types("join")
        assert "Reading a p-value" in await jonas.tells("question")
        assert "There is no command “hello”" in await jonas.tells("hello there")


async def test_a_form_that_a_message_cannot_open_comes_by_a_button(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage)
        said = await stage.person("Mira").mentions("admin swap")
        assert "[Open the form]" in said
        asked = await stage.person("Mira").presses("Open the form")
        assert asked.startswith("Swap Give a date another question. | Date = ; Question =")


async def test_the_shortcut_shows_the_question_in_a_modal_in_which_it_is_answered(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage)
        jonas = stage.person("Jonas")
        await jonas.types("join")
        await jonas.uses(commands.ANSWER)
        assert "Reading a p-value" in seen(stage, jonas.shown)
        await jonas.presses_in_view(jonas.shown, "C")
        assert "Recorded: C" in seen(stage, jonas.shown)
        assert "Your answer: C" in await jonas.presses("My result")


async def test_a_form_on_top_of_a_modal_ends_in_its_answer(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage, OPEN)
        jonas = stage.person("Jonas")
        await jonas.types("join")
        await jonas.uses(commands.ANSWER)
        await jonas.presses_in_view(jonas.shown, "Answer")
        await jonas.fills("I said so to everybody.")
        assert "Recorded: I said so to everybody." in seen(stage, jonas.shown)


async def test_the_home_shows_question_board_and_set_up_to_organisers(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage)
        mira, jonas = stage.person("Mira"), stage.person("Jonas")
        await jonas.types("join")
        await mira.types("join")
        home = seen(stage, await jonas.opens_home())
        assert "Reading a p-value" in home
        assert "The board" in home
        assert "For organisers" not in home
        assert "For organisers" in seen(stage, await mira.opens_home())
        await jonas.presses_in_view(stage.server.homes[jonas.user.id], "Settings")
        assert "time zone" in seen(stage, jonas.shown).lower()


async def test_a_home_that_is_open_follows_what_its_owner_does(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage, OPEN)
        jonas, aiko = stage.person("Jonas"), stage.person("Aiko")
        await jonas.types("join")
        await jonas.opens_home()
        await stage.at("Mon 09:00")
        published = len(stage.server.calls.of("views.publish"))
        await jonas.types("help")
        await aiko.types("join")
        assert len(stage.server.calls.of("views.publish")) == published  # nothing changed; nobody looks
        await jonas.types("leave")
        assert "There is no study group here" in seen(stage, stage.server.homes[jonas.user.id])
        await jonas.presses("Answer")
        await jonas.fills("By a form.")
        assert "There is no study group here" not in seen(stage, stage.server.homes[jonas.user.id])


async def test_a_button_of_a_home_from_before_a_restart_makes_it_anew(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage)
        jonas = stage.person("Jonas")
        await jonas.opens_home()
        await stage.restarts()
        published = len(stage.server.calls.of("views.publish"))
        await jonas.presses_in_view(stage.server.homes[jonas.user.id], "What can I do?")
        assert len(stage.server.calls.of("views.publish")) == published + 1


async def test_the_home_of_somebody_without_a_group_says_what_there_is(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        assert "There is no study group" in seen(stage, await stage.person("Tom").opens_home())


async def test_a_handler_that_takes_longer_than_slack_waits_is_answered_after(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage)
        slow(stage)
        jonas = stage.person("Jonas")
        assert await jonas.types("join")
        assert jonas.last is not None
        assert jonas.last.acked.is_set()


async def test_a_form_whose_trigger_has_gone_comes_by_a_button(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        quickly = slow(stage, expires=True)
        said = await stage.person("Mira").types("setup")
        assert "[Open the form]" in said
        quickly()
        assert "Set up the study group" in await stage.person("Mira").presses("Open the form")


async def test_a_form_that_is_read_slowly_waits_and_keeps_what_was_typed(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        mira = stage.person("Mira")
        await mira.types("setup")
        quickly = slow(stage)
        await mira.fills({"Time zone of the group": "UTC+2", "Level of the group": "senior"})
        shown = mira.shown.body
        assert "Wanted a time zone by name" in words(shown["blocks"], stage.zone)
        zone = next(block for block in shown["blocks"] if block.get("block_id") == "zone")
        assert zone["element"]["initial_value"] == "UTC+2"
        quickly()
        assert "The group is set up." in await mira.fills({"Time zone of the group": "Europe/Berlin"})


@pytest.mark.parametrize("way", ["slowly", "not at all"])
async def test_a_shortcut_is_answered_where_the_private_conversation_cannot_be_opened(
    open_slack: OpenSlack, way: str
) -> None:
    async with open_slack() as stage:
        await asks(stage)
        jonas = stage.person("Jonas")
        await jonas.types("join")
        stage.platform._acts._ack_after = AT_ONCE
        workspace = await stage.platform._workspaces.of(stage.team.id)
        workspace.direct.clear()
        if way == "slowly":
            await workspace.pace.hold(stage.team.id, "conversations.open", "", 0.5)
        else:
            stage.server.calls.fail_next("conversations.open", "missing_scope")
        await jonas.uses(commands.ANSWER)
        assert "Reading a p-value" in seen(stage, jonas.shown)


@pytest.mark.parametrize("way", ["slowly", "not at all"])
async def test_an_answer_that_a_modal_cannot_show_in_time_still_arrives(
    open_slack: OpenSlack, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr("bot.platforms.slack.acts.TO_SHOW", AT_ONCE)
    async with open_slack() as stage:
        await asks(stage, OPEN)
        jonas = stage.person("Jonas")
        await jonas.types("join")
        await jonas.uses(commands.ANSWER)
        await jonas.presses_in_view(jonas.shown, "Answer")
        show = stage.platform._answers.acknowledgement

        async def drawn(origin: Any, reply: Any) -> Any:
            if way == "not at all":
                raise DeliveryError(Refusal.busy, "no upload")
            await newest(stage).acked.wait()
            return await show(origin, reply)

        stage.platform._answers.acknowledgement = drawn  # type: ignore[method-assign]
        stage.platform._acts._ack_after = AT_ONCE
        await jonas.fills("Late, and here.")
        here = seen(stage, jonas.shown) + " ".join(jonas.reads())
        assert "Recorded: Late, and here." in here


def newest(stage: SlackStage) -> Act:
    """What somebody did last."""
    return list(stage.server.acts.values())[-1]


def slow(stage: SlackStage, *, expires: bool = False) -> Callable[[], None]:
    """Let every handler take longer than its acknowledgement, and maybe than its trigger lives; give what ends that.

    A handler that waits for the acknowledgement never ends where the acknowledgement waits for the handler.
    """
    handle, ack_after = stage.app.dispatcher.handle, stage.platform._acts._ack_after

    async def slowly(event: Any) -> Any:
        act = newest(stage)
        await act.acked.wait()
        act.at -= TRIGGER_SECONDS if expires else 0.0
        return await handle(event)

    def quickly() -> None:
        stage.platform._handle, stage.platform._acts._ack_after = handle, ack_after

    stage.platform._handle, stage.platform._acts._ack_after = slowly, AT_ONCE
    return quickly


def test_an_act_is_acknowledged_well_within_the_three_seconds_that_slack_waits() -> None:
    assert ACK_AFTER + TO_SHOW <= 2.5


async def test_a_modal_that_is_sent_late_is_still_answered_in_the_channel(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage, OPEN)
        jonas = stage.person("Jonas")
        await jonas.presses("Answer")
        stage.clock.set(stage.moment("Mon 10:00"))  # the address of the button has expired
        assert "Recorded: Late." in await jonas.fills("Late.")
        assert stage.server.calls.of("chat.postEphemeral")


async def test_where_the_bot_is_not_in_the_channel_the_command_is_answered_all_the_same(open_slack: OpenSlack) -> None:
    async with open_slack(kind=PRIVATE) as stage:
        stage.here.people.discard(stage.team.bot)
        said = await stage.person("Mira").types("help")
        assert "question" in said
        said = await stage.sets_up()
        assert "I lack the permission “membership of this channel: /invite the bot”" in said


async def test_a_guest_and_a_plain_member_do_not_set_up(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        guest = stage.comes("Gwen")
        guest.user.guest = guest.user.admin = True
        for who in (guest, stage.person("Tom")):
            assert "Set up the study group" not in await who.types("setup")


async def test_a_button_from_long_before_works_after_a_restart_and_an_act_told_twice_has_one_answer(
    open_slack: OpenSlack,
) -> None:
    async with open_slack() as stage:
        await asks(stage)
        await stage.restarts()
        jonas = stage.person("Jonas")
        assert "Recorded: C" in await jonas.presses("C")
        mark = len(stage.transcript.lines)
        told = stage.server.told[-1]
        stage.server.send(next(t for t in reversed(stage.server.told) if t.kind == "block_actions"))
        await stage.settles()
        assert told.statuses
        assert stage.transcript.lines[mark:] == []


async def test_words_of_a_member_travel_as_they_were_typed(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage, OPEN)
        typed = "a < b && c > d <!channel> *no* _markup_ `x` &lt; @here"
        await stage.person("Jonas").says(typed, in_thread=True)
        assert typed in await stage.person("Jonas").presses("My result")
        last = stage.server.message_of(stage.person("Jonas").user.id, 0)[-1]
        assert "<!channel>" not in last.text
        assert "&lt;!channel&gt;" in last.text


async def test_a_name_that_slack_does_not_tell_is_no_new_one(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asks(stage, OPEN)
        jonas, aiko = stage.person("Jonas"), stage.person("Aiko")
        await jonas.types("/join")
        for one in (jonas, aiko):
            stage.platform._people.forget(stage.team.id, one.user.id)
        for _ in range(20):
            stage.server.calls.fail_next("users.info", "internal_error")
        await jonas.says("One answer.", in_thread=True)
        await aiko.says("Another answer.", in_thread=True)
        names = [one.name for one in await stage.read(members.active, GroupId(1))]
        assert names == ["Mira", "Jonas", "somebody"]


async def test_a_thread_that_is_read_back_does_not_wait_for_everybodys_name(
    open_slack: OpenSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.slack.deliver.NAMES_WITHIN", 0.2)
    monkeypatch.setattr("bot.jobs.readback.LONGEST_READ", 1.5)
    async with open_slack() as stage:
        await asks(stage, OPEN)
        await stage.stops()
        people = [stage.comes(f"person {number}") for number in range(6)]
        for one in people:
            stage.server.user_posts(one.user, stage.here, "An answer.", thread=stage.thread)
        stage.server.calls.slow("users.info", 0.5, times=6)
        await stage.starts()
        assert await stage.read(lambda tx: tx.scalar(select(func.count()).select_from(answers))) == 6
