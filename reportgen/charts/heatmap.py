"""A square of shaded cells: the confusion matrix, in counts and in shares of each row."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from reportgen.charts import style
from reportgen.charts.words import elided, shown, width

RAMP = LinearSegmentedColormap.from_list("ramp", ["#f5f9fc", "#c3dbec", "#6aa6d2", "#2171b5", "#08306b"])
LEVELS = 24
MOST_NUMBERS = 25  # with more classes the numbers could not be read
LEAST_SIZE = 4.5
ZEROS_UP_TO = 12
WIDEST_CELL, HIGHEST_CELL = 64.0, 30.0
LABEL_ROOM = 110.0

Cells = Sequence[Sequence[float | None]]


def heatmap(counts: Sequence[Sequence[int]], labels: Sequence[str], *, name: str, x_label: str, y_label: str) -> str:
    """Whole numbers, shaded against the largest of them."""
    largest = max((count for row in counts for count in row), default=0) or 1
    shades = [[count / largest for count in row] for row in counts]
    return _draw(shades, labels, lambda row, column: str(counts[row][column]), name, x_label, y_label)


def share_heatmap(shares: Cells, labels: Sequence[str], *, name: str, x_label: str, y_label: str) -> str:
    """Shares between 0 and 1, written in per cent; a row of None (a class without rows) is left white."""
    return _draw(shares, labels, lambda row, column: _percent(shares[row][column]), name, x_label, y_label)


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    return "<1%" if 0 < share < 0.005 else ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _draw(
    shades: Cells, labels: Sequence[str], text: Callable[[int, int], str], name: str, x_label: str, y_label: str
) -> str:
    with style.drawing():
        axes = _axes(labels)
        _cells(axes, shades)
        _numbers(axes, shades, text)
        axes.set_xlabel(shown(x_label), labelpad=5)
        axes.set_ylabel(shown(y_label), labelpad=5)
        return style.svg(axes.figure, name)


def _axes(labels: Sequence[str]) -> Axes:
    """Cells as large as the page allows, labels turned upright where they are wider than a cell."""
    size = style.SMALL if len(labels) <= MOST_NUMBERS else min(style.SMALL, 0.85 * 330 / len(labels))
    names = [elided(label, LABEL_ROOM, size) for label in labels]
    longest = max(width(label, size) for label in names)
    left, cells = longest + 30, max(len(labels), 1)
    across = min(WIDEST_CELL, (style.WIDTH - left - 8) / cells)
    down = min(HIGHEST_CELL, across)
    upright = longest > across - 3
    bottom = 26 + (longest if upright else size + 3)
    spare = style.WIDTH - left - across * cells
    figure, axes = style.sheet(
        down * cells + bottom + 6, left=left + spare / 3, right=spare * 2 / 3, bottom=bottom, top=6
    )
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
                boxes.setdefault(_level(shade), []).append(_box(row, column))
    for level, paths in sorted(boxes.items()):
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), facecolor=_colour(level), linewidth=0))
    for place in range(len(shades)):
        axes.add_patch(Rectangle((place - 0.5, place - 0.5), 1, 1, fill=False, edgecolor=style.MUTED, linewidth=0.6))


def _box(row: int, column: int) -> Path:
    left, right, top, bottom = column - 0.5, column + 0.5, row - 0.5, row + 0.5
    return Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True)


def _level(shade: float) -> int:
    return max(1, round(shade * LEVELS))


def _colour(level: int) -> tuple[float, ...]:
    return RAMP(level / LEVELS)[:3]


def _numbers(axes: Axes, shades: Cells, text: Callable[[int, int], str]) -> None:
    cells = len(shades)
    if not 0 < cells <= MOST_NUMBERS:
        return
    words = {
        (row, column): text(row, column)
        for row, line in enumerate(shades)
        for column, shade in enumerate(line)
        if shade or cells <= ZEROS_UP_TO
    }
    room = axes.get_position().width * style.WIDTH / cells - 2
    size = min(style.SMALL, room / max((width(word, 1.0) for word in words.values()), default=1.0))
    if size < LEAST_SIZE:
        return
    for (row, column), word in words.items():
        colour = _readable(shades[row][column])
        axes.text(column, row, word, ha="center", va="center_baseline", fontsize=size, color=colour)


def _readable(shade: float | None) -> str:
    """Ink or paper, whichever stands out more from the cell (WCAG's contrast of relative luminances)."""
    if not shade:
        return style.MUTED
    light = _luminance(_colour(_level(shade)))
    on_paper = (_luminance(to_rgb(style.PAPER)) + 0.05) / (light + 0.05)
    on_ink = (light + 0.05) / (_luminance(to_rgb(style.INK)) + 0.05)
    return style.PAPER if on_paper > on_ink else style.INK


def _luminance(colour: tuple[float, ...]) -> float:
    channels = np.asarray(colour)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
