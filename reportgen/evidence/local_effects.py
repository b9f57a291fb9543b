"""Accumulated local effects of one feature in one network: what rows answer when they move to a value near their own.

Apley and Zhu (2020), Visualizing the effects of predictor variables in black box supervised learning models,
J. R. Stat. Soc. B 82:1059. Rows move no further than their own bin, so correlated features make no impossible rows.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Refit
from reportgen.evidence.placing import (
    Question,
    Texts,
    labels_of,
    numbers_of,
    with_level,
    with_missing,
    with_numbers,
)

ROWS_A_BIN = 15
FEWEST_IN_BIN = 3
"""A bin with fewer rows borrows those next to it: two differences have a spread, three say a little more."""

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Local:
    """Effects (things, outputs) of one network, and their variances over its rows.

    Effects that lean on the same rows also have `parts` (things, rows, outputs), whose sum over rows they are.
    """

    means: Floats
    variances: Floats
    parts: Floats | None = None

    def variance(self, weights: Floats) -> Floats:
        """The variance of weighted sums (sums, things) of the effects."""
        if self.parts is None:
            return np.asarray(weights**2 @ self.variances)
        summed = np.einsum("st,tno->sno", weights, self.parts)
        return np.asarray(summed.shape[1] * summed.var(axis=1, ddof=1))


def bin_edges(values: Floats, bins: int) -> Floats:
    """Edges at values that occur: each distinct one where they are few, else quantiles with equal counts between.

    A value that more rows share than a bin should hold is an edge of its own, and the rest is parted without it. Of 200
    values and more the first and the last hundredth are left outside: too few rows lie far out to tell.
    """
    present = np.sort(values[~np.isnan(values)])
    if len(present) >= 200:
        low, high = np.quantile(present, [0.01, 0.99], method="inverted_cdf")
        present = present[(present >= low) & (present <= high)]
    distinct, often = np.unique(present, return_counts=True)
    if len(distinct) <= bins + 1:
        return distinct
    heavy = distinct[often > len(present) / bins]
    rest = present[~np.isin(present, heavy)]
    places = np.linspace(0, 1, max(2, bins - len(heavy)) + 1)
    if len(heavy):
        places = places[:: max(1, math.ceil(len(places) * ROWS_A_BIN / len(rest)))]
    return np.unique(np.concatenate([heavy, np.quantile(rest, places, method="inverted_cdf"), present[[0, -1]]]))


def steps(network: Refit, rows: Rows, feature: str, edges: Floats) -> Question[Local]:
    """The mean change from each edge to the next, over the rows between them."""
    x, values = network.test.x[rows], numbers_of(network.test.frame[feature].iloc[rows])
    takers, bins = _taken(values, edges)
    before = with_numbers(network, x[takers], feature, edges[bins])
    after = with_numbers(network, x[takers], feature, edges[bins + 1])
    answers = yield np.concatenate([before, after])
    return _by_bin(answers[len(takers) :] - answers[: len(takers)], bins, len(edges) - 1)


def _taken(values: Floats, edges: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Which rows serve which bins: those within, and the nearest ones where they are too few."""
    inside = np.flatnonzero((values >= edges[0]) & (values <= edges[-1]))
    own = np.clip(np.searchsorted(edges, values[inside], side="left"), 1, len(edges) - 1) - 1
    takers, bins = [inside], [own]
    for number in np.flatnonzero(np.bincount(own, minlength=len(edges) - 1) < FEWEST_IN_BIN):
        others = inside[own != number]
        wanted = FEWEST_IN_BIN - int((own == number).sum())
        middle = (edges[number] + edges[number + 1]) / 2
        nearest = others[np.argsort(np.abs(values[others] - middle), kind="stable")[:wanted]]
        takers.append(nearest)
        bins.append(np.full(len(nearest), number))
    return np.concatenate(takers).astype(np.intp), np.concatenate(bins).astype(np.intp)


def _by_bin(changes: Floats, bins: npt.NDArray[np.intp], count: int) -> Local:
    """Means and their variances; one row alone has no spread, and is given the widest of the others'."""
    number = np.bincount(bins, minlength=count).astype(np.float64)[:, None]
    sums = np.stack([np.bincount(bins, one, minlength=count) for one in changes.T], axis=1)
    means = sums / np.maximum(number, 1)
    away = (changes - means[bins]) ** 2
    squares = np.stack([np.bincount(bins, one, minlength=count) for one in away.T], axis=1)
    spread = squares / np.maximum(number - 1, 1)
    spread = np.where(number > 1, spread, spread.max(axis=0))
    return Local(means, spread / np.maximum(number, 1))


def level_effects(network: Refit, rows: Rows, feature: str, levels: Texts, shares: Floats) -> Question[Local]:
    """Each level's effect, whatever the order of levels, 0 being their mean weighted by `shares`.

    Two levels are compared on the rows that have one of the two: what would these answer with the other one? From all
    pairs, each weighted by its rows, the effects follow by least squares. Apley and Zhu put levels in an order and
    compare neighbours; here every level is every other one's neighbour, and a row leaves its own level only once.
    """
    own = labels_of(network.test.frame[feature].iloc[rows])
    place = np.array(
        [next((i for i, level in enumerate(levels) if level == label), -1) for label in own], dtype=np.intp
    )
    x, place = network.test.x[rows[place >= 0]], place[place >= 0]
    n, count = len(place), len(levels)
    asked = yield np.concatenate([with_level(network, x, feature, level) for level in levels])
    if n < 2:
        return Local(np.zeros((count, asked.shape[1])), np.zeros((count, asked.shape[1])))
    answers = asked.reshape(count, n, -1)
    solved = np.linalg.pinv(_laplacian(np.bincount(place, minlength=count)))
    solved = solved - shares @ solved
    pulls = _pulls(answers, place)
    parts = np.einsum("ab,bno->ano", solved, pulls)
    return Local(parts.sum(axis=1), n * parts.var(axis=1, ddof=1), parts)


def _laplacian(counts: npt.NDArray[np.intp]) -> Floats:
    """The normal equations of all pairs of levels, each pair weighted by the rows that have one of the two."""
    weights = (counts[:, None] + counts[None, :]).astype(np.float64)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(np.diag(weights.sum(axis=1)) - weights)


def _pulls(answers: Floats, place: npt.NDArray[np.intp]) -> Floats:
    """What each row says for each level: its answer there against the one at its own level, shape of `answers`."""
    rows = np.arange(len(place))
    pulls = answers - answers[place, rows]
    pulls[place, rows] = -pulls.sum(axis=0)
    return pulls


def missing_effect(network: Refit, rows: Rows, feature: str, values: Floats) -> Question[Local]:
    """A missing value against the rows that have one: nothing where the network does not see what is missing.

    Rows that have a value are asked without it, rows that have none with each of `values` in turn.
    """
    x, own = network.test.x[rows], numbers_of(network.test.frame[feature].iloc[rows])
    there, absent = x[~np.isnan(own)], x[np.isnan(own)]
    without = with_missing(network, there, feature)
    filled = [with_numbers(network, absent, feature, np.full(len(absent), value)) for value in values]
    answers = yield np.concatenate([without, there, absent, *filled])
    changed, still, gaps, given = np.split(answers, np.cumsum([len(there), len(there), len(absent)]))
    mean = given.reshape(len(values), len(absent), -1).mean(axis=0)
    moved = np.concatenate([changed - still, gaps - mean])
    spread = moved.var(axis=0, ddof=1) if len(moved) > 1 else np.zeros(moved.shape[1])
    return Local(moved.mean(axis=0)[None, :], spread[None, :] / max(len(moved), 1))
