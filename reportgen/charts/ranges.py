"""Dots with whiskers: several values of one kind compared, each with its interval."""

from collections.abc import Sequence

from reportgen.charts import style
from reportgen.charts.rows import Ends, rows, set_span, whole
from reportgen.charts.scale import span


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
        for row, value in enumerate(values):
            chosen = row == highlight
            colour, size = (style.ACCENT, 7.0) if chosen else (style.MUTED, 5.0)
            ends = [end for end in (lows[row], value, highs[row]) if end is not None]
            caps = [end for end in (lows[row], highs[row]) if end is not None]
            axes.plot(ends, [row] * len(ends), color=colour, linewidth=2.0 if chosen else 1.2)
            axes.plot(caps, [row] * len(caps), "|", color=colour, markersize=6, markeredgewidth=1.2)
            if value is not None:
                marker = "D" if chosen else "o"
                axes.plot([value], [row], marker, color=colour, markersize=size, markeredgecolor=style.PAPER, zorder=3)
        if highlight is not None:
            axes.get_yticklabels()[highlight].set_fontweight("bold")
        return style.svg(axes, name)
