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
from threadpoolctl import ThreadpoolController

from reportgen.model.shapes import Floats, Prepared, Rows
from reportgen.records.base import Scalar
from reportgen.records.table import Task

Predict = Callable[[Floats], npt.NDArray[np.float64]]

PENALTIES = (1.0, 10.0, 100.0, 1000.0)
POOLS = ThreadpoolController()
"""Fits and predictions run on one thread: their last digits are then the same on machines of more cores, and boosting
was measured to take twenty times as long on two threads when another process wants one of the cores."""
ITERATIONS = 10_000
LEAVES = (2, 4, 8, 16, 32)
"""A tree of more leaves is no longer read by anyone."""
TREE_ROWS = 100_000
"""Rows that a tree is grown from at most. What 32 numbers learnt from n rows cost in accuracy is about 32 / 2n
(Akaike 1974, IEEE TAC 19:716): 0.02 percentage points, a tenth of the interval that 200,000 test rows give."""
STREAM = 107
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
    guess = _dummy(rows, classes)
    if len(np.unique(rows.y)) < 2:
        return (guess,)
    with POOLS.limit(limits=1):
        linear = _linear(rows, checks, classes)
        tree = _tree(rows, checks, classes, seed)
        boosting = _boosting(rows, checks, classes, seed)
    return guess, linear, tree, boosting


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
        return FittedBaseline("dummy", _Constant(np.array(mean)), {"answer": mean})
    shares = np.bincount(rows.y, minlength=classes) / len(rows.y)
    return FittedBaseline("dummy", _Constant(shares), {"answer": "class shares"})


def _linear(rows: _Doubles, checks: _Doubles, classes: int) -> FittedBaseline:
    """Logistic or ridge regression on standardised inputs; validation rows choose the penalty."""
    kind = _logistic if classes else _ridge
    candidates = ((penalty, make_pipeline(StandardScaler(), kind(penalty))) for penalty in PENALTIES)
    penalty, model = _best(candidates, rows, checks, classes)
    settings: dict[str, Scalar] = {"penalty": penalty, "iterations": _iterations(model[-1])}
    return FittedBaseline("linear", _Predictor(model, classes), settings, _coefficients(model[-1], classes))


def _coefficients(model: BaseEstimator, classes: int) -> npt.NDArray[np.float64]:
    """One row for each class of many, else one vector; of two classes it speaks for the second."""
    found = np.asarray(model.coef_, dtype=np.float64)
    if classes <= 2:
        return found.reshape(-1)
    if len(model.classes_) == 2:
        found = np.vstack((-found / 2, found / 2))
    return _by_class(found, model.classes_, classes)


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
    whole = len(rows.y)
    rows = _in_part(rows, TREE_ROWS, seed)
    smallest = min(5, math.ceil(len(rows.y) / 20))
    candidates = (
        (leaves, kind(max_leaf_nodes=leaves, min_samples_leaf=smallest, random_state=seed)) for leaves in LEAVES
    )
    _, model = _best(candidates, rows, checks, classes)
    settings: dict[str, Scalar] = {"leaves": int(model.get_n_leaves()), "smallest_leaf": smallest}
    settings |= {"rows": len(rows.y)} if len(rows.y) < whole else {}
    return FittedBaseline("tree", _Predictor(model, classes), settings, importances=model.feature_importances_)


def _in_part(rows: _Doubles, most: int, seed: int) -> _Doubles:
    """So many of the rows, each class or part of the scale in its proportion: every k-th in the order of the target."""
    if len(rows.y) <= most:
        return rows
    rng = np.random.default_rng([seed, STREAM])
    order = np.lexsort((rng.random(len(rows.y)), rows.y))
    kept = np.sort(order[(np.arange(most) * len(order)) // most])
    return _Doubles(rows.x[kept], rows.y[kept])


def _boosting(rows: _Doubles, checks: _Doubles, classes: int, seed: int) -> FittedBaseline:
    """Boosted trees on histograms, stopped by validation rows; their importance is left to permutation."""
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    rounds = min(TREES // max(classes, 1), 200)
    smallest = min(20, max(len(rows.y) // 50, 2))
    known = np.isin(checks.y, rows.y) if classes else np.ones(len(checks.y), dtype=bool)
    stop = {"X_val": checks.x[known], "y_val": checks.y[known]} if known.any() else {}
    model = kind(
        max_iter=rounds,
        min_samples_leaf=smallest,
        l2_regularization=1.0,
        early_stopping=bool(stop),
        random_state=seed,
    )
    model.fit(rows.x, rows.y, **stop)
    settings: dict[str, Scalar] = {"rounds": int(model.n_iter_), "learning_rate": 0.1, "smallest_leaf": smallest}
    return FittedBaseline("boosting", _Predictor(model, classes), settings)


def _best(
    candidates: Iterable[tuple[float, BaseEstimator]], rows: _Doubles, checks: _Doubles, classes: int
) -> tuple[float, BaseEstimator]:
    """The candidate with the least squared error on validation rows; the first of equals."""
    fitted = [(size, model.fit(rows.x, rows.y)) for size, model in candidates]
    truth = np.eye(classes)[checks.y] if classes else checks.y
    errors = [np.mean((_Predictor(model, classes)(checks.x) - truth) ** 2) for _, model in fitted]
    return fitted[int(np.argmin(errors))]


@dataclass(frozen=True)
class _Constant:
    """One answer for every row; an object and no function, so that another process can hand it over."""

    answer: npt.NDArray[np.float64]

    def __call__(self, x: Floats) -> npt.NDArray[np.float64]:
        return np.repeat(self.answer[np.newaxis], len(x), axis=0)


@dataclass(frozen=True)
class _Predictor:
    """One answer for both kinds: numbers, or a column of probabilities for each class of the task."""

    model: BaseEstimator
    classes: int

    def __call__(self, x: Floats) -> npt.NDArray[np.float64]:
        rows = np.asarray(x, dtype=np.float64)
        with POOLS.limit(limits=1):
            if not self.classes:
                return np.asarray(self.model.predict(rows), dtype=np.float64)
            return _by_class(self.model.predict_proba(rows).T, self.model.classes_, self.classes).T


def _by_class(values: npt.NDArray[Any], known: npt.NDArray[Any], classes: int) -> npt.NDArray[np.float64]:
    """Give each class of the task its row; one that no training row had gets zeros."""
    spread = np.zeros((classes, values.shape[1]))
    spread[known] = values
    return spread
