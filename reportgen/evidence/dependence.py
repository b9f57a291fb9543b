"""Columns that are a function of another: read from one half of the rows, and held against the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr
from scipy.stats import rankdata

from reportgen.evidence import information
from reportgen.evidence.base import Floats, Units
from reportgen.evidence.clusters import deal
from reportgen.evidence.discretise import MOST_BINS, Codes, codes_of, numbers_of
from reportgen.evidence.intervals import normal_quantile, rate_interval
from reportgen.evidence.number_scores import r2
from reportgen.records.columns import Dependence

LEAST_KNOWN = 0.5
"""A function of a column cannot leave more than this share of its information open, told in 16 bins."""
MOST_COLUMNS = 100
"""In wider tables only columns that are associated are held against each other."""
NUMBER_FLOOR = 0.999
"""Less than a thousandth of the variance is left: the same bound as for a target that is a sum of columns."""
CATEGORY_FLOOR = 0.99
LOW_FLOOR = 0.95
"""The low end of the interval must reach this: few rows off the commonest value prove nothing."""
TELLING = 0.1
"""A correlation called small (Cohen 1988): what is left of a column tells a hundredth of the target's variation."""
SURE = 0.01
STRETCHES = 32
"""Parts of the given column's range, each as full as the others, in which the target is taken at its mean."""


@dataclass(frozen=True)
class _Column:
    """Values in order, NaN where a number is missing; `ordered` has neighbours, `measured` has too many for classes."""

    name: str
    values: Floats
    ordered: bool
    measured: bool
    bins: Codes


def functions(
    frame: pd.DataFrame,
    features: tuple[str, ...],
    close: Floats,
    target: Floats,
    rng: np.random.Generator,
    units: Units | None = None,
) -> tuple[Dependence, ...]:
    """Every column that another one tells (nearly) without error, in file order; `close` are associations.

    A number that is told but for a little is no function where that little tells the target: the minutes between two
    moments of one month. `target` is a number, or 0 and 1 for each class, shape (rows, outputs). Rows of one of the
    `units` lie in one half: two columns that both name the person would else tell each other.
    """
    columns = [_column(frame[feature], feature) for feature in features]
    half = rng.permutation(len(frame)) < len(frame) // 2 if units is None else deal(units, 2, rng) == 0
    told = (
        _follows(columns[i], columns[j], target, half)
        for i, j in _candidates(close)
        if i != j and _worth_asking(columns[i], columns[j], float(close[i, j]), len(columns))
    )
    return tuple(found for found in told if found)


def _candidates(close: Floats) -> Iterable[tuple[int, int]]:
    """Every two places, the given one first; in wide tables those that are associated."""
    if len(close) <= MOST_COLUMNS:
        return np.ndindex(len(close), len(close))
    return ((int(i), int(j)) for i, j in np.argwhere(close))


def _column(column: "pd.Series[Any]", name: str) -> _Column:
    numbers, bins = numbers_of(column), codes_of(column, MOST_BINS)
    if numbers is None:
        codes = pd.factorize(column.astype(object), use_na_sentinel=False)[0]
        return _Column(name, codes.astype(np.float64), ordered=False, measured=False, bins=bins)
    values, which = np.unique(np.where(np.isfinite(numbers), numbers, np.nan), return_inverse=True)
    if np.isfinite(values).sum() > MOST_BINS:
        return _Column(name, values[which], ordered=True, measured=True, bins=bins)
    return _Column(name, values[which], ordered=True, measured=False, bins=bins)


def _worth_asking(given: _Column, column: _Column, close: float, columns: int) -> bool:
    """Whether `given` tells at least half of what there is to know about `column`."""
    if columns > MOST_COLUMNS and close == 0:
        return False
    shape = int(given.bins.max()) + 1, int(column.bins.max()) + 1
    table = np.bincount(given.bins * shape[1] + column.bins, minlength=shape[0] * shape[1]).reshape(shape)
    known = information.entropy(table.sum(axis=0))
    return bool(known > 0 and information.mutual_information(table) >= LEAST_KNOWN * known)


def _follows(given: _Column, column: _Column, target: Floats, half: npt.NDArray[np.bool_]) -> Dependence | None:
    """Judge on rows where both are there, or where a category is missing, which is a value like others."""
    present = np.isfinite(given.values) & np.isfinite(column.values)
    x, y, side = given.values[present], column.values[present], half[present]
    y = y if column.measured else np.unique(y, return_inverse=True)[1].astype(np.float64)
    if min(side.sum(), (~side).sum()) < 2:
        return None
    told = np.empty(len(y))
    for rows in (side, ~side):
        told[rows] = _read(given.ordered, column.measured, x[~rows], y[~rows], x[rows])
    known = np.isfinite(told)
    if known.mean() < LOW_FLOOR:
        return None
    if not column.measured:
        return _category(given, column, told[known], y[known])
    found = _number(given, column, told[known], y[known])
    if found and given.measured and _adds(x[known], (y - told)[known], target[present][known], side[known]):
        return None
    return found


def _read(from_order: bool, to_number: bool, x: Floats, y: Floats, asked: Floats) -> Floats:
    """The function as one half shows it: a line between neighbours, the nearest neighbour's class, or a table.

    A line says nothing beyond its ends (NaN); a value that this half does not have is got wrong.
    """
    values, which = np.unique(x, return_inverse=True)
    answers = np.bincount(which, weights=y) / np.bincount(which) if to_number else _commonest(which, y)
    if from_order and to_number:
        return np.asarray(np.interp(asked, values, answers, left=np.nan, right=np.nan))
    place = np.clip(np.searchsorted(values, asked), 0, len(values) - 1)
    if from_order:
        before = np.maximum(place - 1, 0)
        place = np.where(np.abs(values[before] - asked) < np.abs(values[place] - asked), before, place)
        return np.asarray(answers[place])
    unknown = float(np.mean(y)) if to_number else -1.0
    return np.where(values[place] == asked, answers[place], unknown)


def _commonest(which: npt.NDArray[np.intp], y: Floats) -> Floats:
    """For each value the commonest class beside it."""
    classes = y.astype(np.int64)
    width = int(classes.max()) + 1
    cells, counts = np.unique(which * width + classes, return_counts=True)
    order = np.lexsort((counts, cells // width))
    last = np.append(np.diff(cells[order] // width) > 0, True)
    return np.asarray(cells[order][last] % width, dtype=np.float64)


def _number(given: _Column, column: _Column, told: Floats, y: Floats) -> Dependence | None:
    if np.ptp(y) == 0:
        return None
    value, spread = r2(told, y)
    low = value - normal_quantile() * spread
    if value < NUMBER_FLOOR or low < LOW_FLOOR:
        return None
    return Dependence(given=given.name, column=column.name, measure="r2", value=value, low=low, n=len(y))


def _adds(x: Floats, left: Floats, target: Floats, side: npt.NDArray[np.bool_]) -> bool:
    """Whether what is left of a column that `x` tells correlates with what is left of the target beside `x`.

    Generalised covariance measure (Shah and Peters 2020, Ann Stat 48:1514) on ranks, Bonferroni over outputs; the
    target's means come from the other half.
    """
    place = np.searchsorted(np.quantile(x, np.arange(1, STRETCHES) / STRETCHES), x)
    ranks = rankdata(left)
    ranks -= ranks.mean()
    for output in target.T:
        rest = np.empty(len(x))
        for rows in (side, ~side):
            counts = np.bincount(place[~rows], minlength=STRETCHES)
            sums = np.bincount(place[~rows], weights=output[~rows], minlength=STRETCHES)
            means = np.where(counts > 0, sums / np.maximum(counts, 1), output[~rows].mean())
            rest[rows] = output[rows] - means[place[rows]]
        products = ranks * (rest - rest.mean())
        scale, spread = float(ranks.std() * rest.std()), float(products.std())
        if scale <= 0 or spread <= 0:
            continue
        p_value = 2 * ndtr(-abs(products.mean()) / spread * np.sqrt(len(x)))
        if abs(products.mean()) / scale >= TELLING and p_value * target.shape[1] < SURE:
            return True
    return False


def _category(given: _Column, column: _Column, told: Floats, y: Floats) -> Dependence | None:
    """Errors against those of always naming the commonest value, whose number is what the interval rests on."""
    hard = len(y) - int(np.bincount(y.astype(np.int64)).max())
    errors = int((told != y).sum())
    if not hard or errors >= hard:
        return None
    value, low = 1 - errors / hard, 1 - rate_interval(errors, hard)[1]
    if value < CATEGORY_FLOOR or low < LOW_FLOOR:
        return None
    return Dependence(given=given.name, column=column.name, measure="explained", value=value, low=low, n=len(y))
