"""How every chart looks: sizes, colours and fonts, and the way from a figure to its SVG."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import NamedTuple, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reportgen.charts.fonts import FAMILIES, register
from reportgen.charts.words import elided

POINTS = 72.0  # points an inch
WIDTH = 468.0  # points: the text width of an A4 page (165 mm)
HALF = 228.0  # points: one of two charts that stand beside each other

SMALL, BODY = 7.5, 8.5  # letter sizes in points
HEAD, HEAD_ROOM = 18.0, 34.0  # points: above the axes for what the heights are, and how far left of them it starts

INK = "#1f2933"
MUTED = "#5b6672"
GRID = "#dde2e7"
PAPER = "#ffffff"
ACCENT = "#0072b2"  # Okabe and Ito's blue: dark in grey print
RANGE = 1.2  # points: the line of an interval and its caps, in every chart
QUIET = "#7a8793"  # lines and bars that are no text: 3 to 1 on paper, and in the dark
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b07d00", "#2f8fc4")
"""Okabe and Ito's, which every eye tells apart; the last two darkened until they stand out from paper 3 to 1."""
DASHES = ("solid", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)))

SETTINGS = {
    "svg.hashsalt": "reportgen",
    "svg.fonttype": "path",
    "svg.image_inline": True,
    "font.family": list(FAMILIES),
    "font.size": BODY,
    "text.color": INK,
    "text.parse_math": False,  # a column may be called $x$
    "text.usetex": False,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.labelsize": BODY,
    "axes.formatter.use_mathtext": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
}
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
DECIMALS = re.compile(r"(\.\d\d)\d+")
DEFAULTS = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(("backend", "interactive"))}


@contextmanager
def drawing(**settings: object) -> Iterator[None]:
    """Draw with our settings alone, whatever the user's matplotlibrc says, and leave theirs as they were."""
    register()
    with mpl.rc_context({**DEFAULTS, **SETTINGS, **settings}):
        yield


def sheet(
    height: float, *, left: float, bottom: float, right: float = 8.0, top: float = 8.0, across: float = WIDTH
) -> Axes:
    """The axes of a figure, of our width where no other is asked for; everything is in points."""
    figure = Figure(figsize=(across / POINTS, height / POINTS), facecolor=PAPER)
    box = (left / across, bottom / height, (across - left - right) / across, (height - bottom - top) / height)
    axes = figure.add_axes(box)
    axes.patch.set_visible(False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def head(axes: Axes, label: str, rise: float = 5.0) -> None:
    """What the heights are, level above the axes, where it can be read without turning one's head."""
    figure = cast(Figure, axes.figure)
    page = figure.get_figwidth() * POINTS
    start = max(axes.get_position().x0 * page - HEAD_ROOM, 2.0)
    axes.annotate(
        elided(label, page - start - 4, BODY),
        (start / page, axes.get_position().y1),
        (0, rise),
        xycoords="figure fraction",
        textcoords="offset points",
        ha="left",
        va="bottom",
    )


class Told(NamedTuple):
    """What a place of a chart says: what it is of, its value and the ends of its interval, as far as there are any."""

    label: str
    value: float | str | None = None
    low: float | None = None
    high: float | None = None


class Spot(NamedTuple):
    """A place of a chart that tells its numbers: where they stand, and the corners of the area that is pointed at.

    Places are those of the axes' data; infinite ones are the picture's edges. Two corners stand for a rectangle.
    """

    across: float
    down: float
    told: tuple[Told, ...]
    area: Sequence[tuple[float, float]]


class Area(NamedTuple):
    """A spot in the picture's own points from its top left: the number's place, and the area as an SVG path."""

    across: float
    down: float
    told: tuple[Told, ...]
    path: str


class Drawn(str):
    """An SVG element, and the areas in it that tell numbers."""

    spots: tuple[Area, ...] = ()


def svg(axes: Axes, name: str, spots: Iterable[Spot] = ()) -> str:
    """The axes' figure as one SVG element, to stand in a page or alone, the same bytes each time."""
    return several(cast(Figure, axes.figure), name, ((axes, tuple(spots)),))


def several(figure: Figure, name: str, spots: Iterable[tuple[Axes, Sequence[Spot]]]) -> str:
    """The same of a figure of several axes, each with spots of its own."""
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata=NO_METADATA)
    drawn = Drawn(_named(slim(target.getvalue()), name))
    drawn.spots = tuple(area for axes, own in spots for area in _placed(axes, figure, own))
    return drawn


def _placed(axes: Axes, figure: Figure, spots: Sequence[Spot]) -> list[Area]:
    """All places at once: matplotlib takes as long for one as for a thousand."""
    if not spots:
        return []
    page = np.array([figure.get_figwidth(), figure.get_figheight()]) * POINTS
    places = np.array([place for spot in spots for place in ((spot.across, spot.down), *spot.area)], dtype=float)
    inside = np.where(np.isfinite(places), places, [axes.get_xlim()[0], axes.get_ylim()[0]])
    points = axes.transData.transform(inside) * (POINTS / figure.dpi)
    points[:, 1] = page[1] - points[:, 1]
    points = np.where(np.isfinite(places), points, np.where(places > 0, page, 0.0))
    found, at = [], 0
    for spot in spots:
        across, down = points[at].tolist()
        corners = points[at + 1 : at + 1 + len(spot.area)].tolist()
        found.append(Area(round(across, 1), round(down, 1), spot.told, _path(corners)))
        at += 1 + len(spot.area)
    return found


def _path(corners: Sequence[Sequence[float]]) -> str:
    """A closed path; two corners are those of a rectangle."""
    if len(corners) > 2:
        return "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in corners) + "z"
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(*corners, strict=True))
    return f"M{left:.1f} {top:.1f}h{right - left:.1f}v{bottom - top:.1f}h{left - right:.1f}z"


def slim(text: str) -> str:
    """Without prologue, metadata, and the ids that nothing points to."""
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)  # it speaks of the page
    used = set(re.findall(r"(?:href=\"|url\()#([^\")]+)", text))
    text = re.sub(r' id="([^"]+)"', lambda match: match[0] if match[1] in used else "", text)
    text = re.sub(r' d="([^"]*)"', lambda match: f' d="{_short(match[1])}"', text)
    text = re.sub(r'( [xy]=|translate\()("?[-\d. ]+)', lambda match: match[1] + re.sub(DECIMALS, r"\1", match[2]), text)
    return re.sub(r"\n\s*", "\n", text).strip() + "\n"


def _short(path: str) -> str:
    """A hundredth of a point is finer than any printer."""
    return " ".join(re.sub(DECIMALS, r"\1", path).split())


def _named(text: str, name: str) -> str:
    spoken = escape(" ".join("".join(c if c.isprintable() else " " for c in name).split()), quote=True)
    return text.replace("<svg ", f'<svg role="img" aria-label="{spoken}" stroke-linejoin="round" ', 1).replace(
        ">", f">\n<title>{spoken}</title>", 1
    )
