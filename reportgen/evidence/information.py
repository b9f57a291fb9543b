"""Entropy and mutual information of counted values, in bits."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from reportgen.evidence.base import Floats

Counts = npt.NDArray[Any]
LN2 = float(np.log(2))


def entropy(counts: Counts) -> Floats:
    """Shannon's plug-in entropy of counts along the last axis (Shannon 1948, Bell System Technical Journal 27)."""
    total = np.maximum(counts.sum(axis=-1), 1)
    return np.asarray(np.maximum(np.log2(total) - _n_log_n(counts).sum(axis=-1) / total, 0.0))


def mutual_information(tables: Counts) -> Floats:
    """Plug-in mutual information of tables of counts (..., values, classes)."""
    flat = tables.reshape(*tables.shape[:-2], -1)
    joint = entropy(tables.sum(axis=-1)) + entropy(tables.sum(axis=-2)) - entropy(flat)
    return np.asarray(np.maximum(joint, 0.0))


def bias(tables: Counts) -> Floats:
    """How far plug-in mutual information is too high: Miller and Madow's correction, by the cells that are not empty.

    Miller, G. (1955), Note on the bias of information estimates; Paninski (2003), Neural Computation 15, eq. 4.
    """
    cells = (tables > 0).sum(axis=(-2, -1))
    values = (tables.sum(axis=-1) > 0).sum(axis=-1)
    classes = (tables.sum(axis=-2) > 0).sum(axis=-1)
    total = np.maximum(tables.sum(axis=(-2, -1)), 1)
    return np.asarray((cells - values - classes + 1) / (2 * total * LN2))


def tail(value: Floats, null: Floats) -> Floats:
    """The chance of a statistic of at least `value` where shuffling leaves `null` (along its last axis).

    A gamma distribution with the mean and the variance of the shuffled statistics stands for the tail, which a few
    hundred shuffles cannot count; mutual information times 2n is chi-squared, a gamma, where cells are full
    (Winkler et al. 2016, Faster permutation inference in brain imaging, NeuroImage 141, section on the gamma fit).
    """
    mean, variance = null.mean(axis=-1), null.var(axis=-1, ddof=1)
    flat = variance <= 1e-15 * np.maximum(mean, 1e-9) ** 2
    safe_mean, safe_variance = np.where(flat, 1.0, mean), np.where(flat, 1.0, variance)
    chance = stats.gamma.sf(value, safe_mean**2 / safe_variance, scale=safe_variance / safe_mean)
    return np.asarray(np.where(flat, np.where(value > mean + 1e-9, 0.0, 1.0), chance))


def _n_log_n(counts: Counts) -> Floats:
    numbers = np.asarray(counts, dtype=np.float64)
    return np.asarray(numbers * np.log2(np.maximum(numbers, 1.0)))
