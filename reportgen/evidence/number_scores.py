"""The numbers that say how well numbers are predicted, each with its interval."""

import numpy as np

from reportgen.evidence.base import Floats
from reportgen.evidence.clusters import rate_effect, told
from reportgen.evidence.intervals import (
    BCA,
    ORDER,
    STUDENT,
    Bounds,
    Redrawn,
    mean_interval,
    median_interval,
    resample,
)
from reportgen.evidence.predictions import NumberAnswers
from reportgen.records.network import Metric


def number_metrics(answers: NumberAnswers, rng: np.random.Generator) -> tuple[Metric, ...]:
    """R2, errors in the target's own units, and the mean error, whose sign says which way the model leans."""
    rows = resample(loss_columns(answers.actual, answers.error), rng, answers.units)
    return (_r2(answers, rows), _rmse(answers, rows), _mae(answers, rows), _median(answers), _bias(answers))


def number_values(answers: NumberAnswers) -> dict[str, float | None]:
    """The values of the same numbers by name, without the cost of their intervals; None where there is none."""
    sizes = np.abs(answers.error)
    return {
        "r2": _explained(answers),
        "rmse": float((answers.error**2).mean() ** 0.5),
        "mae": float(sizes.mean()),
        "median_absolute_error": float(np.median(sizes)),
        "bias": float(answers.error.mean()),
    }


def _explained(answers: NumberAnswers) -> float | None:
    """The textbook's formula, term by term, so that a reader who repeats it gets the same last digit."""
    if np.ptp(answers.actual) == 0:
        return None
    return float(1 - (answers.error**2).sum() / ((answers.actual - answers.actual.mean()) ** 2).sum())


def loss_columns(actual: Floats, *errors: Floats) -> Floats:
    """The columns whose means make R2 and its kin: squared and absolute errors, then the target and its square.

    The target is centred, for the difference of the last two means is its variance.
    """
    centred = actual - actual.mean()
    losses = [column for error in errors for column in (error**2, np.abs(error))]
    return np.column_stack([*losses, centred, centred**2])


def explained(means: Floats, loss: int = 0) -> Floats:
    """R2 from the means of `loss_columns`; without a spread of the target it is not a number."""
    spread = means[:, -1] - means[:, -2] ** 2
    share: Floats = np.divide(means[:, loss], spread, out=np.full(len(means), np.nan), where=spread > 0)
    return 1 - share


def r2(answers: Floats, y: Floats) -> tuple[float, float]:
    """R2 and its standard error by the delta method: each row's pull on the ratio of two means.

    A target without a spread leaves nothing to explain: both are 0.
    """
    around, errors = (y - y.mean()) ** 2, (y - answers) ** 2
    total = float(around.mean())
    if total <= 0:
        return 0.0, 0.0
    value = 1 - float(errors.mean()) / total
    pulls = (errors - (1 - value) * around) / total
    return value, float(pulls.std() / np.sqrt(len(y)))


def _r2(answers: NumberAnswers, rows: Redrawn) -> Metric:
    if np.ptp(answers.actual) == 0:
        return Metric(
            name="r2", split=answers.split, value=None, n=len(answers.actual), method=BCA, note="constant_target"
        )
    return _metric("r2", answers, rows.interval(explained))


def _rmse(answers: NumberAnswers, rows: Redrawn) -> Metric:
    return _metric("rmse", answers, rows.interval(lambda means: means[:, 0] ** 0.5))


def _mae(answers: NumberAnswers, rows: Redrawn) -> Metric:
    return _metric("mae", answers, rows.interval(lambda means: means[:, 1]))


def _median(answers: NumberAnswers) -> Metric:
    sizes = np.abs(answers.error)
    effect = rate_effect(sizes > np.median(sizes), answers.units)
    found = median_interval(sizes, effect=effect)
    bounds = Bounds(*found, told(ORDER, answers.units, effect)) if found else None
    return _metric("median_absolute_error", answers, bounds)


def _bias(answers: NumberAnswers) -> Metric:
    effect = rate_effect(answers.error, answers.units)
    method = told(STUDENT, answers.units, effect)
    bounds = Bounds(*mean_interval(answers.error, effect=effect), method) if len(answers.error) > 1 else None
    return _metric("bias", answers, bounds)


def _metric(name: str, answers: NumberAnswers, bounds: Bounds | None) -> Metric:
    n, value = len(answers.actual), number_values(answers)[name]
    if bounds is None:
        return Metric(name=name, split=answers.split, value=value, n=n, method=ORDER, note="too_few_rows")
    return Metric(
        name=name, split=answers.split, value=value, low=bounds.low, high=bounds.high, n=n, method=bounds.method
    )
