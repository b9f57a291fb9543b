"""One hue from light to dark, in few enough steps that cells of a shade share one path."""

from functools import cache

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.path import Path

from reportgen.charts import style

RAMP = LinearSegmentedColormap.from_list("ramp", ["#f5f9fc", "#c3dbec", "#6aa6d2", "#2171b5", "#08306b"])
LEVELS = 24
LETTERS = ("#000000", style.PAPER)
LEGIBLE = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of letters and what they stand on."""

HALF_TURN = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])
"""CSS Filter Effects 1: what hue-rotate(180deg) multiplies red, green and blue by."""


@cache
def colour(level: int) -> tuple[float, ...]:
    """The colour of a shade from 0, nearly white, to LEVELS, nearly black.

    The few in the middle on which no letter can be read by light and in the dark give way to those beside them.
    """
    able = [other for other in range(LEVELS + 1) if _contrast(_shade(other), _letters(_shade(other))) >= LEGIBLE]
    return _shade(min(able, key=lambda other: abs(other - level)))


def box(left: float, right: float, top: float, bottom: float) -> Path:
    """A closed rectangle."""
    return Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True)


def readable(level: int) -> str:
    """Black or paper, whichever stands out more from the shade, by light and in the dark."""
    return _letters(colour(level))


def turned(channels: tuple[float, ...]) -> tuple[float, ...]:
    """What a dark page shows of a chart's colour: its lightness turned, its hue kept, as screen.css has it."""
    return tuple(np.clip(HALF_TURN @ (1 - np.asarray(channels)), 0, 1).tolist())


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG's contrast of two colours: the ratio of their relative luminances, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _shade(level: int) -> tuple[float, ...]:
    return tuple(RAMP(level / LEVELS)[:3])


def _letters(shade: tuple[float, ...]) -> str:
    return max(LETTERS, key=lambda letters: _contrast(shade, letters))


def _contrast(shade: tuple[float, ...], letters: str) -> float:
    """The lesser of the two: by light, and in the dark."""
    ink = to_rgb(letters)
    return min(contrast(shade, ink), contrast(turned(shade), turned(ink)))


def _luminance(channels: tuple[float, ...]) -> float:
    shares = np.asarray(channels)
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
