"""Whether there is enough data: results by the number of rows learnt, drawn on to twice as many."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, NotApplicable, Subject, Units
from reportgen.evidence.intervals import LEVEL, RESAMPLES, redraw_groups, resample_rows
from reportgen.evidence.number_scores import explained
from reportgen.records.learning_curve import CurvePoint, LearningCurve

MARGIN = 0.01
"""A gain below one percentage point, or 0.01 of R2, is called none."""

EXPONENTS = np.geomspace(0.02, 2.0, 40)
"""From a curve that gains the same by every doubling, nearly, to one that is flat after the first."""

FEWEST_ROWS = 10
"""Test rows that are worth redrawing."""

AHEAD = 2

METHOD = "bootstrap, 2,000 resamples of test rows, with the spread between draws; inverse power law"
_STREAM = 157


class Nets(NamedTuple):
    """Networks by size, all asked about the same test rows: `sizes` (networks,) and what each row costs each.

    `losses` has the shape (rows, networks): 1 for a wrong answer, or the squared error; `target` is the numbers
    themselves, None for classes; `units` numbers each row's group, None where rows are in none.
    """

    sizes: npt.NDArray[np.intp]
    losses: Floats
    target: Floats | None
    units: Units | None = None


def measure(subject: Subject) -> LearningCurve:
    """Draw on the curve of the error over rows learnt as an inverse power law, with what chance does to it.

    Cortes, Jackel, Solla, Vapnik and Denker 1993, Learning curves: asymptotic values and rate of convergence, NeurIPS;
    Viering and Loog 2023, The shape of learning curves: a review, IEEE TPAMI 45:7799, arXiv:2103.10948, who also
    count the curves that are of another shape. Raises NotApplicable where no network learnt fewer rows, where test
    rows are too few, or all have the same number for a target.
    """
    if not subject.smaller.networks:
        raise NotApplicable(subject.smaller.why_none)
    y = subject.test.y
    if len(y) < FEWEST_ROWS or (not subject.classifies and np.ptp(y) == 0):
        raise NotApplicable("too_few_test_rows" if len(y) < FEWEST_ROWS else "no_spread_on_test_rows")
    return curve(_nets(subject), np.random.default_rng([subject.seed, _STREAM]))


def curve(nets: Nets, rng: np.random.Generator) -> LearningCurve:
    """Judge networks of several sizes on the same rows, and expect what twice the rows of the largest would bring."""
    grid, draws = np.unique(nets.sizes, return_counts=True)
    errors, redrawn = _errors(nets), _redrawn(nets, rng)
    mean = _by_size(errors[None, :], nets.sizes)
    drawn = _by_size(redrawn, nets.sizes) + _chance_of_draws(nets, errors, rng)
    shares = grid / grid[-1]
    weights = draws * np.sqrt(shares)
    now, ahead = power_law(shares, mean, weights)
    now_drawn, ahead_drawn = power_law(shares, drawn, weights)
    gain, gain_low, gain_high = float((now - ahead)[0]), *_limits(now_drawn - ahead_drawn)
    points = tuple(
        _point(int(size), 1 - mean[0, place], 1 - drawn[:, place], 1 - errors[nets.sizes == size])
        for place, size in enumerate(grid)
    )
    return LearningCurve(
        measure="accuracy" if nets.target is None else "r2",
        points=points,
        ahead=_point(AHEAD * int(grid[-1]), 1 - ahead[0], 1 - ahead_drawn, ()),
        gain=gain,
        gain_low=min(gain_low, gain),
        gain_high=max(gain_high, gain),
        margin=MARGIN,
        verdict=verdict(gain_low, gain_high),
        n=len(nets.losses),
        draws=int(draws.min()),
        method=METHOD,
    )


def power_law(shares: Floats, errors: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """What a + b x^-c says of the error at x = 1 and at AHEAD, for each line of `errors` (times, sizes).

    Least squares; a and b are found exactly for each of EXPONENTS and the best c is kept. b may be below 0, or an
    interval of the gain could not hold 0; no error is expected below 0.
    """
    root = np.sqrt(weights)
    best = np.full(len(errors), np.inf)
    now, ahead = np.zeros((2, len(errors)))
    for exponent in EXPONENTS:
        design = np.column_stack([np.ones_like(shares), shares**-exponent])
        found = errors * root @ np.linalg.pinv(design * root[:, None]).T
        left = (((found @ design.T - errors) * root) ** 2).sum(axis=1)
        better = left < best - 1e-12
        best = np.where(better, left, best)
        now = np.where(better, found.sum(axis=1), now)
        ahead = np.where(better, found @ [1.0, AHEAD**-exponent], ahead)
    return np.maximum(now, 0.0), np.maximum(ahead, 0.0)


def verdict(low: float, high: float) -> Literal["enough", "more", "unsure"]:
    """What the interval of the gain by twice the rows says."""
    if high < MARGIN:
        return "enough"
    return "more" if low > 0 else "unsure"


def _nets(subject: Subject) -> Nets:
    """The reported network, which learnt all training rows, and those that learnt fewer."""
    y, made, units = subject.test.y, subject.smaller.networks, subject.test.units
    answers = [np.asarray(subject.predict(subject.test.x)), *(one.predictions for one in made)]
    sizes = np.array([len(subject.train.y), *(one.rows for one in made)])
    if subject.classifies:
        return Nets(
            sizes, np.column_stack([(np.argmax(given, axis=1) != y).astype(float) for given in answers]), None, units
        )
    return Nets(sizes, np.column_stack([(given - y) ** 2 for given in answers]), y.astype(np.float64), units)


def _columns(nets: Nets) -> Floats:
    if nets.target is None:
        return nets.losses
    centred = nets.target - nets.target.mean()
    return np.column_stack([nets.losses, centred, centred**2])


def _scored(nets: Nets, means: Floats) -> Floats:
    """Each network's error from means of columns: the error rate, or what R2 lacks to 1."""
    count = len(nets.sizes)
    if nets.target is None:
        return means[:, :count]
    return np.column_stack([1 - explained(means, place) for place in range(count)])


def _errors(nets: Nets) -> Floats:
    errors: Floats = _scored(nets, _columns(nets).mean(axis=0, keepdims=True))[0]
    return errors


def _redrawn(nets: Nets, rng: np.random.Generator) -> Floats:
    """The networks' errors (times, networks) on redrawn test rows, around those on the rows that there are.

    For classes two rows are added, on which networks of neighbouring sizes are right and wrong by turns: few rows on
    which all agree would else prove that all rows agree (Bonett and Price 2012 add the same two to a pair of rates).
    """
    columns = _columns(nets)
    if nets.target is None:
        turn = np.unique(nets.sizes, return_inverse=True)[1] % 2
        columns = np.vstack([columns, turn, 1 - turn])
    drawn = resample_rows(columns, rng).drawn
    if drawn is None:
        drawn = _normal(columns, rng)
    if nets.units is not None:
        drawn = _wider(drawn, redraw_groups(_columns(nets), nets.units, rng))
    centre = _scored(nets, columns.mean(axis=0, keepdims=True))
    around = _scored(nets, drawn) - centre
    return _errors(nets) + np.where(np.isfinite(around), around, 0.0)


def _wider(rows: Floats, groups: Floats) -> Floats:
    """The means of redrawn groups, stretched where redrawn rows alone would spread farther."""
    spread = groups.std(axis=0)
    stretch = np.maximum(rows.std(axis=0) / np.where(spread > 0, spread, np.inf), 1.0)
    still, middle = spread == 0, groups.mean(axis=0)
    return np.asarray(np.where(still, rows, middle + stretch * (groups - middle)))


def _normal(columns: Floats, rng: np.random.Generator) -> Floats:
    """Means of many redrawn rows, which are as good as normal."""
    covariance = np.atleast_2d(np.cov(columns, rowvar=False)) / len(columns)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn: Floats = columns.mean(axis=0) + rng.standard_normal((RESAMPLES, len(values))) @ root.T
    return drawn


def _by_size(errors: Floats, sizes: npt.NDArray[np.intp]) -> Floats:
    """The mean over networks of each size, smallest first: (times, networks) to (times, sizes)."""
    return np.column_stack([errors[:, sizes == size].mean(axis=1) for size in np.unique(sizes)])


def _chance_of_draws(nets: Nets, errors: Floats, rng: np.random.Generator) -> Floats:
    """What other draws of rows and seeds would have moved each size's mean by, shape (times, sizes).

    The variance between networks of one size is pooled over sizes, as if it fell by the square root of the rows:
    between none and the 1/rows of a variance. Its own uncertainty from so few networks is in it (scaled inverse
    chi-square, as in Student's t), and what redrawn test rows have in it already is taken out.
    """
    grid, draws = np.unique(nets.sizes, return_counts=True)
    fall = np.sqrt(grid / grid[-1])
    freedom = int((draws - 1).sum())
    if not freedom:
        raise NotApplicable("too_few_draws")
    spread = [float(((errors[nets.sizes == size] - errors[nets.sizes == size].mean()) ** 2).sum()) for size in grid]
    pooled = float(np.sum(fall * np.array(spread)) / freedom)
    known = _within_rows(nets) / fall
    drawn = freedom * pooled / rng.chisquare(freedom, RESAMPLES)
    left = np.maximum(drawn[:, None] / fall - known, 0.0)
    chance: Floats = rng.standard_normal((RESAMPLES, len(grid))) * np.sqrt(left / draws)
    return chance


def _within_rows(nets: Nets) -> float:
    """The part of that variance, at all rows, that is chance of the test rows: networks of one size differ by row."""
    grid, draws = np.unique(nets.sizes, return_counts=True)
    scale = 1.0 if nets.target is None else float(nets.target.var())
    total, freedom = 0.0, int((draws - 1).sum())
    for size in grid:
        own = nets.losses[:, nets.sizes == size] / scale
        apart = own - own.mean(axis=1, keepdims=True) - own.mean(axis=0) + own.mean()
        total += float((apart**2).sum() / max(len(own) - 1, 1)) * float(np.sqrt(size / grid[-1]))
    return total / freedom / len(nets.losses)


def _limits(drawn: Floats) -> tuple[float, float]:
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _point(rows: int, value: float, drawn: Floats, values: Sequence[float] | Floats) -> CurvePoint:
    low, high = _limits(drawn)
    return CurvePoint(
        rows=rows,
        value=float(value),
        low=min(low, float(value)),
        high=min(max(high, float(value)), 1.0),
        values=tuple(float(one) for one in values),
    )
