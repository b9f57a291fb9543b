"""Rows that come in groups: what their likeness costs an interval, tests whose unit is the group, and fair partings.

Errors of one person, one site or one stretch of time are alike, so that many rows of few groups say less than as many
rows of their own (Kish 1965, Survey Sampling). Nothing here makes an interval narrower than rows alone would make it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from reportgen.evidence.base import Floats, Held, Units
from reportgen.evidence.intervals import FEW_GROUPS, normal_quantile, student_quantile

BLOCKS = 40
ROWS_A_BLOCK = 15
"""Rows in order of time are parted into at most so many stretches, each of at least so many rows."""
FLIPPED = 12
"""The groups that weigh most have their signs flipped in every way: 4,096 of them."""

Places = npt.NDArray[np.intp]


def design_effect(pulls: Floats, units: Units | None) -> float:
    """By how much the variance of a mean grows since rows of one group are alike, at least 1.

    `pulls` (rows,) is how far each row draws the estimate from its value, summing to about 0; the variance is that of
    the jackknife that leaves out one group at a time (Bell and McCaffrey 2002, Survey Methodology 28:169; MacKinnon,
    Nielsen and Webb 2023, J Econometrics 232:272), held against that of independent rows. Where the spread between
    groups is itself estimated from few groups, Student's quantile takes the place of the normal one (Korn and Graubard
    1998, Survey Methodology 24:193). One group shows no spread between groups: it counts as one row.
    """
    if units is None or len(pulls) == 0:
        return 1.0
    _, number = np.unique(units, return_inverse=True)
    sizes, n = np.bincount(number), len(number)
    if len(sizes) == 1:
        return float(n)
    sums, rows = np.bincount(number, pulls) / (1 - sizes / n), float(pulls @ pulls)
    count = len(sizes)
    grown = (count - 1) / count * float(sums @ sums) / (rows * n / (n - 1)) if rows > 0 else 1.0
    return max(grown, 1.0) * (student_quantile(count) / normal_quantile()) ** 2


def rate_effect(hits: npt.NDArray[Any], units: Units | None) -> float:
    """The design effect of a share: an interval on n rows over it is as wide as groups make it.

    Rao and Scott 1992, Biometrics 48:577, with Wilson's limits as Franco et al. 2019, J Surv Stat Methodol 7:334. Where
    all rows are alike the likeness within groups cannot be seen, and only Student's quantile counts.
    """
    hits = np.asarray(hits, dtype=np.float64)
    return design_effect(hits - hits.mean(), units) if units is not None and len(hits) else 1.0


def on(units: Units | None, rows: npt.NDArray[Any]) -> Units | None:
    """The units of some rows; None where rows are in no groups."""
    return None if units is None else units[rows]


def told(
    method: str, units: Units | None, effect: float | None = None, rows: int | None = None, what: str = "groups"
) -> str:
    """A method's name with the rows and groups that it rests on, as it stands where rows are in no groups.

    `rows` counts them where some were drawn; `what` are groups, or stretches of time.
    """
    if units is None:
        return method
    groups = len(np.unique(units))
    words = f"{method}, by {what}: {rows or len(units)} rows, {groups} {what}"
    words += f", design effect {effect:.2f}" if effect is not None else ""
    return words + (", few groups" if groups < FEW_GROUPS else "")


def flipped_p(parts: Floats, units: Units, *, one_sided: bool = True) -> float:
    """The chance that the sum of parts is as large where each group's sum might as well have had the other sign.

    A permutation test of group sums (Fisher 1935), and the wild bootstrap of scores where they are centred (Kline and
    Santos 2012, J Econometric Methods 1:23). The sums of the twelve largest groups are flipped in all ways, those of
    the rest are taken together as normal. A sum that hangs on k groups has a p-value of at least two to the minus k.
    """
    sums = np.bincount(np.unique(units, return_inverse=True)[1], parts)
    order = np.argsort(-np.abs(sums), kind="stable")
    large, rest = sums[order[:FLIPPED]], sums[order[FLIPPED:]]
    signs = 1.0 - 2.0 * (np.arange(2 ** len(large))[:, None] >> np.arange(len(large)) & 1)
    reached, aim, spread = signs @ large, float(sums.sum()), float(np.sqrt(rest @ rest))
    aim = aim if one_sided else abs(aim)
    if spread > 0:
        p_value = float(ndtr((reached - aim) / spread).mean())
    else:
        p_value = float((reached >= aim - 1e-9 * max(float(np.abs(sums).sum()), 1e-300)).mean())
    return p_value if one_sided else min(2 * p_value, 1.0)


def together(held: Held) -> Units | None:
    """What stays together when held rows are parted: groups, or else stretches of time; None where rows stand alone."""
    if held.units is not None:
        return held.units
    return None if held.moments is None else stretches(held.moments)


def stretches(moments: Units) -> Units:
    """Number the stretch of time of each row: about equal counts, rows of one moment in one stretch."""
    count = int(np.clip(len(moments) // ROWS_A_BLOCK, 2, BLOCKS))
    ordered = np.sort(moments)
    first = np.searchsorted(ordered, moments, side="left")
    return np.asarray(first * count // len(moments), dtype=np.int64)


def halves(errors: Floats, units: Units, rng: np.random.Generator) -> tuple[Places, Places]:
    """Part whole groups into two halves with about as many rows and errors: large groups first, then by chance."""
    _, number = np.unique(units, return_inverse=True)
    sizes = np.bincount(number)
    content = np.column_stack([sizes / len(errors), np.bincount(number, errors) / max(float(errors.sum()), 1e-300)])
    order = rng.permutation(len(sizes))
    order = order[np.argsort(-np.frexp(sizes[order])[1], kind="stable")]
    lead, coins = np.zeros(2), rng.integers(0, 2, len(sizes))
    second = np.zeros(len(sizes), dtype=bool)
    for group in order:
        towards = float(lead @ content[group])
        second[group] = towards > 0 if towards else bool(coins[group])
        lead += -content[group] if second[group] else content[group]
    return np.flatnonzero(~second[number]), np.flatnonzero(second[number])


def deal(units: Units, folds: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The fold of each row, whole groups dealt: large ones first, each to the fold with the fewest rows."""
    _, number = np.unique(units, return_inverse=True)
    sizes = np.bincount(number)
    order = rng.permutation(len(sizes))
    order = order[np.argsort(-np.frexp(sizes[order])[1], kind="stable")]
    have, fold = np.zeros(folds), np.zeros(len(sizes), dtype=np.int64)
    for group in order:
        fold[group] = int(np.argmin(have))
        have[fold[group]] += sizes[group]
    return fold[number]
