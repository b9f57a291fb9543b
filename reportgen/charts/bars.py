"""Horizontal bars, as given from the top, with whiskers for intervals."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.scale import mark, span
from reportgen.charts.words import shown, width, wrapped

LABEL_ROOM = 190.0
TINTS = {"accent": style.ACCENT, "alert": style.ALERT, "quiet": style.QUIET}

Ends = Sequence[float | None]


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    name: str,
    axis: str,
    lows: Ends | None = None,
    highs: Ends | None = None,
    texts: Sequence[str] | None = None,
    tint: str | Sequence[str] | None = None,
) -> str:
    """One bar a label; `texts` are written after the bars, `tint` is accent, alert or quiet, for all or for each."""
    lows, highs = _whole(lows, values), _whole(highs, values)
    tints = [tint] * len(values) if tint is None or isinstance(tint, str) else list(tint)
    with style.drawing():
        names = [wrapped(label, LABEL_ROOM, style.BODY) for label in labels]
        figure, axes = _sheet(names, texts)
        ends = [end for end in (*lows, *highs) if end is not None]
        _scale(axes, [*values, *ends])
        axes.barh(range(len(values)), values, height=0.62, color=[TINTS[t or "accent"] for t in tints], linewidth=0)
        _whiskers(axes, values, lows, highs)
        _texts(axes, texts or (), values, lows, highs)
        axes.set_yticks(range(len(names)), names)
        axes.set_xlabel(shown(axis))
        return style.svg(figure, name)


def _whole(ends: Ends | None, values: Sequence[float]) -> list[float | None]:
    return [None] * len(values) if ends is None else list(ends)


def _sheet(names: Sequence[str], texts: Sequence[str] | None) -> tuple[style.Figure, Axes]:
    row = 25.0 if any("\n" in name for name in names) else 15.5
    lines = [line for name in names for line in name.split("\n")]
    left = max((width(line, style.SMALL) for line in lines), default=0.0) + 10
    right = 10 + max((width(text, style.SMALL) for text in texts or ()), default=0.0)
    figure, axes = style.sheet(row * max(len(names), 1) + 40, left=left, bottom=34, right=right, top=6)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure, axes


def _scale(axes: Axes, numbers: Sequence[float]) -> None:
    low, high = span(numbers, include=(0.0,))
    low, high = (0.0 if min(numbers, default=0) >= 0 else low), (0.0 if max(numbers, default=1) <= 0 else high)
    axes.set_xlim(low, high if high > low else low + 1)
    places = mark(axes.xaxis, *axes.get_xlim())
    axes.vlines(places, *axes.get_ylim(), color=style.GRID, linewidth=0.6, zorder=0)
    axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=3)


def _whiskers(axes: Axes, values: Sequence[float], lows: Ends, highs: Ends) -> None:
    """From end to end; where only one end is known, from the bar's end to it, with a cap there alone."""
    for row, (value, low, high) in enumerate(zip(values, lows, highs, strict=True)):
        if low is None and high is None:
            continue
        start, stop = value if low is None else low, value if high is None else high
        axes.plot([start, stop], [row, row], color=style.PAPER, linewidth=2.4, solid_capstyle="butt", zorder=3)
        axes.plot([start, stop], [row, row], color=style.INK, linewidth=1.0, zorder=4)
        caps = [end for end in (low, high) if end is not None]
        axes.plot(caps, [row] * len(caps), "|", color=style.INK, markersize=5, markeredgewidth=1.0, zorder=4)


def _texts(axes: Axes, texts: Sequence[str], values: Sequence[float], lows: Ends, highs: Ends) -> None:
    for row, (text, value, low, high) in enumerate(zip(texts, values, lows, highs, strict=False)):
        furthest = max(end for end in (value, low, high, 0.0) if end is not None)
        axes.annotate(
            shown(text), (furthest, row), (4, 0), textcoords="offset points", va="center", fontsize=style.SMALL
        )
