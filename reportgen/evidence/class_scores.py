"""The numbers that say how well classes are predicted, each with its interval: one function a number."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from reportgen.evidence.auc import mean_area, mean_area_alone
from reportgen.evidence.base import Floats
from reportgen.evidence.calibration import calibration_error, expected_error
from reportgen.evidence.clusters import design_effect, on, rate_effect, told
from reportgen.evidence.intervals import (
    WILSON,
    Bounds,
    bootstrap,
    normal_quantile,
    rate_interval,
    resample_cells,
)
from reportgen.evidence.predictions import ClassAnswers, losses
from reportgen.records.network import Metric

FEW = 10
"""Below ten wrong (or right) rows redrawn rows repeat themselves too much to show the spread."""

MANY_CLASSES = 50
"""Beyond so many the cells of a confusion table (the square of the classes) are not redrawn one by one: 2,000 redrawn
tables of 500 classes are 4 GB. Their statistics are then taken row by row, which costs the same for any number."""

DELTA = "delta method over rows"
MOVER = "Wilson score of each class, combined by MOVER"
AVERAGED = "Wilson score of each class, averaged"
F1_WILSON = "Wilson score of right answers among rows of or taken for the class"
STRETCHED = "Wilson score of the error rate, times the largest distance"

Chosen = npt.NDArray[np.bool_]
Score = Callable[[ClassAnswers, np.random.Generator], Metric]


def accuracy(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Count the rows got right."""
    return _rate("accuracy", answers, answers.correct)


def error_rate(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Count the rows got wrong."""
    return _rate("error_rate", answers, ~answers.correct)


def balanced_accuracy(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Average the recalls of the classes present; limits by MOVER (Zou and Donner 2008, Stat Med 27:1693)."""
    right, sizes = _found(answers)
    effect = design_effect(_recall_pulls(answers), answers.units)
    limits = np.array([rate_interval(*pair) for pair in zip(right / effect, sizes / effect, strict=True)])
    away = np.sqrt(((limits - (right / sizes)[:, None]) ** 2).sum(axis=0)) / len(sizes)
    value = _mean_recall(answers)
    method = told(MOVER, answers.units, effect)
    bounds = Bounds(max(value - float(away[0]), 0.0), min(value + float(away[1]), 1.0), method)
    return _metric("balanced_accuracy", answers, value, bounds, note=_absent(len(sizes), len(answers.table)))


def f1_macro(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Average F1 over the classes that occur, among the actual or the predicted."""
    table = answers.table
    value = _f1_of_all(answers)
    held = _f1_rows(table) > 0
    if _few(answers):
        limits = np.mean([_f1_limits(answers, int(number)) for number in np.flatnonzero(held)], axis=0)
        bounds = Bounds(float(limits[0]), float(limits[1]), told(AVERAGED, answers.units))
    elif len(table) > MANY_CLASSES:
        bounds = _by_pulls(value, _f1_pulls(answers), answers)
    else:
        bounds = resample_cells(answers.cells, table.size, rng, answers.units).interval(_mean_f1)
    return _metric("f1_macro", answers, value, bounds, note=_absent(int(held.sum()), len(held)))


def mean_class_difference(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Average how far the number of the predicted class lies from the actual one's."""
    classes, n = len(answers.table), len(answers.actual)
    distances = _distances(classes)
    value = _mean_distance(answers)
    if classes == 2 or _few(answers):
        effect = rate_effect(answers.correct, answers.units)
        low, high = rate_interval(int((~answers.correct).sum()) / effect, n / effect)
        method = told(WILSON if classes == 2 else STRETCHED, answers.units, effect)
        bounds = Bounds(low, high * (classes - 1), method)
    elif classes > MANY_CLASSES:
        rows = distances[answers.cells]
        bounds = bootstrap(rows[:, None], lambda means: means[:, 0], rng, answers.units)
    else:
        drawn = resample_cells(answers.cells, answers.table.size, rng, answers.units)
        bounds = drawn.interval(lambda means: means @ distances)
    return _metric("mean_class_difference", answers, value, bounds)


def roc_auc(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Measure the area under the ROC curve: the positive class's, or the mean of each class against the rest."""
    found = mean_area(*_ranked(answers), answers.units)
    if found is None:
        return _metric("roc_auc", answers, None, None, note="one_class")
    held = int(np.count_nonzero(answers.table.sum(axis=1)))
    return _metric("roc_auc", answers, *found, note=_absent(held, len(answers.table)))


def log_loss(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Average the surprise, in nats: minus the logarithm of the probability stated for what was true."""
    return _mean("log_loss", answers, losses(answers.probabilities, answers.actual), rng)


def brier(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Average the squared distance of probabilities from the truth (Brier 1950): of the positive class, or of all."""
    return _mean("brier", answers, _squared_distances(answers), rng)


def ece(answers: ClassAnswers, rng: np.random.Generator) -> Metric:
    """Tell how far stated probabilities lie from observed rates, chance left out."""
    return _metric("ece", answers, *expected_error(answers))


SCORES: tuple[Score, ...] = (
    accuracy,
    error_rate,
    balanced_accuracy,
    f1_macro,
    roc_auc,
    log_loss,
    brier,
    ece,
    mean_class_difference,
)


def class_values(answers: ClassAnswers) -> dict[str, float | None]:
    """The values of all SCORES by name, without the cost of their intervals; None where there is no such value."""
    return {
        "accuracy": float(answers.correct.mean()),
        "error_rate": float((~answers.correct).mean()),
        "balanced_accuracy": _mean_recall(answers),
        "f1_macro": _f1_of_all(answers),
        "roc_auc": mean_area_alone(*_ranked(answers)),
        "log_loss": float(losses(answers.probabilities, answers.actual).mean()),
        "brier": float(_squared_distances(answers).mean()),
        "ece": calibration_error(answers),
        "mean_class_difference": _mean_distance(answers),
    }


def class_metrics(answers: ClassAnswers, classes: tuple[str, ...]) -> tuple[Metric, ...]:
    """Precision, recall and F1 of each class."""
    return tuple(metric for number, name in enumerate(classes) for metric in _one_class(answers, number, name))


def _one_class(answers: ClassAnswers, number: int, name: str) -> tuple[Metric, ...]:
    actual, predicted = answers.actual == number, answers.predicted == number
    rate = partial(_rate, answers=answers, hits=actual & predicted, of=name)
    return (
        rate("precision", inside=predicted, note=None if predicted.any() else "never_predicted"),
        rate("recall", inside=actual, note=None if actual.any() else "class_absent"),
        _f1(answers, number, name),
    )


def _f1(answers: ClassAnswers, number: int, name: str) -> Metric:
    n = int(_f1_rows(answers.table)[number])
    if n == 0:
        return Metric(name="f1", split=answers.split, value=None, n=0, method=F1_WILSON, of=name, note="class_absent")
    jaccard = int(answers.table[number, number]) / n
    low, high = _f1_limits(answers, number)
    value, method = 2 * jaccard / (1 + jaccard), told(F1_WILSON, answers.units)
    return Metric(name="f1", split=answers.split, value=value, low=low, high=high, n=n, method=method, of=name)


def _f1_limits(answers: ClassAnswers, number: int) -> tuple[float, float]:
    """F1 is 2J/(1+J), J the share of right answers among rows that are, or are taken for, the class: a rate."""
    n = int(_f1_rows(answers.table)[number])
    either = (answers.actual == number) | (answers.predicted == number)
    effect = rate_effect(answers.correct[either], on(answers.units, either))
    low, high = rate_interval(int(answers.table[number, number]) / effect, n / effect)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def _found(answers: ClassAnswers) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count the rows of each class that is there: those got right, and all of them."""
    sizes = answers.table.sum(axis=1)
    held = np.flatnonzero(sizes)
    return answers.table.diagonal()[held], sizes[held]


def _recall_pulls(answers: ClassAnswers) -> Floats:
    """How far each row draws the mean recall from its value."""
    table = answers.table
    sizes = np.maximum(table.sum(axis=1), 1)
    return np.asarray((answers.correct - (table.diagonal() / sizes)[answers.actual]) / sizes[answers.actual])


def _f1_pulls(answers: ClassAnswers) -> Floats:
    """How far each row draws macro F1 from its value: the derivative of the mean of 2r/(a+p) by the row's weight.

    `r` are right answers, `a` and `p` rows of the class and rows taken for it.
    """
    table = answers.table
    right, sums = table.diagonal(), table.sum(axis=0) + table.sum(axis=1)
    each, half = 1 / np.maximum(sums, 1), right / np.maximum(sums, 1) ** 2
    pulls = 2 * each[answers.actual] * answers.correct - 2 * half[answers.actual] - 2 * half[answers.predicted]
    return np.asarray(pulls / max(np.count_nonzero(sums), 1))


def _by_pulls(value: float, pulls: Floats, answers: ClassAnswers) -> Bounds:
    """A normal interval of a share from what each row draws it by (the infinitesimal jackknife: Efron 1982, ch. 6)."""
    effect = design_effect(pulls, answers.units)
    half = normal_quantile() * float(np.sqrt(effect * (pulls @ pulls)))
    return Bounds(max(value - half, 0.0), min(value + half, 1.0), told(DELTA, answers.units, effect))


def _mean_recall(answers: ClassAnswers) -> float:
    right, sizes = _found(answers)
    return float((right / sizes).mean())


def _f1_of_all(answers: ClassAnswers) -> float:
    return float(_mean_f1(answers.table.reshape(1, -1).astype(np.float64))[0])


def _distances(classes: int) -> Floats:
    """How far apart the numbers of two classes are, for each cell of a flattened table."""
    return np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).ravel().astype(np.float64)


def _mean_distance(answers: ClassAnswers) -> float:
    return float(answers.table.ravel() @ _distances(len(answers.table)) / len(answers.actual))


def _ranked(answers: ClassAnswers) -> tuple[Floats, npt.NDArray[np.int64]]:
    """What an area under the ROC curve is made of: the positive class's probabilities, or those of all classes."""
    if answers.positive is None:
        return answers.probabilities, answers.actual
    return answers.probabilities[:, [answers.positive]], (answers.actual == answers.positive).astype(np.int64)


def _squared_distances(answers: ClassAnswers) -> Floats:
    """How far each row's probabilities lie from the truth, squared."""
    if answers.positive is not None:
        return np.asarray((answers.stated - answers.happened) ** 2)
    truth = np.eye(len(answers.table))[answers.actual]
    return np.asarray(((answers.probabilities - truth) ** 2).sum(axis=1))


def _f1_rows(table: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count the rows that are, or are taken for, each class."""
    rows: npt.NDArray[np.int64] = table.sum(axis=0) + table.sum(axis=1) - table.diagonal()
    return rows


def _mean_f1(tables: Floats) -> Floats:
    """Macro F1 of each flattened table."""
    classes = round(tables.shape[1] ** 0.5)
    square = tables.reshape(-1, classes, classes)
    right = np.einsum("tkk->tk", square)
    sums = square.sum(axis=1) + square.sum(axis=2)
    f1 = np.divide(2 * right, sums, out=np.zeros_like(sums), where=sums > 0)
    mean: Floats = f1.sum(axis=1) / np.maximum((sums > 0).sum(axis=1), 1)
    return mean


def _few(answers: ClassAnswers) -> bool:
    right = int(np.count_nonzero(answers.correct))
    return min(right, len(answers.correct) - right) < FEW


def _absent(held: int, classes: int) -> str | None:
    return "class_absent" if held < classes else None


def _rate(
    name: str,
    answers: ClassAnswers,
    hits: Chosen,
    inside: Chosen | None = None,
    of: str | None = None,
    note: str | None = None,
) -> Metric:
    """The share of hits among some of the rows, or among all."""
    units = answers.units if inside is None else on(answers.units, inside)
    hits = hits if inside is None else hits[inside]
    n, successes = len(hits), int(np.count_nonzero(hits))
    if n == 0:
        return Metric(name=name, split=answers.split, value=None, n=0, method=WILSON, of=of, note=note)
    effect = rate_effect(hits, units)
    low, high = rate_interval(successes / effect, n / effect)
    method = told(WILSON, units, effect)
    return Metric(
        name=name, split=answers.split, value=successes / n, low=low, high=high, n=n, method=method, of=of, note=note
    )


def _mean(name: str, answers: ClassAnswers, values: Floats, rng: np.random.Generator) -> Metric:
    """A mean of losses, none of which is negative."""
    low, high, method = bootstrap(values[:, None], lambda means: means[:, 0], rng, answers.units)
    return _metric(name, answers, float(values.mean()), Bounds(max(low, 0.0), high, method))


def _metric(
    name: str, answers: ClassAnswers, value: float | None, bounds: Bounds | None, note: str | None = None
) -> Metric:
    n = len(answers.actual)
    if bounds is None:
        return Metric(name=name, split=answers.split, value=value, n=n, method="not measured", note=note)
    return Metric(
        name=name,
        split=answers.split,
        value=value,
        low=bounds.low,
        high=bounds.high,
        n=n,
        method=bounds.method,
        note=note,
    )
