"""What each original column adds to one answer, against the average training row or against training rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Subject

FIRST_STEPS, MOST_STEPS = 16, 256
TOLERANCE = 0.01
"""The share of an answer's distance from the base that may stay unexplained before the path is cut finer."""
MOST_NUMBERS = 4_000_000


@dataclass(frozen=True)
class Attribution:
    """`contributions` (rows, features) sum to `output - base` up to `gap` (rows,), with `steps` points on each path."""

    contributions: Floats
    output: Floats
    base: float
    gap: Floats
    steps: npt.NDArray[np.int64]


def integrated_gradients(
    subject: Subject, rows: Floats, output: int, steps: int = FIRST_STEPS, most: int = MOST_STEPS
) -> Attribution:
    """Take the model's output number `output` apart for each encoded row, doubling the steps until the parts add up.

    At most `most` points are taken of a way.

    Sundararajan, Taly and Yan (2017), Axiomatic attribution for deep networks, ICML, arXiv:1703.01365; the path
    integral by Gauss and Legendre's rule. The base is the mean training row: categories stand at their shares.
    """
    base_row = subject.train.fresh.mean(axis=0, dtype=np.float64)
    ends = subject.gradients(np.vstack([base_row, rows]).astype(np.float32), output)[0].astype(np.float64)
    base, reached = float(ends[0]), ends[1:]
    parts = np.zeros((len(rows), len(subject.inputs)))
    taken = np.full(len(rows), steps, dtype=np.int64)
    open_rows = np.arange(len(rows))
    while len(open_rows):
        parts[open_rows] = _along(subject, rows[open_rows], base_row, output, steps)
        taken[open_rows] = steps
        gap = np.abs(reached - base - parts.sum(axis=1))
        open_rows = np.flatnonzero(gap > _allowed(reached - base, parts)) if steps < most else open_rows[:0]
        steps *= 2
    return Attribution(_by_column(subject, parts), reached, base, reached - base - parts.sum(axis=1), taken)


def in_one_go(subject: Subject, rows: Floats, output: int, steps: int) -> Floats:
    """Integrated gradients with that many points whether they add up or not, shape (rows, features)."""
    base_row = subject.train.fresh.mean(axis=0, dtype=np.float64)
    return _by_column(subject, _along(subject, rows, base_row, output, steps))


def _by_column(subject: Subject, parts: Floats) -> Floats:
    return np.stack([parts[:, group].sum(axis=1) for group in subject.groups.values()], axis=1)


def _allowed(distance: Floats, parts: Floats) -> Floats:
    """One per cent of the distance; where parts cancel, no less than float32 can add up."""
    rounding = 8 * np.finfo(np.float32).eps * (1 + np.abs(parts).sum(axis=1))
    return np.asarray(np.maximum(TOLERANCE * np.abs(distance), rounding))


def _along(subject: Subject, rows: Floats, base_row: Floats, output: int, steps: int) -> Floats:
    """The gradient's mean along each row's straight path from the base, times the way gone."""
    points, weights = np.polynomial.legendre.leggauss(steps)
    shares, weights = (points + 1) / 2, weights / 2
    block = max(1, MOST_NUMBERS // (steps * len(base_row)))
    means = [
        _mean_gradient(subject, rows[start : start + block] - base_row, base_row, output, shares, weights)
        for start in range(0, len(rows), block)
    ]
    return np.asarray(np.concatenate(means) * (rows - base_row))


def _mean_gradient(
    subject: Subject, ways: Floats, base_row: Floats, output: int, shares: Floats, weights: Floats
) -> Floats:
    path = base_row + shares[:, None, None] * ways
    slopes = subject.gradients(path.reshape(-1, len(base_row)).astype(np.float32), output)[1]
    return np.asarray(np.tensordot(weights, slopes.reshape(path.shape).astype(np.float64), axes=1))


def expected_gradients(subject: Subject, rows: Floats, outputs: Sequence[int], draws: int) -> Floats:
    """What each original column adds to these outputs of each encoded row, against `draws` training rows drawn for it.

    Shape (outputs, rows, features). The mean over training rows of integrated gradients from each of them, one point of
    each path; the points of a row are spread evenly over the way. Summed over columns it is the output less its mean
    over training rows, but for the error of the draws; how far the mean drawn row lies from the mean of all is made up
    for by the mean gradient, so that on a line there is no such error.

    Erion et al. (2021), Improving performance of deep learning models with axiomatic attribution priors and expected
    gradients, Nat Mach Intell 3:620, arXiv:1906.10670.
    """
    rng = np.random.default_rng([subject.seed, 25])
    block = max(1, MOST_NUMBERS // (draws * rows.shape[1]))
    starts = range(0, len(rows), block)
    parts = [_expected(subject, rows[start : start + block], outputs, draws, rng) for start in starts]
    whole = np.concatenate(parts, axis=1)
    return np.stack([whole[:, :, group].sum(axis=2) for group in subject.groups.values()], axis=2)


def _expected(subject: Subject, rows: Floats, outputs: Sequence[int], draws: int, rng: np.random.Generator) -> Floats:
    shape = (draws, len(rows))
    bases = subject.train.fresh[rng.integers(0, len(subject.train.fresh), shape)]
    strata = rng.permuted(np.tile(np.arange(draws)[:, None], (1, len(rows))), axis=0)
    shares = ((strata + rng.random(shape)) / draws).astype(np.float32)
    ways = rows.astype(np.float32) - bases
    points = (bases + shares[:, :, None] * ways).reshape(-1, rows.shape[1])
    slopes = (subject.gradients(points, output)[1].reshape(ways.shape) for output in outputs)
    luck = bases.mean(axis=0, dtype=np.float64) - subject.train.fresh.mean(axis=0, dtype=np.float64)
    return np.stack([_mean_product(ways, slope) + luck * slope.mean(axis=0, dtype=np.float64) for slope in slopes])


def _mean_product(ways: Floats, slopes: Floats) -> Floats:
    return np.asarray(np.einsum("drc,drc->rc", ways, slopes, dtype=np.float64) / len(ways))
