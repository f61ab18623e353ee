"""How reading a board grows with the ledger: the same group's board beside a small ledger and beside a large one."""

from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    cast,
    func,
    literal,
    select,
    true,
)

from bot.bench import ground
from bot.bench.databases import Server
from bot.bench.paired import Measured, Pair, measured
from bot.bench.progress import say
from bot.bench.sizes import Sizes
from bot.core.refs import GroupId, MemberId
from bot.features.boards import store
from bot.features.boards.rules import Period, period_key
from bot.features.boards.store import ALL_TOPICS, DATED, Board, ledger, scores
from bot.features.members import store as members
from bot.storage.database import Database

BOOKINGS = 50  # of each member, one a day
TOPICS = 20
OURS = GroupId(1)
metadata = MetaData()
calendar = Table(
    "bench_calendar",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("on_date", Date, unique=True),
    Column("topic", String(80)),
    Column("topics", JSON),
    *(Column(period.value, String(10)) for period in DATED),
)
BOARD = Board(OURS, Period.month, period_key(Period.month, ground.NOW.date()))


async def board_growth(server: Server, sizes: Sizes, repetitions: int, small: int, large: int) -> Measured:
    """The board beside the large ledger as ours, beside the small one as bare."""
    grown, little = await full(server, sizes, large), await full(server, sizes, small)
    pairs = [Pair(await _read(grown), await _read(little)) for _ in range(sizes.boards * (repetitions + 1))]
    await grown.close()
    await little.close()
    return measured(pairs[sizes.boards :], repetitions)  # the first ones are cold


async def groupby_speedup(server: Server, sizes: Sizes, repetitions: int, rows: int) -> Measured:
    """Adding the month's points up from the ledger as ours, reading the board as bare."""
    database = await full(server, sizes, rows)
    pairs = [Pair(await _add_up(database), await _read(database)) for _ in range(sizes.boards * (repetitions + 1))]
    await database.close()
    return measured(pairs[sizes.boards :], repetitions)


async def _read(database: Database) -> float:
    began = perf_counter()
    found = await database.read(_board)
    took = perf_counter() - began
    if not found:
        raise RuntimeError("the board is empty")
    return took


def _board(tx: Connection) -> int:
    """Read a board as the command does: the top ten, one's own row, and who is above and below."""
    asker = MemberId(tx.scalar(select(func.max(members.members.c.id)).where(members.members.c.group_id == OURS)) or 0)
    own = store.own_rank(tx, BOARD, asker)
    around = store.neighbours(tx, BOARD, own) if own else ()
    return len(store.top(tx, BOARD)) * len(around)


async def _add_up(database: Database) -> float:
    began = perf_counter()
    await database.read(_ledger_board)
    return perf_counter() - began


def _ledger_board(tx: Connection) -> None:
    points = func.sum(ledger.c.points).label("points")
    month = (ledger.c.group_id == OURS, ledger.c.month == BOARD.key)
    tx.execute(select(ledger.c.member_id, points).where(*month).group_by(ledger.c.member_id).order_by(points)).all()


# --- filling ------------------------------------------------------------------------------------------------------


async def full(server: Server, sizes: Sizes, rows: int) -> Database:
    """A database with our group, and so many more rows of others in the ledger."""
    say(f"boards on {server.name}: {rows} rows in the ledger")
    database = await server.empty()
    others = max(1, rows // BOOKINGS)
    await database.write(_people, sizes.members, others)
    await database.write(_book)
    if not database.sqlite:  # SQLite is left as our own files are: never analysed
        await database.write(lambda tx: tx.exec_driver_sql("ANALYZE"))
    return database


def _people(tx: Connection, each: int, others: int) -> None:
    """Write our group, and as many more of the same size as the others need."""
    for group in range(1 + -(-others // each)):
        found, _ = ground.found_group(tx, replace(ground.HOME, channel=f"home{group}"))
        last = each if group == 0 else min(each, others - (group - 1) * each)
        names = [f"person {number}" for number in range(last)]
        said = {"organiser": False, "remind_posted": False, "remind_reveal": False, "seen_by": "public"}
        rest = {"group_id": found.id, "joined_at": ground.NOW, "welcomed": True}
        tx.execute(members.members.insert(), [{"name": name, **said, **rest} for name in names])


def _book(tx: Connection) -> None:
    """Book for every member on every day, in the database itself, and add the scores up from the ledger."""
    metadata.create_all(tx)
    tx.execute(calendar.insert(), [_date(number) for number in range(BOOKINGS)])
    who = members.members
    row = {
        "group_id": who.c.group_id,
        "member_id": who.c.id,
        "key": literal("bench:") + cast(who.c.id * BOOKINGS + calendar.c.id, String),
        "what": literal("right"),
        "points": (who.c.id * 7 + calendar.c.id) % 12 + 1,
        "on_date": calendar.c.on_date,
        "topics": calendar.c.topics,
        **{period.value: calendar.c[period.value] for period in DATED},
        "at": literal(ground.NOW, ledger.c["at"].type),
    }
    every_day = select(*row.values()).select_from(who.join(calendar, true())).order_by(calendar.c.id, who.c.id)
    tx.execute(ledger.insert().from_select(list(row), every_day))
    for period in Period:
        for topic in (literal(ALL_TOPICS), calendar.c.topic):
            _add_up_scores(tx, period, topic)
    metadata.drop_all(tx)


def _add_up_scores(tx: Connection, period: Period, topic: ColumnElement[str]) -> None:
    key: ColumnElement[str] = literal("") if period is Period.all else ledger.c[period.value]
    of = (ledger.c.group_id, literal(period.value), key, topic, ledger.c.member_id)
    dated = ledger.join(calendar, calendar.c.on_date == ledger.c.on_date)
    sums = select(*of, func.sum(ledger.c.points)).select_from(dated).group_by(*(part for part in of if _varies(part)))
    tx.execute(scores.insert().from_select(list(scores.c), sums))


def _varies(part: ColumnElement[Any]) -> bool:
    return isinstance(part, Column)


def _date(number: int) -> dict[str, object]:
    on = ground.NOW.date() - timedelta(days=number)
    topic = f"topic-{number % TOPICS}"
    keys = {period.value: period_key(period, on) for period in DATED}
    return {"id": number, "on_date": on, "topic": topic, "topics": [topic], **keys}
