"""The one way in: a specification becomes a PNG."""

from bot.core.pictures import BarChart, BoardCard, Histogram, PictureSpec, ProgressCard, RecapCard


def draw(spec: PictureSpec) -> bytes:
    """Draw a picture 1,200 pixels wide, to be shown at 600; the same specification always gives the same bytes."""
    # Pillow and the fonts take their memory only where a picture is wanted.
    from bot.pictures import bars, board, histogram, progress, recap

    match spec:
        case BarChart():
            return bars.draw(spec)
        case Histogram():
            return histogram.draw(spec)
        case BoardCard():
            return board.draw(spec)
        case ProgressCard():
            return progress.draw(spec)
        case RecapCard():
            return recap.draw(spec)
