"""A table of shaded cells, each with a number and a word below it; cells without a number are left white."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from reportgen.charts import style
from reportgen.charts.shades import LEVELS, box, colour, readable
from reportgen.charts.words import elided, told_apart, width, wrapped

ROW, LABEL_ROOM, WIDEST = 30.0, 120.0, 76.0

Cells = Sequence[Sequence[float | None]]
Words = Sequence[Sequence[str]]


def grid(
    values: Cells,
    rows: Sequence[str],
    columns: Sequence[str],
    upper: Words,
    lower: Words,
    *,
    name: str,
    x_label: str,
    y_label: str,
) -> str:
    """Shaded from the lowest value to the highest; `upper` and `lower` are what each cell says on its two lines."""
    with style.drawing():
        axes = _axes(rows, columns)
        levels = _levels(values)
        _cells(axes, levels)
        _write(axes, levels, upper, lower)
        axes.set_xlabel(elided(x_label, 300, style.BODY), labelpad=5)
        style.head(axes, y_label)
        spots = [
            style.Spot(
                column,
                row,
                (
                    style.Told(y_label, rows[row]),
                    style.Told(x_label, columns[column]),
                    *map(style.Told, filter(None, words)),
                ),
                ((column - 0.5, row - 0.5), (column + 0.5, row + 0.5)),
            )
            for row, line in enumerate(zip(upper, lower, strict=True))
            for column, words in enumerate(zip(*line, strict=True))
        ]
        return style.svg(axes, name, spots)


def _axes(rows: Sequence[str], columns: Sequence[str]) -> Axes:
    names = told_apart(rows, lambda label: elided(label, LABEL_ROOM, style.SMALL))
    left = max((width(label, style.SMALL) for label in names), default=0.0) + 12
    across = min(WIDEST, (style.WIDTH - left - 8) / max(len(columns), 1))
    heads = told_apart(columns, lambda label: wrapped(label, across - 4, style.SMALL))
    bottom = 42.0 if any("\n" in head for head in heads) else 32.0
    spare = style.WIDTH - left - across * max(len(columns), 1)
    height = ROW * max(len(rows), 1) + bottom + style.HEAD
    axes = style.sheet(height, left=left + spare / 3, right=spare * 2 / 3, bottom=bottom, top=style.HEAD)
    axes.set(xlim=(-0.5, max(len(columns), 1) - 0.5), ylim=(max(len(rows), 1) - 0.5, -0.5))
    axes.set_xticks(range(len(heads)), heads)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(True)
    return axes


def _levels(values: Cells) -> list[list[int | None]]:
    known = [value for row in values for value in row if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    reach = (high - low) or 1.0
    return [
        [None if value is None else 1 + round((value - low) / reach * (LEVELS - 4)) for value in row] for row in values
    ]


def _cells(axes: Axes, levels: Sequence[Sequence[int | None]]) -> None:
    boxes: dict[int, list[Path]] = {}
    for row, line in enumerate(levels):
        for column, level in enumerate(line):
            if level is not None:
                boxes.setdefault(level, []).append(box(column - 0.5, column + 0.5, row - 0.5, row + 0.5))
    for level, paths in sorted(boxes.items()):
        axes.add_patch(
            PathPatch(Path.make_compound_path(*paths), facecolor=colour(level), edgecolor=style.PAPER, linewidth=0.8)
        )


def _write(axes: Axes, levels: Sequence[Sequence[int | None]], upper: Words, lower: Words) -> None:
    room = axes.get_position().width * style.WIDTH / max(max((len(line) for line in levels), default=1), 1) - 3
    for row, line in enumerate(levels):
        for column, level in enumerate(line):
            ink = style.MUTED if level is None else readable(level)
            for word, rise, size in (
                (upper[row][column], -0.18, style.SMALL),
                (lower[row][column], 0.24, style.SMALL - 0.5),
            ):
                if word:
                    fitted = elided(word, room, size)
                    axes.text(column, row + rise, fitted, ha="center", va="center", fontsize=size, color=ink)
