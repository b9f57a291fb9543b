"""How every chart looks: sizes, colours and fonts, and the way from a figure to its SVG."""

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from typing import NamedTuple, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reportgen.charts.fonts import FAMILIES, register

POINTS = 72.0  # points an inch
WIDTH = 468.0  # points: the text width of an A4 page (165 mm)
HALF = 228.0  # points: one of two charts that stand beside each other

SMALL, BODY = 7.5, 8.5  # letter sizes in points

INK = "#1f2933"
MUTED = "#5b6672"
GRID = "#dde2e7"
PAPER = "#ffffff"
ACCENT = "#0072b2"  # Okabe and Ito's blue: dark in grey print
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


class Spot(NamedTuple):
    """A number of a chart and its place in the axes: what it is of, its value and the ends of its interval."""

    across: float
    down: float
    label: str
    value: float
    low: float | None = None
    high: float | None = None


class Drawn(str):
    """An SVG element and where its numbers stand: shares of its width from the left, of its height from the top."""

    spots: tuple[Spot, ...] = ()


def svg(axes: Axes, name: str, spots: Iterable[Spot] = ()) -> str:
    """The axes' figure as one SVG element, to stand in a page or alone, the same bytes each time."""
    target = io.StringIO()
    figure = cast(Figure, axes.figure)
    figure.savefig(target, format="svg", metadata=NO_METADATA)
    drawn = Drawn(_named(slim(target.getvalue()), name))
    drawn.spots = tuple(_placed(axes, figure, spot) for spot in spots)
    return drawn


def _placed(axes: Axes, figure: Figure, spot: Spot) -> Spot:
    place = axes.transData.transform((spot.across, spot.down))
    across, up = figure.transFigure.inverted().transform(place)
    return spot._replace(across=round(float(across), 4), down=round(1 - float(up), 4))


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
