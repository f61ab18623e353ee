"""Pictures to draw in tests: ordinary ones, and ones that members could make of them."""

from io import BytesIO

from PIL import Image

from bot.core.pictures import (
    AskedOf,
    Bar,
    BarChart,
    BoardCard,
    BoardRow,
    Estimate,
    Histogram,
    PictureSpec,
    ProgressCard,
    RecapCard,
)

LONG_NAME = "Wilhelmina " * 8
BARS = BarChart(
    "Why does batch normalisation behave differently at inference time than in training?",
    (
        Bar("It uses the running mean and variance", 12, right=True),
        Bar("It is switched off", 5),
        Bar("It uses the statistics of the batch that it is given, whatever they are, " * 5, 4),
        Bar("I don’t know", 0),
    ),
)
HISTOGRAM = Histogram("How many parameters?", (3.0, 3.5, 4.1, 4.2, 4.2, 5.0, 6.5, 1e12), 4.25, "M")
NAMES = (
    "Ana Kovačević",
    "Дмитрий Иванов",
    "Ελένη Παπαδοπούλου",
    "王小明",
    "田中さくら",
    "محمد علي (Momo) 42",
    "יוסי כהן",
    "🚀 Priya 👩🏽‍💻",
    "प्रिया शर्मा",
    "Z̵̧̡͓̫͉̏̈́͑͊a̶͉͎̅l̷̝̊g̸̖̊o",
    LONG_NAME,
    "\u202emoc.live\u202c\u200b\u2066\u2067",
    "\u0000\ud800\n\r\t",
    "",
)
BOARD = BoardCard(
    "Week 47",
    "16–22 November",
    tuple(
        BoardRow(rank, name, 1240 - 67 * rank, change=(3, -1, 0, None)[rank % 4], mine=rank == 7)
        for rank, name in enumerate(NAMES, 1)
    ),
)
PROGRESS = ProgressCard(
    "Ana Kovačević",
    "Streak: 12 days, longest 31",
    "2026-06-01",
    ("aaama.." * 9 + "amffa.." + "eeeee.." * 2 + "aaaaa.." * 13) + "aao",
    (
        Estimate("statistics", 0.62, 0.48, 0.75),
        Estimate("ml coding", 0.41, 0.29, 0.54),
        Estimate("sql", 0.5, 0.2, 0.8),
    ),
)
RECAP = RecapCard(
    "The week from 23 November",
    "Night owls",
    (
        AskedOf("Mon", "Reading a p-value of 0.03", 9, 7),
        AskedOf(
            "Tue", "Two detectors in a row, of which the second one sees only what the first let through", 8, 2, True
        ),
        AskedOf("Wed", "A result that you had to withdraw", 6, None),
        AskedOf("Thu", "The phase before the first token", 7, 0),
        AskedOf("Fri", "注意力的代价", 0, None),
    ),
    tuple(
        BoardRow(rank, name, 61 - 10 * rank) for rank, name in enumerate(("Ana Kovačević", "محمد علي", LONG_NAME), 1)
    ),
    (BoardRow(2, "田中さくら", 41, 4), BoardRow(5, LONG_NAME, 22, 12)),
    mocks=3,
)
ALL: tuple[PictureSpec, ...] = (
    BARS,
    BarChart("Nobody", ()),
    BarChart("Five hundred", tuple(Bar(f"Answer {place}", place, right=place == 400) for place in range(500))),
    BarChart("\u202e" + "漢" * 500, (Bar("x" * 9000, 10**12), Bar("", -3, right=True), Bar("a b " * 3000, 1))),
    HISTOGRAM,
    Histogram("Nobody", (), 0.95, "%"),
    Histogram("One", (7,), 7),
    Histogram("All the same", (3.0,) * 40, 3.0),
    Histogram("Far apart", (1e308, -1e308, 5e-324, float("nan"), float("inf")), 1e300, "u" * 300),
    BOARD,
    PROGRESS,
    ProgressCard("Nobody", "", "2026-11-23", "", ()),
    ProgressCard(
        LONG_NAME * 20,
        "漢" * 500,
        "1999-01-04",
        "afmeo.x" * 400,
        tuple(Estimate(LONG_NAME, *values) for values in ((-1.0, 7.0, 0.0), (float("nan"), 1.0, 0.0)) * 10),
    ),
    RECAP,
    RecapCard(
        "Two tracks of four",
        "Night owls",
        (AskedOf("Mon", "Reading a p-value", 9, 7, track="main"), AskedOf("Tue", "Recall", 2, 1, True, LONG_NAME)),
        silent=("juniors", LONG_NAME),
    ),
    RecapCard("Nobody", "", ()),
    RecapCard(
        LONG_NAME * 20,
        "漢" * 500,
        tuple(AskedOf(LONG_NAME, LONG_NAME, 10**9, 10**12, hardest=place == 300) for place in range(400)),
        (BoardRow(10**9, LONG_NAME, 10**15),) * 50,
        (BoardRow(1, "", 1, -5), BoardRow(1, "\u202e", 1, None)),
        mocks=10**9,
    ),
    BoardCard("Nobody", "", ()),
    BoardCard("Everybody", "all of them", tuple(BoardRow(n, f"Member {n}", 600 - n, 1) for n in range(1, 501))),
    BoardCard(LONG_NAME * 20, LONG_NAME * 20, (BoardRow(10**9, LONG_NAME, 10**15, -(10**9), mine=True),)),
    BoardCard("Below zero", "", (BoardRow(1, "A", -5), BoardRow(1, "B", -5))),
)


def opened(png: bytes) -> Image.Image:
    """Give the picture with its pixels as red, green, blue and opacity."""
    return Image.open(BytesIO(png)).convert("RGBA")
