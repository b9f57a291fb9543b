"""How strongly one column goes with the target, on a scale from nothing to all."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence.base import Floats
from reportgen.evidence.discretise import numbers_of

Method = Literal["pearson", "correlation_ratio", "cramers_v"]


def associate(column: "pd.Series[Any]", target: npt.NDArray[Any], classifies: bool) -> tuple[float | None, Method]:
    """The correlation that suits the two kinds, where the column is present; None where either is constant."""
    numbers, present = numbers_of(column), column.notna().to_numpy()
    y = target[present]
    if numbers is None:
        codes = pd.factorize(column[present].astype(object))[0]
        return (cramers_v(codes, y), "cramers_v") if classifies else (correlation_ratio(y, codes), "correlation_ratio")
    x = numbers[present]
    return (correlation_ratio(x, y), "correlation_ratio") if classifies else (pearson(x, y), "pearson")


def pearson(x: Floats, y: Floats) -> float | None:
    """Pearson's correlation of two numbers."""
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    a, b = _unit(x), _unit(y)
    return float(np.clip(a @ b, -1.0, 1.0))


def correlation_ratio(numbers: Floats, codes: npt.NDArray[Any]) -> float | None:
    """The root of the share of a number's variance that lies between categories, less what chance puts there.

    Kelley (1935), An unbiased correlation ratio measure, PNAS 21.
    """
    groups = np.unique(codes, return_inverse=True)[1]
    counts = np.bincount(groups)
    if len(counts) < 2 or len(numbers) <= len(counts) or np.ptp(numbers) == 0:
        return None
    centred = _unit(numbers)
    between = float((np.bincount(groups, weights=centred) ** 2 / counts).sum())
    corrected = 1 - (1 - between) * (len(numbers) - 1) / (len(numbers) - len(counts))
    return float(np.sqrt(np.clip(corrected, 0.0, 1.0)))


def cramers_v(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> float | None:
    """Cramer's V of two categories, less what chance puts there (Bergsma 2013, J. Korean Statistical Society 42)."""
    a, b = np.unique(first, return_inverse=True)[1], np.unique(second, return_inverse=True)[1]
    rows, columns = int(a.max(initial=0)) + 1, int(b.max(initial=0)) + 1
    n = len(a)
    if rows < 2 or columns < 2 or n < 2:
        return None
    table = np.bincount(a * columns + b, minlength=rows * columns).reshape(rows, columns)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi = ((table - expected) ** 2 / expected).sum() / n - (rows - 1) * (columns - 1) / (n - 1)
    width = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(np.clip(phi / width, 0.0, 1.0))) if width > 1e-12 else None


def _unit(numbers: Floats) -> Floats:
    scaled = np.asarray(numbers, dtype=np.float64) / np.abs(numbers).max()
    centred = scaled - scaled.mean()
    return np.asarray(centred / np.linalg.norm(centred))
