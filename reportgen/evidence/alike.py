"""Rows that are alike in the other columns, so that exchanging one column among them makes no impossible row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeRegressor

from reportgen.evidence.base import Floats, Part, Subject
from reportgen.evidence.intervals import mean_interval

MOST_ROWS = 4_000
MOST_COLUMNS = 12
"""The other columns that are asked about one: those that correlate with it most."""
BLOCK = 200
"""Features that are held against all others at once."""
LEAVES = 16
FEWEST = 20
"""Rows of a leaf: a test part is a third of the training rows, so that some seven are left to exchange with."""
MATERIAL = 0.1
"""Less than this share of a column's variance told by the others, and exchanging it freely makes no strange rows."""
MANY_COLUMNS, HINT = 100, 0.05
"""In wider tables only columns whose closest others, taken for independent, could tell half of that share linearly are
asked: among thousands the closest twelve of most are so by chance, and trees for all cost half a minute."""
LEAST_LEFT = 0.1
"""A column that the others tell all but completely is taken to have a tenth of its variance for itself."""

Labels = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Alike:
    """For one column a number for each row: rows of one number are alike in the other columns.

    `labels` holds one array for each of the asked parts; `left` is the share of the column's variance within numbers.
    """

    labels: tuple[Labels, ...]
    left: float


def alike(subject: Subject, parts: Sequence[Part]) -> dict[str, Alike]:
    """For each column that the others tell something about, which rows of the parts are alike in them.

    A regression tree learns the column from the others on training rows, and validation rows show whether it can
    (conditional subgroups: Molnar et al. 2023, Data Mining and Knowledge Discovery, arXiv:2006.04628). Columns that
    nothing tells about are left out. The target has no part in this.
    """
    tables = [_as_encoded(subject, part) for part in parts]
    seen = _seen(subject.train.fresh)
    found = {}
    for (feature, group), rest in zip(subject.groups.items(), _nearest(subject), strict=True):
        if rest.size and (tree := _tree(subject, seen, group, rest)):
            labels = tuple(tree.apply(table[:, rest]) for table in tables)
            found[feature] = Alike(labels, _left(tables, labels, group))
    return found


def _as_encoded(subject: Subject, part: Part) -> Floats:
    """The rows of a part as they are encoded for the reported network, whichever network they are to judge."""
    if part is subject.test:
        return part.x
    table = np.empty((len(part.rows), len(subject.inputs)), dtype=np.float32)
    for own in (subject.train, subject.validation, subject.test):
        _, places, found = np.intersect1d(part.rows, own.rows, assume_unique=True, return_indices=True)
        table[places] = own.x[found]
    return table


def _nearest(subject: Subject) -> Iterator[Labels]:
    """For each feature the encoded columns of others that correlate most with one of its own; none in vain.

    Features are compared in blocks with all columns, so that the work is a few products of matrices.
    """
    x, groups = subject.train.fresh, list(subject.groups.values())
    centred = x - x.mean(axis=0)
    unit = np.divide(centred, np.maximum(np.sqrt((centred**2).sum(axis=0)), np.finfo(np.float32).tiny), out=centred)
    for first in range(0, len(groups), BLOCK):
        block = groups[first : first + BLOCK]
        strengths = np.abs(unit[:, np.concatenate(block)].T @ unit)
        ends = np.cumsum([len(group) for group in block])
        for group, end in zip(block, ends, strict=True):
            strength = strengths[end - len(group) : end].max(axis=0)
            strength[group] = -1.0
            order = np.argsort(-strength, kind="stable")[:MOST_COLUMNS]
            told = np.square(strength[order[strength[order] >= 0]]).sum()
            idle = len(groups) > MANY_COLUMNS and told < HINT
            yield order[:0] if idle else np.sort(order[strength[order] >= 0])


def _seen(x: Floats) -> Floats:
    """The training rows that trees learn from."""
    return x[:: max(len(x) // MOST_ROWS, 1)]


def _tree(subject: Subject, rows: Floats, group: Labels, rest: Labels) -> DecisionTreeRegressor | None:
    """The tree from the other columns to these, if validation rows show that it tells a material share."""
    seen, checked = (one[:, group].astype(np.float64) for one in (rows, subject.validation.x))
    others, beside = (one[:, rest].astype(np.float64) for one in (rows, subject.validation.x))
    tree = DecisionTreeRegressor(
        max_leaf_nodes=LEAVES, min_samples_leaf=max(FEWEST, len(seen) // 50), random_state=subject.seed
    ).fit(others, seen)
    told = tree.predict(beside).reshape(checked.shape)
    spread = ((checked - seen.mean(axis=0)) ** 2).sum(axis=1)
    gain = spread - ((checked - told) ** 2).sum(axis=1)
    if len(gain) < 2 or gain.mean() < MATERIAL * spread.mean() or mean_interval(gain)[0] <= 0:
        return None
    return tree


def _left(tables: Sequence[Floats], labels: Sequence[Labels], group: Labels) -> float:
    """The share of the column's variance that rows of one number still differ by."""
    within = whole = 0.0
    for table, label in zip(tables, labels, strict=True):
        values, numbers = table[:, group].astype(np.float64), np.unique(label, return_inverse=True)[1]
        sums = np.zeros((numbers.max() + 1, values.shape[1]))
        np.add.at(sums, numbers, values)
        within += float(((values - (sums / np.bincount(numbers)[:, None])[numbers]) ** 2).sum())
        whole += float(((values - values.mean(axis=0)) ** 2).sum())
    return float(np.clip(within / whole, LEAST_LEFT, 1.0)) if whole > 0 else 1.0
