"""Where a stand-in parts from the network most: sought on validation rows, and judged on test rows."""

from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Subject
from reportgen.evidence.intervals import (
    LEVEL,
    mean_difference_interval,
    mean_interval,
    rate_difference_interval,
    rate_interval,
)
from reportgen.evidence.surrogate_rules import conditions, paths, simplified
from reportgen.evidence.surrogate_tree import Tree
from reportgen.records.explanation import Region

FEWEST_ROWS = 10
"""Rows of a region in either part: fewer neither find one nor tell it from chance."""
Parted = Floats
"""For each row 0 where both models say the same and 1 where not, or their squared difference."""


def worst_region(subject: Subject, tree: Tree, found: Parted, judged: Parted, looks: int) -> Region | None:
    """The leaf of the surrogate tree with the most disagreement on validation rows, and what test rows say of it.

    `found` and `judged` are a row each of validation and test. The interval of the difference to the other test rows
    is widened for `looks` regions told of together (Bonferroni). None where no leaf has rows enough, or none disagrees
    more than the rest.
    """
    places, checks = (tree.apply(part.x.astype(np.float64)) for part in (subject.validation, subject.test))
    large = [leaf for leaf in np.unique(places) if min(_size(places, leaf), _size(checks, leaf)) >= FEWEST_ROWS]
    if not large:
        return None
    leaf = max(large, key=lambda one: float(found[places == one].mean()))
    if len(checks) - _size(checks, leaf) < FEWEST_ROWS or not found[places == leaf].mean() > found.mean():
        return None
    inside, outside = judged[checks == leaf], judged[checks != leaf]
    low, high = _interval(subject, inside)
    apart_low, apart_high = _apart(subject, inside, outside, 1 - (1 - LEVEL) / looks)
    return Region(
        conditions=conditions(simplified(paths(tree)[int(leaf)]), subject),
        n=len(inside),
        value=float(inside.mean()),
        low=low,
        high=high,
        rest=float(outside.mean()),
        apart_low=apart_low,
        apart_high=apart_high,
        found_on=_size(places, leaf),
        confirmed=apart_low > 0,
    )


def _size(places: npt.NDArray[Any], leaf: int) -> int:
    return int(np.count_nonzero(places == leaf))


def _interval(subject: Subject, parted: Floats) -> tuple[float, float]:
    if subject.classifies:
        return rate_interval(float(parted.sum()), len(parted))
    low, high = mean_interval(parted)
    return max(low, 0.0), high


def _apart(subject: Subject, inside: Floats, outside: Floats, level: float) -> tuple[float, float]:
    if subject.classifies:
        first, second = ((int(part.sum()), len(part)) for part in (inside, outside))
        return rate_difference_interval(first, second, level)
    return mean_difference_interval(inside, outside, level)
