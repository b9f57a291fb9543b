"""Whether errors fall evenly on the groups of a protected column."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reportgen.evidence import gaps
from reportgen.evidence.base import Floats, NotApplicable, Subject, Units, joined
from reportgen.evidence.clusters import on, rate_effect, told
from reportgen.evidence.groups import ENOUGH, MOST_GROUPS, OTHERS, labels_of
from reportgen.evidence.intervals import (
    LEVEL,
    mean_difference_interval,
    mean_interval,
    rate_difference_interval,
    rate_interval,
)
from reportgen.evidence.multiplicity import holm
from reportgen.records.mistakes import GroupError, GroupGap

_STREAM = 103

_LIMITS = "limits simultaneous over pairs of groups, p-value Holm over the columns"
CHI_SQUARE = f"Newcombe limits, {gaps.CHI_SQUARE}; {_LIMITS}"
PERMUTED = f"Newcombe limits, {gaps.PERMUTED}; {_LIMITS}"
GOVERN = f"Welch limits, {gaps.GOVERN}; {_LIMITS}"


@dataclass(frozen=True)
class _Group:
    """The losses (0 or 1, or absolute errors) of one group's rows; `units` are the persons or sites they come from."""

    name: str
    losses: Floats
    units: Units | None = None

    @property
    def mean(self) -> float:
        return float(self.losses.mean())

    @cached_property
    def effect(self) -> float:
        """The design effect of rows that come in units."""
        return rate_effect(self.losses, self.units)

    @property
    def tally(self) -> tuple[float, float]:
        """Errors and rows, each unit's rows for as many as they are worth."""
        return int(self.losses.sum()) / self.effect, len(self.losses) / self.effect


def measure(subject: Subject) -> tuple[tuple[GroupError, ...], tuple[GroupGap, ...]]:
    """Compare the errors of each protected column's groups on all rows that some network had not seen."""
    columns = tuple(name for name in subject.protected if name in subject.test.frame)
    if not columns:
        raise NotApplicable("no_protected_column")
    losses = _losses(subject)
    by_column = {name: _groups(subject, name, losses) for name in columns}
    errors = [_error(name, one, subject.classifies) for name, groups in by_column.items() for one in groups]
    found = [_gap(subject, name, groups, at) for at, (name, groups) in enumerate(by_column.items())]
    return tuple(error for error in errors if error), _adjusted([gap for gap in found if gap])


def _losses(subject: Subject) -> Floats:
    held = subject.held
    if subject.classifies:
        return np.asarray(held.predictions.argmax(axis=1) != held.y, dtype=np.float64)
    return np.abs(np.asarray(held.predictions - held.y, dtype=np.float64))


def _groups(subject: Subject, name: str, losses: Floats) -> tuple[_Group, ...]:
    labels, order = labels_of(subject.train.frame[name], subject.held.frame[name])
    sizes = {label: np.count_nonzero(labels == label) for label in order}
    shown = sorted(sizes, key=lambda label: -sizes[label])[:MOST_GROUPS]
    units = subject.held.units
    kept = [
        _Group(label, losses[labels == label], on(units, labels == label))
        for label in order
        if label in shown and sizes[label]
    ]
    rest = ~np.isin(labels, shown)
    return tuple(kept + [_Group(OTHERS, losses[rest], on(units, rest))] * bool(rest.any()))


def _error(column: str, group: _Group, classifies: bool) -> GroupError | None:
    """Bound one group's error; a mean of one number has no bounds and is left out."""
    if not classifies and len(group.losses) < 2:
        return None
    low, high = rate_interval(*group.tally) if classifies else mean_interval(group.losses, effect=group.effect)
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
        rng = np.random.default_rng([subject.seed, _STREAM, at])
        p_value, test = gaps.equal_rates([one.tally for one in large], rng)
        method = f"Newcombe limits, {test}; {_LIMITS}"
    else:
        low, high = mean_difference_interval(worst.losses, best.losses, level, (worst.effect, best.effect))
        effects = [one.effect for one in large] if subject.held.units is not None else None
        p_value, method = gaps.equal_means([one.losses for one in large], effects), GOVERN
    return GroupGap(
        column=column,
        gap=worst.mean - best.mean,
        low=low,
        high=high,
        p_value=p_value,
        worst=worst.name,
        best=best.name,
        n=sum(len(one.losses) for one in large),
        method=told(method, joined([one.units for one in large])),
    )


def _adjusted(found: list[GroupGap]) -> tuple[GroupGap, ...]:
    p_values = holm([gap.p_value for gap in found])
    return tuple(gap.model_copy(update={"p_value": p}) for gap, p in zip(found, p_values, strict=True))
