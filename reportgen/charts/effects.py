"""How an answer moves with a feature: curves with a band, curves of single rows behind, where the rows lie beneath."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from reportgen.charts import style
from reportgen.charts.scale import mark, span, ticks
from reportgen.charts.words import elided, told_apart, width

PANEL, STRIP, FOOT, HEAD, GAP, KEY = (
    82.0,
    14.0,
    14.0,
    18.0,
    8.0,
    14.0,
)  # points: head, panel, strip and foot from the top
RIGHT, APART, UPPER = 10.0, 10.0, 13.0
LABEL_ROOM, WORD_ROOM, KEY_ROOM = 120.0, 70.0, 47.0
BAND = "#cfe3f1"
MOST_ACROSS = 2
MARKERS = ("o", "s", "^")


class Line(NamedTuple):
    """One curve over the panel's places: its heights, both ends of its band, and a second curve to compare it with."""

    label: str
    heights: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    own: Sequence[float] = ()


class Panel(NamedTuple):
    """One feature: `places` are numbers, or words that stand in a row; `single` are curves of single rows.

    `density` counts rows in equal steps between the first and the last place. `apart` is a dot with its interval
    (label, low, height, high) that stands beside the curve; `ticks` are places with their words, where not numbers,
    and `named` are the words of each place.
    """

    title: str
    places: Sequence[float] | Sequence[str]
    lines: Sequence[Line]
    density: Sequence[int] = ()
    single: Sequence[Sequence[float]] = ()
    apart: Sequence[tuple[str, float, float, float]] = ()
    ticks: Sequence[tuple[float, str]] = ()
    named: Sequence[str] = ()


def effects(panels: Sequence[Panel], *, name: str, y_label: str) -> str:
    """At most four panels, two beside each other, on one scale of heights; all have the same lines in one order."""
    with style.drawing():
        panels = [_whole(panel) for panel in panels[:4]]
        names = [line.label for line in panels[0].lines] if panels else []
        heights = _heights(panels)
        left = max((width(word, style.SMALL) for word in ticks(*heights, 5)[1]), default=0.0) + 10
        start = _key_start(names, y_label)
        figure, boxes = _sheet(panels, UPPER + (KEY if len(names) > 1 and not start else 0.0), left)
        for panel, (upper, lower) in zip(panels, boxes, strict=True):
            _panel(upper, lower, panel, heights)
        if len(names) > 1:
            _key(figure, names, start)
        _head(figure, y_label)
        if not boxes:
            figure.add_axes((0, 0, 1, 1))
        told = [(upper, _spots(upper, panel, y_label)) for panel, (upper, _) in zip(panels, boxes, strict=True)]
        return style.several(figure, name, told)


def _spots(axes: Axes, panel: Panel, y_label: str) -> list[style.Spot]:
    """What all lines say at a place of a panel, and what the dot beside them says."""
    words = _in_words(panel)
    places = [float(i) for i in range(len(panel.places))] if words else [float(place) for place in panel.places]
    bottom, top = axes.get_ylim()
    found = []
    edges = _edges(places)
    for number, place in enumerate(places):
        said = panel.places[number] if words else panel.named[number] if panel.named else place
        told = tuple(
            style.Told(line.label or y_label, line.heights[number], line.lows[number], line.highs[number])
            for line in panel.lines
        )
        area = ((edges[number], bottom), (edges[number + 1], top))
        found.append(style.Spot(place, panel.lines[0].heights[number], (style.Told(panel.title, said), *told), area))
    right = axes.get_xlim()[1]
    for label, low, height, high in panel.apart:
        area = ((edges[-1], bottom), (right, top))
        place = right - 0.05 * (right - axes.get_xlim()[0])
        found.append(
            style.Spot(place, height, (style.Told(panel.title, label), style.Told(y_label, height, low, high)), area)
        )
    return found


def _edges(places: Sequence[float]) -> list[float]:
    """Half-way between neighbouring places, and half a step beyond the first and the last."""
    if len(places) < 2:
        return [place + step for place in places for step in (-0.5, 0.5)]
    between = [(one + other) / 2 for one, other in itertools.pairwise(places)]
    return [2 * places[0] - between[0], *between, 2 * places[-1] - between[-1]]


def _head(figure: Figure, label: str) -> None:
    """What the heights are, once for all panels."""
    high = figure.get_figheight() * style.POINTS
    word = elided(label, style.WIDTH - 8, style.BODY)
    figure.text(2 / style.WIDTH, 1 - KEY / 2 / high, word, va="center", ha="left", color=style.INK)


def _key_start(names: Sequence[str], label: str) -> float:
    """Where the key starts behind the label on one line; 0 where it has to stand below it."""
    long = sum(KEY_ROOM + width(elided(name, LABEL_ROOM, style.SMALL), style.SMALL) for name in names)
    start = width(elided(label, style.WIDTH - 8, style.BODY), style.BODY) + 20
    return start if start + long <= style.WIDTH else 0.0


def _key(figure: Figure, names: Sequence[str], start: float) -> None:
    """What each line is, above the panels."""
    high = figure.get_figheight() * style.POINTS
    wide = style.WIDTH - RIGHT
    bottom = high - KEY if start else high - KEY - UPPER
    axes = figure.add_axes((2 / style.WIDTH, bottom / high, wide / style.WIDTH, KEY / high))
    axes.set_axis_off()
    axes.set(xlim=(0, wide), ylim=(0, KEY))
    left = start
    words = told_apart(names, lambda label: elided(label, LABEL_ROOM, style.SMALL))
    for number, word in enumerate(words):
        colour, marker = style.SERIES[number % len(style.SERIES)], MARKERS[number % len(MARKERS)]
        dashes = style.DASHES[number % len(style.DASHES)]
        axes.plot([left, left + 26], [KEY / 2] * 2, linestyle=dashes, linewidth=1.5, color=colour)
        axes.plot([left + 13], [KEY / 2], marker, color=colour, markersize=4.5, markeredgecolor=style.PAPER)
        axes.text(left + 31, KEY / 2, word, va="center", fontsize=style.SMALL)
        left += KEY_ROOM + width(word, style.SMALL)


def _whole(panel: Panel) -> Panel:
    """A panel from a plain tuple, as templates hand it over."""
    panel = Panel(*panel)
    return panel._replace(lines=[Line(*line) for line in panel.lines])


def _sheet(panels: Sequence[Panel], key: float, left: float) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """A place for each panel, and one for the rows' density below it."""
    across = min(MOST_ACROSS, max(len(panels), 1))
    down = math.ceil(len(panels) / across) or 1
    wide = (style.WIDTH - left - RIGHT - (left + APART) * (across - 1)) / across
    foots = [_foot(panels[row * across : (row + 1) * across], wide) for row in range(down)]
    height = sum(HEAD + PANEL + STRIP + foot + GAP for foot in foots) - GAP + key + 4
    figure = Figure(figsize=(style.WIDTH / style.POINTS, height / style.POINTS), facecolor=style.PAPER)
    boxes = []
    for number in range(len(panels)):
        row, column = divmod(number, across)
        top = height - key - sum(HEAD + PANEL + STRIP + foot + GAP for foot in foots[:row]) - HEAD
        start = (left + column * (wide + left + APART)) / style.WIDTH
        upper = figure.add_axes((start, (top - PANEL) / height, wide / style.WIDTH, PANEL / height))
        lower = figure.add_axes((start, (top - PANEL - STRIP) / height, wide / style.WIDTH, STRIP / height))
        boxes.append((upper, lower))
    return figure, boxes


def _foot(panels: Sequence[Panel], wide: float) -> float:
    """Room below the panels of a row: more where words stand upright."""
    return max((FOOT + _upright(panel, wide) for panel in panels), default=FOOT)


def _upright(panel: Panel, wide: float) -> float:
    """How much more room the words below a panel need when they stand upright; 0 where they lie."""
    names = _names(panel)
    longest = max((width(name, style.SMALL) for name in names), default=0.0)
    return max(longest - 8, 0.0) if longest > wide / max(len(names), 1) - 4 else 0.0


def _names(panel: Panel) -> list[str]:
    return [elided(str(place), WORD_ROOM, style.SMALL) for place in panel.places] if _in_words(panel) else []


def _in_words(panel: Panel) -> bool:
    return bool(panel.places) and isinstance(panel.places[0], str)


def _heights(panels: Sequence[Panel]) -> tuple[float, float]:
    """All heights of all panels, single rows' up to twice as far out as the rest, for a wild row would flatten all."""
    ends: list[float] = [0.0]
    for panel in panels:
        for line in panel.lines:
            ends += [*line.lows, *line.highs, *line.heights, *line.own]
        ends += [end for _, *three in panel.apart for end in three]
    low, high = min(ends), max(ends)
    single = [height for panel in panels for curve in panel.single for height in curve]
    reach = [height for height in single if 2 * low <= height <= 2 * high]
    return span([low, high, *reach], pad=0.05)


def _panel(upper: Axes, lower: Axes, panel: Panel, heights: tuple[float, float]) -> None:
    words = _in_words(panel)
    places: list[float] = [float(i) for i in range(len(panel.places))] if words else [float(p) for p in panel.places]
    low, high = _across(panel, places, words)
    for axes in (upper, lower):
        axes.patch.set_visible(False)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(low, high)
    upper.set_ylim(*heights)
    marks = mark(upper.yaxis, *heights, 5)
    upper.hlines(marks, low, high, color=style.GRID, linewidth=0.6, zorder=0)
    upper.axhline(0, color=style.MUTED, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    upper.set_xticks([])
    upper.set_title(elided(panel.title, 200, style.BODY), fontsize=style.BODY, loc="left", pad=5, color=style.INK)
    _single(upper, places, panel.single)
    (_dots if words else _curves)(upper, places, panel.lines)
    _apart(upper, panel.apart, high)
    _strip(lower, panel, places, words=words)


def _across(panel: Panel, places: Sequence[float], words: bool) -> tuple[float, float]:
    low, high = (-0.5, len(places) - 0.5) if words else span(places, pad=0.02)
    return low, high + 0.12 * (high - low) * len(panel.apart)


def _single(axes: Axes, places: Sequence[float], curves: Sequence[Sequence[float]]) -> None:
    """Curves of single rows as one path, thin and pale."""
    points = [(x, y) for curve in curves for x, y in zip(places, curve, strict=True)]
    if points:
        codes = [Path.MOVETO if i % len(places) == 0 else Path.LINETO for i in range(len(points))]
        axes.add_patch(
            PathPatch(Path(points, codes), fill=False, edgecolor=style.QUIET, linewidth=0.5, alpha=0.8, zorder=1)
        )


def _curves(axes: Axes, places: Sequence[float], lines: Sequence[Line]) -> None:
    for number, line in enumerate(lines):
        colour = style.SERIES[number % len(style.SERIES)]
        axes.fill_between(
            places,
            line.lows,
            line.highs,
            color=BAND if number == 0 else colour,
            alpha=0.75 if number == 0 else 0.16,
            linewidth=0,
            zorder=2,
        )
        dashes = style.DASHES[number % len(style.DASHES)]
        axes.plot(places, line.heights, color=colour, linestyle=dashes, linewidth=1.5, zorder=4)
        if line.own:
            axes.plot(places, line.own, color=style.INK, linestyle=(0, (1, 1.4)), linewidth=1.0, zorder=3)


def _dots(axes: Axes, places: Sequence[float], lines: Sequence[Line]) -> None:
    """Words have no way between them: a dot with its interval each, beside each other where there are several."""
    for number, line in enumerate(lines):
        shift = (number - (len(lines) - 1) / 2) * 0.22
        colour = style.SERIES[number % len(style.SERIES)]
        marker = MARKERS[number % len(MARKERS)]
        for place, height, low, high in zip(places, line.heights, line.lows, line.highs, strict=True):
            axes.plot(
                [place + shift] * 2, [low, high], "_-", color=colour, linewidth=style.RANGE, markersize=5, zorder=3
            )
            axes.plot(
                [place + shift], [height], marker, color=colour, markersize=4.5, markeredgecolor=style.PAPER, zorder=4
            )


def _apart(axes: Axes, dots: Sequence[tuple[str, float, float, float]], right: float) -> None:
    """A value that stands on no scale, to the right of it."""
    left = axes.get_xlim()[0]
    for label, low, height, high in dots:
        place = right - 0.05 * (right - left)
        axes.plot([place] * 2, [low, high], "_-", color=style.INK, linewidth=style.RANGE, markersize=5, zorder=3)
        axes.plot([place], [height], "D", color=style.INK, markersize=4.5, markeredgecolor=style.PAPER, zorder=4)
        axes.annotate(
            elided(label, 60, style.SMALL),
            (place, high),
            (0, 3),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=style.SMALL,
            color=style.INK,
        )


def _strip(axes: Axes, panel: Panel, places: Sequence[float], *, words: bool) -> None:
    """Where the rows lie: bars that hang below the panel, their height the square root of the rows."""
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    counts = list(panel.density)
    most = math.sqrt(max(counts, default=0)) or 1.0
    axes.set_ylim(-1.0, 0.0)
    if counts and places:
        step = 1.0 if words else (places[-1] - places[0]) / len(counts)
        first = -0.5 if words else places[0]
        boxes = [_bar(first + i * step, step, -math.sqrt(count) / most) for i, count in enumerate(counts) if count]
        axes.add_patch(PathPatch(Path.make_compound_path(*boxes), facecolor=style.QUIET, linewidth=0))
    axes.spines["top"].set_visible(True)
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.set_ticks_position("bottom")
    _ticks(axes, panel, places, words=words)


def _bar(left: float, step: float, depth: float) -> Path:
    right = left + step * 0.88
    corners = [(left, 0.0), (right, 0.0), (right, depth), (left, depth), (left, 0.0)]
    return Path(corners, closed=True)


def _ticks(axes: Axes, panel: Panel, places: Sequence[float], *, words: bool) -> None:
    if words:
        room = axes.get_position().width * style.WIDTH
        axes.set_xticks(places, _names(panel), rotation=90 if _upright(panel, room) else 0)
        axes.tick_params(axis="x", length=0)
    elif panel.ticks:
        named = [elided(word, WORD_ROOM, style.SMALL) for _, word in panel.ticks]
        written = axes.set_xticks([place for place, _ in panel.ticks], named)
        written[0].label1.set_horizontalalignment("left")
        written[-1].label1.set_horizontalalignment("right")
    elif places:
        mark(axes.xaxis, places[0], places[-1], 5)
