"""One column drawn anew, given what all other columns say of the row: what a conditional test holds the real one to."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.special import ndtri
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from reportgen.evidence.base import Floats
from reportgen.evidence.discretise import codes_of, numbers_of

ROWS_A_TERM = 10
"""Rows that each term of the regression on the other columns should have (Harrell 2015, section 4.4)."""
MOST_LEVELS = 20
"""Rarer categories are taken together where a column explains another, or is drawn."""
LIKE = 30
"""Rows of like expectation that exchange what is left over."""
RIDGE = 1e-3
STEPS = 60

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Column:
    """What a column says of others (terms), and what is drawn of it: normal scores of numbers, or codes."""

    scores: Floats | None
    codes: npt.NDArray[np.int64] | None
    terms: Floats
    present: npt.NDArray[np.bool_]


class Sampler:
    """Draws each column of a frame anew given the others.

    A number's normal score is regressed on the others' scores, categories, squares and products, as far as rows allow
    (of more terms than a tenth of the rows on those that correlate most with it), and what is left over is exchanged
    between rows of like expectation; a category is drawn from a logistic regression.
    Missing numbers stay missing. Only features are looked at, never the target.
    """

    def __init__(self, frame: pd.DataFrame, features: tuple[str, ...], strata: npt.NDArray[np.intp]) -> None:
        self._columns = tuple(_column(frame[feature]) for feature in features)
        self._strata = strata
        blocks = [column.terms for column in self._columns]
        self._terms = np.concatenate(blocks, axis=1)
        self._owner = np.repeat(np.arange(len(blocks)), [block.shape[1] for block in blocks])

    def draw(self, place: int, times: int, rng: np.random.Generator) -> Rows:
        """Whose value of the column each row takes (times, rows): a row of its own stratum, or itself."""
        column = self._columns[place]
        own = np.tile(np.arange(len(self._strata)), (times, 1))
        if column.present.sum() < 2 * ROWS_A_TERM:
            return own
        design = self._design(place)
        if column.codes is not None:
            return _draw_levels(column.codes, design, self._strata, times, rng)
        assert column.scores is not None  # noqa: S101 - a column is one of two kinds
        own[:, column.present] = _draw_scores(column, design, self._strata, times, rng)
        return own

    def _design(self, place: int) -> Floats:
        """Terms of the other columns, with squares and products where there are ten rows for each."""
        others = self._terms[:, self._owner != place]
        most = len(others) // ROWS_A_TERM
        if others.shape[1] > most:
            return _scaled(others[:, _closest(others, self._columns[place], most)])
        numbers = [c.scores for i, c in enumerate(self._columns) if i != place and c.scores is not None]
        room = most - others.shape[1]
        squares = [a * a for a in numbers if len(np.unique(a)) > 2]
        more = squares if len(squares) <= room else []
        if len(squares) + len(numbers) * (len(numbers) - 1) // 2 <= room:
            more = more + [a * b for i, a in enumerate(numbers) for b in numbers[:i]]
        return _scaled(np.column_stack([others, *more]) if more else others)


def _scaled(table: Floats) -> Floats:
    """Each term about its mean, in standard deviations; without those that do not vary."""
    centred = table - table.mean(axis=0)
    spread = centred.std(axis=0)
    return np.asarray(centred[:, spread > 1e-9] / spread[spread > 1e-9])


def _closest(others: Floats, column: _Column, most: int) -> Rows:
    """The terms of other columns that correlate most with this one, of its categories with any: sure independence.

    With more terms than rows a regression tells every value again, and no test could see what a column adds (Fan and
    Lv 2008, Sure independence screening, J. R. Stat. Soc. B 70:849). The target has no say in the choice.
    """
    own = column.terms if column.scores is None else column.scores[:, None]
    if not own.shape[1]:
        return np.arange(min(most, others.shape[1]))
    spread = np.maximum(others.std(axis=0), 1e-12)
    alike = np.abs((others - others.mean(axis=0)).T @ (own - own.mean(axis=0)) / np.maximum(own.std(axis=0), 1e-12))
    return np.sort(np.argsort(-alike.max(axis=1) / spread, kind="stable")[:most])


def _column(column: "pd.Series[Any]") -> _Column:
    numbers = numbers_of(column)
    if numbers is None:
        codes = _frequent(codes_of(column, 2))
        return _Column(None, codes, np.eye(int(codes.max()) + 1)[codes][:, 1:], np.ones(len(codes), dtype=np.bool_))
    present = np.isfinite(numbers)
    scores = np.zeros(len(numbers))
    if present.any():
        scores[present] = ndtri((rankdata(numbers[present]) - 0.5) / present.sum())
    terms = scores[:, None] if present.all() else np.column_stack([scores, ~present])
    return _Column(scores, None, terms.astype(np.float64), present)


def _frequent(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Codes by frequency, those beyond the most frequent taken together."""
    order = np.argsort(np.argsort(-np.bincount(codes), kind="stable"), kind="stable")
    return np.minimum(order[codes], MOST_LEVELS - 1)


def _draw_scores(
    column: _Column, design: Floats, strata: npt.NDArray[np.intp], times: int, rng: np.random.Generator
) -> Rows:
    """Expectation plus the rest of a row of like expectation; the giver is the row of the stratum nearest to that."""
    assert column.scores is not None  # noqa: S101 - the caller has numbers
    rows = np.flatnonzero(column.present)
    scores, x = column.scores[rows], design[rows]
    expected = _regress(x, scores)
    rest = scores - expected
    drawn = np.empty((times, len(rows)))
    for time in range(times):
        drawn[time] = expected + rest[_like(expected, rng)]
    return _nearest(drawn, scores, strata[rows], rows)


def _regress(x: Floats, y: Floats) -> Floats:
    gram = x.T @ x
    gram[np.diag_indices_from(gram)] += RIDGE * len(x)
    return (
        np.asarray(y.mean() + x @ cho_solve(cho_factor(gram), x.T @ (y - y.mean())))
        if x.shape[1]
        else np.full(len(y), y.mean())
    )


def _like(expected: Floats, rng: np.random.Generator) -> Rows:
    """A row for each row, among some thirty that expect about the same; the blocks begin elsewhere each time."""
    order = np.argsort(expected, kind="stable")
    block = (np.arange(len(order)) + rng.integers(LIKE)) // LIKE
    shuffled = np.lexsort((rng.random(len(order)), block))
    partner = np.empty(len(order), dtype=np.intp)
    partner[order] = order[shuffled]
    return partner


def _nearest(wanted: Floats, scores: Floats, strata: npt.NDArray[np.intp], rows: Rows) -> Rows:
    """Of the rows of the same stratum the one whose score is nearest; equal ones are one as good as another."""
    givers = np.empty(wanted.shape, dtype=np.intp)
    for stratum in np.unique(strata):
        inside = np.flatnonzero(strata == stratum)
        order = inside[np.argsort(scores[inside], kind="stable")]
        known = scores[order]
        place = np.clip(np.searchsorted(known, wanted[:, inside]), 1, max(len(known) - 1, 1))
        right = np.minimum(place, len(known) - 1)
        left = place - 1
        closer = wanted[:, inside] - known[left] < known[right] - wanted[:, inside]
        givers[:, inside] = rows[order[np.where(closer, left, right)]]
    return givers


def _draw_levels(
    codes: npt.NDArray[np.int64], design: Floats, strata: npt.NDArray[np.intp], times: int, rng: np.random.Generator
) -> Rows:
    """A level drawn by its chances given the others, among those that the stratum has; the giver is any row of it."""
    chances = _chances(codes, design)
    givers = np.empty((times, len(codes)), dtype=np.intp)
    for stratum in np.unique(strata):
        inside = np.flatnonzero(strata == stratum)
        order = inside[np.argsort(codes[inside], kind="stable")]
        counts = np.bincount(codes[inside], minlength=chances.shape[1])
        starts = np.cumsum(counts) - counts
        own = chances[inside] * (counts > 0)
        climbed = np.cumsum(own, axis=1) / own.sum(axis=1, keepdims=True)
        for time in range(times):
            level = (rng.random((len(inside), 1)) > climbed).sum(axis=1).clip(max=len(counts) - 1)
            givers[time, inside] = order[starts[level] + (rng.random(len(inside)) * counts[level]).astype(np.intp)]
    return givers


def _chances(codes: npt.NDArray[np.int64], design: Floats) -> Floats:
    """The probabilities of all levels for each row, none of them nought."""
    if not design.shape[1] or len(np.unique(codes)) < 2:
        shares = np.bincount(codes) / len(codes)
        return np.tile(shares, (len(codes), 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a few steps short of the optimum is near enough for a draw
        model = LogisticRegression(C=1.0, max_iter=STEPS, tol=1e-3).fit(design, codes)
    return np.asarray(np.maximum(model.predict_proba(design), 1e-12))
