"""Says what a picture shows, for those who do not see it; needs neither Pillow nor fonts."""

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
from bot.core.signs import POP_ISOLATE, isolated
from bot.pictures.binning import sort, with_unit
from bot.pictures.cleaning import clean
from bot.pictures.selection import (
    MOST_SILENT,
    ShownBars,
    by_track,
    counted,
    mocks_held,
    outcome,
    share,
    shown_asked,
    shown_bars,
    shown_people,
    shown_rows,
    silence,
    tells_change,
)

LONGEST = 1000  # Discord takes 1,024 characters as a file's description, Slack 2,000 as alternative text
_CUTS = (120, 80, 50, 30, 20, 12)  # names and labels get shorter until all of them fit


def describe(spec: PictureSpec) -> str:
    """Say everything that the picture shows, in at most 1,000 characters of one line."""
    described = ""
    for cut in _CUTS:
        described = _describe(spec, cut)
        if len(described) <= LONGEST:
            return described
    return described[: LONGEST - 1].rstrip() + "…"


def _describe(spec: PictureSpec, cut: int) -> str:
    match spec:
        case BarChart():
            return _bars(spec, cut)
        case Histogram():
            return _histogram(spec, cut)
        case BoardCard():
            return _board(spec, cut)
        case ProgressCard():
            return _progress(spec, cut)
        case RecapCard():
            return _recap(spec, cut)


def _short(text: str, longest: int) -> str:
    shown = clean(text, lambda _: True)
    return isolated(shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…")


def _sentence(text: str) -> str:
    return text if not text or text.removesuffix(POP_ISOLATE)[-1:] in ".?!…。？！؟" else f"{text}."


def _joined(*sentences: str) -> str:
    return " ".join(_sentence(each) for each in sentences if each)


def _more(count: int) -> str:
    return f"{count:,} more are not shown" if count > 1 else "1 more is not shown" if count else ""


def _bars(chart: BarChart, cut: int) -> str:
    shown = shown_bars(chart)
    answers = counted(shown.answers, "answer", "answers") if shown.answers else "No answers yet"
    bars = "; ".join(_bar(bar, shown, cut) for bar in shown.bars)
    return _joined(_short(chart.title, 120), answers, bars, _more(shown.more))


def _bar(bar: Bar, shown: ShownBars, cut: int) -> str:
    count = max(bar.count, 0)
    return f"{_short(bar.label, cut) or '–'}: {count:,} ({share(count, shown.answers)}){', right' if bar.right else ''}"


def _histogram(chart: Histogram, cut: int) -> str:
    bins = sort(chart.values, chart.right)
    unit = _short(chart.unit, 20)
    answers = counted(bins.answers, "answer", "answers")
    if bins.middle is not None:
        answers += f", median {with_unit(bins.middle, unit)}"
    counts = [f"{each.label}: {each.count:,}" for each in bins.bins if each.count]
    counts += [f"below that: {bins.below:,}"] * bool(bins.below) + [f"above that: {bins.above:,}"] * bool(bins.above)
    return _joined(
        _short(chart.title, max(cut, 50)),
        answers if bins.answers else "No answers yet",
        "; ".join(counts),
        f"The right value is {with_unit(chart.right, unit)}",
    )


def _board(card: BoardCard, cut: int) -> str:
    shown = shown_rows(card)
    rows = "; ".join(_row(each.row, cut, tells_change(card)) for each in shown)
    return _joined(
        _short(card.title, 120),
        _short(card.subtitle, 120),
        rows or "Nobody is on this board yet",
        _more(len(card.rows) - len(shown)),
    )


def _row(row: BoardRow, cut: int, changes: bool) -> str:
    parts = [f"{row.rank:,}. {_short(row.name, cut) or '(no name)'}: {counted(row.points, 'point', 'points')}"]
    if changes:
        parts.append(_change(row.change))
    if row.mine:
        parts.append("highlighted")
    return ", ".join(parts)


def _change(change: int | None) -> str:
    if change is None:
        return "new"
    return "unchanged" if change == 0 else f"{'up' if change > 0 else 'down'} {abs(change):,}"


_MARKS = {"a": "answered", "f": "kept by a freeze", "m": "missed", "e": "excused", "o": "open"}


def _progress(card: ProgressCard, cut: int) -> str:
    counts = [(name, card.days.count(mark)) for mark, name in _MARKS.items()]
    days = ", ".join(f"{count:,} {name}" for name, count in counts if count)
    return _joined(
        _short(card.title, 120),
        _short(card.subtitle, 120),
        f"Posting days since {card.first}: {days}" if days else "No posting days yet",
        "; ".join(_estimate(one, cut) for one in card.areas),
    )


def _estimate(one: Estimate, cut: int) -> str:
    return f"{_short(one.label, cut) or '–'}: {one.chance:.0%}, between {one.low:.0%} and {one.high:.0%}"


def _recap(card: RecapCard, cut: int) -> str:
    shown = shown_asked(card)
    front, leaders = shown_people("In front", card.leaders)
    up, climbers = shown_people("Climbed", card.climbers)
    leading = "; ".join(_row(row, cut, changes=False) for row in leaders)
    climbed = "; ".join(f"{_short(row.name, cut) or '(no name)'}, {_change(row.change)}" for row in climbers)
    return _joined(
        _short(card.title, 120),
        _short(card.subtitle, 120),
        *(_of_track(track, some, cut) for track, some in by_track(shown)),
        "" if shown or card.silent else "No questions",
        _more(len(card.asked) - len(shown)),
        *(silence(_short(track, cut)) for track in card.silent[:MOST_SILENT]),
        f"{front}: {leading}" if leaders else "",
        f"{up}: {climbed}" if climbers else "",
        mocks_held(card),
    )


def _of_track(track: str, asked: tuple[AskedOf, ...], cut: int) -> str:
    said = "; ".join(_asked(one, cut) for one in asked)
    return f"{_short(track, cut)}: {said}" if track else said


def _asked(one: AskedOf, cut: int) -> str:
    said = f"{_short(one.day, 20)}: {_short(one.title, cut) or '–'}: {outcome(one)}"
    return f"{said}, the hardest" if one.hardest else said
