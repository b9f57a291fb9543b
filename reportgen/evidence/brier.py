"""What the squared error of a stated probability is made of: untrue statements, told-apart rows, and plain chance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Units
from reportgen.evidence.clusters import rate_effect, told
from reportgen.evidence.intervals import WILSON, Bounds, rate_interval, squares_interval
from reportgen.evidence.predictions import ClassAnswers
from reportgen.records.network import Metric

MOST_GROUPS = 10
ROWS_A_GROUP = 10
EXPECTED = 5
"""Rows of either outcome that a group is expected to hold (Cochran 1954, Biometrics 10:417)."""
REFUTED = 2.0
"""Standard errors beyond which a group's statement no longer counts as perhaps true."""
EVENED = 2.0
"""Rows as all rows are, with which a group's rate is evened out before its variance is taken."""

NONCENTRAL = "noncentral chi-square"
REST = "by difference"

Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Groups:
    """Rows in groups of like stated probability.

    For each group its rows, how many came true, how much larger that share is than what was stated, and the variance
    of this distance: as the rows show it (unbiased), and as it would be were every statement true. `together` are the
    covariances of the distances where rows come in units (persons, sites), which shift several groups at once, and
    `grown` is by how much units make each variance larger; None and 1 where rows stand alone.
    """

    sizes: npt.NDArray[np.int64]
    hits: npt.NDArray[np.int64]
    distances: Floats
    variances: Floats
    if_true: Floats
    together: Floats | None = None
    grown: Floats | float = 1.0

    @property
    def shares(self) -> Floats:
        """The share of rows in each group."""
        return np.asarray(self.sizes / self.sizes.sum())

    @property
    def rates(self) -> Floats:
        """The share of each group's rows that came true."""
        return np.asarray(self.hits / self.sizes)


def equal_counts(stated: Floats) -> Numbers:
    """Number the group of each row: ten of equal counts, fewer where one would hold less than ten rows.

    Equal counts rather than equal widths (Nguyen and O'Connor 2015, EMNLP); equal probabilities share a group.
    """
    count = int(np.clip(len(stated) // ROWS_A_GROUP, 1, MOST_GROUPS))
    edges = np.quantile(stated, np.linspace(0, 1, count + 1)[1:-1])
    _, numbers = np.unique(np.searchsorted(np.unique(edges), stated, side="right"), return_inverse=True)
    return np.asarray(numbers, dtype=np.intp)


def joined(stated: Floats) -> Numbers:
    """The same groups, neighbours joined until each expects five rows of either outcome by what was stated.

    What came true has no part in it. A rest too small for a group of its own goes to the last.
    """
    numbers = equal_counts(stated)
    expected, sizes = np.bincount(numbers, stated), np.bincount(numbers)
    new, current, hits, misses = np.zeros(len(sizes), dtype=np.intp), 0, 0.0, 0.0
    for group, (yes, size) in enumerate(zip(expected, sizes, strict=True)):
        new[group], hits, misses = current, hits + yes, misses + size - yes
        if min(hits, misses) >= EXPECTED:
            current, hits, misses = current + 1, 0.0, 0.0
    return np.asarray(np.minimum(new, max(current - 1, 0))[numbers])


def grouped(answers: ClassAnswers) -> Groups:
    """Lay stated probabilities beside what came true, group by group."""
    numbers, happened = joined(answers.stated), answers.happened.astype(np.float64)
    sizes, away = np.bincount(numbers), happened - answers.stated
    distances = np.bincount(numbers, away) / sizes
    spread = np.bincount(numbers, (away - distances[numbers]) ** 2)
    variances = spread / np.maximum(sizes - 1, 1) / sizes
    hits = np.bincount(numbers, happened).round().astype(np.int64)
    if_true = np.bincount(numbers, answers.stated * (1 - answers.stated)) / sizes**2
    if answers.units is None:
        return Groups(sizes, hits, distances, variances, if_true)
    together = _together(away - distances[numbers], numbers, answers.units)
    grown = np.maximum(np.diag(together) / np.maximum(variances, 1e-12), 1.0)
    return Groups(sizes, hits, distances, variances * grown, if_true * grown, together, grown)


def _together(away: Floats, numbers: Numbers, units: Units) -> Floats:
    """The covariances of the groups' mean distances, from sums over whole units (Liang and Zeger 1986)."""
    _, unit = np.unique(units, return_inverse=True)
    sizes, count = np.bincount(numbers), int(unit.max()) + 1
    sums = np.zeros((count, len(sizes)))
    np.add.at(sums, (unit, numbers), away)
    sums /= sizes
    return np.asarray(sums.T @ sums * count / max(count - 1, 1))


def measure(answers: ClassAnswers) -> tuple[Metric, ...]:
    """The Brier score of what was stated about each row, and its parts, with intervals.

    Murphy 1973, J Appl Meteorol 12:595; each part cleared of what chance adds (Ferro and Fricker 2012, Q J R Meteorol
    Soc 138:1954). The score is uncertainty plus reliability less resolution; what grouping leaves over is `grouping`.
    Where the rows expect too few of either outcome for two groups, nothing can be taken apart, and there are none.
    """
    stated, happened = answers.stated, answers.happened.astype(np.float64)
    groups, n = grouped(answers), len(stated)
    if len(groups.sizes) == 1:
        return ()
    parts = {
        "reliability": reliability(groups, float(stated.mean())),
        "resolution": resolution(groups),
        "uncertainty": uncertainty(int(happened.sum()), n, rate_effect(happened, answers.units)),
    }
    made = parts["uncertainty"][0] + parts["reliability"][0] - parts["resolution"][0]
    whole = float(((stated - happened) ** 2).mean())
    return (
        *(_metric(name, answers, value, bounds) for name, (value, bounds) in parts.items()),
        Metric(name="grouping", split=answers.split, value=whole - made, n=n, method=REST),
    )


def reliability(groups: Groups, stated: float) -> tuple[float, Bounds]:
    """Find the mean squared distance of observed from stated, less what chance alone adds; never below 0.

    The interval takes the groups' distances as normal around the true ones, with the larger of both variances where
    the rows do not refute the statement; where they do, a group that is all right (or wrong) and was told one
    probability still varies by half a row. For one group alone Wilson's limits of its rate hold good however few its
    rows are; `stated` is the mean probability over all rows.
    """
    squares: Floats = groups.shares * groups.distances**2
    refuted = groups.distances**2 > REFUTED**2 * groups.if_true
    least = np.where(refuted, _half_a_row(groups), groups.if_true)
    noise = groups.shares * np.maximum(groups.variances, least)
    value = max(float(squares.sum() - groups.shares @ groups.variances), 0.0)
    if len(groups.sizes) == 1:
        return value, _one_group(groups, stated)
    if groups.together is not None:
        squares, noise = _turned(groups, groups.together.copy(), noise)
    low, high = squares_interval(squares, noise)
    return value, Bounds(min(low, value), max(high, value), NONCENTRAL)


def _turned(groups: Groups, known: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """The weighted squares and what chance adds to them, on axes on which chance acts by itself."""
    weights = np.sqrt(groups.shares)
    known[np.diag_indices_from(known)] = noise / groups.shares
    turned, axes = np.linalg.eigh(known * np.outer(weights, weights))
    turned = np.maximum(turned, 0.0)
    return np.asarray((axes.T @ (weights * groups.distances)) ** 2), np.asarray(turned * noise.sum() / turned.sum())


def resolution(groups: Groups) -> tuple[float, Bounds]:
    """Find the mean squared distance of the groups' rates from that of all rows, less what chance alone adds.

    The sum of squares is turned to axes on which chance acts by itself.
    """
    deviations = np.sqrt(_rate_variances(groups))
    centre = np.eye(len(deviations)) - groups.shares
    form = centre.T @ (groups.shares[:, None] * centre)
    noise, axes = np.linalg.eigh(form * np.outer(deviations, deviations))
    noise = np.maximum(noise, 0.0)
    squares = noise * (axes.T @ (groups.rates / deviations)) ** 2
    value = max(float(squares.sum() - noise.sum()), 0.0)
    low, high = squares_interval(squares, noise)
    return value, Bounds(min(low, value), max(high, value), NONCENTRAL)


def uncertainty(hits: int, n: int, effect: float = 1.0) -> tuple[float, Bounds]:
    """Find the variance of the outcome itself, p(1 - p), which no forecast lowers; limits from Wilson's of p.

    `effect` is the design effect of rows that come in units.
    """
    rate = hits / n
    low, high = rate_interval(hits / effect, n / effect)
    ends = sorted((low * (1 - low), high * (1 - high)))
    highest = 0.25 if low <= 0.5 <= high else ends[1]
    value = min(rate * (1 - rate) * n / max(n - 1, 1), 0.25)
    return value, Bounds(min(ends[0], value), max(highest, value), WILSON)


def _one_group(groups: Groups, stated: float) -> Bounds:
    low, high = rate_interval(int(groups.hits[0]), int(groups.sizes[0]))
    nearest = max(low - stated, stated - high, 0.0)
    return Bounds(nearest**2, max(high - stated, stated - low) ** 2, WILSON)


def _half_a_row(groups: Groups) -> Floats:
    """The variance of a rate of half a row of either outcome in each group: no rows show that there is none."""
    return np.asarray((1 - 0.5 / groups.sizes) * 0.5 / groups.sizes**2)


def _rate_variances(groups: Groups) -> Floats:
    """The variance of each group's rate, a little evened out; never that of less than half a row of either outcome."""
    evened = (groups.hits + EVENED * float(groups.shares @ groups.rates)) / (groups.sizes + EVENED)
    rates = np.clip(evened, 0.5 / groups.sizes, 1 - 0.5 / groups.sizes)
    return np.asarray(groups.grown * rates * (1 - rates) / np.maximum(groups.sizes - 1, 1))


def _metric(name: str, answers: ClassAnswers, value: float, bounds: Bounds) -> Metric:
    n = len(answers.actual)
    low, high, method = bounds
    method = told(method, answers.units)
    return Metric(name=name, split=answers.split, value=value, low=low, high=high, n=n, method=method)
