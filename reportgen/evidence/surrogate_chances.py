"""The probabilities of a stand-in that was taught classes, on the network's own scale."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from reportgen.evidence.base import Floats

MOST_ROWS = 2_000
BOLDEST = 8.0
"""Logarithm of the largest factor, and less its sign of the smallest, that scores are multiplied by."""


def stated_by(model: Any, x: Floats, stated: Floats) -> Callable[[Floats], Floats]:  # noqa: ANN401 - four kinds of model
    """The stand-in's probabilities as a function of rows; `stated` (rows, classes) are the network's on `x`.

    A leaf or a rule states the network's mean over the training rows in it. Scores of a linear model become
    probabilities by a softmax of one factor times them, which is fitted to the network's (as in Guo et al. 2017, On
    calibration of modern neural networks, ICML): a stand-in taught with classes alone does not know how sure it is.
    """
    if hasattr(model, "apply"):
        return _by_place(model.apply, x, stated)
    return _by_score(model, x[:MOST_ROWS], stated[:MOST_ROWS])


def _by_place(apply: Callable[[Floats], npt.NDArray[Any]], x: Floats, stated: Floats) -> Callable[[Floats], Floats]:
    places = apply(x)
    known, mean = np.unique(places), stated.mean(axis=0)
    means = np.full((int(known.max()) + 2, stated.shape[1]), mean)
    for place in known:
        means[place] = stated[places == place].mean(axis=0)
    return lambda rows: np.asarray(means[np.minimum(apply(rows), len(means) - 1)])


def _by_score(model: Any, x: Floats, stated: Floats) -> Callable[[Floats], Floats]:  # noqa: ANN401
    def scores(rows: Floats) -> Floats:
        told = np.asarray(model.decision_function(rows))
        whole = np.full((len(rows), stated.shape[1]), -np.inf)
        whole[:, model.classes_] = np.stack([-told, told], axis=1) / 2 if told.ndim == 1 else told
        return whole

    taught = scores(x)

    def cost(factor: float) -> float:
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(_softmax(taught * np.exp(factor))), -30.0)
        return float(-(stated * logs).sum(axis=1).mean())

    factor = float(np.exp(minimize_scalar(cost, bounds=(-BOLDEST, BOLDEST), method="bounded").x))
    return lambda rows: _softmax(scores(rows) * factor)


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
