"""The conjunctions of up to three conditions on whose rows errors are most surely larger than elsewhere."""

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from reportgen.evidence.base import Floats
from reportgen.evidence.conditions import Conditions

Places = npt.NDArray[np.intp]
Rows = npt.NDArray[np.bool_]

DEEPEST = 3
KEPT = 3
"""Conjunctions kept of each set of columns; more would be variations on one theme."""
POOL = 300
DISTINCT = 10
"""A conjunction is worth growing while it may come before the tenth best set of columns."""
PARENTS = 200
MOST_JOINED = 2_000
"""Of more conditions than these not all pairs are looked at: their counts are 16 MB, those of 18,000 fill 13 GB."""
NARROWER = 0.98
"""A condition that leaves more of the rows than this adds nothing to a conjunction."""
NOTHING = -np.inf


@dataclass(frozen=True)
class Found:
    """Conjunctions of conditions, the best first: their positions, their worth, and how many were looked at."""

    conjunctions: tuple[tuple[int, ...], ...]
    worth: Floats
    looked: int
    complete: bool


@dataclass(frozen=True)
class Rates:
    """How much likelier errors of 0 or 1 are if a part errs more (Kulldorff 1997, doi:10.1080/03610929708831995).

    The log likelihood ratio of two rates against one, in one direction.
    """

    errors: Floats

    @cached_property
    def _terms(self) -> Floats:
        counts = np.arange(len(self.errors) + 1, dtype=np.float64)
        return np.asarray(xlogy(counts, counts))

    def ratio(self, n: Floats, total: Floats) -> Floats:
        """The ratio for parts of n rows with `total` errors; 0 where they err no more than the others."""
        everything, wrong = len(self.errors), round(float(self.errors.sum()))
        n, hits, term = np.rint(n).astype(np.intp), np.rint(total).astype(np.intp), self._terms
        inside = term[hits] + term[n - hits] - term[n]
        outside = term[wrong - hits] + term[everything - n - wrong + hits] - term[everything - n]
        whole = term[wrong] + term[everything - wrong] - term[everything]
        return np.where(hits * everything > n * wrong, inside + outside - whole, 0.0)

    def bound(self, n: Floats, total: Floats, positive: Floats, fewest: int) -> Floats:
        """The most that a part of such a part can reach: it loses rows and none of the errors."""
        return self.ratio(np.minimum(np.maximum(total, fewest), n), total)

    def screen(self, n: Floats, total: Floats, least: float) -> Rows:
        """Where the ratio may reach `least`: it is at most the chi-square of both rates (Gibbs and Su 2002)."""
        rate, everything = float(self.errors.mean()), len(self.errors)
        away = total - rate * n
        return np.asarray((away > 0) & (away * away >= least * rate * (1 - rate) * n * (1 - n / everything)))

    @cached_property
    def above(self) -> Floats:
        """What each error is above the mean."""
        return self.errors


@dataclass(frozen=True)
class Sizes:
    """The same for errors of any size, as if normal around one mean or two; the largest are cut to their 99 %."""

    sizes: Floats

    @cached_property
    def errors(self) -> Floats:
        """The sizes, the largest cut."""
        cut: Floats = np.minimum(self.sizes, np.quantile(self.sizes, 0.99))
        return cut

    @cached_property
    def above(self) -> Floats:
        """What each error is above the mean."""
        return np.asarray(np.maximum(self.errors - self.errors.mean(), 0.0))

    def ratio(self, n: Floats, total: Floats) -> Floats:
        """The ratio for parts of n rows whose errors add up to `total`; 0 where they err no more than the others."""
        everything = len(self.errors)
        excess = np.maximum(total - n * self.errors.mean(), 0.0)
        share = np.maximum(n * (1 - n / everything), 0.5)
        return np.asarray(excess**2 / (2 * share * max(float(self.errors.var()), 1e-300)))

    def screen(self, n: Floats, total: Floats, least: float) -> Rows:
        """Where the ratio reaches `least`."""
        away = total - n * float(self.errors.mean())
        return np.asarray(
            (away > 0) & (away * away >= 2 * least * float(self.errors.var()) * n * (1 - n / len(self.errors)))
        )

    def bound(self, n: Floats, total: Floats, positive: Floats, fewest: int) -> Floats:
        """The most that a part of such a part can reach: all that is above the mean on the fewest rows."""
        rows = np.full_like(n, fewest)
        return self.ratio(rows, positive + rows * self.errors.mean())


Worse = Rates | Sizes


@dataclass
class _Pool:
    """The best conjunctions of each set of columns so far, and how many were looked at."""

    column: Places
    entries: dict[tuple[int, ...], list[tuple[float, tuple[int, ...]]]]
    looked: int = 0

    def add(self, conjunctions: npt.NDArray[np.intp], worth: Floats) -> None:
        """Keep the best of each set of columns."""
        for at in np.argsort(-worth, kind="stable"):
            members = tuple(sorted(int(one) for one in conjunctions[at]))
            kept = self.entries.setdefault(tuple(sorted(self.column[list(members)].tolist())), [])
            if all(members != one for _, one in kept):
                kept.append((float(worth[at]), members))
                kept.sort(key=lambda one: (-one[0], one[1]))
                del kept[KEPT:]

    def floor(self) -> float:
        """The worth of the tenth best set of columns."""
        best = sorted((kept[0][0] for kept in self.entries.values()), reverse=True)
        return best[DISTINCT - 1] if len(best) >= DISTINCT else NOTHING

    def ordered(self) -> list[tuple[float, tuple[int, ...]]]:
        """All that are kept, the best first."""
        everything = [one for kept in self.entries.values() for one in kept]
        return sorted(everything, key=lambda one: (-one[0], len(one[1]), one[1]))[:POOL]


def search(known: Conditions, worse: Worse, fewest: int, most_work: float) -> Found:
    """Look at all conjunctions of up to three conditions on different columns, level by level.

    The search is SliceLine's (Sagadeeva and Boehm 2021, doi:10.1145/3448016.3457323): counts of all conjunctions of a
    level are products of matrices, and none is grown whose upper bound cannot come among the best. The worth of a
    conjunction is its likelihood ratio less the logarithm of the number of conjunctions of its level, so that no level
    wins by its number. `fewest` rows must lie in a slice; `most_work` bounds rows times conjunctions of three: where
    it does not suffice, those are grown that are worse themselves. Of very many conditions the pairs alone would fill
    the memory, so that those are joined that are worse by themselves.
    """
    prices = [log(max(count, 1)) for count in possible(known.column)]
    if len(known.told) <= MOST_JOINED:
        return _search(known, worse, fewest, most_work, prices)
    kept = _worst(known, worse)
    found = _search(known.only(kept), worse, fewest, most_work, prices)
    return Found(
        tuple(tuple(int(kept[at]) for at in members) for members in found.conjunctions),
        found.worth,
        found.looked + len(known.told) - len(kept),
        complete=False,
    )


def _worst(known: Conditions, worse: Worse) -> Places:
    """The conditions whose rows alone err most surely more than others, as many as are joined, in their order."""
    wrong = np.flatnonzero(worse.errors)
    total = np.array([worse.errors[wrong] @ known.holds[wrong, at] for at in range(len(known.told))])
    ratio = worse.ratio(known.holds.sum(axis=0).astype(np.float64), total)
    return np.sort(np.argsort(-ratio, kind="stable")[:MOST_JOINED])


def _search(known: Conditions, worse: Worse, fewest: int, most_work: float, prices: list[float]) -> Found:
    """Level by level through all conditions, at the prices of the levels."""
    pool = _Pool(known.column, {})
    matrix = known.holds.astype(np.float32)
    first = matrix.sum(axis=0, dtype=np.float64)
    single = worse.ratio(first, worse.errors @ matrix)
    pool.looked += len(known.told)
    pool.add(np.arange(len(known.told))[:, None], single - prices[0])
    pairs, bounds, own = _pairs(known, matrix, worse, fewest, prices[1], pool)
    growing = np.flatnonzero(bounds - prices[2] > max(pool.floor(), -DISTINCT))
    thirds = [np.flatnonzero(known.column > at) for at in range(int(known.column.max(initial=0)) + 1)]
    after = known.column[pairs[growing, 1]]
    complete = matrix.shape[0] * sum(len(thirds[at]) for at in after) <= most_work
    if complete:
        families = [(growing[after == at], thirds[at]) for at in np.unique(after) if len(thirds[at])]
    else:
        most = max(int(most_work / matrix.size), 1)
        families = [(growing[np.argsort(-own[growing], kind="stable")][:most], np.arange(len(known.told)))]
    for parents, third in families:
        for start in range(0, len(parents), PARENTS):
            _triples(known, matrix, worse, fewest, prices[2], pairs[parents[start : start + PARENTS]], third, pool)
    ordered = pool.ordered()
    return Found(
        tuple(members for _, members in ordered),
        np.array([worth for worth, _ in ordered]),
        pool.looked,
        complete,
    )


def possible(column: Places) -> list[int]:
    """How many conjunctions of one, two and three conditions there are, no two of them on one column."""
    counts = np.bincount(column).tolist() if len(column) else []
    sums = [1] + [0] * DEEPEST
    for count in counts:
        for size in range(DEEPEST, 0, -1):
            sums[size] += sums[size - 1] * count
    return sums[1:]


def _pairs(
    known: Conditions, matrix: npt.NDArray[np.float32], worse: Worse, fewest: int, price: float, pool: _Pool
) -> tuple[Places, Floats, Floats]:
    """Every two conditions that leave rows enough, what may grow from them at best, and their own ratio."""
    alone = matrix.sum(axis=0, dtype=np.float64)
    n, total = _sums(matrix, matrix, worse.errors)
    positive = total if worse.above is worse.errors else _sums(matrix, matrix, worse.above)[1]
    first, second = np.nonzero(
        np.triu(known.column[:, None] != known.column[None, :])
        & (n >= fewest)
        & (n <= NARROWER * np.minimum(alone[:, None], alone[None, :]))
    )
    n, total, positive = n[first, second], total[first, second], positive[first, second]
    pairs = np.column_stack([first, second])
    own = worse.ratio(n, total)
    pool.looked += len(pairs)
    _offer(pool, pairs, own - price, pairs[:, 0] * (known.column.max(initial=0) + 1) + known.column[pairs[:, 1]])
    return pairs, worse.bound(n, total, positive, fewest), own


def _triples(
    known: Conditions,
    matrix: npt.NDArray[np.float32],
    worse: Worse,
    fewest: int,
    price: float,
    pairs: Places,
    third: Places,
    pool: _Pool,
) -> None:
    """Grow pairs by each of these third conditions; only what may come among the best is worked out."""
    both, added, column = matrix[:, pairs[:, 0]] * matrix[:, pairs[:, 1]], matrix[:, third], known.column[third]
    n, total = _sums(both, added, worse.errors)
    first, second = known.column[pairs].T
    large = (n >= fewest) & (first[:, None] != column[None, :]) & (second[:, None] != column[None, :])
    pool.looked += int(np.count_nonzero(large))
    least = max(pool.floor(), -DISTINCT) + price
    parent, at = np.nonzero(large & worse.screen(n, total, least))
    narrower = n[parent, at] <= NARROWER * both.sum(axis=0)[parent]
    parent, at = parent[narrower], at[narrower]
    worth = worse.ratio(n[parent, at], total[parent, at]) - price
    family = parent * (int(known.column.max()) + 1) + column[at]
    _offer(pool, np.column_stack([pairs[parent], third[at]]), worth, family)


def _sums(parents: npt.NDArray[np.float32], added: npt.NDArray[np.float32], errors: Floats) -> tuple[Floats, Floats]:
    """Rows and sum of errors of each parent with each condition."""
    wrong = np.flatnonzero(errors)
    return parents.T @ added, (parents[wrong] * errors[wrong, None].astype(np.float32)).T @ added[wrong]


def _offer(pool: _Pool, conjunctions: Places, worth: Floats, family: Places) -> None:
    """Offer the best of each family, if it may come among the best at all."""
    above = np.flatnonzero(worth > max(pool.floor(), -DISTINCT))
    order = above[np.lexsort((worth[above], family[above]))]
    last = np.flatnonzero(np.r_[family[order][1:] != family[order][:-1], True]) if len(order) else order
    best = order[last]
    best = best[np.argsort(-worth[best], kind="stable")][:POOL]
    pool.add(conjunctions[best], worth[best])


def rows_of(known: Conditions, members: tuple[int, ...]) -> Rows:
    """The rows on which all of a conjunction's conditions hold."""
    return np.asarray(known.holds[:, list(members)].all(axis=1))
