"""Shares of a whole, labelled outside, readable in grey."""

import itertools
import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.places import apart
from reportgen.charts.words import elided, told_apart, width

RADIUS = 46.0
LABEL_ROOM = 130.0
GAP = 11.0
SHADES = ("#08519c", "#9ecae1", "#3182bd", "#deebf7", "#6baed6", "#c6dbef", "#4292c6", "#eff3ff")  # neighbours differ


def pie(labels: Sequence[str], values: Sequence[float], *, name: str) -> str:
    """Clockwise from the top, in the order given; a value of 0 keeps its label."""
    total = sum(values) or 1.0
    with style.drawing():
        height = max(2 * RADIUS + 24, GAP * len(values) + 16)
        axes = _axes(height)
        ends = [sum(values[:number]) / total for number in range(len(values) + 1)]
        middles = [(start + stop) / 2 for start, stop in itertools.pairwise(ends)]
        _wedges(axes, values, height)
        texts = _texts(labels, [value / total for value in values])
        _labels(axes, texts, middles, height)
        return style.svg(axes, name, _spots(labels, values, ends))


def _spots(labels: Sequence[str], values: Sequence[float], ends: Sequence[float]) -> list[style.Spot]:
    """What each wedge says."""
    found = []
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        if value > 0:
            start, stop = ends[number], ends[number + 1]
            steps = max(2, round((stop - start) * 40))
            edge = [_rim(start + (stop - start) * step / steps) for step in range(steps + 1)]
            across, up = _rim((start + stop) / 2)
            told = style.Told(f"{label} ({_share(value / (sum(values) or 1.0))})", value)
            found.append(style.Spot(across * 0.7, up * 0.7, (told,), ((0.0, 0.0), *edge)))
    return found


def _rim(turn: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn
    return RADIUS * math.sin(angle), RADIUS * math.cos(angle)


def _share(share: float) -> str:
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def _axes(height: float) -> Axes:
    """Axes whose unit is the point, the pie's centre at 0."""
    axes = style.sheet(height, left=0, bottom=0, right=0, top=0)
    axes.set_axis_off()
    return axes


def _wedges(axes: Axes, values: Sequence[float], height: float) -> None:
    if sum(values) > 0:
        edge = {"edgecolor": style.INK, "linewidth": 0.6}
        colours = [SHADES[number % len(SHADES)] for number in range(len(values))]
        axes.pie(values, radius=RADIUS, colors=colours, startangle=90, counterclock=False, wedgeprops=edge)
    axes.set(xlim=(-style.WIDTH / 2, style.WIDTH / 2), ylim=(-height / 2, height / 2))


def _texts(labels: Sequence[str], shares: Sequence[float]) -> list[str]:
    percents = [_share(share) for share in shares]
    room = LABEL_ROOM - max((width(f"  {percent}", style.SMALL) for percent in percents), default=0.0)
    names = told_apart(labels, lambda label: elided(label, room, style.SMALL))
    return [f"{name}  {percent}" for name, percent in zip(names, percents, strict=True)]


def _labels(axes: Axes, texts: Sequence[str], middles: Sequence[float], height: float) -> None:
    """Beside the pie on the side of their wedge, moved apart, each with a line to its wedge."""
    for side in (1, -1):
        members = [number for number, middle in enumerate(middles) if (middle < 0.5) == (side == 1)]
        members.sort(key=lambda number: math.cos(2 * math.pi * middles[number]))
        wanted = [RADIUS * 1.12 * math.cos(2 * math.pi * middles[number]) for number in members]
        heights = apart(wanted, GAP, -height / 2 + 7, height / 2 - 7)
        for number, level in zip(members, heights, strict=True):
            _label(axes, texts[number], 2 * math.pi * middles[number], side, level)


def _label(axes: Axes, text: str, angle: float, side: int, level: float) -> None:
    x, y = RADIUS * math.sin(angle), RADIUS * math.cos(angle)
    axes.plot([x, side * (RADIUS + 12), side * (RADIUS + 20)], [y, level, level], color=style.MUTED, linewidth=0.6)
    place = "left" if side == 1 else "right"
    axes.text(side * (RADIUS + 23), level, text, ha=place, va="center", fontsize=style.SMALL)
