"""Strips of dots: many values of one kind in a row, one of them marked, with an interval through them."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.rows import Ends, level, rows, set_span, whole
from reportgen.charts.scale import span

LANES = (0.0, -0.2, 0.2)
"""Neighbouring dots take turns in three lanes, so that equal ones do not hide each other."""


def strips(
    labels: Sequence[str],
    values: Sequence[Sequence[float]],
    marked: Ends,
    lows: Ends | None = None,
    highs: Ends | None = None,
    *,
    name: str,
    axis: str,
) -> str:
    """One strip a label: its values as rings, `marked` as a diamond, its interval as a line behind them."""
    lows, highs = whole(lows, len(labels)), whole(highs, len(labels))
    with style.drawing():
        axes = rows(labels, axis)
        dots = [value for strip in values for value in strip]
        set_span(axes, *span([*dots, *marked, *lows, *highs], pad=0.06))
        _intervals(axes, lows, highs)
        _rings(axes, values)
        diamonds = level((row, [one]) for row, one in enumerate(marked) if one is not None)
        axes.plot(*diamonds, "D", color=style.ACCENT, markersize=7, markeredgecolor=style.PAPER, zorder=4)
        return style.svg(axes, name)


def _intervals(axes: Axes, lows: Ends, highs: Ends) -> None:
    pairs = enumerate(zip(lows, highs, strict=True))
    ends = level((row, [end for end in pair if end is not None]) for row, pair in pairs)
    axes.plot(*ends, color=style.MUTED, linewidth=1.2, zorder=2)
    axes.plot(*ends, "|", color=style.MUTED, markersize=9, markeredgewidth=1.2, zorder=2)


def _rings(axes: Axes, values: Sequence[Sequence[float]]) -> None:
    rings = [
        (one, row + LANES[place % len(LANES)])
        for row, strip in enumerate(values)
        for place, one in enumerate(sorted(strip))
    ]
    across, down = zip(*rings, strict=True) if rings else ((), ())
    axes.plot(
        across,
        down,
        "o",
        color=style.PAPER,
        markersize=4.5,
        markeredgecolor=style.INK,
        markeredgewidth=0.9,
        zorder=3,
    )
