"""What is wrong with rows: copies, contradictions, missing targets, classes that are too small."""

import math
from collections.abc import Iterator

from reportgen.findings.base import NotJudged, key_scores, reach
from reportgen.findings.chance import share_interval
from reportgen.findings.columns import value_counts
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding, Severity
from reportgen.records.table import Column

EXCESS = 0.05
"""Copies beyond chance in one row of twenty: from there on they can move a score by whole points."""

UNAVOIDABLE = EXCESS / 2
"""Of one row in twenty that has a twin of another class, one of each two is told wrongly whatever a model answers."""

MISSING_TARGETS = 0.01
"""What the left-out rows might hide: any share of the whole table is uncertain by as much (Manski 1989)."""

USUAL_CLASS = 0.2
"""A class of more than a fifth of the rows is part of the question, whatever it is called."""

GUESSING = 0.9
LEARNABLE_ROWS = 10
MEASURABLE_ROWS = 4
"""With three test rows even a perfect recall leaves an interval (Wilson, 95%) wider than half of the scale."""

WIDE = 0.2


def duplicate_rows(dossier: Dossier) -> Iterator[Finding]:
    """Flag rows that stand in the table more than once."""
    rows, n = dossier.profile.duplicate_rows, dossier.dataset.rows_used
    if not rows:
        return
    kinds = 1 / coincidence(dossier, with_target=True)
    expected = max(0.0, n + kinds * math.expm1(-n / kinds)) / n
    found = _more_than_chance("duplicate_rows", rows, n, expected)
    yield found.model_copy(update={"evidence": {**found.evidence, "renamed": dossier.profile.renamed}})


def conflicting_labels(dossier: Dossier) -> Iterator[Finding]:
    """Flag rows that have the same features and different targets."""
    if dossier.task.kind == "regression":
        raise NotJudged("needs_classes")
    rows, n = dossier.profile.conflicting_rows, dossier.dataset.rows_used
    if not rows:
        return
    twin = coincidence(dossier, with_target=False) * (1 - _same_class(dossier))
    expected = -math.expm1(-(n - 1) * twin)
    found = _more_than_chance("conflicting_labels", rows, n, expected)
    wrong = dossier.profile.contradictions
    harmless = wrong is not None and wrong / n < UNAVOIDABLE
    yield found.model_copy(
        update={
            "severity": Severity.INFO if harmless else found.severity,
            "evidence": {**found.evidence, "wrong": wrong, "bound": UNAVOIDABLE},
        }
    )


def _more_than_chance(code: str, rows: tuple[int, ...], n: int, expected: float) -> Finding:
    share = len(rows) / n
    return Finding(
        code=code,
        severity=Severity.WARNING if share - expected >= EXCESS else Severity.INFO,
        rows=rows,
        evidence={"count": len(rows), "n": n, "share": share, "expected": expected},
        section="background",
    )


def missing_target(dossier: Dossier) -> Iterator[Finding]:
    """Flag rows without a target, which were left out, and those whose class is a word for "missing"."""
    rows, n = dossier.profile.missing_target_rows, dossier.dataset.rows_read
    yield from _said_missing(dossier)
    if rows:
        share = len(rows) / n
        yield Finding(
            code="missing_target",
            severity=Severity.WARNING if share >= MISSING_TARGETS else Severity.INFO,
            columns=(dossier.task.target,),
            rows=rows,
            evidence={"count": len(rows), "n": n, "share": share},
            section="background",
        )


def _said_missing(dossier: Dossier) -> Iterator[Finding]:
    """Find classes that say that there is none: rare ones, beside at least two that say something."""
    target, n = dossier.task.target, dossier.dataset.rows_read
    words = [one for one in dossier.profile.dirt.sentinels if (one.column, one.how) == (target, "word")]
    words = [one for one in words if any(letter.isalpha() for letter in one.value)]
    rows = tuple(sorted(row for one in words for row in one.rows))
    if words and len(dossier.task.classes) - len(words) >= 2 and len(rows) <= USUAL_CLASS * n:
        yield Finding(
            code="missing_target",
            severity=Severity.WARNING if len(rows) >= MISSING_TARGETS * n else Severity.INFO,
            columns=(target,),
            rows=rows,
            evidence={"count": len(rows), "n": n, "share": len(rows) / n, "words": tuple(one.value for one in words)},
            section="background",
        )


def class_imbalance(dossier: Dossier) -> Iterator[Finding]:
    """Flag a class with so many rows that always naming it scores well."""
    counts = class_counts(dossier)
    n, most = sum(counts), max(counts)
    low, high = share_interval(most, n)
    if low > GUESSING:
        yield Finding(
            code="class_imbalance",
            severity=Severity.WARNING,
            columns=(dossier.task.target,),
            evidence={
                "largest": dossier.task.classes[counts.index(most)],
                "share": most / n,
                "low": low,
                "high": high,
                "smallest": dossier.task.classes[counts.index(min(counts))],
                "count": min(counts),
                "n": n,
            },
            section="background",
        )


def rare_class(dossier: Dossier) -> Iterator[Finding]:
    """Flag a class with too few rows to be learnt or to be measured."""
    class_counts(dossier)
    parts = {part.name: part.counts for part in dossier.split.parts}
    few = zip(dossier.task.classes, parts["train"], parts["test"], strict=True)
    rare = tuple((c, a, b) for c, a, b in few if a < LEARNABLE_ROWS or b < MEASURABLE_ROWS)
    left_out = dossier.profile.left_out_classes
    if rare or left_out:
        yield Finding(
            code="rare_class",
            severity=Severity.WARNING,
            columns=(dossier.task.target,),
            rows=dossier.profile.left_out_rows,
            evidence={
                "classes": tuple(c for c, _, _ in rare),
                "train": tuple(a for _, a, _ in rare),
                "test": tuple(b for _, _, b in rare),
                "left_out": tuple(level.label for level in left_out),
                "learnable": LEARNABLE_ROWS,
                "measurable": MEASURABLE_ROWS,
            },
            section="background",
        )


def small_sample(dossier: Dossier) -> Iterator[Finding]:
    """Flag a test part with too few rows for its score to say much."""
    (test,) = key_scores(dossier, "test")
    value, low, high = reach(test)
    if high - low > WIDE:
        yield Finding(
            code="small_sample",
            severity=Severity.INFO,
            evidence={"metric": test.name, "value": value, "low": low, "high": high, "n": test.n, "width": high - low},
            section="background",
        )


def class_counts(dossier: Dossier) -> tuple[int, ...]:
    """Count the rows of each class in the table itself, in the order of the task's classes."""
    if dossier.task.kind == "regression":
        raise NotJudged("needs_classes")
    given = dossier.split.strategy == "given"
    counts = [part.counts for part in dossier.split.parts if part.counts and not (given and part.name == "test")]
    if not counts:
        raise NotJudged("no_class_counts")
    return tuple(sum(column) for column in zip(*counts, strict=True))


def coincidence(dossier: Dossier, *, with_target: bool) -> float:
    """Estimate the chance that two rows are equal by coarse values alone, as if columns were independent."""
    roles = ("feature", "target") if with_target else ("feature",)
    columns = [column for column in dossier.dataset.columns if column.role in roles]
    return max(math.prod(_repeat(column, dossier.dataset.rows_used) for column in columns), 1e-300)


def _repeat(column: Column, n: int) -> float:
    """Estimate the chance that two rows have the same value in one column; two missing ones are the same."""
    missing = column.missing / n
    if column.repeat is not None:
        return min(1.0, missing**2 + (1 - missing) ** 2 * column.repeat)
    counts, present = value_counts(column), n - column.missing
    same = _same_level(counts, present, column.other_levels) if counts else _same_number(column)
    return min(1.0, missing**2 + (1 - missing) ** 2 * same)


def _same_level(counts: tuple[int, ...], present: int, others: int) -> float:
    """Take the listed values by their rows, and the rest as spread evenly over the values not listed."""
    rest = max(0, present - sum(counts)) / present
    return sum((count / present) ** 2 for count in counts) + (rest**2 / others if others else 0.0)


def _same_number(column: Column) -> float:
    """Take numbers as bell-shaped over their distinct values (2 / distinct), or piled up where the quartiles meet."""
    piled = 0
    if column.numbers:
        low, middle, high = column.numbers.lower_quartile, column.numbers.median, column.numbers.upper_quartile
        piled = (low == middle) + (middle == high)
    return min(1.0, max(2 / max(column.distinct, 1), (piled / 4) ** 2))


def _same_class(dossier: Dossier) -> float:
    counts = class_counts(dossier)
    return sum((count / sum(counts)) ** 2 for count in counts)
