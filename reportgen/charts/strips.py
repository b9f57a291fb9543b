"""Strips of dots: many values of one kind in a row, one of them marked, with an interval through them."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.rows import Ends, level, rows, set_span, strip, whole
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
        dots = [value for rings in values for value in rings]
        set_span(axes, *span([*dots, *marked, *lows, *highs], pad=0.06))
        _intervals(axes, lows, highs)
        _rings(axes, values)
        diamonds = level((row, [one]) for row, one in enumerate(marked) if one is not None)
        axes.plot(*diamonds, "D", color=style.ACCENT, markersize=7, markeredgecolor=style.PAPER, zorder=4)
        return style.svg(axes, name, _spots(labels, values, marked, lows, highs))


def _spots(
    labels: Sequence[str], values: Sequence[Sequence[float]], marked: Ends, lows: Ends, highs: Ends
) -> list[style.Spot]:
    """What a strip says and, in the order of the values, what all of its rings do."""
    found = []
    for row, (label, rings, one, low, high) in enumerate(zip(labels, values, marked, lows, highs, strict=True)):
        place = one if one is not None else low if low is not None else min(rings, default=None)
        if place is not None:
            others = tuple(style.Told("○", ring) for ring in sorted(rings))
            found.append(style.Spot(place, row, (style.Told(label, one, low, high), *others), strip(row)))
    return found


def _intervals(axes: Axes, lows: Ends, highs: Ends) -> None:
    pairs = enumerate(zip(lows, highs, strict=True))
    ends = level((row, [end for end in pair if end is not None]) for row, pair in pairs)
    axes.plot(*ends, color=style.MUTED, linewidth=style.RANGE, zorder=2)
    axes.plot(*ends, "|", color=style.MUTED, markersize=6, markeredgewidth=style.RANGE, zorder=2)


def _rings(axes: Axes, values: Sequence[Sequence[float]]) -> None:
    places = [
        (one, row + LANES[place % len(LANES)])
        for row, rings in enumerate(values)
        for place, one in enumerate(sorted(rings))
    ]
    across, down = zip(*places, strict=True) if places else ((), ())
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
