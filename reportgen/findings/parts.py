"""What is wrong between the parts of the split: shared rows, other targets, a score that falls."""

import math
from collections.abc import Iterator

from reportgen.findings.base import NotJudged, key_scores, reach
from reportgen.findings.chance import chi_square_p, difference_interval, normal_p, share_interval
from reportgen.findings.rows import EXCESS, coincidence
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding, Severity
from reportgen.records.table import NumberSummary

MOVED_ROWS = 0.1
"""One row in ten would have to change its class to make the parts alike (total variation distance)."""

MOVED_MEAN = 0.25
"""Standard deviations between means from which on groups are not alike (Rubin 2001, doi:10.1023/A:1020363010465)."""

SURE = 0.01
DROP = 0.02


def train_test_overlap(dossier: Dossier) -> Iterator[Finding]:
    """Flag test rows that stand in training or validation too."""
    rows, n = dossier.profile.overlap_rows, dossier.split.test
    if not rows:
        return
    low, high = share_interval(len(rows), n)
    seen = dossier.split.train + dossier.split.validation
    expected = -math.expm1(-seen * coincidence(dossier, with_target=True))
    share = len(rows) / n
    yield Finding(
        code="train_test_overlap",
        severity=_overlap_severity(share - expected, low),
        rows=rows,
        evidence={
            "count": len(rows),
            "n": n,
            "share": share,
            "low": low,
            "high": high,
            "expected": expected,
            "renamed": dossier.profile.renamed,
        },
        section="background",
    )


def _overlap_severity(excess: float, low: float) -> Severity:
    """Grade an overlap: critical where most of the test was surely seen before, and not by coarse values alone."""
    if excess < EXCESS:
        return Severity.INFO
    return Severity.CRITICAL if low > 0.5 else Severity.WARNING


def label_drift(dossier: Dossier) -> Iterator[Finding]:
    """Flag a target that is distributed otherwise in the test part than in training."""
    if dossier.split.strategy not in ("given", "time"):
        raise NotJudged("parts_drawn_at_random")
    yield from _moved_mean(dossier) if dossier.task.kind == "regression" else _moved_classes(dossier)


def _moved_classes(dossier: Dossier) -> Iterator[Finding]:
    """Compare class shares: Pearson's chi-square between two samples, and the total variation distance."""
    parts = {part.name: part.counts for part in dossier.split.parts}
    before, after = parts.get("train"), parts.get("test")
    if not before or not after or not sum(before) or not sum(after):
        raise NotJudged("no_class_counts")
    shares = [(a / sum(before), b / sum(after)) for a, b in zip(before, after, strict=True)]
    distance = sum(abs(a - b) for a, b in shares) / 2
    p_value = _two_samples_p(before, after)
    if p_value < SURE and distance >= MOVED_ROWS:
        place = max(range(len(shares)), key=lambda k: abs(shares[k][0] - shares[k][1]))
        yield Finding(
            code="label_drift",
            severity=Severity.WARNING,
            columns=(dossier.task.target,),
            evidence={
                "measure": "total_variation",
                "distance": distance,
                "p_value": p_value,
                "label": dossier.task.classes[place],
                "before": shares[place][0],
                "after": shares[place][1],
                "n_before": sum(before),
                "n_after": sum(after),
            },
            section="background",
        )


def _two_samples_p(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """Test whether two lists of counts come from the same shares; classes that neither has are left out."""
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a + b]
    n, m = sum(first), sum(second)
    statistic = sum((a * math.sqrt(m / n) - b * math.sqrt(n / m)) ** 2 / (a + b) for a, b in pairs)
    return chi_square_p(statistic, len(pairs) - 1) if len(pairs) > 1 else 1.0


def _moved_mean(dossier: Dossier) -> Iterator[Finding]:
    """Compare the target's means: Welch's test (normal limit), and the distance in training's standard deviations."""
    parts = {part.name: part for part in dossier.split.parts}
    train, test = parts.get("train"), parts.get("test")
    if not train or not test or not train.numbers or not test.numbers or not train.numbers.standard_deviation:
        raise NotJudged("no_target_summary")
    shift = (test.numbers.mean - train.numbers.mean) / train.numbers.standard_deviation
    p_value = normal_p(_welch(train.numbers, train.rows, test.numbers, test.rows))
    if p_value < SURE and abs(shift) >= MOVED_MEAN:
        yield Finding(
            code="label_drift",
            severity=Severity.WARNING,
            columns=(dossier.task.target,),
            evidence={
                "measure": "standard_deviations",
                "distance": abs(shift),
                "p_value": p_value,
                "label": None,
                "before": train.numbers.mean,
                "after": test.numbers.mean,
                "n_before": train.rows,
                "n_after": test.rows,
            },
            section="background",
        )


def _welch(first: NumberSummary, n: int, second: NumberSummary, m: int) -> float:
    return (second.mean - first.mean) / math.hypot(
        first.standard_deviation / math.sqrt(n), second.standard_deviation / math.sqrt(m)
    )


def performance_drop(dossier: Dossier) -> Iterator[Finding]:
    """Flag a score that is far lower on test rows than on validation rows."""
    validation, test = key_scores(dossier, "validation", "test")
    low, high = difference_interval(reach(validation), reach(test))
    if low > DROP:
        yield Finding(
            code="performance_drop",
            severity=Severity.WARNING,
            evidence={
                "metric": test.name,
                "validation": validation.value,
                "test": test.value,
                "difference": reach(validation)[0] - reach(test)[0],
                "low": low,
                "high": high,
                "n_validation": validation.n,
                "n": test.n,
            },
            section="algorithms",
        )
