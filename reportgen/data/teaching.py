"""What the levels of training rows may foretell, and which of the rows teach which."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.belonging import moments
from reportgen.data.means import FOLDS, Targets
from reportgen.data.shapes import Parts
from reportgen.data.split import row_groups
from reportgen.records.base import Role
from reportgen.records.table import Task

STREAM = 151

MOST_OUTPUTS = 10
"""Of more classes the commonest have a mean each."""

Numbers = npt.NDArray[np.int64]


def targets_of(parts: Parts) -> Targets:
    """The training rows' targets, with folds that keep groups whole, or are stretches of time, as the split does."""
    values, of = _foretold(parts.dataset.task, parts.train[parts.dataset.task.target])
    units = _belonging(parts, "group")
    return Targets(values, of, _folds(parts, units), units)


def _foretold(task: Task, target: pd.Series) -> tuple[npt.NDArray[np.float64], tuple[str | None, ...]]:
    """A column of 0 and 1 for each class that is asked about, or the number itself."""
    if task.kind == "regression":
        return target.to_numpy(dtype=np.float64)[:, None], (None,)
    classes = _asked_of(task, target)
    return np.stack([(target == label).to_numpy(dtype=np.float64) for label in classes], axis=1), classes


def _asked_of(task: Task, labels: pd.Series) -> tuple[str, ...]:
    """The classes that have a mean each: of two the positive one, of many the commonest."""
    if len(task.classes) == 2:
        return (task.positive or task.classes[1],)
    counts = labels.value_counts()
    often = sorted(task.classes, key=lambda label: (-int(counts.get(label, 0)), label))[:MOST_OUTPUTS]
    return tuple(label for label in task.classes if label in often)


def _folds(parts: Parts, units: Numbers | None) -> Numbers:
    """The fold of each training row: by chance, by whole groups, or stretches of time of equally many moments."""
    order = _belonging(parts, "time") if units is None else None
    if order is not None:
        return np.minimum(order * FOLDS // (int(order.max()) + 1), FOLDS - 1)
    numbers = np.arange(len(parts.train)) if units is None else np.unique(units, return_inverse=True)[1]
    dealt = np.random.default_rng([parts.split.seed, STREAM]).permutation(int(numbers.max()) + 1) % FOLDS
    return np.asarray(dealt[numbers], dtype=np.int64)


def _belonging(parts: Parts, role: Role) -> Numbers | None:
    """The number of each training row's group or moment, None where the split keeps to none."""
    names = [column.name for column in parts.dataset.columns if column.role == role]
    if not names:
        return None
    columns = parts.train[names].reset_index(drop=True)
    return row_groups(columns) if role == "group" else moments(columns)
