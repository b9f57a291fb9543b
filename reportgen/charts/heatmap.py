"""A square of shaded cells: the confusion matrix, in counts and in shares of each row."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from reportgen.charts import style
from reportgen.charts.fonts import FAMILIES
from reportgen.charts.shades import LEVELS, box, colour, readable
from reportgen.charts.words import elided, told_apart, width

MOST_NUMBERS = 25  # with more classes the numbers could not be read
LEAST_SIZE = 4.5
ZEROS_UP_TO = 12
WIDEST_CELL, HIGHEST_CELL = 64.0, 28.0
LABEL_ROOM = 110.0
FIGURE_HEIGHT = 0.73  # of 0 to 9, as a share of the letter size

Cells = Sequence[Sequence[float | None]]


def heatmap(
    counts: Sequence[Sequence[int]],
    labels: Sequence[str],
    *,
    name: str,
    x_label: str,
    y_label: str,
    half: bool = False,
    darkest: int | None = None,
) -> str:
    """Whole numbers, shaded against the largest of them; `half` as wide where it is to stand beside another chart.

    Where `darkest` is given, larger numbers are shaded as it is.
    """
    largest = darkest or max((count for row in counts for count in row), default=0) or 1
    shades = [[min(count / largest, 1.0) for count in row] for row in counts]
    return _draw(shades, labels, lambda row, column: str(counts[row][column]), name, x_label, y_label, half)


def share_heatmap(
    shares: Cells, labels: Sequence[str], *, name: str, x_label: str, y_label: str, half: bool = False
) -> str:
    """Shares between 0 and 1, written in per cent; a row of None (a class without rows) is left white."""
    return _draw(shares, labels, lambda row, column: _percent(shares[row][column]), name, x_label, y_label, half)


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    return "<1%" if 0 < share < 0.005 else ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _draw(
    shades: Cells,
    labels: Sequence[str],
    text: Callable[[int, int], str],
    name: str,
    x_label: str,
    y_label: str,
    half: bool,
) -> str:
    with style.drawing():
        axes = _axes(labels, style.HALF if half else style.WIDTH)
        _cells(axes, shades)
        _numbers(axes, shades, text, style.HALF if half else style.WIDTH)
        axes.set_xlabel(elided(x_label, max(axes.bbox.width, 120.0), style.BODY), labelpad=5)
        style.head(axes, y_label)
        return style.svg(axes, name, _spots(shades, labels, text, x_label, y_label))


def _spots(
    shades: Cells, labels: Sequence[str], text: Callable[[int, int], str], x_label: str, y_label: str
) -> list[style.Spot]:
    """What a cell says; those that are empty in a large table say nothing."""
    told = style.Told
    return [
        style.Spot(
            column,
            row,
            (told(y_label, labels[row]), told(x_label, labels[column]), told(text(row, column))),
            ((column - 0.5, row - 0.5), (column + 0.5, row + 0.5)),
        )
        for row, line in enumerate(shades)
        for column, shade in enumerate(line)
        if shade or len(labels) <= ZEROS_UP_TO
    ]


def _axes(labels: Sequence[str], page: float) -> Axes:
    """Cells as large as the page allows, labels turned upright where they are wider than a cell."""
    size = style.SMALL if len(labels) <= MOST_NUMBERS else min(style.SMALL, 0.85 * 330 / len(labels))
    names = told_apart(labels, lambda label: elided(label, LABEL_ROOM, size))
    longest = max((width(label, size) for label in names), default=0.0)
    left, cells = longest + 12, max(len(labels), 1)
    across = min(WIDEST_CELL, (page - left - 8) / cells)
    down = min(HIGHEST_CELL, across)
    upright = longest > across - 3
    bottom = 26 + (longest if upright else size + 3)
    spare = page - left - across * cells
    sides = {"left": left + spare / 3, "right": spare * 2 / 3, "across": page}
    axes = style.sheet(down * cells + bottom + style.HEAD, bottom=bottom, top=style.HEAD, **sides)
    axes.set(xlim=(-0.5, cells - 0.5), ylim=(cells - 0.5, -0.5))
    axes.set_xticks(range(cells), names, rotation=90 if upright else 0, fontsize=size)
    axes.set_yticks(range(cells), names, fontsize=size)
    axes.tick_params(length=0)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(True)
    return axes


def _cells(axes: Axes, shades: Cells) -> None:
    """One path a shade, not one a cell: a hundred classes stay a small file."""
    boxes: dict[int, list[Path]] = {}
    for row, line in enumerate(shades):
        for column, shade in enumerate(line):
            if shade:
                boxes.setdefault(_level(shade), []).append(box(column - 0.5, column + 0.5, row - 0.5, row + 0.5))
    for level, paths in sorted(boxes.items()):
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), facecolor=colour(level), linewidth=0))
    for place in range(len(shades)):
        axes.add_patch(Rectangle((place - 0.5, place - 0.5), 1, 1, fill=False, edgecolor=style.MUTED, linewidth=0.6))


def _level(shade: float) -> int:
    return max(1, round(shade * LEVELS))


def _numbers(axes: Axes, shades: Cells, text: Callable[[int, int], str], page: float) -> None:
    cells = len(shades)
    if not 0 < cells <= MOST_NUMBERS:
        return
    words = {
        (row, column): text(row, column)
        for row, line in enumerate(shades)
        for column, shade in enumerate(line)
        if shade or cells <= ZEROS_UP_TO
    }
    room = axes.get_position().width * page / cells - 2
    size = min(style.SMALL, room / max((width(word, 1.0) for word in words.values()), default=1.0))
    if size < LEAST_SIZE:
        return
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for (row, column), word in words.items():
        places.setdefault((word, _ink(shades[row][column])), []).append((column, row))
    for (word, ink), spots in places.items():
        _stamp(axes, word, size, ink, spots)


def _ink(shade: float | None) -> str:
    return readable(_level(shade)) if shade else style.MUTED


def _stamp(axes: Axes, word: str, size: float, ink: str, spots: Sequence[tuple[int, int]]) -> None:
    """The same word in many cells, as one marker: ten times as fast as as many texts, and fewer bytes.

    matplotlib shrinks a marker until its furthest point is half a unit away: hence the size.
    """
    font = FontProperties(family=FAMILIES[0], size=size)
    outline = TextPath((-width(word, size) / 2, -size * FIGURE_HEIGHT / 2), word, prop=font)
    columns, rows = zip(*spots, strict=True)
    axes.plot(
        columns,
        rows,
        linestyle="none",
        marker=outline,
        markersize=2 * float(np.abs(outline.vertices).max()),
        markerfacecolor=ink,
        markeredgewidth=0,
        clip_on=False,
    )
