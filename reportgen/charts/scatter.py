"""Pairs of numbers as dots, or as a grid of shaded cells once dots would hide each other."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from reportgen.charts import style
from reportgen.charts.scale import mark, span
from reportgen.charts.shades import LEVELS, box, colour
from reportgen.charts.words import elided, told_apart, width

MOST_DOTS = 1500
MOST_TOLD = 600  # dots that tell their numbers one by one
REACH = 4.0  # points from a dot's middle at which it is still pointed at
MOST_NAMED = 12
CELLS = 48
HEIGHT = 190.0
HALF_HEIGHT = 152.0
LABEL_GAP = 9.5
LABEL_ROOM = 100.0
DOT, DOT_GAP = 5.0, 7.5
STEPS = 16


class Taken(NamedTuple):
    """Where a dot or a label is, in points, and how far above or below it the next may be."""

    left: float
    right: float
    level: float
    gap: float

    def covers(self, left: float, right: float, level: float) -> bool:
        """Whether a label from left to right at that level would lie on it."""
        return left < self.right and self.left < right and abs(level - self.level) < self.gap


def scatter(
    x: Sequence[float],
    y: Sequence[float],
    *,
    name: str,
    x_label: str,
    y_label: str,
    diagonal: bool = False,
    labels: Sequence[str] | None = None,
    half: bool = False,
) -> str:
    """One dot a pair; `diagonal` draws the line on which both numbers agree, `labels` names each dot.

    Of many dots those furthest to the right and furthest up are named in the picture.

    `half` makes it as wide as a chart that stands beside another.
    """
    with style.drawing():
        page = style.HALF if half else style.WIDTH
        axes = _axes(x, y, diagonal, page)
        axes.set_xlabel(elided(x_label, min(300.0, page - 40), style.BODY))
        style.head(axes, y_label)
        if len(x) > MOST_DOTS:
            _cells(axes, x, y)
        else:
            _dots(axes, x, y)
        if labels is not None:
            _labels(axes, x, y, labels)
        names = (x_label, y_label)
        spots = _told_cells(axes, x, y, names) if len(x) > MOST_TOLD else _told_dots(axes, x, y, names, labels)
        return style.svg(axes, name, spots)


def _told_dots(
    axes: Axes, x: Sequence[float], y: Sequence[float], names: tuple[str, str], labels: Sequence[str] | None
) -> list[style.Spot]:
    """What each dot says, its own name first where it has one."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    wide, high = (
        reach / points * REACH for reach, points in zip((right - left, top - bottom), _inside(axes), strict=True)
    )
    found = []
    for number, (across, up) in enumerate(zip(x, y, strict=True)):
        own = () if labels is None else (style.Told(labels[number]),)
        told = (*own, style.Told(names[0], across), style.Told(names[1], up))
        found.append(style.Spot(across, up, told, ((across - wide, up - high), (across + wide, up + high))))
    return found


def _inside(axes: Axes) -> tuple[float, float]:
    """How wide and high the axes are, in points."""
    points = style.POINTS / cast(Figure, axes.figure).dpi
    return axes.bbox.width * points, axes.bbox.height * points


def _told_cells(axes: Axes, x: Sequence[float], y: Sequence[float], names: tuple[str, str]) -> list[style.Spot]:
    """How many pairs lie in each cell, where there are too many to name each."""
    counts, across, up = np.histogram2d(x, y, bins=CELLS // 2, range=[axes.get_xlim(), axes.get_ylim()])
    found = []
    for column, row in np.argwhere(counts):
        left, right, low, high = (float(end) for end in (*across[column : column + 2], *up[row : row + 2]))
        sides = (style.Told(names[0], None, left, right), style.Told(names[1], None, low, high))
        told = (*sides, style.Told("n", float(counts[column, row])))
        found.append(style.Spot((left + right) / 2, (low + high) / 2, told, ((left, low), (right, high))))
    return found


def _axes(x: Sequence[float], y: Sequence[float], diagonal: bool, page: float) -> Axes:
    """Square where both axes count the same, so that the diagonal rises at 45 degrees."""
    height = HEIGHT if page == style.WIDTH else HALF_HEIGHT
    left = (page - (height - 34 - style.HEAD)) / 2 if diagonal else 46.0 if page == style.WIDTH else 36.0
    axes = style.sheet(height, left=left, right=left if diagonal else 10, bottom=34, top=style.HEAD, across=page)
    both = span([*x, *y])
    axes.set(xlim=both if diagonal else span(x), ylim=both if diagonal else span(y))
    mark(axes.xaxis, *axes.get_xlim(), 5)
    places = mark(axes.yaxis, *axes.get_ylim())
    axes.hlines(places, *axes.get_xlim(), color=style.GRID, linewidth=0.6, zorder=0)
    if diagonal:
        axes.plot(both, both, color=style.MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=3)
    return axes


def _dots(axes: Axes, x: Sequence[float], y: Sequence[float]) -> None:
    """All dots as one path of round-capped points: a twentieth of the bytes of as many circles."""
    ends = [pair for across, up in zip(x, y, strict=True) for pair in ((across, up), (across, up))]
    path = Path(ends, [Path.MOVETO, Path.LINETO] * len(x)) if ends else Path(np.empty((0, 2)))
    path.should_simplify = False
    size = 6.5 if len(x) <= 60 else 3.6 if len(x) <= 300 else 2.4
    axes.add_patch(PathPatch(path, fill=False, edgecolor=style.ACCENT, linewidth=size, capstyle="round", alpha=0.75))


def _cells(axes: Axes, x: Sequence[float], y: Sequence[float]) -> None:
    """How many pairs fall into each cell, shaded by the logarithm."""
    limits = [axes.get_xlim(), axes.get_ylim()]
    counts, across, up = np.histogram2d(x, y, bins=CELLS, range=limits)
    paths: dict[int, list[Path]] = {}
    most = math.log1p(float(counts.max())) or 1.0
    for column, row in np.argwhere(counts):
        level = round((0.2 + 0.8 * math.log1p(float(counts[column, row])) / most) * LEVELS)
        paths.setdefault(level, []).append(box(across[column], across[column + 1], up[row], up[row + 1]))
    for level, boxes in sorted(paths.items()):
        axes.add_patch(PathPatch(Path.make_compound_path(*boxes), facecolor=colour(level), linewidth=0))


def _labels(axes: Axes, x: Sequence[float], y: Sequence[float], labels: Sequence[str]) -> None:
    """Beside their dots, as near as can be without lying on a dot or a label; those at the edges choose first.

    Where some dots alone are named, a label for which there is no room is left out: nobody could read it; and where
    dots are drawn as cells, so is the label of one in a crowd: nobody could tell which it is.
    """
    figure = cast(Figure, axes.figure)
    points = style.POINTS / figure.dpi
    spots = [(float(across), float(up)) for across, up in axes.transData.transform(np.column_stack([x, y])) * points]
    names = told_apart(labels, lambda label: elided(label, LABEL_ROOM, style.SMALL))
    page, inside = (Bbox(corners.get_points() * points) for corners in (figure.bbox, axes.bbox))
    middle = (inside.y0 + inside.y1) / 2
    taken = [Taken(across - DOT, across + DOT, up, DOT_GAP) for across, up in spots]
    named = [number for number in _named(x, y) if len(x) <= MOST_DOTS or not _crowded(spots[number], spots)]
    for number in sorted(named, key=lambda number: -abs(spots[number][1] - middle)):
        side, place = _free(spots[number], width(names[number], style.SMALL), page, inside, taken)
        if len(x) > MOST_NAMED and any(other.covers(place.left, place.right, place.level) for other in taken):
            continue
        taken.append(place)
        _label(axes, names[number], (x[number], y[number]), side, place.level - spots[number][1])


def _crowded(spot: tuple[float, float], spots: Sequence[tuple[float, float]]) -> bool:
    """Whether another dot lies on this one."""
    near = np.all(np.abs(np.asarray(spots) - spot) < DOT, axis=1)
    return int(near.sum()) > 1


def _named(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """The dots that are named: all of few, of many those that lie furthest out on either axis."""
    if len(x) <= MOST_NAMED:
        return list(range(len(x)))
    turns = [np.argsort(-np.asarray(ends), kind="stable").tolist() for ends in (y, x)]
    return list(dict.fromkeys(itertools.chain.from_iterable(zip(*turns, strict=True))))[:MOST_NAMED]


def _free(
    spot: tuple[float, float], long: float, page: Bbox, inside: Bbox, taken: Sequence[Taken]
) -> tuple[int, Taken]:
    """The side of the dot and the place at which its label has most room, and of equals the nearest."""
    across, up = spot
    inwards = 1 if across <= (inside.x0 + inside.x1) / 2 else -1
    found = []
    for side in (inwards, -inwards):
        left, right = sorted((across + side * 7, across + side * (11 + long)))
        outside = max(0.0, inside.x0 + 2.0 - left, right - page.x1 + 2.0)
        for steps in range(-STEPS, STEPS + 1):
            level = up + steps * LABEL_GAP / 4
            beyond = max(0.0, inside.y0 + 4 - level, level - inside.y1)
            hidden = sum(other.covers(left, right, level) for other in taken)
            cost = 1000 * (hidden + outside + beyond) + abs(level - up) + (0 if side == inwards else LABEL_GAP / 2)
            found.append((cost, side, Taken(left, right, level, LABEL_GAP)))
    _, side, place = min(found, key=lambda one: one[0])
    return side, place


def _label(axes: Axes, label: str, spot: tuple[float, float], side: int, rise: float) -> None:
    axes.annotate(
        label,
        spot,
        (side * 9.0, rise),
        textcoords="offset points",
        ha="left" if side == 1 else "right",
        va="center",
        fontsize=style.SMALL,
        arrowprops={"arrowstyle": "-", "color": style.QUIET, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 2},
    )
