"""The frame that bars and ranges share: one row a label, the numbers' axis below."""

import math
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.scale import mark
from reportgen.charts.words import elided, told_apart, width, wrapped

LABEL_ROOM = 190.0
AXIS_ROOM = 260.0
PAD = 3.5  # points between a name and its row: matplotlib's own for a label

Ends = Sequence[float | None]


def whole(ends: Ends | None, count: int) -> list[float | None]:
    """The ends as a list; none at all stand for as many unknown ones."""
    return [None] * count if ends is None else list(ends)


def rows(labels: Sequence[str], axis: str) -> Axes:
    """Axes with a row for each label from the top."""
    names = told_apart(labels, lambda label: wrapped(label, LABEL_ROOM, style.SMALL))
    row = 23.0 if any("\n" in name for name in names) else 14.0
    left = max((width(line, style.SMALL) for name in names for line in name.split("\n")), default=0.0) + 10
    axes = style.sheet(row * max(len(names), 1) + 33, left=left, bottom=30, right=12, top=3)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    _name(axes, names)
    axes.set_xlabel(elided(axis, AXIS_ROOM, style.BODY))
    return axes


def _name(axes: Axes, names: Sequence[str]) -> None:
    """What each row is, as text where its tick label would stand: matplotlib takes three times as long for a tick."""
    axes.set_yticks([])
    place, upright, across = axes.get_yaxis_text1_transform(PAD)
    for row, name in enumerate(names):
        axes.text(0, row, name, transform=place, va=upright, ha=across, fontsize=style.SMALL, clip_on=False)


def spots(labels: Sequence[str], values: Ends, lows: Ends, highs: Ends) -> list[style.Spot]:
    """Where the value of each row stands, and what the row says, its name included."""
    told = enumerate(zip(labels, values, lows, highs, strict=True))
    return [
        style.Spot(value, row, (style.Told(label, value, low, high),), strip(row))
        for row, (label, value, low, high) in told
        if value is not None
    ]


def strip(row: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """A row from the left edge of the picture to the right, its name included."""
    return (-math.inf, row - 0.5), (math.inf, row + 0.5)


def level(lines: Iterable[tuple[int, Sequence[float]]]) -> tuple[list[float], list[float]]:
    """Level lines (their row, their points) as one line with gaps, since matplotlib takes a millisecond for a line."""
    across, down = [], []
    for row, points in lines:
        across += [*points, math.nan]
        down += [float(row)] * len(points) + [math.nan]
    return across, down


def set_span(axes: Axes, low: float, high: float) -> None:
    """The ends of the numbers' axis, its ticks and their grid."""
    axes.set_xlim(low, high)
    places = mark(axes.xaxis, low, high)
    axes.vlines(places, *axes.get_ylim(), color=style.GRID, linewidth=0.6, zorder=0)
