"""Whether errors fall evenly on the groups of a protected column."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import alexandergovern, chi2_contingency

from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.intervals import (
    LEVEL,
    mean_difference_interval,
    mean_interval,
    rate_difference_interval,
    rate_interval,
)
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.predictions import class_answers, number_answers
from reportgen.evidence.values import as_text
from reportgen.records.mistakes import GroupError, GroupGap

ENOUGH = 10
"""Rows that a group needs before it is compared."""
MOST_GROUPS = 20
FEW_VALUES = 5
"""A number with no more values than this is a code: its values are the groups."""
OTHERS = "…"
"""Names the rows of all groups beyond these."""
MISSING = "(missing)"
DRAWS = 9_999

Labels = npt.NDArray[np.object_]

_STREAM = 103

_LIMITS = "limits simultaneous over pairs of groups, p-value Holm over the columns"
CHI_SQUARE = f"Newcombe limits, chi-square test; {_LIMITS}"
PERMUTED = f"Newcombe limits, permutation test of {DRAWS:,} draws; {_LIMITS}"
GOVERN = f"Welch limits, Alexander-Govern test; {_LIMITS}"


@dataclass(frozen=True)
class _Group:
    """The losses (0 or 1, or absolute errors) of one group's test rows."""

    name: str
    losses: Floats

    @property
    def mean(self) -> float:
        return float(self.losses.mean())

    @property
    def tally(self) -> tuple[int, int]:
        return int(self.losses.sum()), len(self.losses)


def measure(subject: Subject) -> tuple[tuple[GroupError, ...], tuple[GroupGap, ...]]:
    """Compare the errors of each protected column's groups on test rows."""
    columns = tuple(name for name in subject.protected if name in subject.test.frame)
    if not columns:
        raise NotApplicable("no_protected_column")
    losses = _losses(subject)
    by_column = {name: _groups(subject, name, losses) for name in columns}
    errors = [_error(name, one, subject.classifies) for name, groups in by_column.items() for one in groups]
    gaps = [_gap(subject, name, groups, at) for at, (name, groups) in enumerate(by_column.items())]
    return tuple(error for error in errors if error), _adjusted([gap for gap in gaps if gap])


def _losses(subject: Subject) -> Floats:
    if subject.classifies:
        return (~class_answers(subject, subject.test).correct).astype(np.float64)
    return np.abs(number_answers(subject, subject.test).error)


def _groups(subject: Subject, name: str, losses: Floats) -> tuple[_Group, ...]:
    labels, order = _labels(subject.train.frame[name], subject.test.frame[name])
    sizes = {label: np.count_nonzero(labels == label) for label in order}
    shown = sorted(sizes, key=lambda label: -sizes[label])[:MOST_GROUPS]
    kept = [_Group(label, losses[labels == label]) for label in order if label in shown and sizes[label]]
    others = losses[~np.isin(labels, shown)]
    return tuple(kept + [_Group(OTHERS, others)] * bool(len(others)))


def members(subject: Subject, name: str) -> tuple[tuple[str, npt.NDArray[np.bool_]], ...]:
    """Name the largest groups of a protected column, in their order, and mark the test rows of each."""
    labels, order = _labels(subject.train.frame[name], subject.test.frame[name])
    found = {label: labels == label for label in order if (labels == label).any()}
    largest = sorted(found, key=lambda label: -np.count_nonzero(found[label]))[:MOST_GROUPS]
    return tuple((label, inside) for label, inside in found.items() if label in largest)


def _labels(train: "pd.Series[Any]", test: "pd.Series[Any]") -> tuple[Labels, list[str]]:
    """Name the group of each test row, and the groups in their order; many numbers fall into four groups."""
    if test.dtype.kind == "M":
        train, test = train.dt.year, test.dt.year
    if test.dtype.kind in "fiu" and train.nunique() > FEW_VALUES:
        return _quarters(train.dropna().to_numpy(np.float64), test.to_numpy(np.float64))
    order = [as_text(value) for value in sorted(test.dropna().unique(), key=_rank)]
    labels = np.array([as_text(value) or MISSING for value in test], dtype=object)
    return labels, list(dict.fromkeys([*order, MISSING]))


def _rank(value: Any) -> tuple[float, str]:  # noqa: ANN401 - a cell of a table may hold anything
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def _quarters(train: Floats, test: Floats) -> tuple[Labels, list[str]]:
    """Part test rows at the quartiles of training rows."""
    edges = np.unique(np.quantile(train, (0.25, 0.5, 0.75)))
    names = [f"≤ {edges[0]:.6g}"]
    names += [f"> {low:.6g}, ≤ {high:.6g}" for low, high in pairwise(edges)] + [f"> {edges[-1]:.6g}"]
    labels = np.array(names, dtype=object)[np.searchsorted(edges, test, side="left").clip(max=len(edges))]
    labels[np.isnan(test)] = MISSING
    return labels, [*names, MISSING]


def _error(column: str, group: _Group, classifies: bool) -> GroupError | None:
    """Bound one group's error; a mean of one number has no bounds and is left out."""
    if not classifies and len(group.losses) < 2:
        return None
    low, high = rate_interval(*group.tally) if classifies else mean_interval(group.losses)
    return GroupError(
        column=column, group=group.name, n=len(group.losses), error=group.mean, low=max(low, 0.0), high=high
    )


def _gap(subject: Subject, column: str, groups: tuple[_Group, ...], at: int) -> GroupGap | None:
    """Hold the worst group against the best; None where fewer than two groups have rows enough."""
    large = sorted((one for one in groups if len(one.losses) >= ENOUGH), key=lambda one: one.mean)
    if len(large) < 2:
        return None
    best, worst = large[0], large[-1]
    pairs = len(large) * (len(large) - 1) / 2
    level = 1 - (1 - LEVEL) / pairs
    if subject.classifies:
        low, high = rate_difference_interval(worst.tally, best.tally, level)
        p_value, method = _test_rates(large, np.random.default_rng([subject.seed, _STREAM, at]))
    else:
        low, high = mean_difference_interval(worst.losses, best.losses, level)
        p_value, method = _test_means(large), GOVERN
    return GroupGap(
        column=column,
        gap=worst.mean - best.mean,
        low=low,
        high=high,
        p_value=p_value,
        worst=worst.name,
        best=best.name,
        n=sum(len(one.losses) for one in large),
        method=method,
    )


def _test_rates(groups: list[_Group], rng: np.random.Generator) -> tuple[float, str]:
    """Test that all error rates are equal: chi-square, or its permutation where fewer than 5 errors are expected."""
    wrong, sizes = np.array([one.tally for one in groups]).T
    expected = sizes * wrong.sum() / sizes.sum()
    if 0 < wrong.sum() < sizes.sum() and min(expected.min(), (sizes - expected).min()) >= 5:
        return float(chi2_contingency(np.stack([wrong, sizes - wrong]), correction=False).pvalue), CHI_SQUARE
    drawn = rng.multivariate_hypergeometric(sizes, wrong.sum(), size=DRAWS, method="marginals")
    distance = ((np.vstack([wrong, drawn]) - expected) ** 2 / sizes).sum(axis=1)
    return float(np.mean(distance >= distance[0] * (1 - 1e-9))), PERMUTED


def _test_means(groups: list[_Group]) -> float:
    """Test that all mean errors are equal, whatever their spreads (Alexander and Govern 1994, J Educ Stat 19:91)."""
    spread = [one.losses for one in groups if np.ptp(one.losses) > 0]
    return float(alexandergovern(*spread).pvalue) if len(spread) > 1 else 1.0


def _adjusted(gaps: list[GroupGap]) -> tuple[GroupGap, ...]:
    p_values = holm([gap.p_value for gap in gaps])
    return tuple(gap.model_copy(update={"p_value": p}) for gap, p in zip(gaps, p_values, strict=True))
