"""How much each original column's contributions to single answers are worth, on rows the network has not seen."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from reportgen.evidence.attribution import expected_gradients, integrated_gradients
from reportgen.evidence.base import Floats, Subject, once
from reportgen.evidence.intervals import mean_interval
from reportgen.evidence.predictions import losses
from reportgen.records.explanation import FeatureImportance

MOST_ROWS, FEWEST_ROWS = 500, 50
MOST_ANSWERS = 1_500
"""Rows times outputs that are taken apart."""
MOST_STEPS = 32
"""Points of a way: what they leave unexplained of one row is lost in the mean over rows."""
GRADIENTS = 10_000
"""Gradients that expected gradients may ask for: each row is compared with as many training rows as that leaves."""
FEWEST_DRAWS, MOST_DRAWS = 30, 100

Features: TypeAlias = tuple[FeatureImportance, ...]


@dataclass(frozen=True)
class Local:
    """Test rows (their places in the part) taken apart, every output for itself.

    `values` (outputs, rows) are the outputs before softmax, each against the mean of the others; `contributions`
    (outputs, rows, features) what each column adds to them.
    """

    rows: npt.NDArray[np.intp]
    values: Floats
    contributions: Floats


def drawn_rows(subject: Subject) -> npt.NDArray[np.intp]:
    """The places of the test rows that are taken apart: all, or as many as their outputs leave room for."""
    most = min(MOST_ROWS, max(FEWEST_ROWS, MOST_ANSWERS // _outputs(subject)))
    rng = np.random.default_rng([subject.seed, 23])
    return np.sort(rng.choice(len(subject.test.y), min(len(subject.test.y), most), replace=False))


def draws_for(subject: Subject, rows: int) -> int:
    """How many training rows each of `rows` rows is compared with."""
    return int(np.clip(GRADIENTS // max(rows * _outputs(subject), 1), FEWEST_DRAWS, MOST_DRAWS))


def from_average(subject: Subject, rows: npt.NDArray[np.intp]) -> Local:
    """Integrated gradients from the average training row."""
    x = subject.test.x[rows]
    found = [integrated_gradients(subject, x, output, most=MOST_STEPS) for output in _asked(subject)]
    return _local(
        subject, rows, np.stack([one.output for one in found]), np.stack([one.contributions for one in found])
    )


def from_rows(subject: Subject, rows: npt.NDArray[np.intp]) -> Local:
    """Expected gradients: from training rows drawn for each row, and each point of the way as likely as any other."""
    x, asked = subject.test.x[rows], _asked(subject)
    contributions = expected_gradients(subject, x, asked, draws_for(subject, len(rows)))
    return _local(subject, rows, np.stack([subject.gradients(x, output)[0] for output in asked]), contributions)


@once
def taken_apart(subject: Subject) -> dict[str, Local]:
    """The same test rows taken apart in both ways, by the way's name; done once for each subject."""
    rows = drawn_rows(subject)
    return {"integrated_gradients": from_average(subject, rows), "expected_gradients": from_rows(subject, rows)}


def worth(subject: Subject, local: Local) -> Features:
    """The loss that is added on test rows when a column's contributions are replaced by their mean.

    Each contribution is taken off the output it was added to, so that nothing is asked of rows that cannot exist. The
    size of a contribution says that the network uses a column; its worth, whether that is right. A column of noise is
    worth nothing or less however large its contributions, since they then go the wrong way as often as the right one.
    The sums are those of a generalised additive model whose terms are dropped one at a time (Hastie and Tibshirani
    1990, Generalized Additive Models), with the attributions as its terms.
    """
    y = subject.test.y[local.rows]
    base = losses(_answers(subject, local.values), y)
    away = local.contributions - local.contributions.mean(axis=1, keepdims=True)
    added = [losses(_answers(subject, local.values - away[:, :, j]), y) - base for j in range(len(subject.features))]
    measured = (_mean(name, column) for name, column in zip(subject.features, added, strict=True))
    return tuple(sorted(measured, key=lambda one: -one.value))


def _mean(name: str, added: Floats) -> FeatureImportance:
    """A mean with its interval, which one row alone does not have."""
    if len(added) < 2:
        return FeatureImportance(feature=name, value=float(added.mean()))
    low, high = mean_interval(added)
    return FeatureImportance(feature=name, value=float(added.mean()), low=low, high=high)


def _answers(subject: Subject, values: Floats) -> Floats:
    """Probabilities (rows, classes) from outputs that stand against the mean of the others; or the numbers (rows,)."""
    if not subject.classifies:
        return np.asarray(values[0])
    scores = values.T * (len(values) - 1) / len(values)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _outputs(subject: Subject) -> int:
    return len(_asked(subject))


def _asked(subject: Subject) -> tuple[int, ...]:
    """The outputs that are taken apart: of two classes the second says both."""
    if not subject.classifies:
        return (0,)
    return (1,) if len(subject.task.classes) == 2 else tuple(range(len(subject.task.classes)))


def _local(subject: Subject, rows: npt.NDArray[np.intp], values: Floats, contributions: Floats) -> Local:
    if subject.classifies and len(values) == 1:
        values, contributions = np.concatenate([-values, values]), np.concatenate([-contributions, contributions])
    return Local(rows, values, contributions)
