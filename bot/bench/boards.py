"""How reading a board grows with the ledger: the same group's board beside a small ledger and beside a large one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import create_async_engine

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
TWO_YEARS = 500  # weekdays: of each member of our group, where the ledger is large enough
TOPICS = 20
ASKER = 100  # of our group, whose members come first; in the middle of the board
Rows = list[tuple[MemberId, int, int]]
"""Member, points and rank."""
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
BOARD = Board(OURS, Period.all, period_key(Period.all, ground.NOW.date()))
COVERING = "CREATE INDEX bench_covering ON ledger (group_id, member_id, points)"
KEPT_OF_OTHERS = (Period.month, Period.season, Period.all)
"""Scores of other groups are filled for these, without topics: more rows of theirs would only take time to make."""


async def board_growth(server: Server, sizes: Sizes, repetitions: int) -> Measured:
    """The board beside the larger ledger as ours, beside the small one as bare."""
    grown, little = await full(server, sizes, sizes.grown), await full(server, sizes, sizes.ledger)
    growth = await _growth(grown, little, sizes, repetitions)
    await grown.close()
    await little.close()
    return growth


async def beside_very_many(server: Server, sizes: Sizes, repetitions: int, rows: int) -> tuple[Measured, Measured]:
    """The growth of a board to so many rows; and adding two years of points up, with an index, beside reading."""
    grown, little = await full(server, sizes, rows, covering=True), await full(server, sizes, sizes.ledger)
    if await grown.read(_board) != await grown.read(_ledger_board):
        raise RuntimeError("the ledger and the board do not say the same")
    growth = await _growth(grown, little, sizes, repetitions)
    pairs = [Pair(await _add_up(grown), await _read(grown)) for _ in range(sizes.boards * (repetitions + 1))]
    await grown.close()
    await little.close()
    return growth, measured(pairs[sizes.boards :], repetitions)


async def _growth(grown: Database, little: Database, sizes: Sizes, repetitions: int) -> Measured:
    pairs = [Pair(await _read(grown), await _read(little)) for _ in range(sizes.boards * (repetitions + 1))]
    return measured(pairs[sizes.boards :], repetitions)  # the first ones are cold


async def _read(database: Database) -> float:
    return await database.read(_timed, _board)


async def _add_up(database: Database) -> float:
    return await database.read(_timed, _ledger_board)


def _timed(tx: Connection, story: Callable[[Connection], Rows]) -> float:
    """How long a story takes within its transaction, whose beginning is the same for both."""
    tx.execute(select(1))  # a transaction begins with its first statement
    began = perf_counter()
    found = story(tx)
    took = perf_counter() - began
    if not found:
        raise RuntimeError("the board is empty")
    return took


def _board(tx: Connection) -> Rows:
    """Read a board as the command does: the top ten, one's own row, and who is above and below."""
    found = store.read(tx, BOARD, MemberId(ASKER))
    return [(one.member, one.points, one.rank) for one in (*found.top, *found.around)]


def _ledger_board(tx: Connection) -> Rows:
    """The same rows from the ledger alone."""
    return [(MemberId(member), points, rank) for member, points, rank, _ in tx.execute(_FROM_LEDGER).all()]


def _from_ledger() -> Select[Any]:
    person = members.members
    sums = select(ledger.c.member_id, cast(func.sum(ledger.c.points), Integer).label("points"))
    added = sums.where(ledger.c.group_id == OURS).group_by(ledger.c.member_id).subquery("added")
    order = (added.c.points.desc(), added.c.member_id)
    seen = select(
        added.c.member_id,
        added.c.points,
        func.rank().over(order_by=added.c.points.desc()).label("rank"),
        func.row_number().over(order_by=order).label("place"),
    ).join(person, person.c.id == added.c.member_id)
    seen = seen.where(person.c.group_id == OURS, added.c.points > 0, person.c.left_at.is_(None))
    seen = seen.where(person.c.seen_by.in_(sorted(BOARD.seen_by)))
    placed = seen.cte("placed")
    mine = select(placed.c.place).where(placed.c.member_id == ASKER).scalar_subquery()
    near = placed.c.place.between(mine - 1, mine + 1)
    return select(placed).where(or_(placed.c.place <= 10, near)).order_by(placed.c.place)


_FROM_LEDGER = _from_ledger()


# --- filling ------------------------------------------------------------------------------------------------------


async def full(server: Server, sizes: Sizes, rows: int, *, covering: bool = False) -> Database:
    """A database with our group, and so many more rows of others in the ledger; maybe with an index to add up by."""
    say(f"boards on {server.name}: {rows} rows in the ledger")
    database = await server.empty()
    ours = max(1, min(TWO_YEARS, rows // sizes.members))
    await database.write(_people, sizes.members, max(1, rows // BOOKINGS))
    await database.write(_book, ours)
    if covering:
        await database.write(lambda tx: tx.exec_driver_sql(COVERING))
    if not database.sqlite:  # SQLite is left as our own files are: never analysed
        await _vacuum(database.url)
    return database


async def _vacuum(url: URL) -> None:
    # As the server would by itself after a while; before that, adding up could not live on its covering index.
    engine = create_async_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.exec_driver_sql("VACUUM ANALYZE")
    await engine.dispose()


def _people(tx: Connection, each: int, others: int) -> None:
    """Write our group, and as many more of the same size as the others need."""
    for group in range(1 + -(-others // each)):
        found, _ = ground.found_group(tx, replace(ground.HOME, channel=f"home{group}"))
        last = each if group == 0 else min(each, others - (group - 1) * each)
        names = [f"person {number}" for number in range(last)]
        said = {"organiser": False, "remind_posted": False, "remind_reveal": False, "seen_by": "public"}
        rest = {"group_id": found.id, "joined_at": ground.NOW, "welcomed": True}
        tx.execute(members.members.insert(), [{"name": name, **said, **rest} for name in names])


def _book(tx: Connection, ours: int) -> None:
    """Book for every member on every day, in the database itself, and add the scores up from the ledger."""
    metadata.create_all(tx)
    tx.execute(calendar.insert(), [_date(number) for number in range(max(ours, BOOKINGS))])
    who = members.members
    row = {
        "group_id": who.c.group_id,
        "member_id": who.c.id,
        "key": literal("bench:") + cast(who.c.id * TWO_YEARS + calendar.c.id, String),
        "what": literal("right"),
        "points": (who.c.id * 7 + calendar.c.id) % (5 + who.c.id % 8) + 1,
        "on_date": calendar.c.on_date,
        "topics": calendar.c.topics,
        **{period.value: calendar.c[period.value] for period in DATED},
        "at": literal(ground.NOW, ledger.c["at"].type),
    }
    times = case((who.c.group_id == OURS, ours), else_=BOOKINGS)
    every_day = select(*row.values()).select_from(who.join(calendar, calendar.c.id < times))
    every_day = every_day.order_by(calendar.c.id, who.c.id)
    tx.execute(ledger.insert().from_select(list(row), every_day))
    for period in Period:
        for topic in (literal(ALL_TOPICS), calendar.c.topic):
            _add_up_scores(tx, period, topic, ledger.c.group_id == OURS)
    for period in KEPT_OF_OTHERS:
        _add_up_scores(tx, period, literal(ALL_TOPICS), ledger.c.group_id != OURS)
    metadata.drop_all(tx)


def _add_up_scores(tx: Connection, period: Period, topic: ColumnElement[str], whose: ColumnElement[bool]) -> None:
    key: ColumnElement[str] = literal("") if period is Period.all else ledger.c[period.value]
    of = (ledger.c.group_id, literal(period.value), key, topic, ledger.c.member_id)
    dated = ledger.join(calendar, calendar.c.on_date == ledger.c.on_date)
    sums = (
        select(*of, func.sum(ledger.c.points))
        .select_from(dated)
        .where(whose)
        .group_by(*(part for part in of if _varies(part)))
    )
    tx.execute(scores.insert().from_select(list(scores.c), sums))


def _varies(part: ColumnElement[Any]) -> bool:
    return isinstance(part, Column)


def _date(number: int) -> dict[str, object]:
    on = ground.NOW.date() - timedelta(days=number)
    topic = f"topic-{number % TOPICS}"
    keys = {period.value: period_key(period, on) for period in DATED}
    return {"id": number, "on_date": on, "topic": topic, "topics": [topic], **keys}
