"""The vocabulary of findings, for people who script against it."""

from inspect import getdoc

from reportgen.findings.base import Rule
from reportgen.findings.rules import RULES
from reportgen.records.base import Record

SEVERITIES = {
    "constant_column": "warning",
    "id_column": "warning",
    "mostly_missing": "warning",
    "informative_missingness": "info, warning",
    "sentinel_missing": "info, warning",
    "mixed_types": "info, warning",
    "outlier_values": "info, warning",
    "category_variants": "info, warning",
    "high_cardinality": "warning",
    "redundant_features": "warning",
    "target_leakage": "info, warning, critical",
    "duplicate_rows": "info, warning",
    "conflicting_labels": "info, warning",
    "label_noise": "info, warning",
    "missing_target": "info, warning",
    "class_imbalance": "warning",
    "rare_class": "warning",
    "small_sample": "info",
    "train_test_overlap": "info, warning, critical",
    "label_drift": "warning",
    "feature_drift": "info, warning",
    "unseen_categories": "info, warning",
    "group_leakage": "info, warning",
    "time_leakage": "warning",
    "performance_drop": "warning",
    "no_better_than_baseline": "info, warning",
    "simpler_model_suffices": "info",
    "overfit": "warning",
    "miscalibrated": "warning",
    "weak_slice": "info, warning",
    "unfair_errors": "warning",
    "correlated_importance": "info",
    "low_fidelity": "info",
    "methods_disagree": "info",
}


class CodeInfo(Record):
    """One code: the severities that its findings may have, and what it means."""

    code: str
    severity: str
    meaning: str


def _meaning(rule: Rule) -> str:
    """Take the words from the rule's docstring: what it flags."""
    return (getdoc(rule) or "").partition("\n\n")[0].removeprefix("Flag ").rstrip(".")


CODES = tuple(
    CodeInfo(code=rule.__name__, severity=SEVERITIES[rule.__name__], meaning=_meaning(rule)) for rule in RULES
)
