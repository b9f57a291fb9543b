"""Whether rates or means differ between groups: one test over all groups, and the limits of the largest gap."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.stats import alexandergovern, chi2_contingency

from reportgen.evidence.base import Floats
from reportgen.evidence.intervals import LEVEL, mean_difference_interval, rate_difference_interval

DRAWS = 9_999
CHI_SQUARE = "chi-square test"
PERMUTED = f"permutation test of {DRAWS:,} draws"
GOVERN = "Alexander-Govern test"

Tally = tuple[float, float]
"""Hits and rows of one group; fewer than were counted where rows come in units (Rao and Scott 1992)."""


class Spread(NamedTuple):
    """The groups (by position) with the highest and the lowest value, how far apart they are, and the gap's limits."""

    highest: int
    lowest: int
    gap: float
    low: float
    high: float


def rate_spread(tallies: Sequence[Tally], level: float = LEVEL) -> Spread:
    """Bound the largest difference between the rates of any two groups.

    The limits of all pairs (Newcombe 1998) hold at once, by Bonferroni's bound; so the largest true difference is at
    least the largest of their lower ends, and at most the largest of their upper ends.
    """
    level = simultaneous(len(tallies), level)
    values = [hits / n for hits, n in tallies]
    found = [rate_difference_interval(one, other, level) for one, other in combinations(tallies, 2)]
    return _spread(values, found)


def mean_spread(samples: Sequence[Floats], level: float = LEVEL, effects: Sequence[float] | None = None) -> Spread:
    """Bound the largest difference between the means of any two groups, in the same way by Welch's limits.

    `effects` are the groups' design effects where rows come in units.
    """
    level, known = simultaneous(len(samples), level), [1.0] * len(samples) if effects is None else effects
    pairs = combinations(zip(samples, known, strict=True), 2)
    found = [mean_difference_interval(one, other, level, (by, beside)) for (one, by), (other, beside) in pairs]
    return _spread([float(values.mean()) for values in samples], found)


def simultaneous(groups: int, level: float = LEVEL) -> float:
    """The level of each pair's interval at which those of all pairs of groups hold at once."""
    return 1 - (1 - level) / (groups * (groups - 1) / 2)


def _spread(values: Sequence[float], found: Sequence[tuple[float, float]]) -> Spread:
    low = max(max(low, -high) for low, high in found)
    high = max(max(high, -low) for low, high in found)
    highest, lowest = int(np.argmax(values)), int(np.argmin(values))
    lowest = lowest if lowest != highest else (highest + 1) % len(values)
    return Spread(highest, lowest, values[highest] - values[lowest], max(low, 0.0), high)


def equal_rates(tallies: Sequence[Tally], rng: np.random.Generator) -> tuple[float, str]:
    """Test that all rates are equal: chi-square, or its permutation where fewer than 5 hits or misses are expected."""
    hits, sizes = np.array(tallies).T
    expected = sizes * hits.sum() / sizes.sum()
    if 0 < hits.sum() < sizes.sum() and min(expected.min(), (sizes - expected).min()) >= 5:
        return float(chi2_contingency(np.stack([hits, sizes - hits]), correction=False).pvalue), CHI_SQUARE
    if not np.issubdtype(sizes.dtype, np.integer):
        sizes = np.maximum(np.rint(sizes), 1).astype(np.int64)
        hits = np.minimum(np.rint(hits).astype(np.int64), sizes)
        expected = sizes * hits.sum() / sizes.sum()
    drawn = rng.multivariate_hypergeometric(sizes, hits.sum(), size=DRAWS, method="marginals")
    distance = ((np.vstack([hits, drawn]) - expected) ** 2 / sizes).sum(axis=1)
    return float(np.mean(distance >= distance[0] * (1 - 1e-9))), PERMUTED


def equal_means(samples: Sequence[Floats], effects: Sequence[float] | None = None) -> float:
    """Test that all means are equal, whatever their spreads (Alexander and Govern 1994, J Educ Stat 19:91).

    Design `effects` spread each group's values out, so that its mean is as unsure as its units make it.
    """
    if effects is not None:
        samples = [one.mean() + (one - one.mean()) * by**0.5 for one, by in zip(samples, effects, strict=True)]
    spread = [values for values in samples if np.ptp(values) > 0]
    return float(alexandergovern(*spread).pvalue) if len(spread) > 1 else 1.0
