"""Standardised coefficients of the linear baseline, put together by original column."""

import numpy as np
import numpy.typing as npt
from scipy import linalg

from reportgen.evidence.base import Fitted, Floats, Subject
from reportgen.evidence.intervals import normal_quantile
from reportgen.records.explanation import FeatureImportance

MOST_ROWS = 5_000
MOST_COEFFICIENTS = 1_500
"""Beyond this many the covariance of the coefficients would take longer than the fit; no interval is given then."""
LOOSE = 1e-6
"""A penalty a row on intercepts: next to none, but of several classes only the differences are told by the rows."""


def standardised(subject: Subject, fitted: Fitted) -> tuple[tuple[FeatureImportance, ...], int]:
    """What one standard deviation of a column moves the linear model by, with intervals, and the rows behind them.

    For a column of one number it is the absolute standardised coefficient. For several encoded columns it is the
    standard deviation, over training rows, of what they add to the score; for several classes the root mean square.
    """
    z = _standardised(subject.train.fresh)
    weights = np.asarray(fitted.coefficients, dtype=np.float64).reshape(-1, len(subject.inputs))
    weights = weights / _unit(subject)
    covariance = _covariance(subject, fitted, z, weights)
    features = (_feature(subject, z, weights, covariance, name, group) for name, group in subject.groups.items())
    return tuple(sorted(features, key=lambda one: -one.value)), len(z)


def _standardised(x: Floats) -> Floats:
    """Columns of mean 0 and standard deviation 1, as the coefficients expect them; a constant is 0."""
    centred = x - x.mean(axis=0, dtype=np.float64)
    scale = centred.std(axis=0)
    return np.asarray(centred / np.where(scale > 0, scale, 1.0))


def _unit(subject: Subject) -> float:
    """A number's coefficients are told in standard deviations of the target."""
    return (float(np.std(subject.train.y)) or 1.0) if not subject.classifies else 1.0


def spread(x: Floats, weights: Floats) -> float:
    """The standard deviation over rows of what the columns add to an output, as root mean square over outputs."""
    return float(np.sqrt((x @ weights.T).var(axis=0).mean()))


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
    margin = (
        None
        if covariance is None
        else normal_quantile() * _error(columns, own, _block(covariance, group, len(weights)))
    )
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


def _error(columns: Floats, own: Floats, block: Floats) -> float:
    """The standard error of the spread by the delta method; at no spread at all, the coefficients' own."""
    inner = columns.T @ columns / len(columns)
    if (value := spread(columns, own)) > 0:
        slope = (own @ inner).ravel() / (len(own) * value)
        return float(np.sqrt(np.clip(slope @ block @ slope, 0.0, None)))
    return float(np.sqrt(max(np.trace(block @ np.kron(np.eye(len(own)), inner)) / len(own), 0.0)))


def _block(covariance: Floats, group: npt.NDArray[np.intp], outputs: int) -> Floats:
    width = len(covariance) // outputs
    places = (np.arange(outputs)[:, None] * width + group).ravel()
    return np.asarray(covariance[np.ix_(places, places)])


def _covariance(subject: Subject, fitted: Fitted, z: Floats, weights: Floats) -> Floats | None:
    """The sandwich covariance of the coefficients, which holds where the linear model is wrong too.

    White (1980), Econometrica 48; Huber (1967). The fit's own penalty keeps collinear columns finite. The intercepts,
    which are fitted too and are not penalised, take their part of the uncertainty. On at most 5,000 rows, scaled to
    the number of all.
    """
    if weights.size > MOST_COEFFICIENTS:
        return None
    rng = np.random.default_rng([subject.seed, 22])
    rows = np.sort(rng.choice(len(z), min(len(z), MOST_ROWS), replace=False))
    share = len(rows) / len(z)
    with_ones = np.column_stack([z[rows], np.ones(len(rows))])
    inner, pulls = _curvature(subject, fitted, with_ones, rows, len(weights))
    penalty = float(fitted.settings.get("penalty") or 1.0) * share
    free = np.arange(len(inner)) % with_ones.shape[1] == z.shape[1]
    bread = linalg.inv(inner + np.diag(np.where(free, LOOSE * len(rows), penalty)), check_finite=False)
    return np.asarray((bread @ (pulls.T @ pulls) @ bread * share)[np.ix_(~free, ~free)])


def _curvature(
    subject: Subject, fitted: Fitted, x: Floats, rows: npt.NDArray[np.intp], outputs: int
) -> tuple[Floats, Floats]:
    """The second derivative of the loss by the coefficients, and each row's first."""
    answers = np.asarray(fitted.predict(subject.train.fresh[rows]), dtype=np.float64)
    y = subject.train.y[rows]
    if not subject.classifies:
        return x.T @ x, x * ((y - answers) / _unit(subject))[:, None]
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
