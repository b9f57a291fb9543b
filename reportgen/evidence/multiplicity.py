"""What a p-value is worth when it is one of several."""

from collections.abc import Sequence

import numpy as np

from reportgen.evidence.base import Floats


def holm(p_values: Sequence[float] | Floats) -> tuple[float, ...]:
    """Adjust p-values so that the chance of any false alarm stays at the level (Holm 1979, Scand J Stat 6:65)."""
    return tuple(float(p) for p in holm_all(p_values))


def holm_all(p_values: Sequence[float] | Floats) -> Floats:
    """The same as an array, where there are millions."""
    ordered = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    raised = np.maximum.accumulate(np.asarray(p_values, dtype=np.float64)[ordered] * factors)
    adjusted = np.empty(len(p_values))
    adjusted[ordered] = np.minimum(raised, 1.0)
    return adjusted


def weighted_holm(p_values: Sequence[float] | Floats, weights: Sequence[float] | Floats) -> tuple[float, ...]:
    """Adjust p-values as Holm does, the less the larger the weight, which is set beforehand (Holm 1979, section 3)."""
    p_values, weights = np.asarray(p_values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    ordered = np.argsort(p_values / weights, kind="stable")
    left = np.cumsum(weights[ordered][::-1])[::-1]
    raised = np.maximum.accumulate(p_values[ordered] / weights[ordered] * left)
    adjusted = np.empty(len(p_values))
    adjusted[ordered] = np.minimum(raised, 1.0)
    return tuple(float(p) for p in adjusted)
