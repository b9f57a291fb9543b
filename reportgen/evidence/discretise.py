"""Columns of any kind as whole numbers from 0, so that their values can be counted."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence.base import Floats

Codes = npt.NDArray[np.int64]
MOST_BINS = 16
EXPECTED = 5
"""Cells of a table should expect five rows each (Cochran 1954, Biometrics 10); rarer categories are pooled."""


def bins_for(rows: int, classes: int | None) -> int:
    """How many equal-count bins a number is cut into; `classes` None stands for a target that is cut likewise.

    The cube root of n is the rate at which a histogram's error falls fastest (Freedman and Diaconis 1981); fewer where
    a cell would expect less than five rows, at most 16 because dependence that matters is smoother than that.
    """
    full = np.sqrt(rows / EXPECTED) if classes is None else rows / (EXPECTED * max(classes, 1))
    return int(np.clip(min(round(rows ** (1 / 3)), full), 2, MOST_BINS))


def numbers_of(column: "pd.Series[Any]") -> Floats | None:
    """A number's or a date's values as floats (dates in days), None for what is no number."""
    if pd.api.types.is_datetime64_any_dtype(column):
        days = (column - pd.Timestamp(0, tz=column.dt.tz)) / pd.Timedelta(days=1)
        return days.to_numpy(dtype=np.float64)
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=np.float64)
    return None


def codes_of(column: "pd.Series[Any]", bins: int) -> Codes:
    """One code a value: equal-count bins of numbers, categories as they are; missing is a value of its own."""
    numbers = numbers_of(column)
    return _level_codes(column) if numbers is None else bin_codes(numbers, bins)


def bin_codes(numbers: Floats, bins: int) -> Codes:
    """Equal-count bins of numbers; a number with no more values than bins keeps each value apart."""
    present = np.isfinite(numbers)
    ordered = np.sort(numbers[present])
    values = np.unique(ordered)
    if len(values) > bins:
        values = _starts(ordered, bins)
    codes = np.searchsorted(values, numbers, side="right")
    return np.asarray(_dense(np.where(present, codes, len(values) + 1)))


def _starts(ordered: Floats, bins: int) -> Floats:
    """The least value of each bin; one that fills a bin by itself keeps apart from larger ones, if these are enough.

    Else a column that is 0 in all but a few rows would fall into one bin and seem to say nothing.
    """
    starts = np.unique(ordered[np.arange(bins) * len(ordered) // bins])
    above = np.searchsorted(ordered, starts, side="right")
    filled = above - np.searchsorted(ordered, starts) >= len(ordered) / bins
    ends = np.append(np.searchsorted(ordered, starts[1:]), len(ordered))
    return np.union1d(starts, ordered[above[filled & (ends - above >= EXPECTED)]])


def _level_codes(column: "pd.Series[Any]") -> Codes:
    codes = pd.factorize(column.astype(object), sort=False)[0] + 1
    rare = np.bincount(codes)[codes] < EXPECTED
    return _dense(np.where(rare & (codes > 0), codes.max() + 1, codes))


def _dense(codes: npt.NDArray[Any]) -> Codes:
    return np.asarray(np.unique(codes, return_inverse=True)[1], dtype=np.int64)
