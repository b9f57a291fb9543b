"""Whether values beyond a gap can be the end of an honest tail."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_TAIL = 10
"""A tail's index from fewer values than this is known to no better than a third of itself."""

DEPTHS = (10, 30, 100, 300, 1000, 3000, 10000)
"""How many of the outermost values tell the tail; the verdict is the mildest over all of them."""


def pareto_p(rest: Floats, nearest: Floats | float, count: npt.NDArray[np.int64] | int = 1) -> Floats:
    """The chance that an honest heavy tail leaves so wide a gap below its `count` outermost values.

    `rest` are positive distances in rising order, without those beyond the gap; `nearest` the least of those. Under a
    power law the log of the gap's ratio, times `count`, over the mean log excess of k values (Hill 1975,
    doi:10.1214/aos/1176343247) follows F(2, 2k) exactly (Renyi 1953), so its tail is (1 + t / k) ** -k; lighter tails
    leave smaller gaps. This is the dragon-king test of Wheatley and Sornette 2015 (arXiv:1507.08689). 1 where the rest
    is too short or has one value only.
    """
    gap = np.log(np.maximum(np.asarray(nearest, dtype=np.float64) / rest[-1], 1.0)) if len(rest) else np.zeros(1)
    return _worst(np.log(rest), gap * count)


def exponential_p(rest: Floats, nearest: float, count: int = 1) -> float:
    """The same on the scale itself, where no tail can be heavier than exponential: values that end at zero."""
    gap = max(nearest - float(rest[-1]), 0.0) if len(rest) else 0.0
    return float(_worst(rest, np.array([gap * count]))[0])


def depths(n: int) -> tuple[int, ...]:
    """How many of n values may tell their tail: from the root of n, the usual least, to half of them."""
    return tuple(depth for depth in DEPTHS if min(np.sqrt(n), n // 2) <= depth <= n // 2)


def _worst(rest: Floats, gaps: Floats) -> Floats:
    """The largest p-value over all depths."""
    found = np.zeros(len(np.atleast_1d(gaps)))
    if len(rest) < 2 * LEAST_TAIL:
        return np.ones_like(found)
    for depth in depths(len(rest)):
        found = np.maximum(found, tail_p(gaps, mean_excess(rest, depth), depth))
    return found


def mean_excess(rest: Floats, depth: int) -> float:
    """How far the `depth` outermost values lie beyond the next one, on average; ties reach down to a step."""
    end = len(rest) - depth - 1
    start = float(rest[end])
    if start == rest[-1]:
        below = rest[: int(np.searchsorted(rest, start))]
        start = float(below[-1]) if len(below) else start
    return float(np.mean(rest[end + 1 :] - start))


def tail_p(gaps: Floats, excess: float, depth: int) -> Floats:
    """The tail of F(2, 2 depth) at the gaps, in units of the mean excess."""
    if excess <= 0:
        return np.ones(len(np.atleast_1d(gaps)))
    return np.asarray((1 + np.atleast_1d(gaps) / (depth * excess)) ** -float(depth))
