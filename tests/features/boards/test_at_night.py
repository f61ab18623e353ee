"""What boards do by themselves: they are mended from the ledger, and a season that is over gets its winners."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from bot.core.messages import Message
from bot.core.ports import GiveRole, Timekeeping
from bot.core.refs import MemberId
from bot.features.away import store as away
from bot.features.boards import jobs, store
from bot.features.boards.rules import Period
from bot.features.crowns import jobs as crowns_jobs
from bot.features.crowns import store as crowns
from bot.features.days.store import days
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.reconciliation import store as reconciliation
from bot.features.seasons import store as seasons
from bot.features.seasons.rules import Length, Season
from bot.features.streaks import store as streaks
from bot.features.streaks.jobs import note
from bot.features.streaks.rules import PostingDay, streak
from bot.storage.database import Database
from bot.storage.outbox import outbox
from bot.storage.unit_of_work import DatabaseWork

from .channel import TODAY, Channel, open_channel, post, said, words_of
from .conftest import NOW, home, person

NEW_YEAR = datetime(2027, 1, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
async def channel(database: Database) -> Channel:
    """A home in which Ana, Ben, Cleo and a dozen others study."""
    return await open_channel(database)


async def nights_until(channel: Channel, end: datetime) -> None:
    """Let the hours go by, with a look at the boards in each."""
    while channel.clock.now() < end:
        channel.clock.set(min(end, channel.clock.now() + timedelta(hours=1)))
        await jobs.look_at_boards(DatabaseWork(channel.database, channel.clock), channel.clock.now())


def ask_on(tx: Connection, channel: Channel, on: date, state: str, track: int = 0) -> int:
    """Write a day that was opened."""
    at = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    row = {"group_id": channel.group.id, "track_id": groups.tracks_of(tx, channel.group.id)[track].id, "on": on}
    row |= {"state": state, "question_id": "q", "option_order": [], "late": False, "opened_at": at}
    return tx.scalar(days.insert().returning(days.c.id).values(**row, reveal_at=at + timedelta(hours=23))) or 0


async def test_scores_that_are_wrong_are_mended_by_night_and_organisers_can_read_of_it(channel: Channel) -> None:
    await channel.books("Ana", 10, "sql")
    await channel.books("Ben", 7)
    await nights_until(channel, NOW + timedelta(hours=1))
    await channel.database.write(lambda tx: tx.execute(update(store.scores).values(points=store.scores.c.points + 1)))
    await nights_until(channel, NOW + timedelta(hours=13))
    assert len(await channel.database.read(reconciliation.differences)) == 15
    await nights_until(channel, NOW + timedelta(hours=18))
    assert await channel.database.read(reconciliation.differences) == []
    log = await channel.database.read(groups.log_of, channel.group.id)
    assert [(line.what, line.detail.split(" were")[0]) for line in log] == [("boards", "15 scores")]


async def test_what_is_booked_while_scores_are_mended_stays(channel: Channel) -> None:
    await channel.books("Ana", 10)
    await channel.database.write(lambda tx: tx.execute(update(store.scores).values(points=3)))
    wrong = await channel.database.read(reconciliation.differences)
    await channel.books("Ana", 5)
    await channel.database.write(reconciliation.mend, wrong)
    assert await channel.database.read(reconciliation.differences) == []


async def test_a_season_is_closed_once_its_last_question_is_revealed_and_by_day(channel: Channel) -> None:
    for name, points in [("Ana", 30), ("Ben", 20), ("Cleo", 20), ("P0", 5)]:
        await channel.books(name, points)
    await channel.books("P1", 90, on=date(2027, 1, 1))
    await channel.sets("Cleo", seen_by="nobody")
    last = await channel.database.write(ask_on, channel, date(2026, 12, 31), "open")
    channel.clock.set(NEW_YEAR - timedelta(hours=12))
    await nights_until(channel, NEW_YEAR)  # a question whose reveal is late
    assert await channel.shared() == []
    revealed = update(days).where(days.c.id == last).values(state="revealed")
    await channel.database.write(lambda tx: tx.execute(revealed))
    await nights_until(channel, NEW_YEAR + timedelta(hours=1))
    (told,) = await channel.shared()
    assert "**The season is over:** «Night owls», October to December 2026." in words_of(told)
    assert "- **1** «Ana»: **30 points**\n- **2** «Ben»: **20 points**\n- **3** «P0»: **5 points**\n" in words_of(told)
    assert not {"Cleo", "P1"} & set(words_of(told).replace("«", " ").replace("»", " ").split())
    assert "«Cleo»: **20 points**" in words_of(await presses(channel, "Cleo", "past-seasons"))
    assert "Cleo" not in words_of(await presses(channel, "Ben", "past-seasons"))
    await channel.books("Ben", 50)  # an answer to an old question comes late
    assert "- **1** «Ana»: **30 points**\n- **2** «Ben»: **20" in words_of(
        await presses(channel, "Ben", "past-seasons")
    )
    assert "- **1** «Ben»: **70 points**" in words_of(await presses(channel, "Ana", "board-of", "season", "2026-12-31"))


async def presses(channel: Channel, name: str, action: str, *args: str) -> Message:
    """Let somebody press a button that was not pressed before."""
    channel.events += 1
    return said(await channel.presses(name, action, *args, event=f"press {channel.events}"))


async def test_a_season_that_ended_long_ago_is_archived_and_not_announced(channel: Channel) -> None:
    await channel.books("Ana", 30, on=date(2026, 9, 1))
    await nights_until(channel, NOW + timedelta(hours=1))
    assert await channel.shared() == []
    assert "**July to September 2026**\n- **1** «Ana»: **30 points**\n" in words_of(
        await presses(channel, "Ben", "past-seasons")
    )


async def test_all_who_share_a_rank_win_and_who_returns_finds_the_win(channel: Channel) -> None:
    def many(tx: Connection) -> dict[str, MemberId]:
        names = [f"Q{number}" for number in range(25)]
        return {name: members.add(tx, channel.group.id, person(name), name, now=NOW).id for name in names}

    channel.ids.update(await channel.database.write(many))
    for name, points in [("Ana", 100), ("Ben", 40), *((f"Q{number}", 20) for number in range(25))]:
        await channel.books(name, points)
    await channel.sets("Ana", left_at=NOW)
    await nights_until(channel, NEW_YEAR + timedelta(hours=1))
    won = words_of(await presses(channel, "Ben", "past-seasons"))
    assert "- **1** «Ben»: **40 points**\n- **2** «Q0»: **20" in won
    assert won.count("- **2**") == 25
    await channel.sets("Ana", left_at=None)
    assert "- **1** «Ana»: **100 points**\n- **2** «Ben»: **40" in words_of(
        await presses(channel, "Ben", "past-seasons")
    )


async def test_a_season_that_ends_in_a_pause_is_told_once_the_group_goes_on(channel: Channel) -> None:
    await channel.books("Ana", 30)
    await channel.database.write(groups.set_state, channel.group.id, "paused")
    await nights_until(channel, NEW_YEAR + timedelta(days=1))
    assert await channel.shared() == []
    await channel.database.write(groups.set_state, channel.group.id, "active")
    await nights_until(channel, NEW_YEAR + timedelta(days=2))
    assert "**The season is over:**" in words_of((await channel.shared())[0])


async def test_a_season_that_is_cut_short_ends_where_the_new_length_begins(channel: Channel) -> None:
    await channel.books("Ana", 30)

    def shorten(tx: Connection) -> list[Season]:
        groups.set_seasons(tx, channel.group.id, channel.group.seasons.changed(Length.month, TODAY))
        seasons.cut(tx, channel.group.id, groups.group(tx, channel.group.id).seasons)
        return [Season(row.key, row.first_on, row.last_on) for row in tx.execute(select(seasons.seasons))]

    assert await channel.database.write(shorten) == [Season("2026-Q4", date(2026, 10, 1), date(2026, 11, 30))]
    await channel.books("Ben", 10, on=date(2026, 12, 1))
    channel.clock.set(datetime(2026, 12, 1, tzinfo=UTC))
    await nights_until(channel, datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert "October to November 2026" in words_of((await channel.shared())[0])
    assert "December 2026\n- **1** «Ben»: **10 points**" in words_of(await presses(channel, "Ben", "board", "season"))


async def test_the_role_of_champions_goes_from_one_to_the_next_and_to_nobody_who_is_hidden(channel: Channel) -> None:
    await channel.database.write(lambda tx: groups.set_champions(tx, channel.group, home(), "77"))
    for name, points, on in [
        ("Ana", 30, TODAY), ("Ben", 30, TODAY), ("Cleo", 30, TODAY), ("P0", 5, TODAY),
        ("Ben", 9, date(2027, 1, 1)), ("P0", 9, date(2027, 1, 1)),
    ]:  # fmt: skip
        await channel.books(name, points, on=on)
    await channel.sets("Cleo", seen_by="nobody")
    given: list[list[tuple[str, bool]]] = []
    for end in (datetime(2027, 1, 1, 10, tzinfo=UTC), datetime(2027, 4, 1, 10, tzinfo=UTC)):
        channel.clock.set(end)
        await jobs.look_at_boards(DatabaseWork(channel.database, channel.clock), end)
        calls = await channel.database.read(lambda tx: tx.scalars(select(outbox.c.call).order_by(outbox.c.id)).all())
        given.append([(call.person.id, call.take) for call in calls if isinstance(call, GiveRole)])
    assert given[0] == [("ana", False), ("ben", False)]
    assert given[1][2:] == [("ana", True), ("p0", False)]  # Ben has it, and Cleo never got it


async def test_the_role_of_champions_goes_with_whoever_leaves_or_hides_and_can_be_another_one(channel: Channel) -> None:
    await channel.database.write(lambda tx: groups.set_champions(tx, channel.group, home(), "77"))
    for name in ("Ana", "Ben", "Cleo"):
        await channel.books(name, 30)
    channel.clock.set(NEW_YEAR)
    await nights_until(channel, NEW_YEAR + timedelta(hours=1))
    await channel.sets("Ana", left_at=NEW_YEAR)
    await channel.sets("Ben", seen_by="group")

    def go_on(tx: Connection) -> list[tuple[str, str, bool]]:
        for _ in range(2):
            crowns_jobs.take_lost(tx, NEW_YEAR)
        groups.set_champions(tx, channel.group, home(), "88")
        crowns.settle(tx, groups.group(tx, channel.group.id), crowns.worn_by(tx, channel.group.id), NEW_YEAR)
        calls = tx.scalars(select(outbox.c.call).order_by(outbox.c.id))
        return [(call.person.id, call.role, call.take) for call in calls if isinstance(call, GiveRole)]

    given = await channel.database.write(go_on)
    assert given[:3] == [("ana", "77", False), ("ben", "77", False), ("cleo", "77", False)]
    assert given[3:] == [("ana", "77", True), ("ben", "77", True), ("cleo", "77", True), ("cleo", "88", False)]


async def test_a_champion_who_has_left_loses_the_role_and_a_late_answer_to_an_old_season_gives_none(
    channel: Channel,
) -> None:
    await channel.database.write(lambda tx: groups.set_champions(tx, channel.group, home(), "77"))
    for name, points, on in [("Ana", 30, TODAY), ("Ben", 9, date(2027, 1, 1))]:
        await channel.books(name, points, on=on)
    channel.clock.set(NEW_YEAR)
    await nights_until(channel, NEW_YEAR + timedelta(hours=1))
    await channel.sets("Ana", left_at=NEW_YEAR)
    await channel.books("Cleo", 2, on=date(2026, 5, 5))
    channel.clock.set(datetime(2027, 4, 1, 8, tzinfo=UTC))
    await nights_until(channel, datetime(2027, 4, 1, 11, tzinfo=UTC))
    calls = await channel.database.read(lambda tx: tx.scalars(select(outbox.c.call).order_by(outbox.c.id)).all())
    given = [(call.person.id, call.take) for call in calls if isinstance(call, GiveRole)]
    assert given == [("ana", False), ("ana", True), ("ben", False)]


async def test_a_question_that_came_nowhere_costs_no_freeze_and_one_that_came_somewhere_does(channel: Channel) -> None:
    def story(tx: Connection) -> tuple[list[bool], tuple[date, ...]]:
        groups.add_track(tx, channel.group, "senior", "year", NOW)
        came, refused, _, _ = (
            ask_on(tx, channel, date(2026, 11, number), state)
            for number, state in ((23, "revealed"), (24, "revealed"), (25, "revealed"), (26, "open"))
        )
        post(tx, came)
        post(tx, refused, arrived=False)
        ask_on(tx, channel, date(2026, 11, 23), "revealed", 1)  # its track has no home: the other one's question came
        ask_on(tx, channel, date(2026, 11, 24), "revealed", 1)
        ana = replace(members.member(tx, channel.ids["Ana"]), joined_at=datetime(2026, 11, 2, tzinfo=UTC))
        met = streaks.posting_days(tx, channel.group.id, ana)
        before = PostingDay(date(2026, 11, 20), answered=True)
        return [day.excused for day in met], streak([before, *met], TODAY).used

    assert await channel.database.write(story) == ([False, True, True, False], (date(2026, 11, 23),))


async def test_of_several_tracks_of_a_date_the_best_one_counts(channel: Channel) -> None:
    def story(tx: Connection) -> list[list[int]]:
        groups.add_track(tx, channel.group, "senior", "year", NOW)
        junior, senior = (ask_on(tx, channel, TODAY, "revealed", track) for track in (0, 1))
        seen = []
        for key, day, points, topics in [
            ("a", junior, 5, ["sql"]), ("b", senior, 12, ["trees"]), ("c", senior, -4, ["trees"]), ("d", junior, 9, []),
        ]:  # fmt: skip
            store.book(
                tx, group=channel.group.id, member=channel.ids["Ana"], key=key, what="right", points=points, on=TODAY,
                topics=topics, now=NOW, day=day,
            )  # fmt: skip
            store.keep_best_track(tx, channel.group.id, channel.ids["Ana"], TODAY, NOW)
            kept = reconciliation.kept(tx, channel.group.id)
            of = [kept.get((Period.day, str(TODAY), topic, channel.ids["Ana"]), 0) for topic in ("", "sql", "trees")]
            seen.append(of)
        return seen

    assert await channel.database.write(story) == [[5, 5, 0], [12, 0, 12], [8, 0, 8], [9, 0, 0]]
    assert await channel.database.read(reconciliation.differences) == []


async def test_days_on_which_the_bot_or_the_member_was_away_break_no_streak(channel: Channel) -> None:
    def story(tx: Connection) -> list[bool]:
        for on in (date(2026, 11, day) for day in (23, 24, 25, 26, 27)):
            post(tx, ask_on(tx, channel, on, "revealed"))
        for day, hour, minute in ((24, 9, 0), (24, 9, 10), (24, 9, 24), (25, 7, 30)):
            note(tx, datetime(2026, 11, day, hour, minute, tzinfo=UTC), Timekeeping())
        note(tx, datetime(2026, 11, 25, 9, tzinfo=UTC), Timekeeping(skips=True))
        [absence] = tx.execute(select(streaks.absences.c.since, streaks.absences.c.until))
        assert [at.day for at in absence] == [24, 25]  # it stood still for a night, and did not start anew
        away.set_away(tx, channel.ids["Ana"], date(2026, 11, 26), date(2026, 12, 24))
        away.set_away(tx, channel.ids["Ana"], date(2026, 11, 27), None)
        ana = replace(members.member(tx, channel.ids["Ana"]), joined_at=datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
        return [day.excused for day in streaks.posting_days(tx, channel.group.id, ana)]

    # Monday's question was over when she joined; Tuesday's was open.
    assert await channel.database.write(story) == [True, False, True, False]
