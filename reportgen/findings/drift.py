"""What test rows hold that training rows have not taught: other values, other gaps, other categories."""

from collections.abc import Iterator

from reportgen.findings.base import NotJudged
from reportgen.findings.parts import DROP, SURE
from reportgen.records.base import Facts
from reportgen.records.dossier import Dossier
from reportgen.records.drift import Drift, FeatureDrift
from reportgen.records.finding import Finding, Severity

USUAL = 0.5
"""A column that has surely moved half as far in an earlier stretch of time moves with the time."""


def feature_drift(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column that is distributed otherwise in the test part than in training.

    Where the test rows are the last in time, what moved as far before is one note, and the rest is one warning: the
    last stretch differs from those before it by construction.
    """
    drift = _drift(dossier, "given", "time")
    found = [(one, facts) for one in drift.features if (facts := _moved(one, drift.bound))]
    if dossier.split.strategy != "time":
        yield from (_alone(one, facts, drift) for one, facts in found)
        return
    for usual, severity in ((False, Severity.WARNING), (True, Severity.INFO)):
        some = [(one, facts) for one, facts in found if _usual(one, facts, drift.bound) == usual]
        if len(some) == 1 and not usual:
            yield _alone(*some[0], drift)
        elif some:
            yield _in_time(some, severity, drift)


def _alone(one: FeatureDrift, facts: Facts, drift: Drift) -> Finding:
    return Finding(
        code="feature_drift",
        severity=Severity.WARNING,
        columns=(one.feature,),
        evidence={**facts, "bound": drift.bound, "p_value": one.p_value, "method": drift.method},
        section="background",
    )


def _usual(one: FeatureDrift, facts: Facts, bound: float) -> bool:
    """Tell whether the column moved about as far in an earlier stretch of time."""
    earlier = one.earlier_missing if facts["measure"] == "missing" else one.earlier
    distance = facts["distance"]
    return earlier is not None and isinstance(distance, float) and earlier > max(bound, USUAL * distance)


def _in_time(some: list[tuple[FeatureDrift, Facts]], severity: Severity, drift: Drift) -> Finding:
    """Tell several columns of the last stretch of time together, the farthest first."""
    usual = severity is Severity.INFO
    return Finding(
        code="feature_drift",
        severity=severity,
        columns=tuple(one.feature for one, _ in some),
        evidence={
            "measure": "as_before" if usual else "several",
            "distances": tuple(_number(facts["distance"]) for _, facts in some),
            "earlier": tuple(
                one.earlier_missing if facts["measure"] == "missing" else one.earlier for one, facts in some
            ),
            "p_value": max(one.p_value for one, _ in some),
            "n_before": drift.train,
            "n_after": drift.test,
            "bound": drift.bound,
            "method": drift.method,
        },
        section="background",
    )


def _number(fact: object) -> float | None:
    return fact if isinstance(fact, float) else None


def _moved(one: FeatureDrift, bound: float) -> Facts:
    """Tell what moved, values before gaps; nothing where chance or less than the bound would explain it."""
    if one.p_value >= SURE:
        return {}
    if one.distance is not None and one.low is not None and one.low > bound:
        return {
            "measure": one.kind,
            "distance": one.distance,
            "low": one.low,
            "high": one.high,
            "label": one.label,
            "before": one.before,
            "after": one.after,
            "n_before": one.n_before,
            "n_after": one.n_after,
        }
    if one.missing_low > bound or one.missing_high < -bound:
        return {
            "measure": "missing",
            "distance": abs(one.missing_after - one.missing_before),
            "low": min(abs(one.missing_low), abs(one.missing_high)),
            "high": max(abs(one.missing_low), abs(one.missing_high)),
            "label": None,
            "before": one.missing_before,
            "after": one.missing_after,
            "n_before": one.n_before,
            "n_after": one.n_after,
        }
    return {}


def unseen_categories(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column whose test rows hold categories that training has not, beyond what rare ones leave by chance."""
    for one in _drift(dossier, "given", "time", "group").unseen:
        if one.p_value < SURE:
            matters = one.low - one.expected > DROP
            yield Finding(
                code="unseen_categories",
                severity=Severity.WARNING if matters else Severity.INFO,
                columns=(one.feature,),
                rows=one.rows,
                evidence={
                    "count": one.count,
                    "n": one.n,
                    "share": one.share,
                    "low": one.low,
                    "high": one.high,
                    "expected": one.expected,
                    "p_value": one.p_value,
                    "levels": one.levels,
                    "bound": DROP,
                    "method": one.method,
                },
                section="background",
            )


def _drift(dossier: Dossier, *strategies: str) -> Drift:
    if dossier.split.strategy not in strategies:
        raise NotJudged("parts_drawn_at_random")
    if dossier.drift is None:
        raise NotJudged("no_drift")
    return dossier.drift
