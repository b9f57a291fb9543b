"""What is wrong with labels: more of them contradict models that did not see them than overlapping classes explain."""

from collections.abc import Iterator

from reportgen.findings.base import NotJudged
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding, Severity

MATTERS = 0.01
"""No score can be trusted more closely than the labels it is measured by: one wrong in a hundred is one whole point."""


def label_noise(dossier: Dossier) -> Iterator[Finding]:
    """Flag rows whose label is likely wrong."""
    if dossier.task.kind == "regression":
        raise NotJudged("needs_classes")
    labels = dossier.labels
    if labels is None:
        raise NotJudged("labels_not_judged")
    if labels.suspects:
        yield Finding(
            code="label_noise",
            severity=Severity.WARNING if labels.share >= MATTERS else Severity.INFO,
            rows=tuple(suspect.row for suspect in labels.suspects),
            evidence={
                "count": len(labels.suspects),
                "likely": labels.likely,
                "n": labels.n,
                "share": labels.share,
                "low": labels.low,
                "high": labels.high,
                "p_value": labels.p_value,
                "precision": labels.precision,
                "precision_low": labels.precision_low,
                "precision_high": labels.precision_high,
                "found": labels.found,
            },
            section="example",
        )
