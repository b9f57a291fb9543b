"""The ways from numbers to an interval: rates, means, medians, and the bootstrap for what has no formula."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, chdtri, chndtr, chndtrinc, ndtr, ndtri, stdtrit
from scipy.stats import binom

from reportgen.evidence.base import Floats, Units

LEVEL = 0.95
RESAMPLES = 2_000
MANY_ROWS = 1_000
"""Above this many rows the jackknife's normal limits stand in for the bootstrap: they then agree, and cost nothing."""

FEW_GROUPS = 10
"""Below ten groups the spread between groups is hardly known: intervals say so."""

LUCK = 0.16
"""Of noise alone this share lies lower: one standard error below its mean, as Cowan et al. advise."""

WILSON = "Wilson score"
STUDENT = "Student t"
ORDER = "order statistics"
BCA = f"bootstrap, {RESAMPLES:,} resamples, BCa"
JACKKNIFE = "jackknife, normal limits"
GROUP_JACKKNIFE = "jackknife over groups, t limits"

Statistic = Callable[[Floats], Floats]
"""Means of columns in, shape (times, columns); the statistic made of them out, shape (times,)."""

_BLOCK = 1_000_000


class Bounds(NamedTuple):
    """Both ends of an interval, and how it was found."""

    low: float
    high: float
    method: str


def rate_interval(successes: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a rate (Wilson 1927, JASA 22:209), good for few rows and for rates of 0 and 1."""
    z = normal_quantile(level)
    rate, spread = successes / n, z * z / n
    middle = (rate + spread / 2) / (1 + spread)
    half = np.sqrt(spread * (rate * (1 - rate) + spread / 4)) / (1 + spread)
    return float(min(max(middle - half, 0.0), rate)), float(max(min(middle + half, 1.0), rate))


def exact_rate_interval(successes: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Limits of a rate whose coverage is never below the level (Clopper and Pearson 1934, Biometrika 26:404)."""
    tail = (1 - level) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    return low, float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0


def squares_interval(squares: Floats, noise: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Bound a sum of squared means: `squares` are the measured ones, `noise` is what chance alone adds to each.

    About a multiple of a noncentral chi-square, whose noncentrality is looked for; multiple and degrees of freedom
    give it the mean and the variance of the sum (Satterthwaite 1946, Biometrics Bull 2:110). A sum so small that noise
    alone would seldom make it is good luck and lowers the upper limit no further (power-constrained limits: Cowan et
    al. 2011, arXiv 1105.3166); what that leaves of the error goes to the lower limit, so that 0 is left out in no more
    and no fewer cases than the level says.
    """
    beyond = np.maximum(squares - noise, 0.0)
    unit = float((noise @ noise + 2 * noise @ beyond) / (noise.sum() + 2 * beyond.sum()))
    value, freedom, tail = float(squares.sum()) / unit, float(noise.sum()) / unit, (1 - level) / 2
    lucky = float(chdtri(freedom, 1 - LUCK))
    always = _noncentrality(lucky, freedom, tail)
    one_sided = _noncentrality(value, freedom, 1 - 2 * tail)
    low = min(one_sided, max(_noncentrality(value, freedom, 1 - tail), always))
    return low * unit, _noncentrality(max(value, lucky), freedom, tail) * unit


def _noncentrality(value: float, freedom: float, below: float) -> float:
    """The noncentrality at which so large a share of draws lies below the value, 0 where there is none."""
    return float(chndtrinc(value, freedom, below)) if chndtr(value, freedom, 0.0) > below else 0.0


def rate_difference_interval(
    first: tuple[float, float], second: tuple[float, float], level: float = LEVEL
) -> tuple[float, float]:
    """Compare the rates of separate rows, each (successes, n): Newcombe 1998, Stat Med 17:873, method 10."""
    (low_1, high_1), (low_2, high_2) = rate_interval(*first, level), rate_interval(*second, level)
    rate_1, rate_2 = first[0] / first[1], second[0] / second[1]
    below = np.hypot(rate_1 - low_1, high_2 - rate_2)
    above = np.hypot(high_1 - rate_1, rate_2 - low_2)
    return float(rate_1 - rate_2 - below), float(rate_1 - rate_2 + above)


def paired_rate_difference_interval(only_first: float, only_second: float, n: float) -> tuple[float, float]:
    """Compare two rates on the same n rows, by the rows that only one of them got right.

    The adjusted Wald interval of Bonett and Price 2012, J Educ Behav Stat 37:479.
    """
    first, second = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    half = normal_quantile() * np.sqrt((first + second - (first - second) ** 2) / (n + 2))
    return float(max(first - second - half, -1.0)), float(min(first - second + half, 1.0))


def mean_interval(values: npt.NDArray[Any], level: float = LEVEL, effect: float = 1.0) -> tuple[float, float]:
    """Student's t interval of a mean; it needs two values. `effect` is the design effect of rows in groups."""
    values = np.asarray(values, dtype=np.float64)
    half = student_quantile(len(values), level) * values.std(ddof=1) / np.sqrt(len(values) / effect)
    return float(values.mean() - half), float(values.mean() + half)


def mean_difference_interval(
    first: npt.NDArray[Any], second: npt.NDArray[Any], level: float = LEVEL, effects: Sequence[float] = (1.0, 1.0)
) -> tuple[float, float]:
    """Compare the means of separate rows, by Welch 1947, Biometrika 34:28; each needs two values.

    `effects` are the design effects of rows that come in groups.
    """
    share_1, share_2 = effects[0] * first.var(ddof=1) / len(first), effects[1] * second.var(ddof=1) / len(second)
    difference = float(first.mean() - second.mean())
    if share_1 + share_2 == 0:
        return difference, difference
    freedom = (share_1 + share_2) ** 2 / (share_1**2 / (len(first) - 1) + share_2**2 / (len(second) - 1))
    half = float(stdtrit(freedom, (1 + level) / 2) * np.sqrt(share_1 + share_2))
    return difference - half, difference + half


def median_interval(values: npt.NDArray[Any], level: float = LEVEL, effect: float = 1.0) -> tuple[float, float] | None:
    """Take two of the values around a median, whatever their distribution; below six values there are none.

    The design `effect` of rows in groups moves both farther out.
    """
    n = len(values)
    cut = int(binom.ppf((1 - level) / 2, n, 0.5))
    cut = cut if effect == 1.0 else int(max(n / 2 - (n / 2 - cut) * np.sqrt(effect), 0.0))
    if cut == 0:
        return None
    ordered = np.sort(values)
    return float(ordered[cut - 1]), float(ordered[-cut])


@dataclass(frozen=True)
class Resampled:
    """Distinct rows of columns with how often each occurs, and the columns' means in redrawn samples of the same size.

    A statistic is a function of such means, so a resample costs no more than a product of matrices.
    """

    columns: Floats
    often: Floats
    drawn: Floats | None

    def interval(self, statistic: Statistic) -> Bounds:
        """Its 95 % interval: BCa (Efron 1987, JASA 82:171), or the jackknife's where rows are many."""
        estimate = float(statistic(self._means())[0])
        left_out = self._left_out(statistic)
        if self.drawn is None:
            half = normal_quantile() * np.sqrt(_jackknife_variance(left_out, self.often))
            return Bounds(float(estimate - half), float(estimate + half), JACKKNIFE)
        drawn = statistic(self.drawn)
        low, high = _bca(drawn[np.isfinite(drawn)], estimate, left_out, self.often)
        return Bounds(low, high, BCA)

    def _means(self) -> Floats:
        means: Floats = self.often @ self.columns / self.often.sum()
        return means[None, :]

    def _left_out(self, statistic: Statistic) -> Floats:
        """Leave out each distinct row in turn; where the statistic is then undefined, take it as it stands."""
        n = self.often.sum()
        values = statistic((n * self._means() - self.columns) / max(n - 1, 1))
        return np.where(np.isfinite(values), values, statistic(self._means())[0])


@dataclass(frozen=True)
class ResampledGroups:
    """Sums of columns over whole groups with the groups' sizes, beside the same rows as if each stood alone."""

    rows: Resampled
    sums: Floats
    sizes: Floats

    def interval(self, statistic: Statistic) -> Bounds:
        """Its 95 % interval by leaving out one group at a time, and nowhere within that of rows alone.

        The jackknife over groups with Student's quantile: of the ways to an interval from few groups it errs least,
        and to the safe side (MacKinnon, Nielsen and Webb 2023, J Econometrics 232:272), where redrawing whole groups
        (Field and Welsh 2007, JRSS B 69:369; Cameron, Gelbach and Miller 2008, Rev Econ Stat 90:414) is too narrow
        below some fifty. One group shows no spread between groups: rows alone have the word.
        """
        plain, count = self.rows.interval(statistic), len(self.sizes)
        if count < 2:
            return plain._replace(
                method=f"{plain.method}, by groups: {round(self.sizes.sum())} rows, 1 groups, few groups"
            )
        total, n = self.sums.sum(axis=0), float(self.sizes.sum())
        estimate = float(statistic(total[None, :] / n)[0])
        left_out = statistic((total - self.sums) / (n - self.sizes)[:, None])
        away = np.where(np.isfinite(left_out), left_out - estimate, 0.0)
        half = student_quantile(count) * float(np.sqrt((count - 1) / count * (away @ away)))
        low, high = min(plain.low, estimate - half), max(plain.high, estimate + half)
        effect = ((high - low) / (plain.high - plain.low)) ** 2 if plain.high > plain.low else 1.0
        words = f"{GROUP_JACKKNIFE}, by groups: {round(n)} rows, {count} groups, design effect {effect:.2f}"
        return Bounds(low, high, words + (", few groups" if count < FEW_GROUPS else ""))


Redrawn = Resampled | ResampledGroups


def resample_rows(columns: Floats, rng: np.random.Generator) -> Resampled:
    """Redraw rows; above MANY_ROWS none are redrawn."""
    columns = np.asarray(columns, dtype=np.float64)
    often = np.ones(len(columns))
    drawn = _redraw(columns, rng) if len(columns) <= MANY_ROWS else None
    return Resampled(columns, often, drawn)


def resample(columns: Floats, rng: np.random.Generator, units: Units | None) -> Redrawn:
    """Redraw rows, or leave out whole groups besides where rows come in groups."""
    columns = np.asarray(columns, dtype=np.float64)
    rows = resample_rows(columns, rng)
    return rows if units is None else ResampledGroups(rows, *_sums(columns, units))


def _sums(columns: Floats, units: Units) -> tuple[Floats, Floats]:
    """The sums of columns over each group, shape (groups, columns), and the groups' sizes."""
    _, number = np.unique(units, return_inverse=True)
    sizes = np.bincount(number).astype(np.float64)
    sums = np.zeros((len(sizes), columns.shape[1]))
    np.add.at(sums, number, columns)
    return sums, sizes


def redraw_groups(columns: Floats, units: Units, rng: np.random.Generator) -> Floats:
    """The columns' means where whole groups are redrawn, shape (RESAMPLES, columns): Field and Welsh 2007."""
    sums, sizes = _sums(columns, units)
    drawn = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=RESAMPLES)
    return np.asarray((drawn @ sums) / (drawn @ sizes)[:, None])


def resample_cells(
    cells: npt.NDArray[Any], count: int, rng: np.random.Generator, units: Units | None = None
) -> Redrawn:
    """Redraw rows of which each lies in one of `count` cells: the means are the cells' shares."""
    rows = resample_counts(np.bincount(cells, minlength=count), rng)
    if units is None:
        return rows
    _, number = np.unique(units, return_inverse=True)
    sizes = np.bincount(number)
    sums = np.bincount(number * count + cells, minlength=len(sizes) * count).reshape(len(sizes), count)
    return ResampledGroups(rows, sums.astype(np.float64), sizes.astype(np.float64))


def resample_counts(counts: npt.NDArray[Any], rng: np.random.Generator) -> Resampled:
    """Redraw a table of counts, cell by cell: the means are the cells' shares, whatever the number of rows."""
    often = counts.ravel().astype(np.float64)
    filled = np.flatnonzero(often)
    n = int(often.sum())
    drawn = np.zeros((RESAMPLES, len(often)))
    drawn[:, filled] = rng.multinomial(n, often[filled] / n, size=RESAMPLES) / n
    return Resampled(np.eye(len(often))[filled], often[filled], drawn)


def bootstrap(columns: Floats, statistic: Statistic, rng: np.random.Generator, units: Units | None = None) -> Bounds:
    """Redraw rows, or whole groups of them, for the interval of one statistic of the means of columns."""
    return resample(columns, rng, units).interval(statistic)


def normal_quantile(level: float = LEVEL) -> float:
    """How many standard errors an interval of that level reaches to each side: 1.96 for 95 %."""
    return float(ndtri((1 + level) / 2))


def student_quantile(n: int, level: float = LEVEL) -> float:
    """The same where the standard error is itself estimated, from n values."""
    return float(stdtrit(n - 1, (1 + level) / 2))


def _redraw(columns: Floats, rng: np.random.Generator) -> Floats:
    n = len(columns)
    block = max(1, _BLOCK // n)
    sizes = (min(block, RESAMPLES - start) for start in range(0, RESAMPLES, block))
    return np.concatenate([_counts(size, n, rng) @ columns / n for size in sizes])


def _counts(times: int, n: int, rng: np.random.Generator) -> Floats:
    """How often each of n rows is drawn, in each of `times` samples."""
    rows = rng.integers(0, n, size=(times, n), dtype=np.int32) + np.arange(times, dtype=np.int64)[:, None] * n
    return np.bincount(rows.ravel(), minlength=times * n).reshape(times, n).astype(np.float64)


def _jackknife_variance(left_out: Floats, often: Floats) -> float:
    n = often.sum()
    away = left_out - often @ left_out / n
    return float((n - 1) / n * (often @ away**2))


def _bca(drawn: Floats, estimate: float, left_out: Floats, often: Floats) -> tuple[float, float]:
    """Correct the percentiles for bias and acceleration; the limits never leave the estimate out."""
    below = (np.count_nonzero(drawn < estimate) + np.count_nonzero(drawn == estimate) / 2) / len(drawn)
    bias = ndtri(np.clip(below, 1 / len(drawn), 1 - 1 / len(drawn)))
    shifted = bias + np.array([-1, 1]) * normal_quantile()
    tails = ndtr(bias + shifted / (1 - _acceleration(left_out, often) * shifted))
    low, high = np.quantile(drawn, tails)
    return float(min(low, estimate)), float(max(high, estimate))


def _acceleration(left_out: Floats, often: Floats) -> float:
    away = often @ left_out / often.sum() - left_out
    spread = often @ away**2
    return float((often @ away**3) / (6 * spread**1.5)) if spread > 0 else 0.0
