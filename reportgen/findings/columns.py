"""What is wrong with one column by itself."""

import math
from collections.abc import Iterator
from statistics import NormalDist

from reportgen.findings.base import NotJudged
from reportgen.findings.chance import share_interval
from reportgen.records.base import Facts
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding, Severity
from reportgen.records.leak import Identity, SoloScore
from reportgen.records.table import Column

FEW_ROWS = 10
"""Rows that one parameter needs before it can be learnt (Peduzzi et al. 1996, doi:10.1016/S0895-4356(96)00236-3)."""

FEW_SHARE = 0.01
"""In a small table ten rows may be many: the exceptions must be fewer than one row in a hundred, too."""

READABLE_LEVELS = 10
"""With fewer levels than this it is the table that is small, not the column that is wide."""

LEAK_FLOOR = {"roc_auc": NormalDist().cdf(2 / math.sqrt(2)), "r2": 0.95}
"""Two standard deviations between the classes (AUC 0.921), an effect called huge (Sawilowsky 2009,
doi:10.22237/jmasm/1257035100); for numbers, less than a twentieth of the variance left. The low end must pass.
"""

LEAK_CERTAIN = {"roc_auc": 0.98, "r2": 0.98}
"""At most one pair of rows in fifty ranked wrongly, at most a fiftieth of the variance left: as good as a copy."""

ACCOUNT = 0.95
"""Rows that must be told to the last digit before an account is called one."""
OWN_VALUES = 0.5
"""A target that takes so few values itself leaves few differences whatever is taken off."""

IDENTITY = 0.999
"""A weighted sum of columns that leaves less than a thousandth of the variance is bookkeeping, not prediction."""

PART_OF_SUM = 0.1
"""Columns that move such a sum at least a tenth as much as its largest part are named."""


def constant_column(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column that holds one value in all rows, or in all but a few."""
    n = dossier.dataset.rows_used
    for column in _judged(dossier):
        others = _others(column, n)
        if others is not None and (column.why == "constant" or (others < FEW_ROWS and others < FEW_SHARE * n)):
            yield Finding(
                code="constant_column",
                severity=Severity.WARNING,
                columns=(column.name,),
                evidence={"value": _commonest(column), "others": others, "n": n},
            )


def id_column(dossier: Dossier) -> Iterator[Finding]:
    """Flag a key: a column with as good as one value a row, in which nothing can be learnt."""
    for column in _judged(dossier):
        present = dossier.dataset.rows_used - column.missing
        if column.role == "id" and present:
            yield Finding(
                code="id_column",
                severity=Severity.WARNING,
                columns=(column.name,),
                evidence={"distinct": column.distinct, "n": present},
            )


def mostly_missing(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column most of whose values are missing."""
    n = dossier.dataset.rows_used
    for column in _judged(dossier):
        low, high = share_interval(column.missing, n)
        if low > 0.5 or column.missing == n:
            yield Finding(
                code="mostly_missing",
                severity=Severity.WARNING,
                columns=(column.name,),
                evidence={
                    "missing": column.missing,
                    "n": n,
                    "share": column.missing / n,
                    "low": low,
                    "high": high,
                    "category": column.kind in {"categorical", "boolean", "text"},
                    "used": column.role == "feature",
                },
            )


def high_cardinality(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column that has too many categories for its rows."""
    n = dossier.dataset.rows_used
    learning = dossier.split.train / (dossier.split.train + dossier.split.validation + _own_test(dossier))
    for column in _judged(dossier):
        if column.kind != "categorical" or column.role == "group" or column.distinct <= READABLE_LEVELS:
            continue
        each = learning * (n - column.missing) / column.distinct
        if each < FEW_ROWS:
            yield Finding(
                code="high_cardinality",
                severity=Severity.WARNING,
                columns=(column.name,),
                evidence={"levels": column.distinct, "n": n - column.missing, "each": each, "needed": FEW_ROWS},
            )


def target_leakage(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column that tells the target almost without error, or columns whose weighted sum is the target."""
    if not dossier.solo:
        raise NotJudged("no_solo_scores")
    yield from _told_alone(dossier)
    if dossier.identity and adds_up(dossier.identity):
        yield _told_by_an_account(dossier, dossier.identity)
    else:
        yield from _told_by_a_sum(dossier)


def leaking(solo: tuple[SoloScore, ...], identity: Identity | None) -> tuple[str, ...]:
    """List the columns that give the target away, alone or as an account, as target_leakage will."""
    alone = [one.feature for one in solo if one.low > LEAK_FLOOR[one.measure] or tells_one_class(one)]
    together = identity.columns if identity and adds_up(identity) else ()
    return tuple(dict.fromkeys((*alone, *together)))


def tells_one_class(solo: SoloScore) -> bool:
    """Tell whether a column tells one class of several as surely as a leak, and surely better than all others together.

    A class that lies apart in several columns (the flowers of one species) is told by the others as well.
    """
    one = solo.one_class
    return (
        one is not None
        and one.low > LEAK_FLOOR["roc_auc"]
        and one.others_high is not None
        and one.others_high < one.low
    )


def adds_up(identity: Identity) -> bool:
    """Tell whether a sum is the target but for a few constants, and not for want of values."""
    return identity.low > ACCOUNT and identity.own < OWN_VALUES and identity.r2_low > LEAK_FLOOR["r2"]


def _cost(dossier: Dossier) -> Facts:
    """What the network reaches with and without all the leaking columns."""
    cost = dossier.leak_cost
    if cost is None:
        return {"cost": None, "excluded": False}
    return {
        "cost": cost.metric,
        "excluded": cost.excluded,
        "leaks": cost.columns,
        "including": cost.including.value,
        "including_low": cost.including.low,
        "including_high": cost.including.high,
        "without": cost.without.value,
        "without_low": cost.without.low,
        "without_high": cost.without.high,
        "difference": cost.difference,
        "difference_low": cost.low,
        "difference_high": cost.high,
        "n_test": cost.n,
    }


def _weight(dossier: Dossier, column: str, severity: Severity) -> Severity:
    """A column that was left out can no longer do harm."""
    left_out = any(one.name == column and one.why == "leak" for one in dossier.dataset.columns)
    return Severity.INFO if left_out else severity


def _told_by_an_account(dossier: Dossier, identity: Identity) -> Finding:
    certain = identity.r2_low > LEAK_CERTAIN["r2"]
    return Finding(
        code="target_leakage",
        severity=_weight(dossier, identity.columns[0], Severity.CRITICAL if certain else Severity.WARNING),
        columns=identity.columns,
        evidence={
            "measure": "account",
            "value": identity.share,
            "low": identity.low,
            "high": identity.high,
            "n": identity.n,
            "bound": ACCOUNT,
            "signs": identity.signs,
            "values": identity.values,
            "r2": identity.r2,
            "r2_low": identity.r2_low,
            "method": identity.method,
            **_cost(dossier),
        },
        section="algorithms",
    )


def _told_alone(dossier: Dossier) -> Iterator[Finding]:
    """Find the columns that tell the target, or one class of it, by themselves."""
    for solo in dossier.solo:
        if solo.low > LEAK_FLOOR[solo.measure]:
            certain = solo.low > LEAK_CERTAIN[solo.measure]
            evidence: Facts = {"measure": solo.measure, **solo.model_dump(include={"value", "low", "high"})}
            told: Facts = {"bound": LEAK_FLOOR[solo.measure], "method": solo.method}
            severity = Severity.CRITICAL if certain else Severity.WARNING
        elif solo.one_class and tells_one_class(solo):
            one = solo.one_class
            facts = one.model_dump(include={"value", "low", "high", "others", "others_low", "others_high", "rows"})
            evidence = {"measure": "one_class", "label": dossier.task.classes[one.output], **facts}
            told = {"bound": LEAK_FLOOR["roc_auc"], "method": one.method}
            severity = Severity.WARNING
        else:
            continue
        yield Finding(
            code="target_leakage",
            severity=_weight(dossier, solo.feature, severity),
            columns=(solo.feature,),
            evidence={**evidence, "n": solo.n, **told, **_cost(dossier)},
            section="algorithms",
        )


def _told_by_a_sum(dossier: Dossier) -> Iterator[Finding]:
    """Find the columns whose weighted sum is the target, to within a thousandth of its variance on test rows."""
    scores = [m for one in dossier.baselines if one.name == "linear" for m in one.metrics if m.name == "r2"]
    weights = next((one for one in dossier.importance if one.method == "linear"), None)
    if not scores or weights is None or scores[0].low is None or scores[0].low <= IDENTITY:
        return
    largest = max(entry.value for entry in weights.features)
    yield Finding(
        code="target_leakage",
        severity=Severity.CRITICAL,
        columns=tuple(entry.feature for entry in weights.features if entry.value >= PART_OF_SUM * largest),
        evidence={
            "measure": "sum",
            "value": scores[0].value,
            "low": scores[0].low,
            "high": scores[0].high,
            "n": scores[0].n,
            "bound": IDENTITY,
            "method": scores[0].method,
            **_cost(dossier),
        },
        section="concepts",
    )


def _judged(dossier: Dossier) -> tuple[Column, ...]:
    """List all columns but the target and those that the user left out."""
    return tuple(c for c in dossier.dataset.columns if c.role != "target" and (c.role, c.why) != ("dropped", "asked"))


def _own_test(dossier: Dossier) -> int:
    """Count the test rows that come out of the table itself."""
    return 0 if dossier.split.strategy == "given" else dossier.split.test


def value_counts(column: Column) -> tuple[int, ...]:
    """List the rows of a column's commonest values; () where its levels are bins, not values."""
    binned = column.kind == "datetime" or (column.numbers and len(column.levels) != column.distinct)
    return () if binned else tuple(level.count for level in column.levels)


def _others(column: Column, n: int) -> int | None:
    """Count the rows that do not hold the commonest value (a missing one does not); None where it cannot be told."""
    present = n - column.missing
    if not column.distinct or not present:
        return None
    if column.commonest is not None:
        return n - column.commonest
    if column.distinct == 1:
        return column.missing
    if counts := value_counts(column):
        return n - max(counts)
    if column.distinct == 2 and column.numbers:
        upper = _upper_share(column)
        return column.missing + round(min(upper, 1 - upper) * present)
    return None


def _upper_share(column: Column) -> float:
    """Work out the share of the larger of two numbers, which mean and extremes give away."""
    numbers = column.numbers
    if numbers is None or numbers.maximum == numbers.minimum:
        return 0.0
    return (numbers.mean - numbers.minimum) / (numbers.maximum - numbers.minimum)


def _commonest(column: Column) -> str | float | None:
    """Tell the value that (nearly) all rows hold, where the record tells it."""
    if column.numbers:
        return column.numbers.minimum if _upper_share(column) < 0.5 else column.numbers.maximum
    return max(column.levels, key=lambda level: level.count).label if column.levels else None
