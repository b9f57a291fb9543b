"""Categories of many levels by the mean of the target, never told by a row's own: cross-fitted target encoding."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.codes import CLIP, LevelCodes
from reportgen.data.shapes import Matrix
from reportgen.data.summary import labelled
from reportgen.records.base import Code

FOLDS = 5
"""A training row is encoded by the four fifths of the training rows that are not dealt to its fold."""

FEWEST_ROWS = 2
"""A level of one training row is kept by no file: it is that row's own, and often a name."""

MOST_KEPT = 20_000
"""The commonest levels are kept, so that preparer.json stays a file of some megabytes."""

MOST_OUTPUTS = 10
"""Of more classes the commonest have a mean each."""

SURE = 1.6448536
"""A one-sided test at 5 %: the standard normal's 95 % point."""

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Targets:
    """What levels may foretell: columns of numbers (rows, outputs), the class that each is about, and each row's fold.

    `units` numbers rows that belong together; they are in one fold and count as one in a test.
    """

    values: Floats
    of: tuple[str | None, ...]
    folds: Numbers
    units: Numbers | None = None

    def some(self, rows: npt.NDArray[np.intp]) -> "Targets":
        """Those of some rows."""
        return Targets(self.values[rows], self.of, self.folds[rows], None if self.units is None else self.units[rows])


@dataclass(frozen=True)
class Shrunken:
    """Every level's deviation from the mean of all rows, shrunken; shapes (levels, outputs) and (outputs,)."""

    mean: Floats
    deviations: Floats


def shrink(levels: Numbers, count: int, targets: Floats) -> Shrunken:
    """Level means drawn towards the mean of all by how little levels differ beside how much rows differ within them.

    Empirical Bayes (Micci-Barreca 2001, SIGKDD Explorations 3:27) with the variance between levels by the method of
    moments (Searle, Casella and McCulloch 1992, Variance Components, 3.6); where it is not above 0 no level says
    anything. `levels` are numbers below `count`, -1 where missing.
    """
    there = levels >= 0
    levels, y = levels[there], targets[there]
    n = np.bincount(levels, minlength=count).astype(np.float64)
    rows, kinds = len(levels), int(np.count_nonzero(n))
    mean = y.mean(axis=0) if rows else targets.mean(axis=0)
    nothing = Shrunken(mean, np.zeros((count, targets.shape[1])))
    if kinds < 2 or rows <= kinds:
        return nothing
    sums = np.stack([np.bincount(levels, weights=column, minlength=count) for column in (y - mean).T], axis=1)
    apart = sums / np.maximum(n, 1)[:, None]
    between = (n[:, None] * apart**2).sum(axis=0) / (kinds - 1)
    within = np.maximum(((y - mean) ** 2).sum(axis=0) - (n[:, None] * apart**2).sum(axis=0), 0.0) / (rows - kinds)
    spread = np.maximum((between - within) / ((rows - (n**2).sum() / rows) / (kinds - 1)), 0.0)
    told = n[:, None] * spread
    weight = np.divide(told, told + within, out=np.zeros_like(told), where=told > 0)
    return Shrunken(mean, weight * apart)


def crossed(levels: Numbers, count: int, targets: Targets) -> Floats:
    """Each row's shrunken deviation as the rows of the other folds teach it, shape (rows, outputs).

    A row's own target, and those of its fold, have no part in it: neither in its level's mean nor in the mean of all.
    """
    made = np.zeros((len(levels), targets.values.shape[1]))
    for fold in np.unique(targets.folds):
        held = targets.folds == fold
        if held.all():
            break
        learnt = shrink(levels[~held], count, targets.values[~held])
        made[held] = np.where(levels[held, None] >= 0, learnt.deviations[levels[held]], 0.0)
    return made


@dataclass(frozen=True)
class Learnt:
    """What training rows taught, and the training rows themselves as the other folds teach them."""

    codes: LevelCodes
    training: list[Matrix]


@dataclass(frozen=True)
class _Rows:
    """The levels of some rows as numbers (-1 where missing), what the numbers mean, and how many rows have each."""

    levels: Numbers
    known: npt.NDArray[np.object_]
    counts: Numbers


def _rows(values: pd.Series) -> _Rows:
    labels = pd.Index(labelled(values), dtype=object)
    levels, known = pd.factorize(labels, sort=True)
    counts = np.bincount(levels[levels >= 0], minlength=len(known))
    return _Rows(levels.astype(np.int64), np.asarray(known, dtype=object), counts)


def learn_means(values: pd.Series, own: tuple[str, ...], targets: Targets) -> Learnt | None:
    """The level means of a column; None where levels without an input of their own (`own`) tell nothing of the target.

    That is asked of training rows, each told by rows of other folds: their squared error must be less than with the
    mean of all, beyond chance.
    """
    rows = _rows(values)
    rare = ~np.isin(rows.known, np.array(own, dtype=object)) & (rows.counts >= FEWEST_ROWS)
    if np.count_nonzero(rare) < 2:
        return None
    asked = (rows.levels >= 0) & np.append(rare, np.False_)[rows.levels]
    made = crossed(rows.levels, len(rows.known), targets)
    if not tells(made[asked], targets.some(np.flatnonzero(asked)), targets):
        return None
    return _learnt(str(values.name), rows, made, targets)


def relearn_means(values: pd.Series, targets: Targets) -> Learnt:
    """The same columns learnt from other rows, which may tell nothing: every code is 0 then."""
    rows = _rows(values)
    return _learnt(str(values.name), rows, crossed(rows.levels, len(rows.known), targets), targets)


def _learnt(name: str, rows: _Rows, made: Floats, targets: Targets) -> Learnt:
    """All rows' means in standard deviations over training rows; the folds' deviations on the same scale."""
    found = shrink(rows.levels, len(rows.known), targets.values)
    spread = np.sqrt((rows.counts[:, None] * found.deviations**2).sum(axis=0) / max(rows.counts.sum(), 1))
    scale = np.where(spread > 0, spread, 1.0)
    order = np.lexsort((np.arange(len(rows.known)), -rows.counts))
    kept = np.sort(order[rows.counts[order] >= FEWEST_ROWS][:MOST_KEPT])
    codes = np.clip(found.deviations[kept] / scale, -CLIP, CLIP).astype(np.float32)
    of = targets.of
    means = LevelCodes(
        name=name,
        parts=tuple("mean of the target" if label is None else f"share of {label}" for label in of),
        levels=tuple(str(level) for level in rows.known[kept]),
        codes=tuple(tuple(map(float, column)) for column in codes.T),
        centre=tuple(map(float, found.mean)),
        scale=tuple(map(float, scale)),
    )
    return Learnt(means, [column.astype(np.float32) for column in np.clip(made / scale, -CLIP, CLIP).T])


def told(codes: LevelCodes, targets: Targets) -> Code:
    """What was done, for the report."""
    classes = tuple(of for of in targets.of if of is not None)
    return Code(code="target_means", facts={"levels": len(codes.levels), "folds": FOLDS, "classes": classes})


def tells(made: Floats, asked: Targets, every: Targets) -> bool:
    """Whether rows are nearer to what other folds say of their level than to the mean of all, beyond chance.

    A one-sided z test of the mean difference of squared errors, outputs weighed by their variance; rows of one unit
    count together.
    """
    spread = every.values.var(axis=0)
    weight = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    mean = np.empty_like(asked.values)
    for fold in np.unique(every.folds):
        others = every.values[every.folds != fold]
        mean[asked.folds == fold] = others.mean(axis=0) if len(others) else 0.0
    off = asked.values - mean
    gain = ((off**2 - (off - made) ** 2) * weight).sum(axis=1)
    if asked.units is not None:
        gain = np.bincount(np.unique(asked.units, return_inverse=True)[1], weights=gain)
    if len(gain) < FOLDS:
        return False
    error = float(gain.std(ddof=1)) * len(gain) ** 0.5
    return bool(gain.sum() > SURE * error) if error > 0 else False
