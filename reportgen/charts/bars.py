"""Horizontal bars, as given from the top, with whiskers for intervals."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.rows import Ends, level, rows, set_span, spots, whole
from reportgen.charts.scale import span


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    name: str,
    axis: str,
    lows: Ends | None = None,
    highs: Ends | None = None,
) -> str:
    """One bar a label, with a whisker where an end of its interval is known."""
    lows, highs = whole(lows, len(values)), whole(highs, len(values))
    with style.drawing():
        axes = rows(labels, axis)
        set_span(axes, *_ends([*values, *(end for end in (*lows, *highs) if end is not None)]))
        axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=3)
        axes.barh(range(len(values)), values, height=0.62, color=style.ACCENT, linewidth=0)
        _whiskers(axes, values, lows, highs)
        return style.svg(axes, name, spots(labels, values, lows, highs))


def _ends(numbers: Sequence[float]) -> tuple[float, float]:
    """From 0, which every bar starts at, to a little past the furthest number."""
    low, high = span(numbers, include=(0.0,))
    low, high = (0.0 if min(numbers, default=0) >= 0 else low), (0.0 if max(numbers, default=1) <= 0 else high)
    return (low, high) if high > low else (low, low + 1)


def _whiskers(axes: Axes, values: Sequence[float], lows: Ends, highs: Ends) -> None:
    """From end to end; where only one end is known, from the bar's end to it, with a cap there alone."""
    known = [
        (row, value if low is None else low, value if high is None else high, [e for e in (low, high) if e is not None])
        for row, (value, low, high) in enumerate(zip(values, lows, highs, strict=True))
        if low is not None or high is not None
    ]
    lines = level((row, (start, stop)) for row, start, stop, _ in known)
    caps = level((row, ends) for row, _, _, ends in known)
    axes.plot(*lines, color=style.PAPER, linewidth=2.6, solid_capstyle="butt", zorder=3)
    axes.plot(*lines, color=style.INK, linewidth=style.RANGE, zorder=4)
    axes.plot(*caps, "|", color=style.INK, markersize=6, markeredgewidth=style.RANGE, zorder=4)
