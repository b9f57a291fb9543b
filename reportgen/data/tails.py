"""Whether values beyond a gap can be the end of an honest tail."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_TAIL = 5
"""A tail's index from fewer values than this says as good as nothing, though the test stays exact."""

DEPTHS = (5, 10, 30, 100, 300, 1000, 3000, 10000)
"""How many of the outermost values tell the tail; the verdict is the mildest over all of them."""


def pareto_p(rest: Floats, nearest: float, count: int = 1) -> float:
    """The chance that an honest heavy tail leaves so wide a gap below its `count` outermost values.

    `rest` are positive distances in rising order, without those beyond the gap; `nearest` the least of those. Under a
    power law `count` times the log of the gap's ratio, over the tail's mean log excess (Hill 1975,
    doi:10.1214/aos/1176343247) from the k values below, is F(2, 2k) exactly (Renyi 1953), so its tail is
    (1 + t / k) ** -k; lighter tails leave smaller gaps. This is the dragon-king test of Wheatley and Sornette 2015
    (arXiv:1507.08689). 1 where the rest is too short or has one value only.
    """
    return _worst(np.log(rest), float(np.log(nearest)), count) if len(rest) else 1.0


def exponential_p(rest: Floats, nearest: float, count: int = 1) -> float:
    """The same on the scale itself, where no tail can be heavier than exponential: values that end at zero."""
    return _worst(rest, nearest, count)


def depths(n: int) -> tuple[int, ...]:
    """How many of n values may tell their tail: from the root of n, the usual least, to a tenth of them."""
    if n < 2 * LEAST_TAIL:
        return ()
    enough = [depth for depth in DEPTHS if np.sqrt(n) <= depth <= n // 2] or [LEAST_TAIL]
    return tuple(depth for depth in enough if depth <= max(n // 10, enough[0]))


def _worst(rest: Floats, nearest: float, count: int) -> float:
    """The largest p-value over all depths."""
    return max((gap_p(rest, nearest - float(rest[-1]), count, depth) for depth in depths(len(rest))), default=1.0)


def gap_p(rest: Floats, gap: float, count: int, depth: int) -> float:
    """The tail of F(2, 2 depth) at a gap below `count` values, for exponential excesses.

    Spacings times their rank are alike, so that excesses over the threshold count, and the outermost once more for each
    of the values beyond the gap. Where ties hide the threshold it is a step lower; 1 where there is no step.
    """
    end = len(rest) - depth - 1
    start = float(rest[end])
    if start == rest[-1]:
        below = int(np.searchsorted(rest, start))
        start = float(rest[below - 1]) if below else start
    total = float(np.sum(rest[end + 1 :] - start)) + count * float(rest[-1] - start)
    return float((1 + count * max(gap, 0.0) / total) ** -depth) if total > 0 else 1.0
