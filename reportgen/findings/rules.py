"""The list of all rules, and the loop that asks each of them."""

from reportgen.findings.base import NotJudged, Rule
from reportgen.findings.columns import constant_column, high_cardinality, id_column, mostly_missing, target_leakage
from reportgen.findings.explanation import low_fidelity, methods_disagree
from reportgen.findings.model import (
    miscalibrated,
    no_better_than_baseline,
    overfit,
    simpler_model_suffices,
    unfair_errors,
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
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Check, Finding

RULES: tuple[Rule, ...] = (
    constant_column,
    id_column,
    mostly_missing,
    high_cardinality,
    target_leakage,
    duplicate_rows,
    conflicting_labels,
    missing_target,
    class_imbalance,
    rare_class,
    small_sample,
    train_test_overlap,
    label_drift,
    performance_drop,
    no_better_than_baseline,
    simpler_model_suffices,
    overfit,
    miscalibrated,
    unfair_errors,
    low_fidelity,
    methods_disagree,
)


def judge(dossier: Dossier) -> tuple[tuple[Finding, ...], tuple[Check, ...]]:
    """Run every rule; the findings come gravest first, and each rule says found, sound or skipped."""
    answers = [_ask(rule, dossier) for rule in RULES]
    findings = [finding for found, _ in answers for finding in found]
    findings.sort(key=lambda finding: (-finding.severity.weight, finding.code))
    return tuple(findings), tuple(check for _, check in answers)


def _ask(rule: Rule, dossier: Dossier) -> tuple[tuple[Finding, ...], Check]:
    try:
        found = tuple(rule(dossier))
    except NotJudged as answer:
        return (), Check(code=rule.__name__, status="skipped", reason=answer.reason)
    return found, Check(code=rule.__name__, status="found" if found else "sound")
