"""A model of labels that were exchanged by mistake, told apart from classes that overlap by nature.

Classes that overlap contradict a model where it is unsure, and hardly ever where it is sure. Labels exchanged by
mistake contradict it everywhere alike. So let each label be replaced by another class, drawn evenly, with probability
`share`, and let the log-odds of the true label be `slope` times those that the model states: whether `share` is above 0
is then a question for the likelihood. The model of a contaminated logistic regression is Copas's (1988, Binary
regression models for contaminated data, J R Stat Soc B 50:225). Where classes overlap so much that no row is sure, or
where the model has taken the errors in completely, the likelihood is flat, and the interval of `share` says so.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr, ndtri

from reportgen.evidence.base import Floats
from reportgen.evidence.intervals import LEVEL

MOST_CELLS = 200_000
"""Probabilities that the model is fitted on; beyond these every further one narrows its interval by next to nothing."""
STEPS = 24
SLOPES = (-2.0, 5.0)
"""Logarithms of the slopes tried: from far too sure to as good as certain."""
RECALL_WEIGHT = 2.0
"""A wrong label overlooked counts as much as four rows looked at in vain: van Rijsbergen's F measure with beta 2."""


@dataclass(frozen=True)
class Flips:
    """What the labels say: the `share` exchanged with its interval, the slope at each of the three, and the p-value.

    `fitted_on` counts the rows of the fit.
    """

    share: float
    low: float
    high: float
    slopes: tuple[float, float, float]
    p_value: float
    fitted_on: int


class Listed(NamedTuple):
    """Positions of rows to be looked at, the likeliest first, and the share of all wrong labels expected there."""

    rows: npt.NDArray[np.intp]
    found: float


def fit(probabilities: Floats, given: npt.NDArray[np.int64], rng: np.random.Generator) -> Flips:
    """Estimate the share of exchanged labels from probabilities (rows, classes) stated by models that saw none of them.

    The interval is the profile likelihood's; the test is the likelihood ratio's, whose distribution at the boundary is
    half a chi-square with one degree of freedom (Chernoff 1954, Ann Math Stat 25:573).
    """
    rows, classes = probabilities.shape
    drawn = min(rows, max(MOST_CELLS // classes, 1))
    at = np.sort(rng.choice(rows, drawn, replace=False)) if drawn < rows else np.arange(rows)
    return _Likelihood(_lags(probabilities, given)[at]).fit()


def wrong(probabilities: Floats, given: npt.NDArray[np.int64], share: float, slope: float) -> Floats:
    """Give the chance of each row that its label was exchanged, by Bayes' rule."""
    other = share / (probabilities.shape[1] - 1)
    own = _own(_lags(probabilities, given), slope)
    return np.asarray(other * (1 - own) / np.maximum((1 - share - other) * own + other, np.finfo(np.float64).tiny))


def worth_a_look(chances: Floats) -> Listed:
    """Choose the rows that maximise the expected F measure (Lipton, Elkan and Naryanaswamy 2014, arXiv 1402.1892)."""
    total, weight = float(chances.sum()), RECALL_WEIGHT**2
    if total == 0:
        return Listed(np.array([], dtype=np.intp), 0.0)
    order = np.argsort(-chances, kind="stable")
    caught = np.cumsum(chances[order])
    score = (1 + weight) * caught / (np.arange(1, len(order) + 1) + weight * total)
    last = int(score.argmax())
    return Listed(order[: last + 1], float(caught[last] / total))


def _lags(probabilities: Floats, given: npt.NDArray[np.int64]) -> Floats:
    """How far each class leads the given one in log-odds; what n rows cannot check, a probability below 1/n, is 1/n."""
    logs = np.log(np.maximum(probabilities, 1 / len(given)))
    return np.asarray(logs - logs[np.arange(len(given)), given][:, None])


def _own(lags: Floats, slope: float) -> Floats:
    """The probability of the given label once the log-odds are stretched."""
    return np.asarray(1 / np.exp(np.minimum(slope * lags, 700.0)).sum(axis=1))


class _Likelihood:
    """How well a share and the slope that suits it best explain the labels; smaller is better."""

    def __init__(self, lags: Floats) -> None:
        self.lags = lags
        self.rows, self.classes = lags.shape
        self.profile = lru_cache(maxsize=None)(self._profile)

    def fit(self) -> Flips:
        """Look over the whole range first, since the likelihood may have two peaks, then closely around the best."""
        most = 0.98 * (self.classes - 1) / self.classes
        grid = [0.0, *np.geomspace(0.25 / self.rows, most, STEPS)]
        best = self._best(grid)
        bound = self.profile(best)[0] + float(ndtri((1 + LEVEL) / 2)) ** 2 / 2
        low, high = self._edge(best, grid[::-1], bound), self._edge(best, grid, bound)
        ratio = max(2 * (self.profile(0.0)[0] - self.profile(best)[0]), 0.0)
        return Flips(
            share=best,
            low=low,
            high=high,
            slopes=(self.profile(low)[1], self.profile(best)[1], self.profile(high)[1]),
            p_value=float(ndtr(-np.sqrt(ratio))) if best > 0 else 1.0,
            fitted_on=self.rows,
        )

    def _best(self, grid: list[float]) -> float:
        losses = [self.profile(share)[0] for share in grid]
        at = int(np.argmin(losses))
        if at == 0:
            return 0.0
        around = (np.log(grid[max(at - 1, 1)]), np.log(grid[min(at + 1, len(grid) - 1)]))
        found = minimize_scalar(
            lambda log: self.profile(float(np.exp(log)))[0], bounds=around, method="bounded", options={"xatol": 0.01}
        )
        return float(np.exp(found.x)) if found.fun <= losses[at] else grid[at]

    def _edge(self, best: float, grid: list[float], bound: float) -> float:
        """Walk outwards from the best until the likelihood has fallen, and find the place between two steps."""
        inside = best
        for share in (one for one in grid if (one < best) == (grid[0] > grid[-1]) and one != best):
            if self.profile(share)[0] > bound:
                return float(brentq(lambda s: self.profile(float(s))[0] - bound, inside, share, rtol=1e-3))
            inside = share
        return inside

    def _profile(self, share: float) -> tuple[float, float]:
        """The loss at this share, and the slope that makes it smallest."""
        found = minimize_scalar(
            lambda log: self._loss(share, float(np.exp(log))), bounds=SLOPES, method="bounded", options={"xatol": 0.01}
        )
        return float(found.fun), float(np.exp(found.x))

    def _loss(self, share: float, slope: float) -> float:
        other = share / (self.classes - 1)
        given = other + (1 - share - other) * _own(self.lags, slope)
        return float(-np.log(np.maximum(given, np.finfo(np.float64).tiny)).sum())
