import pytest

from reportgen.findings.base import NotJudged
from reportgen.findings.labels import label_noise
from reportgen.records.finding import Severity
from tests.findings.wounds import mislabelled


@pytest.mark.parametrize(("share", "severity"), [(0.01, Severity.WARNING), (0.009, Severity.INFO)])
def test_listed_rows_weigh_by_the_share_of_wrong_labels(dossier, share, severity):
    (finding,) = label_noise(mislabelled(share)(dossier))
    assert (finding.severity, finding.rows, finding.section) == (severity, (7, 3), "example")
    assert {key: finding.evidence[key] for key in ("count", "likely", "n", "precision")} == {
        "count": 2,
        "likely": 2,
        "n": 1000,
        "precision": 0.9,
    }


def test_nothing_listed_no_finding(dossier):
    assert tuple(label_noise(dossier)) == ()


def test_it_needs_classes_and_evidence(dossier):
    numbers = dossier.task.model_copy(update={"kind": "regression", "classes": ()})
    with pytest.raises(NotJudged, match="needs_classes"):
        tuple(label_noise(dossier.model_copy(update={"task": numbers})))
    with pytest.raises(NotJudged, match="labels_not_judged"):
        tuple(label_noise(dossier.model_copy(update={"labels": None})))
