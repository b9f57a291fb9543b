"""Whether errors are larger inside a slice than outside, and than the network itself gives to expect."""

from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from reportgen.evidence.base import Floats, Units
from reportgen.evidence.clusters import flipped_p

STRATA = 20
ROWS_A_STRATUM = 50

Places = npt.NDArray[np.intp]
Rows = npt.NDArray[np.bool_]


def worse_p(errors: Floats, inside: Rows, stratum: Places, units: Units | None = None) -> float:
    """One-sided p-value that errors inside are larger than outside, rows compared within strata only.

    Rates: Fisher's exact test and its extension to several tables (Gart 1970, doi:10.1093/biomet/57.3.471), mid-p
    (Lancaster 1961, doi:10.1080/01621459.1961.10482105). Sizes: Welch's test of the strata's differences, weighted as
    by Mantel and Haenszel 1959. Where rows come in groups, those of a slice may be those of a few groups that err more
    for reasons of their own, so that the sums of the groups' excess must be too large for signs by chance as well.
    """
    if units is not None:
        return max(worse_p(errors, inside, stratum), flipped_p(_excess(errors, inside, stratum), units))
    parts = [(errors[inside & (stratum == at)], errors[~inside & (stratum == at)]) for at in np.unique(stratum)]
    parts = [(mine, others) for mine, others in parts if len(mine) and len(others)]
    if not parts:
        return 1.0
    return _exact_p(parts) if np.isin(errors, (0.0, 1.0)).all() else _welch_p(parts)


def _excess(errors: Floats, inside: Rows, stratum: Places) -> Floats:
    """What each row adds to the excess of errors inside, within strata (the score of Mantel and Haenszel 1959)."""
    excess = np.zeros(len(errors))
    for at in np.unique(stratum):
        rows = stratum == at
        excess[rows] = (errors[rows] - errors[rows].mean()) * (inside[rows] - inside[rows].mean())
    return excess


def _exact_p(parts: list[tuple[Floats, Floats]]) -> float:
    """The mid-p of the sum of independent hypergeometric counts."""
    chances, shift = np.ones(1), 0
    for mine, others in parts:
        n, wrong = len(mine) + len(others), int(mine.sum() + others.sum())
        low, high = max(0, wrong - len(others)), min(len(mine), wrong)
        chances = np.convolve(chances, _hypergeometric(low, high, n, wrong, len(mine)))
        shift += low
    at = int(sum(mine.sum() for mine, _ in parts)) - shift
    return float(min(chances[at + 1 :].sum() + chances[at] / 2, 1.0))


def _hypergeometric(low: int, high: int, n: int, wrong: int, drawn: int) -> Floats:
    """The chances of low, low + 1 ... high wrong ones among so many drawn of n rows, by the ratio of each to the next.

    A library's own works out every chance for itself, which takes a second among a hundred thousand rows.
    """
    count = np.arange(low, high, dtype=np.float64)
    up, down = (wrong - count) * (drawn - count), (count + 1) * (n - wrong - drawn + count + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log(up) - np.log(down))])
    chances = np.exp(logs - logs.max())
    return np.asarray(chances / chances.sum())


def _welch_p(parts: list[tuple[Floats, Floats]]) -> float:
    parts = [(mine, others) for mine, others in parts if min(len(mine), len(others)) > 1]
    weights = np.array([len(mine) * len(others) / (len(mine) + len(others)) for mine, others in parts])
    if not len(weights):
        return 1.0
    difference = float(weights @ [mine.mean() - others.mean() for mine, others in parts])
    shares = weights[:, None] ** 2 * [[one.var(ddof=1) / len(one) for one in pair] for pair in parts]
    freedom = np.array([[len(one) - 1 for one in pair] for pair in parts])
    if shares.sum() <= 0:
        return 1.0
    return float(stdtr(shares.sum() ** 2 / (shares**2 / freedom).sum(), -difference / sqrt(shares.sum())))


def strata(sure: Floats) -> Places:
    """Rows that the network is about as sure of: parts of equal numbers (Cochran 1968, doi:10.2307/2528036)."""
    count = min(max(len(sure) // ROWS_A_STRATUM, 2), STRATA)
    edges = np.unique(np.quantile(sure, np.arange(1, count) / count))
    return np.searchsorted(edges, sure, side="right").astype(np.intp)


def expected(errors: Floats, inside: Rows, stratum: Places) -> float | None:
    """The error of rows outside, weighted by strata as those inside fall; None where too few have a like outside."""
    total, matched = 0.0, 0
    for at in np.unique(stratum[inside]):
        others = errors[~inside & (stratum == at)]
        if len(others):
            count = np.count_nonzero(inside & (stratum == at))
            total, matched = total + count * float(others.mean()), matched + int(count)
    return total / matched if matched >= np.count_nonzero(inside) / 2 else None
