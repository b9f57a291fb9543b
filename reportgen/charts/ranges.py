"""Dots with whiskers: several values of one kind compared, each with its interval."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.rows import Ends, level, rows, set_span, spots, whole
from reportgen.charts.scale import span


class Look(NamedTuple):
    """How a row stands among the others."""

    colour: str
    line: float
    marker: str
    size: float


LOUD, PLAIN = Look(style.ACCENT, 2.0, "D", 7.0), Look(style.MUTED, style.RANGE, "o", 5.0)


def ranges(
    labels: Sequence[str],
    values: Ends,
    lows: Ends | None = None,
    highs: Ends | None = None,
    *,
    name: str,
    axis: str,
    reference: float | None = None,
    highlight: int | None = None,
) -> str:
    """One dot a label; `reference` is an upright dashed line, `highlight` the row that stands out."""
    lows, highs = whole(lows, len(values)), whole(highs, len(values))
    with style.drawing():
        axes = rows(labels, axis)
        set_span(axes, *span([*values, *lows, *highs, reference], pad=0.06))
        if reference is not None:
            axes.axvline(reference, color=style.MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
        kept = list(enumerate(zip(lows, values, highs, strict=True)))
        _draw(axes, [one for one in kept if one[0] != highlight], PLAIN)
        _draw(axes, [one for one in kept if one[0] == highlight], LOUD)
        if highlight is not None:
            axes.texts[highlight].set_fontweight("bold")
        return style.svg(axes, name, spots(labels, values, lows, highs))


def _draw(axes: Axes, kept: Sequence[tuple[int, Sequence[float | None]]], look: Look) -> None:
    """Rows of one look, each (low, value, high)."""
    known = [(row, [end for end in three if end is not None]) for row, three in kept]
    caps = [(row, [end for end in (low, high) if end is not None]) for row, (low, _, high) in kept]
    dots = [(row, [value]) for row, (_, value, _) in kept if value is not None]
    axes.plot(*level(known), color=look.colour, linewidth=look.line)
    axes.plot(*level(caps), "|", color=look.colour, markersize=6, markeredgewidth=style.RANGE)
    axes.plot(*level(dots), look.marker, color=look.colour, markersize=look.size, markeredgecolor=style.PAPER, zorder=3)
