"""What differs between two tables, from what each report says of its columns; no row is read again."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from reportgen.comparison.differences import Ends, adjusted, level_distance, separate, shown, standardised
from reportgen.comparison.seen import SeenColumn, SeenReport
from reportgen.evidence.base import Floats
from reportgen.evidence.intervals import rate_interval
from reportgen.records.comparison import ColumnChange, Drift, Measured, RoleChange

SHIFT = 0.2
"""A mean that moved by less than this many standard deviations is a small effect (Cohen 1988, chapter 2)."""

BOUND = 0.08
"""The share of rows that a shift of 0.2 standard deviations moves: the total variation distance 2 Phi(0.1) - 1."""

NUMBERS = ("numeric", "datetime")

Looked = tuple[ColumnChange, Ends | None]


def drift(old: SeenReport, new: SeenReport, same_data: bool) -> Drift:
    """Hold the columns of two tables against each other: what they are, and how their values are distributed.

    Values are those of training rows, missing shares those of all rows used. Of one and the same table any difference
    would be the split's, so none is looked for.
    """
    roles = tuple(_roles(old, new))
    if same_data:
        return Drift(roles=roles, bound=BOUND, shift=SHIFT, reason="same_data")
    both = [(one, other) for one, other in _both(old, new) if {one.role, other.role} <= {"feature", "target"}]
    looked = [found for pair in both for found in _looks(*pair, old, new) if found[1] is not None]
    changed = adjusted([ends for _, ends in looked])
    every = [one.model_copy(update={"change": change}) for (one, _), change in zip(looked, changed, strict=True)]
    proven = [one for one in every if _proven(one)]
    matters = sorted((one for one in proven if _matters(one)), key=_size, reverse=True)
    return Drift(
        roles=roles,
        changes=tuple(matters),
        slight=len(proven) - len(matters),
        columns=len(both),
        tests=len(every),
        bound=BOUND,
        shift=SHIFT,
        reason=None if every else "nothing_to_compare",
    )


def _both(old: SeenReport, new: SeenReport) -> list[tuple[SeenColumn, SeenColumn]]:
    later = {column.name: column for column in new.dataset.columns}
    return [(one, later[one.name]) for one in old.dataset.columns if one.name in later]


def _roles(old: SeenReport, new: SeenReport) -> Iterator[RoleChange]:
    """Columns that came or went, or that are taken otherwise; in the order of the newer table, the gone ones last."""
    earlier = {column.name: column for column in old.dataset.columns}
    for column in new.dataset.columns:
        before = earlier.get(column.name)
        if before is None:
            yield RoleChange(column=column.name, change="come", kinds=(None, column.kind), roles=(None, column.role))
        elif before.kind != column.kind or before.role != column.role:
            change: Literal["kind", "role"] = "kind" if before.kind != column.kind else "role"
            kinds, roles = (before.kind, column.kind), (before.role, column.role)
            yield RoleChange(column=column.name, change=change, kinds=kinds, roles=roles)
    names = {column.name for column in new.dataset.columns}
    for column in old.dataset.columns:
        if column.name not in names:
            yield RoleChange(column=column.name, change="gone", kinds=(column.kind, None), roles=(column.role, None))


def _looks(one: SeenColumn, other: SeenColumn, old: SeenReport, new: SeenReport) -> Iterator[Looked]:
    yield _missing(one, other, old, new)
    if one.kind != other.kind:
        return
    if one.kind in NUMBERS:
        yield _mean(one, other)
    else:
        yield _levels(one, other, old, new)


def _missing(one: SeenColumn, other: SeenColumn, old: SeenReport, new: SeenReport) -> Looked:
    """Rates of separate rows: Newcombe 1998, Stat Med 17:873, method 10, which is MOVER from Wilson's limits."""
    n = (old.dataset.rows_used or old.dataset.rows, new.dataset.rows_used or new.dataset.rows)
    if one.missing is None or other.missing is None or not all(n):
        return _change(one.name, "missing", n), None
    before, after = _rate(one.missing, n[0]), _rate(other.missing, n[1])
    return _change(one.name, "missing", n, before.value, after.value), separate(before, after)


def _rate(count: int, n: int) -> Measured:
    low, high = rate_interval(min(count, n), n)
    return Measured(value=min(count, n) / n, low=low, high=high, n=n)


def _mean(one: SeenColumn, other: SeenColumn) -> Looked:
    n = (_counted(one), _counted(other))
    if one.numbers is None or other.numbers is None:
        return _change(one.name, "mean", n), None
    before, after = one.numbers, other.numbers
    ends = standardised((before.mean, before.standard_deviation, n[0]), (after.mean, after.standard_deviation, n[1]))
    told = _change(one.name, "mean", n, before.mean, after.mean)
    return told.model_copy(update={"dated": one.kind == "datetime"}), ends


def _levels(one: SeenColumn, other: SeenColumn, old: SeenReport, new: SeenReport) -> Looked:
    names, before, after = _table(one, other, old, new)
    n = (round(float(before.sum())), round(float(after.sum())))
    if not all(n):
        return _change(one.name, "levels", n), None
    shares = before / n[0], after / n[1]
    most = int(np.argmax(np.abs(shares[1] - shares[0])))
    told = _change(one.name, "levels", n, float(shares[0][most]), float(shares[1][most]))
    return told.model_copy(update={"level_name": names[most]}), level_distance(before, after)


def _table(
    one: SeenColumn, other: SeenColumn, old: SeenReport, new: SeenReport
) -> tuple[tuple[str | None, ...], Floats, Floats]:
    """Rows by level on both sides, all others together as the last, None by name.

    Reports list the commonest levels only. A level that one side does not list has no more rows there than the rarest
    that it lists; within that it is taken to have the share that it has on the other side, so that nothing is made up.
    """
    names = tuple(dict.fromkeys(level.label for column in (one, other) for level in column.levels))
    sizes = (_size_of(one, old), _size_of(other, new))
    before = _spread(one, names, sizes[0], _shares(other, sizes[1]))
    after = _spread(other, names, sizes[1], _shares(one, sizes[0]))
    return (*names, None), before, after


def _size_of(column: SeenColumn, report: SeenReport) -> int:
    """The training rows with a value; counted where all levels are listed, else told by the share that is missing."""
    rows = _counted(column)
    if not column.other_levels:
        return rows
    missing = (column.missing or 0) / max(report.dataset.rows_used or report.dataset.rows, 1)
    return max(round(report.split.train * (1 - missing)), rows)


def _shares(column: SeenColumn, size: int) -> dict[str, float]:
    return {level.label: level.count / max(size, 1) for level in column.levels}


def _spread(column: SeenColumn, names: tuple[str, ...], size: int, elsewhere: dict[str, float]) -> Floats:
    """The rows of each level, and of those without a name here; unlisted ones share what the listed leave over."""
    listed = {level.label: level.count for level in column.levels}
    left = size - sum(listed.values())
    most = min(listed.values(), default=size) if column.other_levels else 0
    guessed = {name: min(most, elsewhere.get(name, 0.0) * size) for name in names if name not in listed}
    scale = min(1.0, left / total) if (total := sum(guessed.values())) else 0.0
    counts = [listed.get(name, guessed.get(name, 0.0) * scale) for name in names]
    return np.asarray([*counts, max(size - sum(counts), 0.0)], dtype=np.float64)


def _counted(column: SeenColumn) -> int:
    return sum(level.count for level in column.levels)


def _change(
    column: str, what: str, n: tuple[int, int], old: float | None = None, new: float | None = None
) -> ColumnChange:
    return ColumnChange.model_validate({"column": column, "what": what, "old": old, "new": new, "change": {}, "n": n})


def _proven(one: ColumnChange) -> bool:
    """A distance has no sign, and its interval may reach 0 where the test says otherwise: the test decides."""
    if one.what == "levels":
        return one.change.p_value is not None and one.change.p_value < 0.05
    return shown(one.change)


def _matters(one: ColumnChange) -> bool:
    return _size(one) >= 1


def _size(one: ColumnChange) -> float:
    """The difference in units of what counts as one."""
    return abs(one.change.difference or 0.0) / (SHIFT if one.what == "mean" else BOUND)
