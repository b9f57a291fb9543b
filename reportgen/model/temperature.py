"""One number that makes probabilities bolder or more cautious, found on validation rows."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.special import logsumexp
from scipy.stats import chi2

WIDEST = math.log(4.0)
"""A temperature beyond four, or below a quarter, says that validation rows are too few to tell."""

LEVEL = 0.05


def find_temperature(scores: npt.NDArray[Any], y: npt.NDArray[Any]) -> float:
    """The number by which to divide scores so that validation rows have the least log loss (Guo et al. 2017, ICML).

    It is 1 unless a likelihood ratio test at 0.05 says that it differs. Rows that are all got right would ask for
    certainty: probabilities grow no bolder than the share of right answers by Laplace's rule, (right + 1) / (n + 2).
    """
    doubles = np.asarray(scores, dtype=np.float64)
    own = np.arange(len(y)), y

    def loss(logarithm: float) -> float:
        return -float(_logs(doubles, logarithm)[own].sum())

    found = minimize_scalar(loss, bounds=(-WIDEST, WIDEST), method="bounded")
    if 2 * (loss(0.0) - float(found.fun)) <= chi2.ppf(1 - LEVEL, 1):
        return 1.0
    if found.x >= 0:
        return math.exp(float(found.x))
    right = int((doubles.argmax(axis=1) == y).sum())
    return _no_bolder(doubles, float(found.x), (right + 1) / (len(y) + 2))


def _logs(scores: npt.NDArray[np.float64], logarithm: float) -> npt.NDArray[np.float64]:
    """The logarithms of the probabilities at a temperature."""
    divided = scores / math.exp(logarithm)
    return np.asarray(divided - logsumexp(divided, axis=1, keepdims=True))


def _no_bolder(scores: npt.NDArray[np.float64], logarithm: float, most: float) -> float:
    """The temperature, or the nearest to it at which the highest probabilities are on average at most this high."""

    def beyond(logarithm: float) -> float:
        return float(np.exp(_logs(scores, logarithm).max(axis=1)).mean()) - most

    if beyond(logarithm) <= 0:
        return math.exp(logarithm)
    return 1.0 if beyond(0.0) >= 0 else math.exp(float(brentq(beyond, logarithm, 0.0)))
