"""Standardised coefficients of the linear baseline, put together by original column."""

import numpy as np
import numpy.typing as npt
from scipy import linalg

from reportgen.evidence.base import Fitted, Floats, Subject
from reportgen.records.explanation import FeatureImportance

MOST_ROWS = 5_000
MOST_COEFFICIENTS = 1_500
"""Beyond this many the covariance of the coefficients would take longer than the fit; no interval is given then."""


def standardised(subject: Subject, fitted: Fitted) -> tuple[tuple[FeatureImportance, ...], int]:
    """What one standard deviation of a column moves the linear model by, with intervals, and the rows behind them.

    For a column of one number it is the absolute standardised coefficient. For several encoded columns it is the
    standard deviation, over training rows, of what they add to the score; for several classes the root mean square.
    """
    weights = _per_output(subject, fitted)
    x = subject.train.x.astype(np.float64)
    covariance, rows = _covariance(subject, fitted, x, weights)
    features = (_feature(subject, x, weights, covariance, name, group) for name, group in subject.groups.items())
    return tuple(sorted(features, key=lambda one: -one.value)), rows


def spread(x: Floats, weights: Floats) -> float:
    """The standard deviation over rows of what the columns add to an output, as root mean square over outputs."""
    return float(np.sqrt((x @ weights.T).var(axis=0).mean()))


def _per_output(subject: Subject, fitted: Fitted) -> Floats:
    """Coefficients (outputs, encoded); for a number in standard deviations of the target, whatever the fit was in."""
    weights = np.atleast_2d(np.asarray(fitted.coefficients, dtype=np.float64))
    if subject.classifies:
        return weights
    reached = float(np.std(fitted.predict(subject.train.x)))
    moved = spread(subject.train.x.astype(np.float64), weights)
    target = float(np.std(subject.train.y))
    return weights * (reached / (moved * target) if moved > 0 and target > 0 else 0.0)


def _feature(
    subject: Subject,
    x: Floats,
    weights: Floats,
    covariance: Floats | None,
    name: str,
    group: npt.NDArray[np.intp],
) -> FeatureImportance:
    own, columns = weights[:, group], x[:, group]
    value = spread(columns, own)
    margin = None if covariance is None else 1.96 * _error(columns, own, _block(covariance, group, len(weights)), value)
    return FeatureImportance(
        feature=name,
        value=value,
        low=None if margin is None else max(0.0, value - margin),
        high=None if margin is None else value + margin,
        direction=_direction(subject, own, group),
    )


def _direction(subject: Subject, own: Floats, group: npt.NDArray[np.intp]) -> int | None:
    """The sign, where one number leads to one output."""
    if own.shape != (1, 1) or subject.inputs[group[0]].kind != "number":
        return None
    return int(np.sign(own[0, 0]))


def _error(columns: Floats, own: Floats, block: Floats, value: float) -> float:
    """The standard error of the spread by the delta method; at no spread at all, the coefficients' own."""
    inner = np.cov(columns, rowvar=False, ddof=0).reshape(own.shape[1], -1)
    if value > 0:
        slope = (own @ inner).ravel() / (len(own) * value)
        return float(np.sqrt(max(slope @ block @ slope, 0.0)))
    return float(np.sqrt(max(np.trace(block @ np.kron(np.eye(len(own)), inner)) / len(own), 0.0)))


def _block(covariance: Floats, group: npt.NDArray[np.intp], outputs: int) -> Floats:
    width = len(covariance) // outputs
    places = (np.arange(outputs)[:, None] * width + group).ravel()
    return np.asarray(covariance[np.ix_(places, places)])


def _covariance(subject: Subject, fitted: Fitted, x: Floats, weights: Floats) -> tuple[Floats | None, int]:
    """The sandwich covariance of the coefficients, which holds where the linear model is wrong too.

    White (1980), Econometrica 48; Huber (1967). The ridge of 1 is the penalty of the fit and keeps collinear columns
    finite. On at most 5,000 rows, scaled to the number of all.
    """
    if weights.size > MOST_COEFFICIENTS:
        return None, len(x)
    rng = np.random.default_rng([subject.seed, 22])
    rows = np.sort(rng.choice(len(x), min(len(x), MOST_ROWS), replace=False))
    inner, pull = _curvature(subject, fitted, x[rows] - x.mean(axis=0), rows, len(weights))
    bread = linalg.inv(inner + np.eye(len(inner)), check_finite=False)
    return np.asarray(bread @ (pull.T @ pull) @ bread * len(rows) / len(x)), len(x)


def _curvature(
    subject: Subject, fitted: Fitted, x: Floats, rows: npt.NDArray[np.intp], outputs: int
) -> tuple[Floats, Floats]:
    """The second derivative of the loss by the coefficients, and each row's first."""
    answers = np.asarray(fitted.predict(subject.train.x[rows]), dtype=np.float64)
    y = subject.train.y[rows]
    if not subject.classifies:
        target = float(np.std(subject.train.y)) or 1.0
        return x.T @ x, x * ((y - answers) / target)[:, None]
    chances = answers[:, -outputs:] if outputs == 1 else answers
    truth = np.eye(answers.shape[1])[y][:, -chances.shape[1] :]
    pulls = ((truth - chances)[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    width = x.shape[1]
    inner = np.empty((outputs * width, outputs * width))
    for a in range(outputs):
        for b in range(outputs):
            weight = chances[:, a] * ((a == b) - chances[:, b])
            inner[a * width : (a + 1) * width, b * width : (b + 1) * width] = x.T @ (x * weight[:, None])
    return inner, pulls
