"""The groups of a protected column: its values, its years, or the bands that its numbers fall into."""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence.base import Floats, Subject
from reportgen.evidence.values import as_text

ENOUGH = 10
"""Rows that a group needs before it is compared."""
MOST_GROUPS = 20
FEW_VALUES = 5
"""A number with no more values than this is a code: its values are the groups."""
OTHERS = "…"
"""Names the rows of all groups beyond these."""
MISSING = "(missing)"

Labels = npt.NDArray[np.object_]


def labels_of(train: "pd.Series[Any]", rows: "pd.Series[Any]") -> tuple[Labels, list[str]]:
    """Name the group of each row, and the groups in their order; many numbers fall into four groups."""
    if rows.dtype.kind == "M":
        train, rows = train.dt.year, rows.dt.year
    if rows.dtype.kind in "fiu" and train.nunique() > FEW_VALUES:
        return _quarters(train.dropna().to_numpy(np.float64), rows.to_numpy(np.float64))
    order = [as_text(value) for value in sorted(rows.dropna().unique(), key=_rank)]
    labels = np.array([as_text(value) or MISSING for value in rows], dtype=object)
    return labels, list(dict.fromkeys([*order, MISSING]))


def members(subject: Subject, name: str) -> tuple[tuple[str, npt.NDArray[np.bool_]], ...]:
    """Name the largest groups of a protected column, in their order, and mark the test rows of each."""
    labels, order = labels_of(subject.train.frame[name], subject.test.frame[name])
    found = {label: labels == label for label in order if (labels == label).any()}
    largest = sorted(found, key=lambda label: -np.count_nonzero(found[label]))[:MOST_GROUPS]
    return tuple((label, inside) for label, inside in found.items() if label in largest)


def _rank(value: Any) -> tuple[float, str]:  # noqa: ANN401 - a cell of a table may hold anything
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def _quarters(train: Floats, rows: Floats) -> tuple[Labels, list[str]]:
    """Part rows at the quartiles of training rows."""
    edges = np.unique(np.quantile(train, (0.25, 0.5, 0.75)))
    names = [f"≤ {edges[0]:.6g}"]
    names += [f"> {low:.6g}, ≤ {high:.6g}" for low, high in pairwise(edges)] + [f"> {edges[-1]:.6g}"]
    labels = np.array(names, dtype=object)[np.searchsorted(edges, rows, side="left").clip(max=len(edges))]
    labels[np.isnan(rows)] = MISSING
    return labels, [*names, MISSING]
