"""One hue from light to dark, in few enough steps that cells of a shade share one path."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.path import Path

from reportgen.charts import style

RAMP = LinearSegmentedColormap.from_list("ramp", ["#f5f9fc", "#c3dbec", "#6aa6d2", "#2171b5", "#08306b"])
LEVELS = 24


def colour(level: int) -> tuple[float, ...]:
    """The colour of a shade from 0, nearly white, to LEVELS, nearly black."""
    return tuple(RAMP(level / LEVELS)[:3])


def box(left: float, right: float, top: float, bottom: float) -> Path:
    """A closed rectangle."""
    return Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True)


def readable(level: int) -> str:
    """Ink or paper, whichever stands out more from the shade (WCAG's contrast of relative luminances)."""
    light = _luminance(colour(level))
    on_paper = (_luminance(to_rgb(style.PAPER)) + 0.05) / (light + 0.05)
    on_ink = (light + 0.05) / (_luminance(to_rgb(style.INK)) + 0.05)
    return style.PAPER if on_paper > on_ink else style.INK


def _luminance(channels: tuple[float, ...]) -> float:
    shares = np.asarray(channels)
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
