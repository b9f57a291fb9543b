"""How few columns do: what a small model reaches with the k best of them, ranked and fitted on other rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import ThreadpoolController

from reportgen.evidence import information
from reportgen.evidence.base import Floats, NotApplicable, Subject, Units, joined
from reportgen.evidence.clusters import deal, on
from reportgen.evidence.discretise import bin_codes, bins_for, codes_of, numbers_of
from reportgen.evidence.intervals import LEVEL, mean_interval, normal_quantile, rate_interval
from reportgen.evidence.number_scores import r2
from reportgen.evidence.predictions import losses
from reportgen.records.columns import CurvePoint, FewColumns

STEPS = (0, 1, 2, 3, 5, 8, 13, 21)
LARGE_STEPS = (0, 1, 3, 8, 21, 55, 144)
NEARLY_ALL = 0.8
MOST_ROWS = 4_000
FEW_ROWS = 500
MOST_LEVELS = 60
"""Rarer categories of a column are taken together: the trees need some rows of each."""
FOLDS = 3
ROUNDS, FEW_ROUNDS, LEAVES = 60, 20, 8
PACE = 6.0
"""Learning rate times rounds."""
MOST_CLASSES = 60
"""With more, the 4,000 rows hold too few of each class to learn it from a third of them, and each round grows a tree
for each."""
TREES = 120
"""The most trees of one fit; each round takes one for each class. Twice as many gain a hundredth."""
POOLS = ThreadpoolController()
"""On two threads boosting waits for the other one far longer than it computes, where another program wants a core."""
METHOD = "cross-fitted ranks and boosted trees; paired t interval over rows, Bonferroni over points"

Target = npt.NDArray[Any]
Folds = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Table:
    """Columns as trees like them (NaN where missing, categories numbered), and what ranks are made of."""

    frame: pd.DataFrame
    values: Floats
    category: npt.NDArray[np.bool_]
    y: Target
    classes: int
    units: Units | None = None


def measure(subject: Subject) -> FewColumns:
    """Cross-fit the curve on training and validation rows; no row is judged by a rank or a tree that has seen it.

    Raises NotApplicable for a single feature, for rows of one answer, where the budget is quick, and of
    more classes than the rows can tell.
    """
    if subject.budget == "quick":
        raise NotApplicable("not_in_budget", budget=subject.budget)
    if len(subject.features) < 2:
        raise NotApplicable("one_column")
    if len(subject.task.classes) > MOST_CLASSES:
        raise NotApplicable("too_many_classes", classes=len(subject.task.classes), most=MOST_CLASSES)
    rng = np.random.default_rng([subject.seed, 112])
    table = _table(subject, rng)
    folds = _folds(table, rng)
    if len(np.unique(table.y)) < 2 or folds is None:
        raise NotApplicable("too_few_rows")
    steps = steps_for(len(subject.features))
    with POOLS.limit(limits=1):
        answers = _cross_fit(table, folds, steps)
    points = _points(table, steps, answers)
    order = _ranked(table, np.arange(len(table.y)))
    return FewColumns(
        measure="accuracy" if table.classes else "r2",
        loss="log_loss" if table.classes else "squared_error",
        points=points,
        enough=enough(points),
        order=tuple(subject.features[i] for i in order),
        columns=len(subject.features),
        folds=FOLDS,
        n=len(table.y),
        method=METHOD,
    )


def steps_for(columns: int) -> tuple[int, ...]:
    """0, 1, 2, 3, 5, 8 and on, and all; in wide tables every second one."""
    steps = STEPS if columns <= 2 * max(STEPS) else LARGE_STEPS
    return (*(k for k in steps if k < NEARLY_ALL * columns), columns)


def enough(points: tuple[CurvePoint, ...]) -> int | None:
    """The fewest columns from which on no point is shown to be worse than all; None where all do not beat guessing."""
    if points[0].worse_low <= 0:
        return None
    short = [point.k for point in points if point.worse_low > 0]
    return min(point.k for point in points if point.k > max(short))


def _table(subject: Subject, rng: np.random.Generator) -> _Table:
    frame = pd.concat([subject.train.frame, subject.validation.frame])[list(subject.features)]
    y = np.concatenate([subject.train.y, subject.validation.y])
    drawn = np.sort(rng.choice(len(y), min(len(y), MOST_ROWS), replace=False))
    units = on(joined([subject.train.units, subject.validation.units]), drawn)
    frame, y = frame.iloc[drawn], y[drawn]
    columns = [_values(frame[feature]) for feature in subject.features]
    if subject.classifies:
        known, y = np.unique(y, return_inverse=True)
    else:
        known = y[:0]
    numbers, levels = np.column_stack([c[0] for c in columns]), np.array([c[1] for c in columns])
    return _Table(frame, numbers, levels, y, len(known), units)


def _values(column: "pd.Series[Any]") -> tuple[Floats, bool]:
    """A column's numbers, or its categories numbered by their frequency, and whether it is a category."""
    numbers = numbers_of(column)
    if numbers is not None:
        return np.where(np.isfinite(numbers), numbers, np.nan), False
    codes = codes_of(column, 2)
    order = np.argsort(np.argsort(-np.bincount(codes), kind="stable"), kind="stable")
    return np.minimum(order[codes], MOST_LEVELS).astype(np.float64), True


def _folds(table: _Table, rng: np.random.Generator) -> Folds | None:
    """Fold numbers, each class dealt out evenly, or whole groups; None where no fold could learn and be judged."""
    n = len(table.y)
    if n < 4 * FOLDS:
        return None
    if table.units is not None and len(np.unique(table.units)) >= FOLDS:
        return deal(table.units, FOLDS, rng)
    order = rng.permutation(n)
    if table.classes:
        order = order[np.argsort(table.y[order], kind="stable")]
    folds = np.empty(n, dtype=np.int64)
    folds[order] = np.arange(n) % FOLDS
    return folds


def _cross_fit(table: _Table, folds: Folds, steps: tuple[int, ...]) -> tuple[Floats, ...]:
    """For each step the answers to all rows: probabilities (rows, classes) or numbers (rows,)."""
    shape = (len(table.y), table.classes) if table.classes else (len(table.y),)
    answers = tuple(np.zeros(shape) for _ in steps)
    for fold in range(FOLDS):
        learnt, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        order = _ranked(table, learnt)
        for step, found in zip(steps, answers, strict=True):
            found[asked] = _fit(table, order[:step], learnt, asked)
    return answers


def _ranked(table: _Table, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The columns by mutual information with the target on these rows, corrected as the selection's is."""
    y = table.y[rows]
    bins = bins_for(len(y), len(np.unique(y)) if table.classes else None)
    target = np.unique(y, return_inverse=True)[1] if table.classes else bin_codes(y, bins)
    frame = table.frame.iloc[rows]
    told = []
    for name in range(frame.shape[1]):
        codes = codes_of(frame.iloc[:, name], bins)
        shape = int(codes.max()) + 1, int(target.max()) + 1
        counts = np.bincount(codes * shape[1] + target, minlength=shape[0] * shape[1]).reshape(shape)
        told.append(float(information.mutual_information(counts) - information.bias(counts)))
    return np.argsort(-np.array(told), kind="stable")


def _fit(table: _Table, columns: npt.NDArray[np.intp], learnt: Any, asked: Any) -> Floats:  # noqa: ANN401 - row numbers
    y = table.y[learnt]
    if len(columns) == 0 or len(np.unique(y)) < 2:
        return _guess(table, y, len(asked))
    rounds = max(FEW_ROUNDS, min(ROUNDS if len(table.y) > FEW_ROWS else FEW_ROUNDS, TREES // max(table.classes, 1)))
    kind = HistGradientBoostingClassifier if table.classes else HistGradientBoostingRegressor
    model = kind(
        max_iter=rounds,
        max_leaf_nodes=LEAVES,
        learning_rate=PACE / rounds,
        min_samples_leaf=min(20, max(len(y) // 50, 2)),
        l2_regularization=1.0,
        categorical_features=table.category[columns],
        early_stopping=False,
        random_state=0,
    )
    model.fit(table.values[np.ix_(learnt, columns)], y)
    rows = table.values[np.ix_(asked, columns)]
    if not table.classes:
        return np.asarray(model.predict(rows))
    told = np.zeros((len(asked), table.classes))
    told[:, model.classes_] = model.predict_proba(rows)
    return told


def _guess(table: _Table, y: Target, rows: int) -> Floats:
    """The shares of the classes, or the mean."""
    if table.classes:
        return np.tile(np.bincount(y, minlength=table.classes) / len(y), (rows, 1))
    return np.full(rows, float(np.mean(y)))


def _points(table: _Table, steps: tuple[int, ...], answers: tuple[Floats, ...]) -> tuple[CurvePoint, ...]:
    lost = [losses(answer, table.y) for answer in answers]
    level = 1 - (1 - LEVEL) / (len(steps) - 1)
    return tuple(
        _point(table, step, answer, loss, loss - lost[-1], level)
        for step, answer, loss in zip(steps, answers, lost, strict=True)
    )


def _point(table: _Table, k: int, answer: Floats, loss: Floats, above: Floats, level: float) -> CurvePoint:
    score, low, high = _score(table, answer)
    worse_low, worse_high = mean_interval(above, level) if above.any() else (0.0, 0.0)
    return CurvePoint(
        k=k,
        score=score,
        low=low,
        high=high,
        loss=float(loss.mean()),
        worse=float(above.mean()),
        worse_low=worse_low,
        worse_high=worse_high,
    )


def _score(table: _Table, answer: Floats) -> tuple[float, float, float]:
    """Accuracy in Wilson's interval, or R2 in that of the delta method."""
    if table.classes:
        right = int((np.argmax(answer, axis=1) == table.y).sum())
        return (right / len(table.y), *rate_interval(right, len(table.y)))
    value, spread = r2(answer, table.y)
    reach = normal_quantile() * spread
    return value, value - reach, min(1.0, value + reach)
