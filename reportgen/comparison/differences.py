"""From two numbers with intervals to the interval of their difference, and what such a difference is worth."""

from collections.abc import Sequence
from math import hypot, isfinite, sqrt
from typing import NamedTuple, Protocol

import numpy as np
from scipy.special import chdtrc, ndtr, stdtr, stdtrit

from reportgen.evidence.base import Floats
from reportgen.evidence.intervals import LEVEL, normal_quantile
from reportgen.evidence.multiplicity import holm
from reportgen.records.comparison import Change

ALPHA = 1 - LEVEL
MOVER = "MOVER from the two intervals"
LEAST_EXPECTED = 5
"""Cells in which fewer rows are to be expected make the chi-square test unreliable (Cochran 1954, Biometrics 10)."""


CLEAR = 2.0
"""Beyond as many standard errors the mean of an absolute value is that of the value itself, to 1 part in 100."""


class Ranged(Protocol):
    """A number with its interval, where it has one."""

    @property
    def value(self) -> float | None:
        """The number itself."""

    @property
    def low(self) -> float | None:
        """The interval's lower end."""

    @property
    def high(self) -> float | None:
        """The interval's upper end."""


class Ends(NamedTuple):
    """A difference, both ends of its interval and its p-value."""

    difference: float
    low: float
    high: float
    p_value: float


def separate(old: Ranged, new: Ranged, freedom: int | None = None) -> Ends | None:
    """New minus old from the two intervals alone (Zou and Donner 2008, Stat Med 27:1693, doi:10.1002/sim.3095).

    It takes the two as independent: where both were measured on the same rows and find much the same rows hard, the
    interval is too wide. None where an interval is missing, neither has a width, or they are too large to be told.
    """
    a, b = _ends(old), _ends(new)
    if a is None or b is None:
        return None
    difference = b[0] - a[0]
    below, above = hypot(b[0] - b[1], a[2] - a[0]), hypot(b[2] - b[0], a[0] - a[1])
    if below + above == 0 or not isfinite(below + above + abs(difference)):
        return None
    return worth(difference, difference - below, difference + above, freedom)


def worth(difference: float, low: float, high: float, freedom: int | None = None) -> Ends:
    """Invert an interval: the p-value is below 0.05 just where the interval leaves 0 out.

    The side that faces 0 says how large a standard error is; the tail is the normal's, or Student's with that many
    degrees of freedom where the intervals were such.
    """
    margin = difference - low if difference > 0 else high - difference
    if difference == 0:
        return Ends(difference, low, high, 1.0)
    reach = normal_quantile() if freedom is None else float(stdtrit(freedom, (1 + LEVEL) / 2))
    away = abs(difference) / margin * reach if margin > 0 else np.inf
    tail = ndtr(-away) if freedom is None else stdtr(freedom, -away)
    return Ends(difference, low, high, float(min(2 * tail, 1.0)))


def _ends(one: Ranged) -> tuple[float, float, float] | None:
    """Value and limits, the limits never on the wrong side of the value."""
    if one.value is None or one.low is None or one.high is None:
        return None
    return one.value, min(one.low, one.value), max(one.high, one.value)


def standardised(old: tuple[float, float, int], new: tuple[float, float, int]) -> Ends | None:
    """The shift of a mean in standard deviations; each side is mean, standard deviation and rows.

    The unit is the root mean square of both deviations, and neither they nor the rows need be alike (Bonett 2008,
    Psychol Methods 13:99). None without a spread or with fewer than two rows.
    """
    (mean_1, sd_1, n_1), (mean_2, sd_2, n_2) = old, new
    unit = hypot(sd_1 / sqrt(2), sd_2 / sqrt(2))
    if min(n_1, n_2) < 2 or unit == 0 or not isfinite(mean_2 / unit - mean_1 / unit):
        return None
    shift, s_1, s_2 = mean_2 / unit - mean_1 / unit, (sd_1 / unit) ** 2, (sd_2 / unit) ** 2
    spread = shift**2 * (s_1**2 / (n_1 - 1) + s_2**2 / (n_2 - 1)) / 8 + s_1 / (n_1 - 1) + s_2 / (n_2 - 1)
    half = normal_quantile() * sqrt(spread)
    return worth(shift, shift - half, shift + half)


def level_distance(old: Floats, new: Floats) -> Ends | None:
    """The total variation distance of two rows of counts, less what chance alone would give it.

    Chance moves each share by a half-normal of the pooled share's standard error; what that comes to on average is
    taken off, so that a distance of like tables lies about 0 (it never lies below). A share that moved by more than two
    standard errors has a sign, which leaves chance no way but to and fro, and nothing is taken off. The limits are the
    delta method's; the p-value is of the chi-square test of homogeneity. Levels in which fewer than 5 rows are to be
    expected are counted together. None where fewer than two levels are left.
    """
    table = _merged(np.asarray([old, new], dtype=np.float64))
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return None
    n = table.sum(axis=1, keepdims=True)
    shares, pooled = table / n, table.sum(axis=0) / table.sum()
    apart = shares[1] - shares[0]
    errors = np.sqrt(pooled * (1 - pooled) * (1 / n).sum())
    chance = np.sqrt(2 / np.pi) * errors[np.abs(apart) <= CLEAR * errors].sum() / 2
    distance = float(np.abs(apart).sum() / 2 - chance)
    signs = np.sign(apart)
    half = normal_quantile() * float(np.sqrt(((1 - (shares @ signs) ** 2) / n[:, 0]).sum())) / 2
    expected = n * pooled
    p_value = float(chdtrc(table.shape[1] - 1, ((table - expected) ** 2 / expected).sum()))
    return Ends(max(distance, 0.0), max(distance - half, 0.0), min(max(distance + half, 0.0), 1.0), p_value)


def _merged(table: Floats) -> Floats:
    """Put levels too rare for the test together; if they are still too few, with the rarest of the others."""
    table = table[:, np.argsort(-table.sum(axis=0), kind="stable")]
    expected = table.sum(axis=1).min() * table.sum(axis=0) / table.sum() if table.sum() else np.zeros(table.shape[1])
    kept = int((expected >= LEAST_EXPECTED).sum())
    rest = table[:, kept:].sum(axis=1, keepdims=True)
    if not rest.any():
        return table[:, :kept]
    if expected[kept:].sum() >= LEAST_EXPECTED or not kept:
        return np.hstack([table[:, :kept], rest])
    return np.hstack([table[:, : kept - 1], table[:, kept - 1 : kept] + rest])


def adjusted(found: Sequence[Ends | None]) -> tuple[Change, ...]:
    """The differences with their p-values adjusted over all that have one (Holm); None becomes an empty change."""
    corrected = iter(holm([one.p_value for one in found if one]))
    return tuple(
        Change(difference=one.difference, low=one.low, high=one.high, p_value=next(corrected)) if one else Change()
        for one in found
    )


def shown(change: Change) -> bool:
    """Tell whether a difference is borne out: significant after correction, and its interval leaves 0 out."""
    if change.p_value is None or change.low is None or change.high is None:
        return False
    return change.p_value < ALPHA and not change.low <= 0 <= change.high
