"""Each permission taken away in turn: what the organiser is told at set-up, and what happens at the send."""

import pytest
from sqlalchemy import select

from bot.features.answers.store import answers
from bot.platforms.discord import access
from bot.platforms.discord.access import NEEDED, permissions
from tests.platforms.conftest import OpenDiscord
from tests.platforms.test_mocks_sessions import met, session
from tests.servers.discord.permissions import May

pytestmark = pytest.mark.contract
BY_NAME = {needed.flag.upper(): needed for needed in NEEDED}
AT_THE_SEND = {
    May.VIEW_CHANNEL: "not sent daily:1:2026-11-23:home1: forbidden: 403 (50001)",
    May.SEND_MESSAGES: "not sent daily:1:2026-11-23:home1: forbidden: 403 (50013)",
    May.CREATE_PUBLIC_THREADS: "not sent thread:1:2026-11-23:home1: forbidden: 403 (50013)",
    May.SEND_MESSAGES_IN_THREADS: "not sent reveal:1:2026-11-23:home1: forbidden: 403 (50013)",
    May.ATTACH_FILES: "not sent reveal:1:2026-11-23:home1: forbidden: 403 (50013)",
    May.ADD_REACTIONS: "not sent react:",
    May.READ_MESSAGE_HISTORY: "not sent react:",
}


@pytest.mark.parametrize("flag", BY_NAME)
async def test_what_is_missing_is_named_at_set_up_with_what_stops(open_discord: OpenDiscord, flag: str) -> None:
    async with open_discord() as stage:
        stage.server.take_permission(stage.here, May[flag])
        await stage.settles()
        said = await stage.sets_up()
        needed = BY_NAME[flag]
        assert f"I lack the permission “{needed.name}”: {needed.stops}." in said
        others = [one.name for one in NEEDED if one is not needed]
        # Some permissions are of no use without another one, and Discord then counts them as missing too.
        implied = {"VIEW_CHANNEL": others, "SEND_MESSAGES": ["Attach Files"]}
        assert [name for name in others if f"“{name}”" in said] == implied.get(flag, [])


@pytest.mark.parametrize("permission", AT_THE_SEND, ids=[may.name for may in AT_THE_SEND])
async def test_what_cannot_be_sent_stands_in_the_organisers_log(open_discord: OpenDiscord, permission: May) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("result-you-had-to-withdraw" if "react" in AT_THE_SEND[permission] else "reading-a-p-value")
        stage.server.take_permission(stage.here, permission)
        await stage.at("Mon 09:00")
        if "react" in AT_THE_SEND[permission]:
            await stage.person("Jonas").says("An answer in the thread.", in_thread=True)
        elif stage.threads:
            await stage.person("Jonas").presses("C")
        await stage.at("Tue 08:00")
        assert AT_THE_SEND[permission] in await stage.person("Mira").types("/admin log", private=True)
        stage.server.give_permission(stage.here, permission)
        before = len(stage.questions)
        await stage.at("Tue 09:00")
        assert len(stage.questions) == before + 1


async def test_without_the_history_no_answer_in_a_thread_is_taken_for_deleted(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("result-you-had-to-withdraw")
        stage.server.take_permission(stage.here, May.READ_MESSAGE_HISTORY)
        await stage.at("Mon 09:00")
        await stage.person("Jonas").says("An answer in the thread.", in_thread=True)
        await stage.at("Tue 08:30")  # the thread was read once more before the reveal
        assert await stage.read(lambda tx: list(tx.scalars(select(answers.c.withdrawn)))) == [False]


async def test_without_manage_threads_a_locked_thread_stays_shut_and_the_log_says_so(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.at("Mon 09:00")
        stage.server.take_permission(stage.here, May.MANAGE_THREADS)
        stage.server.archive(stage.thread, locked=True)
        await stage.at("Tue 08:00")
        assert "not sent reveal:1:2026-11-23:home1" in await stage.person("Mira").types("/admin log")


@pytest.mark.parametrize("locked", [False, True], ids=["archived", "locked"])
async def test_a_shut_thread_is_opened_again_for_the_reveal(open_discord: OpenDiscord, locked: bool) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("reading-a-p-value")
        await stage.at("Mon 09:00")
        await stage.person("Jonas").presses("C")
        stage.server.archive(stage.thread, locked=locked)
        await stage.at("Tue 08:00")
        assert "Answer: C" in stage.in_thread()
        assert not stage.thread.archived


async def test_a_late_answer_in_an_archived_thread_gets_its_mark(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("result-you-had-to-withdraw")
        await stage.at("Tue 08:30")
        stage.server.archive(stage.thread)
        said = await stage.person("Jonas").says("Late.", in_thread=True)
        assert stage.reactions(said) == {"✅"}
        other = stage.server.user_posts(stage.person("Aiko").user, stage.thread, "Late too.")
        stage.server.archive(stage.thread)
        await stage.settles()
        assert stage.reactions(other.id) == {"✅"}


async def test_who_takes_no_private_messages_holds_up_nobody(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        stage.person("Tom").user.takes_messages = False
        await stage.person("Tom").types("/join")
        await stage.person("Aiko").types("/join")
        assert stage.person("Aiko").sees("Welcome to")
        log = await stage.person("Mira").types("/admin log")
        assert "not sent welcome:2: forbidden: private messages are closed" in log


@pytest.mark.parametrize("lacks", ["content", "members", "both"])
async def test_without_privileged_intents_buttons_work_and_set_up_says_what_is_missing(
    open_discord: OpenDiscord, lacks: str
) -> None:
    content, members = 1 << 19, 1 << 15
    flags = {"content": members, "members": content, "both": 0}[lacks]
    async with open_discord(flags=flags) as stage:
        said = await stage.sets_up()
        assert (access.CONTENT_INTENT.permission in said) == (lacks != "members")
        assert (access.MEMBERS_INTENT.permission in said) == (lacks != "content")
        await stage.plans("result-you-had-to-withdraw")
        await stage.at("Mon 09:00")
        if lacks != "members":
            # Its words do not reach us, so it is no answer, and none that cannot be read either.
            said = await stage.person("Jonas").says("In the thread.", in_thread=True)
            assert stage.reactions(said) == set()
        assert "Recorded: By the form." in await stage.person("Jonas").answers("By the form.")
        await stage.at("Tue 08:00")
        assert "1 answered" in stage.in_thread()


async def test_without_private_threads_a_mock_interview_goes_by_private_messages(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        stage.server.take_permission(stage.here, May.CREATE_PRIVATE_THREADS)
        await met(stage)
        assert (await session(stage)).room_state == "direct"
        assert stage.person("Jonas").sees("you have been put together")
        log = await stage.person("Mira").types("/admin log")
        assert "not sent room:1: forbidden: 403 (50013)" in log


async def test_who_is_not_on_the_server_is_met_by_private_messages(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        for name in ("Jonas", "Aiko", "Tom"):
            await stage.person(name).types("/join")
        stage.guild.people.remove(stage.person("Aiko").user.id)
        await met(stage)
        assert (await session(stage)).room_state == "direct"
        assert stage.person("Jonas").sees("you have been put together")


# --- the invite -----------------------------------------------------------------------------------------------------


async def test_every_call_of_a_group_s_days_is_covered_by_the_invite(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans("reading-a-p-value", "result-you-had-to-withdraw")
        await stage.at("Mon 09:00")
        await stage.person("Jonas").presses("C")
        await stage.at("Tue 09:00")
        await stage.person("Aiko").says("An answer.", in_thread=True)
        await stage.person("Aiko").types("/board all")
        await stage.person("Aiko").presses("Share here")
        stage.server.archive(stage.thread, locked=True)
        await stage.restarts()
        await stage.at("Wed 09:00")
        await met(stage)
        used = May(0)
        for call in stage.server.calls.made:
            assert call.status not in (401, 403, 404), call
            used |= call.needs
        assert used == May(permissions().value), "the invite asks for what is used, and for nothing else"


def test_the_invite_names_the_application_its_scopes_and_permissions() -> None:
    link = access.invite(1234)
    assert link.startswith("https://discord.com/oauth2/authorize?client_id=1234&scope=bot+applications.commands")
    assert f"permissions={permissions().value}" in link


def test_a_token_tells_its_application() -> None:
    assert access.application_of("MTIzNA.GabcdE.something") == 1234
    with pytest.raises(ValueError, match="three parts"):
        access.application_of("nonsense!")
