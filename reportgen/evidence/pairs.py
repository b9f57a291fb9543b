"""How closely any two columns go together, whatever their kinds, and whether chance would bring them so close."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from reportgen.evidence.base import Floats
from reportgen.evidence.discretise import Codes, codes_of, numbers_of
from reportgen.records.columns import PairMethod

METHODS: tuple[PairMethod, ...] = ("pearson", "spearman", "correlation_ratio", "cramers_v")
Rows = npt.NDArray[np.intp]
MOST_FLAGS = 400
"""Levels, or numbers, of one block: 4,000 rows of so many are 13 MB, and no temporary is as large as all pairs."""


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
    for found in chain(_numbers(columns), _mixed(columns), _categories(columns)):
        across, down = np.ix_(found.first, found.second), np.ix_(found.second, found.first)
        value[across], chance[across], method[across] = found.value, found.chance, found.method
        value[down], chance[down], method[down] = found.value.T, found.chance.T, found.method.T
    np.fill_diagonal(value, 0.0)
    np.fill_diagonal(chance, 1.0)
    np.fill_diagonal(method, 0)
    return Pairs(value, chance, method)


@dataclass(frozen=True)
class _Block:
    """Some columns held against some others, shape (first, second): association, its p-value, the method's place."""

    first: Rows
    second: Rows
    value: Floats
    chance: Floats
    method: npt.NDArray[np.intp]


Found = Iterable[_Block]


def _numbers(columns: Columns) -> Found:
    """The larger of both coefficients, its p-value doubled for the choice."""
    places = sorted(columns.numbers)
    if len(places) < 2:
        return
    order = np.array(places)
    kinds = [_centred(np.column_stack([kind[i] for i in places])) for kind in (columns.numbers, columns.ranks)]
    for start in range(0, len(places), MOST_FLAGS):
        part = slice(start, start + MOST_FLAGS)
        both = np.array([_correlations(kind, part) for kind in kinds])
        shared = kinds[0].present[:, part].T @ kinds[0].present
        how, size = both.argmax(axis=0), both.max(axis=0)
        freedom = np.maximum(shared - 2, 1)
        t = size * np.sqrt(freedom / np.maximum(1 - size**2, 1e-15))
        chance = np.where(shared > 2, np.minimum(4 * stats.t.sf(t, freedom), 1.0), 1.0)
        yield _Block(order[part], order, size, chance, how)


@dataclass(frozen=True)
class _Centred:
    """Numbers about their means in standard deviations, 0 where missing, and 1 where they are there."""

    unit: Floats
    present: Floats


def _centred(table: Floats) -> _Centred:
    present = np.isfinite(table).astype(np.float64)
    count = np.maximum(present.sum(axis=0), 1)
    filled = np.where(present > 0, table, 0.0)
    centred = np.where(present > 0, table - filled.sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    return _Centred(centred / np.where(spread > 0, spread, 1.0), present)


def _correlations(of: _Centred, part: slice) -> Floats:
    """|Pearson| of some columns with all over the rows that have both; 0 where either is constant there."""
    unit, present = of.unit[:, part], of.present[:, part]
    shared = np.maximum(present.T @ of.present, 1)
    mean, other = unit.T @ of.present / shared, present.T @ of.unit / shared
    variance = (unit**2).T @ of.present / shared - mean**2
    variance_of_other = present.T @ of.unit**2 / shared - other**2
    covariance = unit.T @ of.unit / shared - mean * other
    scale = np.sqrt(np.maximum(variance, 0) * np.maximum(variance_of_other, 0))
    return np.asarray(np.clip(np.abs(covariance) / np.where(scale > 1e-9, scale, np.inf), 0.0, 1.0))


@dataclass(frozen=True)
class _Levels:
    """Several columns of categories side by side: their places, each level as 0 and 1, and where each column begins."""

    places: Rows
    flags: Floats
    starts: Rows

    def sums(self, each: Floats) -> Floats:
        """What the levels of each column add up to, along the first axis."""
        return np.asarray(np.add.reduceat(each, self.starts, axis=0))

    @property
    def counts(self) -> Rows:
        """How many levels each column has."""
        return np.diff(np.append(self.starts, self.flags.shape[1]))


def _levels(columns: Columns) -> Iterator[_Levels]:
    """All columns of categories in blocks of some hundred levels, so that a block is one product of matrices."""
    block: list[tuple[int, Codes]] = []
    room = MOST_FLAGS
    for place, codes in columns.codes.items():
        known = np.unique(codes, return_inverse=True)[1]
        levels = int(known.max(initial=0)) + 1
        if block and levels > room:
            yield _flagged(block)
            block, room = [], MOST_FLAGS
        block.append((place, known))
        room -= levels
    if block:
        yield _flagged(block)


def _flagged(block: Sequence[tuple[int, Codes]]) -> _Levels:
    counts = [int(codes.max(initial=0)) + 1 for _, codes in block]
    starts = np.cumsum([0, *counts])
    flags = np.zeros((len(block[0][1]), int(starts[-1])))
    for start, (_, codes) in zip(starts, block, strict=False):
        flags[np.arange(len(codes)), start + codes] = 1.0
    return _Levels(np.array([place for place, _ in block]), flags, starts[:-1])


def _mixed(columns: Columns) -> Found:
    """Numbers against categories: the correlation ratio and Fisher's F, over the rows that have the number."""
    if not columns.numbers or not columns.codes:
        return
    numbers = np.column_stack(list(columns.numbers.values()))
    present = np.isfinite(numbers).astype(np.float64)
    units = np.column_stack([_unit(column) for column in numbers.T])
    rows, varies = present.sum(axis=0), (units != 0).any(axis=0)
    how = METHODS.index("correlation_ratio")
    for block in _levels(columns):
        counts = block.flags.T @ present
        between = block.sums((block.flags.T @ units) ** 2 / np.maximum(counts, 1))
        groups = block.sums((counts > 0).astype(np.float64))
        known = (groups >= 2) & (rows > groups) & varies
        freedom = np.maximum(groups - 1, 1), np.maximum(rows - groups, 1)
        strength = np.sqrt(np.clip(1 - (1 - between) * (rows - 1) / freedom[1], 0.0, 1.0))
        ratio = (between / freedom[0]) / (np.maximum(1 - between, 1e-12) / freedom[1])
        yield _Block(
            block.places,
            np.array(list(columns.numbers)),
            np.where(known, strength, 0.0),
            np.where(known, stats.f.sf(ratio, *freedom), 1.0),
            np.where(known, how, 0),
        )


def _unit(numbers: Floats) -> Floats:
    """A column about its mean and of length 1, 0 where it is missing and where it does not vary."""
    present = np.isfinite(numbers)
    if not present.any() or np.ptp(numbers[present]) == 0:
        return np.zeros(len(numbers))
    scaled = np.where(present, numbers, 0.0) / np.abs(numbers[present]).max()
    centred = np.where(present, scaled - scaled.sum() / present.sum(), 0.0)
    return np.asarray(centred / np.linalg.norm(centred))


def _categories(columns: Columns) -> Found:
    """Two categories: Cramer's V and the chi-squared test."""
    how, blocks = METHODS.index("cramers_v"), list(_levels(columns))
    for at, first in enumerate(blocks):
        for second in blocks[at:]:
            statistic = _chi_squared(first, second)
            n = len(first.flags)
            rows, across = first.counts[:, None], second.counts[None, :]
            freedom = (rows - 1) * (across - 1)
            width = np.minimum(rows - (rows - 1) ** 2 / max(n - 1, 1), across - (across - 1) ** 2 / max(n - 1, 1)) - 1
            known = (freedom > 0) & (width > 1e-12) & (n >= 2)
            phi = statistic / n - freedom / max(n - 1, 1)
            strength = np.sqrt(np.clip(phi / np.where(known, width, 1.0), 0.0, 1.0))
            yield _Block(
                first.places,
                second.places,
                np.where(known, strength, 0.0),
                np.where(known, stats.chi2.sf(statistic, np.maximum(freedom, 1)), 1.0),
                np.where(known, how, 0),
            )


def _chi_squared(first: _Levels, second: _Levels) -> Floats:
    """The chi-squared statistic of each two columns: the sum of t^2 / e over the cells of their table, less n."""
    table = first.flags.T @ second.flags
    expected = np.outer(first.flags.sum(axis=0), second.flags.sum(axis=0)) / len(first.flags)
    shares = table**2 / np.maximum(expected, 1e-300)
    summed = second.sums(first.sums(shares).T).T
    return np.asarray(np.maximum(summed - len(first.flags), 0.0))
