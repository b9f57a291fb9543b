"""Curves over steps, told apart by dashes and by a label at each end; and stated against observed shares."""

import math
from collections.abc import Mapping, Sequence
from typing import cast

from matplotlib.axes import Axes

from reportgen.charts import style
from reportgen.charts.places import apart
from reportgen.charts.scale import MINUS, PARTED, span
from reportgen.charts.scale import mark as set_ticks
from reportgen.charts.words import elided, told_apart, width

HEIGHT = 150.0
LABEL_ROOM = 110.0
DECADES = 2.0  # from a span of two decades on, a plain scale would hide all but the largest values
GAP = 10.0  # points between two labels
MOST_STEPS = 60  # that a pointer can tell apart


def lines(
    series: Mapping[str, Sequence[float | None]],
    *,
    name: str,
    x_label: str,
    y_label: str,
    mark: float | None = None,
    mark_label: str | None = None,
) -> str:
    """One curve a name, its first value at 1; `mark` draws an upright line there, with its label."""
    with style.drawing():
        names = told_apart(list(series), lambda label: elided(label, LABEL_ROOM, style.SMALL))
        axes = _axes(max((width(label, style.SMALL) for label in names), default=0.0) + 16, mark_label)
        steps = max((len(values) for values in series.values()), default=0)
        _scale_steps(axes, steps)
        _scale_values(axes, [value for values in series.values() for value in values if value is not None])
        for number, values in enumerate(series.values()):
            _curve(axes, number, values)
        _end_labels(axes, names, list(series.values()))
        _mark(axes, mark, mark_label)
        axes.set_xlabel(elided(x_label, 300, style.BODY))
        style.head(axes, y_label, 15 if mark_label else 5)
        return style.svg(axes, name, _spots(axes, series, steps, x_label))


def _spots(axes: Axes, series: Mapping[str, Sequence[float | None]], steps: int, x_label: str) -> list[style.Spot]:
    """What every curve says at a step: at each of them, or where there are many at as many as can be told apart."""
    every = max(1, math.ceil(steps / MOST_STEPS))
    bottom, top = axes.get_ylim()
    found = []
    for step in range(1, steps + 1, every):
        at = [(label, values[step - 1]) for label, values in series.items() if step <= len(values)]
        told = tuple(style.Told(label, value) for label, value in at if value is not None)
        if told:
            place = cast(float, told[0].value)
            area = ((step - every / 2, bottom), (step + every / 2, top))
            found.append(style.Spot(step, place, (style.Told(x_label, step), *told), area))
    return found


def _axes(right: float, mark_label: str | None) -> Axes:
    return style.sheet(HEIGHT, left=38, bottom=34, right=right, top=style.HEAD + (10 if mark_label else 0))


def _scale_steps(axes: Axes, steps: int) -> None:
    last = max(steps, 2)
    axes.set_xlim(1 - 0.02 * (last - 1), last)
    places = [place for place in set_ticks(axes.xaxis, 1, last, 8) if place == int(place)]
    axes.set_xticks(places, [f"{place:{',' if last >= PARTED else ''}.0f}" for place in places])


def _scale_values(axes: Axes, values: Sequence[float]) -> None:
    if values and min(values) > 0 and math.log10(max(values) / min(values)) >= DECADES:
        return _scale_decades(axes, min(values), max(values))
    low, high = span(values)
    axes.set_ylim(0.0 if min(values, default=0.0) >= 0 and low < 0.35 * high else low, high)
    places = set_ticks(axes.yaxis, *axes.get_ylim())
    axes.hlines(places, *axes.get_xlim(), color=style.GRID, linewidth=0.6, zorder=0)
    return None


def _scale_decades(axes: Axes, low: float, high: float) -> None:
    axes.set_yscale("log")
    axes.set_ylim(low / 1.3, high * 1.3)
    powers = range(math.ceil(math.log10(low / 1.3)), math.floor(math.log10(high * 1.3)) + 1)
    every = max(1, math.ceil(len(powers) / 7))
    places = [10.0**power for power in powers][::every]
    axes.set_yticks(places, [_power(power) for power in powers][::every])
    axes.set_yticks([], minor=True)
    axes.hlines(places, *axes.get_xlim(), color=style.GRID, linewidth=0.6, zorder=0)


def _power(power: int) -> str:
    return f"{10.0**power:,.{max(0, -power)}f}" if -5 < power < 7 else f"1e{power}".replace("-", MINUS)


def _curve(axes: Axes, number: int, values: Sequence[float | None]) -> None:
    steps = range(1, len(values) + 1)
    heights = [math.nan if value is None else value for value in values]
    colour = style.SERIES[number % len(style.SERIES)]
    dashes = style.DASHES[number % len(style.DASHES)]
    single = "o" if len(heights) == 1 else None
    axes.plot(steps, heights, color=colour, linestyle=dashes, linewidth=1.4, marker=single, markersize=4)


def _end_labels(axes: Axes, names: Sequence[str], series: Sequence[Sequence[float | None]]) -> None:
    """Each beside the end of its curve, moved apart where the curves end close to each other."""
    ends = []
    for number, values in enumerate(series):
        known = [(step, value) for step, value in enumerate(values, start=1) if value is not None]
        if known:
            ends.append((axes.transData.transform(known[-1])[1], number))
    ends.sort()
    heights = apart([height for height, _ in ends], GAP, axes.bbox.y0, axes.bbox.y1)
    for height, (_, number) in zip(heights, ends, strict=True):
        axes.annotate(
            names[number],
            (1, (height - axes.bbox.y0) / axes.bbox.height),
            (8, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
            color=style.INK,
        )
        axes.plot(
            [1, 1.008],
            [(height - axes.bbox.y0) / axes.bbox.height] * 2,
            transform=axes.transAxes,
            color=style.SERIES[number % len(style.SERIES)],
            linewidth=3,
            clip_on=False,
        )


def _mark(axes: Axes, place: float | None, label: str | None) -> None:
    if place is None:
        return
    axes.axvline(place, color=style.MUTED, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
    if label:
        first, last = axes.get_xlim()
        right = (place - first) > 0.5 * (last - first)
        axes.annotate(
            elided(label, 200, style.SMALL),
            (place, 1),
            (0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right" if right else "left",
            fontsize=style.SMALL,
            color=style.MUTED,
        )


def reliability(
    stated: Sequence[float],
    observed: Sequence[float],
    lows: Sequence[float | None],
    highs: Sequence[float | None],
    weights: Sequence[float],
    *,
    name: str,
    x_label: str,
    y_label: str,
    half: bool = False,
) -> str:
    """Stated against observed shares, both from 0 to 1; the area of a dot is its weight, the dashed line is honesty.

    `half` makes it as wide as a chart that stands beside another.
    """
    with style.drawing():
        side = 100.0 if half else 150.0
        page = style.HALF if half else style.WIDTH
        left = (page - side) / 2
        axes = style.sheet(side + 34 + style.HEAD, left=left, right=left, bottom=34, top=style.HEAD, across=page)
        axes.set(
            xlim=(-0.03, 1.03),
            ylim=(-0.03, 1.03),
            xlabel=elided(x_label, max(side, 180.0), style.BODY),
        )
        style.head(axes, y_label)
        for axis in (axes.xaxis, axes.yaxis):
            set_ticks(axis, 0.0, 1.0, 5)
        axes.plot([0, 1], [0, 1], color=style.MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
        _bins(axes, stated, observed, lows, highs, weights)
        spots = [
            style.Spot(
                x,
                y,
                (style.Told(x_label, x), style.Told(y_label, y, low, high)),
                ((x - 0.03, min(low or y, y - 0.03)), (x + 0.03, max(high or y, y + 0.03))),
            )
            for x, y, low, high in zip(stated, observed, lows, highs, strict=True)
        ]
        return style.svg(axes, name, spots)


def _bins(
    axes: Axes,
    stated: Sequence[float],
    observed: Sequence[float],
    lows: Sequence[float | None],
    highs: Sequence[float | None],
    weights: Sequence[float],
) -> None:
    heaviest = max(weights, default=1.0) or 1.0
    for x, y, low, high, weight in zip(stated, observed, lows, highs, weights, strict=True):
        ends = [end for end in (low, y, high) if end is not None]
        axes.plot([x] * len(ends), ends, color=style.MUTED, linewidth=style.RANGE, zorder=2)
        caps = [end for end in (low, high) if end is not None]
        axes.plot([x] * len(caps), caps, "_", color=style.MUTED, markersize=6, markeredgewidth=style.RANGE, zorder=2)
        size = max(4.5, 11.0 * math.sqrt(weight / heaviest))
        (dot,) = axes.plot([x], [y], "o", color=style.ACCENT, markersize=size, markeredgecolor=style.PAPER, zorder=3)
        dot.set_clip_on(False)  # a dot at 1 stays whole
