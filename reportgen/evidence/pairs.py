"""How closely any two columns go together, whatever their kinds, and whether chance would bring them so close."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from reportgen.evidence.association import correlation_ratio, cramers_v
from reportgen.evidence.base import Floats
from reportgen.evidence.discretise import Codes, codes_of, numbers_of
from reportgen.records.columns import PairMethod

METHODS: tuple[PairMethod, ...] = ("pearson", "spearman", "correlation_ratio", "cramers_v")
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Columns:
    """Columns side by side: of numbers their values and ranks (NaN where missing), of all others their codes."""

    numbers: dict[int, Floats]
    ranks: dict[int, Floats]
    codes: dict[int, Codes]

    def take(self, rows: Rows, only: Iterable[int]) -> "Columns":
        """The same on some rows, for some columns, in the order given."""
        places = {old: new for new, old in enumerate(only)}
        return Columns(
            {places[i]: one[rows] for i, one in self.numbers.items() if i in places},
            {places[i]: one[rows] for i, one in self.ranks.items() if i in places},
            {places[i]: one[rows] for i, one in self.codes.items() if i in places},
        )


@dataclass(frozen=True)
class Pairs:
    """For each two columns (columns, columns): association in [0, 1], its p-value, and the place of its method."""

    value: Floats
    chance: Floats
    method: npt.NDArray[np.intp]


def side_by_side(frame: pd.DataFrame, features: Iterable[str]) -> Columns:
    """Read columns as numbers with ranks, or as codes in which missing is a value of its own."""
    numbers: dict[int, Floats] = {}
    ranks: dict[int, Floats] = {}
    codes: dict[int, Codes] = {}
    for place, feature in enumerate(features):
        found = numbers_of(frame[feature])
        if found is None:
            codes[place] = codes_of(frame[feature], 2)
        else:
            numbers[place] = np.where(np.isfinite(found), found, np.nan)
            ranks[place] = np.asarray(stats.rankdata(numbers[place], nan_policy="omit"), dtype=np.float64)
    return Columns(numbers, ranks, codes)


def compare(columns: Columns) -> Pairs:
    """Measure every pair by what suits its kinds: the larger of |Pearson| and |Spearman|, eta, or Cramer's V.

    The last two are corrected for chance (Kelley 1935; Bergsma 2013). Pairs of numbers use the rows that have both.
    """
    count = len(columns.numbers) + len(columns.codes)
    value, chance = np.zeros((count, count)), np.ones((count, count))
    method = np.zeros((count, count), dtype=np.intp)
    for found in (_numbers(columns), _mixed(columns), _categories(columns)):
        for i, j, strength, p_value, how in found:
            value[i, j] = value[j, i] = strength
            chance[i, j] = chance[j, i] = p_value
            method[i, j] = method[j, i] = how
    return Pairs(value, chance, method)


Found = Iterable[tuple[int, int, float, float, int]]


def _numbers(columns: Columns) -> Found:
    """The larger of both coefficients, its p-value doubled for the choice."""
    places = sorted(columns.numbers)
    if len(places) < 2:
        return
    tables = [np.column_stack([kind[i] for i in places]) for kind in (columns.numbers, columns.ranks)]
    both = np.array([_correlations(table) for table in tables])
    n = np.isfinite(tables[0]).astype(np.float64)
    shared = n.T @ n
    how, size = both.argmax(axis=0), both.max(axis=0)
    freedom = np.maximum(shared - 2, 1)
    t = size * np.sqrt(freedom / np.maximum(1 - size**2, 1e-15))
    chance = np.where(shared > 2, np.minimum(4 * stats.t.sf(t, freedom), 1.0), 1.0)
    for a, b in combinations(range(len(places)), 2):
        yield places[a], places[b], float(size[a, b]), float(chance[a, b]), int(how[a, b])


def _correlations(table: Floats) -> Floats:
    """|Pearson| of all pairs of columns over the rows that have both; 0 where either is constant there."""
    present = np.isfinite(table).astype(np.float64)
    count = np.maximum(present.sum(axis=0), 1)
    filled = np.where(present > 0, table, 0.0)
    centred = np.where(present > 0, table - filled.sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    unit = centred / np.where(spread > 0, spread, 1.0)
    shared = np.maximum(present.T @ present, 1)
    mean = unit.T @ present / shared  # of the column on the left, on the rows that both have
    variance = (unit**2).T @ present / shared - mean**2
    covariance = unit.T @ unit / shared - mean * mean.T
    scale = np.sqrt(np.maximum(variance, 0) * np.maximum(variance.T, 0))
    return np.asarray(np.clip(np.abs(covariance) / np.where(scale > 1e-9, scale, np.inf), 0.0, 1.0))


def _mixed(columns: Columns) -> Found:
    how = METHODS.index("correlation_ratio")
    for i, codes in columns.codes.items():
        for j, numbers in columns.numbers.items():
            present = np.isfinite(numbers)
            eta = correlation_ratio(numbers[present], codes[present]) if present.any() else None
            if eta is not None:
                yield i, j, eta, _f_chance(numbers[present], codes[present]), how


def _f_chance(numbers: Floats, codes: Codes) -> float:
    """The chance of so much variance between categories where they do not matter, by Fisher's F."""
    groups = np.unique(codes, return_inverse=True)[1]
    counts = np.bincount(groups)
    centred = numbers - numbers.mean()
    total = float((centred**2).sum())
    between = float((np.bincount(groups, weights=centred) ** 2 / counts).sum())
    freedom = len(counts) - 1, len(numbers) - len(counts)
    if min(freedom) < 1 or total <= 0:
        return 1.0
    within = max(total - between, 1e-12 * total)
    return float(stats.f.sf((between / freedom[0]) / (within / freedom[1]), *freedom))


def _categories(columns: Columns) -> Found:
    how = METHODS.index("cramers_v")
    for (i, first), (j, second) in combinations(columns.codes.items(), 2):
        strength = cramers_v(first, second)
        if strength is not None:
            yield i, j, strength, _chi_chance(first, second), how


def _chi_chance(first: Codes, second: Codes) -> float:
    a, b = np.unique(first, return_inverse=True)[1], np.unique(second, return_inverse=True)[1]
    shape = int(a.max()) + 1, int(b.max()) + 1
    table = np.bincount(a * shape[1] + b, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / len(a)
    statistic: Any = ((table - expected) ** 2 / expected).sum()
    return float(stats.chi2.sf(statistic, (shape[0] - 1) * (shape[1] - 1)))
