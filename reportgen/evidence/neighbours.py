"""Rows beside the training rows that they resemble, and rows that resemble none of them."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Part, Subject, Units
from reportgen.evidence.clusters import on
from reportgen.evidence.intervals import mean_difference_interval, rate_difference_interval
from reportgen.evidence.predictions import class_answers, number_answers
from reportgen.evidence.values import as_text
from reportgen.records.labels import Neighbour, Neighbours, Surroundings

K = 3
MOST_REFERENCES = 5_000
MOST_TESTED = 10_000
SHOWN = 10
ALPHA = 0.05
"""At most this share of the rows called outside is expected to be ordinary."""
APART = 4.0
"""Numbers four standard deviations apart count as much as two different categories."""

CLASSES = "conformal p-values of the distance to the third nearest training row, Benjamini-Hochberg; Newcombe limits"
NUMBERS = "conformal p-values of the distance to the third nearest training row, Benjamini-Hochberg; Welch limits"

_STREAM = 142
_BLOCK = 1_000
MOST_NUMBERS = 4_000_000


class Nearest(NamedTuple):
    """For each asked row the positions of its nearest training rows and their distances, the nearest first."""

    positions: npt.NDArray[np.intp]
    distances: Floats


def nearest(subject: Subject, x: npt.NDArray[np.floating], k: int = K) -> Nearest:
    """Find the k nearest training rows of encoded rows; where training is large, among a sample of it.

    Distances add up over the original columns: two categories are 1 apart, numbers their difference by four standard
    deviations (Wilson and Martinez 1997, Improved heterogeneous distance functions, JAIR 6:1).
    """
    return _References(subject).nearest(x, k)


def measure(subject: Subject, mistakes: Sequence[int] = ()) -> Neighbours:
    """Look which test rows lie outside the training data, and what the nearest training rows of some rows say.

    `mistakes` are row numbers of test rows, the surest mistake first. A row's p-value is the share of training rows
    that lie as far from their neighbours (Bates et al. 2023, Testing for outliers with conformal p-values, Ann Stat
    51:149); each training row leaves itself out, which makes the p-value larger, if anything.
    """
    references, test = _References(subject), subject.test
    tested = _tested(subject)
    reached = references.nearest(test.x[tested], references.k)
    p_values = references.p_values(reached.distances[:, -1])
    outside = benjamini_hochberg(p_values, ALPHA)
    errors = _errors(subject)[tested]
    places = {int(row): at for at, row in enumerate(test.rows[tested])}
    shown = [places[row] for row in mistakes if row in places][:SHOWN]
    return Neighbours(
        k=references.k,
        references=len(references.positions),
        n=len(tested),
        alpha=ALPHA,
        smallest=1 / (len(references.positions) + 1),
        outside=int(outside.sum()),
        outside_rows=tuple(int(row) for row in np.sort(test.rows[tested][outside])),
        measure="error_rate" if subject.classifies else "mean_absolute_error",
        error_inside=_mean(errors[~outside]),
        error_outside=_mean(errors[outside]),
        **_gap(errors, outside, classifies=subject.classifies),
        rows=tuple(
            Surroundings(
                row=int(test.rows[tested][at]),
                label=_label(subject, test, int(tested[at])),
                neighbours=_neighbours(subject, reached, at),
                p_value=float(p_values[at]),
                outside=bool(outside[at]),
            )
            for at in shown
        ),
        method=CLASSES if subject.classifies else NUMBERS,
    )


def benjamini_hochberg(p_values: Floats, alpha: float) -> npt.NDArray[np.bool_]:
    """Reject so that at most alpha of the rejections are false on average (1995, J R Stat Soc B 57:289)."""
    ordered = np.sort(p_values)
    below = np.flatnonzero(ordered <= alpha * np.arange(1, len(ordered) + 1) / len(ordered))
    cut = ordered[below[-1]] if len(below) else -1.0
    return np.asarray(p_values <= cut)


class _References:
    """Training rows that others are held against, in coordinates whose straight distance is the one that is meant."""

    def __init__(self, subject: Subject) -> None:
        rng = np.random.default_rng([subject.seed, _STREAM])
        count = len(subject.train.y)
        drawn = rng.choice(count, min(count, MOST_REFERENCES), replace=False)
        self.positions = np.sort(drawn).astype(np.intp)
        self.weights = _weights(subject)
        self.x = self._placed(subject.train.fresh[self.positions])
        self.squares = (self.x**2).sum(axis=1)
        self.units = on(subject.train.units, self.positions)
        self.k = min(K, len(self.positions) - 1) or 1

    def nearest(self, x: npt.NDArray[np.floating], k: int) -> Nearest:
        found = [self._search(self._placed(block), k) for block in _blocks(x)]
        return Nearest(
            self.positions[np.concatenate([positions for positions, _ in found])],
            np.concatenate([distances for _, distances in found]),
        )

    def p_values(self, distances: Floats) -> Floats:
        """The share of training rows, and the asked row itself, that lie at least as far out."""
        own = np.sort(self.own)
        farther = len(own) - np.searchsorted(own, distances * (1 - 1e-6), side="left")
        return np.asarray((1 + farther) / (len(own) + 1))

    @property
    def own(self) -> Floats:
        """How far each of these rows lies from its k-th neighbour among the others, or among those of other groups.

        A test row of a new group has none of its own among the training rows; theirs must not count either.
        """
        others = min(self.k + 1, len(self.positions))
        if self.units is None:
            return np.concatenate([self._search(block, others)[1][:, -1] for block in _blocks(self.x)])
        units = [self.units[start : start + _BLOCK] for start in range(0, len(self.x), _BLOCK)]
        return np.concatenate([self._apart(*pair) for pair in zip(_blocks(self.x), units, strict=True)])

    def _apart(self, x: npt.NDArray[np.float32], units: Units) -> Floats:
        """The distance to the k-th nearest row of another group; infinite where there are fewer."""
        squares = self.squares - 2 * (x @ self.x.T)
        same = units[:, None] == self.units
        squares[same] = np.inf
        near = np.argpartition(squares, self.k - 1, axis=1)[:, : self.k]
        exact = self._exact(x, near)
        return np.asarray(np.where(np.take_along_axis(same, near, axis=1), np.inf, exact).max(axis=1))

    def _exact(self, x: npt.NDArray[np.float32], near: npt.NDArray[np.intp]) -> Floats:
        """The distances to these rows, of so few rows at a time that their differences are no more than 32 MB."""
        step = max(MOST_NUMBERS // (near.shape[1] * max(x.shape[1], 1)), 1)
        pieces = ((x[start : start + step], near[start : start + step]) for start in range(0, max(len(x), 1), step))
        squares = [((self.x[rows].astype(np.float64) - own[:, None, :]) ** 2).sum(axis=2) for own, rows in pieces]
        return np.asarray(np.sqrt(np.concatenate(squares)))

    def _placed(self, x: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        return (x * self.weights).astype(np.float32, copy=False)

    def _search(self, x: npt.NDArray[np.float32], k: int) -> tuple[npt.NDArray[np.intp], Floats]:
        """Candidates by the expanded square, which is quick; their distances by the difference, which is exact."""
        k = min(k, len(self.x))
        squares = self.squares - 2 * (x @ self.x.T)
        near = np.argpartition(squares, k - 1, axis=1)[:, :k]
        exact = self._exact(x, near)
        order = np.lexsort((near, exact), axis=1)
        return np.take_along_axis(near, order, axis=1), np.take_along_axis(exact, order, axis=1)


def _weights(subject: Subject) -> npt.NDArray[np.float32]:
    """Stretch each encoded column to its share in the distance.

    Two different levels differ by 1 in two columns each, unless one column holds both; a date's parts share the weight
    of one number.
    """
    deviations = subject.train.fresh.std(axis=0, dtype=np.float64)
    alike = Counter((column.feature, column.kind) for column in subject.inputs)
    weights = np.ones(len(subject.inputs))
    for at, column in enumerate(subject.inputs):
        number = alike[column.feature, column.kind]
        if column.kind in {"number", "code", "text"}:
            weights[at] = 1 / (APART * (deviations[at] or 1.0) * np.sqrt(number))
        elif column.kind == "level" and number > 1:
            weights[at] = np.sqrt(0.5)
    return weights.astype(np.float32)


def _blocks(x: npt.NDArray[np.floating]) -> list[npt.NDArray[np.floating]]:
    return [x[start : start + _BLOCK] for start in range(0, max(len(x), 1), _BLOCK)]


def _tested(subject: Subject) -> npt.NDArray[np.intp]:
    rng = np.random.default_rng([subject.seed, _STREAM, 1])
    count = len(subject.test.y)
    return np.sort(rng.choice(count, min(count, MOST_TESTED), replace=False)).astype(np.intp)


def _errors(subject: Subject) -> Floats:
    if subject.classifies:
        return (~class_answers(subject, subject.test).correct).astype(np.float64)
    return np.abs(number_answers(subject, subject.test).error)


def _mean(errors: Floats) -> float | None:
    return float(errors.mean()) if len(errors) else None


def _gap(errors: Floats, outside: npt.NDArray[np.bool_], *, classifies: bool) -> dict[str, float]:
    """How much more often, or farther, the network errs outside; nothing where one side has too few rows to say."""
    out, inside = errors[outside], errors[~outside]
    if min(len(out), len(inside)) < (1 if classifies else 2):
        return {}
    if classifies:
        low, high = rate_difference_interval((int(out.sum()), len(out)), (int(inside.sum()), len(inside)))
    else:
        low, high = mean_difference_interval(out, inside)
    return {"gap": float(out.mean() - inside.mean()), "low": low, "high": high}


def _neighbours(subject: Subject, reached: Nearest, at: int) -> tuple[Neighbour, ...]:
    return tuple(
        Neighbour(
            row=int(subject.train.rows[position]),
            label=_label(subject, subject.train, int(position)),
            distance=float(distance),
        )
        for position, distance in zip(reached.positions[at], reached.distances[at], strict=True)
    )


def _label(subject: Subject, part: Part, at: int) -> str:
    return subject.task.classes[int(part.y[at])] if subject.classifies else as_text(float(part.y[at]))
