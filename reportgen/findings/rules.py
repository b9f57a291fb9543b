"""The list of all rules, and the loop that asks each of them."""

from reportgen.findings.base import NotJudged, Rule
from reportgen.findings.columns import constant_column, high_cardinality, id_column, mostly_missing, target_leakage
from reportgen.findings.dirt import category_variants, mixed_types, outlier_values, sentinel_missing
from reportgen.findings.drift import feature_drift, unseen_categories
from reportgen.findings.explanation import (
    correlated_importance,
    low_fidelity,
    methods_disagree,
    redundant_features,
)
from reportgen.findings.labels import label_noise
from reportgen.findings.missingness import informative_missingness
from reportgen.findings.model import (
    miscalibrated,
    no_better_than_baseline,
    overfit,
    simpler_model_suffices,
    unfair_errors,
    weak_slice,
)
from reportgen.findings.parts import label_drift, performance_drop, train_test_overlap
from reportgen.findings.rows import (
    class_imbalance,
    conflicting_labels,
    duplicate_rows,
    missing_target,
    rare_class,
    small_sample,
)
from reportgen.findings.structure import group_leakage, time_leakage
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Check, Finding, Severity

RULES: tuple[Rule, ...] = (
    target_leakage,
    group_leakage,
    time_leakage,
    no_better_than_baseline,
    train_test_overlap,
    performance_drop,
    overfit,
    weak_slice,
    unfair_errors,
    label_drift,
    feature_drift,
    unseen_categories,
    miscalibrated,
    class_imbalance,
    rare_class,
    conflicting_labels,
    label_noise,
    missing_target,
    duplicate_rows,
    id_column,
    constant_column,
    mostly_missing,
    informative_missingness,
    sentinel_missing,
    mixed_types,
    outlier_values,
    category_variants,
    high_cardinality,
    redundant_features,
    small_sample,
    simpler_model_suffices,
    correlated_importance,
    low_fidelity,
    methods_disagree,
)
"""What makes a score worthless comes first, then what it hides, then what is wrong with rows and columns."""

FOLLOWING = ("overfit", "miscalibrated", "performance_drop", "label_drift")
"""What a split that keeps to groups or time brings to light, and a random split hides: one cause, named once.

That the network is no better than guessing is worse than its cause, and stays a warning.
"""

FOLLOWING_GROUPS = (*FOLLOWING, "unseen_categories")
"""New groups bring names of their own (a family its cabin); what a later time brings is news about the future."""


def judge(dossier: Dossier) -> tuple[tuple[Finding, ...], tuple[Check, ...]]:
    """Run every rule; the findings come gravest first, equal ones in the order of RULES; each rule gives one check."""
    answers = [_ask(rule, dossier) for rule in RULES]
    findings = _under_their_cause([finding for found, _ in answers for finding in found])
    findings.sort(key=lambda finding: -finding.severity.weight)  # stable: equal ones keep the order of the rules
    return tuple(findings), tuple(check for _, check in answers)


def _under_their_cause(findings: list[Finding]) -> list[Finding]:
    """Make a note of each warning that only says again what groups or time on both sides of a split bring with them."""
    causes = [f.code for f in findings if f.code in ("group_leakage", "time_leakage") and f.evidence["respected"]]
    if not causes:
        return findings
    following = FOLLOWING_GROUPS if causes[0] == "group_leakage" else FOLLOWING
    note = {"severity": Severity.INFO}
    return [
        f.model_copy(update={**note, "evidence": {**f.evidence, "cause": causes[0]}})
        if f.code in following and f.severity == Severity.WARNING
        else f
        for f in findings
    ]


def _ask(rule: Rule, dossier: Dossier) -> tuple[tuple[Finding, ...], Check]:
    try:
        found = tuple(rule(dossier))
    except NotJudged as answer:
        return (), Check(code=rule.__name__, status="skipped", reason=answer.reason)
    return found, Check(code=rule.__name__, status="found" if found else "sound")
