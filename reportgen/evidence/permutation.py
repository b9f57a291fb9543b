"""What a model loses on test rows when one original column is shuffled among them."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Part, Predict, Subject
from reportgen.evidence.intervals import mean_interval
from reportgen.evidence.predictions import losses
from reportgen.records.explanation import FeatureImportance

MOST_NUMBERS = 4_000_000
"""Encoded numbers of one call of the model: 16 MB."""
FEWEST_ROWS = 100

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Effort:
    """At most `rows` test rows, about `losses` losses for each feature, at most about `answers` outputs in all."""

    rows: int
    losses: int
    answers: int
    most: int = 30

    def plan(self, subject: Subject) -> tuple[int, int]:
        """How many test rows and how many shuffles the features and the outputs leave room for."""
        outputs = len(subject.task.classes) if subject.task.kind == "multiclass" else 1
        room = max(FEWEST_ROWS, self.answers // (len(subject.features) * outputs))
        rows = min(len(subject.test.y), self.rows, room)
        wanted = math.ceil(self.losses / rows)
        return rows, max(1, min(rows - 1, self.most, wanted, room // rows))


FULL = Effort(rows=4_000, losses=20_000, answers=1_000_000)
LIGHT = Effort(rows=2_000, losses=4_000, answers=150_000)
"""For a model that is only compared with: its trees answer slowly, and rows say more than shuffles do."""


@dataclass(frozen=True)
class Drops:
    """The loss added by each shuffle: `added` has the shape (features, shuffles, rows); `givers` (shuffles, rows)."""

    added: Floats
    givers: Rows


def permuted(
    subject: Subject, predict: Predict, effort: Effort = FULL
) -> tuple[tuple[FeatureImportance, ...], int, int]:
    """Each feature's loss a row with its interval, the number of test rows, and that of the shuffles.

    Breiman (2001), Random Forests, section 10; with all of a feature's encoded columns moved together.
    """
    part, rng = subject.test, np.random.default_rng([subject.seed, 21])
    size, shuffles = effort.plan(subject)
    rows = np.sort(rng.choice(len(part.y), size, replace=False))
    givers = _givers(size, shuffles, rng)
    drops = Drops(_added(subject, predict, part, rows, givers), givers)
    features = (_feature(name, drops, i) for i, name in enumerate(subject.features))
    return tuple(sorted(features, key=lambda one: -one.value)), len(rows), len(givers)


def _givers(rows: int, shuffles: int, rng: np.random.Generator) -> Rows:
    """For each shuffle the row that each row takes its value from: never itself, never the same one twice."""
    if rows < 2:
        return np.zeros((1, rows), dtype=np.intp)
    order = rng.permutation(rows)
    place = np.argsort(order)
    shifts = 1 + rng.choice(rows - 1, shuffles, replace=False)
    return np.asarray(order[(place[None, :] + shifts[:, None]) % rows])


def _added(subject: Subject, predict: Predict, part: Part, rows: Rows, givers: Rows) -> Floats:
    """What each shuffle of each feature adds; a row that was given its own value again is not asked about again."""
    x, y = part.x[rows], part.y[rows]
    jobs = [(group, giver) for group in subject.groups.values() for giver in givers]
    step = max(1, MOST_NUMBERS // max(x.size, 1))
    base = losses(predict(x), y)
    added = np.zeros((len(jobs), len(rows)))
    for start in range(0, len(jobs), step):
        block = jobs[start : start + step]
        changed = np.array([(x[np.ix_(giver, group)] != x[:, group]).any(axis=1) for group, giver in block])
        if changed.any():
            answers = predict(np.concatenate([_given(x, *job, new) for job, new in zip(block, changed, strict=True)]))
            which = np.nonzero(changed)[1]
            added[start : start + step][changed] = losses(answers, y[which]) - base[which]
    return added.reshape(-1, len(givers), len(rows))


def _given(x: Floats, group: Rows, giver: Rows, changed: npt.NDArray[np.bool_]) -> Floats:
    """The changed rows, with the values of `group` that their givers had."""
    table = x[changed]
    table[:, group] = x[np.ix_(giver[changed], group)]
    return table


def _feature(name: str, drops: Drops, index: int) -> FeatureImportance:
    added = drops.added[index]
    value, margin = float(added.mean()), _margin(added, drops.givers)
    return FeatureImportance(feature=name, value=value, low=value - margin, high=value + margin)


def _margin(added: Floats, givers: Rows) -> float:
    """Half the 95 % interval: a row counts with what it lost as a taker and what it cost as a giver.

    Mean loss over pairs of rows is a U-statistic, whose variance is that of a row's part in both places (Hoeffding
    1948). The spread over shuffles alone, which is the custom, leaves out that other test rows would have given
    another number (Molnar et al. 2023, Relating the partial dependence plot and permutation feature importance,
    arXiv:2109.01433; scikit-learn issue 17815).
    """
    shuffles, rows = added.shape
    if rows < 3:
        return float(np.ptp(added)) if added.size else 0.0
    given = np.zeros(rows)
    for loss, giver in zip(added, givers, strict=True):
        given[giver] += loss
    parts = added.mean(axis=0) + given / shuffles
    low, high = mean_interval(parts)
    return (high - low) / 2
