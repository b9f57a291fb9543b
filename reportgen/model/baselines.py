"""The simpler rivals: what guessing, a line, a tree and boosted trees make of the same training rows."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from reportgen.model.shapes import Floats, Prepared, Rows
from reportgen.records.base import Scalar
from reportgen.records.table import Task

Predict = Callable[[Floats], npt.NDArray[np.float64]]

PENALTIES = (1.0, 10.0, 100.0, 1000.0)
ITERATIONS = 10_000
LEAVES = (2, 4, 8, 16, 32)
"""A tree of more leaves is no longer read by anyone."""
TREES = 2000
"""The most trees that boosting may grow; each round takes one for each class."""


@dataclass(frozen=True)
class FittedBaseline:
    """A rival that learnt from the training rows; the fields are those of evidence's `Fitted`."""

    name: Literal["dummy", "linear", "tree", "boosting"]
    predict: Predict
    settings: Mapping[str, Scalar]
    coefficients: Floats | None = None
    importances: Floats | None = None


def fit_baselines(prepared: Prepared, task: Task, seed: int) -> tuple[FittedBaseline, ...]:
    """Fit all four, or guessing alone where the training rows hold nothing to learn."""
    rows, checks = _double(prepared.train), _double(prepared.validation)
    classes = len(task.classes)
    if len(np.unique(rows.y)) < 2:
        return (_dummy(rows, classes),)
    return (
        _dummy(rows, classes),
        _linear(rows, checks, classes),
        _tree(rows, checks, classes, seed),
        _boosting(rows, checks, classes, seed),
    )


@dataclass(frozen=True)
class _Doubles:
    """Rows in double precision, as scikit-learn's solvers like them."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[Any]


def _double(rows: Rows) -> _Doubles:
    return _Doubles(np.asarray(rows.x, dtype=np.float64), rows.y)


def _dummy(rows: _Doubles, classes: int) -> FittedBaseline:
    """Guessing: the mean of the training target, or the shares of its classes."""
    if not classes:
        mean = float(np.mean(rows.y))
        return FittedBaseline("dummy", lambda x: np.full(len(x), mean), {"answer": mean})
    shares = np.bincount(rows.y, minlength=classes) / len(rows.y)
    return FittedBaseline("dummy", lambda x: np.tile(shares, (len(x), 1)), {"answer": "class shares"})


def _linear(rows: _Doubles, checks: _Doubles, classes: int) -> FittedBaseline:
    """Logistic or ridge regression on standardised inputs; validation rows choose the penalty."""
    kind = _logistic if classes else _ridge
    candidates = ((penalty, make_pipeline(StandardScaler(), kind(penalty))) for penalty in PENALTIES)
    penalty, model = _best(candidates, rows, checks, classes)
    settings: dict[str, Scalar] = {"penalty": penalty, "iterations": _iterations(model[-1])}
    coefficients = _by_class(np.asarray(model[-1].coef_), model.classes_, classes) if classes > 2 else model[-1].coef_
    return FittedBaseline("linear", _predictor(model, classes), settings, np.asarray(coefficients).squeeze())


def _logistic(penalty: float) -> LogisticRegression:
    return LogisticRegression(C=1 / penalty, max_iter=ITERATIONS)


def _ridge(penalty: float) -> Ridge:
    return Ridge(alpha=penalty)


def _iterations(model: BaseEstimator) -> int | None:
    """How many steps the solver took; None where the answer is found in one."""
    return None if isinstance(model, Ridge) else int(np.max(model.n_iter_))


def _tree(rows: _Doubles, checks: _Doubles, classes: int, seed: int) -> FittedBaseline:
    """A tree small enough to be read; validation rows choose its number of leaves."""
    kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
    smallest = min(5, math.ceil(len(rows.y) / 20))
    candidates = (
        (leaves, kind(max_leaf_nodes=leaves, min_samples_leaf=smallest, random_state=seed)) for leaves in LEAVES
    )
    _, model = _best(candidates, rows, checks, classes)
    settings: dict[str, Scalar] = {"leaves": int(model.get_n_leaves()), "smallest_leaf": smallest}
    return FittedBaseline("tree", _predictor(model, classes), settings, importances=model.feature_importances_)


def _boosting(rows: _Doubles, checks: _Doubles, classes: int, seed: int) -> FittedBaseline:
    """Boosted trees on histograms, stopped by validation rows; their importance is left to permutation."""
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    rounds = min(TREES // max(classes, 1), 200)
    smallest = min(20, max(len(rows.y) // 50, 2))
    model = kind(
        max_iter=rounds, min_samples_leaf=smallest, l2_regularization=1.0, early_stopping=True, random_state=seed
    )
    known = np.isin(checks.y, rows.y) if classes else np.ones(len(checks.y), dtype=bool)
    model.fit(rows.x, rows.y, X_val=checks.x[known], y_val=checks.y[known])
    settings: dict[str, Scalar] = {"rounds": int(model.n_iter_), "learning_rate": 0.1, "smallest_leaf": smallest}
    return FittedBaseline("boosting", _predictor(model, classes), settings)


def _best(
    candidates: Iterable[tuple[float, BaseEstimator]], rows: _Doubles, checks: _Doubles, classes: int
) -> tuple[float, BaseEstimator]:
    """The candidate with the least squared error on validation rows; the first of equals."""
    fitted = [(size, model.fit(rows.x, rows.y)) for size, model in candidates]
    truth = np.eye(classes)[checks.y] if classes else checks.y
    errors = [np.mean((_predictor(model, classes)(checks.x) - truth) ** 2) for _, model in fitted]
    return fitted[int(np.argmin(errors))]


def _predictor(model: BaseEstimator, classes: int) -> Predict:
    """One function for both kinds: numbers, or a column of probabilities for each class of the task."""
    if not classes:
        return lambda x: np.asarray(model.predict(np.asarray(x, dtype=np.float64)), dtype=np.float64)
    return lambda x: _by_class(model.predict_proba(np.asarray(x, dtype=np.float64)).T, model.classes_, classes).T


def _by_class(values: npt.NDArray[Any], known: npt.NDArray[Any], classes: int) -> npt.NDArray[np.float64]:
    """Give each class of the task its row; one that no training row had gets zeros."""
    spread = np.zeros((classes, values.shape[1]))
    spread[known] = values
    return spread
